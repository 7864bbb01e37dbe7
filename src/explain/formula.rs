//! Formulas of keys. Those of figures and processes stand in the registry.

/// By dotted key, with `*` for names. Symbols are those of docs/model.md and docs/clauses.md.
pub const OF_KEYS: [(&str, &str); 38] = [
    ("discount.rate", "D(τ) = e^(−rate·τ)"),
    ("discount.curve", "D(τ) = e^(−curve(τ)·τ)"),
    ("discount.liabilities", "D̃(τ) = e^(−liabilities(τ)·τ), for what is paid"),
    ("factor.*.jumps.intensity", "jumps in a period ~ Poisson(intensity·dt)"),
    ("factor.*.reversion", "half-life of a deviation = ln 2 / reversion"),
    ("regimes.intensity", "P(move within a period) from e^(Q·dt), Q the matrix of intensities"),
    ("organization.*.demand", "wanted = max(utilization·demand, 0)"),
    (
        "organization.*.diminishing.exponent",
        "value = r·effective·(1 + (K + effective·dt/2)/reference)^(−exponent)·dt, K the effective use so far",
    ),
    (
        "organization.*.diminishing.reference",
        "value = r·effective·(1 + (K + effective·dt/2)/reference)^(−exponent)·dt, K the effective use so far",
    ),
    ("organization.*.diminishing.efficiency", "effective = used·e^(efficiency·years)"),
    ("organization.*.burst.premium", "burst bill = burst·scale·price·(1 + premium)·dt"),
    ("organization.*.burst.scale", "burst bill = burst·scale·price·(1 + premium)·dt"),
    (
        "organization.*.cash.margin",
        "cash ← cash·(1 + interest·dt) + margin·value + (income − opex)·dt + funding − bills paid",
    ),
    (
        "organization.*.cash.opex",
        "cash ← cash·(1 + interest·dt) + margin·value + (income − opex)·dt + funding − bills paid",
    ),
    ("organization.*.cash.interest", "cash ← cash·(1 + interest·dt) + …, while the balance is above 0"),
    ("organization.*.cash.borrowing", "cash ← cash·(1 + borrowing·dt) + …, while the balance is not above 0"),
    ("contract.*.commitment", "commitment = Σ rate·capacity·dt over the term, with the escalator"),
    ("contract.*.take_or_pay", "bill = rate·max(take_or_pay·capacity, served)·dt"),
    ("contract.*.aging", "useful capacity = capacity·e^(−aging·age)"),
    ("contract.*.escalator", "rate·(1 + escalator)^(whole years since the contract's start)"),
    ("contract.*.prepaid", "prepayment = prepaid·commitment, which bills draw down"),
    ("contract.*.rate.discount", "rate = clamp((1 − discount)·scale·index, floor, cap)"),
    ("contract.*.rate.floor_index", "floor = scale·floor_index"),
    ("contract.*.rate.cap_index", "cap = scale·cap_index"),
    ("contract.*.review.floor", "m ← max(floor, min(m, (1 − discount)·scale·index / scheduled rate))"),
    ("contract.*.review.discount", "m ← max(floor, min(m, (1 − discount)·scale·index / scheduled rate))"),
    ("contract.*.reduction.fee", "fee = fee(years of service)·share·minimum bills still due"),
    ("contract.*.extension.rate", "rate of the extension = rate·(last rate)"),
    ("contract.*.delay.probability", "late if z₁ > Φ⁻¹(1 − probability)"),
    ("contract.*.delay.median", "years late = median·e^(sigma·z₂)"),
    ("contract.*.delay.sigma", "years late = median·e^(sigma·z₂)"),
    ("contract.*.make_up", "units that can be used later = make_up·shortfall"),
    ("contract.*.resale.discount", "resale income = idle sold·(1 − discount)·scale·price·dt"),
    ("vendor.*.intensity", "P(failure in a period) = 1 − e^(−intensity·dt)"),
    ("crisis.hazard", "λ = hazard·e^(sensitivity·gap + contagion·burst bubbles), gap = max(0, 1 − value/cost)"),
    ("crisis.sensitivity", "λ = hazard·e^(sensitivity·gap + contagion·burst bubbles), gap = max(0, 1 − value/cost)"),
    ("crisis.contagion", "λ = hazard·e^(sensitivity·gap + contagion·burst bubbles), gap = max(0, 1 − value/cost)"),
    ("event.*.duration", "periods in which the condition must hold = ⌈duration/dt⌉, at least 1"),
];

/// The formula of a key, if it has one.
pub fn of_key(pattern: &str) -> Option<&'static str> {
    OF_KEYS.iter().find(|(key, _)| *key == pattern).map(|(_, formula)| *formula)
}
