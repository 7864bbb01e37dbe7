//! The CPU engine at work: lanes × threads.

use std::ops::Range;

use ndarray::{ArrayViewMut2, ArrayViewMut3};

use super::workers::CpuEngine;
use crate::engine::contract::{Draws, Engine, EngineError, Group, PathValues, Precision, Progress, Stages, locked};
use crate::engine::instructions::Set;
use crate::engine::trace::{Detail, PeriodTrace};
#[cfg(target_arch = "x86_64")]
use crate::engine::wide;
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

/// Which lanes compute.
enum Lanes {
    Single,
    /// With AVX-512.
    #[cfg(target_arch = "x86_64")]
    Wide,
    Double,
}

impl CpuEngine {
    fn lanes(&self) -> Lanes {
        match (self.precision, self.instructions.set()) {
            #[cfg(target_arch = "x86_64")]
            (Precision::Single, Set::Avx512) => Lanes::Wide,
            (Precision::Single, _) => Lanes::Single,
            (Precision::Double, _) => Lanes::Double,
        }
    }

    /// Samples the factors of consecutive paths from `first` on in f32: [period 0…n, factor, path], and the chain's states: [period 1…n,
    /// path], without periods where there are no regimes.
    pub fn sample(
        &self,
        plan: &Plan,
        draws: Draws,
        first: u64,
        factors: &mut ArrayViewMut3<f32>,
        states: &mut ArrayViewMut2<u32>,
    ) {
        match self.instructions.set() {
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => wide::lanes::sample(self, plan, draws, first, factors, states),
            _ => single::lanes::sample(self, plan, draws, first, factors, states),
        }
    }

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
        match self.lanes() {
            Lanes::Single => single::lanes::tallies(self, groups, paths, progress),
            #[cfg(target_arch = "x86_64")]
            Lanes::Wide => wide::lanes::tallies(self, groups, paths, progress),
            Lanes::Double => double::lanes::tallies(self, groups, paths, progress),
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
        match self.lanes() {
            Lanes::Single => single::lanes::profile(self, plan, profile, draws, paths, progress),
            #[cfg(target_arch = "x86_64")]
            Lanes::Wide => wide::lanes::profile(self, plan, profile, draws, paths, progress),
            Lanes::Double => double::lanes::profile(self, plan, profile, draws, paths, progress),
        }
    }

    fn stages(&self) -> Stages {
        *locked(&self.stages)
    }

    fn host_threads(&self) -> usize {
        self.threads()
    }

    fn rest(&self) {
        self.give_back_counters();
    }

    fn values(&self, plan: &Plan, draws: Draws, paths: Range<u64>) -> Result<PathValues, EngineError> {
        match self.lanes() {
            Lanes::Single => single::lanes::values(self, plan, draws, paths),
            #[cfg(target_arch = "x86_64")]
            Lanes::Wide => wide::lanes::values(self, plan, draws, paths),
            Lanes::Double => double::lanes::values(self, plan, draws, paths),
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
