//! How the values of a design's axes are spread, as options and files write it.

use crate::distribution::{Distribution, SHAPES};
use crate::scenario::{Setting, number};

/// Largest size of a number, as in scenarios.
const LARGEST: f64 = 1e30;

/// How the values of an axis are spread.
#[derive(Debug, Clone, PartialEq)]
pub enum Spread {
    Numbers(Distribution),
    /// Values, all equally likely.
    Listed(Vec<Setting>),
}

/// What distributions are written like.
const FORMS: &str = "uniform(low, high), loguniform(low, high), normal(mean, sd[, low, high]), triangular(low, mode, high), \
                     beta(a, b[, low, high]) or discrete(value, …)";

impl Spread {
    /// Reads `uniform(0.5, 1)` and the like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a distribution; write {FORMS}");
        let (name, inside) = text.trim().strip_suffix(')').and_then(|text| text.split_once('(')).ok_or_else(wrong)?;
        let words: Vec<&str> = inside.split(',').map(str::trim).collect();
        if name.trim() == "discrete" {
            if words.contains(&"") {
                return Err(format!("`{text}` has an empty value"));
            }
            return Ok(Spread::Listed(words.into_iter().map(Setting::of).collect()));
        }
        let numbers: Option<Vec<f64>> = words.iter().map(|word| number(word)).collect();
        let numbers = numbers.ok_or_else(wrong)?;
        if numbers.iter().any(|x| x.abs() > LARGEST) {
            return Err(format!("`{text}`: numbers must be from -1e30 to 1e30"));
        }
        let made = distribution(name.trim(), &numbers).ok_or_else(wrong)?;
        made.map(Spread::Numbers).map_err(|reason| format!("`{text}`: {reason}"))
    }

    /// The value below which a share `u` lies, 0 < u < 1.
    pub fn quantile(&self, u: f64) -> Setting {
        match self {
            Spread::Numbers(distribution) => Setting::Number(distribution.quantile(u)),
            Spread::Listed(values) => values[((u * values.len() as f64) as usize).min(values.len() - 1)].clone(),
        }
    }
}

/// The distribution of a name with these numbers: `None` if there is none, or else what is wrong with them.
fn distribution(name: &str, numbers: &[f64]) -> Option<Result<Distribution, &'static str>> {
    Some(match (name, numbers) {
        ("uniform", &[low, high]) => ordered(low, high).map(|()| Distribution::Uniform { low, high }),
        ("loguniform", &[low, high]) => match low > 0.0 {
            true => ordered(low, high).map(|()| Distribution::LogUniform { low, high }),
            false => Err("both ends must be above 0"),
        },
        ("normal", &[mean, sd]) => normal(mean, sd),
        ("normal", &[mean, sd, low, high]) => ordered(low, high)
            .and_then(|()| normal(mean, sd)?.truncated(low, high).ok_or("the low end must be below the high end")),
        ("triangular", &[low, mode, high]) => match (low..=high).contains(&mode) {
            true => ordered(low, high).map(|()| Distribution::Triangular { low, mode, high }),
            false => Err("the mode must lie between the ends"),
        },
        ("beta", &[a, b]) => beta(a, b, 0.0, 1.0),
        ("beta", &[a, b, low, high]) => beta(a, b, low, high),
        _ => return None,
    })
}

fn ordered(low: f64, high: f64) -> Result<(), &'static str> {
    if low < high { Ok(()) } else { Err("the low end must be below the high end") }
}

fn normal(mean: f64, sd: f64) -> Result<Distribution, &'static str> {
    if sd > 0.0 { Ok(Distribution::Normal { mean, sd }) } else { Err("the standard deviation must be above 0") }
}

fn beta(a: f64, b: f64, low: f64, high: f64) -> Result<Distribution, &'static str> {
    match SHAPES.contains(&a) && SHAPES.contains(&b) {
        true => ordered(low, high).map(|()| Distribution::Beta { a, b, low, high }),
        false => {
            Err("both shapes must be from 0.01 to 10,000; for a narrower distribution, use normal(mean, sd, low, high)")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, u: f64) -> f64 {
        match Spread::parse(text).unwrap_or_else(|error| panic!("{error}")).quantile(u) {
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
        let words = Spread::parse("discrete(merit, priority)").unwrap();
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
            assert!(Spread::parse(text).is_err(), "{text}");
        }
    }
}
