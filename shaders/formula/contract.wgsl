// The clauses of contracts (model.md §4). Rates in currency per capacity-unit-year, capacity in its units, dt in years.

// The rate of an indexed contract: `share` is (1 − discount)·scale, `price` the index as quoted.
fn indexed_rate(share: f32, price: f32, lowest: f32, highest: f32) -> f32 {
    return min(max(share * price, lowest), highest);
}

// The rate of an indexed contract as it stands; before its first reset what it would be if it were set now.
fn present_rate(rate: f32, share: f32, price: f32, lowest: f32, highest: f32) -> f32 {
    return select(rate, indexed_rate(share, price, lowest, highest), rate < 0.0);
}

// What a unit of useful capacity costs, where `obsolescence` units as signed do what one did when new.
fn aged_rate(rate: f32, obsolescence: f32) -> f32 {
    return rate * obsolescence;
}

// What a contract with `room` left serves of what is still wanted.
fn serve(wanted: f32, room: f32) -> f32 {
    return max(min(wanted, room), 0.0);
}

// The bill of a period: at least the minimum is paid.
fn bill(rate: f32, minimum: f32, served: f32, dt: f32) -> f32 {
    return rate * max(minimum, served) * dt;
}

// The part of the bill that paid for idle capacity.
fn stranded(rate: f32, minimum: f32, served: f32, dt: f32) -> f32 {
    return rate * max(minimum - served, 0.0) * dt;
}

// What a bill draws from a prepayment's balance.
fn drawn(balance: f32, due: f32) -> f32 {
    return min(balance, due);
}

// Whether burst at `price` (premium included) is cheap enough to buy.
fn affordable(price: f32, highest: f32) -> bool {
    return price <= highest;
}

// Whether capacity at this rate goes before burst at `price` (premium included): merit order.
fn before_on_demand(rate: f32, price: f32) -> bool {
    return rate <= price;
}

// Use wanted: u relative to demand, never below nothing.
fn wanted(utilization: f32, demand: f32) -> f32 {
    return max(utilization * demand, 0.0);
}

// A price as burst is billed, or what is locked in: amount × price × dt.
fn cost(amount: f32, price: f32, dt: f32) -> f32 {
    return amount * price * dt;
}

// What a vendor can claim if a contract ends: the minimum bills to come, less what the units bring `elsewhere`.
fn claim(bills: f32, units: f32, elsewhere: f32) -> f32 {
    return max(bills - elsewhere * units, 0.0);
}

// The multiplier of a fixed rate after a review; `ratio` is the market's rate over the scheduled one per unit of the index, and 0
// without a review.
fn reviewed(before: f32, ratio: f32, index: f32, lowest: f32) -> f32 {
    return select(before, max(lowest, min(before, ratio * index)), ratio > 0.0);
}

// Units that are free of charge, because they were paid for before: of use beyond the least, as far as the bank has them.
fn made_up(bank: f32, least: f32, units: f32) -> f32 {
    return min(max(units - least, 0.0), bank);
}
