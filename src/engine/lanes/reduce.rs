// A block's figures added up by a fixed tree, as the reduction kernel does it.

use super::super::{Real, twin};
use super::{BlockValues, for_each_of};
use crate::engine::contract::BLOCK;
use crate::engine::cpu::CpuEngine;
use crate::formula::single::SKETCH_BINS;
use crate::plan::Plan;
use crate::tally::{BlockSums, FigureTally, Sketch, Tally};

/// How a figure is reduced.
#[derive(Debug, Clone)]
struct Row {
    slot: usize,
    optional: bool,
    centre: Real,
    inverse_scale: Real,
    bins: Option<Bins>,
}

/// Bins that an entry for paths without the figure follows.
const BINS: usize = SKETCH_BINS as usize + 1;

/// The bins of the paths that were not yet handed to the tally.
#[derive(Debug, Clone)]
enum Bins {
    Counted(Counted),
    /// Of few paths, one by one.
    Few(Vec<u32>),
}

impl Bins {
    /// Adds the bins of a block, which `write` writes.
    #[inline(always)]
    fn add(&mut self, sketch: &mut Sketch, write: impl FnOnce(&mut [u32; BLOCK])) {
        match self {
            Bins::Counted(counted) => counted.add(sketch, write),
            Bins::Few(all) => {
                let start = all.len();
                all.resize(start + BLOCK, 0);
                write((&mut all[start..]).try_into().expect("there is room for a block"));
            }
        }
    }

    /// Hands over what is left, and the memory to the engine. `other` is memory to sort in.
    fn finish(self, engine: &CpuEngine, sketch: &mut Sketch, other: &mut Vec<u32>) {
        match self {
            Bins::Counted(mut counted) => {
                counted.flush(sketch);
                counted.counts[BINS - 1] = 0;
                engine.keep_counters(counted.counts);
            }
            Bins::Few(mut all) => {
                sort(&mut all, other);
                // paths without the figure are behind all others
                sketch.add_sorted(&all[..all.partition_point(|&bin| bin < SKETCH_BINS)]);
            }
        }
    }
}

/// Bits of the lower digit of a bin; the higher one has what is left of [`BIN_BITS`].
const LOW_BITS: u32 = 9;
const BIN_BITS: u32 = 17;
const _: () = assert!(SKETCH_BINS < 1 << BIN_BITS);

/// Puts bins in their order, digit by digit, with the help of as much memory.
fn sort(bins: &mut Vec<u32>, other: &mut Vec<u32>) {
    let Some(&first) = bins.first() else { return };
    let low = |bin: u32| bin as usize & ((1 << LOW_BITS) - 1);
    let high = |bin: u32| (bin >> LOW_BITS) as usize & ((1 << (BIN_BITS - LOW_BITS)) - 1);
    let (mut lows, mut highs) = ([0u32; 1 << LOW_BITS], [0u32; 1 << (BIN_BITS - LOW_BITS)]);
    for &bin in &*bins {
        lows[low(bin)] += 1;
        highs[high(bin)] += 1;
    }
    // where all bins share a digit they are in its order already
    if (lows[low(first)] as usize) < bins.len() {
        place(bins, other, &mut lows, low);
    }
    if (highs[high(first)] as usize) < bins.len() {
        place(bins, other, &mut highs, high);
    }
}

/// Puts bins in the order of a digit, of which each value comes as often as counted; those of one value stay in their order.
#[inline(always)]
fn place(bins: &mut Vec<u32>, other: &mut Vec<u32>, counts: &mut [u32], digit: impl Fn(u32) -> usize) {
    let mut before = 0;
    for count in &mut *counts {
        before += std::mem::replace(count, before);
    }
    other.resize(bins.len(), 0);
    for &bin in &*bins {
        let place = &mut counts[digit(bin)];
        other[*place as usize] = bin;
        *place += 1;
    }
    std::mem::swap(bins, other);
}

/// Counts by bin, in words that caches hold twice as many of.
#[derive(Debug, Clone)]
struct Counted {
    counts: Vec<u32>,
    /// Bins of the latest blocks. A figure's counts leave the first cache while those of the others are looked at, so that they are
    /// fetched once for several blocks.
    waiting: Vec<u32>,
    /// How many bins wait.
    filled: usize,
    /// Pages with counts since the last flush, as bits of a word.
    touched: u32,
    paths: u32,
}

/// Blocks whose bins wait to be counted together.
const WAITING: usize = 8;
/// Bins of a page, as a power of two: so many that a word has a bit for each page.
const PAGE_BITS: u32 = 12;
const _: () = assert!(BINS >> PAGE_BITS < 32);

impl Counted {
    fn new(engine: &CpuEngine) -> Self {
        let waiting = vec![0; WAITING * BLOCK];
        Counted { counts: engine.take_counters(BINS), waiting, filled: 0, touched: 0, paths: 0 }
    }

    /// Counts a block; before a count could overflow, all go to the sketch.
    #[inline(always)]
    fn add(&mut self, sketch: &mut Sketch, write: impl FnOnce(&mut [u32; BLOCK])) {
        if self.paths > u32::MAX - BLOCK as u32 {
            self.flush(sketch);
        }
        self.paths += BLOCK as u32;
        write((&mut self.waiting[self.filled..][..BLOCK]).try_into().expect("there is room for a block"));
        self.filled += BLOCK;
        if self.filled == WAITING * BLOCK {
            self.count();
        }
    }

    /// Counts the bins that wait.
    #[inline(always)]
    fn count(&mut self) {
        let counts: &mut [u32; BINS] = self.counts.as_mut_slice().try_into().expect("sized so");
        let waiting = &self.waiting[..self.filled];
        for &bin in waiting {
            counts[(bin as usize).min(BINS - 1)] += 1;
        }
        self.touched |= waiting.iter().fold(0, |touched, &bin| touched | 1 << (bin >> PAGE_BITS));
        self.filled = 0;
    }

    fn flush(&mut self, sketch: &mut Sketch) {
        self.count();
        let touched = self.touched;
        let bins = |page: usize| page << PAGE_BITS..((page + 1) << PAGE_BITS).min(SKETCH_BINS as usize);
        let pages = (0..32).filter(|page| touched >> page & 1 == 1).map(bins);
        sketch.add_counts(pages.clone().map(|page| (page.start as u32, &self.counts[page])));
        pages.for_each(|page| self.counts[page].fill(0));
        (self.touched, self.paths) = (0, 0);
    }
}

/// What reduction needs of a plan, and its memory.
#[derive(Debug, Clone)]
pub struct Reducer {
    rows: Vec<Row>,
    valid: [bool; BLOCK],
    /// Whether all paths of the block are valid.
    all_valid: bool,
}

impl Reducer {
    /// For the figures and times of a plan, of `few` paths or of any number.
    pub fn new(engine: &CpuEngine, plan: &Plan, few: Option<u64>) -> Self {
        let room = |paths: u64| Bins::Few(Vec::with_capacity((paths as usize).next_multiple_of(BLOCK)));
        let bins = || few.map_or_else(|| Bins::Counted(Counted::new(engine)), room);
        let row = |spec: &crate::plan::figure::FigureSpec| Row {
            slot: spec.slot,
            optional: spec.figure.is_optional(),
            centre: spec.frame.centre as Real,
            inverse_scale: (1.0 / spec.frame.scale) as Real,
            bins: spec.sketched.then(bins),
        };
        Reducer { rows: plan.figures.iter().map(row).collect(), valid: [false; BLOCK], all_valid: false }
    }

    /// Hands the tally what of its sketches is still here, and the engine the memory.
    pub fn finish(self, engine: &CpuEngine, tally: &mut Tally) {
        let mut other = Vec::new();
        for (row, figure) in self.rows.into_iter().zip(&mut tally.figures) {
            if let (Some(bins), Some(sketch)) = (row.bins, &mut figure.sketch) {
                bins.finish(engine, sketch, &mut other);
            }
        }
    }
}

/// Adds the first `count` paths of a block whose first path is `first`; the sketches follow with [`Reducer::finish`].
#[inline(always)]
pub fn add_block(reducer: &mut Reducer, values: &BlockValues, first: u64, count: usize, tally: &mut Tally) {
    validate(reducer, values, first, count, tally);
    tally.paths += count as u64;
    for (row, figure) in reducer.rows.iter_mut().zip(&mut tally.figures) {
        let x: &[Real; BLOCK] = values.figures[row.slot * BLOCK..][..BLOCK].try_into().expect("a row is a block");
        if reducer.all_valid && !row.optional {
            // most rows: nothing is chosen path by path
            add_row(row, x, |_| true, figure);
        } else {
            let (valid, optional) = (&reducer.valid, row.optional);
            add_row(row, x, |p| valid[p] & twin::defined(x[p], optional), figure);
        }
    }
    for (periods, time) in values.times.chunks_exact(BLOCK).zip(&mut tally.times) {
        for start in (0..BLOCK).step_by(AT_ONCE) {
            let mut happened = [false; AT_ONCE];
            for k in 0..AT_ONCE {
                happened[k] = reducer.valid[start + k] & (periods[start + k] != twin::NEVER);
            }
            for_each_of(happened, |k| time.counts[periods[start + k] as usize - 1] += 1);
        }
    }
}

/// Adds the figures of those paths of a block that have one.
#[inline(always)]
fn add_row(row: &mut Row, x: &[Real; BLOCK], is_used: impl Fn(usize) -> bool, figure: &mut FigureTally) {
    let mut used = [false; BLOCK];
    let mut y = [0.0; BLOCK];
    for p in 0..BLOCK {
        used[p] = is_used(p);
        y[p] = twin::select(0.0, twin::centred(x[p], row.centre, row.inverse_scale), used[p]);
    }
    figure.add_block(&sums(x, &y, &used, (figure.min, figure.max)));
    if let (Some(bins), Some(sketch)) = (&mut row.bins, &mut figure.sketch) {
        bins.add(sketch, |of| write_bins(of, &y, &used));
    }
}

#[inline(always)]
fn write_bins(of: &mut [u32; BLOCK], y: &[Real; BLOCK], used: &[bool; BLOCK]) {
    for p in 0..BLOCK {
        of[p] = twin::select(SKETCH_BINS, twin::sketch_bin(y[p]), used[p]);
    }
}

/// Paths whose times are looked at at once.
const AT_ONCE: usize = 64;

/// Marks the paths that exist and whose figures are all numbers.
#[inline(always)]
fn validate(reducer: &mut Reducer, values: &BlockValues, first: u64, count: usize, tally: &mut Tally) {
    let mut finite = [true; BLOCK];
    for row in &reducer.rows {
        let x = &values.figures[row.slot * BLOCK..][..BLOCK];
        for p in 0..BLOCK {
            finite[p] &= twin::finite(x[p]);
        }
    }
    for p in 0..BLOCK {
        reducer.valid[p] = finite[p] & (p < count);
        if p < count && !finite[p] {
            tally.invalid.add(first + p as u64);
        }
    }
    reducer.all_valid = reducer.valid.iter().fold(true, |all, &valid| all & valid);
}

/// Partial sums of a block: every `SUM_LANES`-th path has one.
const SUM_LANES: usize = 16;

/// Sums of powers, extremes and how many paths are at them; the latter only where they reach those that are `known`, since nobody asks
/// for others. Each lane adds up its paths in their order, then the lanes are added in theirs: the order of the reduction kernel, and one
/// that vector registers keep without shuffling.
#[inline(always)]
fn sums(x: &[Real; BLOCK], y: &[Real; BLOCK], used: &[bool; BLOCK], known: (f64, f64)) -> BlockSums {
    let mut powers = [[0.0; SUM_LANES]; 4];
    let (mut low, mut high) = ([Real::MAX; SUM_LANES], [Real::MIN; SUM_LANES]);
    let mut count = 0;
    for group in (0..BLOCK).step_by(SUM_LANES) {
        for l in 0..SUM_LANES {
            let (x, y, used) = (x[group + l], y[group + l], used[group + l]);
            let square = y * y;
            powers[0][l] += y;
            powers[1][l] += square;
            powers[2][l] += square * y;
            powers[3][l] += square * square;
            low[l] = twin::min(low[l], twin::select(Real::MAX, x, used));
            high[l] = twin::max(high[l], twin::select(Real::MIN, x, used));
            count += u32::from(used);
        }
    }
    let min = low.iter().fold(Real::MAX, |min, &x| twin::min(min, x));
    let max = high.iter().fold(Real::MIN, |max, &x| twin::max(max, x));
    let at = |extreme: Real| (0..BLOCK).fold(0, |at, p| at + u32::from(used[p] & (x[p] == extreme)));
    let at_min = if f64::from(min) <= known.0 { at(min) } else { 0 };
    let at_max = if f64::from(max) >= known.1 { at(max) } else { 0 };
    let total = |power: usize| f64::from(powers[power][1..].iter().fold(powers[power][0], |sum, &lane| sum + lane));
    let (min, max) = (f64::from(min), f64::from(max));
    BlockSums { count, at_min, at_max, powers: [total(0), total(1), total(2), total(3)], min, max }
}
