//! One run: the paths of a scenario, their tally, and its document.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use chrono::SecondsFormat;

use super::builder::{Builder, MOST_PATHS, Settings, USUAL_PATHS};
use super::clock;
use super::error::{InvalidPaths, RunError};
use super::given::Given;
use super::kept::{self, Identity};
use super::observer::{Observer, Stage, tell_engine, tell_incidents, watched};
use super::pass::{Pass, Profile};
use super::points::Extent;
use super::predictive::Predictive;
use super::remark::Remark;
use super::rounding::rounding;
use super::set_results::SetResults;
use super::stages::Goal;
use super::unknown::refuse_unknown;
use crate::engine::cpu::CpuEngine;
use crate::engine::select::Chosen;
use crate::engine::{self, Draws, Instructions, Precision, Share, empty_tally, prepare};
use crate::plan::Plan;
use crate::plan::points::Allocation;
use crate::result::{
    self, AdapterShare, EstimateRequest, Estimator, Provenance, ResultDocument, RunInfo, Sampling, TraceDocument,
};
use crate::scenario::Scenario;
use crate::storage::{Table, host};
use crate::tally::Tally;
use crate::trajectories::Opened;

/// A run that is put together step by step, as `overhang run` is.
pub type RunBuilder<'a> = Builder<'a, OfScenario<'a>>;

/// What a run alone has: its scenario, and where its factors come from.
#[derive(Debug, Clone)]
pub struct OfScenario<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) trajectories: Option<Given>,
    resumes: Option<PathBuf>,
}

/// Takes what a run with targets has so far.
pub type Keeper<'k, E> = &'k mut dyn FnMut(&Finished) -> Result<(), E>;

/// What a run found.
#[derive(Debug, Clone)]
pub struct Finished {
    /// All paths added up, for estimates that the document does not have.
    pub tally: Tally,
    /// The result document.
    pub document: ResultDocument,
    /// Of a run with targets, the tallies at the ends of its stages, that of all paths being one of them; empty without targets.
    pub stages: Vec<Tally>,
    /// Of a run with uncertain inputs, what its parameter sets gave.
    pub parameters: Option<SetResults>,
}

impl<'a> RunBuilder<'a> {
    /// A run of a scenario: what [`scenario::load`](crate::scenario::load) read of a file, or
    /// [`scenario::parse`](crate::scenario::parse) of a text, or one of its variants.
    pub fn new(scenario: &'a Scenario) -> Self {
        Self::of(OfScenario { scenario, trajectories: None, resumes: None })
    }

    /// Goes on from the tallies that the same run with targets left in its folder, with other targets or limits perhaps. The result is
    /// that of a run with these targets from the beginning, bit for bit.
    pub fn resume(mut self, folder: impl Into<PathBuf>) -> Self {
        self.kind.resumes = Some(folder.into());
        self
    }

    /// Reads the factors from a file (.npy, .npz, .parquet) or a folder of Parquet parts instead of drawing them. There are as many paths
    /// as the file has, or fewer, if fewer are asked for.
    pub fn trajectories(self, file: impl Into<PathBuf>) -> Self {
        self.given(Given::Path(file.into()))
    }

    /// Reads the factors from a file or an array in memory instead of drawing them.
    pub fn given(mut self, trajectories: Given) -> Self {
        self.kind.trajectories = Some(trajectories);
        self
    }

    /// Lowers the scenario, opens its trajectories and makes the engine. What is doubtful is told to the observer.
    ///
    /// # Errors
    /// If there is no such engine, the trajectories are not those of the scenario, or there are fewer of them than paths were asked for; if a
    /// target is no estimate of the result, or the folder to go on from is of another run.
    pub fn prepare(&self) -> Result<Run<'a>, RunError> {
        let Builder { kind: OfScenario { scenario, trajectories, resumes }, settings, observer } = self;
        if let Some(uncertainty) = &scenario.uncertainty {
            return self.prepare_predictive(uncertainty);
        }
        let mut plan = prepare(scenario);
        let opened = trajectories.as_ref().map(|given| given.open(scenario, &plan)).transpose()?;
        let asked = paths(settings, opened.as_ref())?;
        let extent = match opened {
            Some(_) => Extent::Independent { paths: asked },
            None => settings.points().checked(asked, &settings.goal, *observer)?,
        };
        if opened.is_none() {
            settings.points().apply(scenario, &mut plan, &mut Allocation::default());
        }
        let chosen = settings.wish.choose(opened.as_ref().map(|opened| Arc::clone(&opened.given)))?;
        tell_engine(*observer, &chosen);
        if settings.wish.precision == Precision::Single {
            rounding(scenario, &plan).into_iter().for_each(|doubt| observer.remarks(&Remark::Doubt(doubt)));
        }
        let sampling = sampling(settings, extent, &chosen, opened.as_ref());
        let identity = Identity::new(&Provenance::new(scenario, sampling.clone()), &chosen, &settings.wish);
        let earlier =
            resumes.as_ref().map_or_else(|| Ok(Vec::new()), |folder| kept::read(folder, &plan, extent, &identity))?;
        let run = Run {
            scenario,
            sampling,
            extent,
            given: trajectories.as_ref().map(|given| given.name().to_owned()).zip(opened),
            plan,
            chosen,
            asked: settings.asked.clone(),
            goal: settings.goal.clone(),
            predictive: None,
            identity,
            earlier,
            allow_invalid: settings.allow_invalid,
            started: settings.started,
            observer: *observer,
        };
        refuse_unknown(&settings.goal.targets, &run.empty())?;
        Ok(run)
    }

    /// Computes the paths and estimates the figures.
    ///
    /// # Errors
    /// As [`RunBuilder::prepare`] and [`Run::compute`].
    pub fn run(&self) -> Result<Finished, RunError> {
        self.prepare()?.compute()
    }

    /// Computes a single path of the seed again, alone, on one thread of the CPU engine, in the precision asked for. Of quasi-random paths
    /// the number of paths decides which one it is.
    ///
    /// # Errors
    /// If the engine cannot be made, or there are more paths than points.
    pub fn trace(&self, path: u64) -> Result<TraceDocument, RunError> {
        let (scenario, settings, seed) = (self.kind.scenario, &self.settings, self.settings.seed());
        let precision = self.settings.wish.precision;
        let tracer = CpuEngine::new(Some(1), Instructions::best(), precision, engine::Sampling::Device)?;
        if let Some(uncertainty) = &scenario.uncertainty {
            return self.trace_predictive(uncertainty, &tracer, path);
        }
        let mut plan = prepare(scenario);
        let extent = settings.points().checked(settings.paths(), &Goal::default(), &())?;
        settings.points().apply(scenario, &mut plan, &mut Allocation::default());
        let (draws, place) = extent.place(Draws { seed, replicate: 0 }, path);
        let periods = tracer.trace(&plan, draws, place);
        Ok(result::trace(scenario, &plan, seed, path, &periods))
    }
}

/// How many paths there will be.
fn paths(settings: &Settings, opened: Option<&Opened>) -> Result<u64, RunError> {
    settings.check()?;
    if settings.goal.is_some() {
        return Ok(opened.map_or(MOST_PATHS, |opened| opened.given.paths()));
    }
    match (settings.paths, opened.map(|opened| opened.given.paths())) {
        (None, None) => Ok(USUAL_PATHS),
        (Some(asked), None) => Ok(asked),
        (None, Some(there)) => Ok(there),
        (Some(asked), Some(there)) if asked <= there => Ok(asked),
        (Some(asked), Some(there)) => Err(RunError::usage(
            format!("--paths {asked} is more than the {there} paths of --trajectories"),
            "leave out --paths to use all of them",
        )),
    }
}

/// Where the paths come from, and who computes them.
fn sampling(settings: &Settings, extent: Extent, chosen: &Chosen, opened: Option<&Opened>) -> Sampling {
    let drawn = Sampling::drawn(settings.seed(), extent.paths(), chosen.backend, settings.wish.precision);
    match opened {
        None => settings.points().told(extent, drawn),
        Some(opened) => {
            Sampling { sampling: "trajectories".into(), trajectories: Some(opened.hash().to_owned()), ..drawn }
        }
    }
}

/// A tally, unless some of its paths have figures that are no numbers.
pub(crate) fn refuse_invalid(tally: &Tally, trajectories: Option<&PathBuf>) -> Result<(), InvalidPaths> {
    let Some(first) = tally.first_invalid() else { return Ok(()) };
    Err(InvalidPaths { count: tally.invalid.count, paths: tally.paths, first, trajectories: trajectories.cloned() })
}

/// A run of a scenario on an engine, ready to be computed.
pub struct Run<'a> {
    pub scenario: &'a Scenario,
    /// The scenario's, framed.
    pub plan: Plan,
    pub chosen: Chosen,
    pub sampling: Sampling,
    /// How many paths there are of which kind.
    pub extent: Extent,
    pub asked: EstimateRequest,
    /// Targets instead of a number of paths.
    pub(super) goal: Goal,
    /// Its parameter sets, if inputs are uncertain.
    pub(super) predictive: Option<Predictive>,
    /// What its tallies belong to.
    pub(super) identity: Identity,
    /// Tallies of an earlier process, those of the fewest paths first.
    pub(super) earlier: Vec<Tally>,
    /// The trajectories and their file, where the factors are given.
    pub(super) given: Option<(PathBuf, Opened)>,
    pub(super) allow_invalid: bool,
    pub(super) started: Instant,
    pub(super) observer: &'a dyn Observer,
}

impl Run<'_> {
    /// What picks its random numbers.
    pub fn draws(&self) -> Draws {
        Draws { seed: self.sampling.seed, replicate: self.sampling.replicate }
    }

    /// Computes all paths and estimates the figures.
    ///
    /// # Errors
    /// If the engine fails, a path has a figure that is no number (unless such paths are allowed), or the file of trajectories was changed
    /// meanwhile; [`RunError::Stopped`] if the observer asked for it. A run with targets then has what is computed for its result, as
    /// when a limit ends it.
    pub fn compute(&self) -> Result<Finished, RunError> {
        self.compute_keeping(None)
    }

    /// The same. `keep`, if there is one, gets what a run with targets has so far, after each stage but the last and once a minute.
    ///
    /// # Errors
    /// As [`Run::compute`], and those of `keep`, which end the run.
    pub fn compute_keeping<E: From<RunError>>(&self, keep: Option<Keeper<'_, E>>) -> Result<Finished, E> {
        if self.goal.is_some() { self.compute_targets(keep) } else { Ok(self.compute_paths()?) }
    }

    fn compute_paths(&self) -> Result<Finished, RunError> {
        let computing = Instant::now();
        let found = match &self.predictive {
            Some(sets) => self.compute_sets(sets).map(|(tally, found)| (tally, Some(found))),
            None => {
                let tally = watched(self.observer, Stage::Paths(self.extent.paths()), |progress| {
                    self.extent.tally(&*self.chosen.engine, &self.plan, self.draws(), progress)
                })?;
                Ok((tally?, None))
            }
        };
        let computed = computing.elapsed();
        tell_incidents(self.observer, &self.chosen, 0);
        let (tally, parameters) = found?;
        self.refuse_invalid(&tally)?;
        self.check_unchanged()?;
        self.chosen.engine.rest();
        let mut document = self.document(&tally, RunInfo::default());
        if let (Some(found), Some(inputs)) = (&parameters, &self.scenario.uncertainty) {
            document.uncertainty = Some(found.document(inputs, &document));
        }
        // estimates are a part of the run that its time counts
        document.run = info(&self.chosen, self.started.elapsed(), Some(computed));
        Ok(Finished { tally, document, stages: Vec::new(), parameters })
    }

    /// Fails if a path has a figure that is no number, unless such paths are allowed.
    pub(super) fn refuse_invalid(&self, tally: &Tally) -> Result<(), RunError> {
        if self.allow_invalid {
            return Ok(());
        }
        Ok(refuse_invalid(tally, self.given.as_ref().map(|(file, _)| file))?)
    }

    /// Fails if the file of trajectories was written to since it was opened.
    ///
    /// # Errors
    /// That it was.
    pub fn check_unchanged(&self) -> Result<(), RunError> {
        Ok(self.given.as_ref().map_or(Ok(()), |(_, opened)| opened.check_unchanged())?)
    }

    /// The run's first paths over time, and its figures after ever more paths.
    ///
    /// # Errors
    /// If the engine fails; [`RunError::Stopped`] if the observer asked for it.
    pub fn profile(&self, document: &ResultDocument) -> Result<Profile, RunError> {
        let extent = self.extent.reaching(document.provenance.sampling.paths);
        Pass { extent, ..self.pass() }.profile(document, self.observer)
    }

    /// The second pass over its first paths.
    pub(super) fn pass(&self) -> Pass<'_> {
        let (scenario, plan, chosen) = (self.scenario, &self.plan, &self.chosen);
        let predictive = self.predictive.as_ref();
        Pass { scenario, plan, chosen, draws: self.draws(), extent: self.extent, predictive }
    }

    /// The paths up to `end` in pieces of at most so many, as [`Run::paths`] takes them.
    pub fn pieces(&self, end: u64, most: u64) -> Vec<Range<u64>> {
        let Some(sets) = &self.predictive else { return self.extent.pieces(end, most).collect() };
        let of_set = |set: u64| {
            let (first, after) = (set * sets.extent.paths, ((set + 1) * sets.extent.paths).min(end));
            (first..after).step_by(most as usize).map(move |from| from..(from + most).min(after))
        };
        (0..end.div_ceil(sets.extent.paths)).flat_map(of_set).collect()
    }

    /// The figures and times of single paths, in a range that begins on a block and stays within a scramble or a parameter set (see
    /// [`Run::pieces`]).
    ///
    /// # Errors
    /// If the engine fails.
    pub fn paths(&self, range: Range<u64>) -> Result<Table, RunError> {
        let first = range.start;
        if let Some(sets) = &self.predictive {
            let (set, start) = sets.place(first);
            let plan = sets.lower(set)?.plan;
            let draws = Predictive::draws_of(self.sampling.seed, set);
            let values = self.chosen.engine.values(&plan, draws, start..start + (range.end - first))?;
            return Ok(result::path_table(self.scenario, &plan, &values, first));
        }
        let (draws, start) = self.extent.place(self.draws(), first);
        let values = self.chosen.engine.values(&self.plan, draws, start..start + (range.end - first))?;
        Ok(result::path_table(self.scenario, &self.plan, &values, first))
    }

    /// The document of no paths, which has all places already.
    pub fn empty(&self) -> ResultDocument {
        self.document(&empty_tally(&self.plan), RunInfo::default())
    }

    pub(super) fn document(&self, tally: &Tally, info: RunInfo) -> ResultDocument {
        // targets decide how many paths there are
        let paths = if self.goal.is_some() { tally.paths } else { self.sampling.paths };
        let provenance = Provenance::new(self.scenario, Sampling { paths, ..self.sampling.clone() });
        Estimator::new(self.scenario, &self.plan, tally, &self.asked).result(provenance, info)
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

/// The shares of several tallies, one for each adapter.
pub(super) fn joined(shares: &[Share]) -> Vec<AdapterShare> {
    let mut found: Vec<AdapterShare> = Vec::new();
    for share in shares {
        let ranges = share.paths.iter().map(|range| [range.start, range.end]);
        match found.iter_mut().find(|known| (&known.adapter, &known.driver) == (&share.adapter, &share.driver)) {
            Some(known) => known.paths.extend(ranges),
            None => found.push(self::share(share.clone())),
        }
    }
    found
}

fn share(share: Share) -> AdapterShare {
    let paths = share.paths.into_iter().map(|range| [range.start, range.end]).collect();
    AdapterShare { adapter: share.adapter, driver: share.driver, paths }
}
