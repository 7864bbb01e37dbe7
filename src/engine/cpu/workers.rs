//! What the CPU engine has: threads, spare memory, and how it is asked to compute.

use std::sync::{Arc, Mutex};

use crate::engine::contract::{EngineError, Precision, Sampling, Stages, locked};
use crate::engine::instructions::Instructions;
use crate::engine::trajectory_source::TrajectorySource;

/// Paths in the lanes of vector registers, blocks over threads.
pub struct CpuEngine {
    pool: rayon::ThreadPool,
    pub(super) instructions: Instructions,
    pub(super) precision: Precision,
    sampling: Sampling,
    given: Option<Arc<dyn TrajectorySource>>,
    pub(super) stages: Mutex<Stages>,
    /// Counters of sketches, all 0, for the next plans: fresh memory costs more than small runs do.
    spare: Mutex<Vec<Vec<u32>>>,
}

/// Counters kept at most, 75 MB: those of some plans.
const MOST_SPARE: usize = 256;

impl CpuEngine {
    /// An engine on this many threads; `None`: one for each core. In f64 it uses AVX2 where it is told to use AVX-512.
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
            instructions: instructions.of(precision),
            precision,
            sampling,
            given: None,
            stages: Mutex::default(),
            spare: Mutex::default(),
        })
    }

    /// The same engine on trajectories that are given instead of drawn.
    pub fn with_trajectories(mut self, given: Arc<dyn TrajectorySource>) -> Self {
        self.given = Some(given);
        self
    }

    /// Trajectories to take instead of drawing them.
    pub(in crate::engine) fn given(&self) -> Option<&dyn TrajectorySource> {
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

    /// So many counters that are 0.
    pub(in crate::engine) fn take_counters(&self, count: usize) -> Vec<u32> {
        let spare = locked(&self.spare).pop().filter(|counters| counters.len() == count);
        spare.unwrap_or_else(|| vec![0; count])
    }

    /// Takes counters back that are 0 again.
    pub(in crate::engine) fn keep_counters(&self, counters: Vec<u32>) {
        let mut spare = locked(&self.spare);
        if spare.len() < MOST_SPARE {
            spare.push(counters);
        }
    }

    /// Frees the counters that are kept, on a thread of the pool: that takes as long as thousands of paths.
    pub(super) fn give_back_counters(&self) {
        let spare = std::mem::take(&mut *locked(&self.spare));
        if !spare.is_empty() {
            self.pool.spawn(move || drop(spare));
        }
    }

    /// Notes what the stages of a tally took.
    pub(in crate::engine) fn keep_stages(&self, stages: Stages) {
        *locked(&self.stages) = stages;
    }

    /// Does work on the engine's threads.
    pub fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.apart(|| self.pool.install(work))
    }

    /// Does work on each of the engine's threads.
    pub(in crate::engine) fn broadcast<R: Send>(&self, work: impl Fn() -> R + Sync) -> Vec<R> {
        self.apart(|| self.pool.broadcast(|_| work()))
    }

    /// Waits for the engine's threads. A thread of another pool that waited would begin its pool's next task meanwhile, and within that one
    /// the next again, until its stack is full: there, a thread of its own waits.
    fn apart<R: Send>(&self, wait: impl FnOnce() -> R + Send) -> R {
        let is_foreign = rayon::current_thread_index().is_some() && self.pool.current_thread_index().is_none();
        if !is_foreign {
            return wait();
        }
        std::thread::scope(|scope| scope.spawn(wait).join()).unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use rayon::prelude::*;

    use super::*;
    use crate::engine::contract::{Draws, Engine};
    use crate::plan::Plan;
    use crate::scenario::parse;

    thread_local! {
        static BEGUN: Cell<u32> = const { Cell::new(0) };
    }

    #[test]
    fn double_precision_does_not_claim_instructions_that_it_does_not_use() {
        for set in Instructions::available() {
            let of = |precision| CpuEngine::new(Some(1), set, precision, Sampling::Device).expect("a thread");
            assert_eq!(of(Precision::Single).instructions(), set);
            let used = of(Precision::Double).instructions().to_string();
            assert_eq!(used, set.to_string().replace("AVX-512", "AVX2"));
        }
    }

    /// Runs in the loop of another pool would otherwise be nested, each on the stack of the one before.
    #[test]
    fn a_thread_of_another_pool_begins_nothing_while_it_waits() {
        let text = include_str!("../../../docs/examples/start.toml");
        let plan = Plan::lower(&parse(text, "start.toml").expect("it is good").scenario);
        let new = || CpuEngine::new(Some(1), Instructions::best(), Precision::Single, Sampling::Device);
        let engine = new().expect("a thread");
        let run = |seed| {
            let begun = BEGUN.replace(BEGUN.get() + 1);
            engine.tally(&plan, Draws { seed, replicate: 0 }, 0..20_000, &|_| true).expect("it runs");
            BEGUN.set(begun);
            begun
        };
        let other = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("threads");
        let before: Vec<u32> = other.install(|| (0..64).into_par_iter().map(run).collect());
        assert!(before.iter().all(|&before| before == 0), "runs began within others: {before:?}");
    }
}
