//! What a report shows beside a run's result: its first paths over time, and its main figures after ever more paths.

use crate::engine::{Draws, Engine, EngineError, Progress, empty_tally, prepare_profile};
use crate::plan::Plan;
use crate::registry::Figure;
use crate::result::profile::{self, Milestone, ProfileDocument, milestone};
use crate::result::{EstimateRequest, ResultDocument};
use crate::scenario::Scenario;

/// Paths that are observed over time.
pub const OBSERVED: u64 = 131_072;
/// Paths of the first milestone; each has twice as many as the one before.
const FIRST_MILESTONE: u64 = 1024;

/// A second pass over a run's first paths.
pub struct Pass<'a> {
    pub scenario: &'a Scenario,
    pub plan: &'a Plan,
    pub engine: &'a dyn Engine,
    pub document: &'a ResultDocument,
}

impl Pass<'_> {
    fn draws(&self) -> Draws {
        let sampling = &self.document.provenance.sampling;
        Draws { seed: sampling.seed, replicate: sampling.replicate }
    }

    /// Paths that it computes.
    pub fn paths(&self) -> u64 {
        self.document.provenance.sampling.paths.min(OBSERVED)
    }

    /// The quantities of the first paths over time. `None` if `progress` asked to stop.
    pub fn profile(&self, progress: &Progress) -> Result<Option<ProfileDocument>, EngineError> {
        let profile = prepare_profile(self.scenario, self.plan);
        let tally = self.engine.profile(self.plan, &profile, self.draws(), 0..self.paths(), progress)?;
        let whole = tally.paths == self.paths();
        Ok(whole.then(|| profile::document(self.scenario, self.plan, &profile, &tally)))
    }

    /// The main figures after ever more paths, the result's being the last. `None` if `progress` asked to stop.
    pub fn milestones(&self, progress: &Progress) -> Result<Option<Vec<Milestone>>, EngineError> {
        let sampling = &self.document.provenance.sampling;
        let cost = self.document.of_system(Figure::CommitmentCost);
        let levels = cost.map_or(Vec::new(), |cost| cost.shortfall.keys().map(|level| level.share()).collect());
        let asked = EstimateRequest { levels, quantiles: Vec::new() };
        let mut whole = empty_tally(self.plan);
        let mut found = Vec::new();
        let mut next = FIRST_MILESTONE;
        while next <= self.paths() && next < sampling.paths {
            let part = self.engine.tally(self.plan, self.draws(), whole.paths..next, progress)?;
            whole.merge(&part);
            if whole.paths < next {
                return Ok(None);
            }
            found.push(milestone(self.scenario, self.plan, &whole, &asked, sampling));
            next *= 2;
        }
        found.push(Milestone::of(self.document, sampling.paths));
        Ok(Some(found))
    }
}
