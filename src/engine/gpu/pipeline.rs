//! Pipelines and buffers of a plan on a device.

use wgpu::util::DeviceExt;
use wgpu::{BindGroup, Buffer, BufferUsages, CommandEncoder, ComputePipeline, Device, MapRangeError};

use super::clock::Clock;
use super::context::{Context, Fault};
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

/// What all chunks of a run share.
pub struct Session {
    pub simulate: ComputePipeline,
    pub classify: ComputePipeline,
    pub reduce: ComputePipeline,
    pub terms: Buffer,
    pub rows: Buffer,
    pub figure_terms: Buffer,
    /// The sketches' bins by figure, then paths by time and period.
    pub counts: Buffer,
    /// Where they are read; one for all times, since drivers are slow to give memory back.
    pub count_readback: Buffer,
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
    pub figures: Buffer,
    pub times: Buffer,
    pub trajectories: Option<Trajectories>,
    pub totals: Buffer,
    pub faults: Buffer,
    pub readback: Buffer,
    pub clock: Clock,
    pub simulate_group: BindGroup,
    pub classify_group: BindGroup,
    pub reduce_group: BindGroup,
}

/// Where a chunk's trajectories go that come from the host: factors, [period 0…n, factor, path], then states where an
/// event watches them, [four periods, path], a byte for each period.
pub struct Trajectories {
    pub factors: Upload,
    pub states: Upload,
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

/// How a device's kernels are made and fed.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub sampling: Sampling,
    /// Whether kernels check their indices; ours need not.
    pub checked: bool,
    /// Whether loops stay loops whatever the plan's size; for tests.
    pub nested: bool,
}

impl Session {
    /// Compiles the kernels for a plan and uploads its tables.
    pub fn new(device: &Device, plan: &Plan, settings: Settings) -> Self {
        let uniform_room = device.limits().max_uniform_buffer_binding_size as usize;
        let (layout, simulate) = if settings.nested {
            (Layout::Nested, source::simulate(plan, settings.sampling, Layout::Nested))
        } else {
            source::compose(plan, settings.sampling, uniform_room)
        };
        let (terms, rows) = (tables::terms(plan), tables::rows(plan, layout.is_flat()));
        let simulate = module(device, "simulate", simulate, settings.checked);
        let reduce = module(device, "reduce", source::reduce(plan), settings.checked);
        let input = |label, contents: &[u8]| {
            let usage = BufferUsages::STORAGE | BufferUsages::UNIFORM;
            device.create_buffer_init(&wgpu::util::BufferInitDescriptor { label: Some(label), contents, usage })
        };
        let sketched = plan.figures.iter().filter(|figure| figure.sketched).count();
        let sketch_words = sketched * SKETCH_BINS as usize;
        let count_words = sketch_words + plan.times.len() * plan.sizes.periods as usize;
        Session {
            simulate: pipeline(device, &simulate, "simulate"),
            classify: pipeline(device, &reduce, "classify"),
            reduce: pipeline(device, &reduce, "reduce"),
            terms: input("terms", &terms),
            rows: input("rows", &rows),
            figure_terms: input("figure terms", bytemuck::cast_slice(&tables::figure_terms(plan))),
            counts: storage(device, "counts", count_words.max(1) * 4),
            count_readback: buffer(
                device,
                "counts on their way back",
                count_words.max(1) * 4,
                BufferUsages::MAP_READ | BufferUsages::COPY_DST,
            ),
            count_words,
            sketch_words,
        }
    }
}

impl Slot {
    /// Buffers for chunks of up to `paths` paths.
    pub fn new(context: &Context, session: &Session, plan: &Plan, sampling: Sampling, paths: usize) -> Self {
        let (device, clock) = (&context.device, Clock::new(context));
        let sizes = &plan.sizes;
        let blocks = paths / BLOCK;
        let chunk = buffer(device, "chunk", tables::CHUNK_BYTES, BufferUsages::UNIFORM | BufferUsages::COPY_DST);
        let figures = storage(device, "figures", sizes.slots() * paths * 4);
        let times = storage(device, "times", sizes.times() * paths * 4);
        let valid = storage(device, "valid", paths * 4);
        let faults = storage(device, "faults", blocks * size_of::<BlockFaults>());
        let totals = storage(device, "totals", blocks * plan.figures.len() * size_of::<BlockTotals>());
        let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
        let readback = buffer(device, "readback", blocks * tables::block_bytes(plan) + clock.bytes(), usage);
        let trajectories = (sampling == Sampling::Host).then(|| {
            let periods = sizes.periods as usize;
            let states = if plan.watches_chain() { periods.div_ceil(4) * paths } else { 0 };
            Trajectories {
                factors: Upload::new(device, "trajectories", (periods + 1) * sizes.factors * paths),
                states: Upload::new(device, "state trajectories", states),
            }
        });
        let mut simulated = vec![(0, &session.terms), (1, &session.rows), (2, &chunk), (3, &figures), (4, &times)];
        if let Some(Trajectories { factors, states }) = &trajectories {
            simulated.extend([(5, &factors.buffer), (6, &states.buffer)]);
        }
        let counts = &session.counts;
        let terms = &session.figure_terms;
        let classified = [(0, &chunk), (1, terms), (2, &figures), (3, &times), (4, &valid), (5, &faults), (7, counts)];
        let reduced = [(0, &chunk), (1, terms), (2, &figures), (4, &valid), (6, &totals), (7, counts)];
        Slot {
            paths,
            simulate_group: group(device, &session.simulate, &simulated),
            classify_group: group(device, &session.classify, &classified),
            reduce_group: group(device, &session.reduce, &reduced),
            chunk,
            figures,
            times,
            trajectories,
            totals,
            faults,
            readback,
            clock,
        }
    }
}

/// The most paths of a chunk that the device's limits allow, in whole blocks.
pub fn most_paths(device: &Device, plan: &Plan, sampling: Sampling) -> usize {
    let limits = device.limits();
    let room = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size) as usize;
    let sizes = &plan.sizes;
    let by_bytes = room / (sizes.slots().max(sizes.times()) * 4);
    let by_groups = (limits.max_compute_workgroups_per_dimension * source::WORKGROUP) as usize;
    let by_trajectories = match sampling {
        Sampling::Device => usize::MAX,
        Sampling::Host => room.min(TRAJECTORY_BYTES) / ((sizes.periods as usize + 1) * sizes.factors.max(1) * 4),
    };
    by_bytes.min(by_groups).min(by_trajectories.max(BLOCK)) / BLOCK * BLOCK
}

fn module(device: &Device, label: &str, source: String, checked: bool) -> wgpu::ShaderModule {
    let descriptor =
        wgpu::ShaderModuleDescriptor { label: Some(label), source: wgpu::ShaderSource::Wgsl(source.into()) };
    if checked {
        return device.create_shader_module(descriptor);
    }
    // SAFETY: the kernels index only by sizes that the plan's tables were made with, and all loops end by themselves;
    // the tests run them checked as well.
    unsafe { device.create_shader_module_trusted(descriptor, wgpu::ShaderRuntimeChecks::unchecked()) }
}

fn pipeline(device: &Device, module: &wgpu::ShaderModule, entry: &str) -> ComputePipeline {
    device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(entry),
        layout: None,
        module,
        entry_point: Some(entry),
        compilation_options: wgpu::PipelineCompilationOptions {
            zero_initialize_workgroup_memory: false,
            ..Default::default()
        },
        cache: None,
    })
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
