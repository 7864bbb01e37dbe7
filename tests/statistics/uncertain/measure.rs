//! How often the intervals of runs with uncertain inputs cover closed forms.

use overhang::measure::Estimate;
use overhang::result::{OutputSummary, ResultDocument};
use overhang::run::RunBuilder;
use overhang::scenario::{Loaded, parse};
use statrs::distribution::{ContinuousCDF, Normal};

/// A single yearly period in which demand is bought at a lognormal price.
pub const ONE_PERIOD: &str = r#"
schema = 1
name = "case"
currency = "USD"
capacity_unit = "GW"
horizon = { start = 2026-01-01, years = 1, step = "year" }
discount = { rate = 0.0 }
event = [{ name = "dear", metric = "factor", factor = "price", above = 3.0 }]
variant = [{ name = "cheaper", set = { "organization.lab.burst.scale" = 3e9 } }]

[[factor]]
name = "use"
process = "table"
values = 1.0

[[factor]]
name = "price"
process = "gbm"
start = 9.0
drift = 0.1
volatility = 0.4

[[organization]]
name = "lab"
utilization = "use"
demand = 1.0
burst = { price = "price", scale = 4e9, premium = 0.9 }

[[uncertain]]
key = "factor.price.start"
distribution = "lognormal"
low = 1.6
high = 2.5

[[uncertain]]
key = "organization.lab.burst.premium"
distribution = "normal"
mean = 0.25
sd = 0.2

[[uncertain]]
key = "organization.lab.demand"
distribution = "uniform"
min = 1.0
max = 2.0
"#;

pub const SEEDS: u64 = 200;
pub const COST: &str = "figures.system.burst_cost.mean";
const DEAR: &str = "events.lab.dear.probability";
/// What an estimate of an output is, and its truth.
type Truth = (&'static str, f64, fn(&OutputSummary) -> Estimate);

pub fn case() -> Loaded {
    parse(ONE_PERIOD, "case.toml").unwrap_or_else(|failure| panic!("{failure}"))
}

pub fn run(loaded: &Loaded, seed: u64) -> ResultDocument {
    RunBuilder::new(&loaded.scenario).seed(seed).paths(10_240).run().expect("no faults").document
}

/// Mean and variance of the inputs, and of what the price is multiplied by from start to end.
struct Moments {
    start: (f64, f64),
    markup: (f64, f64),
    demand: (f64, f64),
    growth: (f64, f64),
}

/// Standard deviation of the logarithm of the price at the start, and over the year.
pub const SPREADS: (f64, f64) = (0.174_119_838, 0.4);

fn moments() -> Moments {
    let log_normal = |median: f64, sd: f64| {
        let mean = median * (sd * sd / 2.0).exp();
        (mean, mean * mean * (sd * sd).exp_m1())
    };
    let (start, growth) = SPREADS;
    Moments {
        start: log_normal(2.0, start),
        markup: (1.25, 0.04),
        demand: (1.5, 1.0 / 12.0),
        growth: log_normal((0.1 - growth * growth / 2.0).exp(), growth),
    }
}

/// The variance of a product of independent numbers.
fn product_variance(all: &[(f64, f64)]) -> f64 {
    let square = |&(mean, variance): &(f64, f64)| mean * mean + variance;
    all.iter().map(square).product::<f64>() - all.iter().map(|(mean, _)| mean * mean).product::<f64>()
}

/// The truths of the cost, which is 4e9·start·growth·(1 + premium)·demand.
fn cost_truths() -> Vec<Truth> {
    let Moments { start, markup, demand, growth } = moments();
    let mean = 4e9 * start.0 * markup.0 * demand.0 * growth.0;
    let between = product_variance(&[start, markup, demand]) * growth.0 * growth.0;
    let share = between / product_variance(&[start, markup, demand, growth]);
    let alone = |of: (f64, f64), others: [(f64, f64); 2]| {
        of.1 * others.iter().map(|(mean, _)| mean * mean).product::<f64>() / product_variance(&[start, markup, demand])
    };
    vec![
        ("mean", mean, |of| of.predictive),
        ("share of parameters", share, |of| of.parameters),
        ("index of the start", alone(start, [markup, demand]), |of| of.first_order["factor.price.start"]),
        ("index of the demand", alone(demand, [start, markup]), |of| of.first_order["organization.lab.demand"]),
    ]
}

/// The truths of a price above 3, whose logarithm is normal with both spreads.
fn dear_truths() -> Vec<Truth> {
    let (start, growth) = SPREADS;
    let normal = Normal::standard();
    let distance = (3.0f64 / 2.0).ln() - (0.1 - growth * growth / 2.0);
    let probability = normal.sf(distance / start.hypot(growth));
    // the probability given the start, over quantiles of the start
    let count = 100_000;
    let given = |i: usize| {
        let z = normal.inverse_cdf((i as f64 + 0.5) / count as f64);
        normal.sf((distance - start * z) / growth)
    };
    let squares = (0..count).map(|i| given(i).powi(2)).sum::<f64>() / count as f64;
    let share = (squares - probability * probability) / (probability * (1.0 - probability));
    vec![
        ("probability", probability, |of| of.predictive),
        ("share of parameters", share, |of| of.parameters),
        ("index of the start", 1.0, |of| of.first_order["factor.price.start"]),
    ]
}

/// How often the intervals of an estimate cover its truth.
pub struct Coverage {
    place: &'static str,
    what: &'static str,
    pub truth: f64,
    /// The share of the seeds.
    pub covered: f64,
}

impl Coverage {
    /// As docs/validation.md has it.
    pub fn row(&self) -> String {
        let Coverage { place, what, truth, covered } = self;
        format!("| `{place}` | {what} | {truth:.4e} | {:.1}% |", 100.0 * covered)
    }
}

/// Runs of so many seeds.
pub fn coverage() -> Vec<Coverage> {
    let loaded = case();
    let documents: Vec<ResultDocument> = (0..SEEDS).map(|seed| run(&loaded, seed)).collect();
    let of = |place: &'static str, (what, truth, estimate): Truth| {
        let covers = |document: &&ResultDocument| {
            let found = estimate(&document.uncertainty.as_ref().expect("inputs are uncertain").outputs[place]);
            let rounding = 1e-6 * truth.abs();
            found.low.is_some_and(|low| low <= truth + rounding)
                && found.high.is_some_and(|high| truth <= high + rounding)
        };
        let covered = documents.iter().filter(covers).count() as f64 / SEEDS as f64;
        Coverage { place, what, truth, covered }
    };
    let cost = cost_truths().into_iter().map(|truth| of(COST, truth));
    cost.chain(dear_truths().into_iter().map(|truth| of(DEAR, truth))).collect()
}
