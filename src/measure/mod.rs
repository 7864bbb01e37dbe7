//! Estimates with their errors, from a tally: one file per family.
//!
//! A measure takes a sample: a tally's figure, time or row with the design of its paths ([`Sample`], [`TimeSample`],
//! [`RowSample`]). Estimates are those of all paths together, whatever the design; errors are told from what varies
//! independently: paths, scrambles of quasi-random points, or sets of parameters (`units.rs`). Intervals and standard errors
//! are at [`CONFIDENCE`] or one standard error wide, as their fields say. What is undefined (no path, one path, a spread of
//! nothing) is `None`, never NaN; functions named for an error, as [`mean_error`], say why ([`NoError`]).
//!
//! Quantiles, VaR, shortfall, histogram and exceedance curve come from the sketch. Its bins bound their error: a
//! quantile x is off by less than 2⁻¹¹·|x − centre|, or 2⁻¹⁰·scale near the centre, with the figure's frame (centre,
//! scale); where paths spread evenly over a bin, as those of a continuous figure do, interpolation makes that far less.
//! The minimum, the maximum and the atoms there are exact. An atom between them is known to its bin only.

mod course;
#[cfg(test)]
mod designs;
mod error;
mod exceedance;
mod histogram;
mod moments;
mod order;
mod paired;
mod probability;
mod quantile;
mod sample;
mod share;
mod shortfall;
mod time;
mod units;

pub use course::{Moment, RowEstimates, row_estimates};
pub use error::{NoError, Pivot, StandardError};
pub use exceedance::{ExceedanceCurve, exceedance_curve};
pub use histogram::{Histogram, histogram};
pub use moments::{DOUBLE_RESOLUTION, Moments, SINGLE_RESOLUTION, mean_error, moments, sd_error};
pub use order::{OrderStatistics, Tail};
pub use paired::{ByPart, Difference, Estimator, PairedError, ROUNDING, difference, mark_significant, paired_error};
pub use probability::{Probability, cumulative_probabilities, probability};
pub use quantile::{Bounds, quantile, quantile_bounds, value_at_risk};
pub use sample::{OrderedSample, RowSample, Sample, TimeSample};
pub use shortfall::{expected_shortfall, shortfall_error};
pub use time::{TimeDistribution, time_distribution};

use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// The confidence of all intervals.
pub const CONFIDENCE: f64 = 0.95;

/// Half the width in standard deviations of the normal interval of [`CONFIDENCE`], about 1.96.
pub fn normal_width() -> f64 {
    static WIDTH: LazyLock<f64> = LazyLock::new(|| Normal::standard().inverse_cdf(0.5 + CONFIDENCE / 2.0));
    *WIDTH
}

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
