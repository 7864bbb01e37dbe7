// Factors that come from the host: [period 0…n, factor, path], period 0 being the start, and the chain's states where an
// event watches it: [four periods, path], a byte for each period, the first the lowest.

@group(0) @binding(5) var<storage, read> trajectories: array<f32>;
@group(0) @binding(6) var<storage, read> state_trajectories: array<u32>;

fn start_factors() {
    for (var i = 0u; i < FACTORS; i++) {
        x[i] = trajectories[i * chunk.stride + place];
    }
    state = terms.common_terms.start_state;
}

fn advance_factors(t: u32) {
    for (var i = 0u; i < FACTORS; i++) {
        previous[i] = x[i];
        x[i] = trajectories[(t * FACTORS + i) * chunk.stride + place];
    }
    if (CHAIN_WATCHED != 0u) {
        let four = state_trajectories[((t - 1u) >> 2u) * chunk.stride + place];
        state = (four >> (8u * ((t - 1u) & 3u))) & 0xffu;
    }
}
