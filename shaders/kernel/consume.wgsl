// Factors that come from the host: [period 0…n, factor, path], period 0 being the start, and the chain's states:
// [period 1…n, path].

@group(0) @binding(5) var<storage, read> trajectories: array<f32>;
@group(0) @binding(6) var<storage, read> state_trajectories: array<u32>;

fn start_factors() {
    for (var i = 0u; i < FACTORS; i++) { // unroll
        x[i] = trajectories[i * chunk.stride + place];
    }
    state = terms.general.start_state;
}

fn advance_factors(t: u32) {
    for (var i = 0u; i < FACTORS; i++) { // unroll
        previous[i] = x[i];
        x[i] = trajectories[(t * FACTORS + i) * chunk.stride + place];
    }
    if (STATES > 1u) {
        previous_state = state;
        state = state_trajectories[(t - 1u) * chunk.stride + place];
    }
}
