//! Axes of a design: a place of the scenario, and what it is set to.

use super::distribution::Spread;
use crate::scenario::{Setting, number};

/// Values of an axis at most.
const MOST_VALUES: usize = 1_000_000;

/// The axis that stands for the scenario's variants.
pub const VARIANT: &str = "variant";

/// A place of the scenario and its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// The dotted key of the place; or `variant`, for the name of a variant of the file.
    pub path: String,
    /// As it was written.
    pub written: String,
    pub values: Values,
}

/// What the place is set to.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    Listed(Vec<Setting>),
    Spread(Spread),
}

impl Axis {
    /// Reads `PATH=VALUES`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (path, values) = text.split_once('=').ok_or(
            "must be a scenario key and its values: contract.aws.take_or_pay=0.5:1.0:11 or factor.h100.volatility=0.2,0.3",
        )?;
        Self::new(path.trim(), values.trim())
    }

    /// An axis of values as they are written: `0.5:1.0:11` (ends and number of values), `1:100:3:log` (in equal ratios),
    /// `0.2,0.3,0.4`, `0.5:1.0` (uniform), or a distribution.
    pub fn new(path: &str, written: &str) -> Result<Self, String> {
        if path.is_empty() {
            return Err("the key before `=` is missing".into());
        }
        let values = values(written).map_err(|error| format!("{path}: {error}"))?;
        Ok(Axis { path: path.to_owned(), written: written.to_owned(), values })
    }

    /// An axis of listed values.
    pub fn listed(path: &str, values: Vec<Setting>) -> Self {
        let written = values.iter().map(Setting::to_string).collect::<Vec<_>>().join(",");
        Axis { path: path.to_owned(), written, values: Values::Listed(values) }
    }

    /// The value below which a share `u` lies, 0 < u < 1; listed values are equally likely.
    pub fn quantile(&self, u: f64) -> Setting {
        match &self.values {
            Values::Spread(spread) => spread.quantile(u),
            Values::Listed(values) => Spread::Listed(values.clone()).quantile(u),
        }
    }

    /// Whether it can change a factor's trajectories, or which of them there are.
    pub fn changes_factors(&self) -> bool {
        let first = self.path.split(['.', '[']).next().unwrap_or_default();
        matches!(first, "factor" | "correlation" | "regimes" | "horizon" | VARIANT)
    }
}

fn values(text: &str) -> Result<Values, String> {
    if text.is_empty() {
        return Err("the values are missing".into());
    }
    if text.ends_with(')') {
        return Spread::parse(text).map(Values::Spread);
    }
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        [_] => {
            let listed: Vec<Setting> = text.split(',').map(Setting::of).collect();
            match listed.iter().any(|value| matches!(value, Setting::Text(text) if text.is_empty())) {
                true => Err(format!("`{text}` has an empty value")),
                false => Ok(Values::Listed(listed)),
            }
        }
        [low, high] => Spread::parse(&format!("uniform({low}, {high})"))
            .map(Values::Spread)
            .map_err(|_| format!("`{text}` is not a range; write LOW:HIGH, or LOW:HIGH:COUNT for a grid")),
        [low, high, count] => range(low, high, count, false).map(Values::Listed),
        [low, high, count, "log"] => range(low, high, count, true).map(Values::Listed),
        _ => Err(format!("`{text}` is not a range; write LOW:HIGH:COUNT")),
    }
}

/// `count` values from `low` to `high`, in equal steps or ratios; both ends are as written.
fn range(low: &str, high: &str, count: &str, ratios: bool) -> Result<Vec<Setting>, String> {
    let wrong = |what: &str| format!("`{low}:{high}:{count}` is not a range: {what}");
    let (Some(first), Some(last)) = (number(low), number(high)) else { return Err(wrong("both ends must be numbers")) };
    let count: usize = count
        .trim()
        .parse()
        .ok()
        .filter(|n| (2..=MOST_VALUES).contains(n))
        .ok_or_else(|| wrong(&format!("the number of values must be from 2 to {MOST_VALUES}")))?;
    if ratios && !(first > 0.0 && last > 0.0) {
        return Err(wrong("both ends must be above 0 for equal ratios"));
    }
    let value = |i: usize| {
        let share = i as f64 / (count - 1) as f64;
        match i {
            0 => first,
            i if i == count - 1 => last,
            _ if ratios => (first.ln() * (1.0 - share) + last.ln() * share).exp(),
            // rounded to 15 digits, so that 0.1 steps are what they look like
            _ => tidy(first * (1.0 - share) + last * share),
        }
    };
    Ok((0..count).map(|i| Setting::Number(value(i))).collect())
}

fn tidy(x: f64) -> f64 {
    format!("{x:.14e}").parse().unwrap_or(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::Distribution;

    fn listed(text: &str) -> Vec<String> {
        match Axis::parse(text).unwrap_or_else(|error| panic!("{error}")).values {
            Values::Listed(values) => values.iter().map(Setting::to_string).collect(),
            Values::Spread(spread) => panic!("{spread:?}"),
        }
    }

    #[test]
    fn values_are_as_written() {
        assert_eq!(listed("a.b=0.5:1.0:6"), ["0.5", "0.6", "0.7", "0.8", "0.9", "1"]);
        assert_eq!(listed("a.b=1:100:3:log")[2], "100");
        assert_eq!(listed("a.b = 0.2, 1e9,merit"), ["0.2", "1000000000", "\"merit\""]);
        assert!(matches!(
            Axis::parse("a=0.5:1").unwrap().values,
            Values::Spread(Spread::Numbers(Distribution::Uniform { .. }))
        ));
        assert!(matches!(
            Axis::parse("a=beta(2,3)").unwrap().values,
            Values::Spread(Spread::Numbers(Distribution::Beta { .. }))
        ));
        for wrong in ["a", "=1", "a=", "a=1:2:1", "a=1:x:3", "a=1:2:3:lin", "a=0:1:3:log", "a=1,,2", "a=2:1", "a=f(1)"]
        {
            assert!(Axis::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn axes_of_factors_are_known() {
        for (path, changes) in [
            ("factor.h100.volatility", true),
            ("regimes.effect[1].shift", true),
            ("variant", true),
            ("contract.aws.take_or_pay", false),
            ("discount.rate", false),
        ] {
            assert_eq!(Axis::new(path, "1,2").unwrap().changes_factors(), changes, "{path}");
        }
    }
}
