//! The CPU engine at work: lanes × threads.

use std::ops::Range;

use super::workers::CpuEngine;
use crate::engine::contract::{Draws, Engine, EngineError, Group, PathValues, Precision, Progress, Stages, locked};
use crate::engine::trace::{Detail, PeriodTrace};
use crate::engine::{double, single};
use crate::plan::Plan;
use crate::plan::profile::Profile;
use crate::tally::{ProfileTally, Tally};

/// Up to a block of consecutive paths again alone, period by period.
pub fn traces(
    precision: Precision,
    plan: &Plan,
    draws: Draws,
    paths: Range<u64>,
    detail: Detail,
) -> Vec<Vec<PeriodTrace>> {
    match precision {
        Precision::Single => single::lanes::traces(plan, draws, paths, detail),
        Precision::Double => double::lanes::traces(plan, draws, paths, detail),
    }
}

impl CpuEngine {
    /// One path again alone, period by period.
    pub fn trace(&self, plan: &Plan, draws: Draws, path: u64) -> Vec<PeriodTrace> {
        traces(self.precision, plan, draws, path..path + 1, Detail::Everything).pop().unwrap_or_default()
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

    fn rest(&self) {
        self.give_back_counters();
    }

    fn values(&self, plan: &Plan, draws: Draws, paths: Range<u64>) -> Result<PathValues, EngineError> {
        match self.precision {
            Precision::Single => single::lanes::values(self, plan, draws, paths),
            Precision::Double => double::lanes::values(self, plan, draws, paths),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::contract::Sampling;
    use crate::engine::instructions::Instructions;
    use crate::scenario::parse;

    #[test]
    fn paths_are_traced_together_as_they_are_alone() {
        let scenario =
            parse(include_str!("../../../docs/examples/start.toml"), "start.toml").expect("it is good").scenario;
        let (plan, draws) = (Plan::lower(&scenario), Draws { seed: 5, replicate: 0 });
        for precision in [Precision::Single, Precision::Double] {
            let engine = CpuEngine::new(Some(1), Instructions::best(), precision, Sampling::Device).expect("a thread");
            // several groups of lanes, the last of them with few paths
            let together = traces(precision, &plan, draws, 3..40, Detail::Everything);
            let alone: Vec<_> = (3..40).flat_map(|path| engine.trace(&plan, draws, path)).collect();
            assert!(together.iter().all(|periods| periods.len() == plan.sizes.periods as usize));
            assert_ne!(together[0], together[1]);
            assert_eq!(together.concat(), alone);
            let brief = traces(precision, &plan, draws, 3..40, Detail::Organizations).concat();
            for (brief, whole) in brief.iter().zip(&alone) {
                assert_eq!((&brief.organizations, &brief.events), (&whole.organizations, &whole.events));
                assert!(brief.factors.is_empty() && brief.contracts.is_empty());
            }
        }
    }
}
