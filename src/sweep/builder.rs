//! A sweep from its axes to its store, for those who use the program as a library; `overhang sweep` is a client of it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::asked::{
    AskedDesign, Design, draws_inputs, own_points, refuse_clash, refuse_idle, refuse_points, refuse_taken,
    refuse_unknown_variants,
};
use super::axis::Axis;
use super::batch::{shares, units};
use super::design::Kind;
use super::error::{SweepError, SweepFailure};
use super::file::SweepFile;
use super::join::join;
use super::keep::Follower;
use super::manifest::{AxisRecord, DesignRecord, EngineRecord, Manifest, STORE_VERSION, hash};
use super::of_point::OfPoint;
use super::point::nothing;
use super::rehearsal::Rehearsal;
use super::run::{Ended, Sweep};
use super::shard::{Shard, Unit};
use super::store::Store;
use super::swept::Swept;
use crate::engine::select::{Chosen, Wish};
use crate::engine::{Progress, Sampling};
use crate::result::program;
use crate::run::uncertain::refuse_uncertain;
use crate::run::unknown::refuse_unknown;
use crate::run::{Builder, MOST_PATHS, RunError, Stage, Watch, tell_engine, tell_incidents, watched};
use crate::scenario::Loaded;

/// A sweep that is put together step by step, as `overhang sweep` is.
pub type SweepBuilder<'a> = Builder<'a, OverPoints<'a>>;

/// What a sweep alone has: its scenario and points, and how a process of it works.
#[derive(Debug, Clone)]
pub struct OverPoints<'a> {
    loaded: &'a Loaded,
    file: SweepFile,
    design: AskedDesign,
    independent: bool,
    shard: Shard,
    batch: Option<u64>,
    commit_every: Duration,
}

impl<'a> SweepBuilder<'a> {
    /// A sweep of a file, as [`scenario::load`](crate::scenario::load) or [`scenario::parse`](crate::scenario::parse) reads it, which
    /// varies nothing yet.
    pub fn new(loaded: &'a Loaded) -> Self {
        Self::of(OverPoints {
            loaded,
            file: SweepFile::default(),
            design: AskedDesign::default(),
            independent: false,
            shard: Shard::WHOLE,
            batch: None,
            commit_every: Duration::from_secs(1),
        })
    }

    fn over(mut self, change: impl FnOnce(&mut OverPoints<'a>)) -> Self {
        change(&mut self.kind);
        self
    }

    /// One more axis: a key of the scenario and its values.
    pub fn axis(self, axis: Axis) -> Self {
        self.over(|of| of.design.axes.push(axis))
    }

    /// A sweep file, which says what is not said otherwise.
    pub fn file(self, file: SweepFile) -> Self {
        self.over(|of| of.file = file)
    }

    /// A file with a list of points (.csv or .parquet), unless there are axes.
    pub fn list(self, list: impl Into<PathBuf>) -> Self {
        self.over(|of| of.design.list = Some(list.into()))
    }

    /// How points are chosen; if it is not said, a grid, or the list if there is one.
    pub fn design(self, kind: Kind) -> Self {
        self.over(|of| of.design.kind = Some(kind))
    }

    /// Number of points of a Latin hypercube or a Sobol sequence; at least one.
    pub fn points(self, points: u64) -> Self {
        self.over(|of| of.design.points = Some(points))
    }

    /// Whether each point has random numbers of its own instead of common ones.
    pub fn independent(self, independent: bool) -> Self {
        self.over(|of| of.independent = independent)
    }

    /// The part of the sweep that this process computes.
    pub fn shard(self, shard: Shard) -> Self {
        self.over(|of| of.shard = shard)
    }

    /// How many points go together, at least one; if it is not said, as many as take a few seconds.
    pub fn batch(self, points: u64) -> Self {
        self.over(|of| of.batch = Some(points))
    }

    /// How much work goes to the disk together; a process that is killed loses it.
    pub fn commit_every(self, every: Duration) -> Self {
        self.over(|of| of.commit_every = every)
    }

    /// Finds the points, and tests that those of the shard are scenarios.
    ///
    /// # Errors
    /// If the design makes no sense or a point is no scenario; [`SweepFailure::Stopped`] if the observer asked for it.
    pub fn check(mut self) -> Result<CheckedSweep<'a>, SweepFailure> {
        let OverPoints { loaded, file, design, shard, .. } = &self.kind;
        self.settings.seed = self.settings.seed.or(file.seed);
        file.decide_paths(&mut self.settings);
        self.settings.points = self.settings.points.or(file.point_set);
        self.settings.draws = self.settings.draws.or(file.draws);
        self.settings.check()?;
        if !loaded.is_uncertain() {
            refuse_idle(&self.settings, file, loaded)?;
        }
        if self.settings.goal.is_some() && shard.parts > 1 {
            return Err(SweepError::usage(
                "--path-shards cuts a number of paths that is known, but --target lets the precision decide it",
                "leave out one of them; --shard alone cuts the points",
            )
            .into());
        }
        refuse_unknown(&self.settings.goal.targets, &nothing(&loaded.scenario, &self.settings.asked))?;
        let design = design.design(file, self.settings.seed())?;
        refuse_clash(loaded, &design.points.paths)?;
        refuse_taken(&design.points.paths, &self.settings.asked)?;
        let units = units(&design.points, &design.axes, *shard);
        refuse_unknown_variants(loaded, &design.points)?;
        let has_sets = draws_inputs(loaded, &design.points);
        if has_sets {
            refuse_uncertain(false, self.settings.goal.is_some())?;
        }
        let extent = self.extent(has_sets)?;
        extent.scrambles().refuse_too_many(design.points.rows.len(), is_independent(&self.kind))?;
        refuse_points(loaded, &design.points, &units, self.observer)?;
        Ok(CheckedSweep { of: self, design, units, extent })
    }

    /// How many paths of which kind a point has; with targets the most: where a stage may end, so that another process can go on with it.
    fn extent(&self, has_sets: bool) -> Result<OfPoint, RunError> {
        let (settings, points) = (&self.settings, self.settings.points());
        let goal = &settings.goal;
        if has_sets {
            let sets = points.checked_sets(settings.paths(), settings.draws(), self.observer)?;
            return Ok(OfPoint::Sets(sets));
        }
        if !goal.is_some() {
            return points.checked(settings.paths(), goal, self.observer).map(OfPoint::Paths);
        }
        let most = points.checked(goal.max_paths.unwrap_or(MOST_PATHS), goal, self.observer)?;
        Ok(OfPoint::Paths(most.reaching(most.schedule().whole(most.paths()))))
    }

    /// Computes what the store lacks. A store that is not there is made.
    ///
    /// # Errors
    /// As the steps: [`SweepBuilder::check`], [`CheckedSweep::prepare`], [`PreparedSweep::open`] and [`OpenSweep::run`].
    pub fn run(self, store: &Path) -> Result<Swept, SweepFailure> {
        self.check()?.prepare()?.open(store)?.run(&mut ())
    }
}

/// A sweep whose points are known and are scenarios.
pub struct CheckedSweep<'a> {
    of: SweepBuilder<'a>,
    design: Design,
    units: Vec<Unit>,
    extent: OfPoint,
}

impl<'a> CheckedSweep<'a> {
    /// Everything about the engine at once, as [`Builder::engine`].
    pub fn engine(self, wish: Wish) -> Self {
        CheckedSweep { of: self.of.engine(wish), ..self }
    }

    /// Makes the engine.
    ///
    /// # Errors
    /// If there is no such engine.
    pub fn prepare(self) -> Result<PreparedSweep<'a>, SweepFailure> {
        let CheckedSweep { of, design, units, extent } = self;
        let chosen = of.settings.wish.choose(None)?;
        tell_engine(of.observer, &chosen);
        let manifest = manifest(&of, &design, extent, &chosen);
        let shared = shares(&design.axes, manifest.independent, chosen.backend);
        Ok(PreparedSweep { of, design, units, chosen, manifest, shared })
    }
}

/// What determines the results of a sweep.
fn manifest(of: &SweepBuilder, Design { kind, axes, points }: &Design, extent: OfPoint, chosen: &Chosen) -> Manifest {
    let (loaded, settings) = (of.kind.loaded, &of.settings);
    let (points_record, sets) = extent.records(&settings.points());
    let axis = |axis: &Axis| AxisRecord { path: axis.path.clone(), values: axis.written.clone() };
    Manifest {
        store_version: STORE_VERSION,
        program_version: program::VERSION.into(),
        scenario: loaded.scenario.name.clone(),
        scenario_hash: loaded.scenario.hash.clone(),
        design: DesignRecord {
            kind: *kind,
            axes: axes.iter().map(axis).collect(),
            points: points.rows.len(),
            hash: hash(points),
        },
        paths: extent.paths(),
        targets: settings.goal.targets.iter().map(ToString::to_string).collect(),
        points: points_record,
        sets,
        inputs: loaded.scenario.is_at_medians.then(|| "medians".to_owned()),
        seed: settings.seed(),
        independent: is_independent(&of.kind),
        levels: settings.asked.levels.clone(),
        quantiles: settings.asked.quantiles.clone(),
        allow_invalid: settings.allow_invalid,
        engine: engine_record(chosen, &settings.wish),
    }
}

/// Whether each point has draws of its own.
fn is_independent(of: &OverPoints) -> bool {
    of.independent || of.file.independent == Some(true)
}

fn engine_record(chosen: &Chosen, wish: &Wish) -> EngineRecord {
    let sampling = if wish.sampling == Sampling::Host { "host" } else { "device" };
    EngineRecord {
        backend: chosen.backend.into(),
        precision: wish.precision.name().into(),
        // the CPU engine gives the same bits either way
        sampling: if chosen.backend == "cpu" { "device" } else { sampling }.into(),
        adapter: chosen.adapter.as_ref().map(|adapter| adapter.name.clone()),
        driver: chosen.adapter.as_ref().map(|adapter| adapter.driver.clone()),
    }
}

/// A sweep on an engine, whose store is not open yet.
pub struct PreparedSweep<'a> {
    of: SweepBuilder<'a>,
    design: Design,
    units: Vec<Unit>,
    chosen: Chosen,
    manifest: Manifest,
    shared: bool,
}

impl<'a> PreparedSweep<'a> {
    /// The engine.
    pub fn chosen(&self) -> &Chosen {
        &self.chosen
    }

    /// What determines its results.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The part of the sweep that this process computes.
    pub fn shard(&self) -> Shard {
        self.of.kind.shard
    }

    fn sweep(&self) -> Sweep<'_> {
        let OverPoints { loaded, batch, commit_every, .. } = self.of.kind;
        Sweep { loaded, engine: &*self.chosen.engine, shared: self.shared, batch, commit_every }
    }

    /// Computes for about a second, to tell what the store will take; nothing is written.
    ///
    /// # Errors
    /// If the folder is the store of another sweep, or the engine fails; [`SweepFailure::Stopped`] if the observer asked for it.
    pub fn rehearse(&self, store: &Path) -> Result<Rehearsal, SweepFailure> {
        let (shard, points) = (self.shard(), &self.design.points);
        let source = &self.of.kind.loaded.source;
        let found = Store::find(store, &self.manifest, points, source, shard)?;
        let (what, part) = ((&self.manifest, points), (shard, self.units.as_slice()));
        let rehearse = |progress: &Progress| self.sweep().rehearse(what, part, found.as_ref(), progress);
        Ok(watched(self.of.observer, Stage::Rehearsal, rehearse)??.unwrap_or_default())
    }

    /// Opens the store or makes it. No other process may write to it meanwhile.
    ///
    /// # Errors
    /// If the folder is no store of this sweep, or cannot be written; [`SweepFailure::Stopped`] if the observer asked for it.
    pub fn open(mut self, store: &Path) -> Result<OpenSweep<'a>, SweepFailure> {
        let observer = self.of.observer;
        // the store has them from now on
        let points = std::mem::take(&mut self.design.points);
        let (source, shard) = (&self.of.kind.loaded.source, self.shard());
        let go_on = |_| observer.advances(0);
        let opened = Store::open(store, self.manifest.clone(), points, source, shard, &self.units, &go_on);
        if !go_on(0) {
            return Err(SweepFailure::Stopped);
        }
        Ok(OpenSweep { store: opened?, own: own_points(&self.units).len(), of: self })
    }
}

/// A sweep on an engine with its store.
pub struct OpenSweep<'a> {
    of: PreparedSweep<'a>,
    /// The store, with what earlier processes left.
    pub store: Store,
    /// Points of the shard.
    pub own: usize,
}

impl OpenSweep<'_> {
    /// The engine.
    pub fn chosen(&self) -> &Chosen {
        &self.of.chosen
    }

    /// Computes what the store lacks. If the observer asks to stop, what is finished stays in the store, and the same sweep resumes it.
    ///
    /// # Errors
    /// If the engine fails or the store cannot be written.
    pub fn run(self, follower: &mut dyn Follower) -> Result<Swept, SweepFailure> {
        let OpenSweep { of, mut store, own } = self;
        let (observer, sweep) = (of.of.observer, of.sweep());
        let paths = store.manifest.paths / store.shard.parts;
        let todo = (store.open_pieces(&of.units) as u64).saturating_mul(paths);
        let stage = if store.manifest.targets.is_empty() { Stage::Sweep(todo) } else { Stage::TargetedSweep };
        let watch = Watch::begin(observer, stage);
        let deadline = of.of.settings.deadline();
        let is_over = || deadline.is_some_and(|deadline| Instant::now() >= deadline);
        let progress = |paths| watch.advance(paths) && !is_over();
        let mut ended = sweep.run(&mut store, &of.units, &progress, follower)?;
        if ended == Ended::Done && store.shard.count == 1 && store.shard.parts > 1 {
            ended = join(sweep.loaded, &mut store, &[], &mut |results| follower.arrived(results), &progress)?;
        }
        if ended == Ended::Stopped && watch.go_on().is_ok() {
            ended = Ended::OutOfTime;
        }
        drop(watch);
        tell_incidents(observer, &of.chosen, 0);
        Ok(Swept { store, ended, own })
    }
}
