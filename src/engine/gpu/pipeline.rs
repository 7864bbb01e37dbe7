//! Pipelines and buffers of a plan on a device.

use wgpu::util::DeviceExt;
use wgpu::{BindGroup, Buffer, BufferUsages, ComputePipeline, Device, Queue};

use super::{source, tables};
use crate::engine::BLOCK;
use crate::engine::cpu::Sampling;
use crate::formula::single::{BlockFaults, BlockTotals, SKETCH_BINS};
use crate::plan::Plan;

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
    /// Number of words in `counts`.
    pub count_words: usize,
    /// Words of `counts` before those of the times.
    pub sketch_words: usize,
}

/// The buffers of a chunk in flight.
pub struct Slot {
    pub chunk: Buffer,
    pub figures: Buffer,
    pub times: Buffer,
    pub trajectories: Option<(Buffer, Buffer)>,
    pub totals: Buffer,
    pub faults: Buffer,
    pub readback: Buffer,
    pub simulate_group: BindGroup,
    pub classify_group: BindGroup,
    pub reduce_group: BindGroup,
}

/// How a device's kernels are made and fed.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub sampling: Sampling,
    /// Whether kernels check their indices; ours need not.
    pub checked: bool,
}

impl Session {
    /// Compiles the kernels for a plan and uploads its tables.
    pub fn new(device: &Device, plan: &Plan, settings: Settings) -> Self {
        let simulate = module(device, "simulate", source::simulate(plan, settings.sampling), settings.checked);
        let reduce = module(device, "reduce", source::reduce(plan), settings.checked);
        let input = |label, contents: &[u8]| {
            let usage = BufferUsages::STORAGE;
            device.create_buffer_init(&wgpu::util::BufferInitDescriptor { label: Some(label), contents, usage })
        };
        let sketched = plan.figures.iter().filter(|figure| figure.sketched).count();
        let sketch_words = sketched * SKETCH_BINS as usize;
        let count_words = sketch_words + plan.times.len() * plan.sizes.periods as usize;
        Session {
            simulate: pipeline(device, &simulate, "simulate"),
            classify: pipeline(device, &reduce, "classify"),
            reduce: pipeline(device, &reduce, "reduce"),
            terms: input("terms", &tables::terms(plan)),
            rows: input("rows", &tables::rows(plan)),
            figure_terms: input("figure terms", bytemuck::cast_slice(&tables::figure_terms(plan))),
            counts: storage(device, "counts", count_words.max(1) * 4),
            count_words,
            sketch_words,
        }
    }
}

impl Slot {
    /// Buffers for chunks of up to `paths` paths.
    pub fn new(device: &Device, session: &Session, plan: &Plan, sampling: Sampling, paths: usize) -> Self {
        let sizes = &plan.sizes;
        let blocks = paths / BLOCK;
        let chunk = buffer(device, "chunk", tables::CHUNK_BYTES, BufferUsages::UNIFORM | BufferUsages::COPY_DST);
        let figures = storage(device, "figures", sizes.slots() * paths * 4);
        let times = storage(device, "times", sizes.times() * paths * 4);
        let valid = storage(device, "valid", paths * 4);
        let faults = storage(device, "faults", blocks * size_of::<BlockFaults>());
        let totals = storage(device, "totals", blocks * plan.figures.len() * size_of::<BlockTotals>());
        let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
        let readback = buffer(device, "readback", blocks * tables::block_bytes(plan), usage);
        let trajectories = (sampling == Sampling::Host).then(|| {
            let periods = sizes.periods as usize;
            let states = if sizes.states > 1 { periods * paths } else { 1 };
            (
                storage(device, "trajectories", periods * sizes.factors * paths * 4),
                storage(device, "state trajectories", states * 4),
            )
        });
        let mut simulated = vec![(0, &session.terms), (1, &session.rows), (2, &chunk), (3, &figures), (4, &times)];
        if let Some((factors, states)) = &trajectories {
            simulated.extend([(5, factors), (6, states)]);
        }
        let counts = &session.counts;
        let terms = &session.figure_terms;
        let classified = [(0, &chunk), (1, terms), (2, &figures), (3, &times), (4, &valid), (5, &faults), (7, counts)];
        let reduced = [(0, &chunk), (1, terms), (2, &figures), (4, &valid), (6, &totals), (7, counts)];
        Slot {
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
        }
    }
}

/// The most paths of a chunk that the device's limits allow, in whole blocks.
pub fn most_paths(device: &Device, plan: &Plan, sampling: Sampling) -> usize {
    let limits = device.limits();
    let room = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size) as usize;
    let sizes = &plan.sizes;
    let sampled = if sampling == Sampling::Host { sizes.periods as usize * sizes.factors } else { 0 };
    let words = sizes.slots().max(sizes.times()).max(sampled);
    let by_bytes = room / (words * 4);
    let by_groups = (limits.max_compute_workgroups_per_dimension * source::WORKGROUP) as usize;
    by_bytes.min(by_groups) / BLOCK * BLOCK
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

/// Reads a whole buffer back.
pub fn read(device: &Device, queue: &Queue, source: &Buffer, bytes: usize) -> Result<Vec<u8>, wgpu::PollError> {
    let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
    let staging = buffer(device, "staging", bytes, usage);
    let mut encoder = device.create_command_encoder(&Default::default());
    encoder.copy_buffer_to_buffer(source, 0, &staging, 0, bytes as u64);
    queue.submit([encoder.finish()]);
    staging.map_async(wgpu::MapMode::Read, .., |_| {});
    device.poll(wgpu::PollType::wait_indefinitely())?;
    Ok(staging.get_mapped_range(..).map(|view| view.to_vec()).unwrap_or_default())
}
