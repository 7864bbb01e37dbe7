//! Histograms.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::order::OrderStatistics;

/// Bins of equal width between the two tails.
const BINS: u32 = 60;
/// The share of paths in each tail.
const TAIL: f64 = 0.001;

/// A histogram of the paths. There is one more edge than counts; a path on an edge counts in the bin above it, or in the last
/// bin at the last edge. Both lists are empty without paths.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Histogram {
    /// Edges in ascending order, in the figure's unit; both are equal for a deterministic figure.
    pub edges: Vec<f64>,
    /// `counts[i]` paths lie from `edges[i]` to `edges[i + 1]`.
    pub counts: Vec<u64>,
}

/// Sixty bins of equal width between the 0.1% and the 99.9% quantile, and on either side one that holds the tail out to
/// the minimum or the maximum, if there is any. A deterministic figure has one bin, both of whose edges are its value.
///
/// Counts add up to the number of paths exactly: numbers below each edge, interpolated within the sketch's bins, are
/// rounded and then subtracted.
pub fn histogram(order: &OrderStatistics) -> Histogram {
    let edges = edges(order);
    let last = edges.len() - 1;
    let below = |i: usize| if i == last { order.count() } else { order.below(edges[i]).round() as u64 };
    let counts = (0..last).map(|i| below(i + 1) - below(i)).collect();
    Histogram { edges, counts }
}

fn edges(order: &OrderStatistics) -> Vec<f64> {
    let (min, max) = (order.min(), order.max());
    if min == max {
        return vec![min, max];
    }
    let at = |p: f64| order.at(1.0 + (order.count() as f64 - 1.0) * p).unwrap_or(min);
    let (mut from, mut to) = (at(TAIL), at(1.0 - TAIL));
    if from == to {
        // nearly all paths are in one atom: show how far the others go
        (from, to) = (min, max);
    }
    let inner = (0..=BINS).map(|i| from + (to - from) * (f64::from(i) / f64::from(BINS)));
    let mut edges: Vec<f64> = [min].into_iter().chain(inner).chain([max]).collect();
    // floats so close that edges coincide, and tails that are not there
    edges.dedup_by(|later, earlier| *later <= *earlier);
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::figure::Frame;
    use crate::tally::testing::{Draws, tally_of};

    const FRAME: Frame = Frame { centre: 0.0, scale: 1.0 };

    fn of(values: &[f64]) -> Histogram {
        histogram(&OrderStatistics::new(&tally_of(values, FRAME), FRAME).expect("has paths"))
    }

    /// Counts of the values themselves between the histogram's edges.
    fn recount(values: &[f64], edges: &[f64]) -> Vec<u64> {
        let last = edges.len() - 1;
        let bin = |x: f64| edges[1..last].partition_point(|&edge| edge <= x);
        let mut counts = vec![0; last];
        values.iter().for_each(|&x| counts[bin(x)] += 1);
        counts
    }

    fn well_formed(found: &Histogram, n: usize) {
        assert_eq!(found.edges.len(), found.counts.len() + 1);
        assert!(found.edges.is_sorted_by(|a, b| a < b), "{:?}", found.edges);
        assert_eq!(found.counts.iter().sum::<u64>(), n as u64);
    }

    #[test]
    fn a_normal_has_sixty_bins_and_two_tails() {
        let mut draws = Draws::new(51);
        let values: Vec<f64> = (0..50_000).map(|_| draws.normal()).collect();
        let found = of(&values);
        well_formed(&found, values.len());
        assert_eq!(found.counts.len(), 62);
        for (found, expected) in found.counts.iter().zip(recount(&values, &found.edges)) {
            // paths within a sketch bin of an edge may change sides: 2·2⁻¹⁰ of 50,000/2.5 paths a unit
            assert!(found.abs_diff(expected) <= 40, "{found} {expected}");
        }
        for tail in [found.counts[0], found.counts[61]] {
            assert!((49..=51).contains(&tail), "{tail}");
        }
    }

    #[test]
    fn atoms_at_the_ends_are_in_the_outer_bins() {
        let mut draws = Draws::new(52);
        let values: Vec<f64> = (0..20_000).map(|_| draws.normal().clamp(-0.5, 0.5)).collect();
        let found = of(&values);
        well_formed(&found, values.len());
        assert_eq!((found.counts.len(), found.edges[0], found.edges[60]), (60, -0.5, 0.5));
        assert!(found.counts[0] > 6_000 && found.counts[59] > 6_000 && found.counts[30] < 300, "{:?}", found.counts);
    }

    #[test]
    fn rare_exceptions_from_an_atom_are_shown() {
        let mut values = vec![0.0; 9_999];
        values.push(6.0);
        let found = of(&values);
        well_formed(&found, values.len());
        assert_eq!((found.counts[0], found.counts[59], found.counts.len()), (9_999, 1, 60));
    }

    #[test]
    fn a_deterministic_figure_has_one_bin() {
        assert_eq!(of(&[0.1; 300]), Histogram { edges: vec![0.1, 0.1], counts: vec![300] });
        well_formed(&of(&[1.0, 2.0]), 2);
    }
}
