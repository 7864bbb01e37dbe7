//! Several adapters on one run: pieces of its paths at fixed places, given out as each adapter asks for more.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use super::device::adapter;
use super::device::report::AdapterReport;
use super::engine::GpuEngine;
use crate::engine::contract::{
    BLOCK, Draws, Engine, EngineError, Group, PathValues, Progress, Sampling, Share, Stages, empty_tally, locked,
};
use crate::engine::trajectory_source::TrajectorySource;
use crate::plan::Plan;
use crate::plan::profile::Profile;
use crate::tally::{ProfileTally, Tally};

/// Pieces of a run, so that a slow adapter's last one is not waited for long.
const PIECES: u64 = 64;
/// Paths of a piece: enough to be worth a submission, and some seconds of a device at most.
const PIECE: Range<u64> = 4096..1 << 22;

/// Several adapters together.
pub struct ManyEngine {
    engines: Vec<(AdapterReport, GpuEngine)>,
    shares: Mutex<Vec<Share>>,
}

impl ManyEngine {
    /// Opens adapters, of which there must be at least one: those that `--adapter all` takes, or those that are asked for.
    /// `threads` sample trajectories for each where the host does.
    pub fn new(adapters: &[adapter::Found], sampling: Sampling, threads: Option<usize>) -> Result<Self, EngineError> {
        let open = |found: &adapter::Found| Ok((found.report.clone(), GpuEngine::new(found, sampling, threads)?));
        let engines = adapters.iter().map(open).collect::<Result<_, EngineError>>()?;
        Ok(ManyEngine { engines, shares: Mutex::default() })
    }

    /// The same engine on trajectories that are given instead of drawn.
    pub fn with_trajectories(mut self, given: &Arc<dyn TrajectorySource>) -> Self {
        let give = |(report, engine): (AdapterReport, GpuEngine)| (report, engine.with_trajectories(Arc::clone(given)));
        self.engines = self.engines.into_iter().map(give).collect();
        self
    }

    /// Adapters that take part.
    pub fn adapters(&self) -> impl Iterator<Item = &AdapterReport> {
        self.engines.iter().map(|(report, _)| report)
    }
}

impl ManyEngine {
    /// Splits the paths of a group over all adapters.
    fn tally_group(&self, group: &Group, paths: &Range<u64>, progress: &Progress) -> Result<Vec<Tally>, EngineError> {
        let piece = ((paths.end - paths.start) / PIECES).clamp(PIECE.start, PIECE.end).next_multiple_of(BLOCK as u64);
        let rest = Mutex::new((paths.start, vec![Vec::<Range<u64>>::new(); self.engines.len()]));
        let take = |engine: usize| {
            let mut rest = locked(&rest);
            let range = rest.0..(rest.0 + piece).min(paths.end);
            rest.0 = range.end;
            if range.is_empty() {
                return None;
            }
            match rest.1[engine].last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => rest.1[engine].push(range.clone()),
            }
            Some(range)
        };
        let parts: Vec<Result<Vec<Tally>, EngineError>> = std::thread::scope(|scope| {
            let take = &take;
            let engines = self.engines.iter().enumerate();
            let running: Vec<_> = engines
                .map(|(index, (_, engine))| {
                    scope.spawn(move || engine.tally_all(group, &|| take(index), piece, progress))
                })
                .collect();
            running.into_iter().map(|thread| thread.join().expect("engines do not panic")).collect()
        });
        let mut whole: Vec<Tally> = group.plans.iter().map(|plan| empty_tally(plan)).collect();
        for part in parts {
            whole.iter_mut().zip(&part?).for_each(|(tally, part)| tally.merge(part));
        }
        let taken = rest.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()).1;
        let share = |((report, _), paths): (&(AdapterReport, GpuEngine), _)| Share {
            adapter: report.name.clone(),
            driver: report.driver.clone(),
            paths,
        };
        locked(&self.shares).extend(self.engines.iter().zip(taken).map(share));
        Ok(whole)
    }
}

impl Engine for ManyEngine {
    fn description(&self) -> String {
        self.engines.iter().map(|(_, engine)| engine.description()).collect::<Vec<_>>().join(" and ")
    }

    fn tallies(
        &self,
        groups: &[Group],
        paths: Range<u64>,
        progress: &Progress,
    ) -> Result<Vec<Vec<Tally>>, EngineError> {
        self.engines.iter().for_each(|(_, engine)| engine.reset_stages());
        locked(&self.shares).clear();
        groups.iter().map(|group| self.tally_group(group, &paths, progress)).collect()
    }

    /// An equal part of each adapter.
    fn values(&self, plan: &Plan, draws: Draws, paths: Range<u64>) -> Result<PathValues, EngineError> {
        let count = (paths.end - paths.start) as usize;
        let part = count.div_ceil(self.engines.len()).next_multiple_of(BLOCK).max(BLOCK);
        let mut out = PathValues::new(&plan.sizes, count);
        for ((_, engine), place) in self.engines.iter().zip((0..count).step_by(part)) {
            let kept = part.min(count - place);
            let first = paths.start + place as u64;
            let values = engine.values(plan, draws, first..first + kept as u64)?;
            out.put(place, kept, kept, &values.figures, &values.times);
        }
        Ok(out)
    }

    /// All on the first adapter: they are few.
    fn profile(
        &self,
        plan: &Plan,
        profile: &Profile,
        draws: Draws,
        paths: Range<u64>,
        progress: &Progress,
    ) -> Result<ProfileTally, EngineError> {
        self.engines[0].1.profile(plan, profile, draws, paths, progress)
    }

    fn stages(&self) -> Stages {
        self.engines.iter().fold(Stages::default(), |sum, (_, engine)| sum.plus(engine.stages()))
    }

    fn incidents(&self) -> Vec<String> {
        let named = |(report, engine): &(AdapterReport, GpuEngine)| {
            engine.incidents().into_iter().map(|incident| format!("{}: {incident}", report.name)).collect::<Vec<_>>()
        };
        self.engines.iter().flat_map(named).collect()
    }

    fn shares(&self) -> Vec<Share> {
        locked(&self.shares).clone()
    }
}
