//! Runs that stop by their targets, over many seeds: how often their intervals cover known answers, and how many paths they take of
//! those that a known variance would ask for.

use std::f64::consts::TAU;

use crate::lognormal::{VOLATILITY, scenario};
use overhang::engine::select::Backend;
use overhang::result::{Estimated, Target};
use overhang::run::{CompareBuilder, RunBuilder};
use overhang::scenario::Loaded;
use statrs::distribution::{ContinuousCDF, Normal};

/// The variant buys a tenth more.
const VARIANT: &str = r#"
[[variant]]
name = "more"
set = { "organization.lab.demand" = 1.1 }
"#;

/// A target with what is known of its estimate.
pub struct Case {
    pub target: String,
    exact: f64,
    /// Paths that the known variance asks for.
    pub known: f64,
    /// Whether a comparison computes it, which takes far longer than a run.
    pub compared: bool,
}

/// What came out over some seeds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Found {
    pub seeds: u64,
    covered: f64,
    paths: f64,
    stages: f64,
}

impl Found {
    /// The share of intervals that cover.
    pub fn coverage(&self) -> f64 {
        self.covered / self.seeds as f64
    }

    /// Mean paths over those of the known variance.
    pub fn excess(&self, case: &Case) -> f64 {
        self.paths / self.seeds as f64 / case.known
    }

    pub fn mean_stages(&self) -> f64 {
        self.stages / self.seeds as f64
    }

    /// The row of docs/validation.md.
    pub fn row(&self, case: &Case) -> String {
        let (known, seeds) = (case.known.round() as u64, self.seeds);
        let (coverage, excess, stages) = (100.0 * self.coverage(), self.excess(case), self.mean_stages());
        format!("| `{}` | {known} | {seeds} | {coverage:.2}% | {excess:.3} | {stages:.2} |", case.target)
    }
}

pub fn loaded() -> Loaded {
    overhang::scenario::parse(&(scenario("targets", 1.6) + VARIANT), "targets.toml")
        .unwrap_or_else(|failure| panic!("{failure}"))
}

/// Every kind of estimate, with half-widths that take two or three times the first stage.
pub fn cases() -> Vec<Case> {
    let normal = Normal::standard();
    let z = normal.inverse_cdf(0.975);
    let at = |p: f64| (VOLATILITY * normal.inverse_cdf(p) - VOLATILITY * VOLATILITY / 2.0).exp();
    let density = |p: f64| (-0.5 * normal.inverse_cdf(p).powi(2)).exp() / TAU.sqrt() / VOLATILITY / at(p);
    let deviation = ((VOLATILITY * VOLATILITY).exp() - 1.0).sqrt();
    let dear = normal.cdf(-(1.6_f64.ln() + VOLATILITY * VOLATILITY / 2.0) / VOLATILITY);
    // moments of X beyond its 95% quantile
    let (level, tail) = (0.95, 0.05);
    let moment = |k: f64| {
        let all = ((k * k - k) * VOLATILITY * VOLATILITY / 2.0).exp();
        all * normal.cdf(k * VOLATILITY - normal.inverse_cdf(level)) / tail
    };
    let (shortfall, second) = (moment(1.0), moment(2.0));
    let of_tail = (second - shortfall * shortfall + level * (shortfall - at(level)).powi(2)) / tail;
    let case = |key: &str, half: &str, exact: f64, variance: f64| {
        let (number, percent) = (half.trim_end_matches('%'), half.ends_with('%'));
        let half_width: f64 = number.parse().expect("a number");
        let width = if percent { half_width / 100.0 * exact } else { half_width };
        let known = variance * (z / width).powi(2);
        Case { target: format!("{key} ± {half}"), exact, known, compared: key.starts_with("differences") }
    };
    let quantile = |p: f64| p * (1.0 - p) / density(p).powi(2);
    let cost = "figures.lab.burst_cost";
    vec![
        case(&format!("{cost}.mean"), "0.0022", 1.0, deviation * deviation),
        case(&format!("{cost}.mean"), "0.2%", 1.0, deviation * deviation),
        case("events.lab.dear.probability", "0.0014", dear, dear * (1.0 - dear)),
        case("events.lab.dear.probability", "1.6%", dear, dear * (1.0 - dear)),
        case(&format!("{cost}.quantiles.0.5.value"), "0.0022", at(0.5), quantile(0.5)),
        case(&format!("{cost}.var.0.99.value"), "0.015", at(0.99), quantile(0.99)),
        case(&format!("{cost}.shortfall.0.95.value"), "0.01", shortfall, of_tail),
        case(&format!("differences.more.{cost}.mean.value"), "0.0002", 0.1, 0.01 * deviation * deviation),
    ]
}

/// Runs a case with each of these seeds until its target is met.
pub fn measure(loaded: &Loaded, case: &Case, seeds: std::ops::Range<u64>) -> Found {
    let target: Target = case.target.parse().unwrap_or_else(|error| panic!("{}: {error}", case.target));
    let mut found = Found { seeds: seeds.end - seeds.start, ..Found::default() };
    for seed in seeds {
        let (reading, convergence) = if case.compared {
            let files = std::slice::from_ref(loaded);
            let compare = CompareBuilder::new(files).expect("it has a variant").seed(seed).backend(Backend::Cpu);
            let document = compare.target(target.clone()).run().expect("no faults").document;
            (document.reading(&target.key), document.convergence)
        } else {
            let run = RunBuilder::new(&loaded.scenario).seed(seed).backend(Backend::Cpu);
            let document = run.target(target.clone()).run().expect("no faults").document;
            (document.reading(&target.key), document.convergence)
        };
        let (reading, convergence) = (reading.expect("it is there"), convergence.expect("there is a target"));
        assert!(convergence.is_met(), "{}: seed {seed}", case.target);
        let off = (reading.value.expect("a value") - case.exact).abs();
        found.covered += f64::from(u8::from(off <= reading.half_width.expect("an interval")));
        found.paths += *convergence.stages.last().expect("a stage") as f64;
        found.stages += convergence.stages.len() as f64;
    }
    found
}
