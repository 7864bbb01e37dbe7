//! Buffers of plans on a device.

use wgpu::util::DeviceExt;
use wgpu::{BindGroup, Buffer, BufferUsages, CommandEncoder, ComputePipeline, Device};

use super::clock::Clock;
use super::context::{Context, Fault, Purpose};
use super::feed::{Feed, Feeder, Supply, TRAJECTORY_BYTES};
use super::kernels::Settings;
use super::source::{self, Layout};
use super::tables;
use crate::engine::BLOCK;
use crate::engine::cpu::Sampling;
use crate::formula::single::{BlockFaults, BlockTotals, SKETCH_BINS};
use crate::plan::Plan;

/// A plan's tables on a device.
pub struct Tables {
    pub layout: Layout,
    pub terms: Buffer,
    pub rows: Buffer,
    pub figure_terms: Buffer,
}

impl Tables {
    /// Uploads them as a simulation reads them.
    pub fn new(device: &Device, plan: &Plan, layout: Layout) -> Self {
        Tables {
            layout,
            terms: input(device, "terms", &tables::terms(plan)),
            rows: input(device, "rows", &tables::rows(plan, layout.is_flat())),
            figure_terms: input(device, "figure terms", bytemuck::cast_slice(&tables::figure_terms(plan))),
        }
    }

    /// What a simulation has at its first places: tables, the chunk, its figures and times, and trajectories that come
    /// before it.
    pub fn bound<'a>(
        &'a self,
        [chunk, figures, times]: [&'a Buffer; 3],
        trajectories: &'a Option<[Buffer; 2]>,
    ) -> Vec<(u32, &'a Buffer)> {
        let mut bound = vec![(0, &self.terms), (1, &self.rows), (2, chunk), (3, figures), (4, times)];
        bound.extend(trajectories.iter().flat_map(|[factors, states]| [(5, factors), (6, states)]));
        bound
    }
}

/// What all chunks of a run share, for one plan.
pub struct Session<'a> {
    pub plan: &'a Plan,
    tables: Tables,
    pub simulate: ComputePipeline,
    pub classify: ComputePipeline,
    pub reduce: ComputePipeline,
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
    pub feed: Feed,
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
    pub fn new(feeder: &Feeder, sessions: &[Session], paths: usize) -> Self {
        let (device, clock) = (&feeder.context.device, Clock::new(feeder.context));
        let blocks = paths / BLOCK;
        let most = |of: &dyn Fn(&Plan) -> usize| sessions.iter().map(|session| of(session.plan)).max().unwrap_or(0);
        let chunk = chunk_buffer(device);
        let figures = storage(device, "figures", most(&|plan| plan.sizes.slots()) * paths * 4);
        let times = storage(device, "times", most(&|plan| plan.sizes.times()) * paths * 4);
        let valid = storage(device, "valid", paths * 4);
        let (feed, trajectories) = Feed::new(feeder, &sessions[0].tables, &chunk, paths);
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
        Slot { paths, chunk, figures, times, feed, members, readback, clock }
    }
}

/// The most paths of a chunk that the device's limits allow, in whole blocks.
pub fn most_paths(device: &Device, plans: &[&Plan], supply: Supply) -> usize {
    let limits = device.limits();
    let room = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size) as usize;
    let by_groups = (limits.max_compute_workgroups_per_dimension * source::WORKGROUP) as usize;
    let by_plan = |plan: &&Plan| {
        let sizes = &plan.sizes;
        let by_bytes = room / (sizes.slots().max(sizes.times()) * 4);
        let by_trajectories = match supply {
            Supply::Simulation => usize::MAX,
            _ => room.min(TRAJECTORY_BYTES) / ((sizes.periods as usize + 1) * sizes.factors.max(1) * 4),
        };
        by_bytes.min(by_groups).min(by_trajectories.max(BLOCK)) / BLOCK * BLOCK
    };
    plans.iter().map(by_plan).min().unwrap_or(BLOCK)
}

/// Workgroups of a kernel with one path to an invocation.
pub fn groups_of_paths(stride: usize) -> u32 {
    (stride as u32).div_ceil(source::WORKGROUP)
}

/// Records a kernel.
pub fn dispatch(encoder: &mut CommandEncoder, kernel: &ComputePipeline, group: &BindGroup, (x, y): (u32, u32)) {
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.set_pipeline(kernel);
    pass.set_bind_group(0, group, &[]);
    pass.dispatch_workgroups(x, y, 1);
}

/// What a kernel reads and the host writes once.
pub fn input(device: &Device, label: &str, contents: &[u8]) -> Buffer {
    let usage = BufferUsages::STORAGE | BufferUsages::UNIFORM;
    device.create_buffer_init(&wgpu::util::BufferInitDescriptor { label: Some(label), contents, usage })
}

/// `ChunkTerms`.
pub fn chunk_buffer(device: &Device) -> Buffer {
    buffer(device, "chunk", tables::CHUNK_BYTES, BufferUsages::UNIFORM | BufferUsages::COPY_DST)
}

/// What a chunk comes home in.
pub fn readback(device: &Device, bytes: usize) -> Buffer {
    buffer(device, "readback", bytes, BufferUsages::MAP_READ | BufferUsages::COPY_DST)
}

fn buffer(device: &Device, label: &str, size: usize, usage: BufferUsages) -> Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size: size as u64,
        usage,
        mapped_at_creation: false,
    })
}

/// What kernels read and write.
pub fn storage(device: &Device, label: &str, size: usize) -> Buffer {
    buffer(device, label, size, BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST)
}

/// Buffers for a kernel by their bindings.
pub fn group(device: &Device, pipeline: &ComputePipeline, buffers: &[(u32, &Buffer)]) -> BindGroup {
    let entries: Vec<_> = buffers
        .iter()
        .map(|&(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() })
        .collect();
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &entries,
    })
}

/// Reads a buffer's first bytes back.
pub fn read(context: &Context, source: &Buffer, bytes: usize) -> Result<Vec<u8>, Fault> {
    let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
    let staging = buffer(&context.device, "staging", bytes, usage);
    let mut encoder = context.device.create_command_encoder(&Default::default());
    encoder.copy_buffer_to_buffer(source, 0, &staging, 0, bytes as u64);
    let submission = context.queue.submit([encoder.finish()]);
    staging.map_async(wgpu::MapMode::Read, .., |_| {});
    context.wait(Some(submission))?;
    let view = staging.get_mapped_range(..).map_err(|error| context.inaccessible(error))?;
    Ok(view.to_vec())
}
