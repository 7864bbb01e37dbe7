// Blocks of paths over threads: computed, then added up.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use ndarray::{ArrayViewMut2, ArrayViewMut3};
use rayon::prelude::*;

use super::super::Real;
use super::{
    BlockValues, FactorSource, Job, Observer, Reduce, Reducer, Sample, Trajectories, Unobserved, Values, Workspace,
    launch,
};
use crate::engine::contract::{
    BLOCK, Draws, EngineError, Group, PathValues, Progress, Sampling, Stages, empty_tally, locked,
};
use crate::engine::cpu::CpuEngine;
use crate::engine::trajectory_source::TrajectorySource;
use crate::plan::Plan;
use crate::tally::Tally;

/// Paths that a thread takes at once: some blocks.
const PATHS_PER_TASK: u64 = 16 * BLOCK as u64;
/// Blocks whose trajectories are sampled at once for several plans: enough that a plan's counts are fetched into caches
/// seldom, and few enough that the trajectories stay there.
const BLOCKS_AHEAD: usize = 4;

/// What a thread keeps of one plan of a group.
pub(super) struct Member<'a> {
    job: Job<'a>,
    workspace: Workspace,
    pub(super) values: BlockValues,
}

impl<'a> Member<'a> {
    fn new(plan: &'a Plan, draws: Draws) -> Self {
        let job = Job::new(plan, draws);
        Member { job, workspace: Workspace::new(&job), values: BlockValues::new(&plan.sizes, BLOCK) }
    }
}

/// A block's trajectories, where they come first.
#[derive(Default)]
pub(super) struct Ahead {
    /// [period 0…n, factor, path]
    factors: Vec<Real>,
    /// [period 1…n, path]
    states: Vec<u32>,
}

/// The memory of a thread that computes a group.
pub(super) struct Memory<'a> {
    pub(super) members: Vec<Member<'a>>,
    /// By member, what is added up so far; nothing where values are looked at alone.
    sums: Vec<(Tally, Reducer)>,
    pub(super) ahead: Vec<Ahead>,
    /// Trajectories in f32, as they are given.
    given: Vec<f32>,
    stages: Stages,
}

impl<'a> Memory<'a> {
    /// To look at values.
    pub(super) fn new(group: &Group<'a>) -> Self {
        Memory {
            members: group.plans.iter().map(|plan| Member::new(plan, group.draws)).collect(),
            sums: Vec::new(),
            ahead: Vec::new(),
            given: Vec::new(),
            stages: Stages::default(),
        }
    }

    /// To add them up.
    fn summing(engine: &CpuEngine, group: &Group<'a>) -> Self {
        let sums = group.plans.iter().map(|plan| (empty_tally(plan), Reducer::new(engine, plan)));
        Memory { sums: sums.collect(), ..Memory::new(group) }
    }

    /// Hands over what was added up.
    fn finish(mut self, engine: &CpuEngine, done: &[Mutex<Tally>], stages: &Mutex<Stages>) {
        let started = Instant::now();
        for ((tally, reducer), whole) in self.sums.into_iter().zip(done) {
            let mut whole = locked(whole);
            whole.merge(&tally);
            reducer.finish(engine, &mut whole);
        }
        self.stages.read_back += started.elapsed().as_secs_f64();
        let mut all = locked(stages);
        *all = all.plus(self.stages);
    }
}

/// The tallies of a range of paths that begins on a block, by group and plan. Threads take the next blocks whenever they
/// are done with some, and have one tally for each plan of the group in hand, so that memory grows neither with the paths nor
/// with the groups.
pub fn tallies(
    engine: &CpuEngine,
    groups: &[Group],
    paths: Range<u64>,
    progress: &Progress,
) -> Result<Vec<Vec<Tally>>, EngineError> {
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
            let memory = &mut at.get_or_insert_with(|| (index, Memory::summing(engine, group))).1;
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
    engine.pool().broadcast(|_| work()).into_iter().collect::<Result<Vec<()>, _>>()?;
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
        compute(engine, first, kept, &mut memory.members[0], memory.ahead.first(), &mut Unobserved);
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
    engine.pool().install(|| {
        blocks.into_par_iter().for_each_init(
            || Workspace::new(&job),
            |workspace, (block, (factors, states))| {
                let first = first + (block * BLOCK) as u64;
                launch(engine.instructions(), Sample { job: &job, first, workspace, factors, states });
            },
        );
    });
}

fn add_blocks(engine: &CpuEngine, shared: bool, paths: Range<u64>, memory: &mut Memory) -> Result<(), EngineError> {
    let at_once = if memory.members.len() > 1 { BLOCKS_AHEAD } else { 1 };
    for first in paths.clone().step_by(at_once * BLOCK) {
        let end = (first + (at_once * BLOCK) as u64).min(paths.end);
        let started = Instant::now();
        let blocks = ((end - first) as usize).div_ceil(BLOCK);
        prepare(engine, shared, first, blocks, memory)?;
        memory.stages.sampling += started.elapsed().as_secs_f64();
        for (member, (tally, reducer)) in memory.members.iter_mut().zip(&mut memory.sums) {
            for (block, first) in (first..end).step_by(BLOCK).enumerate() {
                let count = (end - first).min(BLOCK as u64) as usize;
                let started = Instant::now();
                compute(engine, first, count, member, memory.ahead.get(block), &mut Unobserved);
                let computed = Instant::now();
                let values = &member.values;
                launch(engine.instructions(), Reduce { reducer, values, first, count, tally });
                memory.stages.kernel += (computed - started).as_secs_f64();
                memory.stages.reduction += computed.elapsed().as_secs_f64();
            }
        }
    }
    Ok(())
}

/// Samples or takes the trajectories of some blocks, unless they are drawn where they are used.
pub(super) fn prepare(
    engine: &CpuEngine,
    shared: bool,
    first: u64,
    blocks: usize,
    memory: &mut Memory,
) -> Result<(), EngineError> {
    if !shared && engine.given().is_none() && engine.sampling() == Sampling::Device {
        return Ok(());
    }
    let Memory { members, ahead, given, .. } = memory;
    let Some(Member { job, workspace, .. }) = members.first_mut() else { return Ok(()) };
    let periods = job.sizes.periods as usize;
    let state_rows = if job.sizes.states > 1 { periods } else { 0 };
    ahead.resize_with(blocks, Ahead::default);
    for (block, room) in ahead.iter_mut().enumerate() {
        room.factors.resize((periods + 1) * job.sizes.factors * BLOCK, 0.0);
        room.states.resize(state_rows * BLOCK, 0);
        let first = first + (block * BLOCK) as u64;
        match engine.given() {
            Some(source) => take_block(source, job, first, room, given)?,
            None => sample_block(engine, job, first, workspace, room),
        }
    }
    Ok(())
}

/// Computes the values of up to a block of paths, watched by whoever wants to.
pub(super) fn compute<W: Observer>(
    engine: &CpuEngine,
    first: u64,
    count: usize,
    member: &mut Member,
    ahead: Option<&Ahead>,
    observer: &mut W,
) {
    let Member { job, workspace, values } = member;
    let source = match ahead {
        Some(ahead) => {
            FactorSource::Given(Trajectories { factors: &ahead.factors, states: &ahead.states, paths: BLOCK })
        }
        None => FactorSource::Draws,
    };
    launch(engine.instructions(), Values { job, source: &source, first, count, workspace, values, observer });
}

fn shape(job: &Job) -> (usize, usize, usize) {
    (job.sizes.periods as usize + 1, job.sizes.factors, BLOCK)
}

fn sample_block(engine: &CpuEngine, job: &Job, first: u64, workspace: &mut Workspace, room: &mut Ahead) {
    let state_rows = room.states.len() / BLOCK;
    let factors = ArrayViewMut3::from_shape(shape(job), &mut room.factors).expect("sized for it");
    let states = ArrayViewMut2::from_shape((state_rows, BLOCK), &mut room.states).expect("sized for it");
    launch(engine.instructions(), Sample { job, first, workspace, factors, states });
}

fn take_block(
    source: &dyn TrajectorySource,
    job: &Job,
    first: u64,
    room: &mut Ahead,
    given: &mut Vec<f32>,
) -> Result<(), EngineError> {
    let state_rows = room.states.len() / BLOCK;
    given.resize(room.factors.len(), 0.0);
    let mut factors = ArrayViewMut3::from_shape(shape(job), given).expect("sized for it");
    let mut states = ArrayViewMut2::from_shape((state_rows, BLOCK), &mut room.states).expect("sized for it");
    source.fill(first, &mut factors, &mut states)?;
    room.factors.iter_mut().zip(given.iter()).for_each(|(wide, &narrow)| *wide = Real::from(narrow));
    Ok(())
}
