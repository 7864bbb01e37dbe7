// Quantities over time: kept for a chunk of paths, then added up row by row.

use std::ops::{Range, RangeInclusive};

use rayon::prelude::*;

use super::super::{Real, twin};
use super::dispatch::{Kernel, launch};
use super::memory::{Memory, compute, prepare};
use super::{BlockValues, Observer, Recorder};
use crate::engine;
use crate::engine::contract::{BLOCK, Draws, EngineError, Progress};
use crate::engine::cpu::CpuEngine;
use crate::plan::Plan;
use crate::plan::profile::{PROFILE_BINS, PROFILE_SHIFT, Profile};
use crate::tally::{PartSums, ProfileRow, ProfileTally};

/// Blocks of a chunk: enough for many threads, and few enough that values are still in caches when they are added up.
const BLOCKS: usize = 8;

/// A block's quantities, and which of its paths count and burst.
#[derive(Clone)]
struct Kept {
    /// [row, path]
    values: Vec<Real>,
    /// Paths that are there and whose figures are all numbers.
    valid: [bool; BLOCK],
    /// [time, path]
    times: Vec<u32>,
}

/// Adds up the quantities of a range of paths that begins on a block.
pub fn profile(
    engine: &CpuEngine,
    plan: &Plan,
    profile: &Profile,
    draws: Draws,
    paths: Range<u64>,
    progress: &Progress,
) -> Result<ProfileTally, EngineError> {
    let mut tally = ProfileTally::new(profile);
    let empty = Kept { values: vec![0.0; profile.rows() * BLOCK], valid: [false; BLOCK], times: Vec::new() };
    let mut blocks = vec![empty; BLOCKS];
    let group = engine::Group::alone(plan, draws);
    for first in paths.clone().step_by(BLOCKS * BLOCK) {
        let end = (first + (BLOCKS * BLOCK) as u64).min(paths.end);
        let used = ((end - first) as usize).div_ceil(BLOCK);
        engine.install(|| {
            blocks[..used].par_iter_mut().enumerate().try_for_each_init(
                || Memory::new(&group),
                |memory, (block, kept)| {
                    let first = first + (block * BLOCK) as u64;
                    let count = (end - first).min(BLOCK as u64) as usize;
                    prepare(engine, false, first, 1, memory)?;
                    keep(engine, (plan, profile), first, count, memory, kept);
                    Ok::<_, EngineError>(())
                },
            )
        })?;
        engine.install(|| {
            tally.rows.par_iter_mut().enumerate().for_each_init(Counters::new, |counters, (row, sums)| {
                let adder = &Adder::new(plan, profile, row);
                launch(engine.instructions(), AddRow { adder, blocks: &blocks[..used], counters, sums });
            });
        });
        tally.paths += end - first;
        if !progress(end - first) {
            break;
        }
    }
    Ok(tally)
}

/// The quantities of the first `count` paths of a range that begins on a block: [row, path], in rows of `count`.
pub fn profile_values(engine: &CpuEngine, plan: &Plan, profile: &Profile, draws: Draws, count: usize) -> Vec<f64> {
    let mut kept = Kept { values: vec![0.0; profile.rows() * BLOCK], valid: [false; BLOCK], times: Vec::new() };
    let mut memory = Memory::new(&engine::Group::alone(plan, draws));
    let count = count.min(BLOCK);
    keep(engine, (plan, profile), 0, count, &mut memory, &mut kept);
    kept.values.chunks(BLOCK).flat_map(|row| row[..count].iter().map(|&x| f64::from(x))).collect()
}

fn keep(
    engine: &CpuEngine,
    (plan, profile): (&Plan, &Profile),
    first: u64,
    count: usize,
    memory: &mut Memory,
    kept: &mut Kept,
) {
    let Memory { members, ahead, .. } = memory;
    let member = &mut members[0];
    let recorder = Recorder::new(profile, &mut kept.values);
    compute(engine, first, count, member, ahead.first(), Observer::Recorder(recorder));
    let BlockValues { figures, times } = &member.values;
    kept.valid = [false; BLOCK];
    kept.valid[..count].fill(true);
    for spec in &plan.figures {
        let row = &figures[spec.slot * BLOCK..][..BLOCK];
        kept.valid.iter_mut().zip(row).for_each(|(valid, &x)| *valid &= twin::finite(x));
    }
    kept.times.clone_from(times);
}

/// How a row is added up.
struct Adder {
    row: usize,
    optional: bool,
    centre: Real,
    inverse_scale: Real,
    /// The time that tells whether the bubble bursts.
    time: usize,
}

impl Adder {
    fn new(plan: &Plan, profile: &Profile, row: usize) -> Self {
        let frame = profile.frame(row);
        let (centre, inverse_scale) = (frame.centre as Real, (1.0 / frame.scale) as Real);
        Adder { row, optional: profile.is_optional(row), centre, inverse_scale, time: profile.time(row, plan) }
    }

    /// The bin of a value.
    fn bin(&self, x: Real) -> usize {
        (twin::sketch_bin(twin::centred(x, self.centre, self.inverse_scale)) >> PROFILE_SHIFT) as usize
    }
}

struct AddRow<'a> {
    adder: &'a Adder,
    blocks: &'a [Kept],
    counters: &'a mut Counters,
    sums: &'a mut ProfileRow,
}

impl Kernel for AddRow<'_> {
    #[inline(always)]
    fn run(self) {
        let (mut lowest, mut highest) = ([Real::MAX; SUM_LANES], [Real::MIN; SUM_LANES]);
        for kept in self.blocks {
            add_block(self.adder, kept, self.counters, &mut self.sums.parts, (&mut lowest, &mut highest));
        }
        let (low, high) =
            (lowest.into_iter().fold(Real::MAX, twin::min), highest.into_iter().fold(Real::MIN, twin::max));
        if low <= high {
            self.sums.min = self.sums.min.min(f64::from(low));
            self.sums.max = self.sums.max.max(f64::from(high));
            // bins are in the order of the values
            self.counters.flush(&mut self.sums.bins, self.adder.bin(low)..=self.adder.bin(high));
        }
    }
}

/// Paths of a chunk by bin, neighbouring paths in tables of their own: they often share a bin, and a processor waits for the
/// count before. A last entry is for paths that do not count.
struct Counters([[u16; PROFILE_BINS + 1]; 2]);

const _: () = assert!(BLOCKS * BLOCK / 2 <= u16::MAX as usize);

impl Counters {
    fn new() -> Self {
        Counters([[0; PROFILE_BINS + 1]; 2])
    }

    #[inline(always)]
    fn add(&mut self, bins: &[u32; BLOCK]) {
        let [even, odd] = &mut self.0;
        for pair in bins.as_chunks::<2>().0 {
            let [one, other] = pair.map(|bin| (bin as usize).min(PROFILE_BINS));
            even[one] = even[one].wrapping_add(1);
            odd[other] = odd[other].wrapping_add(1);
        }
    }

    /// Adds the counts of these bins, beyond which there are none, and sets them back.
    #[inline(always)]
    fn flush(&mut self, bins: &mut [u32], held: RangeInclusive<usize>) {
        let [even, odd] = &mut self.0;
        let counts = even[held.clone()].iter_mut().zip(&mut odd[held.clone()]);
        for (bin, (even, odd)) in bins[held].iter_mut().zip(counts) {
            *bin += u32::from(std::mem::take(even)) + u32::from(std::mem::take(odd));
        }
    }
}

/// Partial sums of a block.
const SUM_LANES: usize = 16;

/// Adds a block, step by step, so that each is a loop over vector registers.
#[inline(always)]
fn add_block(
    adder: &Adder,
    kept: &Kept,
    counters: &mut Counters,
    parts: &mut [PartSums; 2],
    (low, high): (&mut [Real; SUM_LANES], &mut [Real; SUM_LANES]),
) {
    let x: &[Real; BLOCK] = kept.values[adder.row * BLOCK..][..BLOCK].try_into().expect("a row is a block");
    let time: &[u32; BLOCK] = kept.times[adder.time * BLOCK..][..BLOCK].try_into().expect("a row is a block");
    let (mut used, mut counts) = ([false; BLOCK], [0u32; 2]);
    for p in 0..BLOCK {
        used[p] = kept.valid[p] & twin::finite(x[p]) & twin::defined(x[p], adder.optional);
        let bubble_burst = time[p] != twin::NEVER;
        counts[0] += u32::from(used[p] & !bubble_burst);
        counts[1] += u32::from(used[p] & bubble_burst);
    }
    let (mut y, mut bins) = ([[0.0; BLOCK]; 2], [0; BLOCK]);
    let mut bounds = [[0.0; BLOCK]; 2];
    for p in 0..BLOCK {
        let own = twin::select(0.0, twin::centred(x[p], adder.centre, adder.inverse_scale), used[p]);
        let bubble_burst = time[p] != twin::NEVER;
        y[0][p] = twin::select(own, 0.0, bubble_burst);
        y[1][p] = twin::select(0.0, own, bubble_burst);
        bounds[0][p] = twin::select(Real::MAX, x[p], used[p]);
        bounds[1][p] = twin::select(Real::MIN, x[p], used[p]);
        bins[p] = twin::select(PROFILE_BINS as u32, twin::sketch_bin(own) >> PROFILE_SHIFT, used[p]);
    }
    counters.add(&bins);
    let mut sums = [[[0.0; SUM_LANES]; 2]; 2];
    let (mut lowest, mut highest) = (*low, *high);
    for group in (0..BLOCK).step_by(SUM_LANES) {
        for l in 0..SUM_LANES {
            let p = group + l;
            sums[0][0][l] += y[0][p];
            sums[0][1][l] += y[0][p] * y[0][p];
            sums[1][0][l] += y[1][p];
            sums[1][1][l] += y[1][p] * y[1][p];
            lowest[l] = twin::min(lowest[l], bounds[0][p]);
            highest[l] = twin::max(highest[l], bounds[1][p]);
        }
    }
    let total = |lanes: &[Real; SUM_LANES]| f64::from(lanes[1..].iter().fold(lanes[0], |sum, &lane| sum + lane));
    for (part, (sums, count)) in parts.iter_mut().zip(sums.iter().zip(counts)) {
        part.add(PartSums { count: u64::from(count), first: total(&sums[0]), second: total(&sums[1]) });
    }
    (*low, *high) = (lowest, highest);
}
