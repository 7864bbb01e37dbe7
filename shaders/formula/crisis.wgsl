// When markets lose patience.

// How far returns fall short of costs: 1 − value/cost from 0 to 1, and 0 without cost.
fn shortfall_of_returns(value: f32, cost: f32) -> f32 {
    return select(0.0, max(1.0 - value / max(cost, 1e-30), 0.0), cost > 0.0);
}

// A random word below this makes something happen within a period: ⌊2³²·(1 − e^{−hazard·e^{excess}})⌋, `hazard` per period.
fn hazard_threshold(hazard: f32, excess: f32) -> u32 {
    let probability = 1.0 - exponential(-hazard * exponential(excess));
    return u32(min(probability * 4294967296.0, 4294967040.0));
}
