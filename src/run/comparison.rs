//! A comparison from files to its document.

use super::builder::{Builder, MOST_PATHS};
use super::cases::{Chosen, choose, refuse_units};
use super::compare::{self, Case, Comparison, different_plans, ranges};
use super::error::RunError;
use super::observer::{Stage, tell_engine, tell_incidents, watched};
use super::points::Extent;
use super::predictive::Predictive;
use super::profile::ProfileBuilder;
use super::remark::{Doubt, Remark};
use super::single::{info, refuse_invalid};
use super::unknown::{of_scenarios, refuse_unknown};
use crate::engine::select;
use crate::engine::{BLOCK, prepare};
use crate::plan::points::Allocation;
use crate::result::profile::ProfileDocument;
use crate::result::{self, CompareDocument, ComparedScenario, EstimateRequest, RunInfo, Sampling, Target};
use crate::scenario::Loaded;

/// Batches of paths that errors of differences come from, if nothing else is said.
pub const USUAL_BATCHES: u64 = 64;
/// Quantiles of a comparison that says nothing else; a run has more.
pub const USUAL_QUANTILES: [f64; 3] = [0.05, 0.5, 0.95];

/// A comparison that is put together step by step, as `overhang compare` is.
pub type CompareBuilder<'a> = Builder<'a, Beside<'a>>;

/// What a comparison alone has: its scenarios, and how many batches their paths are in.
#[derive(Debug, Clone)]
pub struct Beside<'a> {
    pub(super) chosen: Vec<Chosen<'a>>,
    pub(super) batches: u64,
    at_centre: bool,
}

/// What a comparison found.
#[derive(Debug)]
pub struct Compared {
    /// The tallies of the scenarios, the base's first, and the numbers of every batch of paths.
    pub comparison: Comparison,
    /// Every scenario's result, and the differences from the base.
    pub document: CompareDocument,
}

impl<'a> CompareBuilder<'a> {
    /// A comparison of files, as [`scenario::load`](crate::scenario::load) or [`scenario::parse`](crate::scenario::parse) reads them, the
    /// base first. A single file is compared with all its variants.
    ///
    /// # Errors
    /// If there is a single file, and it has no variants.
    pub fn new(files: &'a [Loaded]) -> Result<Self, RunError> {
        Self::of_variants::<&str>(files, &[])
    }

    /// A comparison of files, and of those of their variants that are named, in this order.
    ///
    /// # Errors
    /// If no file has such a variant, or there is nothing to compare.
    pub fn of_variants<S: AsRef<str>>(files: &'a [Loaded], variants: &[S]) -> Result<Self, RunError> {
        let chosen = choose(files, variants)?;
        let asked = EstimateRequest { quantiles: USUAL_QUANTILES.to_vec(), ..EstimateRequest::default() };
        Ok(Self::of(Beside { chosen, batches: USUAL_BATCHES, at_centre: false }).asked(asked))
    }

    /// How many batches of paths the standard errors of differences come from; at least two.
    pub fn batches(mut self, batches: u64) -> Self {
        self.kind.batches = batches;
        self
    }

    /// Holds all uncertain inputs at their medians.
    pub fn at_centre(mut self) -> Self {
        self.kind.at_centre = true;
        self
    }

    /// Whether inputs are drawn.
    pub(super) fn is_predictive(&self) -> bool {
        !self.kind.at_centre && self.kind.chosen.iter().any(|of| of.scenario.uncertainty.is_some())
    }

    /// Lowers the scenarios and makes the engine. What is doubtful about differences is told to the observer.
    ///
    /// # Errors
    /// If the scenarios' units differ, there is no such engine, or a target is no estimate of the comparison.
    pub fn prepare(&self) -> Result<PreparedComparison<'a>, RunError> {
        let Builder { kind: Beside { chosen, batches, .. }, settings, observer } = self;
        settings.check()?;
        refuse_units(chosen)?;
        if self.is_predictive() {
            return self.prepare_sets();
        }
        let case = |of: &Chosen| {
            let scenario = of.scenario.at_centre().map_err(|failure| RunError::usage(failure.to_string(), ""))?;
            Ok(Case { name: of.name.clone(), plan: prepare(&scenario), scenario })
        };
        let mut cases: Vec<Case> = chosen.iter().map(case).collect::<Result<_, RunError>>()?;
        doubts(&cases).into_iter().for_each(|doubt| observer.remarks(&Remark::Doubt(doubt)));
        let engine = settings.wish.choose(None)?;
        tell_engine(*observer, &engine);
        let paths = if settings.goal.is_some() { MOST_PATHS } else { settings.paths() };
        let extent = settings.points().checked(paths, &settings.goal, *observer)?;
        // what scenarios have in common is drawn from the same dimensions
        let mut allocation = Allocation::default();
        cases.iter_mut().for_each(|case| settings.points().apply(&case.scenario, &mut case.plan, &mut allocation));
        let sampling = Sampling::drawn(settings.seed(), extent.paths(), engine.backend, settings.wish.precision);
        let sampling = settings.points().told(extent, sampling);
        let (of, batches, targets) = (self.clone(), *batches, Vec::new());
        let prepared = PreparedComparison { of, cases, engine, sampling, extent, batches, targets, sets: Vec::new() };
        let empty = prepared.empty();
        let targets = of_scenarios(&settings.goal.targets, &empty);
        refuse_unknown(&targets, &empty)?;
        Ok(PreparedComparison { targets, ..prepared })
    }

    /// Computes all scenarios over the same paths and takes the differences.
    ///
    /// # Errors
    /// As [`CompareBuilder::prepare`] and [`PreparedComparison::compute`].
    pub fn run(&self) -> Result<Compared, RunError> {
        self.prepare()?.compute()
    }
}

/// A comparison on an engine, ready to be computed.
pub struct PreparedComparison<'a> {
    pub(super) of: CompareBuilder<'a>,
    pub(super) cases: Vec<Case>,
    pub(super) engine: select::Chosen,
    pub(super) sampling: Sampling,
    /// How many paths there are of which kind; with targets, at most.
    pub(super) extent: Extent,
    /// Batches of a comparison, or of each stage of one with targets.
    pub(super) batches: u64,
    /// Each of one scenario, or of the differences of one.
    pub(super) targets: Vec<Target>,
    /// By case, its parameter sets; empty unless inputs are drawn.
    pub(super) sets: Vec<Predictive>,
}

impl PreparedComparison<'_> {
    /// The document of no paths, which has all places already.
    pub fn empty(&self) -> CompareDocument {
        self.document(&compare::nothing(&self.cases, &self.sampling, self.asked()), &[])
    }

    /// Computes all scenarios and takes the differences.
    ///
    /// # Errors
    /// If the engine fails or a path has a figure that is no number (unless such paths are allowed); [`RunError::Stopped`] if the observer
    /// asked for it.
    pub fn compute(&self) -> Result<Compared, RunError> {
        if self.targets.is_empty() { self.compute_paths() } else { self.compute_targets() }
    }

    /// The first paths of each scenario over time, by its name in the document of this comparison: what the fan charts of its page show.
    ///
    /// # Errors
    /// As [`ProfileBuilder::observed`].
    pub fn profiles(&self, document: &CompareDocument) -> Result<Vec<(String, ProfileDocument)>, RunError> {
        let Builder { settings, observer, .. } = &self.of;
        let compared = self.cases.iter().filter_map(|case| Some((case, document.scenarios.get(&case.name)?)));
        let over_time = |(case, compared): (&Case, &ComparedScenario)| {
            let profile = ProfileBuilder::of_result(&case.scenario, &compared.result).engine(settings.wish.clone());
            Ok((case.name.clone(), profile.observe(*observer).observed()?))
        };
        compared.map(over_time).collect()
    }

    fn compute_paths(&self) -> Result<Compared, RunError> {
        let (Builder { settings, observer, .. }, sampling) = (&self.of, &self.sampling);
        let few = if sampling.replicates.is_none() { few_batches(sampling.paths, self.batches) } else { None };
        few.into_iter().for_each(|doubt| observer.remarks(&Remark::Doubt(doubt)));
        let all = sampling.paths.saturating_mul(self.cases.len() as u64);
        let found = watched(*observer, Stage::Paths(all), |progress| match self.sets.as_slice() {
            [] => Ok(compare::run(&*self.engine.engine, &self.cases, sampling, self.batches, self.asked(), progress)?),
            sets => self.compute_sets(sets, progress),
        })?;
        tell_incidents(*observer, &self.engine, 0);
        let comparison = found?.ok_or(RunError::Stopped)?;
        self.refuse_invalid(&comparison)?;
        let infos = vec![info(&self.engine, settings.started.elapsed(), None); self.cases.len()];
        let document = self.document(&comparison, &infos);
        Ok(Compared { comparison, document })
    }

    /// Refuses paths that are no numbers, unless they are allowed.
    pub(super) fn refuse_invalid(&self, found: &Comparison) -> Result<(), RunError> {
        if !self.of.settings.allow_invalid {
            found.tallies.iter().try_for_each(|tally| refuse_invalid(tally, None))?;
        }
        Ok(())
    }

    pub(super) fn asked(&self) -> &EstimateRequest {
        &self.of.settings.asked
    }

    pub(super) fn document(&self, found: &Comparison, infos: &[RunInfo]) -> CompareDocument {
        let chosen = &self.of.kind.chosen;
        // targets decide how many paths there are
        let paths = if self.of.settings.goal.is_some() { found.paths() } else { self.sampling.paths };
        let sampling = Sampling { paths, ..self.sampling.clone() };
        let base = (chosen[0].scenario, chosen[0].template);
        let differs = |index: usize, of: &Chosen| match index {
            0 => Vec::new(),
            _ => result::changes(base, (of.scenario, of.template)),
        };
        let scenario = |(index, (chosen, case)): (usize, (&Chosen, &Case))| {
            let info = infos.get(index).cloned().unwrap_or_default();
            let compared = ComparedScenario {
                file: chosen.file.clone(),
                label: chosen.label.clone(),
                changes: chosen.changes.clone(),
                differs: differs(index, chosen),
                result: compare::document(case, &found.tallies[index], &sampling, self.asked(), info),
            };
            (chosen.name.clone(), compared)
        };
        let scenarios = chosen.iter().zip(&self.cases).enumerate().map(scenario).collect();
        result::comparison(scenarios, found.design(), &found.by_batch)
    }
}

/// That there are too few paths for the batches.
fn few_batches(paths: u64, asked: u64) -> Option<Doubt> {
    let batches = ranges(paths, asked).len() as u64;
    let needed = asked.saturating_mul(BLOCK as u64);
    (batches < asked).then_some(Doubt::FewBatches { paths, batches, asked, needed })
}

/// What makes differences mean something else than they seem to.
pub(super) fn doubts(cases: &[Case]) -> Vec<Doubt> {
    let mut found = Vec::new();
    let Some((base, others)) = cases.split_first() else { return found };
    for other in others {
        let names = || (base.name.clone(), other.name.clone());
        found.extend(different_plans(base, other).into_iter().map(|organization| {
            let (organization, (base, other)) = (organization.to_owned(), names());
            Doubt::PlannedDemand { organization, base, other }
        }));
        let (ours, theirs) = (&base.scenario.horizon, &other.scenario.horizon);
        if (ours.periods, ours.steps_per_year) != (theirs.periods, theirs.steps_per_year) {
            let (base, other) = names();
            found.push(Doubt::Horizons { base, other });
        }
        let mut factors = base.scenario.factors.iter().zip(&other.scenario.factors);
        if factors.any(|(ours, theirs)| ours.name != theirs.name) {
            let (base, other) = names();
            found.push(Doubt::FactorOrder { base, other });
        }
    }
    found
}
