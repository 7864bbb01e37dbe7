//! A comparison of scenarios with uncertain inputs, which all have the same parameter sets.

use super::builder::Builder;
use super::compare::{self, Case, Comparison};
use super::comparison::{Beside, CompareBuilder, PreparedComparison, doubts};
use super::error::RunError;
use super::observer::tell_engine;
use super::parameters::{ParameterDraws, input_keys};
use super::points;
use super::predictive::Predictive;
use super::remark::Remark;
use super::uncertain::refuse_uncertain;
use crate::engine::{Draws, Progress, tally_each};
use crate::plan::Plan;
use crate::plan::points::Allocation;
use crate::result::Sampling;

impl<'a> CompareBuilder<'a> {
    /// Reads the parameter sets of all scenarios. An input has the same share of its distribution in each of them.
    pub(super) fn prepare_sets(&self) -> Result<PreparedComparison<'a>, RunError> {
        let Builder { kind: Beside { chosen, batches, .. }, settings, observer } = self;
        refuse_uncertain(false, settings.goal.is_some())?;
        let request = settings.points();
        let sets = request.checked_sets(settings.paths(), settings.draws(), *observer)?;
        let keys = input_keys(chosen.iter().map(|of| of.scenario));
        let draws = ParameterDraws::new(keys, Draws { seed: settings.seed(), replicate: 0 }, sets);
        let both = chosen.iter().map(|of| {
            let (plan, predictive) = Predictive::prepare(of.scenario, draws.clone(), sets, request)?;
            Ok((Case { name: of.name.clone(), scenario: of.scenario.clone(), plan }, predictive))
        });
        let (cases, predictive): (Vec<Case>, Vec<Predictive>) =
            both.collect::<Result<Vec<_>, RunError>>()?.into_iter().unzip();
        doubts(&cases).into_iter().for_each(|doubt| observer.remarks(&Remark::Doubt(doubt)));
        let engine = settings.wish.choose(None)?;
        tell_engine(*observer, &engine);
        let drawn = Sampling::drawn(settings.seed(), sets.all_paths(), engine.backend, settings.wish.precision);
        let sampling = request.told_sets(sets, drawn);
        let (of, extent, targets) = (self.clone(), points::extent_of(&sampling), Vec::new());
        Ok(PreparedComparison { of, cases, engine, sampling, extent, batches: *batches, targets, sets: predictive })
    }
}

impl PreparedComparison<'_> {
    /// The paths of all parameter sets (of at least one scenario), which have the same inputs in all cases and the same random numbers. `None` if `progress` asked
    /// to stop.
    pub(super) fn compute_sets(
        &self,
        sets: &[Predictive],
        progress: &Progress,
    ) -> Result<Option<Comparison>, RunError> {
        let mut found = compare::nothing(&self.cases, &self.sampling, self.asked());
        let extent = sets[0].extent;
        for set in 0..extent.all() {
            let mut allocation = Allocation::default();
            let lowered = sets.iter().map(|of| of.lower_beside(set, &mut allocation)).collect::<Result<Vec<_>, _>>()?;
            let draws = Predictive::draws_of(self.sampling.seed, set);
            let plans: Vec<(&Plan, Draws)> = lowered.iter().map(|set| (&set.plan, draws)).collect();
            let tallies = tally_each(&*self.engine.engine, &plans, true, 0..extent.paths, progress)?;
            let Some(tallies) = tallies else { return Ok(None) };
            found.tallies.iter_mut().zip(tallies).for_each(|(whole, part)| whole.merge(&extent.placed(set, part)));
        }
        found.settle(&self.work());
        Ok(Some(found))
    }
}
