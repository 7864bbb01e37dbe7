//! Factors: the four processes.

use super::super::item::Item;
use super::super::limits::{Limits, number, rounded};
use super::super::model::{Factor, GbmMean, Horizon, Jumps, Process, Steps};
use super::common::{label, names};
use crate::registry::{ProcessKind, Registered as _};
use crate::scenario::item::{Either, Fields};

/// Largest median or mean that a factor may reach by its trend.
const LARGEST_LEVEL: f64 = 1e30;
/// Volatilities above this are accepted with a warning.
const UNUSUAL: f64 = 3.0;

/// Keys of any process, to tell a key of another process from an unknown one.
const KEYS: [&str; 11] =
    ["start", "drift", "forward", "volatility", "jumps", "level", "growth", "reversion", "lower", "upper", "values"];

const START: Limits = Limits::positive("the value at the start date");
const DRIFT: Limits =
    Limits::between(-10.0, 10.0, "the drift per year, continuously compounded; a number or steps [[year, drift], …]");
const FORWARD: Limits = Limits::positive("the mean at years after the start: [[year, value], …]");
const VOLATILITY: Limits = Limits::between(0.0, 10.0, "the volatility per √year: 0.28 is 28%");
const LEVEL: Limits = Limits::positive("the median that the factor reverts to; a number or [[year, value], …]");
const BOUNDED_LEVEL: Limits = Limits::any(
    "the median that the factor reverts to, strictly between `lower` and `upper`; a number or [[year, value], …]",
);
const GROWTH: Limits = Limits::between(-10.0, 10.0, "the growth of the level per year, continuously compounded");
const REVERSION: Limits = Limits::between(0.0, 1_000.0, "the speed of reversion per year: ln 2 / half-life").above(0.0);
const BOUND: Limits = Limits::any("a bound that the factor never reaches");
const BOUNDED_START: Limits = Limits::any("the value at the start date, strictly between `lower` and `upper`");
const VALUES: Limits = Limits::any("the factor's curve: [[year, value], …]");
const INTENSITY: Limits = Limits::between(0.0, 50.0, "the mean number of jumps per year");
const JUMP_MEAN: Limits = Limits::between(-10.0, 10.0, "the mean jump of the logarithm: -0.22 is a fall by 20%");
const JUMP_SD: Limits = Limits::between(0.0, 10.0, "the standard deviation of a jump of the logarithm");

/// One `[[factor]]`.
pub(super) fn factor(fields: &Fields, name: &str, horizon: Option<&Horizon>) -> Option<Factor> {
    let label = label(fields);
    let meaning = "the kind of process: gbm, ou, logit_ou or table";
    let process = fields.required("process", meaning);
    let place = process.and_then(|item| item.choice(&names::<ProcessKind>(), meaning));
    let Some(kind) = place.map(|place| ProcessKind::ALL[place]) else {
        // Without its process nothing is known about the other keys but their names.
        fields.skip(&KEYS);
        fields.finish();
        return None;
    };
    let process = match kind {
        ProcessKind::Gbm => gbm(fields, horizon),
        ProcessKind::Ou => ou(fields, horizon),
        ProcessKind::LogitOu => logit_ou(fields),
        ProcessKind::Table => table(fields),
    };
    fields.finish_knowing(&KEYS, &format!("process `{}`", kind.name()));
    Some(Factor { name: name.to_owned(), label, process: process? })
}

fn gbm(fields: &Fields, horizon: Option<&Horizon>) -> Option<Process> {
    let start = fields.required_number("start", &START);
    let hint = "`drift` is the growth of the mean per year, `forward` the mean itself";
    let mean = match fields.either("drift", "forward", hint) {
        Some(Either::First(item)) => drift(&item, start, horizon).map(GbmMean::Drift),
        Some(Either::Second(item)) => item.forward(&FORWARD).map(GbmMean::Forward),
        None => None,
    };
    let volatility = volatility(fields);
    let jumps = jumps(fields);
    Some(Process::Gbm { start: start?, mean: mean?, volatility: volatility?, jumps: jumps? })
}

fn ou(fields: &Fields, horizon: Option<&Horizon>) -> Option<Process> {
    let level = fields.required("level", LEVEL.meaning).and_then(|item| item.curve(&LEVEL));
    let growth = fields.number_or("growth", &GROWTH, 0.0);
    let start = fields.number("start", &START);
    let reversion = reversion(fields);
    let volatility = volatility(fields);
    let jumps = jumps(fields);
    let level = level?;
    if let Some(horizon) = horizon {
        let end = level.at(horizon.years()).ln() + growth * horizon.years();
        explosion(fields.optional("growth"), end, horizon)?;
    }
    let start = start.unwrap_or_else(|| level.at(0.0));
    Some(Process::Ou { level, growth, start, reversion: reversion?, volatility: volatility?, jumps: jumps? })
}

fn logit_ou(fields: &Fields) -> Option<Process> {
    let lower = fields.number_or("lower", &BOUND, 0.0);
    let upper = fields.number_or("upper", &BOUND, 1.0);
    let level = fields.required("level", BOUNDED_LEVEL.meaning);
    let start = fields.optional("start");
    let reversion = reversion(fields);
    let volatility = volatility(fields);
    if lower >= upper {
        let title = format!("`lower` is {}, not less than `upper`, {}", number(lower), number(upper));
        let hint = "`lower` defaults to 0 and `upper` to 1";
        let item = fields.optional("lower").or_else(|| fields.optional("upper"))?;
        item.fail(title, "`lower` must be less than `upper`", hint);
        return None;
    }
    let level = level.and_then(|item| {
        let curve = item.curve(&BOUNDED_LEVEL)?;
        let outside = curve.0.iter().map(|point| point[1]).find(|&value| value <= lower || value >= upper);
        outside.is_none_or(|value| strictly_between(&item, value, lower, upper)).then_some(curve)
    });
    let start = match start {
        Some(item) => item.number(&BOUNDED_START).filter(|&value| strictly_between(&item, value, lower, upper)),
        None => level.as_ref().map(|level| level.at(0.0)),
    };
    let (reversion, volatility) = (reversion?, volatility?);
    Some(Process::LogitOu { level: level?, lower, upper, start: start?, reversion, volatility })
}

fn table(fields: &Fields) -> Option<Process> {
    let values = fields.required("values", VALUES.meaning)?.curve(&VALUES)?;
    Some(Process::Table { values })
}

fn reversion(fields: &Fields) -> Option<f64> {
    fields.required_number("reversion", &REVERSION)
}

fn volatility(fields: &Fields) -> Option<f64> {
    let value = fields.required_number("volatility", &VOLATILITY)?;
    if value > UNUSUAL {
        let title = format!("`volatility` is {}, which is unusually high", number(value));
        fields.warn("volatility", title, format!("above {UNUSUAL}"), "volatility is a fraction per √year: 0.28 is 28%");
    }
    Some(value)
}

/// The optional jumps: `None` where they are wrong.
fn jumps(fields: &Fields) -> Option<Option<Jumps>> {
    let Some(item) = fields.optional("jumps") else { return Some(None) };
    let fields = item.table("{ intensity, mean, sd }: rare jumps of the logarithm")?;
    let intensity = fields.required_number("intensity", &INTENSITY);
    let mean = fields.required_number("mean", &JUMP_MEAN);
    let sd = fields.required_number("sd", &JUMP_SD);
    fields.finish();
    Some(Some(Jumps { intensity: intensity?, mean: mean?, sd: sd? }))
}

fn drift(item: &Item, start: Option<f64>, horizon: Option<&Horizon>) -> Option<Steps> {
    let steps = item.steps(&DRIFT)?;
    if let (Some(start), Some(horizon)) = (start, horizon) {
        let mut log_mean = start.ln();
        for t in 1..=horizon.periods {
            log_mean += steps.at(horizon.end(t - 1)) * horizon.dt();
            explosion(Some(item.clone()), log_mean, horizon)?;
        }
    }
    Some(steps)
}

/// Refuses a trend that leads out of the numbers that can be computed with.
fn explosion(item: Option<Item>, log_level: f64, horizon: &Horizon) -> Option<()> {
    if log_level <= LARGEST_LEVEL.ln() {
        return Some(());
    }
    if let Some(item) = item {
        let title = format!("`{}` takes the factor beyond {}", item.subject, number(LARGEST_LEVEL));
        let label = format!("must keep the factor below that for {} years", rounded(horizon.years()));
        item.fail(title, label, format!("`{}` is per year: 0.02 is 2% a year", item.subject));
    }
    None
}

fn strictly_between(item: &Item, value: f64, lower: f64, upper: f64) -> bool {
    let inside = lower < value && value < upper;
    if !inside {
        let title = format!("`{}` is {}, which is outside its bounds", item.subject, number(value));
        let label = format!("must be strictly between {} and {}", number(lower), number(upper));
        item.fail(title, label, "the bounds are `lower` (default 0) and `upper` (default 1)");
    }
    inside
}

impl Process {
    /// The open range of values that the factor can take; of a table, the closed one.
    pub(super) fn range(&self) -> (f64, f64) {
        match self {
            Process::Gbm { .. } | Process::Ou { .. } => (0.0, f64::INFINITY),
            Process::LogitOu { lower, upper, .. } => (*lower, *upper),
            Process::Table { values } => values.extremes(),
        }
    }
}
