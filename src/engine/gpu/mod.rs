//! The GPU engine: kernels on any Vulkan, Metal or DirectX 12 adapter through wgpu.
//!
//! Paths go through the device in chunks: simulated (or fed with trajectories that the host sampled), classified, reduced
//! by blocks. Only the blocks' sums come back for each chunk, and the integer counts at the end. Two chunks are in
//! flight, so that the host samples, and adds up, while the device computes.

pub mod adapter;
mod flat;
mod pipeline;
pub mod source;
mod tables;
mod unroll;

use std::cell::RefCell;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ndarray::{ArrayViewMut2, ArrayViewMut3};
use wgpu::{Device, Queue, SubmissionIndex};

use super::cpu::{CpuEngine, Precision, Sampling};
use super::{BLOCK, Draws, Engine, EngineError, Instructions, PathValues, Progress, empty_tally, single};
use crate::formula::single::{BlockFaults, BlockTotals, ChunkTerms, SKETCH_BINS};
use crate::plan::Plan;
use crate::tally::{BlockSums, Tally};
use pipeline::{Session, Settings, Slot};
pub use tables::table_bytes;

/// How long a submission should take: long enough to amortise its cost, well below any watchdog.
const TARGET: Duration = Duration::from_millis(100);
/// Paths of the first chunk, before anything was measured.
const FIRST_CHUNK: usize = 8192;
/// Paths after which the device's 32-bit counters are emptied.
const DRAIN_AFTER: u64 = 1 << 31;
const IN_FLIGHT: usize = 2;

/// An engine on one adapter.
pub struct GpuEngine {
    device: Device,
    queue: Queue,
    settings: Settings,
    name: String,
    /// Samples trajectories for `Sampling::Host`.
    sampler: CpuEngine,
    /// A fixed number of paths for each chunk instead of what the clock suggests; for tests.
    chunk: Option<usize>,
    faults: Arc<Mutex<Option<String>>>,
}

impl GpuEngine {
    /// Opens the adapter. `threads` sample trajectories where the host does.
    pub fn new(found: &adapter::Found, sampling: Sampling, threads: Option<usize>) -> Result<Self, EngineError> {
        let (device, queue) = adapter::open(&found.adapter)?;
        let faults = Arc::new(Mutex::new(None));
        let record = Arc::clone(&faults);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            record.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).get_or_insert_with(|| error.to_string());
        }));
        let report = &found.report;
        Ok(Self {
            device,
            queue,
            settings: Settings { sampling, checked: false },
            name: format!("{} ({}, {})", report.name, report.backend, report.driver),
            sampler: CpuEngine::new(threads, Instructions::best(), Precision::Single, Sampling::Device)?,
            chunk: None,
            faults,
        })
    }

    /// The same engine with kernels that check their indices.
    pub fn checked(mut self) -> Self {
        self.settings.checked = true;
        self
    }

    /// The same engine with chunks of a fixed number of paths, rounded up to whole blocks.
    pub fn with_chunk(mut self, paths: usize) -> Self {
        self.chunk = Some(paths.next_multiple_of(BLOCK));
        self
    }

    /// The device, for kernels of a test's own.
    pub fn device(&self) -> (&Device, &Queue) {
        (&self.device, &self.queue)
    }

    fn check(&self) -> Result<(), EngineError> {
        let fault = self.faults.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
        match fault {
            None => Ok(()),
            Some(fault) => Err(EngineError {
                message: format!("the device reported an error: {fault}"),
                hint: Some("take --backend cpu, or another adapter".into()),
            }),
        }
    }

    fn wait(&self, submission: Option<SubmissionIndex>) -> Result<(), EngineError> {
        let poll = wgpu::PollType::Wait { submission_index: submission, timeout: None };
        self.device.poll(poll).map_err(|error| EngineError {
            message: format!("the device did not finish its work: {error}"),
            hint: Some("take --backend cpu, or another adapter".into()),
        })?;
        self.check()
    }

    fn session(&self, plan: &Plan) -> Result<Session, EngineError> {
        let session = Session::new(&self.device, plan, self.settings);
        self.check()?;
        Ok(session)
    }

    fn most_paths(&self, plan: &Plan) -> Result<usize, EngineError> {
        match pipeline::most_paths(&self.device, plan, self.settings.sampling) {
            0 => Err(EngineError {
                message: "the adapter has no room for a single block of paths".into(),
                hint: Some("take --backend cpu, or another adapter".into()),
            }),
            most => Ok(most),
        }
    }

    /// Feeds the slot with what the chunk needs, and submits its kernels; the block sums are on their way back.
    fn submit(&self, run: &Run, slot: &Slot, chunk: Range<u64>) -> Result<SubmissionIndex, EngineError> {
        let plan = run.plan;
        let count = (chunk.end - chunk.start) as usize;
        let stride = count.next_multiple_of(BLOCK);
        let terms = ChunkTerms {
            seed_low: run.draws.seed as u32,
            seed_high: (run.draws.seed >> 32) as u32,
            replicate: run.draws.replicate,
            first_low: chunk.start as u32,
            first_high: (chunk.start >> 32) as u32,
            count: count as u32,
            stride: stride as u32,
            periods: plan.sizes.periods,
        };
        self.queue.write_buffer(&slot.chunk, 0, bytemuck::bytes_of(&terms));
        let blocks = (stride / BLOCK) as u32;
        let mut encoder = self.device.create_command_encoder(&Default::default());
        if let Some(trajectories) = &slot.trajectories {
            let mut samples = run.samples.borrow_mut();
            self.sample(run, chunk.start, stride, &mut samples);
            let written = trajectories.factors.write(&samples.factors, &mut encoder);
            written.and(trajectories.states.write(&samples.states, &mut encoder)).map_err(inaccessible)?;
        }
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&run.session.simulate);
            pass.set_bind_group(0, &slot.simulate_group, &[]);
            pass.dispatch_workgroups((stride as u32).div_ceil(source::WORKGROUP), 1, 1);
            pass.set_pipeline(&run.session.classify);
            pass.set_bind_group(0, &slot.classify_group, &[]);
            pass.dispatch_workgroups(blocks, 1, 1);
            pass.set_pipeline(&run.session.reduce);
            pass.set_bind_group(0, &slot.reduce_group, &[]);
            pass.dispatch_workgroups(blocks.div_ceil(source::BLOCKS_REDUCED), plan.figures.len() as u32, 1);
        }
        let totals = u64::from(blocks) * (plan.figures.len() * size_of::<BlockTotals>()) as u64;
        let faults = u64::from(blocks) * size_of::<BlockFaults>() as u64;
        encoder.copy_buffer_to_buffer(&slot.totals, 0, &slot.readback, 0, totals);
        encoder.copy_buffer_to_buffer(&slot.faults, 0, &slot.readback, totals, faults);
        let submission = self.queue.submit([encoder.finish()]);
        slot.readback.map_async(wgpu::MapMode::Read, ..totals + faults, |_| {});
        if let Some(trajectories) = &slot.trajectories {
            trajectories.factors.reopen();
            trajectories.states.reopen();
        }
        Ok(submission)
    }

    /// Samples trajectories of whole blocks on the host.
    fn sample(&self, run: &Run, first: u64, paths: usize, samples: &mut Samples) {
        let sizes = &run.plan.sizes;
        let periods = sizes.periods as usize;
        let state_rows = if sizes.states > 1 { periods } else { 0 };
        samples.factors.resize(periods * sizes.factors * paths, 0.0);
        samples.states.resize(state_rows * paths, 0);
        let factors = (periods, sizes.factors, paths);
        let mut factors = ArrayViewMut3::from_shape(factors, &mut samples.factors).expect("sized above");
        let mut states = ArrayViewMut2::from_shape((state_rows, paths), &mut samples.states).expect("sized above");
        single::lanes::sample(&self.sampler, run.plan, run.draws, first, &mut factors, &mut states);
    }

    /// Adds a finished chunk's block sums to the tally.
    fn collect(&self, run: &Run, slot: &Slot, chunk: Range<u64>, tally: &mut Tally) -> Result<(), EngineError> {
        let blocks = ((chunk.end - chunk.start) as usize).div_ceil(BLOCK);
        let figures = run.plan.figures.len();
        let totals_end = blocks * figures * size_of::<BlockTotals>();
        let end = totals_end + blocks * size_of::<BlockFaults>();
        let view = slot.readback.get_mapped_range(..end as u64).map_err(inaccessible)?;
        let totals: &[BlockTotals] = bytemuck::cast_slice(&view[..totals_end]);
        let faults: &[BlockFaults] = bytemuck::cast_slice(&view[totals_end..end]);
        for (block, row) in totals.chunks_exact(figures.max(1)).enumerate() {
            for (figure, totals) in tally.figures.iter_mut().zip(row) {
                figure.add_block(&block_sums(totals));
            }
            let fault = &faults[block];
            if fault.count > 0 {
                let first = chunk.start + (block * BLOCK) as u64 + u64::from(fault.first);
                tally.invalid.count += u64::from(fault.count);
                tally.invalid.first = Some(tally.invalid.first.map_or(first, |known| known.min(first)));
            }
        }
        drop(view);
        slot.readback.unmap();
        tally.paths += chunk.end - chunk.start;
        Ok(())
    }

    /// Adds the device's counters to the tally and sets them back.
    fn drain(&self, run: &Run, tally: &mut Tally) -> Result<(), EngineError> {
        let session = run.session;
        if session.count_words == 0 {
            return Ok(());
        }
        let bytes = pipeline::read(&self.device, &self.queue, &session.counts, session.count_words * 4);
        let bytes = bytes.map_err(inaccessible)?;
        self.check()?;
        let words: &[u32] = bytemuck::cast_slice(&bytes);
        let (sketches, times) = words.split_at(session.sketch_words);
        let sketched = tally.figures.iter_mut().filter_map(|figure| figure.sketch.as_mut());
        for (sketch, bins) in sketched.zip(sketches.chunks_exact(SKETCH_BINS as usize)) {
            for (bin, &count) in (0..).zip(bins) {
                if count > 0 {
                    sketch.add(bin, u64::from(count));
                }
            }
        }
        for (time, periods) in tally.times.iter_mut().zip(times.chunks_exact(run.plan.sizes.periods as usize)) {
            for (period, &count) in (1..).zip(periods) {
                time.add(period, u64::from(count));
            }
        }
        let mut encoder = self.device.create_command_encoder(&Default::default());
        encoder.clear_buffer(&session.counts, 0, None);
        self.queue.submit([encoder.finish()]);
        Ok(())
    }
}

/// What stays the same during a run.
struct Run<'a> {
    plan: &'a Plan,
    draws: Draws,
    session: &'a Session,
    samples: RefCell<Samples>,
}

/// Room for trajectories sampled on the host: factors, [period, factor, path], and the chain's states, [period, path].
#[derive(Default)]
struct Samples {
    factors: Vec<f32>,
    states: Vec<u32>,
}

fn inaccessible(error: impl std::fmt::Display) -> EngineError {
    EngineError {
        message: format!("the device's memory could not be read or written: {error}"),
        hint: Some("take --backend cpu, or another adapter".into()),
    }
}

fn block_sums(totals: &BlockTotals) -> BlockSums {
    BlockSums {
        count: totals.count,
        at_min: totals.at_min,
        at_max: totals.at_max,
        powers: [totals.power1, totals.power2, totals.power3, totals.power4].map(f64::from),
        min: f64::from(totals.lowest),
        max: f64::from(totals.highest),
    }
}

/// The next chunk's paths: as many as should take `TARGET`, at most twice or half as many as before, in whole blocks.
fn adapted(paths: usize, took: Duration, most: usize) -> usize {
    let ratio = (TARGET.as_secs_f64() / took.as_secs_f64().max(1e-6)).clamp(0.5, 2.0);
    ((paths as f64 * ratio) as usize / BLOCK * BLOCK).clamp(BLOCK, most)
}

impl Engine for GpuEngine {
    fn description(&self) -> String {
        self.name.clone()
    }

    fn tally(&self, plan: &Plan, draws: Draws, paths: Range<u64>, progress: &Progress) -> Result<Tally, EngineError> {
        let session = self.session(plan)?;
        let run = Run { plan, draws, session: &session, samples: RefCell::default() };
        let most = self.most_paths(plan)?.min(((paths.end - paths.start) as usize).next_multiple_of(BLOCK));
        let most = self.chunk.map_or(most, |fixed| fixed.min(most));
        let mut tally = empty_tally(plan);
        let mut size = self.chunk.unwrap_or(FIRST_CHUNK).min(most);
        let slot = |paths| Slot::new(&self.device, &session, plan, self.settings.sampling, paths);
        let mut slots: Vec<Slot> = (0..IN_FLIGHT).map(|_| slot(size)).collect();
        self.check()?;
        let mut next = paths.start;
        let mut flying = std::collections::VecDeque::new();
        let (mut undrained, mut freed, mut finished) = (0, 0, Instant::now());
        while next < paths.end || !flying.is_empty() {
            if next < paths.end && flying.len() < IN_FLIGHT && undrained < DRAIN_AFTER {
                let chunk = next..(next + size as u64).min(paths.end);
                next = chunk.end;
                if flying.is_empty() {
                    finished = Instant::now();
                }
                let free = &mut slots[freed % IN_FLIGHT];
                if free.paths < size {
                    *free = slot(size.next_power_of_two().min(most));
                    self.check()?;
                }
                let submission = self.submit(&run, free, chunk.clone())?;
                flying.push_back((freed, chunk, submission));
                freed += 1;
                continue;
            }
            let Some((slot, chunk, submission)) = flying.pop_front() else { break };
            self.wait(Some(submission))?;
            let count = chunk.end - chunk.start;
            if self.chunk.is_none() && count as usize == size {
                size = adapted(size, finished.elapsed(), most);
            }
            finished = Instant::now();
            self.collect(&run, &slots[slot % IN_FLIGHT], chunk, &mut tally)?;
            undrained += count;
            if undrained >= DRAIN_AFTER && flying.is_empty() {
                self.drain(&run, &mut tally)?;
                undrained = 0;
            }
            if !progress(count) {
                break;
            }
        }
        self.wait(None)?;
        self.drain(&run, &mut tally)?;
        Ok(tally)
    }

    fn values(&self, plan: &Plan, draws: Draws, paths: Range<u64>) -> Result<PathValues, EngineError> {
        let session = self.session(plan)?;
        let run = Run { plan, draws, session: &session, samples: RefCell::default() };
        let count = (paths.end - paths.start) as usize;
        let most = self.most_paths(plan)?.min(count.next_multiple_of(BLOCK));
        let slot = Slot::new(&self.device, &session, plan, self.settings.sampling, most);
        let mut out = PathValues::new(&plan.sizes, count);
        for place in (0..count).step_by(most) {
            let kept = most.min(count - place);
            let stride = kept.next_multiple_of(BLOCK);
            let first = paths.start + place as u64;
            let submission = self.submit(&run, &slot, first..first + kept as u64)?;
            self.wait(Some(submission))?;
            slot.readback.unmap();
            let figures = plan.sizes.slots() * stride * 4;
            let figures = pipeline::read(&self.device, &self.queue, &slot.figures, figures).map_err(inaccessible)?;
            let times = plan.sizes.times() * stride * 4;
            let times = pipeline::read(&self.device, &self.queue, &slot.times, times).map_err(inaccessible)?;
            let figures: &[f32] = bytemuck::cast_slice(&figures);
            let times: &[u32] = bytemuck::cast_slice(&times);
            for (row, from) in out.figures.chunks_mut(count).zip(figures.chunks(stride)) {
                row[place..place + kept].iter_mut().zip(from).for_each(|(x, &b)| *x = f64::from(b));
            }
            for (row, from) in out.times.chunks_mut(count).zip(times.chunks(stride)) {
                row[place..place + kept].copy_from_slice(&from[..kept]);
            }
        }
        self.check()?;
        Ok(out)
    }
}
