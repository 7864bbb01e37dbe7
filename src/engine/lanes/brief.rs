// Many plans of few paths each, as the points of a sweep are: one thread adds up all paths of a plan, and then takes the next.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::memory::{Ahead, Memory, PATHS_PER_TASK, add_block, add_blocks, prepare};
use crate::engine::contract::{BLOCK, EngineError, Group, Progress, Stages, empty_tally, locked};
use crate::engine::cpu::CpuEngine;
use crate::plan::Plan;
use crate::tally::Tally;

/// Paths of a plan at most: more are worth several threads.
pub const MOST_PATHS: u64 = PATHS_PER_TASK;

/// A group whose plans are computed one by one.
struct Shared<'a> {
    group: &'a Group<'a>,
    /// The trajectories that its plans share, from the first plan that needs them to the last.
    trajectories: Mutex<Trajectories>,
}

struct Trajectories {
    /// By block.
    sampled: Option<Arc<Vec<Ahead>>>,
    /// Plans that have not taken them.
    left: usize,
}

impl<'a> Shared<'a> {
    fn new(group: &'a Group<'a>) -> Self {
        Shared { group, trajectories: Mutex::new(Trajectories { sampled: None, left: group.plans.len() }) }
    }

    /// What the next of its plans is computed from; nothing if it draws for itself.
    fn next(
        &self,
        engine: &CpuEngine,
        paths: &Range<u64>,
        stages: &Mutex<Stages>,
    ) -> Result<Option<Arc<Vec<Ahead>>>, EngineError> {
        if !self.group.shared || self.group.plans.len() == 1 {
            return Ok(None);
        }
        let mut trajectories = locked(&self.trajectories);
        let sampled = match trajectories.sampled.take() {
            Some(sampled) => sampled,
            None => Arc::new(sample(engine, self.group, paths, stages)?),
        };
        trajectories.left -= 1;
        if trajectories.left > 0 {
            trajectories.sampled = Some(sampled.clone());
        }
        Ok(Some(sampled))
    }

    /// Adds up the paths of a plan.
    fn tally(
        &self,
        engine: &CpuEngine,
        place: usize,
        paths: &Range<u64>,
        stages: &Mutex<Stages>,
    ) -> Result<Tally, EngineError> {
        let one = Group { plans: vec![self.group.plans[place]], ..*self.group };
        let sampled = self.next(engine, paths, stages)?;
        let mut memory = Memory::summing(engine, &one, Some(paths.end - paths.start));
        match sampled {
            Some(sampled) => {
                for (ahead, first) in sampled.iter().zip(paths.clone().step_by(BLOCK)) {
                    let count = (paths.end - first).min(BLOCK as u64) as usize;
                    add_block(engine, &mut memory, 0, Some(ahead), first, count);
                }
            }
            None => add_blocks(engine, false, paths.clone(), &mut memory)?,
        }
        Ok(memory.into_only(engine, &mut locked(stages)))
    }
}

/// The trajectories of all paths, which are those of the first plan.
fn sample(
    engine: &CpuEngine,
    group: &Group,
    paths: &Range<u64>,
    stages: &Mutex<Stages>,
) -> Result<Vec<Ahead>, EngineError> {
    let first = Group { plans: vec![group.plans[0]], ..*group };
    let mut memory = Memory::new(&first);
    let blocks = ((paths.end - paths.start) as usize).div_ceil(BLOCK);
    memory.timed(|memory| prepare(engine, true, paths.start, blocks, memory))?;
    Ok(memory.into_trajectories(&mut locked(stages)))
}

/// As `tallies` in schedule.rs, of at most [`MOST_PATHS`] paths.
pub fn tallies(
    engine: &CpuEngine,
    groups: &[Group],
    paths: Range<u64>,
    progress: &Progress,
) -> Result<Vec<Vec<Tally>>, EngineError> {
    let shared: Vec<Shared> = groups.iter().map(Shared::new).collect();
    let places = |(group, of): (usize, &Group)| (0..of.plans.len()).map(move |place| (group, place));
    let plans: Vec<(usize, usize)> = groups.iter().enumerate().flat_map(places).collect();
    let (stopped, next) = (AtomicBool::new(false), AtomicUsize::new(0));
    let stages = Mutex::new(Stages::default());
    let work = || {
        let mut done = Vec::new();
        while let Some(&(group, place)) = plans.get(next.fetch_add(1, Ordering::Relaxed)) {
            if stopped.load(Ordering::Relaxed) {
                break;
            }
            match shared[group].tally(engine, place, &paths, &stages) {
                Ok(tally) => done.push((group, place, tally)),
                Err(error) => {
                    stopped.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
            stopped.fetch_or(!progress(paths.end - paths.start), Ordering::Relaxed);
        }
        Ok(done)
    };
    let done = engine.broadcast(work).into_iter().collect::<Result<Vec<_>, _>>()?;
    engine.keep_stages(*locked(&stages));
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
