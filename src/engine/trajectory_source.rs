//! Trajectories that an engine does not draw: the user's own.

use ndarray::{ArrayViewMut2, ArrayViewMut3};

use super::contract::EngineError;

/// Factors, and perhaps the chain's states, of numbered paths.
pub trait TrajectorySource: Send + Sync {
    /// How many paths there are.
    fn paths(&self) -> u64;

    /// Fills in consecutive paths from `first` on: factors, [period 0…n, factor, path], period 0 being the start, and the
    /// chain's states, [period 1…n, path], which has no rows where a scenario has no regimes. Paths past the last one
    /// there is repeat it. Values are finite and lie where the scenario's factors may.
    fn fill(
        &self,
        first: u64,
        factors: &mut ArrayViewMut3<f32>,
        states: &mut ArrayViewMut2<u32>,
    ) -> Result<(), EngineError>;
}
