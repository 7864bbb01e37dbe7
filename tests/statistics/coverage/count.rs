//! How often intervals cover known answers.

use crate::lognormal::scenario;
use overhang::engine::cpu::CpuEngine;
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare};
use overhang::measure::{self, FirstPassageSample, Sample};
use overhang::registry::{Figure, Side};
use statrs::distribution::{ContinuousCDF, Normal};

pub const SEEDS: u64 = 4000;
pub const PATHS: u64 = 20_000;
/// An interval, and how many of the seeds it covered the exact value with.
pub struct Coverage {
    pub what: &'static str,
    covered: u64,
}

impl Coverage {
    fn of(what: &'static str) -> Self {
        Coverage { what, covered: 0 }
    }

    fn look(&mut self, low: Option<f64>, high: Option<f64>, exact: f64) {
        let (low, high) = (low.expect("a bound"), high.expect("a bound"));
        self.covered += u64::from((low..=high).contains(&exact));
    }

    pub fn share(&self) -> f64 {
        self.covered as f64 / SEEDS as f64
    }

    /// Its row of docs/validation.md.
    pub fn row(&self) -> String {
        format!("| {} | {:.2}% |", self.what, 100.0 * self.share())
    }
}

/// Intervals of a mean, a probability, a quantile and a shortfall.
pub fn coverage() -> [Coverage; 4] {
    let loaded = overhang::scenario::parse(&scenario("coverage", 1.3), "coverage.toml")
        .unwrap_or_else(|failure| panic!("{failure}"));
    let plan = prepare(&loaded.scenario);
    let engine =
        CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).expect("threads start");
    let place = plan.figures.iter().position(|spec| spec.figure == Figure::BurstCost).expect("there is burst");
    let normal = Normal::standard();
    // X = e^{0.4 Z − 0.08}
    let at = |p: f64| (0.4 * normal.inverse_cdf(p) - 0.08).exp();
    let dear = normal.cdf(-(1.3_f64.ln() + 0.08) / 0.4);
    let shortfall = normal.cdf(0.4 - normal.inverse_cdf(0.99)) / 0.01;
    let mut found = ["mean", "probability", "99% quantile", "99% shortfall"].map(Coverage::of);
    let [mean, probability, quantile, tail] = &mut found;
    for seed in 0..SEEDS {
        let tally = engine.tally(&plan, Draws { seed, replicate: 0 }, 0..PATHS, &|_| true).expect("no faults");
        let sample = Sample::new(&tally, place, plan.figures[place].frame);
        let moments = measure::moments(&sample);
        let half = measure::normal_width() * moments.se.expect("an error");
        let middle = moments.mean.expect("a mean");
        mean.look(Some(middle - half), Some(middle + half), 1.0);
        let found = measure::probability(&FirstPassageSample::new(&tally, 0));
        probability.look(found.low, found.high, dear);
        let order = sample.order().expect("there are paths");
        let found = measure::quantile(&order, 0.99);
        quantile.look(found.low, found.high, at(0.99));
        let found = measure::expected_shortfall(&order, Side::High, 0.99);
        tail.look(found.low, found.high, shortfall);
    }
    found
}
