//! Intervals cover what they say: 4,000 seeds of a small case with known answers.

use overhang::engine::cpu::{CpuEngine, Precision, Sampling};
use overhang::engine::{Draws, Engine, Instructions, prepare};
use overhang::measure::{self, OrderStatistics};
use overhang::plan::figure::{Figure, Side};
use statrs::distribution::{ContinuousCDF, Normal};

const SEEDS: u64 = 4000;
const PATHS: u64 = 20_000;

/// One lognormal period: cost = price at the period's end; the event: it rose above 1.3.
const SCENARIO: &str = r#"
schema = 1
name = "coverage"
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
volatility = 0.4
[[organization]]
name = "lab"
utilization = "use"
demand = 1.0
burst = { price = "price" }
[[event]]
name = "dear"
metric = "factor"
factor = "price"
above = 1.3
"#;

/// Counts how often an interval covers.
#[derive(Default)]
struct Coverage {
    covered: u64,
}

impl Coverage {
    fn look(&mut self, low: Option<f64>, high: Option<f64>, exact: f64) {
        let (low, high) = (low.expect("a bound"), high.expect("a bound"));
        self.covered += u64::from((low..=high).contains(&exact));
    }

    /// Of 4,000 seeds 95% ± 0.34% (a standard error) should cover: 94–96% is almost three of them to either side.
    fn check(&self, what: &str) {
        let share = self.covered as f64 / SEEDS as f64;
        println!("{what}: {:.2}% of the 95% intervals cover", 100.0 * share);
        assert!((0.94..=0.96).contains(&share), "{what}: {share}");
    }
}

#[test]
fn intervals_of_95_percent_cover_in_94_to_96_percent_of_seeds() {
    let loaded = overhang::scenario::parse(SCENARIO, "coverage.toml").unwrap_or_else(|failure| panic!("{failure}"));
    let plan = prepare(&loaded.scenario);
    let engine =
        CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).expect("threads start");
    let place = plan.figures.iter().position(|spec| spec.figure == Figure::BurstCost).expect("there is burst");
    let normal = Normal::standard();
    // X = e^{0.4 Z − 0.08}
    let at = |p: f64| (0.4 * normal.inverse_cdf(p) - 0.08).exp();
    let dear = normal.cdf(-(1.3_f64.ln() + 0.08) / 0.4);
    let shortfall = normal.cdf(0.4 - normal.inverse_cdf(0.99)) / 0.01;
    let [mut mean, mut probability, mut quantile, mut tail] = [(); 4].map(|()| Coverage::default());
    for seed in 0..SEEDS {
        let tally = engine.tally(&plan, Draws { seed, replicate: 0 }, 0..PATHS, &|_| true).expect("no faults");
        let (figure, frame) = (&tally.figures[place], plan.figures[place].frame);
        let moments = measure::moments(figure, frame);
        let half = measure::normal_width() * moments.se.expect("an error");
        let middle = moments.mean.expect("a mean");
        mean.look(Some(middle - half), Some(middle + half), 1.0);
        let found = measure::wilson(tally.times[0].counts[0], PATHS);
        probability.look(found.low, found.high, dear);
        let order = OrderStatistics::new(figure, frame).expect("there are paths");
        let found = measure::quantile(&order, 0.99);
        quantile.look(found.low, found.high, at(0.99));
        let found = measure::expected_shortfall(&order, Side::High, 0.99);
        tail.look(found.low, found.high, shortfall);
    }
    mean.check("mean");
    probability.check("probability");
    quantile.check("99% quantile");
    // the shortfall's variance is itself estimated from 200 paths of the tail, so that its interval covers a little less
    println!("99% shortfall: {:.2}% cover", 100.0 * tail.covered as f64 / SEEDS as f64);
    assert!(tail.covered as f64 / SEEDS as f64 > 0.92);
}
