// Many plans of few paths each, as the points of a sweep are: one thread adds up all paths of a plan, and then those of the
// next in the same memory.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::memory::{Memory, PATHS_PER_TASK, add_block, add_blocks, prepare};
use crate::engine::contract::{BLOCK, EngineError, Group, Progress, Stages, empty_tally, locked};
use crate::engine::cpu::CpuEngine;
use crate::plan::Plan;
use crate::tally::Tally;

/// Paths of a plan at most: more are worth several threads.
pub const MOST_PATHS: u64 = PATHS_PER_TASK;
/// Plans that a thread computes from trajectories of its own at least, where they share them.
const LEAST_PLANS: usize = 4;

/// Consecutive plans of a group that one thread computes.
struct Share {
    group: usize,
    plans: Range<usize>,
}

/// As `tallies` in schedule.rs, of at most [`MOST_PATHS`] paths.
pub fn tallies(
    engine: &CpuEngine,
    groups: &[Group],
    paths: Range<u64>,
    progress: &Progress,
) -> Result<Vec<Vec<Tally>>, EngineError> {
    let shares: Vec<Share> = groups.iter().enumerate().flat_map(|(index, of)| cut(engine, index, of)).collect();
    let (stopped, next) = (AtomicBool::new(false), AtomicUsize::new(0));
    let stages = Mutex::new(Stages::default());
    let work = || {
        let mut done = Vec::new();
        while let Some(share) = shares.get(next.fetch_add(1, Ordering::Relaxed)) {
            if stopped.load(Ordering::Relaxed) {
                break;
            }
            let group = &groups[share.group];
            let each = |place, tally| {
                done.push((share.group, place, tally));
                let go_on = progress(paths.end - paths.start);
                stopped.fetch_or(!go_on, Ordering::Relaxed);
                go_on
            };
            if let Err(error) = add_share(engine, group, share.plans.clone(), paths.clone(), &stages, each) {
                stopped.store(true, Ordering::Relaxed);
                return Err(error);
            }
        }
        Ok(done)
    };
    let done = engine.pool().broadcast(|_| work()).into_iter().collect::<Result<Vec<_>, _>>()?;
    engine.keep_stages(stages.into_inner().unwrap_or_else(PoisonError::into_inner));
    let mut found: Vec<Vec<Option<Tally>>> = groups.iter().map(|group| vec![None; group.plans.len()]).collect();
    for (group, place, tally) in done.into_iter().flatten() {
        found[group][place] = Some(tally);
    }
    // a plan that was not come to has no paths
    let whole = |(tally, plan): (Option<Tally>, &&Plan)| tally.unwrap_or_else(|| empty_tally(plan));
    let of_group =
        |(found, group): (Vec<Option<Tally>>, &Group)| found.into_iter().zip(&group.plans).map(whole).collect();
    Ok(found.into_iter().zip(groups).map(of_group).collect())
}

/// A group's plans in shares, some for each thread, so that none waits long for another.
fn cut(engine: &CpuEngine, group: usize, of: &Group) -> impl Iterator<Item = Share> {
    let plans = of.plans.len();
    let size = plans.div_ceil(2 * engine.threads()).max(LEAST_PLANS);
    (0..plans).step_by(size).map(move |first| Share { group, plans: first..(first + size).min(plans) })
}

/// Adds up the plans of a share one by one, each as soon as it is done told with its place, until `done` says to stop.
fn add_share(
    engine: &CpuEngine,
    group: &Group,
    plans: Range<usize>,
    paths: Range<u64>,
    stages: &Mutex<Stages>,
    mut done: impl FnMut(usize, Tally) -> bool,
) -> Result<(), EngineError> {
    let shared = group.shared && group.plans.len() > 1;
    let blocks = ((paths.end - paths.start) as usize).div_ceil(BLOCK);
    let mut ahead = Vec::new();
    for place in plans {
        let one = Group { plans: vec![group.plans[place]], draws: group.draws, shared };
        let mut memory = Memory::summing(engine, &one, true);
        if shared {
            // all plans have the trajectories of the first
            memory.ahead = std::mem::take(&mut ahead);
            if memory.ahead.is_empty() {
                memory.timed(|memory| prepare(engine, true, paths.start, blocks, memory))?;
            }
            for (block, first) in paths.clone().step_by(BLOCK).enumerate() {
                let count = (paths.end - first).min(BLOCK as u64) as usize;
                add_block(engine, &mut memory, 0, block, first, count);
            }
            ahead = std::mem::take(&mut memory.ahead);
        } else {
            add_blocks(engine, false, paths.clone(), &mut memory)?;
        }
        let tally = memory.into_only(engine, &mut locked(stages));
        if !done(place, tally) {
            break;
        }
    }
    Ok(())
}
