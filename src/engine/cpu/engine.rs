//! The CPU engine at work: lanes × threads.

use std::ops::Range;

use super::workers::CpuEngine;
use crate::engine::contract::{Draws, Engine, EngineError, Group, PathValues, Precision, Progress, Stages, locked};
use crate::engine::trace::PeriodTrace;
use crate::engine::{double, single};
use crate::plan::Plan;
use crate::plan::profile::Profile;
use crate::tally::{ProfileTally, Tally};

impl CpuEngine {
    /// One path again alone, period by period.
    pub fn trace(&self, plan: &Plan, draws: Draws, path: u64) -> Vec<PeriodTrace> {
        match self.precision {
            Precision::Single => single::lanes::trace(plan, draws, path),
            Precision::Double => double::lanes::trace(plan, draws, path),
        }
    }
}

impl Engine for CpuEngine {
    fn description(&self) -> String {
        let precision = self.precision.name();
        let threads = self.threads();
        format!("CPU, {}, {threads} thread{}, {precision}", self.instructions, if threads == 1 { "" } else { "s" })
    }

    fn tallies(
        &self,
        groups: &[Group],
        paths: Range<u64>,
        progress: &Progress,
    ) -> Result<Vec<Vec<Tally>>, EngineError> {
        match self.precision {
            Precision::Single => single::lanes::tallies(self, groups, paths, progress),
            Precision::Double => double::lanes::tallies(self, groups, paths, progress),
        }
    }

    fn profile(
        &self,
        plan: &Plan,
        profile: &Profile,
        draws: Draws,
        paths: Range<u64>,
        progress: &Progress,
    ) -> Result<ProfileTally, EngineError> {
        match self.precision {
            Precision::Single => single::lanes::profile(self, plan, profile, draws, paths, progress),
            Precision::Double => double::lanes::profile(self, plan, profile, draws, paths, progress),
        }
    }

    fn stages(&self) -> Stages {
        *locked(&self.stages)
    }

    fn values(&self, plan: &Plan, draws: Draws, paths: Range<u64>) -> Result<PathValues, EngineError> {
        match self.precision {
            Precision::Single => single::lanes::values(self, plan, draws, paths),
            Precision::Double => double::lanes::values(self, plan, draws, paths),
        }
    }
}
