//! Buffers of plans on a device.

use wgpu::{BindGroup, Buffer, BufferUsages, Device};

use super::factors::{FactorBuffers, FactorSource, Submitter, TRAJECTORY_BYTES};
use super::tables::Tables;
use crate::engine::contract::{BLOCK, Sampling};
use crate::engine::gpu::device::buffers::{buffer, chunk_buffer, group, readback, storage};
use crate::engine::gpu::device::clock::Clock;
use crate::engine::gpu::device::context::{Context, Purpose};
use crate::engine::gpu::kernel::cache::Settings;
use crate::engine::gpu::kernel::compose;
use crate::engine::gpu::kernel::pipeline::Kernel;
use crate::formula::single::{BlockFaults, BlockTotals, SKETCH_BINS};
use crate::plan::Plan;

/// What all chunks of a run share, for one plan.
pub struct Session<'a> {
    pub plan: &'a Plan,
    tables: Tables,
    pub simulate: Kernel,
    pub classify: Kernel,
    pub reduce: Kernel,
    /// The sketches' bins by figure, then paths by time and period.
    pub counts: Buffer,
    /// Number of words in `counts`.
    pub count_words: usize,
    /// Words of `counts` before those of the times.
    pub sketch_words: usize,
}

/// The buffers of a chunk in flight.
pub struct Slot {
    /// Paths that there is room for.
    pub paths: usize,
    pub chunk: Buffer,
    /// Of one plan after the other, if there are several.
    pub figures: Buffer,
    pub times: Buffer,
    pub factor_buffers: FactorBuffers,
    /// By plan
    pub members: Vec<Member>,
    pub readback: Buffer,
    pub clock: Clock,
}

/// What a chunk in flight has for each plan.
pub struct Member {
    pub totals: Buffer,
    pub faults: Buffer,
    pub simulate: BindGroup,
    pub classify: BindGroup,
    pub reduce: BindGroup,
}

impl<'a> Session<'a> {
    /// Compiles the kernels for a plan, unless they are known, and uploads its tables.
    pub fn new(context: &Context, plan: &'a Plan, settings: Settings, sampling: Sampling) -> Self {
        let Context { device, kernels, .. } = context;
        let (layout, simulate) = kernels.simulation(device, plan, settings, sampling);
        let [classify, reduce] = kernels.reduction(device, plan, settings);
        let sketched = plan.figures.iter().filter(|figure| figure.sketched).count();
        let sketch_words = sketched * SKETCH_BINS as usize;
        let count_words = sketch_words + plan.times.len() * plan.sizes.periods as usize;
        Session {
            plan,
            tables: Tables::new(device, plan, layout),
            simulate,
            classify,
            reduce,
            counts: context.take(Purpose::Counting, count_words, || storage(device, "counts", count_words.max(1) * 4)),
            count_words,
            sketch_words,
        }
    }
}

/// A buffer in which the counters of any of the plans are read, and its words; one for all times, since drivers are slow to
/// give memory back.
pub fn count_readback(context: &Context, sessions: &[Session]) -> (Buffer, usize) {
    let words = sessions.iter().map(|session| session.count_words).max().unwrap_or(0);
    let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
    let make = || buffer(&context.device, "counts on their way back", words.max(1) * 4, usage);
    (context.take(Purpose::Reading, words, make), words)
}

/// Bytes of totals and faults of so many blocks of a plan.
pub fn block_bytes(plan: &Plan, blocks: usize) -> (usize, usize) {
    (blocks * plan.figures.len() * size_of::<BlockTotals>(), blocks * size_of::<BlockFaults>())
}

impl Slot {
    /// Buffers for chunks of up to `paths` paths of all plans.
    pub fn new(submitter: &Submitter, sessions: &[Session], paths: usize) -> Self {
        let (device, clock) =
            (&submitter.context.device, Clock::new(&submitter.context.device, &submitter.context.queue));
        let blocks = paths / BLOCK;
        let most = |of: &dyn Fn(&Plan) -> usize| sessions.iter().map(|session| of(session.plan)).max().unwrap_or(0);
        let chunk = chunk_buffer(device);
        let figures = storage(device, "figures", most(&|plan| plan.sizes.slots()) * paths * 4);
        let times = storage(device, "times", most(&|plan| plan.sizes.times()) * paths * 4);
        let valid = storage(device, "valid", paths * 4);
        let (factor_buffers, trajectories) = FactorBuffers::new(submitter, &sessions[0].tables, &chunk, paths);
        let member = |session: &Session| {
            let (totals, faults) = block_bytes(session.plan, blocks);
            let (totals, faults) = (storage(device, "totals", totals), storage(device, "faults", faults));
            let (counts, terms) = (&session.counts, &session.tables.figure_terms);
            let simulated = session.tables.bound([&chunk, &figures, &times], &trajectories);
            let classified =
                [(0, &chunk), (1, terms), (2, &figures), (3, &times), (4, &valid), (5, &faults), (7, counts)];
            let reduced = [(0, &chunk), (1, terms), (2, &figures), (4, &valid), (6, &totals), (7, counts)];
            Member {
                simulate: group(device, &session.simulate, &simulated),
                classify: group(device, &session.classify, &classified),
                reduce: group(device, &session.reduce, &reduced),
                totals,
                faults,
            }
        };
        let members = sessions.iter().map(member).collect();
        let home: usize = sessions.iter().map(|session| block_bytes(session.plan, blocks)).map(|(a, b)| a + b).sum();
        let readback = readback(device, home + clock.bytes());
        Slot { paths, chunk, figures, times, factor_buffers, members, readback, clock }
    }
}

/// The most paths of a chunk that the device's limits allow, in whole blocks.
pub fn most_paths(device: &Device, plans: &[&Plan], source: FactorSource) -> usize {
    let limits = device.limits();
    let room = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size) as usize;
    let by_groups = (limits.max_compute_workgroups_per_dimension * compose::WORKGROUP) as usize;
    let by_plan = |plan: &&Plan| {
        let sizes = &plan.sizes;
        let by_bytes = room / (sizes.slots().max(sizes.times()) * 4);
        let by_trajectories = match source {
            FactorSource::Kernel => usize::MAX,
            _ => room.min(TRAJECTORY_BYTES) / ((sizes.periods as usize + 1) * sizes.factors.max(1) * 4),
        };
        by_bytes.min(by_groups).min(by_trajectories.max(BLOCK)) / BLOCK * BLOCK
    };
    plans.iter().map(by_plan).min().unwrap_or(BLOCK)
}
