//! A run of a scenario with uncertain inputs.

use super::builder::Builder;
use super::error::RunError;
use super::kept::Identity;
use super::observer::{Stage, tell_engine, watched};
use super::parameters::ParameterDraws;
use super::points;
use super::predictive::Predictive;
use super::set_results::SetResults;
use super::single::{OfScenario, Run, RunBuilder};
use super::stages::Goal;
use crate::engine::cpu::CpuEngine;
use crate::result::{self, Provenance, Sampling, TraceDocument};
use crate::scenario::Uncertainty;
use crate::tally::Tally;

impl<'a> RunBuilder<'a> {
    /// The run of a scenario with uncertain inputs.
    pub(super) fn prepare_predictive(&self, uncertainty: &'a Uncertainty) -> Result<Run<'a>, RunError> {
        let Builder { kind: OfScenario { scenario, trajectories, .. }, settings, observer } = self;
        settings.check()?;
        refuse_uncertain(trajectories.is_some(), settings.goal.is_some())?;
        let request = settings.points();
        let sets = request.checked_sets(settings.paths(), settings.draws(), *observer)?;
        let inputs = ParameterDraws::of(uncertainty, settings.seed(), sets);
        let (plan, predictive) = Predictive::prepare(scenario, inputs, sets, request)?;
        let chosen = settings.wish.choose(None)?;
        tell_engine(*observer, &chosen);
        let drawn = Sampling::drawn(settings.seed(), sets.all_paths(), chosen.backend, settings.wish.precision);
        let sampling = request.told_sets(sets, drawn);
        let identity = Identity::new(&Provenance::new(scenario, sampling.clone()), &chosen, &settings.wish);
        Ok(Run {
            scenario,
            extent: points::extent_of(&sampling),
            sampling,
            given: None,
            plan,
            chosen,
            asked: settings.asked.clone(),
            goal: Goal::default(),
            predictive: Some(predictive),
            identity,
            earlier: Vec::new(),
            allow_invalid: settings.allow_invalid,
            started: settings.started,
            observer: *observer,
        })
    }

    /// A single path of a parameter set again.
    pub(super) fn trace_predictive(
        &self,
        uncertainty: &Uncertainty,
        tracer: &CpuEngine,
        path: u64,
    ) -> Result<TraceDocument, RunError> {
        let (scenario, settings, seed) = (self.kind.scenario, &self.settings, self.settings.seed());
        let sets = settings.points().sets(settings.paths(), settings.draws());
        if path >= sets.all_paths() {
            return Err(RunError::usage(
                format!("there is no path {path}: {} parameter sets have {} paths", sets.all(), sets.all_paths()),
                "give the number of paths of the run with --paths, or add --at-centre",
            ));
        }
        let inputs = ParameterDraws::of(uncertainty, seed, sets);
        let (_, predictive) = Predictive::prepare(scenario, inputs, sets, settings.points())?;
        let (set, place) = predictive.place(path);
        let lowered = predictive.lower(set)?;
        let periods = tracer.trace(&lowered.plan, Predictive::draws_of(seed, set), place);
        Ok(result::trace(&lowered.scenario, &lowered.plan, seed, path, &periods))
    }
}

impl Run<'_> {
    /// The paths of all parameter sets, and those of the inputs' medians.
    pub(super) fn compute_sets(&self, sets: &Predictive) -> Result<(Tally, SetResults), RunError> {
        let (engine, seed) = (&*self.chosen.engine, self.sampling.seed);
        let paths = sets.extent.all_paths() + sets.extent.paths_at_centre();
        watched(self.observer, Stage::Paths(paths), |progress| {
            let stopped = RunError::Stopped;
            let (tally, numbers) = sets.tally(engine, seed, progress)?.ok_or(stopped)?;
            let centre = sets.at_centre(engine, &self.asked, &self.sampling, progress)?.ok_or(RunError::Stopped)?;
            Ok((tally, SetResults::new(sets, self.scenario, &self.plan, numbers, centre)))
        })?
    }
}

/// Refuses what a run with uncertain inputs cannot have.
pub(crate) fn refuse_uncertain(has_trajectories: bool, has_targets: bool) -> Result<(), RunError> {
    let refused = [
        (has_trajectories, "--trajectories", "parameter sets draw factors of their own"),
        (has_targets, "--target", "more paths do not narrow what the parameters leave open"),
    ];
    match refused.into_iter().find(|(there, ..)| *there) {
        None => Ok(()),
        Some((_, option, why)) => Err(RunError::usage(
            format!("{option} cannot be combined with uncertain inputs: {why}"),
            "add --at-centre to hold the inputs at their medians",
        )),
    }
}

/// Refuses a number of parameter sets where nothing is uncertain.
///
/// # Errors
/// That it makes no sense.
pub fn refuse_idle_draws(draws: Option<u32>, is_uncertain: bool) -> Result<(), RunError> {
    if draws.is_none() || is_uncertain {
        return Ok(());
    }
    Err(RunError::usage(
        "--draws sets the number of parameter sets, but the scenario has no uncertain inputs",
        "add [[uncertain]] entries to the file, or leave out --draws",
    ))
}
