//! One run: the paths of a scenario, their tally, and its document.

use std::ops::Range;
use std::time::{Duration, SystemTime};

use chrono::SecondsFormat;

use super::clock;
use crate::engine::select::Chosen;
use crate::engine::{Draws, Engine, EngineError, Progress, Share, empty_tally};
use crate::plan::Plan;
use crate::result::{self, AdapterShare, EstimateRequest, Estimator, Provenance, ResultDocument, RunInfo, Sampling};
use crate::scenario::Scenario;
use crate::storage::{Table, host};
use crate::tally::Tally;

/// A run of a scenario on an engine.
pub struct Run<'a> {
    pub scenario: &'a Scenario,
    /// The scenario's, framed.
    pub plan: &'a Plan,
    pub engine: &'a dyn Engine,
    pub sampling: Sampling,
    pub asked: EstimateRequest,
}

impl Run<'_> {
    /// What picks its random numbers.
    pub fn draws(&self) -> Draws {
        Draws { seed: self.sampling.seed, replicate: self.sampling.replicate }
    }

    /// Computes its paths; of fewer, if `progress` asked to stop.
    pub fn tally(&self, progress: &Progress) -> Result<Tally, EngineError> {
        self.engine.tally(self.plan, self.draws(), 0..self.sampling.paths, progress)
    }

    /// The figures and times of single paths, in a range that begins on a block.
    pub fn paths(&self, range: Range<u64>) -> Result<Table, EngineError> {
        let first = range.start;
        let values = self.engine.values(self.plan, self.draws(), range)?;
        Ok(result::path_table(self.scenario, self.plan, &values, first))
    }

    /// The document of a tally of its paths.
    pub fn document(&self, tally: &Tally, info: RunInfo) -> ResultDocument {
        let provenance = Provenance::new(self.scenario, self.sampling.clone());
        Estimator::new(self.scenario, self.plan, tally, &self.asked).result(provenance, info)
    }

    /// The document of no paths, which has all places already.
    pub fn empty(&self) -> ResultDocument {
        self.document(&empty_tally(self.plan), RunInfo::default())
    }
}

/// What of a run changes from one to the next: the engine, the machine, the time, and what went wrong.
pub fn info(chosen: &Chosen, wall: Duration, computed: Option<Duration>) -> RunInfo {
    RunInfo {
        adapter: chosen.adapter.as_ref().map(|adapter| adapter.name.clone()),
        driver: chosen.adapter.as_ref().map(|adapter| adapter.driver.clone()),
        threads: chosen.threads,
        instruction_set: chosen.instructions.map(|instructions| instructions.to_string()),
        wall_seconds: Some(wall.as_secs_f64()),
        kernel_seconds: computed.map(|computed| computed.as_secs_f64()),
        host: host(),
        date: clock::rfc3339(SystemTime::now(), SecondsFormat::Secs),
        shares: chosen.engine.shares().into_iter().map(share).collect(),
        incidents: chosen.engine.incidents(),
    }
}

fn share(share: Share) -> AdapterShare {
    let paths = share.paths.into_iter().map(|range| [range.start, range.end]).collect();
    AdapterShare { adapter: share.adapter, driver: share.driver, paths }
}
