//! Whence a chunk's factors come, and how a submission begins and ends.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::time::Instant;

use ndarray::{ArrayViewMut2, ArrayViewMut3};
use wgpu::{BindGroup, Buffer, BufferUsages, CommandEncoder, Device, MapRangeError, SubmissionIndex};

use super::tables::Tables;
use crate::engine::contract::{BLOCK, Draws, Group, Sampling, Stages};
use crate::engine::gpu::device::buffers::{dispatch, group, groups_of_paths, input, storage};
use crate::engine::gpu::device::clock::{Clock, Mark};
use crate::engine::gpu::device::context::{Context, Fault, Injected};
use crate::engine::gpu::engine::GpuEngine;
use crate::engine::gpu::kernel::pipeline::Kernel;
use crate::engine::gpu::kernel::points;
use crate::engine::single;
use crate::formula::single::ChunkTerms;
use crate::plan::Plan;

/// Room for a chunk's trajectories where the host samples them. It is taken five times: once where they are sampled, and
/// for each of two chunks in flight in staging and on the device. A software driver is faster with less, which stays
/// in caches; hardware needs enough of it to outweigh a submission.
pub const TRAJECTORY_BYTES: usize = 16 << 20;

/// Whence the plans of a group have their factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorSource {
    /// The kernel that simulates draws them.
    Kernel,
    /// The host samples or reads them.
    Host,
    /// The device samples them once for all.
    Device,
}

impl FactorSource {
    /// Of which kind the simulation is.
    pub fn sampling(self) -> Sampling {
        if self == FactorSource::Kernel { Sampling::Device } else { Sampling::Host }
    }
}

/// Where a chunk's factors come from.
pub enum FactorBuffers {
    /// Drawn by the simulation itself.
    Kernel,
    /// Sampled on the host: factors, [period 0…n, factor, path], then states where an event watches them, [four periods,
    /// path], a byte for each period.
    Host { factors: Upload, states: Upload },
    /// Sampled on the device before, to the same places.
    Device { sample: Kernel, group: BindGroup },
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

impl FactorBuffers {
    /// What feeds chunks of up to `paths` paths of plans, of which the first has its tables here, and where trajectories
    /// lie that come before the simulation.
    pub fn new(submitter: &Submitter, tables: &Tables, chunk: &Buffer, paths: usize) -> (Self, Option<[Buffer; 2]>) {
        let (device, plan) = (&submitter.context.device, submitter.plans[0]);
        let periods = plan.sizes.periods as usize;
        let watched = submitter.chain_watched();
        let factor_words = (periods + 1) * plan.sizes.factors * paths;
        let state_rows = if watched { periods.div_ceil(4) } else { 0 };
        let state_words = (plan.structure.counts.clause_words as usize + state_rows) * paths;
        match submitter.source {
            FactorSource::Kernel => (FactorBuffers::Kernel, None),
            FactorSource::Host => {
                let factors = Upload::new(device, "trajectories", factor_words);
                let states = Upload::new(device, "state trajectories", state_words);
                let buffers = [factors.buffer.clone(), states.buffer.clone()];
                (FactorBuffers::Host { factors, states }, Some(buffers))
            }
            FactorSource::Device => {
                let factors = storage(device, "trajectories", factor_words.max(1) * 4);
                let states = storage(device, "state trajectories", state_words.max(1) * 4);
                let (kernels, settings) = (&submitter.context.kernels, submitter.engine.settings);
                let sample = kernels.sampler(device, plan, settings, tables.layout, watched);
                let mut bound = vec![(0, &tables.terms), (1, &tables.rows), (2, chunk), (5, &factors), (6, &states)];
                let points = plan.points.as_ref().map(|points| {
                    let table = points::table(points, submitter.draws);
                    let jump_words = periods * points.jumps.len() * paths;
                    let jumps = storage(device, "jump trajectories", jump_words.max(1) * 4);
                    (input(device, "points", bytemuck::cast_slice(&table)), jumps)
                });
                bound.extend(points.iter().flat_map(|(table, jumps)| [(7, table), (8, jumps)]));
                (FactorBuffers::Device { group: group(device, &sample, &bound), sample }, Some([factors, states]))
            }
        }
    }
}

/// Room for trajectories on the host: factors, [period 0…n, factor, path], the chain's states, [period 1…n, path], and what goes to the
/// device beside the factors: states four to a word.
#[derive(Default)]
struct Samples {
    factors: Vec<f32>,
    states: Vec<u32>,
    /// Words of clauses of quasi-random paths, [word, path], and behind them states, where an event watches them.
    packed: Vec<u32>,
}

/// What the submissions of a run have in common: whose paths they compute, and by which draws.
pub struct Submitter<'a> {
    pub engine: &'a GpuEngine,
    pub context: &'a Context,
    pub source: FactorSource,
    /// Of a group.
    pub plans: Vec<&'a Plan>,
    draws: Draws,
    /// Faults by number of the submission, which counts on from device to device; for tests.
    injected: &'a [(u64, Injected)],
    submissions: &'a Cell<u64>,
    samples: RefCell<Samples>,
}

impl<'a> Submitter<'a> {
    /// For the plans of a group.
    pub fn new(
        engine: &'a GpuEngine,
        group: &Group<'a>,
        context: &'a Context,
        injected: &'a [(u64, Injected)],
        submissions: &'a Cell<u64>,
    ) -> Self {
        // a quasi-random path needs all its normals before its first period
        let ahead = group.shared || group.plans.iter().any(|plan| plan.points.is_some());
        let source = match (engine.settings.sampling, ahead) {
            (Sampling::Host, _) => FactorSource::Host,
            (Sampling::Device, true) => FactorSource::Device,
            (Sampling::Device, false) => FactorSource::Kernel,
        };
        let (plans, draws, samples) = (group.plans.to_vec(), group.draws, RefCell::default());
        Submitter { engine, context, source, plans, draws, injected, submissions, samples }
    }

    fn chain_watched(&self) -> bool {
        self.plans.iter().any(|plan| plan.watches_chain())
    }

    /// Begins a submission: tells the device of its paths, and has their trajectories there.
    pub fn begin(
        &self,
        terms: &Buffer,
        factor_buffers: &FactorBuffers,
        clock: Option<&Clock>,
        chunk: &Range<u64>,
        stages: &mut Stages,
    ) -> Result<CommandEncoder, Fault> {
        let number = self.submissions.replace(self.submissions.get() + 1);
        self.injected.iter().filter(|(at, _)| *at == number).for_each(|(_, fault)| self.context.inject(*fault));
        self.context.check()?;
        let Context { device, queue, .. } = self.context;
        let stride = stride(chunk);
        queue.write_buffer(terms, 0, bytemuck::bytes_of(&self.chunk_terms(chunk)));
        let mut encoder = device.create_command_encoder(&Default::default());
        let mark = |encoder: &mut CommandEncoder, mark| clock.iter().for_each(|clock| clock.mark(encoder, mark));
        mark(&mut encoder, Mark::Started);
        if let FactorBuffers::Host { factors, states } = factor_buffers {
            let mut samples = self.samples.borrow_mut();
            let started = Instant::now();
            self.sample(chunk.start, stride, &mut samples)?;
            stages.sampling += started.elapsed().as_secs_f64();
            let started = Instant::now();
            let written = factors.write(&samples.factors, &mut encoder);
            let written = written.and(states.write(&samples.packed, &mut encoder));
            written.map_err(|error| self.context.inaccessible(error))?;
            stages.upload += started.elapsed().as_secs_f64();
        }
        mark(&mut encoder, Mark::Uploaded);
        if let FactorBuffers::Device { sample, group } = factor_buffers {
            dispatch(&mut encoder, sample, group, (groups_of_paths(stride), 1));
        }
        Ok(encoder)
    }

    fn chunk_terms(&self, chunk: &Range<u64>) -> ChunkTerms {
        ChunkTerms {
            seed_low: self.draws.seed as u32,
            seed_high: (self.draws.seed >> 32) as u32,
            replicate: self.draws.replicate,
            first_low: chunk.start as u32,
            first_high: (chunk.start >> 32) as u32,
            count: (chunk.end - chunk.start) as u32,
            stride: stride(chunk) as u32,
            periods: self.plans[0].sizes.periods,
        }
    }

    /// Submits what was recorded; the first bytes of `readback` are then on their way to the host.
    pub fn submit(
        &self,
        encoder: CommandEncoder,
        factor_buffers: &FactorBuffers,
        readback: &Buffer,
        bytes: u64,
    ) -> SubmissionIndex {
        let submission = self.context.queue.submit([encoder.finish()]);
        readback.map_async(wgpu::MapMode::Read, ..bytes, |_| {});
        if let FactorBuffers::Host { factors, states } = factor_buffers {
            factors.reopen();
            states.reopen();
        }
        submission
    }

    /// Samples trajectories of whole blocks on the host, or takes those that are given.
    fn sample(&self, first: u64, paths: usize, samples: &mut Samples) -> Result<(), Fault> {
        let plan = self.plans[0];
        let sizes = &plan.sizes;
        let periods = sizes.periods as usize;
        let state_rows = if sizes.states > 1 { periods } else { 0 };
        samples.factors.resize((periods + 1) * sizes.factors * paths, 0.0);
        samples.states.resize(state_rows * paths, 0);
        let factors = (periods + 1, sizes.factors, paths);
        let mut factors = ArrayViewMut3::from_shape(factors, &mut samples.factors).expect("sized above");
        let mut states = ArrayViewMut2::from_shape((state_rows, paths), &mut samples.states).expect("sized above");
        if let Some(given) = self.engine.cpu.given() {
            given.fill(first, &mut factors, &mut states).map_err(Fault::Input)?;
        } else {
            self.engine.cpu.sample(plan, self.draws, first, &mut factors, &mut states);
        }
        samples.packed.resize(plan.structure.counts.clause_words as usize * paths, 0);
        single::lanes::clause_words(&self.engine.cpu, plan, self.draws, first, &mut samples.packed);
        if self.chain_watched() {
            pack(&samples.states, paths, &mut samples.packed);
        }
        Ok(())
    }
}

/// Paths that are computed for a chunk: whole blocks.
pub fn stride(chunk: &Range<u64>) -> usize {
    ((chunk.end - chunk.start) as usize).next_multiple_of(BLOCK)
}

/// Appends states of so many paths, [period, path], four periods to a word, the first the lowest byte.
fn pack(states: &[u32], paths: usize, packed: &mut Vec<u32>) {
    for four in states.chunks(4 * paths) {
        let (first, later) = four.split_at(paths);
        let start = packed.len();
        packed.extend_from_slice(first);
        for (row, shift) in later.chunks(paths).zip([8, 16, 24]) {
            packed[start..].iter_mut().zip(row).for_each(|(word, &state)| *word |= state << shift);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_packed_by_four_periods() {
        let states = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        let mut packed = vec![99];
        pack(&states, 2, &mut packed);
        assert_eq!(packed, [99, 0x0705_0301, 0x0806_0402, 9, 10]);
    }
}
