//! What drives an output: statistics of sensitivity analysis over the parameter sets of a run with uncertain inputs.
//!
//! A run draws K parameter sets as R independent scrambles of K/R points of a Sobol sequence, and set k has n paths with
//! random numbers of its own. Arrays have one row per set, scramble by scramble. The functions are pure: they take arrays and
//! return estimates whose 95% intervals come from how much the scrambles (replicates) differ.

mod basis;
mod classic;
mod copula;
mod effects;
mod first_order;
mod learning;
mod pairs;
mod parts;
mod ratio;
mod saltelli;
mod sets;
mod shapley;
#[cfg(test)]
mod testing;

#[cfg(test)]
use crate::measure::estimate::Estimate;

pub use classic::{Classic, ClassicInput, classic};
pub use first_order::first_order;
pub use learning::{ValueOfLearning, value_of_learning};
pub use parts::{VarianceParts, variance_parts};
pub use saltelli::{SobolIndices, saltelli_points, sobol_indices};
pub use sets::{InputDependence, SetMoments};
pub use shapley::{NoDesign, ShapleyDesign, ShapleyPlan, shapley_design, shapley_effects};
