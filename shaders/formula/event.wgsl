// Events and bubbles (model.md §6). Times are the periods 1 … n of their happening, or NEVER.

const NEVER: u32 = 0xffffffffu;

// Whether numerator/denominator is below (or above) the threshold, strictly; nothing divides.
fn crosses(numerator: f32, denominator: f32, threshold: f32, below: bool) -> bool {
    let limit = threshold * denominator;
    return select(numerator > limit, numerator < limit, below);
}

// Consecutive periods in which the condition has held.
fn held(before: u32, condition: bool) -> u32 {
    return select(0u, before + 1u, condition);
}

// The first period in which the condition has held long enough; periods come in order and NEVER is the last of all.
fn first_time(before: u32, period: u32, held_for: u32, needed: u32) -> u32 {
    return min(before, select(NEVER, period, held_for >= needed));
}

// Trailing value over trailing cost, or UNDEFINED without cost.
fn coverage(value: f32, cost: f32) -> f32 {
    return select(UNDEFINED, value / max(cost, 1e-30), cost > 0.0);
}
