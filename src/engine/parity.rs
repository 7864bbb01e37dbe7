//! How far two engines agree, path by path.

use super::contract::PathValues;
use crate::plan::Plan;

/// Relative to the larger of a figure's size and its deviation: what single precision leaves of a path's arithmetic.
pub const TOLERANCE: f64 = 1e-5;
/// The share of paths and times that may differ: where a threshold falls between two roundings.
pub const MOST_DIFFERENT: f64 = 0.001;

/// Shares of the same paths that came out differently.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Differences {
    /// Paths with a figure further apart than [`TOLERANCE`].
    pub paths: f64,
    /// Event and bubble times that are not the same.
    pub times: f64,
}

impl Differences {
    /// Whether the engines agree.
    pub fn agree(&self) -> bool {
        self.paths <= MOST_DIFFERENT && self.times <= MOST_DIFFERENT
    }
}

/// Compares two engines' values of the same paths of a plan.
pub fn differences(plan: &Plan, one: &PathValues, other: &PathValues) -> Differences {
    let paths = one.paths;
    let mut off = vec![false; paths];
    for spec in &plan.figures {
        let row = |values: &PathValues| values.figures[spec.slot * paths..][..paths].to_vec();
        let (a, b) = (row(one), row(other));
        let mean = a.iter().sum::<f64>() / paths as f64;
        let deviation = (a.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / paths as f64).sqrt();
        for p in 0..paths {
            off[p] |= (a[p] - b[p]).abs() > TOLERANCE * a[p].abs().max(deviation);
        }
    }
    let times = plan.times.len() * paths;
    let late = one.times[..times].iter().zip(&other.times[..times]).filter(|(a, b)| a != b).count();
    let share = |count: usize, of: usize| count as f64 / of.max(1) as f64;
    Differences { paths: share(off.iter().filter(|&&off| off).count(), paths), times: share(late, times) }
}
