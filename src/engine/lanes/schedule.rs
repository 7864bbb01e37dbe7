// Blocks of paths over threads: computed, then added up.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use ndarray::{ArrayViewMut2, ArrayViewMut3};
use rayon::prelude::*;

use super::super::Real;
use super::memory::{Memory, PATHS_PER_TASK, add_blocks, compute, prepare};
use super::{Job, Observer, Sample, Workspace, brief, launch};
use crate::engine::contract::{BLOCK, Draws, EngineError, Group, PathValues, Progress, Stages, empty_tally, locked};
use crate::engine::cpu::CpuEngine;
use crate::plan::Plan;
use crate::tally::Tally;

/// The tallies of a range of paths that begins on a block, by group and plan. Threads take the next blocks whenever they
/// are done with some, and have one tally for each plan of the group in hand, so that memory grows neither with the paths nor
/// with the groups.
pub fn tallies(
    engine: &CpuEngine,
    groups: &[Group],
    paths: Range<u64>,
    progress: &Progress,
) -> Result<Vec<Vec<Tally>>, EngineError> {
    if paths.end - paths.start <= brief::MOST_PATHS {
        return brief::tallies(engine, groups, paths, progress);
    }
    // many small groups are not worth being cut
    let whole_groups = groups.len() >= 4 * engine.threads();
    let per_task = if whole_groups { u64::MAX } else { PATHS_PER_TASK };
    let tasks = (paths.end - paths.start).div_ceil(per_task);
    let (stopped, next) = (AtomicBool::new(false), AtomicU64::new(0));
    let stages = Mutex::new(Stages::default());
    let empty = |group: &Group| group.plans.iter().map(|plan| Mutex::new(empty_tally(plan))).collect::<Vec<_>>();
    let done: Vec<Vec<Mutex<Tally>>> = groups.iter().map(empty).collect();
    let work = || {
        let mut at: Option<(usize, Memory)> = None;
        let mut outcome = Ok(());
        while !stopped.load(Ordering::Relaxed) {
            let item = next.fetch_add(1, Ordering::Relaxed);
            if item >= tasks * groups.len() as u64 {
                break;
            }
            let (index, task) = ((item / tasks) as usize, item % tasks);
            let group = &groups[index];
            if let Some((before, memory)) = at.take_if(|(before, _)| *before != index) {
                memory.finish(engine, &done[before], &stages);
            }
            let memory = &mut at.get_or_insert_with(|| (index, Memory::summing(engine, group, None))).1;
            let first = paths.start + task * per_task.min(paths.end - paths.start);
            let end = first.saturating_add(per_task).min(paths.end);
            outcome = add_task(engine, group, first..end, memory, &stopped, progress);
            if outcome.is_err() {
                stopped.store(true, Ordering::Relaxed);
            }
        }
        if let Some((index, memory)) = at {
            memory.finish(engine, &done[index], &stages);
        }
        outcome
    };
    engine.broadcast(work).into_iter().collect::<Result<Vec<()>, _>>()?;
    engine.keep_stages(*locked(&stages));
    let whole = |tally: Mutex<Tally>| tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(done.into_iter().map(|group| group.into_iter().map(whole).collect()).collect())
}

/// Adds the paths of a task, some blocks at a time.
fn add_task(
    engine: &CpuEngine,
    group: &Group,
    paths: Range<u64>,
    memory: &mut Memory,
    stopped: &AtomicBool,
    progress: &Progress,
) -> Result<(), EngineError> {
    for first in paths.clone().step_by(PATHS_PER_TASK as usize) {
        let part = first..(first + PATHS_PER_TASK).min(paths.end);
        let done = (part.end - part.start) * group.plans.len() as u64;
        // alone, a plan draws where it uses: the same bits, in less time
        add_blocks(engine, group.shared && group.plans.len() > 1, part, memory)?;
        if !progress(done) {
            stopped.store(true, Ordering::Relaxed);
        }
        if stopped.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(())
}

/// The values of single paths of a range that begins on a block.
pub fn values(engine: &CpuEngine, plan: &Plan, draws: Draws, paths: Range<u64>) -> Result<PathValues, EngineError> {
    let count = (paths.end - paths.start) as usize;
    let mut out = PathValues::new(&plan.sizes, count);
    let mut memory = Memory::new(&Group::alone(plan, draws));
    for place in (0..count).step_by(BLOCK) {
        let kept = BLOCK.min(count - place);
        let first = paths.start + place as u64;
        prepare(engine, false, first, 1, &mut memory)?;
        compute(engine, first, kept, &mut memory.members[0], memory.ahead.first(), Observer::Nobody);
        let values = &memory.members[0].values;
        out.put(place, kept, BLOCK, &values.figures, &values.times);
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
    let job = Job::new(plan, draws);
    let path_axis = ndarray::Axis(2);
    let blocks: Vec<_> = factors
        .axis_chunks_iter_mut(path_axis, BLOCK)
        .zip(states.axis_chunks_iter_mut(ndarray::Axis(1), BLOCK))
        .enumerate()
        .collect();
    engine.install(|| {
        blocks.into_par_iter().for_each_init(
            || Workspace::new(&job),
            |workspace, (block, (factors, states))| {
                let first = first + (block * BLOCK) as u64;
                launch(engine.instructions(), Sample { job: &job, first, workspace, factors, states });
            },
        );
    });
}
