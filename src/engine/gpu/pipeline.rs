//! Buffers of plans on a device.

use wgpu::util::DeviceExt;
use wgpu::{BindGroup, Buffer, BufferUsages, CommandEncoder, ComputePipeline, Device, MapRangeError};

use super::clock::Clock;
use super::context::{Context, Fault, Purpose};
use super::kernels::Settings;
use super::source::{self, Layout};
use super::tables;
use crate::engine::BLOCK;
use crate::engine::cpu::Sampling;
use crate::formula::single::{BlockFaults, BlockTotals, SKETCH_BINS};
use crate::plan::Plan;

/// Room for a chunk's trajectories where the host samples them. It is taken five times: once where they are sampled, and
/// for each of two chunks in flight in staging and on the device. A software driver is faster with less, which stays
/// in caches; hardware needs enough of it to outweigh a submission.
const TRAJECTORY_BYTES: usize = 16 << 20;

/// What all chunks of a run share, for one plan.
pub struct Session<'a> {
    pub plan: &'a Plan,
    layout: Layout,
    pub simulate: ComputePipeline,
    pub classify: ComputePipeline,
    pub reduce: ComputePipeline,
    terms: Buffer,
    rows: Buffer,
    figure_terms: Buffer,
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

/// Where a chunk's factors come from.
pub enum Feed {
    /// Drawn by the simulation itself.
    Simulation,
    /// Sampled on the host: factors, [period 0…n, factor, path], then states where an event watches them, [four periods,
    /// path], a byte for each period.
    Host { factors: Upload, states: Upload },
    /// Sampled on the device before, to the same places.
    Device { sample: ComputePipeline, group: BindGroup },
}

/// A buffer that the host fills for each chunk. It has a staging buffer of its own, since the queue's would be a new
/// one each time.
pub struct Upload {
    pub buffer: Buffer,
    staging: Buffer,
}

impl Upload {
    fn new(device: &Device, label: &str, words: usize) -> Self {
        let buffer = storage(device, label, words.max(1) * 4);
        let usage = BufferUsages::MAP_WRITE | BufferUsages::COPY_SRC;
        let staging = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: buffer.size(),
            usage,
            mapped_at_creation: true,
        });
        Upload { buffer, staging }
    }

    /// Takes the words and records their way to the device. The staging buffer must be mapped.
    pub fn write<T: bytemuck::Pod>(&self, words: &[T], encoder: &mut CommandEncoder) -> Result<(), MapRangeError> {
        let bytes: &[u8] = bytemuck::cast_slice(words);
        if !bytes.is_empty() {
            self.staging.get_mapped_range_mut(..bytes.len() as u64)?.copy_from_slice(bytes);
        }
        self.staging.unmap();
        encoder.copy_buffer_to_buffer(&self.staging, 0, &self.buffer, 0, bytes.len() as u64);
        Ok(())
    }

    /// Has the staging buffer mapped again, once what was submitted is done.
    pub fn reopen(&self) {
        self.staging.map_async(wgpu::MapMode::Write, .., |_| {});
    }
}

impl<'a> Session<'a> {
    /// Compiles the kernels for a plan, unless they are known, and uploads its tables.
    pub fn new(context: &Context, plan: &'a Plan, settings: Settings, sampling: Sampling) -> Self {
        let Context { device, kernels, .. } = context;
        let (layout, simulate) = kernels.simulation(device, plan, settings, sampling);
        let [classify, reduce] = kernels.reduction(device, plan, settings);
        let input = |label, contents: &[u8]| {
            let usage = BufferUsages::STORAGE | BufferUsages::UNIFORM;
            device.create_buffer_init(&wgpu::util::BufferInitDescriptor { label: Some(label), contents, usage })
        };
        let sketched = plan.figures.iter().filter(|figure| figure.sketched).count();
        let sketch_words = sketched * SKETCH_BINS as usize;
        let count_words = sketch_words + plan.times.len() * plan.sizes.periods as usize;
        Session {
            plan,
            layout,
            simulate,
            classify,
            reduce,
            terms: input("terms", &tables::terms(plan)),
            rows: input("rows", &tables::rows(plan, layout.is_flat())),
            figure_terms: input("figure terms", bytemuck::cast_slice(&tables::figure_terms(plan))),
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
    pub fn new(context: &Context, sessions: &[Session], settings: Settings, supply: Supply, paths: usize) -> Self {
        let (device, clock) = (&context.device, Clock::new(context));
        let blocks = paths / BLOCK;
        let most = |of: &dyn Fn(&Plan) -> usize| sessions.iter().map(|session| of(session.plan)).max().unwrap_or(0);
        let chunk = buffer(device, "chunk", tables::CHUNK_BYTES, BufferUsages::UNIFORM | BufferUsages::COPY_DST);
        let figures = storage(device, "figures", most(&|plan| plan.sizes.slots()) * paths * 4);
        let times = storage(device, "times", most(&|plan| plan.sizes.times()) * paths * 4);
        let valid = storage(device, "valid", paths * 4);
        let (feed, trajectories) = feed(context, sessions, settings, supply, &chunk, paths);
        let member = |session: &Session| {
            let (totals, faults) = block_bytes(session.plan, blocks);
            let (totals, faults) = (storage(device, "totals", totals), storage(device, "faults", faults));
            let (counts, terms) = (&session.counts, &session.figure_terms);
            let mut simulated = vec![(0, &session.terms), (1, &session.rows), (2, &chunk), (3, &figures), (4, &times)];
            simulated.extend(trajectories.iter().flat_map(|[factors, states]| [(5, factors), (6, states)]));
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
        let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
        let readback = buffer(device, "readback", home + clock.bytes(), usage);
        Slot { paths, chunk, figures, times, feed, members, readback, clock }
    }
}

/// Whence the plans of a group have their factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supply {
    /// The simulation draws them.
    Simulation,
    /// The host samples or reads them.
    Host,
    /// The device samples them once for all.
    Device,
}

impl Supply {
    /// Of which kind the simulation is.
    pub fn sampling(self) -> Sampling {
        if self == Supply::Simulation { Sampling::Device } else { Sampling::Host }
    }
}

/// What feeds a chunk, and where trajectories lie that come before the simulation.
fn feed(
    context: &Context,
    sessions: &[Session],
    settings: Settings,
    supply: Supply,
    chunk: &Buffer,
    paths: usize,
) -> (Feed, Option<[Buffer; 2]>) {
    let (device, first) = (&context.device, &sessions[0]);
    let sizes = &first.plan.sizes;
    let periods = sizes.periods as usize;
    let watched = sessions.iter().any(|session| session.plan.watches_chain());
    let factor_words = (periods + 1) * sizes.factors * paths;
    let state_words = if watched { periods.div_ceil(4) * paths } else { 0 };
    match supply {
        Supply::Simulation => (Feed::Simulation, None),
        Supply::Host => {
            let factors = Upload::new(device, "trajectories", factor_words);
            let states = Upload::new(device, "state trajectories", state_words);
            let buffers = [factors.buffer.clone(), states.buffer.clone()];
            (Feed::Host { factors, states }, Some(buffers))
        }
        Supply::Device => {
            let factors = storage(device, "trajectories", factor_words.max(1) * 4);
            let states = storage(device, "state trajectories", state_words.max(1) * 4);
            let sample = context.kernels.sampler(device, first.plan, settings, first.layout, watched);
            let bound = [(0, &first.terms), (1, &first.rows), (2, chunk), (5, &factors), (6, &states)];
            (Feed::Device { group: group(device, &sample, &bound), sample }, Some([factors, states]))
        }
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

fn buffer(device: &Device, label: &str, size: usize, usage: BufferUsages) -> Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size: size as u64,
        usage,
        mapped_at_creation: false,
    })
}

fn storage(device: &Device, label: &str, size: usize) -> Buffer {
    buffer(device, label, size, BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST)
}

fn group(device: &Device, pipeline: &ComputePipeline, buffers: &[(u32, &Buffer)]) -> BindGroup {
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
