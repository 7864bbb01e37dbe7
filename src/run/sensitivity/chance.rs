//! Which sources of randomness the variance of an output comes from.

use indexmap::IndexMap;
use rayon::prelude::*;

use super::places::Place;
use crate::engine::chance::sources;
use crate::engine::cpu::CpuEngine;
use crate::engine::{BLOCK, Draws, Engine, EngineError, PathValues, Progress};
use crate::measure::{SobolIndices, sobol_indices};
use crate::plan::{Plan, Source};
use crate::result::{ChanceIndices, Key, OutputIndices};
use crate::scenario::Scenario;

/// Paths of each run at most: values of single paths are kept.
const MOST_PATHS: u64 = 1 << 18;
/// Parts of the paths, whose differences tell the errors, and paths that each needs at least.
const PARTS: usize = 64;
const LEAST: usize = 64;
/// Paths of a task.
const TASK: u64 = 16 * BLOCK as u64;

/// The runs of an analysis.
pub(super) struct Chance {
    plan: Plan,
    sources: Vec<Source>,
    pub paths: u64,
}

impl Chance {
    /// Of a plan with independent paths.
    pub fn new(plan: Plan, paths: u64) -> Self {
        Chance { sources: sources(&plan), plan, paths: paths.min(MOST_PATHS) }
    }

    /// Paths of all runs together.
    pub fn all_paths(&self) -> u64 {
        (self.sources.len() as u64 + 2) * self.paths
    }

    /// First-order and total indices of each output's value on a path, or of whether it happens. Outputs of contracts and vendors are left
    /// out. `None` if `progress` asked to stop.
    ///
    /// Every run has the same paths: one as they are, one for each source in which its draws are taken anew, and one in which all are.
    /// Sources are independent, so this is a pick-freeze design.
    ///
    /// Source: Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), "Variance based sensitivity analysis of model output".
    pub fn indices(
        &self,
        engine: &CpuEngine,
        scenario: &Scenario,
        outputs: &[Key],
        draws: Draws,
        progress: &Progress,
    ) -> Result<Option<ChanceIndices>, EngineError> {
        let places = self.places(scenario, outputs);
        let runs = self.runs();
        let tasks: Vec<u64> = (0..self.paths).step_by(TASK as usize).collect();
        let task = |&first: &u64| {
            let paths = first..(first + TASK).min(self.paths);
            let of_run = |plan: &Plan| engine.values(plan, draws, paths.clone());
            let found = runs.iter().map(of_run).collect::<Result<Vec<PathValues>, EngineError>>()?;
            let count = paths.end - paths.start;
            let go_on = progress(count * runs.len() as u64);
            Ok(go_on.then(|| places.iter().map(|&(_, place)| numbers(&found, place)).collect::<Vec<_>>()))
        };
        let found = engine.install(|| tasks.par_iter().map(task).collect::<Result<Option<Vec<_>>, EngineError>>())?;
        let Some(found) = found else { return Ok(None) };
        let names: Vec<(String, String)> = self.sources.iter().map(|source| named(scenario, *source)).collect();
        let by_source = |values: Vec<_>| names.iter().map(|(key, _)| key.clone()).zip(values).collect();
        let of_output = |(at, (key, _)): (usize, &(&Key, Place))| {
            let numbers: Vec<f64> = found.iter().flat_map(|task| &task[at]).copied().collect();
            let parts = PARTS.min(numbers.len() / (self.sources.len() + 2) / LEAST);
            let SobolIndices { first, total } = sobol_indices(&numbers, None, self.sources.len(), parts);
            let (first_order, total) = (Some(by_source(first)), Some(by_source(total)));
            ((*key).clone(), OutputIndices { first_order, total, shapley: None })
        };
        let outputs: IndexMap<Key, OutputIndices> = places.iter().enumerate().map(of_output).collect();
        Ok(Some(ChanceIndices { paths: self.paths, outputs, sources: names.into_iter().collect() }))
    }

    /// The plan as it is, with each source drawn anew, and with all of them.
    fn runs(&self) -> Vec<Plan> {
        let anew = |sources: &[Source]| Plan { anew: sources.to_vec(), ..self.plan.clone() };
        let each = self.sources.iter().map(|source| anew(&[*source]));
        std::iter::once(anew(&[])).chain(each).chain([anew(&self.sources)]).collect()
    }

    /// Outputs that a path has a value of.
    fn places<'k>(&self, scenario: &Scenario, outputs: &'k [Key]) -> Vec<(&'k Key, Place)> {
        let mut found: Vec<(&Key, Place)> =
            outputs.iter().filter_map(|key| Some((key, Place::of(&self.plan, scenario, key)?))).collect();
        // the mean and the shortfall of a figure have one value on a path
        let mut seen: Vec<&Key> = Vec::new();
        found.retain(|(key, _)| {
            let is_new = seen.iter().all(|other| other.subject != key.subject);
            seen.push(key);
            is_new
        });
        found
    }
}

/// An output by path and run; paths on which a run has no value are left out.
fn numbers(runs: &[PathValues], place: Place) -> Vec<f64> {
    let paths = runs.first().map_or(0, |run| run.paths);
    let value = |run: &PathValues, path: usize| match place {
        Place::Slot(_) => place.value(run, path),
        Place::Time(_) => f64::from(u8::from(place.value(run, path).is_finite())),
    };
    let of_path = |path: usize| {
        let values: Vec<f64> = runs.iter().map(|run| value(run, path)).collect();
        values.iter().all(|x| x.is_finite()).then_some(values)
    };
    (0..paths).filter_map(of_path).flatten().collect()
}

/// The key of a source, and what it is in words.
fn named(scenario: &Scenario, source: Source) -> (String, String) {
    let of_factor = |factor: usize, what: &str| {
        let factor = &scenario.factors[factor];
        let label = factor.label.as_deref().unwrap_or(&factor.name);
        (format!("factor.{}.{what}", factor.name), format!("{label}: {what}"))
    };
    let named = |key: &str, words: &str| (key.to_owned(), words.to_owned());
    match source {
        Source::Shocks { factor } => of_factor(factor, "shocks"),
        Source::Jumps { factor } => of_factor(factor, "jumps"),
        Source::Regimes => named("regimes", "Regimes"),
        Source::Delays => named("delays", "Delays of delivery"),
        Source::Vendors => named("vendors", "Failures of vendors"),
        Source::Crisis => named("crisis", "Credit crisis"),
        Source::Tranches => named("tranches", "Tranches of funding"),
        Source::Workouts => named("workouts", "Workouts"),
    }
}
