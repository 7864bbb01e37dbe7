//! The numbers of a comparison.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::{Key, WrongKey};

/// What is told of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DifferencePart {
    Value,
    Se,
    Low,
    High,
    PValue,
    VarianceReduction,
}

impl DifferencePart {
    pub const ALL: [DifferencePart; 6] = [
        DifferencePart::Value,
        DifferencePart::Se,
        DifferencePart::Low,
        DifferencePart::High,
        DifferencePart::PValue,
        DifferencePart::VarianceReduction,
    ];

    /// Its key in the document.
    const fn name(self) -> &'static str {
        match self {
            DifferencePart::Value => "value",
            DifferencePart::Se => "se",
            DifferencePart::Low => "low",
            DifferencePart::High => "high",
            DifferencePart::PValue => "p_value",
            DifferencePart::VarianceReduction => "variance_reduction",
        }
    }
}

/// A number of a comparison, written as its place in the document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ComparisonKey {
    /// In the result of a scenario: `scenarios.lean.result.figures.system.value.mean`.
    Result { scenario: String, key: Key },
    /// In the differences of a scenario from the base: `differences.lean.figures.system.value.mean.low`.
    Difference { scenario: String, key: Key, part: DifferencePart },
}

impl Display for ComparisonKey {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self {
            ComparisonKey::Result { scenario, key } => write!(f, "scenarios.{scenario}.result.{key}"),
            ComparisonKey::Difference { scenario, key, part } => {
                write!(f, "differences.{scenario}.{key}.{}", part.name())
            }
        }
    }
}

impl FromStr for ComparisonKey {
    type Err = WrongKey;

    /// Names of scenarios have dots if those of their files do.
    fn from_str(text: &str) -> Result<Self, WrongKey> {
        let result = || {
            let rest = text.strip_prefix("scenarios.")?;
            let (scenario, key) = split(rest, ".result.")?;
            Some(ComparisonKey::Result { scenario, key })
        };
        let difference = || {
            let (rest, part) = text.strip_prefix("differences.")?.rsplit_once('.')?;
            let part = DifferencePart::ALL.into_iter().find(|one| one.name() == part)?;
            let (scenario, key) = split(rest, ".")?;
            Some(ComparisonKey::Difference { scenario, key, part })
        };
        result().or_else(difference).ok_or_else(|| WrongKey::of(text))
    }
}

/// A name and the key behind it.
fn split(text: &str, between: &str) -> Option<(String, Key)> {
    let key = |(at, _)| Some((text[..at].to_owned(), text[at + between.len()..].parse().ok()?));
    text.match_indices(between).find_map(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_scenarios_may_have_dots() {
        let (scenario, key): (_, Key) =
            ("a.toml: x".to_owned(), "figures.lab.value.var.0.95.value".parse().expect("it is a key"));
        for (text, expected) in [
            (
                "scenarios.a.toml: x.result.figures.lab.value.var.0.95.value",
                ComparisonKey::Result { scenario: scenario.clone(), key: key.clone() },
            ),
            (
                "differences.a.toml: x.figures.lab.value.var.0.95.value.p_value",
                ComparisonKey::Difference { scenario, key, part: DifferencePart::PValue },
            ),
        ] {
            assert_eq!(text.parse(), Ok(expected.clone()));
            assert_eq!(expected.to_string(), text);
        }
        for wrong in ["", "scenarios.a.result", "differences.a.bubble.system.probability", "differences.a.b.mean.low"] {
            assert!(wrong.parse::<ComparisonKey>().is_err(), "{wrong}");
        }
    }
}
