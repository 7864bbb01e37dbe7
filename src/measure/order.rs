//! The order statistics of a figure, as far as a sketch knows them.

use super::cell::{Cell, Tail, tail};
use crate::plan::figure::Frame;
use crate::registry::Side;
use crate::tally::{FigureTally, bin_edges};

/// The paths of a figure in order: cells of neighbouring order statistics, spread evenly over each cell.
///
/// The first and the last cell are the paths at the minimum and at the maximum, exactly; those between are the sketch's
/// bins without them, cut off at both. All values are in the figure's unit.
#[derive(Debug, Clone)]
pub struct OrderStatistics {
    count: u64,
    entries: Vec<Entry>,
    /// Of cells that are no bins.
    ends: Vec<(f64, f64)>,
    /// Of the bins.
    frame: Frame,
    min: f64,
    max: f64,
}

/// A cell as it is kept, with paths. Few of a sketch's cells are ever looked at, so that what follows from it is computed when they are.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Paths in the cells before.
    before: u64,
    place: Place,
}

/// Where a cell lies.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Between these of the `ends`.
    Ends(u32),
    /// In this bin of the sketch, between minimum and maximum.
    Bin(u32),
}

impl OrderStatistics {
    /// From the tally of a figure in its frame; `None` without paths, or without a sketch where one is needed.
    pub fn new(tally: &FigureTally, frame: Frame) -> Option<Self> {
        if tally.count == 0 {
            return None;
        }
        let mut order = OrderStatistics { frame, ..Self::none(tally.min, tally.max) };
        if tally.min == tally.max {
            order.push_ends((tally.min, tally.max), tally.count);
            return Some(order);
        }
        let sketch = tally.sketch.as_ref()?;
        order.entries.reserve_exact(sketch.listed() + 2);
        order.push_ends((tally.min, tally.min), tally.at_min);
        // where extremes are counted right, all of them are in the first bin and in the last
        let inner = tally.at_min..tally.count.saturating_sub(tally.at_max);
        let mut before: u64 = 0;
        sketch.counts().for_each(|(bin, count)| {
            let paths = before.max(inner.start)..(before + count).min(inner.end);
            order.push(Place::Bin(bin), paths.end.saturating_sub(paths.start));
            before += count;
        });
        order.push_ends((tally.max, tally.max), tally.at_max);
        Some(order)
    }

    /// From counts of paths in neighbouring bins, each with its edges, between an exact minimum and maximum; `None` without
    /// paths.
    pub fn of_bins(bins: impl Iterator<Item = (f64, f64, u64)>, min: f64, max: f64) -> Option<Self> {
        let mut order = Self::none(min, max);
        bins.for_each(|(low, high, count)| order.push_ends((low.clamp(min, max), high.clamp(min, max)), count));
        (order.count > 0).then_some(order)
    }

    /// Without paths yet, which will lie between these two.
    fn none(min: f64, max: f64) -> Self {
        let frame = Frame { centre: 0.0, scale: 1.0 };
        OrderStatistics { count: 0, entries: Vec::new(), ends: Vec::new(), frame, min, max }
    }

    // called for every bin with paths, where a call takes as long as what is done in it
    #[inline(always)]
    fn push(&mut self, place: Place, count: u64) {
        if count > 0 {
            self.entries.push(Entry { before: self.count, place });
            self.count += count;
        }
    }

    fn push_ends(&mut self, ends: (f64, f64), count: u64) {
        let place = Place::Ends(self.ends.len() as u32);
        self.ends.push(ends);
        self.push(place, count);
    }

    /// Between which values a cell lies.
    fn ends(&self, entry: &Entry) -> (f64, f64) {
        match entry.place {
            Place::Ends(place) => self.ends[place as usize],
            Place::Bin(bin) => {
                let (low, high) = bin_edges(bin);
                let place = |y: f64| (self.frame.centre + self.frame.scale * y).clamp(self.min, self.max);
                (place(low), place(high))
            }
        }
    }

    /// The cell of an entry.
    fn cell(&self, index: usize) -> Cell {
        let entry = &self.entries[index];
        let (low, high) = self.ends(entry);
        let after = self.entries.get(index + 1).map_or(self.count, |next| next.before);
        Cell { low, high, count: after - entry.before, before: entry.before }
    }

    fn cells(&self) -> impl DoubleEndedIterator<Item = Cell> {
        (0..self.entries.len()).map(|index| self.cell(index))
    }

    /// How many cells come first of which something holds that holds of none after them.
    fn cells_while(&self, holds: impl Fn((f64, f64)) -> bool) -> usize {
        self.entries.partition_point(|entry| holds(self.ends(entry)))
    }

    /// The number of paths, at least 1.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The lowest value.
    pub fn min(&self) -> f64 {
        self.cell(0).low
    }

    /// The highest value.
    pub fn max(&self) -> f64 {
        self.cell(self.entries.len() - 1).high
    }

    /// The order statistic of a real-valued rank, interpolated between its neighbours; `None` outside 1…count.
    pub fn at(&self, rank: f64) -> Option<f64> {
        self.beside(rank).map(|cells| interpolated(rank, cells))
    }

    /// The cells of the order statistics below a rank and above it, or twice at it; `None` outside 1…count.
    fn beside(&self, rank: f64) -> Option<[Cell; 2]> {
        if !(1.0..=self.count as f64).contains(&rank) {
            return None;
        }
        let (below, above) = (rank.floor() as u64, rank.ceil() as u64);
        let index = self.entries.partition_point(|entry| entry.before < below) - 1;
        let cell = self.cell(index);
        Some([cell, if above <= cell.before + cell.count { cell } else { self.cell(index + 1) }])
    }

    /// The values between which the ranks `from`…`to` lie; `None` for a rank outside 1…count.
    ///
    /// A bin that holds more paths than lie between the two does not tell where in it they are (they may be an atom),
    /// so there the interval reaches to the bin's edge.
    pub fn between(&self, from: f64, to: f64) -> (Option<f64>, Option<f64>) {
        let is_crowded = |cell: &Cell| cell.count as f64 > to - from;
        let low = |cells: [Cell; 2]| if is_crowded(&cells[0]) { cells[0].low } else { interpolated(from, cells) };
        let high = |cells: [Cell; 2]| if is_crowded(&cells[1]) { cells[1].high } else { interpolated(to, cells) };
        (self.beside(from).map(low), self.beside(to).map(high))
    }

    /// The number of paths strictly below `x`, interpolated within a cell.
    pub fn below(&self, x: f64) -> f64 {
        self.share_up_to(x, self.cells_while(|(_, high)| high < x))
    }

    /// The number of paths above `x`, interpolated within a cell; those that equal it do not count.
    pub fn above(&self, x: f64) -> f64 {
        self.count as f64 - self.share_up_to(x, self.cells_while(|(_, high)| high <= x))
    }

    /// The paths in the cells before the one with this index, and those below `x` in it.
    fn share_up_to(&self, x: f64, index: usize) -> f64 {
        if index >= self.entries.len() {
            return self.count as f64;
        }
        let cell = self.cell(index);
        let inside = if x > cell.low { (x - cell.low) / (cell.high - cell.low) } else { 0.0 };
        cell.before as f64 + inside * cell.count as f64
    }

    /// Σ (x − threshold)⁺ over all paths where high is bad, Σ (threshold − x)⁺ where low is; within a cell by its even spread.
    pub fn excess(&self, side: Side, threshold: f64) -> f64 {
        let beyond = |x: f64| if side == Side::High { x - threshold } else { threshold - x };
        let of = |cell: Cell| {
            let (near, far) = match side {
                Side::High => (beyond(cell.low), beyond(cell.high)),
                Side::Low => (beyond(cell.high), beyond(cell.low)),
            };
            let mean = match (near >= 0.0, far > 0.0) {
                (true, _) => 0.5 * (near + far),
                // the share of the cell beyond the threshold, times the mean there
                (false, true) => 0.5 * far * far / (far - near),
                (false, false) => 0.0,
            };
            cell.count as f64 * mean
        };
        // those on the other side of the threshold add nothing
        let cells = match side {
            Side::High => self.cells_while(|(_, high)| high <= threshold)..self.entries.len(),
            Side::Low => 0..self.cells_while(|(low, _)| low < threshold),
        };
        cells.fold(0.0, |sum, index| sum + of(self.cell(index)))
    }

    /// The worst `mass` of the paths, 0 < mass ≤ count. A cell that the boundary cuts counts with its share, on the bad
    /// side.
    pub fn tail(&self, side: Side, mass: f64) -> Tail {
        match side {
            Side::High => tail(self.cells().rev(), mass, |cell, share| (cell.place(1.0 - share), cell.high)),
            Side::Low => tail(self.cells(), mass, |cell, share| (cell.low, cell.place(share))),
        }
    }
}

/// The order statistic of a real-valued rank, from the cells of those below and above it.
fn interpolated(rank: f64, [below, above]: [Cell; 2]) -> f64 {
    let (below, above) = (below.of_rank(rank.floor() as u64), above.of_rank(rank.ceil() as u64));
    below + (above - below) * rank.fract()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::testing::{Draws, tally_of};

    const FRAME: Frame = Frame { centre: 0.0, scale: 1.0 };

    fn order(values: &[f64]) -> OrderStatistics {
        OrderStatistics::new(&tally_of(values, FRAME), FRAME).expect("has paths")
    }

    /// How far apart two values in the same bin can be.
    fn resolution(x: f64) -> f64 {
        x.abs().max(1.0) * 2f64.powi(-11)
    }

    #[test]
    fn every_order_statistic_is_within_a_bin_of_the_sorted_value() {
        let mut draws = Draws::new(1);
        // with atoms at both ends
        let mut values: Vec<f64> = (0..5_000).map(|_| (3.0 * draws.normal()).clamp(-4.0, 5.0)).collect();
        let order = order(&values);
        values.sort_by(f64::total_cmp);
        for (i, &value) in values.iter().enumerate() {
            let found = order.at(i as f64 + 1.0).expect("a rank within 1…n");
            assert!((found - value).abs() <= resolution(value), "rank {}: {found}, not {value}", i + 1);
            if value == -4.0 || value == 5.0 {
                assert_eq!(found, value);
            }
        }
        assert_eq!((order.min(), order.max(), order.count()), (-4.0, 5.0, 5_000));
    }

    #[test]
    fn ranks_between_are_interpolated_and_ranks_outside_undefined() {
        let order = order(&[1.0, 5.0]);
        assert_eq!(order.at(1.0), Some(1.0));
        assert_eq!(order.at(1.25), Some(2.0));
        assert_eq!(order.at(2.0), Some(5.0));
        assert_eq!(order.at(0.99), None);
        assert_eq!(order.at(2.01), None);
    }

    #[test]
    fn paths_are_spread_evenly_over_their_bin() {
        // four in the middle bin, which reaches from −edge to edge
        let edge = 2f64.powi(-12);
        let order = order(&[-1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        let places = [2.0, 3.0, 4.0, 5.0].map(|rank| order.at(rank).map(|x| x / edge));
        assert_eq!(places, [Some(-0.75), Some(-0.25), Some(0.25), Some(0.75)]);
        // the upper and the lower half of them
        let mean = (1.0 + 2.0 * edge / 2.0) / 3.0;
        assert!((order.tail(Side::High, 3.0).mean - mean).abs() < 1e-15);
        assert!((order.tail(Side::Low, 3.0).mean + mean).abs() < 1e-15);
        assert_eq!(order.tail(Side::Low, 3.0).blur, 2.0 * 0.5 * edge / 3.0);
    }

    #[test]
    fn intervals_reach_to_the_edge_of_crowded_bins_only() {
        let edge = 2f64.powi(-12);
        let order = order(&[-1.0, 0.0, 0.0, 0.0, 0.0, 0.5, 1.0]);
        assert_eq!(order.between(3.0, 4.0), (Some(-edge), Some(edge)));
        assert_eq!(order.between(1.0, 4.0), (Some(-1.0), Some(edge)));
        assert_eq!(order.between(2.0, 7.0), (order.at(2.0), Some(1.0)));
        assert_eq!(order.between(0.5, 7.5), (None, None));
    }

    #[test]
    fn counts_below_and_above_leave_out_what_equals() {
        let order = order(&[0.0, 0.0, 0.0, 2.0, 4.0, 4.0]);
        assert_eq!((order.below(0.0), order.above(0.0)), (0.0, 3.0));
        assert_eq!((order.below(1.0), order.above(1.0)), (3.0, 3.0));
        assert_eq!((order.below(3.0), order.above(3.0)), (4.0, 2.0));
        assert_eq!((order.below(4.0), order.above(4.0)), (4.0, 0.0));
        assert_eq!((order.below(-1.0), order.above(5.0)), (0.0, 0.0));
        assert_eq!((order.below(5.0), order.above(-1.0)), (6.0, 6.0));
    }

    #[test]
    fn below_inverts_the_order() {
        let mut draws = Draws::new(2);
        let values: Vec<f64> = (0..20_000).map(|_| draws.normal()).collect();
        let order = order(&values);
        for k in [1.0, 17.0, 4_000.0, 10_000.0, 19_999.0] {
            let x = order.at(k).expect("a rank within 1…n");
            // the k-th value is half a path into its own place
            assert!((order.below(x) - (k - 0.5)).abs() <= 0.5 + 1e-6, "rank {k}: {}", order.below(x));
        }
    }

    #[test]
    fn tails_are_means_and_variances_of_the_worst() {
        let mut draws = Draws::new(3);
        let mut values: Vec<f64> = (0..10_000).map(|_| draws.normal().max(-2.0)).collect();
        let order = order(&values);
        values.sort_by(f64::total_cmp);
        for (side, worst) in [(Side::Low, &values[..500]), (Side::High, &values[9_500..])] {
            let mean = worst.iter().sum::<f64>() / 500.0;
            let variance = worst.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 500.0;
            let tail = order.tail(side, 500.0);
            assert!((tail.mean - mean).abs() < resolution(2.0), "{side:?}: {} {mean}", tail.mean);
            assert!((tail.variance - variance).abs() < 2.0 * resolution(2.0), "{side:?}: {} {variance}", tail.variance);
        }
    }

    #[test]
    fn excesses_are_sums_beyond_a_threshold() {
        let mut draws = Draws::new(4);
        let values: Vec<f64> = (0..5_000).map(|_| draws.normal().max(-1.5)).collect();
        let order = order(&values);
        // beyond all, at an atom, within bins, before all
        for threshold in [-9.0, -1.5, -0.3, 0.0, 1.7, 9.0] {
            for (side, sign) in [(Side::High, 1.0), (Side::Low, -1.0)] {
                let exact: f64 = values.iter().map(|x| (sign * (x - threshold)).max(0.0)).sum();
                let found = order.excess(side, threshold);
                assert!(
                    (found - exact).abs() < 5_000.0 * resolution(1.0) / 4.0,
                    "{side:?} {threshold}: {found} {exact}"
                );
            }
        }
        // one path in a bin from −edge to edge: half of it is above 0, by edge/2
        let edge = 2f64.powi(-12);
        let one = OrderStatistics::of_bins([(-edge, edge, 1)].into_iter(), -edge, edge).expect("a path");
        assert_eq!([Side::High, Side::Low].map(|side| one.excess(side, 0.0)), [edge / 4.0; 2]);
    }

    #[test]
    fn a_tail_may_end_within_an_atom_or_a_path() {
        let order = order(&[0.0, 0.0, 0.0, 0.0, 4.0]);
        // of two paths, one is at 4 and one of the four at 0
        assert_eq!(order.tail(Side::High, 2.0), Tail { mean: 2.0, variance: 4.0, blur: 0.0 });
        assert_eq!(order.tail(Side::High, 0.5), Tail { mean: 4.0, variance: 0.0, blur: 0.0 });
        assert_eq!(order.tail(Side::Low, 2.5), Tail { mean: 0.0, variance: 0.0, blur: 0.0 });
        assert_eq!(order.tail(Side::Low, 5.0).mean, 0.8);
    }

    #[test]
    fn a_deterministic_figure_needs_no_sketch() {
        let mut tally = tally_of(&[0.1; 300], FRAME);
        tally.sketch = None;
        let order = OrderStatistics::new(&tally, FRAME).expect("has paths");
        assert_eq!(order.at(17.3), Some(0.1));
        assert_eq!(order.tail(Side::High, 15.0), Tail { mean: 0.1, variance: 0.0, blur: 0.0 });
        tally.max = 0.2;
        assert!(OrderStatistics::new(&tally, FRAME).is_none());
        assert!(OrderStatistics::new(&FigureTally::new(true), FRAME).is_none());
    }
}
