//! A run on a device, chunk by chunk.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

use ndarray::{ArrayViewMut2, ArrayViewMut3};
use wgpu::{BindGroup, Buffer, CommandEncoder, ComputePipeline, SubmissionIndex};

use super::clock::{Clock, Mark};
use super::context::{Context, Fault, Injected, Purpose};
use super::pipeline::{self, Feed, Member, Session, Slot, Supply};
use super::work::{Cursor, Work};
use super::{GpuEngine, source};
use crate::engine::cpu::Sampling;
use crate::engine::{BLOCK, Draws, Group, Progress, Stages, empty_tally, single};
use crate::formula::single::{BlockFaults, BlockTotals, ChunkTerms, SKETCH_BINS};
use crate::plan::Plan;
use crate::tally::{BlockSums, Invalid, Tally};

/// How long a submission should take: long enough to amortise its cost, well below any watchdog.
const TARGET: Duration = Duration::from_millis(100);
/// Paths after which the device's 32-bit counters are emptied, and the time: all since then is lost with the device.
const DRAIN_AFTER: u64 = 1 << 31;
const DRAIN_EVERY: Duration = Duration::from_secs(5);
const IN_FLIGHT: usize = 2;

/// What stays the same during a run on a device.
pub struct Run<'a> {
    pub engine: &'a GpuEngine,
    pub draws: Draws,
    pub context: &'a Context,
    supply: Supply,
    /// By plan of the group
    pub sessions: Vec<Session<'a>>,
    count_readback: (Buffer, usize),
    /// Faults by number of the submission, which counts on from device to device; for tests.
    pub injected: &'a [(u64, Injected)],
    pub submissions: &'a Cell<u64>,
    samples: RefCell<Samples>,
}

/// Room for trajectories on the host: factors, [period 0…n, factor, path], the chain's states, [period 1…n, path], and those
/// as the device takes them, four to a word.
#[derive(Default)]
struct Samples {
    factors: Vec<f32>,
    states: Vec<u32>,
    packed: Vec<u32>,
}

impl<'a> Run<'a> {
    /// Compiles the plans' kernels, as far as they are not known.
    pub fn new(
        engine: &'a GpuEngine,
        group: &'a Group<'a>,
        context: &'a Context,
        injected: &'a [(u64, Injected)],
        submissions: &'a Cell<u64>,
    ) -> Result<Self, Fault> {
        let supply = match (engine.settings.sampling, group.shared) {
            (Sampling::Host, _) => Supply::Host,
            (Sampling::Device, true) => Supply::Device,
            (Sampling::Device, false) => Supply::Simulation,
        };
        let session = |plan: &&'a Plan| Session::new(context, plan, engine.settings, supply.sampling());
        let sessions: Vec<Session> = group.plans.iter().map(session).collect();
        let count_readback = pipeline::count_readback(context, &sessions);
        context.check()?;
        let (draws, samples) = (group.draws, RefCell::default());
        Ok(Run { engine, draws, context, supply, sessions, count_readback, injected, submissions, samples })
    }

    /// Buffers for chunks of so many paths.
    pub fn slot(&self, paths: usize) -> Result<Slot, Fault> {
        let slot = Slot::new(self.context, &self.sessions, self.engine.settings, self.supply, paths);
        self.context.check()?;
        Ok(slot)
    }

    /// The most paths of a chunk of a run of so many.
    pub fn most_paths(&self, paths: u64) -> Result<usize, Fault> {
        let plans: Vec<&Plan> = self.sessions.iter().map(|session| session.plan).collect();
        match pipeline::most_paths(&self.context.device, &plans, self.supply) {
            0 => Err(Fault::Other("it has no room for a single block of paths".into())),
            most => Ok(most.min(usize::try_from(paths).unwrap_or(usize::MAX).next_multiple_of(BLOCK))),
        }
    }

    /// Computes all paths that are not yet safe and those that are still handed out, `longest` of them at once at most, and
    /// adds them to the work's tallies.
    pub fn finish(&self, work: &mut Work, longest: u64, progress: &Progress) -> Result<(), Fault> {
        let most = self.most_paths(longest)?.min(work.most.unwrap_or(usize::MAX));
        let most = self.engine.chunk.map_or(most, |fixed| fixed.min(most));
        work.size = self.engine.chunk.unwrap_or(work.size).min(most);
        // room that will not be outgrown by a little: drivers are slow to give memory back
        let room = if most < 2 * work.size { most } else { work.size };
        let mut slots: Vec<Slot> = (0..IN_FLIGHT).map(|_| self.slot(room)).collect::<Result<_, _>>()?;
        let mut recent = self.empty_tallies();
        let (mut cursor, mut more) = (work.cursor(), true);
        let mut flying = VecDeque::new();
        let (mut freed, mut finished, mut drained) = (0, Instant::now(), Instant::now());
        while more || !flying.is_empty() {
            let due = recent[0].paths >= DRAIN_AFTER || drained.elapsed() >= DRAIN_EVERY;
            if due && flying.is_empty() {
                self.secure(work, &mut cursor, &mut recent)?;
                drained = Instant::now();
            } else if more && !due && flying.len() < IN_FLIGHT {
                let Some(chunk) = work.chunk(&mut cursor) else {
                    more = false;
                    continue;
                };
                if flying.is_empty() {
                    finished = Instant::now();
                }
                let free = &mut slots[freed % IN_FLIGHT];
                if free.paths < work.size {
                    *free = self.slot(work.size.next_power_of_two().min(most))?;
                }
                let submission = self.submit(free, chunk.clone(), &mut work.stages)?;
                flying.push_back((freed, chunk, submission));
                freed += 1;
            } else if let Some((slot, chunk, submission)) = flying.pop_front() {
                self.context.wait(Some(submission))?;
                let count = chunk.end - chunk.start;
                if self.engine.chunk.is_none() && count as usize == work.size {
                    work.size = adapted(work.size, finished.elapsed(), most);
                }
                finished = Instant::now();
                self.collect(&slots[slot % IN_FLIGHT], chunk, &mut recent, &mut work.stages)?;
                let done = work.safe() + recent.iter().map(|tally| tally.paths).sum::<u64>();
                if done > work.told {
                    work.stopped |= !progress(done - work.told);
                    work.told = done;
                }
            }
        }
        self.context.wait(None)?;
        self.secure(work, &mut cursor, &mut recent)?;
        self.keep_buffers();
        Ok(())
    }

    /// Leaves counters, which have come home, to the next run.
    fn keep_buffers(&self) {
        for session in &self.sessions {
            self.context.keep(Purpose::Counting, session.count_words, session.counts.clone());
        }
        let (readback, words) = &self.count_readback;
        self.context.keep(Purpose::Reading, *words, readback.clone());
    }

    fn empty_tallies(&self) -> Vec<Tally> {
        self.sessions.iter().map(|session| empty_tally(session.plan)).collect()
    }

    /// Brings the counters home: what is added to the work's tallies is safe.
    fn secure(&self, work: &mut Work, cursor: &mut Cursor, recent: &mut Vec<Tally>) -> Result<(), Fault> {
        let started = Instant::now();
        for (session, tally) in self.sessions.iter().zip(recent.iter_mut()) {
            self.drain(session, tally)?;
        }
        work.secure(cursor, &std::mem::replace(recent, self.empty_tallies()));
        work.stages.read_back += started.elapsed().as_secs_f64();
        Ok(())
    }

    /// Feeds the slot with what the chunk needs, and submits its kernels; the block sums are on their way back.
    pub fn submit(&self, slot: &Slot, chunk: Range<u64>, stages: &mut Stages) -> Result<SubmissionIndex, Fault> {
        let number = self.submissions.replace(self.submissions.get() + 1);
        self.injected.iter().filter(|(at, _)| *at == number).for_each(|(_, fault)| self.context.inject(*fault));
        self.context.check()?;
        let Context { device, queue, .. } = self.context;
        let count = (chunk.end - chunk.start) as usize;
        let stride = count.next_multiple_of(BLOCK);
        let terms = ChunkTerms {
            seed_low: self.draws.seed as u32,
            seed_high: (self.draws.seed >> 32) as u32,
            replicate: self.draws.replicate,
            first_low: chunk.start as u32,
            first_high: (chunk.start >> 32) as u32,
            count: count as u32,
            stride: stride as u32,
            periods: self.sessions[0].plan.sizes.periods,
        };
        queue.write_buffer(&slot.chunk, 0, bytemuck::bytes_of(&terms));
        let mut encoder = device.create_command_encoder(&Default::default());
        slot.clock.mark(&mut encoder, Mark::Started);
        if let Feed::Host { factors, states } = &slot.feed {
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
        slot.clock.mark(&mut encoder, Mark::Uploaded);
        if let Feed::Device { sample, group } = &slot.feed {
            dispatch(&mut encoder, sample, group, ((stride as u32).div_ceil(source::WORKGROUP), 1));
        }
        let several = slot.members.len() > 1;
        for (session, member) in self.sessions.iter().zip(&slot.members) {
            self.record(session, member, stride, &mut encoder, (!several).then_some(&slot.clock));
        }
        // plan by plan their times could not be told apart: all counts as kernel
        if several {
            slot.clock.mark(&mut encoder, Mark::Simulated);
        }
        slot.clock.mark(&mut encoder, Mark::Reduced);
        let mut end = 0;
        for (session, member) in self.sessions.iter().zip(&slot.members) {
            let (totals, faults) = pipeline::block_bytes(session.plan, stride / BLOCK);
            encoder.copy_buffer_to_buffer(&member.totals, 0, &slot.readback, end, totals as u64);
            encoder.copy_buffer_to_buffer(&member.faults, 0, &slot.readback, end + totals as u64, faults as u64);
            end += (totals + faults) as u64;
        }
        end += slot.clock.bring_home(&mut encoder, &slot.readback, end);
        let submission = queue.submit([encoder.finish()]);
        slot.readback.map_async(wgpu::MapMode::Read, ..end, |_| {});
        if let Feed::Host { factors, states } = &slot.feed {
            factors.reopen();
            states.reopen();
        }
        Ok(submission)
    }

    /// Records the kernels of a plan.
    fn record(
        &self,
        session: &Session,
        member: &Member,
        stride: usize,
        encoder: &mut CommandEncoder,
        clock: Option<&Clock>,
    ) {
        let paths = (stride as u32).div_ceil(source::WORKGROUP);
        let blocks = (stride / BLOCK) as u32;
        dispatch(encoder, &session.simulate, &member.simulate, (paths, 1));
        if let Some(clock) = clock {
            clock.mark(encoder, Mark::Simulated);
        }
        dispatch(encoder, &session.classify, &member.classify, (blocks, 1));
        let reduced = (blocks.div_ceil(source::BLOCKS_REDUCED), session.plan.figures.len() as u32);
        dispatch(encoder, &session.reduce, &member.reduce, reduced);
    }

    /// Samples trajectories of whole blocks on the host, or takes those that are given.
    fn sample(&self, first: u64, paths: usize, samples: &mut Samples) -> Result<(), Fault> {
        let plan = self.sessions[0].plan;
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
            single::lanes::sample(&self.engine.cpu, plan, self.draws, first, &mut factors, &mut states);
        }
        if self.sessions.iter().any(|session| session.plan.watches_chain()) {
            pack(&samples.states, paths, &mut samples.packed);
        }
        Ok(())
    }

    /// Adds a finished chunk's block sums to the tallies.
    fn collect(&self, slot: &Slot, chunk: Range<u64>, tallies: &mut [Tally], stages: &mut Stages) -> Result<(), Fault> {
        let started = Instant::now();
        let blocks = ((chunk.end - chunk.start) as usize).div_ceil(BLOCK);
        let sizes: Vec<_> = self.sessions.iter().map(|session| pipeline::block_bytes(session.plan, blocks)).collect();
        let end: usize = sizes.iter().map(|(totals, faults)| totals + faults).sum();
        let view = slot.readback.get_mapped_range(..(end + slot.clock.bytes()) as u64);
        let view = view.map_err(|error| self.context.inaccessible(error))?;
        slot.clock.read(&view[end..], stages);
        let mut at = 0;
        for ((totals, faults), tally) in sizes.into_iter().zip(tallies) {
            let totals_end = at + totals;
            let faults_end = totals_end + faults;
            add_blocks(&chunk, &view[at..totals_end], &view[totals_end..faults_end], tally);
            at = faults_end;
        }
        drop(view);
        slot.readback.unmap();
        stages.read_back += started.elapsed().as_secs_f64();
        Ok(())
    }

    /// Adds the device's counters to the tally and sets them back.
    fn drain(&self, session: &Session, tally: &mut Tally) -> Result<(), Fault> {
        if session.count_words == 0 {
            return Ok(());
        }
        let Context { device, queue, .. } = self.context;
        let bytes = session.count_words as u64 * 4;
        let mut encoder = device.create_command_encoder(&Default::default());
        let readback = &self.count_readback.0;
        encoder.copy_buffer_to_buffer(&session.counts, 0, readback, 0, bytes);
        encoder.clear_buffer(&session.counts, 0, None);
        let submission = queue.submit([encoder.finish()]);
        readback.map_async(wgpu::MapMode::Read, ..bytes, |_| {});
        self.context.wait(Some(submission))?;
        let view = readback.get_mapped_range(..bytes);
        let view = view.map_err(|error| self.context.inaccessible(error))?;
        let words: &[u32] = bytemuck::cast_slice(&view);
        let (sketches, times) = words.split_at(session.sketch_words);
        let sketched = tally.figures.iter_mut().filter_map(|figure| figure.sketch.as_mut());
        for (sketch, bins) in sketched.zip(sketches.chunks_exact(SKETCH_BINS as usize)) {
            for (bin, &count) in (0..).zip(bins) {
                if count > 0 {
                    sketch.add(bin, u64::from(count));
                }
            }
        }
        for (time, periods) in tally.times.iter_mut().zip(times.chunks_exact(session.plan.sizes.periods as usize)) {
            for (period, &count) in (1..).zip(periods) {
                time.add(period, u64::from(count));
            }
        }
        drop(view);
        readback.unmap();
        Ok(())
    }
}

fn dispatch(encoder: &mut CommandEncoder, kernel: &ComputePipeline, group: &BindGroup, (x, y): (u32, u32)) {
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.set_pipeline(kernel);
    pass.set_bind_group(0, group, &[]);
    pass.dispatch_workgroups(x, y, 1);
}

/// Adds what came back of a chunk for one plan.
fn add_blocks(chunk: &Range<u64>, totals: &[u8], faults: &[u8], tally: &mut Tally) {
    let totals: &[BlockTotals] = bytemuck::cast_slice(totals);
    let faults: &[BlockFaults] = bytemuck::cast_slice(faults);
    for (block, row) in totals.chunks_exact(tally.figures.len().max(1)).enumerate() {
        for (figure, totals) in tally.figures.iter_mut().zip(row) {
            figure.add_block(&block_sums(totals));
        }
        let fault = &faults[block];
        if fault.count > 0 {
            let first = chunk.start + (block * BLOCK) as u64 + u64::from(fault.first);
            tally.invalid.merge(&Invalid { count: u64::from(fault.count), first: Some(first) });
        }
    }
    tally.paths += chunk.end - chunk.start;
}

/// States of so many paths, [period, path], four periods to a word, the first the lowest byte.
fn pack(states: &[u32], paths: usize, packed: &mut Vec<u32>) {
    packed.clear();
    for four in states.chunks(4 * paths) {
        let (first, later) = four.split_at(paths);
        let start = packed.len();
        packed.extend_from_slice(first);
        for (row, shift) in later.chunks(paths).zip([8, 16, 24]) {
            packed[start..].iter_mut().zip(row).for_each(|(word, &state)| *word |= state << shift);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_packed_by_four_periods() {
        let states = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        let mut packed = vec![99];
        pack(&states, 2, &mut packed);
        assert_eq!(packed, [0x0705_0301, 0x0806_0402, 9, 10]);
    }

    /// A device on which a path takes a microsecond, then ten: submissions come to a tenth of a second each time.
    #[test]
    fn submissions_come_to_their_time() {
        let mut size = 8192;
        for microseconds in [1.0, 10.0] {
            let took = |paths: usize| Duration::from_secs_f64(paths as f64 * microseconds * 1e-6);
            for _ in 0..8 {
                size = adapted(size, took(size), 1 << 20);
            }
            assert!((0.05..0.2).contains(&took(size).as_secs_f64()), "{size} paths take {:?}", took(size));
            assert_eq!(size % BLOCK, 0);
        }
        assert_eq!(adapted(BLOCK, Duration::from_secs(9), 1 << 20), BLOCK);
        assert_eq!(adapted(BLOCK, Duration::ZERO, BLOCK), BLOCK);
    }
}
