//! One lognormal period with known answers, X = e^{0.4 Z − 0.08}: cost = price at the period's end; the event: it rose above a threshold.

pub const VOLATILITY: f64 = 0.4;

/// The scenario of this name.
pub fn scenario(name: &str, above: f64) -> String {
    format!(
        r#"
schema = 1
name = "{name}"
currency = "USD"
capacity_unit = "GW"
[horizon]
start = 2026-01-01
years = 1
step = "year"
[discount]
rate = 0.0
[[factor]]
name = "use"
process = "table"
values = [[0, 1.0]]
[[factor]]
name = "price"
process = "gbm"
start = 1.0
drift = 0.0
volatility = {VOLATILITY}
[[organization]]
name = "lab"
utilization = "use"
demand = 1.0
burst = {{ price = "price" }}
[[event]]
name = "dear"
metric = "factor"
factor = "price"
above = {above}
"#
    )
}
