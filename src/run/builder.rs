//! A run in a few lines, for those who use the program as a library.

use std::time::Instant;

use super::single::{Run, info};
use crate::engine::select::Wish;
use crate::engine::{EngineError, prepare};
use crate::result::{EstimateRequest, ResultDocument, Sampling};
use crate::scenario::Scenario;
use crate::tally::Tally;

/// Paths of a run that says nothing else.
pub const USUAL_PATHS: u64 = 1_000_000;
/// The seed of a run that says nothing else.
pub const USUAL_SEED: u64 = 1;

/// A run that is put together step by step. What is not said is as in `overhang run`.
#[derive(Debug, Clone)]
pub struct RunBuilder<'a> {
    scenario: &'a Scenario,
    paths: u64,
    seed: u64,
    wish: Wish,
    asked: EstimateRequest,
}

/// What a run found.
#[derive(Debug, Clone)]
pub struct Finished {
    /// All paths added up, for estimates that the document does not have.
    pub tally: Tally,
    /// The result document.
    pub document: ResultDocument,
}

impl<'a> RunBuilder<'a> {
    /// A run of a scenario.
    pub fn new(scenario: &'a Scenario) -> Self {
        let (wish, asked) = (Wish::default(), EstimateRequest::default());
        RunBuilder { scenario, paths: USUAL_PATHS, seed: USUAL_SEED, wish, asked }
    }

    /// So many paths.
    pub fn paths(self, paths: u64) -> Self {
        RunBuilder { paths, ..self }
    }

    /// The seed of all draws.
    pub fn seed(self, seed: u64) -> Self {
        RunBuilder { seed, ..self }
    }

    /// The engine that computes it.
    pub fn engine(self, wish: Wish) -> Self {
        RunBuilder { wish, ..self }
    }

    /// Levels and quantiles of the document.
    pub fn asked(self, asked: EstimateRequest) -> Self {
        RunBuilder { asked, ..self }
    }

    /// Computes the paths and estimates the figures. Paths whose figures are not numbers are excluded and counted in the
    /// document.
    ///
    /// # Errors
    /// If there is no such engine, or it fails.
    pub fn run(&self) -> Result<Finished, EngineError> {
        let started = Instant::now();
        let plan = prepare(self.scenario);
        let chosen = self.wish.choose(None)?;
        let sampling = Sampling::drawn(self.seed, self.paths, chosen.backend, self.wish.precision);
        let engine = &*chosen.engine;
        let run = Run { scenario: self.scenario, plan: &plan, engine, sampling, asked: self.asked.clone() };
        let computing = Instant::now();
        let tally = run.tally(&|_| true)?;
        let document = run.document(&tally, info(&chosen, started.elapsed(), Some(computing.elapsed())));
        Ok(Finished { tally, document })
    }
}
