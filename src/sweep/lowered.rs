//! Points as engines take them.

use super::manifest::Manifest;
use crate::engine::Draws;
use crate::plan::Plan;
use crate::run::predictive::Predictive;
use crate::scenario::Scenario;

/// A point, ready for an engine.
pub(super) struct Lowered {
    pub point: usize,
    pub plan: Plan,
    pub scenario: Scenario,
    /// Its parameter sets, if inputs are uncertain; `plan` is then that of their medians.
    pub sets: Option<Predictive>,
}

impl Lowered {
    /// The point with its draws.
    pub fn drawn(&self, manifest: &Manifest) -> (&Self, Draws) {
        (self, manifest.draws(self.point))
    }
}
