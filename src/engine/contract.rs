//! What engines are asked, and what they answer: the words that all of them share.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::plan::profile::Profile;
use crate::plan::{Plan, Sizes};
use crate::tally::{ProfileTally, Tally};

/// Paths in a block: the unit in which sums are formed, at fixed places, by a fixed tree.
pub const BLOCK: usize = 256;

/// What picks a run's random numbers, beside path and period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Draws {
    pub seed: u64,
    pub replicate: u32,
}

/// Figures and times of single paths, for comparisons path by path.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PathValues {
    /// [slot, path]; see [`crate::plan::Sizes`].
    pub figures: Vec<f64>,
    /// [time, path]; periods 1…n or `u32::MAX` for never.
    pub times: Vec<u32>,
    /// Paths in a row.
    pub paths: usize,
}

/// An engine that could not do its work: what went wrong and what would help.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct EngineError {
    pub message: String,
    pub hint: Option<String>,
}

impl PathValues {
    /// Room for so many paths.
    pub fn new(sizes: &Sizes, paths: usize) -> Self {
        PathValues { figures: vec![0.0; sizes.slots() * paths], times: vec![0; sizes.times() * paths], paths }
    }

    /// Takes the first `kept` paths of others, in rows of `stride`, to their place.
    pub(super) fn put<T: Copy + Into<f64>>(
        &mut self,
        place: usize,
        kept: usize,
        stride: usize,
        figures: &[T],
        times: &[u32],
    ) {
        for (row, from) in self.figures.chunks_mut(self.paths).zip(figures.chunks(stride)) {
            row[place..place + kept].iter_mut().zip(from).for_each(|(x, &own)| *x = own.into());
        }
        for (row, from) in self.times.chunks_mut(self.paths).zip(times.chunks(stride)) {
            row[place..place + kept].copy_from_slice(&from[..kept]);
        }
    }
}

/// Something that computes paths.
///
/// Contract: for a given plan and draws a path's values do not depend on the range it is asked for in, nor on what else is
/// computed with it, and the tally of a range of whole blocks is, bit for bit, the merge of the tallies of its parts.
pub trait Engine {
    /// What runs, for people: instruction set and threads, or adapter.
    fn description(&self) -> String;

    /// Adds up the paths of a range that begins on a block, for each plan of each group. `progress` is called from time to
    /// time with the number of paths done since the last call, each counted once for every plan; when it returns false the
    /// engine gives up early with what it has.
    fn tallies(&self, groups: &[Group], paths: Range<u64>, progress: &Progress)
    -> Result<Vec<Vec<Tally>>, EngineError>;

    /// As [`Engine::tallies`], for one plan alone.
    fn tally(&self, plan: &Plan, draws: Draws, paths: Range<u64>, progress: &Progress) -> Result<Tally, EngineError> {
        let groups = self.tallies(&[Group::alone(plan, draws)], paths, progress)?;
        Ok(groups.into_iter().flatten().next().unwrap_or_else(|| empty_tally(plan)))
    }

    /// Adds up quantities over time, of a range of paths that begins on a block; ends early as [`Engine::tallies`] does.
    fn profile(
        &self,
        plan: &Plan,
        profile: &Profile,
        draws: Draws,
        paths: Range<u64>,
        progress: &Progress,
    ) -> Result<ProfileTally, EngineError>;

    /// The values of single paths of a range that begins on a block.
    fn values(&self, plan: &Plan, draws: Draws, paths: Range<u64>) -> Result<PathValues, EngineError>;

    /// What the stages of the last tally took.
    fn stages(&self) -> Stages;

    /// Threads of this machine's processor that compute paths.
    fn host_threads(&self) -> usize {
        0
    }

    /// Told that no paths follow soon: gives back memory that is kept for the next ones.
    fn rest(&self) {}

    /// Which paths of the last tally which adapter computed, if there were several.
    fn shares(&self) -> Vec<Share> {
        Vec::new()
    }

    /// What went wrong so far and was made good, for people.
    fn incidents(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Seconds that the stages of a run took: the host's by its clock, or summed over threads where they work on blocks of their
/// own; the device's by its timestamps, where it has them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Stages {
    /// Trajectories sampled or read on the host.
    pub sampling: f64,
    /// Trajectories copied to where the device fetches them.
    pub upload: f64,
    /// Trajectories fetched by the device.
    pub copy: f64,
    /// Paths computed.
    pub kernel: f64,
    /// Figures added up by blocks and counted in sketches.
    pub reduction: f64,
    /// Block sums and counters read, and added to the tally.
    pub read_back: f64,
}

impl Stages {
    /// Both together.
    pub fn plus(self, other: Stages) -> Stages {
        Stages {
            sampling: self.sampling + other.sampling,
            upload: self.upload + other.upload,
            copy: self.copy + other.copy,
            kernel: self.kernel + other.kernel,
            reduction: self.reduction + other.reduction,
            read_back: self.read_back + other.read_back,
        }
    }
}

/// What the mutex guards, whatever became of a thread that held it: nothing here is left half-changed.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Told the number of paths done since the last call; answers whether to go on.
pub type Progress<'a> = dyn Fn(u64) -> bool + Sync + 'a;

/// An empty tally for a plan.
pub fn empty_tally(plan: &Plan) -> Tally {
    Tally::new(&plan.figures, plan.times.len(), plan.sizes.periods)
}

/// In which the lanes compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    Single,
    Double,
}

impl Precision {
    /// The name in options and documents.
    pub const fn name(self) -> &'static str {
        match self {
            Precision::Single => "f32",
            Precision::Double => "f64",
        }
    }
}

/// Where an engine's factors come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sampling {
    /// Drawn where they are used.
    Device,
    /// Sampled on the host first, and then consumed.
    Host,
}

/// Plans that are computed together.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// If there are several, their factors are the same ([`Plan::shares_factors`]).
    pub plans: Vec<&'a Plan>,
    pub draws: Draws,
    /// Whether trajectories are sampled first, once for all plans; otherwise there is one plan, and its factors come from
    /// where the engine has them from. The two may differ in rounding on a GPU.
    pub shared: bool,
}

impl<'a> Group<'a> {
    /// One plan, as a run has it.
    pub fn alone(plan: &'a Plan, draws: Draws) -> Self {
        Group { plans: vec![plan], draws, shared: false }
    }
}

/// Which paths an adapter computed.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    pub adapter: String,
    pub driver: String,
    /// Ranges of paths in order; neighbours are joined.
    pub paths: Vec<Range<u64>>,
}
