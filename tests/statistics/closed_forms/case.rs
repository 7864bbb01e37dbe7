//! Small scenarios, run on every engine, and their figures held against exact ones.

use std::fmt;

use overhang::engine::cpu::CpuEngine;
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare};
use overhang::measure::{self, Estimate, Sample};
use overhang::plan::Plan;
use overhang::plan::figure::{FigureSpec, FirstPassage, Owner};
use overhang::registry::Figure;
use overhang::tally::{FigureTally, Tally};

/// Names of the CPU engine in both precisions.
pub const SINGLE: &str = "CPU f32";
pub const DOUBLE: &str = "CPU f64";

/// Paths of every comparison.
pub const PATHS: u64 = 1 << 20;
/// Standard errors that an estimate may be off: by chance once in 16,000 comparisons.
const WIDTH: f64 = 4.0;
/// What f32 adds to a figure, relative to it: some ten roundings of 6·10⁻⁸ in each period.
const FLOAT_ERROR: f64 = 2e-6;

/// The continuously compounded rate of the scenarios.
const RATE: f64 = 0.05;

/// A use of all that is demanded.
pub const CERTAIN_USE: &str = "[[factor]]\nname = \"use\"\nprocess = \"table\"\nvalues = [[0, 1.0]]\n";

/// A scenario: horizon, factors and whatever follows.
pub fn scenario(years: u32, step: &str, rest: &str) -> String {
    format!(
        "schema = 1\nname = \"case\"\ncurrency = \"USD\"\ncapacity_unit = \"GW\"\n\
         [horizon]\nstart = 2026-01-01\nyears = {years}\nstep = \"{step}\"\n[discount]\nrate = {RATE}\n{rest}\n"
    )
}

/// The discount factor of these scenarios.
pub fn discount(year: f64) -> f64 {
    (-RATE * year).exp()
}

/// The same at the end of a quarter, of which the first is 1.
pub fn at_quarter(t: i32) -> f64 {
    discount(f64::from(t) / 4.0)
}

/// Engines by name.
pub type Engines = Vec<(String, Box<dyn Engine>)>;

/// A case on engines.
pub type Case = fn(&Engines) -> Vec<Check>;

/// An estimate against what it should be.
pub struct Check {
    pub engine: String,
    pub what: String,
    pub value: f64,
    exact: f64,
    /// Standard error of the value
    se: f64,
    /// What it may be off beside
    slack: f64,
}

impl Check {
    /// Standard errors that the value is off, beyond nothing; infinite where a value without error is off.
    pub fn z(&self) -> f64 {
        (self.value - self.exact) / self.se.max(f64::MIN_POSITIVE)
    }

    /// Whether nothing about it is random, so that only rounding may be off.
    pub fn is_certain(&self) -> bool {
        self.se == 0.0
    }

    /// How far it is off, relative to the exact value.
    pub fn relative(&self) -> f64 {
        if self.value == self.exact { 0.0 } else { ((self.value - self.exact) / self.exact).abs() }
    }

    pub fn holds(&self) -> bool {
        (self.value - self.exact).abs() <= WIDTH * self.se + self.slack
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Check { engine, what, value, exact, se, .. } = self;
        write!(f, "{engine}: {what} {value:e}, exactly {exact:e}, standard error {se:e}, z = {:.2}", self.z())
    }
}

/// A run of a scenario on one engine.
pub struct Run {
    pub engine: String,
    /// Names of the events
    events: Vec<String>,
    plan: Plan,
    tally: Tally,
}

/// The CPU engine in both precisions, by the precision's name.
pub fn cpu_engines() -> Engines {
    let cpu = |name: &str, precision| {
        let engine = CpuEngine::new(None, Instructions::best(), precision, Sampling::Device).expect("threads start");
        (name.to_owned(), Box::new(engine) as Box<dyn Engine>)
    };
    vec![cpu(SINGLE, Precision::Single), cpu(DOUBLE, Precision::Double)]
}

/// Runs a scenario on every engine.
pub fn on_every_engine(engines: &Engines, scenario: &str) -> Vec<Run> {
    let loaded = overhang::scenario::parse(scenario, "case.toml").unwrap_or_else(|failure| panic!("{failure}"));
    let plan = prepare(&loaded.scenario);
    let events: Vec<String> = loaded.scenario.events.iter().map(|event| event.name.clone()).collect();
    let draws = Draws { seed: 20_261_122, replicate: 0 };
    let run = |(engine, run): &(String, Box<dyn Engine>)| {
        let tally = run.tally(&plan, draws, 0..PATHS, &|_| true).unwrap_or_else(|error| panic!("{engine}: {error}"));
        assert_eq!((tally.paths, tally.invalid.count), (PATHS, 0), "{engine}");
        Run { engine: engine.clone(), events: events.clone(), plan: plan.clone(), tally }
    };
    engines.iter().map(run).collect()
}

impl Run {
    fn figure(&self, owner: Owner, figure: Figure) -> (&FigureSpec, &FigureTally) {
        let found = self.plan.figures.iter().zip(&self.tally.figures);
        let mut found = found.filter(|(spec, _)| spec.owner == owner && spec.figure == figure);
        found.next().unwrap_or_else(|| panic!("{owner:?} has no {figure:?}"))
    }

    /// A mean against its exact value.
    pub fn mean_is(&self, figure: Figure, exact: f64) -> Check {
        self.mean_of(Owner::Organization(0), figure, exact)
    }

    /// The mean of an owner's figure against its exact value.
    pub fn mean_of(&self, owner: Owner, figure: Figure, exact: f64) -> Check {
        let (spec, tally) = self.figure(owner, figure);
        let moments = measure::moments(&Sample::independent(tally, spec.frame));
        let (mean, se) = (moments.mean.expect("a mean"), moments.se.expect("an error"));
        self.check(format!("mean of {}", figure.name()), mean, exact, se)
    }

    /// A standard deviation against its exact value.
    pub fn deviation_is(&self, figure: Figure, exact: f64) -> Check {
        let (spec, tally) = self.figure(Owner::Organization(0), figure);
        let moments = measure::moments(&Sample::independent(tally, spec.frame));
        let (sd, se) = (moments.sd.expect("a deviation"), moments.sd_se.expect("an error"));
        self.check(format!("deviation of {}", figure.name()), sd, exact, se)
    }

    /// The figure is the same on all paths, but for rounding.
    pub fn is_certain(&self, figure: Figure, exact: f64) -> Check {
        self.is_certain_of(Owner::Organization(0), figure, exact)
    }

    /// An owner's figure is the same on all paths, but for rounding.
    pub fn is_certain_of(&self, owner: Owner, figure: Figure, exact: f64) -> Check {
        let (spec, tally) = self.figure(owner, figure);
        assert_eq!(tally.min, tally.max, "{}: {} varies", self.engine, figure.name());
        let moments = measure::moments(&Sample::independent(tally, spec.frame));
        self.check(figure.name().to_owned(), moments.mean.expect("a mean"), exact, 0.0)
    }

    /// Quantile, value at risk and expected shortfall of a figure whose high side is bad: (level, quantile, shortfall).
    pub fn tail_is(&self, figure: Figure, exact: &[(f64, f64, f64)]) -> Vec<Check> {
        let (spec, tally) = self.figure(Owner::Organization(0), figure);
        let order = Sample::independent(tally, spec.frame).order().expect("there are paths");
        let sd = measure::moments(&Sample::independent(tally, spec.frame)).sd.expect("a deviation");
        let check = |what: &str, level: f64, estimate: Estimate, exact: f64| {
            let width = estimate.high.expect("a bound") - estimate.low.expect("a bound");
            // the sketch's bound beside the standard error
            let slack = 2f64.powi(-10) * exact.abs().max(sd);
            let se = width / (2.0 * measure::normal_width());
            let what = format!("{what} of {} at {level}", figure.name());
            Check { slack, ..self.check(what, estimate.value.expect("a value"), exact, se) }
        };
        let of_level = |&(level, quantile, shortfall): &(f64, f64, f64)| {
            [
                check("quantile", level, measure::quantile(&order, level), quantile),
                check("value at risk", level, measure::value_at_risk(&order, figure.side(), level), quantile),
                check("shortfall", level, measure::expected_shortfall(&order, figure.side(), level), shortfall),
            ]
        };
        exact.iter().flat_map(of_level).collect()
    }

    /// The probabilities that an event has happened by the end of period 1, 2, … against exact ones.
    pub fn event_by_period_is(&self, event: usize, exact: &[f64]) -> Vec<Check> {
        self.time_by_period_is(FirstPassage::Event { event, organization: 0 }, &self.events[event], exact)
    }

    /// The same of whatever has a time.
    pub fn time_by_period_is(&self, wanted: FirstPassage, name: &str, exact: &[f64]) -> Vec<Check> {
        let place = self.plan.times.iter().position(|&spec| spec == wanted).expect("it has a time");
        let mut happened = 0;
        let check = |(&count, &exact): (&u64, &f64)| {
            happened += count;
            let se = (exact * (1.0 - exact) / PATHS as f64).sqrt();
            self.check(format!("probability of {name}, by period"), happened as f64 / PATHS as f64, exact, se)
        };
        self.tally.times[place].counts.iter().zip(exact).map(check).collect()
    }

    fn check(&self, what: String, value: f64, exact: f64, se: f64) -> Check {
        Check { engine: self.engine.clone(), what, value, exact, se, slack: FLOAT_ERROR * exact.abs() }
    }
}
