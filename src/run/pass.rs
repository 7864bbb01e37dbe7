//! A second pass over a run's first paths: quantities over time, and the main figures after ever more paths.

use super::error::RunError;
use super::observer::{Observer, Stage, tell_incidents, watched};
use super::points::Extent;
use super::predictive::Predictive;
use crate::engine::select::Chosen;
use crate::engine::{Draws, Progress, empty_tally, prepare_profile};
use crate::plan::Plan;
use crate::registry::Figure;
use crate::result::profile::{self, Milestone, ProfileDocument, milestone};
use crate::result::{EstimateRequest, ResultDocument};
use crate::scenario::Scenario;
use crate::tally::ProfileTally;

/// Paths that are observed over time.
pub const OBSERVED: u64 = 131_072;
/// Paths of the first milestone; each has twice as many as the one before.
const FIRST_MILESTONE: u64 = 1024;

/// What a profile found.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Quantities over time, of the first 131,072 paths at most.
    pub document: ProfileDocument,
    /// The main figures after ever more paths, the whole run's last.
    pub milestones: Vec<Milestone>,
}

/// A second pass over a run's first paths.
pub(crate) struct Pass<'a> {
    pub scenario: &'a Scenario,
    pub plan: &'a Plan,
    pub chosen: &'a Chosen,
    pub draws: Draws,
    /// Paths of the run.
    pub extent: Extent,
    /// Its parameter sets, if inputs are uncertain.
    pub predictive: Option<&'a Predictive>,
}

impl Pass<'_> {
    /// Paths that it computes.
    fn own(&self) -> u64 {
        self.predictive.map_or(self.extent.first(OBSERVED).paths(), |sets| sets.first(OBSERVED).all_paths())
    }

    /// All that a profile has.
    pub fn profile(&self, document: &ResultDocument, observer: &dyn Observer) -> Result<Profile, RunError> {
        let told = self.chosen.engine.incidents().len();
        let over_time = self.observed(observer)?;
        let milestones =
            watched(observer, Stage::Milestones(self.own()), |progress| self.milestones(document, progress))??;
        tell_incidents(observer, self.chosen, told);
        Ok(Profile { document: over_time, milestones: milestones.ok_or(RunError::Stopped)? })
    }

    /// The quantities of the first paths over time.
    pub fn observed(&self, observer: &dyn Observer) -> Result<ProfileDocument, RunError> {
        let found = watched(observer, Stage::Profile(self.own()), |progress| self.observe(progress))??;
        found.ok_or(RunError::Stopped)
    }

    /// `None` if `progress` asked to stop.
    fn observe(&self, progress: &Progress) -> Result<Option<ProfileDocument>, RunError> {
        if let Some(sets) = self.predictive {
            let found = sets.profile(&*self.chosen.engine, self.draws.seed, sets.first(OBSERVED), progress)?;
            let (profile, tally) = found;
            let whole = tally.paths == self.own();
            return Ok(whole.then(|| profile::document(self.scenario, self.plan, &profile, &tally)));
        }
        let profile = prepare_profile(self.scenario, self.plan);
        let observe = |draws, paths| self.chosen.engine.profile(self.plan, &profile, draws, 0..paths, progress);
        let tally = match self.extent.first(OBSERVED) {
            Extent::Independent { paths } => observe(self.draws, paths)?,
            Extent::Replicated { replicates, points } => {
                let scramble = |replicate| observe(Draws { replicate, ..self.draws }, points);
                ProfileTally::of_scrambles((0..replicates).map(scramble).collect::<Result<_, _>>()?)
            }
        };
        let whole = tally.paths == self.own();
        Ok(whole.then(|| profile::document(self.scenario, self.plan, &profile, &tally)))
    }

    /// The main figures after ever more paths, the result's being the last. `None` if `progress` asked to stop.
    fn milestones(&self, document: &ResultDocument, progress: &Progress) -> Result<Option<Vec<Milestone>>, RunError> {
        let sampling = &document.provenance.sampling;
        let cost = document.of_system(Figure::CommitmentCost);
        let levels = cost.map_or(Vec::new(), |cost| cost.shortfall.keys().map(|level| level.share()).collect());
        let asked = EstimateRequest { levels, quantiles: Vec::new() };
        if let Some(sets) = self.predictive {
            return self.milestones_of_sets(sets, document, &asked, progress);
        }
        let mut whole = empty_tally(self.plan);
        let mut found = Vec::new();
        let mut next = FIRST_MILESTONE;
        while next <= self.own() && next < sampling.paths {
            let extent = self.extent.first(next);
            // scrambles of a power of two may be fewer paths than asked for
            if extent.paths() > whole.paths {
                let part = extent.tally_from(whole.paths, &*self.chosen.engine, self.plan, self.draws, progress)?;
                whole.merge(&part);
            }
            if whole.paths < extent.paths() {
                return Ok(None);
            }
            found.push(milestone(self.scenario, self.plan, &whole, &asked, sampling));
            next *= 2;
        }
        found.push(Milestone::of(document, sampling.paths));
        Ok(Some(found))
    }

    /// The same for parameter sets: the main figures after ever more sets of each replicate.
    fn milestones_of_sets(
        &self,
        sets: &Predictive,
        document: &ResultDocument,
        asked: &EstimateRequest,
        progress: &Progress,
    ) -> Result<Option<Vec<Milestone>>, RunError> {
        let sampling = &document.provenance.sampling;
        let extent = sets.first(OBSERVED);
        let mut whole = empty_tally(self.plan);
        let mut found = Vec::new();
        for at in 0..extent.sets {
            let Some(part) = sets.tally_at(&*self.chosen.engine, self.draws.seed, (at, extent), progress)? else {
                return Ok(None);
            };
            whole.merge(&part);
            let is_milestone = (at + 1).is_power_of_two() && at + 1 < extent.sets;
            found.extend(is_milestone.then(|| milestone(self.scenario, self.plan, &whole, asked, sampling)));
        }
        found.push(Milestone::of(document, sampling.paths));
        Ok(Some(found))
    }
}
