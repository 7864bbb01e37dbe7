//! What a scenario asks of its trajectories.

use std::path::Path;

use super::range::Ranges;
use crate::plan::Plan;
use crate::scenario::Scenario;

/// What a scenario asks of its trajectories.
pub(super) struct Wanted {
    pub file: String,
    pub periods: usize,
    pub factors: Vec<String>,
    /// X(0), where a file has no row for period 0.
    pub starts: Vec<f32>,
    pub ranges: Ranges,
    pub states: Vec<String>,
    pub start_state: u32,
}

impl Wanted {
    /// What a scenario and its plan ask of a file.
    pub fn of(scenario: &Scenario, plan: &Plan, file: &Path) -> Self {
        Wanted {
            file: file.display().to_string(),
            periods: scenario.horizon.periods as usize,
            factors: scenario.factors.iter().map(|factor| factor.name.clone()).collect(),
            starts: plan.single.factors.iter().map(|factor| factor.start).collect(),
            ranges: Ranges::of(scenario),
            states: scenario.regimes.as_ref().map_or(Vec::new(), |regimes| regimes.states.clone()),
            start_state: scenario.regimes.as_ref().map_or(0, |regimes| regimes.start as u32),
        }
    }

    /// Rows of a path, and whether the first of them is period 0.
    pub fn rows(&self, has_start: bool) -> usize {
        self.periods + usize::from(has_start)
    }
}
