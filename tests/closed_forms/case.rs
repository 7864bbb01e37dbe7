//! Small scenarios, run on every engine, and their figures held against exact ones.

use overhang::engine::cpu::{CpuEngine, Precision, Sampling};
use overhang::engine::{Draws, Engine, Instructions, prepare};
use overhang::measure::{self, Estimate, OrderStatistics};
use overhang::plan::Plan;
use overhang::plan::figure::{Figure, FigureSpec, Owner, TimeSpec};
use overhang::tally::{FigureTally, Tally};

use crate::adapters;

/// Paths of every comparison.
pub const PATHS: u64 = 1 << 20;
/// Standard errors that an estimate may be off: by chance once in 16,000 comparisons.
const WIDTH: f64 = 4.0;
/// What f32 adds to a figure, relative to it: some ten roundings of 6·10⁻⁸ in each period.
const FLOAT_ERROR: f64 = 2e-6;

/// A run of a scenario on one engine.
pub struct Run {
    pub engine: String,
    plan: Plan,
    tally: Tally,
}

/// The engines that tests run on: CPU in both precisions, and the first adapter.
pub fn engines() -> Vec<(String, Box<dyn Engine>)> {
    let cpu = |precision| {
        let engine = CpuEngine::new(None, Instructions::best(), precision, Sampling::Device).expect("threads start");
        (engine.description(), Box::new(engine) as Box<dyn Engine>)
    };
    let gpu = adapters::gpus(Sampling::Device).into_iter().take(1);
    let gpu = gpu.map(|(name, engine)| (name, Box::new(engine) as Box<dyn Engine>));
    [cpu(Precision::Single), cpu(Precision::Double)].into_iter().chain(gpu).collect()
}

/// Runs a scenario on every engine.
pub fn on_every_engine(scenario: &str) -> Vec<Run> {
    let loaded = overhang::scenario::parse(scenario, "case.toml").unwrap_or_else(|failure| panic!("{failure}"));
    let plan = prepare(&loaded.scenario);
    let draws = Draws { seed: 20_261_122, replicate: 0 };
    engines()
        .into_iter()
        .map(|(engine, run)| {
            let tally =
                run.tally(&plan, draws, 0..PATHS, &|_| true).unwrap_or_else(|error| panic!("{engine}: {error}"));
            assert_eq!((tally.paths, tally.invalid.count), (PATHS, 0), "{engine}");
            Run { engine, plan: plan.clone(), tally }
        })
        .collect()
}

impl Run {
    fn figure(&self, owner: Owner, figure: Figure) -> (&FigureSpec, &FigureTally) {
        let found = self.plan.figures.iter().zip(&self.tally.figures);
        let mut found = found.filter(|(spec, _)| spec.owner == owner && spec.figure == figure);
        found.next().unwrap_or_else(|| panic!("{owner:?} has no {figure:?}"))
    }

    /// Holds a mean against its exact value.
    pub fn mean_is(&self, figure: Figure, exact: f64) {
        let (spec, tally) = self.figure(Owner::Organization(0), figure);
        let moments = measure::moments(tally, spec.frame);
        let (mean, se) = (moments.mean.expect("a mean"), moments.se.expect("an error"));
        self.holds(&format!("mean of {}", figure.name()), mean, exact, se);
    }

    /// Holds a standard deviation against its exact value.
    pub fn deviation_is(&self, figure: Figure, exact: f64) {
        let (spec, tally) = self.figure(Owner::Organization(0), figure);
        let moments = measure::moments(tally, spec.frame);
        let (sd, se) = (moments.sd.expect("a deviation"), moments.sd_se.expect("an error"));
        self.holds(&format!("deviation of {}", figure.name()), sd, exact, se);
    }

    /// The figure is the same on all paths, but for rounding.
    pub fn is_certain(&self, figure: Figure, exact: f64) {
        let (spec, tally) = self.figure(Owner::Organization(0), figure);
        assert_eq!(tally.min, tally.max, "{}: {} varies", self.engine, figure.name());
        let moments = measure::moments(tally, spec.frame);
        self.holds(figure.name(), moments.mean.expect("a mean"), exact, 0.0);
    }

    /// Quantile, value at risk and expected shortfall of a figure whose high side is bad: (level, quantile, shortfall).
    pub fn tail_is(&self, figure: Figure, exact: &[(f64, f64, f64)]) {
        let (spec, tally) = self.figure(Owner::Organization(0), figure);
        let order = OrderStatistics::new(tally, spec.frame).expect("there are paths");
        let sd = measure::moments(tally, spec.frame).sd.expect("a deviation");
        for &(level, quantile, shortfall) in exact {
            // the sketch's bound (model.md §8) beside the standard error
            let bound = |value: f64| 2f64.powi(-10) * value.abs().max(sd);
            let holds = |what: &str, estimate: Estimate, exact: f64| {
                let value = estimate.value.expect("a value");
                let width = estimate.high.expect("a bound") - estimate.low.expect("a bound");
                let se = width / (2.0 * measure::normal_width());
                assert!(
                    (value - exact).abs() <= WIDTH * se + bound(exact),
                    "{}: {what} at {level} is {value}, exactly {exact}, with a standard error of {se}",
                    self.engine
                );
            };
            holds("quantile", measure::quantile(&order, level), quantile);
            holds("value at risk", measure::value_at_risk(&order, figure.side(), level), quantile);
            holds("expected shortfall", measure::expected_shortfall(&order, figure.side(), level), shortfall);
        }
    }

    /// Holds the probabilities that an event has happened by the end of period 1, 2, … against exact ones.
    pub fn event_by_period_is(&self, event: usize, exact: &[f64]) {
        let wanted = TimeSpec::Event { event, organization: 0 };
        let place = self.plan.times.iter().position(|&spec| spec == wanted).expect("the event is watched");
        let mut happened = 0;
        for (t, (&count, &exact)) in self.tally.times[place].counts.iter().zip(exact).enumerate() {
            happened += count;
            let se = (exact * (1.0 - exact) / PATHS as f64).sqrt();
            self.holds(&format!("event {event} by period {}", t + 1), happened as f64 / PATHS as f64, exact, se);
        }
    }

    fn holds(&self, what: &str, value: f64, exact: f64, se: f64) {
        let z = (value - exact) / se.max(f64::MIN_POSITIVE);
        println!("{}: {what} {value:e}, exactly {exact:e}, z = {z:.2}", self.engine);
        assert!(
            (value - exact).abs() <= WIDTH * se + FLOAT_ERROR * exact.abs(),
            "{}: {what} is {value}, exactly {exact}, with a standard error of {se}",
            self.engine
        );
    }
}
