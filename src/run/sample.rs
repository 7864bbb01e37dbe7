//! Trajectories as the engine draws them.

use std::path::Path;

use ndarray::Array3;

use super::builder::{Builder, Settings};
use super::error::RunError;
use super::observer::{Stage, watched};
use super::points::Extent;
use super::stages::Goal;
use crate::engine::cpu::CpuEngine;
use crate::engine::{self, Draws, Instructions, Precision, Progress};
use crate::plan::Plan;
use crate::plan::points::Allocation;
use crate::scenario::Scenario;
use crate::trajectories::{Sampling, write};

/// The default number of paths.
const USUAL_PATHS: u64 = 100_000;

/// Trajectories that are put together step by step, as `overhang sample` does. The engine is the CPU's, in single precision.
pub type SampleBuilder<'a> = Builder<'a, OfTrajectories<'a>>;

/// What trajectories alone have: their scenario.
#[derive(Debug, Clone)]
pub struct OfTrajectories<'a>(&'a Scenario);

impl<'a> SampleBuilder<'a> {
    /// Trajectories of a scenario without uncertain inputs.
    pub fn new(scenario: &'a Scenario) -> Self {
        Self::of(OfTrajectories(scenario))
    }

    /// Writes them to a file that must not exist, .parquet or .npy. Returns how many paths there are.
    ///
    /// # Errors
    /// If the file cannot be written, or the scenario has uncertain inputs; [`RunError::Stopped`] if the observer asked for it, and then
    /// there is no file.
    pub fn write(&self, file: &Path) -> Result<u64, RunError> {
        self.draw(|sampling, progress| Ok(write(file, sampling, progress)?))
    }

    /// Gives them as an array of shape (paths, periods, factors).
    ///
    /// # Errors
    /// If there is no room for it, or the scenario has uncertain inputs; [`RunError::Stopped`] if the observer asked for it.
    pub fn array(&self) -> Result<Array3<f32>, RunError> {
        let mut found = None;
        self.draw(|sampling, progress| {
            let too_many = |_| RunError::failed("there is not enough memory for so many paths", "use fewer paths");
            found = sampling.array(progress).map_err(too_many)?;
            Ok(found.is_some())
        })?;
        found.ok_or(RunError::Stopped)
    }

    fn draw(&self, take: impl FnOnce(&Sampling, &Progress) -> Result<bool, RunError>) -> Result<u64, RunError> {
        let Builder { kind: OfTrajectories(scenario), settings, observer } = self;
        if scenario.uncertainty.is_some() {
            return Err(RunError::usage(
                "the scenario has uncertain inputs, whose trajectories differ from one parameter set to the next",
                "add --at-centre to hold them at their medians",
            ));
        }
        let Settings { wish, paths, .. } = settings;
        let request = settings.points();
        let extent = request.checked(paths.unwrap_or(USUAL_PATHS), &Goal::default(), *observer)?;
        let mut plan = Plan::lower(scenario);
        request.apply(scenario, &mut plan, &mut Allocation::default());
        let engine = CpuEngine::new(wish.threads, Instructions::best(), Precision::Single, engine::Sampling::Device)?;
        let parts = parts(extent, settings.seed());
        let sampling = Sampling { scenario, plan: &plan, engine: &engine, parts: &parts };
        let is_whole = watched(*observer, Stage::Paths(extent.paths()), |progress| take(&sampling, progress))??;
        if is_whole { Ok(extent.paths()) } else { Err(RunError::Stopped) }
    }
}

/// What draws the paths, and how many of them: scramble by scramble, as a run numbers them.
fn parts(extent: Extent, seed: u64) -> Vec<(Draws, u64)> {
    let of = |replicate, paths| (Draws { seed, replicate }, paths);
    match extent {
        Extent::Independent { paths } => vec![of(0, paths)],
        Extent::Replicated { replicates, points } => (0..replicates).map(|replicate| of(replicate, points)).collect(),
    }
}
