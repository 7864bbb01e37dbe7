//! A quantile sketch: how many paths fell into each of many fixed bins.

use crate::formula::single::{SKETCH_BINS, SKETCH_BITS, SKETCH_HALF, SKETCH_ONE_BITS};

/// Bins of a page.
const PAGE: usize = 2048;
const PAGES: usize = (SKETCH_BINS as usize).div_ceil(PAGE);

/// Counts of paths by bin of y = (figure − centre) / scale; the bins are those of `shaders/formula/sketch.wgsl`.
///
/// A bin is as wide as 2⁻¹¹, or where |y| > 1 as 2⁻¹¹ of the power of two below |y|, so a place inside the bin of a figure
/// x is at most 2⁻¹¹·scale from it, or 2⁻¹¹·|x − centre|, and a place at the bin's middle at most half as much. Pages of bins
/// are only kept once something fell into them.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketch {
    // invariant: a page that is there has a count above 0, so equal counts are equal sketches
    pages: Vec<Option<Box<[u64; PAGE]>>>,
}

impl Sketch {
    /// The sketch of nothing.
    pub fn new() -> Self {
        Sketch { pages: vec![None; PAGES] }
    }

    /// Counts `count` more paths in `bin` = 0…[`SKETCH_BINS`] − 1.
    ///
    /// # Panics
    /// If there is no such bin.
    pub fn add(&mut self, bin: u32, count: u64) {
        assert!(bin < SKETCH_BINS, "the sketch has {SKETCH_BINS} bins, not a bin {bin}");
        if count > 0 {
            let page = self.pages[bin as usize / PAGE].get_or_insert_with(|| Box::new([0; PAGE]));
            page[bin as usize % PAGE] += count;
        }
    }

    /// Adds the counts of another sketch.
    pub fn merge(&mut self, other: &Sketch) {
        for (page, theirs) in self.pages.iter_mut().zip(&other.pages) {
            match (page, theirs) {
                (_, None) => {}
                (Some(page), Some(theirs)) => page.iter_mut().zip(theirs.iter()).for_each(|(a, b)| *a += b),
                (page, theirs) => page.clone_from(theirs),
            }
        }
    }

    /// The bins that hold paths with their counts, in the order of the figure.
    pub fn counts(&self) -> impl DoubleEndedIterator<Item = (u32, u64)> {
        let pages = self.pages.iter().enumerate().filter_map(|(i, page)| Some((i, page.as_deref()?)));
        let bins = pages.flat_map(|(i, page)| page.iter().enumerate().map(move |(j, &count)| (i * PAGE + j, count)));
        bins.filter(|&(_, count)| count > 0).map(|(bin, count)| (bin as u32, count))
    }

    /// The number of paths in all bins.
    pub fn total(&self) -> u64 {
        self.counts().map(|(_, count)| count).sum()
    }
}

impl Default for Sketch {
    fn default() -> Self {
        Self::new()
    }
}

/// The edges of a bin in units of y, the lower one first. The outermost bins are open and end at infinity.
pub fn bin_edges(bin: u32) -> (f64, f64) {
    let key = bin.abs_diff(SKETCH_HALF);
    if key == 0 {
        return (-edge(1), edge(1));
    }
    let outer = if key == SKETCH_HALF { f64::INFINITY } else { edge(key + 1) };
    if bin < SKETCH_HALF { (-outer, -edge(key)) } else { (edge(key), outer) }
}

/// Bins of one sign that begin below |y| = 1.
const INNER: u32 = 1 << SKETCH_BITS;

/// The edge of the bin at distance `key` ≥ 1 from the middle that is nearer to it.
fn edge(key: u32) -> f64 {
    match key.checked_sub(INNER + 1) {
        None => (f64::from(key) - 0.5) / f64::from(INNER),
        // bins follow each other as the leading bits of floats do
        Some(beyond) => f64::from(f32::from_bits(SKETCH_ONE_BITS + (beyond << (23 - SKETCH_BITS)))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Draws;
    use super::*;
    use crate::formula::single::{SKETCH_MAX_EXPONENT, sketch_bin};

    #[test]
    fn every_value_lies_within_the_edges_of_its_bin() {
        let mut draws = Draws::new(1);
        for _ in 0..200_000 {
            // signs and sizes well beyond the range of bins
            let y = (draws.uniform() - 0.5) * 2f64.powf(40.0 * draws.uniform() - 20.0);
            let (low, high) = bin_edges(sketch_bin(y as f32));
            assert!(low <= f64::from(y as f32) && f64::from(y as f32) <= high, "{y} is not in {low}…{high}");
        }
    }

    #[test]
    fn bins_join_and_are_as_narrow_as_promised() {
        for bin in 1..SKETCH_BINS {
            assert_eq!(bin_edges(bin - 1).1, bin_edges(bin).0, "bin {bin}");
        }
        for bin in 1..SKETCH_BINS - 1 {
            let (low, high) = bin_edges(bin);
            let size = low.abs().min(high.abs()).max(1.0);
            assert!(high - low <= size * 2f64.powi(-11), "bin {bin}: {low}…{high}");
        }
        assert_eq!(bin_edges(SKETCH_HALF), (-(2f64.powi(-12)), 2f64.powi(-12)));
    }

    #[test]
    fn outermost_bins_are_open() {
        let last = 2f64.powi(SKETCH_MAX_EXPONENT) * (2.0 - 2f64.powi(-11));
        assert_eq!(bin_edges(SKETCH_BINS - 1), (last, f64::INFINITY));
        assert_eq!(bin_edges(0), (f64::NEG_INFINITY, -last));
    }

    #[test]
    fn counts_come_back_in_order() {
        let mut sketch = Sketch::new();
        for (bin, count) in [(5000, 3), (0, 1), (SKETCH_BINS - 1, 2), (5000, 4), (30_000, 0)] {
            sketch.add(bin, count);
        }
        assert_eq!(sketch.counts().collect::<Vec<_>>(), [(0, 1), (5000, 7), (SKETCH_BINS - 1, 2)]);
        assert_eq!(sketch.total(), 10);
        assert_eq!(sketch.pages.iter().flatten().count(), 3);
    }

    #[test]
    fn merging_adds_counts_both_ways() {
        let (mut one, mut other, mut both) = (Sketch::new(), Sketch::new(), Sketch::new());
        for (bin, count) in [(10, 1), (4000, 5)] {
            one.add(bin, count);
            both.add(bin, count);
        }
        for (bin, count) in [(10, 2), (70_000, 7)] {
            other.add(bin, count);
            both.add(bin, count);
        }
        let first = one.clone();
        one.merge(&other);
        other.merge(&first);
        assert_eq!(one, both);
        assert_eq!(other, both);
    }

    #[test]
    #[should_panic(expected = "not a bin 73729")]
    fn a_bin_beyond_the_last_is_refused() {
        Sketch::new().add(SKETCH_BINS, 0);
    }
}
