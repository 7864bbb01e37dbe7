//! An estimate as documents have it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::Pivot;

/// An estimate with its 95% confidence interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimate {
    /// The estimate; null without paths.
    pub value: Option<f64>,
    /// Lower end of the interval; null if there are too few paths.
    pub low: Option<f64>,
    /// Upper end of the interval; null if there are too few paths.
    pub high: Option<f64>,
    /// Whether the value is exact, because a point mass of the distribution covers the interval.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub atom: bool,
}

impl Estimate {
    /// A value with the normal interval of its standard error.
    pub fn normal(value: Option<f64>, se: Option<f64>) -> Self {
        Estimate::around(value, se, Pivot::Normal)
    }

    /// A value with the interval of its standard error.
    pub fn around(value: Option<f64>, se: Option<f64>, pivot: Pivot) -> Self {
        let width = pivot.width();
        let bound = |sign: f64| Some(value? + sign * width * se?);
        Estimate { value, low: bound(-1.0), high: bound(1.0), atom: false }
    }

    /// The same in a unit that is so many times as large.
    pub fn over(self, unit: f64) -> Self {
        let by = |x: Option<f64>| x.map(|x| x / unit);
        Estimate { value: by(self.value), low: by(self.low), high: by(self.high), atom: self.atom }
    }
}
