//! The options that the builders of all use cases share: paths, engine, estimates and observer.

use std::time::Instant;

use super::observer::Observer;
use super::points::PointsRequest;
use crate::engine::select::{Backend, Wish};
use crate::engine::{Precision, Sampling};
use crate::result::EstimateRequest;

/// The default number of paths.
pub const USUAL_PATHS: u64 = 1_000_000;
/// The default seed.
pub const USUAL_SEED: u64 = 1;

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
    pub points: PointsRequest,
    pub wish: Wish,
    pub asked: EstimateRequest,
    pub allow_invalid: bool,
    /// When the work began.
    pub started: Instant,
}

impl Settings {
    /// The number of paths, or the default.
    pub fn paths(&self) -> u64 {
        self.paths.unwrap_or(USUAL_PATHS)
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
        let settings = Settings {
            paths: None,
            seed: None,
            points: PointsRequest::default(),
            wish,
            asked,
            allow_invalid: false,
            started,
        };
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
        self.with(|of| of.points = points)
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

    /// Sets when the work began, if before this builder was created. Documents report the elapsed time.
    pub fn since(self, started: Instant) -> Self {
        self.with(|of| of.started = started)
    }

    /// Sets the observer, which receives stages and remarks and may stop the work.
    pub fn observe(self, observer: &'a dyn Observer) -> Self {
        Builder { observer, ..self }
    }
}
