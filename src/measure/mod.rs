//! Estimates with their errors, from a tally: one file per family.
//!
//! A measure takes a sample: a tally's figure, time or row with the design of its paths ([`Sample`], [`FirstPassageSample`],
//! [`RowSample`]). Estimates are those of all paths together, whatever the design; errors are told from what varies
//! independently: paths, scrambles of quasi-random points, or sets of parameters (`units.rs`). Intervals and standard errors
//! are at [`CONFIDENCE`] or one standard error wide, as their fields say. What is undefined (no path, one path, a spread of
//! nothing) is `None`, never NaN; functions named for an error, as [`mean_error`], say why ([`NoError`]).
//!
//! Quantiles, VaR, shortfall, histogram and exceedance curve come from the sketch. Its bins bound their error: a
//! quantile x is off by less than 2⁻¹¹·|x − centre|, or 2⁻¹⁰·scale near the centre, with the figure's frame (centre,
//! scale); where paths spread evenly over a bin, as those of a continuous figure do, interpolation makes that far less.
//! The minimum, the maximum and the atoms there are exact. An atom between them is known to its bin only.

mod attribution;
mod cell;
mod conditional;
#[cfg(test)]
mod designs;
mod error;
mod estimate;
mod exceedance;
mod first_passage;
mod histogram;
mod moments;
mod order;
mod paired;
mod probability;
mod profile;
mod quantile;
mod sample;
mod score;
mod set_moments;
mod share;
mod shortfall;
mod stopping;
mod units;

pub use attribution::{
    Classic, ClassicInput, InputDependence, NoDesign, SetMoments, ShapleyDesign, ShapleyPlan, SobolIndices,
    ValueOfLearning, VarianceParts, classic, first_order, saltelli_points, shapley_design, shapley_effects,
    sobol_indices, value_of_learning, variance_parts,
};
pub use cell::Tail;
pub use conditional::{ConditionalMean, conditional_error, conditional_mean};
pub use error::{CONFIDENCE, NoError, Pivot, StandardError, normal_width};
pub use estimate::Estimate;
pub use exceedance::{ExceedanceCurve, exceedance_curve};
pub use first_passage::{TimeDistribution, time_distribution};
pub use histogram::{Histogram, histogram};
pub use moments::{DOUBLE_RESOLUTION, Moments, SINGLE_RESOLUTION, mean_error, moments, sd_error};
pub use order::OrderStatistics;
pub use paired::{ByPart, Difference, Estimator, PairedError, ROUNDING, difference, mark_significant, paired_error};
pub use probability::{Probability, cumulative_probabilities, probability};
pub use profile::{Moment, RowEstimates, row_estimates};
pub use quantile::{Bounds, quantile, quantile_bounds, value_at_risk};
pub use sample::{FirstPassageSample, OrderedSample, RowSample, Sample};
pub use score::{ScoreSums, Scored};
pub use set_moments::{event_moments, figure_moments};
pub use shortfall::{expected_shortfall, shortfall_error};
pub use stopping::{HalfWidth, Need, Reading, Spread, aim, has_stalled};
