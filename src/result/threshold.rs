//! A bound on a number of a result: `bubble.system.probability < 0.2`.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::key::Key;
use super::target::abbreviated;

/// A number of a result that is to be below or above a bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Threshold {
    pub key: Key,
    /// Whether the number is to be above the bound.
    pub above: bool,
    pub bound: f64,
}

/// Why a text is no threshold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongThreshold {
    #[error("must be a number of the result, < or >, and a bound, such as `bubble.system.probability < 0.2`")]
    Form,
    #[error("`{0}` is not the place of a number, such as bubble.system.probability or figures.system.net_value.mean")]
    Key(String),
}

impl FromStr for Threshold {
    type Err = WrongThreshold;

    fn from_str(text: &str) -> Result<Self, WrongThreshold> {
        let split = |sign: char| text.split_once(sign).map(|(key, bound)| (key.trim(), bound.trim(), sign == '>'));
        let (key, bound, above) = split('<').or_else(|| split('>')).ok_or(WrongThreshold::Form)?;
        // at a root of a continuous function, "at least" is the same as "above"
        let bound = bound.strip_prefix('=').unwrap_or(bound).trim();
        let bound = bound.parse::<f64>().ok().filter(|bound| bound.is_finite()).ok_or(WrongThreshold::Form)?;
        Ok(Threshold { key: abbreviated(key).ok_or_else(|| WrongThreshold::Key(key.to_owned()))?, above, bound })
    }
}

impl Display for Threshold {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "{} {} {}", self.key, if self.above { '>' } else { '<' }, self.bound)
    }
}

impl TryFrom<String> for Threshold {
    type Error = WrongThreshold;

    fn try_from(text: String) -> Result<Self, WrongThreshold> {
        text.parse()
    }
}

impl From<Threshold> for String {
    fn from(threshold: Threshold) -> String {
        threshold.to_string()
    }
}

impl Threshold {
    /// How far a number is on the right side of the bound; below 0 on the wrong one.
    pub fn margin(&self, number: f64) -> f64 {
        if self.above { number - self.bound } else { self.bound - number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_read_and_written() {
        for (text, written) in [
            ("bubble.system.probability<0.2", "bubble.system.probability < 0.2"),
            ("figures.system.net_value.mean >= 0", "figures.system.net_value.mean > 0"),
            ("figures.lab.value.quantiles.0.5 > 1e9", "figures.lab.value.quantiles.0.5.value > 1000000000"),
        ] {
            let read: Threshold = text.parse().unwrap();
            assert_eq!(read.to_string(), written);
            assert_eq!(read.to_string().parse(), Ok(read));
        }
        for wrong in ["", "bubble.system.probability", "bubble.system.probability < x", "a.b < 1", "< 1"] {
            assert!(wrong.parse::<Threshold>().is_err(), "{wrong}");
        }
        let threshold: Threshold = "bubble.system.probability < 0.2".parse().unwrap();
        assert!(threshold.margin(0.1) > 0.0 && threshold.margin(0.3) < 0.0);
    }
}
