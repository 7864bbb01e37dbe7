// Use, value and cash of an organization (model.md §5) and its trailing averages (§6).

// Value of a period. `experience` is K, the effective unit-years before it; the more has been computed, the less the next
// unit returns: r · e · (1 + (K + e·dt/2)/reference)^{−exponent} · dt.
fn diminished_value(performance: f32, effective: f32, experience: f32, inverse_reference: f32, exponent: f32, dt: f32) -> f32 {
    let reached = fma(effective, 0.5 * dt, experience);
    let depth = fma(reached, inverse_reference, 1.0);
    return performance * effective * exponential(-exponent * logarithm(depth)) * dt;
}

// The same without diminishing returns.
fn plain_value(performance: f32, effective: f32, dt: f32) -> f32 {
    return performance * effective * dt;
}

// The balance after a period; the rates are per period.
fn balance_after(balance: f32, interest: f32, borrowing: f32, inflow: f32, outflow: f32) -> f32 {
    let rate = select(borrowing, interest, balance > 0.0);
    return fma(balance, rate, balance) + (inflow - outflow);
}

// An exponentially weighted average of amounts per year: ā + weight·(a − ā).
fn smoothed(average: f32, weight: f32, amount: f32) -> f32 {
    return fma(weight, amount - average, average);
}

// Cost per unit of use, or UNDEFINED without use.
const UNDEFINED: f32 = -1.0;

fn unit_cost(cost: f32, use_value: f32) -> f32 {
    return select(UNDEFINED, cost / max(use_value, 1e-30), use_value > 0.0);
}

// A sum with one more amount × factor: discounted flows, unit-years.
fn accumulated(sum: f32, amount: f32, factor: f32) -> f32 {
    return fma(amount, factor, sum);
}
