//! The options that the builders of all use cases share: paths, engine, estimates and observer.

use std::time::{Duration, Instant};

use super::error::RunError;
use super::observer::Observer;
use super::parameters::USUAL_DRAWS;
use super::points::PointsRequest;
use super::stages::Goal;
use crate::engine::select::{Backend, Wish};
use crate::engine::{Precision, Sampling};
use crate::result::{EstimateRequest, Target};

/// The default number of paths.
pub const USUAL_PATHS: u64 = 1_000_000;
/// The most paths of a run: 2⁴⁰, days of work for any machine.
pub const MOST_PATHS: u64 = 1 << 40;
/// The default seed.
pub const USUAL_SEED: u64 = 1;

/// A time limit for work with targets; `None` unless it is from 0.001 to 10⁹ seconds.
pub fn time_limit(seconds: f64) -> Option<Duration> {
    (1e-3..=1e9).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}

/// Options of a use case. Defaults are those of the command of the same name. `K` selects the use case and holds its own
/// options: [`RunBuilder`](super::RunBuilder), [`CompareBuilder`](super::CompareBuilder),
/// [`ProfileBuilder`](super::ProfileBuilder) and [`SweepBuilder`](crate::sweep::SweepBuilder).
#[derive(Clone)]
pub struct Builder<'a, K> {
    pub(crate) kind: K,
    pub(crate) settings: Settings,
    pub(crate) observer: &'a dyn Observer,
}

/// Options that every use case has.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// `None`: the use case's files decide, or the default.
    pub paths: Option<u64>,
    pub seed: Option<u64>,
    pub points: Option<PointsRequest>,
    /// Parameter sets of a scenario with uncertain inputs.
    pub draws: Option<u32>,
    pub wish: Wish,
    pub asked: EstimateRequest,
    pub allow_invalid: bool,
    /// Targets instead of a number of paths.
    pub goal: Goal,
    /// When the work began.
    pub started: Instant,
}

impl Settings {
    /// Refuses a number of paths beside targets, and limits without targets.
    pub fn check(&self) -> Result<(), RunError> {
        let Goal { max_paths, max_seconds, .. } = self.goal;
        if self.goal.is_some() && self.paths.is_some() {
            return Err(RunError::usage(
                "--paths sets the number of paths, but --target lets the precision decide it",
                "use --max-paths to limit the paths, or leave out one of them",
            ));
        }
        if !self.goal.is_some() && (max_paths.is_some() || max_seconds.is_some()) {
            return Err(RunError::usage(
                "--max-paths and --max-seconds limit the work towards a --target, but there is none",
                "give a target such as --target \"bubble.system.probability ± 0.001\", or use --paths",
            ));
        }
        Ok(())
    }

    /// The number of paths, or the default.
    pub fn paths(&self) -> u64 {
        self.paths.unwrap_or(USUAL_PATHS)
    }

    /// The number of parameter sets, or the default.
    pub fn draws(&self) -> u32 {
        self.draws.unwrap_or(USUAL_DRAWS)
    }

    /// Which points the draws come from: independent ones by default.
    pub fn points(&self) -> PointsRequest {
        self.points.unwrap_or_default()
    }

    /// When the work must end, if it must.
    pub fn deadline(&self) -> Option<Instant> {
        self.goal.max_seconds.map(|time| self.started + time)
    }

    /// The seed, or the default.
    pub fn seed(&self) -> u64 {
        self.seed.unwrap_or(USUAL_SEED)
    }
}

impl<'a, K> Builder<'a, K> {
    /// A use case with default options.
    pub(crate) fn of(kind: K) -> Self {
        let (wish, asked) = (Wish::default(), EstimateRequest::default());
        let started = Instant::now();
        let (goal, allow_invalid) = (Goal::default(), false);
        let settings =
            Settings { paths: None, seed: None, points: None, draws: None, wish, asked, allow_invalid, goal, started };
        Builder { kind, settings, observer: &() }
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Sets the number of paths of each scenario or point, at least 1.
    pub fn paths(self, paths: u64) -> Self {
        self.with(|of| of.paths = Some(paths))
    }

    /// Sets the seed of all draws.
    pub fn seed(self, seed: u64) -> Self {
        self.with(|of| of.seed = Some(seed))
    }

    /// Sets which points the draws come from.
    pub fn point_set(self, points: PointsRequest) -> Self {
        self.with(|of| of.points = Some(points))
    }

    /// Sets how many parameter sets are drawn of a scenario with uncertain inputs, from 1 to [`MOST_DRAWS`](super::MOST_DRAWS). They are
    /// rounded up to a power of two for each replicate, and share the paths equally.
    pub fn parameter_sets(self, sets: u32) -> Self {
        self.with(|of| of.draws = Some(sets))
    }

    /// Sets everything about the engine at once: backend, adapters, sampling, precision, instructions and threads.
    pub fn engine(self, wish: Wish) -> Self {
        self.with(|of| of.wish = wish)
    }

    /// Sets the kind of engine.
    pub fn backend(self, backend: Backend) -> Self {
        self.with(|of| of.wish.backend = backend)
    }

    /// Sets the precision. Double precision always uses the CPU engine, whatever the backend.
    pub fn precision(self, precision: Precision) -> Self {
        self.with(|of| of.wish.precision = precision)
    }

    /// Sets where trajectories are drawn.
    pub fn sampling(self, sampling: Sampling) -> Self {
        self.with(|of| of.wish.sampling = sampling)
    }

    /// Sets the threads of the CPU engine and of sampling on the host, at least 1.
    pub fn threads(self, threads: usize) -> Self {
        self.with(|of| of.wish.threads = Some(threads))
    }

    /// Sets the levels of value at risk and expected shortfall, and the probabilities of quantiles.
    pub fn asked(self, asked: EstimateRequest) -> Self {
        self.with(|of| of.asked = asked)
    }

    /// Excludes and counts paths with a figure that is not a number, instead of failing.
    pub fn allow_invalid(self, allow: bool) -> Self {
        self.with(|of| of.allow_invalid = allow)
    }

    /// Adds a target of precision: the work goes on until the confidence interval of an estimate is as narrow as that. With
    /// targets, there is no number of paths to set, and [`max_paths`](Builder::max_paths) and
    /// [`max_seconds`](Builder::max_seconds) limit the work instead.
    pub fn target(self, target: Target) -> Self {
        self.with(|of| of.goal.targets.push(target))
    }

    /// Sets the most paths of work with targets, at least 1; of each scenario or point. They are rounded down to whole blocks of
    /// 256.
    pub fn max_paths(self, paths: u64) -> Self {
        self.with(|of| of.goal.max_paths = Some(paths))
    }

    /// Sets the time that work with targets may take. What is computed by then is the result; of a sweep, what is finished stays
    /// in the store.
    pub fn max_seconds(self, time: Duration) -> Self {
        self.with(|of| of.goal.max_seconds = Some(time))
    }

    /// Sets when the work began, if before this builder was created. Documents report the elapsed time.
    pub fn since(self, started: Instant) -> Self {
        self.with(|of| of.started = started)
    }

    /// Sets the observer, which receives stages and remarks and may stop the work.
    pub fn observe(self, observer: &'a dyn Observer) -> Self {
        Builder { observer, ..self }
    }
}
