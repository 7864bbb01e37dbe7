//! An engine's figures against the reference cases.

use overhang::engine::{Draws, Engine, prepare};
use overhang::measure::{self, Moments, OrderStatistics, Sample};
use overhang::plan::figure::{FirstPassage, Frame, Owner};
use overhang::registry::Side;
use overhang::tally::{FigureTally, Tally};
use serde_json::Value;

/// The cases, by the names of their files.
pub const CASES: [&str; 3] = ["one-lab", "two-labs", "part-two"];
/// Paths of the reference.
const REFERENCE_PATHS: f64 = 2e6;
/// Relative rounding of f32 sums, and of the reference's figures that do not vary.
const FLOAT_ERROR: f64 = 2e-6;

/// Half the width of a sketch's bin, of the size of what is estimated or of its deviation.
const SKETCH_ERROR: f64 = 1.0 / 1024.0;
/// Paths of the CPU engine.
pub const PATHS: u64 = 1_000_000;

/// A contract that the reference does not decide: settled to the market and aging, a useful unit of it costs as much as burst,
/// and whether it counts as no dearer there hangs on the rounding of e^{-aging·a}·e^{aging·a}. Here it goes before burst, always.
/// What its organization pays in all is the same, and compared.
const TIED: (&str, &str) = ("part-two", "b_resale");

/// What is compared.
pub const KINDS: [&str; 5] = ["means", "standard deviations", "quantiles", "means of tails", "events and bubbles"];
const MEAN: usize = 0;
const DEVIATION: usize = 1;
const QUANTILE: usize = 2;
const TAIL: usize = 3;
const TIME: usize = 4;

/// Comparisons of each kind: how many, and how many joint standard errors the farthest is off.
#[derive(Debug, Default, Clone, Copy)]
pub struct Checks {
    pub kinds: [(usize, f64); 5],
}

impl Checks {
    /// `slack` is the error allowed beside the standard errors.
    fn holds(&mut self, kind: usize, what: &str, (value, exact): (f64, f64), se: f64, slack: f64) {
        let off = (value - exact).abs() - FLOAT_ERROR * exact.abs() - slack;
        let (count, farthest) = &mut self.kinds[kind];
        *count += 1;
        if off > 0.0 {
            *farthest = farthest.max(off / se.max(f64::MIN_POSITIVE));
        }
        assert!(off <= 4.0 * se, "{what}: {value} against {exact}, with a joint standard error of {se}");
    }

    fn probability(&mut self, what: &str, count: u64, paths: u64, exact: f64) {
        // with the reference's p, at least a path's worth, so that rare events have an error too
        let p = exact.max(1.0 / REFERENCE_PATHS);
        let variance = p * (1.0 - p).max(1.0 / REFERENCE_PATHS);
        let se = (variance / paths as f64 + variance / REFERENCE_PATHS).sqrt();
        self.holds(TIME, what, (count as f64 / paths as f64, exact), se, 0.0);
    }

    fn moments(&mut self, what: &str, moments: &Moments, reference: &Value) {
        let se = number(&reference["se"]).hypot(moments.se.expect("an error"));
        let mean = moments.mean.expect("a mean");
        self.holds(MEAN, &format!("{what}, mean"), (mean, number(&reference["mean"])), se, 0.0);
        let sd = number(&reference["sd"]);
        let se = moments.sd_se.expect("an error") * joint(moments.count);
        // a deviation of nothing but the rounding of the mean
        let found = moments.sd.expect("a deviation");
        self.holds(DEVIATION, &format!("{what}, sd"), (found, sd), se, FLOAT_ERROR * mean.abs());
    }

    /// Quantiles, and the means of both tails, of which the reference gives no errors.
    fn order(&mut self, what: &str, figure: &FigureTally, frame: Frame, reference: &Value) {
        let order = OrderStatistics::new(figure, frame).expect("paths and a sketch");
        let paths = figure.count as f64;
        let bound = |x: f64| SKETCH_ERROR * x.abs().max(number(&reference["sd"]));
        for (level, name) in [(0.01, "q01"), (0.05, "q05"), (0.5, "q50"), (0.95, "q95"), (0.99, "q99")] {
            let exact = number(&reference[name]);
            let se = number(&reference[&format!("{name}_se")]) * (1.0 + REFERENCE_PATHS / paths).sqrt();
            let at = |level: f64| order.at(1.0 + level * (paths - 1.0)).expect("a rank within the paths");
            // at the end of an atom there is no density for an error: there the ranks four errors of the level away enclose it
            let by_rank = 4.0 * (level * (1.0 - level) / paths).sqrt() * joint(figure.count);
            let (low, high) = (at((level - by_rank).max(0.0)), at((level + by_rank).min(1.0)));
            let enclosed = low - bound(exact) <= exact && exact <= high + bound(exact);
            let smooth = (at(level) - exact).abs() - bound(exact) <= 4.0 * se;
            let value = if enclosed && !smooth { exact } else { at(level) };
            self.holds(QUANTILE, &format!("{what}, {name}"), (value, exact), se, bound(exact));
        }
        for (side, mass, name) in [
            (Side::Low, 0.01, "es01"),
            (Side::Low, 0.05, "es05"),
            (Side::High, 0.05, "es95"),
            (Side::High, 0.01, "es99"),
        ] {
            let exact = number(&reference[name]);
            let tail = order.tail(side, mass * paths);
            let quantile = order.at(1.0 + if side == Side::High { 1.0 - mass } else { mass } * (paths - 1.0));
            // variance of the mean of a tail: within it, and of where it begins (Manistre and Hancock 2005)
            let start = tail.mean - quantile.expect("a rank within the paths");
            let se = ((tail.variance + (1.0 - mass) * start * start) / (mass * paths)).sqrt() * joint(figure.count);
            self.holds(TAIL, &format!("{what}, {name}"), (tail.mean, exact), se, bound(exact));
        }
    }
}

/// The joint error of an estimate of so many paths and the reference's, as a multiple of the former.
fn joint(paths: u64) -> f64 {
    (1.0 + paths as f64 / REFERENCE_PATHS).sqrt()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Holds an engine to a reference case, and counts the comparisons.
pub fn compare(case: &str, (name, engine): (&str, &dyn Engine), paths: u64) -> Checks {
    let loaded = overhang::scenario::load(format!("tests/cases/{case}.toml").as_ref());
    let scenario = loaded.unwrap_or_else(|failure| panic!("{failure}")).scenario;
    let text = std::fs::read_to_string(format!("tests/cases/{case}.expected.json")).expect("it is there");
    let expected: Value = serde_json::from_str(&text).expect("it is JSON");
    let plan = prepare(&scenario);
    let draws = Draws { seed: 20_261_122, replicate: 0 };
    let tally = engine.tally(&plan, draws, 0..paths, &|_| true).unwrap_or_else(|error| panic!("{error}"));
    let mut checks = Checks::default();
    for (spec, figure) in plan.figures.iter().zip(&tally.figures) {
        let (reference, of_contract) = match spec.owner {
            Owner::System => (&expected["figures"]["system"], false),
            Owner::Organization(index) => (&expected["figures"][&scenario.organizations[index].name], false),
            Owner::Contract(index) if (case, scenario.contracts[index].name.as_str()) == TIED => continue,
            Owner::Contract(index) => (&expected["contracts"][&scenario.contracts[index].name], true),
            Owner::Counterparty(index) => (&expected["vendors"][&scenario.vendors[index].name], false),
            Owner::Vendor(_) | Owner::Exposure { .. } => continue,
        };
        let reference = &reference[spec.figure.name()];
        let what = format!("{case}, {name}: {:?} {}", spec.owner, spec.figure.name());
        checks.moments(&what, &measure::moments(&Sample::independent(figure, spec.frame)), reference);
        // of contracts the model asks for means only
        if !of_contract {
            checks.order(&what, figure, spec.frame, reference);
        }
    }
    times(&mut checks, &scenario, &plan.times, &tally, &expected, name);
    checks
}

/// Rows of docs/validation.md: what an engine in single and one in double precision gave.
pub fn rows(case: &str, single: &Checks, double: &Checks) -> Vec<String> {
    let row = |(kind, name): (usize, &&str)| {
        let ((count, single), (_, double)) = (single.kinds[kind], double.kinds[kind]);
        format!("| `{case}` | {name} | {count} | {single:.2} | {double:.2} |")
    };
    KINDS.iter().enumerate().map(row).collect()
}

fn times(
    checks: &mut Checks,
    scenario: &overhang::scenario::Scenario,
    specs: &[FirstPassage],
    tally: &Tally,
    expected: &Value,
    engine: &str,
) {
    for (spec, time) in specs.iter().zip(&tally.times) {
        let organization = |index: usize| scenario.organizations[index].name.as_str();
        let mut by_horizon = |kind: &str, name: String| {
            let happened = time.counts.iter().sum();
            checks.probability(&format!("{engine}: {name}"), happened, tally.paths, number(&expected[kind][&name]));
        };
        let bubble = match *spec {
            FirstPassage::Event { event, organization: index } => {
                by_horizon("events", format!("{}/{}", organization(index), scenario.events[event].name));
                continue;
            }
            FirstPassage::Tranche { tranche } => {
                by_horizon("times", format!("tranches/{}", scenario.tranches[tranche].name));
                continue;
            }
            FirstPassage::Failure { vendor } => {
                by_horizon("times", format!("vendors/{}", scenario.vendors[vendor].name));
                continue;
            }
            FirstPassage::Workout { organization: index } => {
                by_horizon("times", format!("workouts/{}", organization(index)));
                continue;
            }
            FirstPassage::Bubble { organization: index } => organization(index),
            FirstPassage::SystemBubble => "system",
        };
        let mut burst = 0;
        for (period, &count) in time.counts.iter().enumerate() {
            burst += count;
            let exact = number(&expected["bubble"][bubble]["by_period"][period]);
            checks.probability(&format!("{engine}: bubble of {bubble} by {}", period + 1), burst, tally.paths, exact);
        }
    }
}
