//! What a report shows beside a run's result: its first paths over time, and its main figures after ever more paths.

use std::path::PathBuf;
use std::sync::Arc;

use super::builder::Builder;
use super::error::RunError;
use super::given::Given;
use super::parameters::ParameterDraws;
use super::pass::{Pass, Profile};
use super::points;
use super::predictive::Predictive;
use super::single::RunBuilder;
use crate::engine::trajectory_source::TrajectorySource;
use crate::engine::{Draws, prepare};
use crate::plan::Plan;
use crate::plan::points::Allocation;
use crate::result::ResultDocument;
use crate::result::profile::ProfileDocument;
use crate::scenario::Scenario;

/// A profile over time that is put together step by step: what the fan charts of `overhang report` and `overhang plot` show.
pub type ProfileBuilder<'a> = Builder<'a, OverTime<'a>>;

/// What a profile alone has: the scenario, where its factors come from, and its result, if that is there.
#[derive(Debug, Clone)]
pub struct OverTime<'a> {
    scenario: &'a Scenario,
    trajectories: Option<Given>,
    found: Option<&'a ResultDocument>,
}

impl<'a> ProfileBuilder<'a> {
    /// The profile of a run of a scenario, which is computed first.
    pub fn new(scenario: &'a Scenario) -> Self {
        Self::of(OverTime { scenario, trajectories: None, found: None })
    }

    /// The profile of a run whose result is there, with its paths and its draws.
    pub fn of_result(scenario: &'a Scenario, document: &'a ResultDocument) -> Self {
        Self::of(OverTime { scenario, trajectories: None, found: Some(document) })
    }

    /// Reads the factors from a file. If the result is there, they must be those that it was made of.
    pub fn trajectories(self, file: impl Into<PathBuf>) -> Self {
        self.given(Given::Path(file.into()))
    }

    /// Reads the factors from a file or an array in memory.
    pub fn given(mut self, trajectories: Given) -> Self {
        self.kind.trajectories = Some(trajectories);
        self
    }

    /// Computes the profile.
    ///
    /// # Errors
    /// As those of a run; if the trajectories are not those that the result was made of; [`RunError::Stopped`] if the observer asked for it.
    pub fn run(&self) -> Result<Profile, RunError> {
        let Some(document) = self.kind.found else {
            let run = self.of_run().prepare()?;
            let document = run.compute()?.document;
            return run.profile(&document);
        };
        self.again(document, |pass| pass.profile(document, self.observer))
    }

    /// Computes the quantities over time alone, for which the run itself need not be computed.
    ///
    /// # Errors
    /// As [`ProfileBuilder::run`].
    pub fn observed(&self) -> Result<ProfileDocument, RunError> {
        let Some(document) = self.kind.found else {
            let run = self.of_run().prepare()?;
            return run.pass().observed(self.observer);
        };
        self.again(document, |pass| pass.observed(self.observer))
    }

    fn of_run(&self) -> RunBuilder<'a> {
        let Builder { kind: OverTime { scenario, trajectories, .. }, settings, observer } = self;
        let run = RunBuilder { settings: settings.clone(), observer: *observer, ..RunBuilder::new(scenario) };
        trajectories.iter().cloned().fold(run, RunBuilder::given)
    }

    /// Another look at the paths of a result.
    fn again<T>(
        &self,
        document: &ResultDocument,
        look: impl FnOnce(&Pass) -> Result<T, RunError>,
    ) -> Result<T, RunError> {
        let (scenario, sampling) = (self.kind.scenario, &document.provenance.sampling);
        let (request, extent) = (points::request_of(sampling), points::extent_of(sampling));
        let draws = Draws { seed: sampling.seed, replicate: sampling.replicate };
        if let (Some(uncertainty), Some(sets)) = (&scenario.uncertainty, sampling.parameter_sets) {
            let extent_of_sets = request.sets(sampling.paths, sets);
            let inputs = ParameterDraws::of(uncertainty, sampling.seed, extent_of_sets);
            let (plan, sets) = Predictive::prepare(scenario, inputs, extent_of_sets, request)?;
            let chosen = self.settings.wish.choose(None)?;
            return look(&Pass { scenario, plan: &plan, chosen: &chosen, draws, extent, predictive: Some(&sets) });
        }
        let mut plan = prepare(scenario);
        request.apply(scenario, &mut plan, &mut Allocation::default());
        let chosen = self.settings.wish.choose(self.opened(document, &plan)?)?;
        look(&Pass { scenario, plan: &plan, chosen: &chosen, draws, extent, predictive: None })
    }

    /// The trajectories that the result was made of, which must be these.
    fn opened(&self, document: &ResultDocument, plan: &Plan) -> Result<Option<Arc<dyn TrajectorySource>>, RunError> {
        match (&document.provenance.sampling.trajectories, &self.kind.trajectories) {
            (None, None) => Ok(None),
            (None, Some(given)) => Err(RunError::usage(
                format!("the run drew its own trajectories, but --trajectories names `{}`", given.name().display()),
                "leave out --trajectories",
            )),
            (Some(_), None) => Err(RunError::usage(
                "the run used trajectories from a file, which its folder does not contain",
                "give the file with --trajectories",
            )),
            (Some(hash), Some(given)) => {
                let opened = given.open(self.kind.scenario, plan)?;
                if opened.hash() == hash {
                    return Ok(Some(opened.given));
                }
                Err(RunError::usage(
                    format!("`{}` does not have the trajectories that the run used", given.name().display()),
                    "give the file that `overhang run` read",
                ))
            }
        }
    }
}
