// Where sampled trajectories are kept; consume.wgsl says in which order.

@group(0) @binding(5) var<storage, read_write> trajectories: array<f32>;
@group(0) @binding(6) var<storage, read_write> state_trajectories: array<u32>;
