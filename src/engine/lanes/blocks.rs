// Blocks of paths over threads: computed, then added up.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use ndarray::{ArrayViewMut2, ArrayViewMut3};
use rayon::prelude::*;

use super::super::{Real, tables};
use super::{BlockValues, Job, Reduce, Reducer, Sample, Source, Trajectories, Unwatched, Values, Workspace, with};
use crate::engine::cpu::{CpuEngine, Sampling};
use crate::engine::given::Given;
use crate::engine::{BLOCK, Draws, EngineError, PathValues, Progress, Stages, empty_tally};
use crate::plan::Plan;
use crate::tally::Tally;

/// Paths that a thread takes at once: some blocks.
const PATHS_PER_TASK: u64 = 16 * BLOCK as u64;

/// The memory of a thread.
struct Memory {
    workspace: Workspace,
    values: BlockValues,
    reducer: Reducer,
    /// [period 0…n, factor, path] of a block, where trajectories come first.
    trajectories: Vec<Real>,
    /// The same in f32, as they are given.
    given: Vec<f32>,
    /// [period 1…n, path]
    states: Vec<u32>,
    stages: Stages,
}

impl Memory {
    fn new(plan: &Plan, job: &Job) -> Self {
        Memory {
            workspace: Workspace::new(job),
            values: BlockValues::new(&plan.sizes, BLOCK),
            reducer: Reducer::new(plan),
            trajectories: Vec::new(),
            given: Vec::new(),
            states: Vec::new(),
            stages: Stages::default(),
        }
    }
}

/// The tally of a range of paths that begins on a block. Each thread has one tally, so that memory does not grow with the
/// paths, and takes the next blocks whenever it is done with some.
pub fn tally(
    engine: &CpuEngine,
    plan: &Plan,
    draws: Draws,
    paths: Range<u64>,
    progress: &Progress,
) -> Result<Tally, EngineError> {
    let job = Job { tables: tables(plan), sizes: &plan.sizes, draws };
    let stopped = AtomicBool::new(false);
    let next = AtomicU64::new(paths.start);
    let work = || {
        let (mut tally, mut memory) = (empty_tally(plan), Memory::new(plan, &job));
        while !stopped.load(Ordering::Relaxed) {
            let first = next.fetch_add(PATHS_PER_TASK, Ordering::Relaxed);
            if first >= paths.end {
                break;
            }
            let task = first..(first + PATHS_PER_TASK).min(paths.end);
            let added = add_blocks(engine, &job, task.clone(), &mut memory, &mut tally);
            if added.is_err() || !progress(task.end - task.start) {
                stopped.store(true, Ordering::Relaxed);
            }
            added?;
        }
        Ok((tally, memory.reducer, memory.stages))
    };
    let parts: Vec<Result<(Tally, Reducer, Stages), EngineError>> = engine.pool().broadcast(|_| work());
    let (mut whole, mut all) = (empty_tally(plan), Stages::default());
    for part in parts {
        let (tally, mut reducer, stages) = part?;
        let started = Instant::now();
        whole.merge(&tally);
        reducer.flush(&mut whole);
        all = all.plus(stages);
        all.read_back += started.elapsed().as_secs_f64();
    }
    engine.keep_stages(all);
    Ok(whole)
}

/// The values of single paths of a range that begins on a block.
pub fn values(engine: &CpuEngine, plan: &Plan, draws: Draws, paths: Range<u64>) -> Result<PathValues, EngineError> {
    let job = Job { tables: tables(plan), sizes: &plan.sizes, draws };
    let count = (paths.end - paths.start) as usize;
    let mut out = PathValues::new(&plan.sizes, count);
    let mut memory = Memory::new(plan, &job);
    for place in (0..count).step_by(BLOCK) {
        let kept = BLOCK.min(count - place);
        compute(engine, &job, paths.start + place as u64, kept, &mut memory)?;
        out.put(place, kept, BLOCK, &memory.values.figures, &memory.values.times);
    }
    Ok(out)
}

/// Samples the factors of `paths` consecutive paths from `first` on, and the chain's states, block by block over threads.
pub fn sample(
    engine: &CpuEngine,
    plan: &Plan,
    draws: Draws,
    first: u64,
    factors: &mut ArrayViewMut3<Real>,
    states: &mut ArrayViewMut2<u32>,
) {
    let job = Job { tables: tables(plan), sizes: &plan.sizes, draws };
    let path_axis = ndarray::Axis(2);
    let blocks: Vec<_> = factors
        .axis_chunks_iter_mut(path_axis, BLOCK)
        .zip(states.axis_chunks_iter_mut(ndarray::Axis(1), BLOCK))
        .enumerate()
        .collect();
    engine.pool().install(|| {
        blocks.into_par_iter().for_each_init(
            || Workspace::new(&job),
            |workspace, (block, (factors, states))| {
                let first = first + (block * BLOCK) as u64;
                with(engine.instructions(), Sample { job: &job, first, workspace, factors, states });
            },
        );
    });
}

fn add_blocks(
    engine: &CpuEngine,
    job: &Job,
    paths: Range<u64>,
    memory: &mut Memory,
    tally: &mut Tally,
) -> Result<(), EngineError> {
    for first in paths.clone().step_by(BLOCK) {
        let count = (paths.end - first).min(BLOCK as u64) as usize;
        compute(engine, job, first, count, memory)?;
        let started = Instant::now();
        let (reducer, values) = (&mut memory.reducer, &memory.values);
        with(engine.instructions(), Reduce { reducer, values, first, count, tally });
        memory.stages.reduction += started.elapsed().as_secs_f64();
    }
    Ok(())
}

/// Computes the values of up to a block of paths.
fn compute(engine: &CpuEngine, job: &Job, first: u64, count: usize, memory: &mut Memory) -> Result<(), EngineError> {
    let started = Instant::now();
    let ahead = engine.given().is_some() || engine.sampling() == Sampling::Host;
    if ahead {
        let periods = job.sizes.periods as usize;
        let state_rows = if job.sizes.states > 1 { periods } else { 0 };
        memory.trajectories.resize((periods + 1) * job.sizes.factors * BLOCK, 0.0);
        memory.states.resize(state_rows * BLOCK, 0);
        match engine.given() {
            Some(given) => take_block(given, job, first, memory)?,
            None => sample_block(engine, job, first, memory),
        }
    }
    let sampled = Instant::now();
    let trajectories = Trajectories { factors: &memory.trajectories, states: &memory.states, paths: BLOCK };
    let source = if ahead { Source::Given(trajectories) } else { Source::Draws };
    let (workspace, values, watch) = (&mut memory.workspace, &mut memory.values, &mut Unwatched);
    with(engine.instructions(), Values { job, source: &source, first, count, workspace, values, watch });
    memory.stages.sampling += (sampled - started).as_secs_f64();
    memory.stages.kernel += sampled.elapsed().as_secs_f64();
    Ok(())
}

fn shape(job: &Job) -> (usize, usize, usize) {
    (job.sizes.periods as usize + 1, job.sizes.factors, BLOCK)
}

fn sample_block(engine: &CpuEngine, job: &Job, first: u64, memory: &mut Memory) {
    let state_rows = memory.states.len() / BLOCK;
    let factors = ArrayViewMut3::from_shape(shape(job), &mut memory.trajectories).expect("sized for it");
    let states = ArrayViewMut2::from_shape((state_rows, BLOCK), &mut memory.states).expect("sized for it");
    with(engine.instructions(), Sample { job, first, workspace: &mut memory.workspace, factors, states });
}

fn take_block(given: &dyn Given, job: &Job, first: u64, memory: &mut Memory) -> Result<(), EngineError> {
    let state_rows = memory.states.len() / BLOCK;
    memory.given.resize(memory.trajectories.len(), 0.0);
    let mut factors = ArrayViewMut3::from_shape(shape(job), &mut memory.given).expect("sized for it");
    let mut states = ArrayViewMut2::from_shape((state_rows, BLOCK), &mut memory.states).expect("sized for it");
    given.fill(first, &mut factors, &mut states)?;
    memory.trajectories.iter_mut().zip(&memory.given).for_each(|(wide, &narrow)| *wide = Real::from(narrow));
    Ok(())
}
