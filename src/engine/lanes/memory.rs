// What a thread has of the plans that it computes, and how it computes blocks of their paths.

use std::ops::Range;
use std::sync::Mutex;
use std::time::Instant;

use ndarray::{ArrayViewMut2, ArrayViewMut3};

use super::super::Real;
use super::{
    BlockValues, FactorSource, Job, Observer, Reduce, Reducer, Sample, Trajectories, Values, Workspace, launch,
};
use crate::engine::contract::{BLOCK, Draws, EngineError, Group, Sampling, Stages, empty_tally, locked};
use crate::engine::cpu::CpuEngine;
use crate::engine::trajectory_source::TrajectorySource;
use crate::plan::Plan;
use crate::tally::Tally;

/// Paths that a thread takes at once: some blocks.
pub const PATHS_PER_TASK: u64 = 16 * BLOCK as u64;
/// Blocks whose trajectories are sampled at once for several plans: enough that a plan's counts are fetched into caches
/// seldom, and few enough that the trajectories stay there.
const BLOCKS_AHEAD: usize = 4;

/// What a thread keeps of one plan of a group.
pub struct Member<'a> {
    job: Job<'a>,
    workspace: Workspace,
    pub values: BlockValues,
}

impl<'a> Member<'a> {
    fn new(plan: &'a Plan, draws: Draws) -> Self {
        let job = Job::new(plan, draws);
        Member { job, workspace: Workspace::new(&job), values: BlockValues::new(&plan.sizes, BLOCK) }
    }
}

/// A block's trajectories, where they come first.
#[derive(Default)]
pub struct Ahead {
    /// [period 0…n, factor, path]
    factors: Vec<Real>,
    /// [period 1…n, path]
    states: Vec<u32>,
}

/// The memory of a thread that computes a group.
pub struct Memory<'a> {
    pub members: Vec<Member<'a>>,
    /// By member, what is added up so far; nothing where values are looked at alone.
    sums: Vec<(Tally, Reducer)>,
    pub ahead: Vec<Ahead>,
    /// Trajectories in f32, as they are given.
    given: Vec<f32>,
    stages: Stages,
}

impl<'a> Memory<'a> {
    /// To look at values.
    pub fn new(group: &Group<'a>) -> Self {
        Memory {
            members: group.plans.iter().map(|plan| Member::new(plan, group.draws)).collect(),
            sums: Vec::new(),
            ahead: Vec::new(),
            given: Vec::new(),
            stages: Stages::default(),
        }
    }

    /// To add up `few` paths, or any number.
    pub fn summing(engine: &CpuEngine, group: &Group<'a>, few: Option<u64>) -> Self {
        let sums = group.plans.iter().map(|plan| (empty_tally(plan), Reducer::new(engine, plan, few)));
        Memory { sums: sums.collect(), ..Memory::new(group) }
    }

    /// Hands over the trajectories that were sampled, and what it took.
    pub fn into_trajectories(self, stages: &mut Stages) -> Vec<Ahead> {
        *stages = stages.plus(self.stages);
        self.ahead
    }

    /// Hands over what was added up of the only plan, and what it took.
    pub fn into_only(self, engine: &CpuEngine, stages: &mut Stages) -> Tally {
        let started = Instant::now();
        let (mut tally, reducer) = self.sums.into_iter().next().expect("there is one plan");
        reducer.finish(engine, &mut tally);
        *stages = stages.plus(self.stages);
        stages.read_back += started.elapsed().as_secs_f64();
        tally
    }

    /// Does what counts as sampling.
    pub fn timed<T>(&mut self, sample: impl FnOnce(&mut Self) -> T) -> T {
        let started = Instant::now();
        let result = sample(self);
        self.stages.sampling += started.elapsed().as_secs_f64();
        result
    }

    /// Hands over what was added up.
    pub fn finish(mut self, engine: &CpuEngine, done: &[Mutex<Tally>], stages: &Mutex<Stages>) {
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

/// Adds some blocks of paths to the sums of all members.
pub fn add_blocks(engine: &CpuEngine, shared: bool, paths: Range<u64>, memory: &mut Memory) -> Result<(), EngineError> {
    let at_once = if memory.members.len() > 1 { BLOCKS_AHEAD } else { 1 };
    for first in paths.clone().step_by(at_once * BLOCK) {
        let end = (first + (at_once * BLOCK) as u64).min(paths.end);
        let blocks = ((end - first) as usize).div_ceil(BLOCK);
        memory.timed(|memory| prepare(engine, shared, first, blocks, memory))?;
        let ahead = std::mem::take(&mut memory.ahead);
        for member in 0..memory.members.len() {
            for (block, first) in (first..end).step_by(BLOCK).enumerate() {
                let count = (end - first).min(BLOCK as u64) as usize;
                add_block(engine, memory, member, ahead.get(block), first, count);
            }
        }
        memory.ahead = ahead;
    }
    Ok(())
}

/// Adds the first `count` paths of a block to the sums of a member; `ahead` are its trajectories, unless they are drawn here.
pub fn add_block(
    engine: &CpuEngine,
    memory: &mut Memory,
    member: usize,
    ahead: Option<&Ahead>,
    first: u64,
    count: usize,
) {
    let Memory { members, sums, stages, .. } = memory;
    let (member, (tally, reducer)) = (&mut members[member], &mut sums[member]);
    let started = Instant::now();
    compute(engine, first, count, member, ahead, Observer::Nobody);
    let computed = Instant::now();
    launch(engine.instructions(), Reduce { reducer, values: &member.values, first, count, tally });
    stages.kernel += (computed - started).as_secs_f64();
    stages.reduction += computed.elapsed().as_secs_f64();
}

/// Samples or takes the trajectories of some blocks, unless they are drawn where they are used.
pub fn prepare(
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
pub fn compute(
    engine: &CpuEngine,
    first: u64,
    count: usize,
    member: &mut Member,
    ahead: Option<&Ahead>,
    observer: Observer,
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
