//! What a run's chunks and counters come home with.

use std::iter;
use std::ops::Range;
use std::time::Instant;

use super::chunks::Run;
use super::session::{self, Session, Slot};
use crate::engine::contract::{BLOCK, Stages};
use crate::engine::gpu::device::context::{Context, Fault};
use crate::formula::single::{BlockFaults, BlockTotals, SKETCH_BINS};
use crate::tally::{BlockSums, Invalid, Tally};

impl Run<'_> {
    /// Adds a finished chunk's block sums to the tallies.
    pub(super) fn collect(
        &self,
        slot: &Slot,
        chunk: Range<u64>,
        tallies: &mut [Tally],
        stages: &mut Stages,
    ) -> Result<(), Fault> {
        let started = Instant::now();
        let blocks = ((chunk.end - chunk.start) as usize).div_ceil(BLOCK);
        let sizes: Vec<_> = self.sessions.iter().map(|session| session::block_bytes(session.plan, blocks)).collect();
        let end: usize = sizes.iter().map(|(totals, faults)| totals + faults).sum();
        let view = slot.readback.get_mapped_range(..(end + slot.clock.bytes()) as u64);
        let view = view.map_err(|error| self.context().inaccessible(error))?;
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
    pub(super) fn drain(&self, session: &Session, tally: &mut Tally) -> Result<(), Fault> {
        if session.count_words == 0 {
            return Ok(());
        }
        let Context { device, queue, .. } = self.context();
        let bytes = session.count_words as u64 * 4;
        let mut encoder = device.create_command_encoder(&Default::default());
        let readback = &self.count_readback.0;
        encoder.copy_buffer_to_buffer(&session.counts, 0, readback, 0, bytes);
        encoder.clear_buffer(&session.counts, 0, None);
        let submission = queue.submit([encoder.finish()]);
        readback.map_async(wgpu::MapMode::Read, ..bytes, |_| {});
        self.context().wait(Some(submission))?;
        let view = readback.get_mapped_range(..bytes);
        let view = view.map_err(|error| self.context().inaccessible(error))?;
        let words: &[u32] = bytemuck::cast_slice(&view);
        let (sketches, times) = words.split_at(session.sketch_words);
        let sketched = tally.figures.iter_mut().filter_map(|figure| figure.sketch.as_mut());
        for (sketch, bins) in sketched.zip(sketches.chunks_exact(SKETCH_BINS as usize)) {
            sketch.add_counts(iter::once((0, bins)));
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
