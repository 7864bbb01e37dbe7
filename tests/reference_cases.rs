//! The reference cases of an independent double-precision implementation with 2,000,000 paths (model.md §12): means,
//! probabilities, bubbles by period and contracts, within 4 joint standard errors, on every engine.

mod adapters;

use overhang::engine::cpu::{CpuEngine, Precision, Sampling};
use overhang::engine::{Draws, Engine, Instructions, prepare};
use overhang::measure;
use overhang::plan::figure::{Owner, TimeSpec};
use overhang::tally::Tally;
use serde_json::Value;

/// Paths of the reference.
const REFERENCE_PATHS: f64 = 2e6;
/// Relative rounding of f32 sums, and of the reference's figures that do not vary.
const FLOAT_ERROR: f64 = 2e-6;

/// CPU engines run a million paths; a software GPU needs microseconds for each, and runs fewer.
fn engines() -> Vec<(String, u64, Box<dyn Engine>)> {
    let cpu = |precision| {
        let engine = CpuEngine::new(None, Instructions::best(), precision, Sampling::Device).expect("threads start");
        (engine.description(), 1_000_000, Box::new(engine) as Box<dyn Engine>)
    };
    let gpu = adapters::gpus(Sampling::Device).into_iter().take(1);
    let gpu = gpu.map(|(name, engine)| (name, 65_536, Box::new(engine) as Box<dyn Engine>));
    [cpu(Precision::Single), cpu(Precision::Double)].into_iter().chain(gpu).collect()
}

/// Counts comparisons and remembers the farthest.
#[derive(Default)]
struct Checks {
    count: usize,
    farthest: f64,
}

impl Checks {
    fn holds(&mut self, what: &str, value: f64, exact: f64, se: f64) {
        let off = (value - exact).abs() - FLOAT_ERROR * exact.abs();
        self.count += 1;
        if off > 0.0 {
            self.farthest = self.farthest.max(off / se.max(f64::MIN_POSITIVE));
        }
        assert!(off <= 4.0 * se, "{what}: {value} against {exact}, with a joint standard error of {se}");
    }

    fn probability(&mut self, what: &str, count: u64, paths: u64, exact: f64) {
        // with the reference's p, at least a path's worth, so that rare events have an error too
        let p = exact.max(1.0 / REFERENCE_PATHS);
        let variance = p * (1.0 - p).max(1.0 / REFERENCE_PATHS);
        let se = (variance / paths as f64 + variance / REFERENCE_PATHS).sqrt();
        self.holds(what, count as f64 / paths as f64, exact, se);
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn figures_agree_with_the_reference() {
    for case in ["one-lab", "two-labs"] {
        let loaded = overhang::scenario::load(format!("tests/cases/{case}.toml").as_ref());
        let scenario = loaded.unwrap_or_else(|failure| panic!("{failure}")).scenario;
        let text = std::fs::read_to_string(format!("tests/cases/{case}.expected.json")).expect("it is there");
        let expected: Value = serde_json::from_str(&text).expect("it is JSON");
        let plan = prepare(&scenario);
        for (name, paths, engine) in engines() {
            let draws = Draws { seed: 20_261_122, replicate: 0 };
            let tally = engine.tally(&plan, draws, 0..paths, &|_| true).unwrap_or_else(|error| panic!("{error}"));
            let mut checks = Checks::default();
            for (spec, figure) in plan.figures.iter().zip(&tally.figures) {
                let reference = match spec.owner {
                    Owner::System => &expected["figures"]["system"],
                    Owner::Organization(index) => &expected["figures"][&scenario.organizations[index].name],
                    Owner::Contract(index) => &expected["contracts"][&scenario.contracts[index].name],
                    Owner::Vendor(_) => continue,
                };
                let reference = &reference[spec.figure.name()];
                let moments = measure::moments(figure, spec.frame);
                let se = number(&reference["se"]).hypot(moments.se.expect("an error"));
                let what = format!("{case}, {name}: {:?} {}", spec.owner, spec.figure.name());
                checks.holds(&what, moments.mean.expect("a mean"), number(&reference["mean"]), se);
            }
            times(&mut checks, &scenario, &plan.times, &tally, &expected, &name);
            println!(
                "{case}, {name}: {} comparisons, the farthest {:.2} joint errors off",
                checks.count, checks.farthest
            );
            assert!(checks.count >= 50);
        }
    }
}

fn times(
    checks: &mut Checks,
    scenario: &overhang::scenario::Scenario,
    specs: &[TimeSpec],
    tally: &Tally,
    expected: &Value,
    engine: &str,
) {
    for (spec, time) in specs.iter().zip(&tally.times) {
        let organization = |index: usize| scenario.organizations[index].name.as_str();
        let bubble = match *spec {
            TimeSpec::Event { event, organization: index } => {
                let name = format!("{}/{}", organization(index), scenario.events[event].name);
                let happened = time.counts.iter().sum();
                checks.probability(
                    &format!("{engine}: {name}"),
                    happened,
                    tally.paths,
                    number(&expected["events"][&name]),
                );
                continue;
            }
            TimeSpec::Bubble { organization: index } => organization(index),
            TimeSpec::SystemBubble => "system",
        };
        let mut burst = 0;
        for (period, &count) in time.counts.iter().enumerate() {
            burst += count;
            let exact = number(&expected["bubble"][bubble]["by_period"][period]);
            checks.probability(&format!("{engine}: bubble of {bubble} by {}", period + 1), burst, tally.paths, exact);
        }
    }
}
