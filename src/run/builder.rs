//! What the builders of all use cases share: which paths, computed by whom, estimated how, and who follows.

use std::time::Instant;

use super::observer::Observer;
use crate::engine::select::{Backend, Wish};
use crate::engine::{Precision, Sampling};
use crate::result::EstimateRequest;

/// Paths of a run that says nothing else.
pub const USUAL_PATHS: u64 = 1_000_000;
/// The seed of a run that says nothing else.
pub const USUAL_SEED: u64 = 1;

/// A use case that is put together step by step: what is not said is as in the command of the same name. `K` is which one it is, with
/// what it alone has: [`RunBuilder`](super::RunBuilder), [`CompareBuilder`](super::CompareBuilder),
/// [`ProfileBuilder`](super::ProfileBuilder) and [`SweepBuilder`](crate::sweep::SweepBuilder).
#[derive(Clone)]
pub struct Builder<'a, K> {
    pub(crate) kind: K,
    pub(crate) settings: Settings,
    pub(crate) observer: &'a dyn Observer,
}

/// What every use case can be told.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Where nothing is said, a file of the use case may say it.
    pub paths: Option<u64>,
    pub seed: Option<u64>,
    pub wish: Wish,
    pub asked: EstimateRequest,
    pub allow_invalid: bool,
    /// When the work began.
    pub started: Instant,
}

impl Settings {
    /// The paths that were asked for, or the usual ones.
    pub fn paths(&self) -> u64 {
        self.paths.unwrap_or(USUAL_PATHS)
    }

    /// The seed that was asked for, or the usual one.
    pub fn seed(&self) -> u64 {
        self.seed.unwrap_or(USUAL_SEED)
    }
}

impl<'a, K> Builder<'a, K> {
    /// A use case of which nothing is said yet.
    pub(crate) fn of(kind: K) -> Self {
        let (wish, asked) = (Wish::default(), EstimateRequest::default());
        let started = Instant::now();
        let settings = Settings { paths: None, seed: None, wish, asked, allow_invalid: false, started };
        Builder { kind, settings, observer: &() }
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// So many paths, of each scenario or point; at least one.
    pub fn paths(self, paths: u64) -> Self {
        self.with(|of| of.paths = Some(paths))
    }

    /// The seed of all draws.
    pub fn seed(self, seed: u64) -> Self {
        self.with(|of| of.seed = Some(seed))
    }

    /// Everything about the engine at once: backend, adapters, sampling, precision, instructions and threads.
    pub fn engine(self, wish: Wish) -> Self {
        self.with(|of| of.wish = wish)
    }

    /// What kind of engine computes.
    pub fn backend(self, backend: Backend) -> Self {
        self.with(|of| of.wish.backend = backend)
    }

    /// In which precision. Double precision needs the CPU engine, which then computes whatever the backend is.
    pub fn precision(self, precision: Precision) -> Self {
        self.with(|of| of.wish.precision = precision)
    }

    /// Where trajectories are drawn.
    pub fn sampling(self, sampling: Sampling) -> Self {
        self.with(|of| of.wish.sampling = sampling)
    }

    /// Threads of the CPU engine and of sampling on the host; at least one.
    pub fn threads(self, threads: usize) -> Self {
        self.with(|of| of.wish.threads = Some(threads))
    }

    /// Levels of value at risk and expected shortfall, and probabilities of quantiles.
    pub fn asked(self, asked: EstimateRequest) -> Self {
        self.with(|of| of.asked = asked)
    }

    /// Whether paths with a figure that is no number are left out and counted, instead of there being no result.
    pub fn allow_invalid(self, allow: bool) -> Self {
        self.with(|of| of.allow_invalid = allow)
    }

    /// When the work began, if that was before this builder was made. Documents say how long it took.
    pub fn since(self, started: Instant) -> Self {
        self.with(|of| of.started = started)
    }

    /// Who is told of stages and remarks, and may end the work.
    pub fn observe(self, observer: &'a dyn Observer) -> Self {
        Builder { observer, ..self }
    }
}
