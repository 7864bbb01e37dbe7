//! What is known of an output for each parameter set, and how sets fall into replicates.

use std::ops::Range;

use ndarray::ArrayView2;

/// Moments of one output over the paths of one parameter set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SetMoments {
    /// Number of paths, at least 1; an output without randomness of its own has one path and a variance of 0.
    pub count: f64,
    /// Mean over the paths, in the unit of the output.
    pub mean: f64,
    /// Unbiased variance over the paths (with n − 1), in the square of the unit; NaN with a single path.
    pub variance: f64,
}

impl SetMoments {
    /// An output that is known exactly for its set, such as the value 0 of not signing.
    pub fn exact(mean: f64) -> Self {
        SetMoments { count: 1.0, mean, variance: 0.0 }
    }

    /// The variance of the mean that its paths leave.
    pub(super) fn noise(&self) -> f64 {
        self.variance / self.count
    }
}

/// Whether the inputs of the parameter sets were drawn independently of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputDependence {
    /// No input is correlated with another, which lets estimates remove the effects of all other inputs first.
    Independent,
    /// Some inputs are correlated.
    Correlated,
}

/// The sets of each of `replicates` replicates, of equal size where the number of sets is a multiple of theirs.
pub(super) fn parts(sets: usize, replicates: usize) -> Vec<Range<usize>> {
    (0..replicates).map(|part| part * sets / replicates..(part + 1) * sets / replicates).collect()
}

/// The independent units that errors come from: replicates, or single sets if there are fewer than two replicates, which
/// then leaves estimates without intervals.
pub(super) fn units(sets: usize, replicates: usize) -> Vec<Range<usize>> {
    let count = if (2..=sets).contains(&replicates) { replicates } else { sets };
    parts(sets, count)
}

/// The mean of some values, 0 of none.
pub(super) fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len();
    if count == 0 { 0.0 } else { values.sum::<f64>() / count as f64 }
}

/// Whether all inputs are finite, and the moments of all sets too.
pub(super) fn is_complete<'a>(inputs: ArrayView2<f64>, mut sets: impl Iterator<Item = &'a SetMoments>) -> bool {
    inputs.iter().all(|value| value.is_finite()) && sets.all(|set| set.mean.is_finite() && set.noise().is_finite())
}
