//! Where the bins of a sketch lie: those of `shaders/formula/sketch.wgsl`.

use crate::formula::single::{SKETCH_BITS, SKETCH_HALF, SKETCH_ONE_BITS};

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
    use crate::formula::single::{SKETCH_BINS, SKETCH_MAX_EXPONENT, sketch_bin};

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
}
