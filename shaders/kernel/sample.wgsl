// One path per invocation: factors drawn on the device and kept, as consume.wgsl reads them, so that several plans share
// them.

@group(0) @binding(5) var<storage, read_write> trajectories: array<f32>;
@group(0) @binding(6) var<storage, read_write> state_trajectories: array<u32>;

fn keep(t: u32) {
    for (var i = 0u; i < FACTORS; i++) {
        trajectories[(t * FACTORS + i) * chunk.stride + place] = x[i];
    }
}

@compute @workgroup_size(WORKGROUP)
fn sample(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x >= chunk.stride) {
        return;
    }
    take_path(id.x);
    start_factors();
    keep(0u);
    var four = 0u;
    for (var t = 1u; t <= chunk.periods; t++) {
        advance_factors(t);
        keep(t);
        four |= state << (8u * ((t - 1u) & 3u));
        if (CHAIN_WATCHED != 0u && ((t & 3u) == 0u || t == chunk.periods)) {
            state_trajectories[(CLAUSE_WORDS + ((t - 1u) >> 2u)) * chunk.stride + place] = four;
        }
        if ((t & 3u) == 0u) {
            four = 0u;
        }
    }
}
