//! Quantities over time on a device: a chunk's paths go to rows, one for each quantity and date, and a workgroup adds each row
//! up.
//!
//! Chunks are of a size that follows from the device's limits alone, and their sums are added in their order, so that a device
//! gives the same bits every time. Counts stay on the device until the end.

use std::cell::Cell;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use wgpu::{BindGroup, Buffer, Device, SubmissionIndex};

use super::factors::{self, FactorBuffers, Submitter};
use super::session;
use super::tables::Tables;
use crate::engine::contract::{BLOCK, Draws, Engine, EngineError, Group, Progress, Stages};
use crate::engine::gpu::device::buffers::{
    chunk_buffer, dispatch, group, groups_of_paths, input, read, readback, storage,
};
use crate::engine::gpu::device::context::{Context, Fault};
use crate::engine::gpu::engine::GpuEngine;
use crate::engine::gpu::kernel::layout;
use crate::engine::gpu::kernel::pipeline::Kernel;
use crate::formula::single::RowTotals;
use crate::plan::Plan;
use crate::plan::profile::{PROFILE_BINS, Profile};
use crate::tally::{PartSums, ProfileTally};

/// Paths of a chunk at most, and bytes of its rows: more would not be faster.
const MOST_PATHS: usize = 16_384;
const MOST_BYTES: u64 = 64 << 20;
const IN_FLIGHT: usize = 2;

/// Adds up a profile, whatever the device does.
pub fn profile(
    engine: &GpuEngine,
    plan: &Plan,
    profile: &Profile,
    draws: Draws,
    paths: Range<u64>,
    progress: &Progress,
) -> Result<ProfileTally, EngineError> {
    let (group, submissions, told) = (Group::alone(plan, draws), Cell::new(0), Cell::new(0));
    let (mut most, mut lost) = (engine.chunk.unwrap_or(MOST_PATHS).min(MOST_PATHS), false);
    let failed = loop {
        let context = engine.context();
        let submitter = Submitter::new(engine, &group, &context, &engine.injected, &submissions);
        most = most.min(most_paths(&submitter, profile));
        if most == 0 {
            break "the device has too little memory for so many quantities and dates".to_string();
        }
        let session = ProfileSession::new(submitter, profile);
        let fault = match session.and_then(|session| session.add_up(&paths, most, &told, progress)) {
            Ok(tally) => return Ok(tally),
            Err(fault @ (Fault::Other(_) | Fault::Input(_))) => return Err(fault.into()),
            Err(fault) => fault,
        };
        if matches!(fault, Fault::OutOfMemory(_)) && most > BLOCK {
            most = (most / 2).next_multiple_of(BLOCK);
            engine.note(format!("the device's memory is full: restarted the second pass with chunks of {most} paths"));
            continue;
        }
        let what = EngineError::from(fault).message;
        if lost || engine.reopen().is_err() {
            break what;
        }
        lost = true;
        engine.note(format!("{what}; reopened it and restarted the second pass"));
    };
    engine.note(format!("{failed}; the CPU engine computed the second pass"));
    engine.cpu.profile(plan, profile, draws, paths, &beyond(told.get(), progress))
}

/// Progress for paths of which the first were told of already.
pub fn beyond<'a>(told: u64, progress: &'a Progress) -> impl Fn(u64) -> bool + Sync + use<'a> {
    let ahead = AtomicU64::new(told);
    move |paths| {
        let known = ahead.update(Ordering::Relaxed, Ordering::Relaxed, |ahead| ahead.saturating_sub(paths));
        progress(paths - known.min(paths))
    }
}

/// The most paths of a chunk that the device's limits allow, in whole blocks; 0 if not even a block has room.
fn most_paths(submitter: &Submitter, profile: &Profile) -> usize {
    let device = &submitter.context.device;
    let limits = device.limits();
    let room = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
    let rows = profile.rows();
    if rows == 0 || rows > limits.max_compute_workgroups_per_dimension as usize || bin_bytes(rows) as u64 > room {
        return 0;
    }
    let by_rows = room.min(MOST_BYTES) as usize / (rows * 4) / BLOCK * BLOCK;
    by_rows.min(session::most_paths(device, &submitter.plans, submitter.source))
}

fn bin_bytes(rows: usize) -> usize {
    rows * PROFILE_BINS * 4
}

/// Workgroups of `qualify` in shaders/kernel/reduce.wgsl, each of which marks 16 blocks of paths.
fn groups_of_marks(stride: usize) -> u32 {
    stride.div_ceil(16 * BLOCK) as u32
}

/// What stays the same during a second pass on a device.
struct ProfileSession<'a> {
    submitter: Submitter<'a>,
    profile: &'a Profile,
    tables: Tables,
    kernel: Kernel,
    qualify: Kernel,
    add_rows: Kernel,
    row_terms: Buffer,
    /// [row, bin]: of all chunks so far
    bins: Buffer,
}

/// The buffers of a chunk in flight.
struct Slot {
    chunk: Buffer,
    factor_buffers: FactorBuffers,
    totals: Buffer,
    watch: BindGroup,
    qualify: BindGroup,
    add_rows: BindGroup,
    readback: Buffer,
}

impl<'a> ProfileSession<'a> {
    /// Compiles the kernels, unless they are known, and uploads the tables.
    fn new(submitter: Submitter<'a>, profile: &'a Profile) -> Result<Self, Fault> {
        let (plan, settings, rows) = (submitter.plans[0], submitter.engine.settings, profile.rows());
        let Context { device, kernels, .. } = submitter.context;
        let (layout, kernel) = kernels.profile(device, plan, profile, settings, submitter.source.sampling());
        let [qualify, add_rows] = kernels.rows(device, plan, rows, settings);
        let tables = Tables::new(device, plan, layout);
        let row_terms = input(device, "row terms", bytemuck::cast_slice(&layout::row_terms(plan, profile)));
        let bins = storage(device, "bins", bin_bytes(rows));
        submitter.context.check()?;
        Ok(ProfileSession { submitter, profile, tables, kernel, qualify, add_rows, row_terms, bins })
    }

    /// Buffers for chunks of up to `paths` paths.
    fn slot(&self, paths: usize) -> Slot {
        let device: &Device = &self.submitter.context.device;
        let (sizes, rows) = (&self.submitter.plans[0].sizes, self.profile.rows());
        let chunk = chunk_buffer(device);
        let figures = storage(device, "figures", sizes.slots() * paths * 4);
        let times = storage(device, "times", sizes.times() * paths * 4);
        let observed = storage(device, "observed", rows * paths * 4);
        let parts = storage(device, "parts", (sizes.organizations + 1) * groups_of_marks(paths) as usize * BLOCK * 4);
        let totals = storage(device, "row totals", rows * size_of::<RowTotals>());
        let (factor_buffers, trajectories) = FactorBuffers::new(&self.submitter, &self.tables, &chunk, paths);
        let mut bindings = self.tables.bound([&chunk, &figures, &times], &trajectories);
        bindings.push((7, &observed));
        let qualifying = [(0, &chunk), (1, &self.tables.figure_terms), (2, &figures), (3, &times), (8, &parts)];
        let (terms, bins) = (&self.row_terms, &self.bins);
        let adding = [(0, &chunk), (1, terms), (2, &observed), (3, &parts), (4, &totals), (5, bins)];
        Slot {
            watch: group(device, &self.kernel, &bindings),
            qualify: group(device, &self.qualify, &qualifying),
            add_rows: group(device, &self.add_rows, &adding),
            readback: readback(device, rows * size_of::<RowTotals>()),
            chunk,
            factor_buffers,
            totals,
        }
    }

    /// Adds up the paths in chunks of `most`. Progress is told of what it was not told before.
    fn add_up(
        &self,
        paths: &Range<u64>,
        most: usize,
        told: &Cell<u64>,
        progress: &Progress,
    ) -> Result<ProfileTally, Fault> {
        let room = most.min(factors::stride(paths));
        let slots: Vec<Slot> = (0..IN_FLIGHT).map(|_| self.slot(room)).collect();
        self.submitter.context.check()?;
        let mut chunks =
            paths.clone().step_by(most).map(|first| first..(first + most as u64).min(paths.end)).enumerate();
        let mut tally = ProfileTally::new(self.profile);
        let (mut flying, mut stopped) = (VecDeque::new(), false);
        loop {
            while !stopped && flying.len() < IN_FLIGHT {
                let Some((number, chunk)) = chunks.next() else { break };
                let slot = &slots[number % IN_FLIGHT];
                flying.push_back((slot, self.submit(slot, &chunk)?, chunk.end - chunk.start));
            }
            let Some((slot, submission, count)) = flying.pop_front() else { break };
            self.submitter.context.wait(Some(submission))?;
            self.collect(slot, &mut tally)?;
            tally.paths += count;
            if tally.paths > told.get() {
                stopped |= !progress(tally.paths - told.replace(tally.paths));
            }
        }
        let bins = read(self.submitter.context, &self.bins, bin_bytes(tally.rows.len()))?;
        let bins: &[u32] = bytemuck::cast_slice(&bins);
        tally
            .rows
            .iter_mut()
            .zip(bins.chunks_exact(PROFILE_BINS))
            .for_each(|(row, bins)| row.bins.copy_from_slice(bins));
        Ok(tally)
    }

    fn submit(&self, slot: &Slot, chunk: &Range<u64>) -> Result<SubmissionIndex, Fault> {
        let mut encoder =
            self.submitter.begin(&slot.chunk, &slot.factor_buffers, None, chunk, &mut Stages::default())?;
        let (stride, rows) = (factors::stride(chunk), self.profile.rows());
        dispatch(&mut encoder, &self.kernel, &slot.watch, (groups_of_paths(stride), 1));
        dispatch(&mut encoder, &self.qualify, &slot.qualify, (groups_of_marks(stride), 1));
        dispatch(&mut encoder, &self.add_rows, &slot.add_rows, (rows as u32, 1));
        let bytes = slot.totals.size();
        encoder.copy_buffer_to_buffer(&slot.totals, 0, &slot.readback, 0, bytes);
        Ok(self.submitter.submit(encoder, &slot.factor_buffers, &slot.readback, bytes))
    }

    /// Adds a finished chunk's sums.
    fn collect(&self, slot: &Slot, tally: &mut ProfileTally) -> Result<(), Fault> {
        let view = slot.readback.get_mapped_range(..).map_err(|error| self.submitter.context.inaccessible(error))?;
        let totals: &[RowTotals] = bytemuck::cast_slice(&view);
        for (row, sums) in tally.rows.iter_mut().zip(totals) {
            let part = |count, first, second| PartSums {
                count: u64::from(count),
                first: f64::from(first),
                second: f64::from(second),
            };
            row.parts[0].add(part(sums.count0, sums.first0, sums.second0));
            row.parts[1].add(part(sums.count1, sums.first1, sums.second1));
            row.min = row.min.min(f64::from(sums.lowest));
            row.max = row.max.max(f64::from(sums.highest));
        }
        drop(view);
        slot.readback.unmap();
        Ok(())
    }
}
