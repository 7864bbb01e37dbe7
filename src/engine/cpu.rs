//! The CPU engine: lanes × threads, in f32, or in f64 as a reference.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use super::given::Given;
use super::trace::PeriodTrace;
use super::{Draws, Engine, EngineError, Group, Instructions, PathValues, Progress, Stages, double, locked, single};
use crate::plan::Plan;
use crate::plan::course::Course;
use crate::tally::{CourseTally, Tally};

/// In which the lanes compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    Single,
    Double,
}

/// Where an engine's factors come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sampling {
    /// Drawn where they are used.
    Device,
    /// Sampled on the host first, and then consumed.
    Host,
}

/// Paths in the lanes of vector registers, blocks over threads.
pub struct CpuEngine {
    pool: rayon::ThreadPool,
    instructions: Instructions,
    precision: Precision,
    sampling: Sampling,
    given: Option<Arc<dyn Given>>,
    stages: Mutex<Stages>,
    /// Counters of sketches, all 0, for the next plans: fresh memory costs more than small runs do.
    spare: Mutex<Vec<Vec<u32>>>,
}

/// Counters kept at most, 75 MB: those of some plans.
const MOST_SPARE: usize = 256;

impl CpuEngine {
    /// An engine on this many threads; `None`: one for each core.
    pub fn new(
        threads: Option<usize>,
        instructions: Instructions,
        precision: Precision,
        sampling: Sampling,
    ) -> Result<Self, EngineError> {
        let pool =
            rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build().map_err(|error| EngineError {
                message: format!("threads could not be started: {error}"),
                hint: Some("use fewer with --threads".into()),
            })?;
        Ok(Self {
            pool,
            instructions,
            precision,
            sampling,
            given: None,
            stages: Mutex::default(),
            spare: Mutex::default(),
        })
    }

    /// The same engine on trajectories that are given instead of drawn.
    pub fn with_trajectories(mut self, given: Arc<dyn Given>) -> Self {
        self.given = Some(given);
        self
    }

    /// Trajectories to take instead of drawing them.
    pub(super) fn given(&self) -> Option<&dyn Given> {
        self.given.as_deref()
    }

    /// Threads that compute.
    pub fn threads(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// The instructions that the lanes use.
    pub fn instructions(&self) -> Instructions {
        self.instructions
    }

    /// Where the factors come from.
    pub fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// One path again alone, period by period.
    pub fn trace(&self, plan: &Plan, draws: Draws, path: u64) -> Vec<PeriodTrace> {
        match self.precision {
            Precision::Single => single::lanes::trace(self, plan, draws, path),
            Precision::Double => double::lanes::trace(self, plan, draws, path),
        }
    }

    /// So many counters that are 0.
    pub(super) fn take_counters(&self, count: usize) -> Vec<u32> {
        let spare = locked(&self.spare).pop().filter(|counters| counters.len() == count);
        spare.unwrap_or_else(|| vec![0; count])
    }

    /// Takes counters back that are 0 again.
    pub(super) fn keep_counters(&self, counters: Vec<u32>) {
        let mut spare = locked(&self.spare);
        if spare.len() < MOST_SPARE {
            spare.push(counters);
        }
    }

    /// Notes what the stages of a tally took.
    pub(super) fn keep_stages(&self, stages: Stages) {
        *locked(&self.stages) = stages;
    }

    pub(super) fn pool(&self) -> &rayon::ThreadPool {
        &self.pool
    }
}

impl Engine for CpuEngine {
    fn description(&self) -> String {
        let precision = match self.precision {
            Precision::Single => "f32",
            Precision::Double => "f64",
        };
        let threads = self.threads();
        format!("CPU, {}, {threads} thread{}, {precision}", self.instructions, if threads == 1 { "" } else { "s" })
    }

    fn tallies(
        &self,
        groups: &[Group],
        paths: Range<u64>,
        progress: &Progress,
    ) -> Result<Vec<Vec<Tally>>, EngineError> {
        match self.precision {
            Precision::Single => single::lanes::tallies(self, groups, paths, progress),
            Precision::Double => double::lanes::tallies(self, groups, paths, progress),
        }
    }

    fn courses(
        &self,
        plan: &Plan,
        course: &Course,
        draws: Draws,
        paths: Range<u64>,
        progress: &Progress,
    ) -> Result<CourseTally, EngineError> {
        match self.precision {
            Precision::Single => single::lanes::courses(self, plan, course, draws, paths, progress),
            Precision::Double => double::lanes::courses(self, plan, course, draws, paths, progress),
        }
    }

    fn stages(&self) -> Stages {
        *locked(&self.stages)
    }

    fn values(&self, plan: &Plan, draws: Draws, paths: Range<u64>) -> Result<PathValues, EngineError> {
        match self.precision {
            Precision::Single => single::lanes::values(self, plan, draws, paths),
            Precision::Double => double::lanes::values(self, plan, draws, paths),
        }
    }
}
