//! What is kept of an output for each parameter set of a run with uncertain inputs.

use super::attribution::SetMoments;
use super::moments::moments;
use super::probability::probability;
use super::sample::{FirstPassageSample, Sample};

/// The moments of a figure over the paths of a set on which it is defined.
pub fn figure_moments(sample: &Sample) -> SetMoments {
    let found = moments(sample);
    let variance = found.sd.map_or(f64::NAN, |sd| sd * sd);
    SetMoments { count: found.count as f64, mean: found.mean.unwrap_or(f64::NAN), variance }
}

/// The moments of whether something happens by the horizon, 1 or 0, over the paths of a set.
pub fn event_moments(sample: &FirstPassageSample) -> SetMoments {
    let (count, p) = (sample.whole.paths as f64, probability(sample).probability.unwrap_or(f64::NAN));
    SetMoments { count, mean: p, variance: p * (1.0 - p) * count / (count - 1.0) }
}
