//! The distribution of an uncertain input: natural parameters, or quantiles as experts give them.

use super::super::item::{Fields, Item};
use super::super::limits::{Limits, rounded};
use crate::distribution::{
    Discrete, Distribution, Empirical, MOST_TERMS, Metalog, SHAPES, USUAL_SHARES, beta_between, log_normal_between,
    normal_between, pert_between, triangular_between, uniform_between,
};

const NAMES: [&str; 9] =
    ["normal", "lognormal", "uniform", "triangular", "pert", "beta", "metalog", "discrete", "empirical"];
const MEANING: &str = "how the value is distributed";
/// Keys of all distributions, so that one that belongs to another is told from one that does not exist.
pub(super) const DISTRIBUTION_KEYS: [&str; 15] = [
    "mean",
    "sd",
    "low",
    "high",
    "at",
    "min",
    "mode",
    "max",
    "alpha",
    "beta",
    "quantiles",
    "values",
    "weights",
    "lower",
    "upper",
];
/// Values of a discrete distribution or a sample.
const MOST_VALUES: usize = 10_000;

const MEAN: Limits = Limits::any("the mean");
const SD: Limits = Limits::positive("the standard deviation");
const POSITIVE_MEAN: Limits = Limits::positive("the mean of the value itself, not of its logarithm");
const LOW: Limits = Limits::any("the value that 10% of the outcomes lie below, or the first share of `at`");
const HIGH: Limits = Limits::any("the value that 90% of the outcomes lie below, or the second share of `at`");
const POSITIVE_LOW: Limits = Limits::positive(LOW.meaning);
const POSITIVE_HIGH: Limits = Limits::positive(HIGH.meaning);
const MIN: Limits = Limits::any("the least value");
const MODE: Limits = Limits::any("the most likely value");
const MAX: Limits = Limits::any("the greatest value");
const SHAPE: Limits = Limits::between(*SHAPES.start(), *SHAPES.end(), "a shape of the beta distribution");
const LOWER: Limits = Limits::any("the least value that is possible");
const UPPER: Limits = Limits::any("the greatest value that is possible");
const SHARE: Limits = Limits::between(0.0, 1.0, "a share of the outcomes").above(0.0).below(1.0);
const VALUE: Limits = Limits::any("a value");
const WEIGHT: Limits = Limits::positive("how likely the value is, relative to the other weights");

/// Two quantiles: a share and the value that it lies below, each.
type Quantiles = [(f64, f64); 2];

/// The keys of an input that describe its distribution.
pub(super) fn distribution(fields: &Fields) -> Option<Distribution> {
    let Some(name) = fields.required("distribution", MEANING).and_then(|item| item.choice(&NAMES, MEANING)) else {
        // which of them belong to it is not known
        fields.skip(&DISTRIBUTION_KEYS);
        return None;
    };
    let (lower, upper) = (fields.number("lower", &LOWER), fields.number("upper", &UPPER));
    let made = match NAMES[name] {
        "normal" => normal(fields),
        "lognormal" => log_normal(fields),
        "uniform" => uniform(fields),
        "triangular" => with_mode(
            fields,
            |min, mode, max| Distribution::Triangular { low: min, mode, high: max },
            triangular_between,
        ),
        "pert" => with_mode(fields, Distribution::pert, pert_between),
        "beta" => beta(fields),
        "metalog" => metalog(fields),
        "discrete" => discrete(fields),
        _ => Some(Distribution::Empirical(Empirical::new(&values(fields)?))),
    };
    truncated(fields, made?, lower, upper)
}

/// The distribution between bounds, where the file has some.
fn truncated(fields: &Fields, of: Distribution, lower: Option<f64>, upper: Option<f64>) -> Option<Distribution> {
    if lower.is_none() && upper.is_none() {
        return Some(of);
    }
    let cut = of.truncated(lower.unwrap_or(f64::NEG_INFINITY), upper.unwrap_or(f64::INFINITY));
    if cut.is_none() {
        let item = fields.optional(if lower.is_some() { "lower" } else { "upper" });
        let hint = "the distribution has practically no outcomes between the bounds";
        item.into_iter().for_each(|item| item.fail("the bounds exclude every value", "must leave some values", hint));
    }
    cut
}

/// Whether the table has quantiles instead of natural parameters; refuses keys of both.
fn has_quantiles(fields: &Fields, natural: &[&'static str]) -> bool {
    let quantiles = fields.has("low") || fields.has("high");
    let hint = "give either natural parameters or two quantiles";
    match quantiles {
        true => natural.iter().for_each(|key| fields.refuse(key, "`low` and `high`", hint)),
        false => fields.refuse("at", "natural parameters", "`at` belongs to `low` and `high`"),
    }
    fields.skip(&["low", "high"]);
    quantiles
}

/// `low`, `high` and `at`; `limits` are those of the two values.
fn quantiles(fields: &Fields, limits: [&Limits; 2]) -> Option<Quantiles> {
    let low = fields.required_number("low", limits[0]);
    let high = fields.required_number("high", limits[1]);
    let at = match fields.optional("at") {
        None => Some(USUAL_SHARES),
        Some(item) => shares(&item),
    };
    let (low, high, [first, second]) = (low?, high?, at?);
    if low >= high {
        let title = format!("`high` is {}, not above `low`", rounded(high));
        fields.optional("high")?.fail(title, format!("must be above {}", rounded(low)), "exchange the two values");
        return None;
    }
    Some([(first, low), (second, high)])
}

/// `at = [0.1, 0.9]`.
fn shares(item: &Item) -> Option<[f64; 2]> {
    let [first, second] = item.parts(["share below `low`", "share below `high`"])?.map(|part| part.number(&SHARE));
    let (first, second) = (first?, second?);
    if first >= second {
        item.fail("the shares do not increase", "must be two increasing shares", "write at = [0.1, 0.9]");
        return None;
    }
    Some([first, second])
}

fn normal(fields: &Fields) -> Option<Distribution> {
    if has_quantiles(fields, &["mean", "sd"]) {
        let [low, high] = quantiles(fields, [&LOW, &HIGH])?;
        return Some(normal_between(low, high));
    }
    let (mean, sd) = (fields.required_number("mean", &MEAN), fields.required_number("sd", &SD));
    Some(Distribution::Normal { mean: mean?, sd: sd? })
}

fn log_normal(fields: &Fields) -> Option<Distribution> {
    if has_quantiles(fields, &["mean", "sd"]) {
        let [low, high] = quantiles(fields, [&POSITIVE_LOW, &POSITIVE_HIGH])?;
        return Some(log_normal_between(low, high));
    }
    let (mean, sd) = (fields.required_number("mean", &POSITIVE_MEAN), fields.required_number("sd", &SD));
    Some(Distribution::log_normal(mean?, sd?))
}

fn uniform(fields: &Fields) -> Option<Distribution> {
    if has_quantiles(fields, &["min", "max"]) {
        let [low, high] = quantiles(fields, [&LOW, &HIGH])?;
        return Some(uniform_between(low, high));
    }
    let (low, high) = ends(fields)?;
    Some(Distribution::Uniform { low, high })
}

/// `min` and `max`.
fn ends(fields: &Fields) -> Option<(f64, f64)> {
    let (min, max) = (fields.required_number("min", &MIN), fields.required_number("max", &MAX));
    let (min, max) = (min?, max?);
    if min >= max {
        let title = format!("`max` is {}, not above `min`", rounded(max));
        fields.optional("max")?.fail(title, format!("must be above {}", rounded(min)), "exchange the two values");
        return None;
    }
    Some((min, max))
}

/// A distribution with ends and a mode, or with two quantiles and a mode, which lies in the middle where it is left out.
fn with_mode(
    fields: &Fields,
    natural: impl Fn(f64, f64, f64) -> Distribution,
    between: impl Fn((f64, f64), f64, (f64, f64)) -> Option<Distribution>,
) -> Option<Distribution> {
    if has_quantiles(fields, &["min", "max"]) {
        let [low, high] = quantiles(fields, [&LOW, &HIGH])?;
        let mode = match fields.optional("mode") {
            None => (low.1 + high.1) / 2.0,
            Some(item) => item.number(&MODE)?,
        };
        let made = between(low, mode, high);
        if made.is_none() {
            let title = "no such distribution has this mode and these quantiles";
            let hint = "move `mode` towards the middle of `low` and `high`, or give `min`, `mode` and `max`";
            let at = if fields.has("mode") { "mode" } else { "low" };
            fields.optional(at)?.fail(title, "must be closer to the middle", hint);
        }
        return made;
    }
    let (ends, mode) = (ends(fields), fields.required_number("mode", &MODE));
    let ((min, max), mode) = (ends?, mode?);
    if !(min..=max).contains(&mode) {
        let title = format!("`mode` is {}, outside `min` and `max`", rounded(mode));
        let label = format!("must be from {} to {}", rounded(min), rounded(max));
        fields.optional("mode")?.fail(title, label, MODE.meaning);
        return None;
    }
    Some(natural(min, mode, max))
}

fn beta(fields: &Fields) -> Option<Distribution> {
    let (low, high) = match fields.has("min") || fields.has("max") {
        true => ends(fields)?,
        false => {
            fields.skip(&["min", "max"]);
            (0.0, 1.0)
        }
    };
    if has_quantiles(fields, &["alpha", "beta"]) {
        let [first, second] = quantiles(fields, [&LOW, &HIGH])?;
        let inside = low < first.1 && second.1 < high;
        let made = inside.then(|| beta_between(first, second, (low, high))).flatten();
        if made.is_none() {
            let label = format!("must lie between {} and {}, not too near the ends", rounded(low), rounded(high));
            let hint = "`min` and `max` are the ends of the distribution, 0 and 1 if left out";
            fields.optional("low")?.fail("no beta distribution has these quantiles", label, hint);
        }
        return made;
    }
    let (a, b) = (fields.required_number("alpha", &SHAPE), fields.required_number("beta", &SHAPE));
    Some(Distribution::Beta { a: a?, b: b?, low, high })
}

fn metalog(fields: &Fields) -> Option<Distribution> {
    let meaning = "3 to 6 quantiles as [share, value]";
    let item = fields.required("quantiles", meaning)?;
    let elements = item.list(MOST_TERMS, meaning)?;
    let pair = |element: &Item| {
        let [share, value] = element.parts(["share", "value"])?;
        Some((share.number(&SHARE)?, value.number(&VALUE)?))
    };
    let quantiles = elements.iter().map(pair).collect::<Option<Vec<(f64, f64)>>>()?;
    let rising = quantiles.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1);
    let made = match (quantiles.len(), rising) {
        (..3, _) => Err("fewer than 3 quantiles are given"),
        (_, false) => Err("the quantiles do not increase"),
        _ => Metalog::new(&quantiles),
    };
    let hint = "quantiles must increase and not be too skewed; `lower` and `upper` cut the distribution off";
    made.map_err(|title| item.fail(title, format!("must be {meaning}"), hint)).ok().map(Distribution::Metalog)
}

fn discrete(fields: &Fields) -> Option<Distribution> {
    let values = values(fields)?;
    let weights = match fields.optional("weights") {
        None => vec![1.0; values.len()],
        Some(item) => {
            let weights = numbers(&item, &WEIGHT)?;
            if weights.len() != values.len() {
                let title = format!("there are {} weights for {} values", weights.len(), values.len());
                item.fail(title, "must be one weight for each value", WEIGHT.meaning);
                return None;
            }
            weights
        }
    };
    Some(Distribution::Discrete(Discrete::new(&values, &weights)))
}

/// `values`, at least one.
fn values(fields: &Fields) -> Option<Vec<f64>> {
    let item = fields.required("values", "the values that are possible")?;
    let values = numbers(&item, &VALUE)?;
    if values.is_empty() {
        item.fail("`values` is empty", "must have at least one value", "write values = [0.5, 0.7, 1.0]");
        return None;
    }
    Some(values)
}

fn numbers(item: &Item, limits: &Limits) -> Option<Vec<f64>> {
    let elements = item.list(MOST_VALUES, "an array of numbers")?;
    elements.iter().map(|element| element.number(limits)).collect()
}
