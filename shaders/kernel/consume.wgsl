// Factors that come from the host: [period 0…n, factor, path], period 0 being the start; the words of clauses of quasi-random paths:
// [word, path]; and behind them the chain's states where an event watches it: [four periods, path], a byte for each period, the first the
// lowest.

@group(0) @binding(5) var<storage, read> trajectories: array<f32>;
@group(0) @binding(6) var<storage, read> state_trajectories: array<u32>;

fn start_factors() {
    for (var i = 0u; i < FACTORS; i++) {
        x[i] = trajectories[i * chunk.stride + place];
    }
    state = terms.common_terms.start_state;
}

// A word of a clause for the whole horizon.
fn given_word(number: u32) -> u32 {
    return state_trajectories[number * chunk.stride + place];
}

fn advance_factors(t: u32) {
    for (var i = 0u; i < FACTORS; i++) {
        previous[i] = x[i];
        x[i] = trajectories[(t * FACTORS + i) * chunk.stride + place];
    }
    if (CHAIN_WATCHED != 0u) {
        let four = state_trajectories[(CLAUSE_WORDS + ((t - 1u) >> 2u)) * chunk.stride + place];
        state = (four >> (8u * ((t - 1u) & 3u))) & 0xffu;
    }
}
