//! Distributions of a design's axes, by their inverse distribution functions.

use statrs::distribution::{ContinuousCDF, Triangular};

use super::quantile::{beta, truncated_normal};
use crate::scenario::{Setting, number};

/// Largest size of a number, as in scenarios.
const LARGEST: f64 = 1e30;
/// Shapes of a beta, for which its quantiles are right.
const SHAPES: std::ops::RangeInclusive<f64> = 0.01..=10_000.0;

/// How the values of an axis are spread.
#[derive(Debug, Clone, PartialEq)]
pub enum Distribution {
    Uniform {
        low: f64,
        high: f64,
    },
    /// Uniform in the logarithm; both ends above 0.
    LogUniform {
        low: f64,
        high: f64,
    },
    /// Normal, cut off at `low` and `high`, which may be infinite.
    Normal {
        mean: f64,
        sd: f64,
        low: f64,
        high: f64,
    },
    Triangular {
        low: f64,
        mode: f64,
        high: f64,
    },
    /// Beta of shapes `a` and `b`, stretched from 0…1 to `low`…`high`.
    Beta {
        a: f64,
        b: f64,
        low: f64,
        high: f64,
    },
    /// All values equally likely.
    Discrete(Vec<Setting>),
}

/// What distributions are written like.
const FORMS: &str = "uniform(low, high), loguniform(low, high), normal(mean, sd[, low, high]), triangular(low, mode, high), \
                     beta(a, b[, low, high]) or discrete(value, …)";

impl Distribution {
    /// Reads `uniform(0.5, 1)` and the like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a distribution; write {FORMS}");
        let (name, inside) = text.trim().strip_suffix(')').and_then(|text| text.split_once('(')).ok_or_else(wrong)?;
        let words: Vec<&str> = inside.split(',').map(str::trim).collect();
        if name.trim() == "discrete" {
            if words.contains(&"") {
                return Err(format!("`{text}` has an empty value"));
            }
            return Ok(Distribution::Discrete(words.into_iter().map(Setting::of).collect()));
        }
        let numbers: Option<Vec<f64>> = words.iter().map(|word| number(word)).collect();
        let numbers = numbers.ok_or_else(wrong)?;
        if numbers.iter().any(|x| x.abs() > LARGEST) {
            return Err(format!("`{text}`: numbers must be from -1e30 to 1e30"));
        }
        let made = match (name.trim(), numbers.as_slice()) {
            ("uniform", &[low, high]) => Distribution::Uniform { low, high },
            ("loguniform", &[low, high]) => Distribution::LogUniform { low, high },
            ("normal", &[mean, sd]) => Distribution::Normal { mean, sd, low: f64::NEG_INFINITY, high: f64::INFINITY },
            ("normal", &[mean, sd, low, high]) => Distribution::Normal { mean, sd, low, high },
            ("triangular", &[low, mode, high]) => Distribution::Triangular { low, mode, high },
            ("beta", &[a, b]) => Distribution::Beta { a, b, low: 0.0, high: 1.0 },
            ("beta", &[a, b, low, high]) => Distribution::Beta { a, b, low, high },
            _ => return Err(wrong()),
        };
        made.check().map_err(|reason| format!("`{text}`: {reason}"))?;
        Ok(made)
    }

    fn check(&self) -> Result<(), &'static str> {
        let ordered =
            |low: f64, high: f64| if low < high { Ok(()) } else { Err("the low end must be below the high end") };
        match *self {
            Distribution::Uniform { low, high } => ordered(low, high),
            Distribution::LogUniform { low, .. } if low <= 0.0 => Err("both ends must be above 0"),
            Distribution::LogUniform { low, high } => ordered(low, high),
            Distribution::Normal { sd, .. } if sd <= 0.0 => Err("the standard deviation must be above 0"),
            Distribution::Normal { low, high, .. } => ordered(low, high),
            Distribution::Triangular { low, mode, high } if !(low..=high).contains(&mode) => {
                Err("the mode must lie between the ends")
            }
            Distribution::Triangular { low, high, .. } => ordered(low, high),
            Distribution::Beta { a, b, .. } if !SHAPES.contains(&a) || !SHAPES.contains(&b) => Err(
                "both shapes must be from 0.01 to 10,000; for a narrower distribution, use normal(mean, sd, low, high)",
            ),
            Distribution::Beta { low, high, .. } => ordered(low, high),
            Distribution::Discrete(_) => Ok(()),
        }
    }

    /// The value below which a share `u` of the distribution lies, 0 < u < 1.
    pub fn quantile(&self, u: f64) -> Setting {
        let between = |low: f64, high: f64, share: f64| low + (high - low) * share;
        Setting::Number(match *self {
            Distribution::Uniform { low, high } => between(low, high, u),
            Distribution::LogUniform { low, high } => between(low.ln(), high.ln(), u).exp().clamp(low, high),
            Distribution::Normal { mean, sd, low, high } => truncated_normal(mean, sd, (low, high), u),
            Distribution::Triangular { low, mode, high } => {
                let triangular = Triangular::new(low, high, mode).expect("checked when it was read");
                triangular.inverse_cdf(u).clamp(low, high)
            }
            Distribution::Beta { a, b, low, high } => between(low, high, beta(a, b, u)),
            Distribution::Discrete(ref values) => {
                let place = (u * values.len() as f64) as usize;
                return values[place.min(values.len() - 1)].clone();
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, u: f64) -> f64 {
        match Distribution::parse(text).unwrap_or_else(|error| panic!("{error}")).quantile(u) {
            Setting::Number(number) => number,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn quantiles_are_those_of_the_distributions() {
        for (text, u, expected) in [
            ("uniform(2, 4)", 0.25, 2.5),
            ("loguniform(1, 100)", 0.5, 10.0),
            ("normal(3, 2)", 0.5, 3.0),
            ("normal(3, 2)", 0.975, 3.0 + 2.0 * 1.959_963_985),
            // symmetric cuts leave the median; half of half above it
            ("normal(0, 1, -1, 1)", 0.5, 0.0),
            ("normal(0, 1, 0, 99)", 0.5, 0.674_489_75),
            // F(x) = x²/2 below the mode of triangular(0, 1, 2)
            ("triangular(0, 1, 2)", 0.125, 0.5),
            ("triangular(0, 1, 2)", 0.5, 1.0),
            // F(x) = x² and 1 − (1 − x)²
            ("beta(2, 1)", 0.25, 0.5),
            ("beta(1, 2, 10, 20)", 0.75, 15.0),
            ("discrete(3, 5, 8)", 0.4, 5.0),
            ("discrete(3, 5, 8)", 0.999_999_9, 8.0),
        ] {
            let found = at(text, u);
            assert!((found - expected).abs() < 1e-6, "{text} at {u}: {found}, not {expected}");
        }
        let words = Distribution::parse("discrete(merit, priority)").unwrap();
        assert_eq!(words.quantile(0.7), Setting::Text("priority".into()));
    }

    #[test]
    fn what_is_no_distribution_is_refused() {
        for text in [
            "",
            "uniform",
            "uniform(1)",
            "uniform(2, 1)",
            "loguniform(0, 1)",
            "normal(0, 0)",
            "normal(0, 1, 2, 1)",
            "triangular(0, 3, 2)",
            "beta(0, 1)",
            "beta(1, 1, 1, 1)",
            "gamma(1, 2)",
            "uniform(a, b)",
            "uniform(0, inf)",
            "uniform(0, 1e31)",
            "discrete()",
            "discrete(1,,2)",
            "beta(1e300, 1e300)",
            "beta(0.001, 1)",
        ] {
            assert!(Distribution::parse(text).is_err(), "{text}");
        }
    }
}
