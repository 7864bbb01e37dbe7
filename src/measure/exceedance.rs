//! Exceedance curves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::order::OrderStatistics;
use super::probability::Probability;
use super::sample::OrderedSample;
use super::share::Share;
use super::units::PartSum;
use crate::registry::Side;

/// Steps of the curve in even shares of the paths, and those in ever smaller shares towards the bad end.
const EVEN_STEPS: u32 = 50;
const TAIL_STEPS: u32 = 50;
/// Where the second kind begins.
const TAIL: f64 = 0.1;
/// The smallest share of the paths in the bad tail that a point is made for, if there are as many paths.
const SMALLEST: f64 = 1e-6;

/// Exceedance probabilities P(X > x) with Wilson intervals, by ascending x in the figure's unit. Empty without paths.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExceedanceCurve {
    /// Values of the figure, ascending.
    pub x: Vec<f64>,
    /// P(X > x) for each x.
    pub probability: Vec<f64>,
    /// Lower ends of the intervals.
    pub low: Vec<f64>,
    /// Upper ends of the intervals.
    pub high: Vec<f64>,
}

/// The curve in about a hundred points, denser towards the bad side, from the minimum to the maximum.
pub fn exceedance_curve(sample: &OrderedSample, side: Side) -> ExceedanceCurve {
    let mut curve = ExceedanceCurve::default();
    for x in points(&sample.whole, side) {
        let above = |order: &OrderStatistics| PartSum { total: order.above(x), weight: order.count() as f64 };
        let units = sample.units.map(|order| order.as_ref().map(above).unwrap_or_default());
        let PartSum { total, weight } = above(&sample.whole);
        let found = Probability::from(&Share { whole: PartSum { total: total.round(), weight }, units });
        if let (Some(probability), Some(low), Some(high)) = (found.probability, found.low, found.high) {
            curve.x.push(x);
            curve.probability.push(probability);
            curve.low.push(low);
            curve.high.push(high);
        }
    }
    curve
}

/// The quantiles at shares 1, 0.98, … 0.1 and then, in even ratios, down to one path from the bad end, ascending.
fn points(order: &OrderStatistics, side: Side) -> Vec<f64> {
    let n = order.count() as f64;
    let smallest = (1.0 / n).clamp(SMALLEST, TAIL);
    let even = (0..EVEN_STEPS).map(|i| 1.0 - (1.0 - TAIL) * f64::from(i) / f64::from(EVEN_STEPS));
    let tail = (0..=TAIL_STEPS).map(|i| TAIL * (smallest / TAIL).powf(f64::from(i) / f64::from(TAIL_STEPS)));
    let at_share = |share: f64| order.at(1.0 + (n - 1.0) * if side == Side::High { 1.0 - share } else { share });
    let mut points: Vec<f64> = even.chain(tail).chain([0.0]).filter_map(at_share).collect();
    if side == Side::Low {
        points.reverse();
    }
    points.dedup_by(|later, earlier| *later <= *earlier);
    points
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, Normal};

    use super::super::Sample;
    use super::*;
    use crate::plan::figure::Frame;
    use crate::tally::testing::{Draws, tally_of};

    const FRAME: Frame = Frame { centre: 0.0, scale: 1.0 };

    fn of(values: &[f64], side: Side) -> ExceedanceCurve {
        exceedance_curve(&Sample::independent(&tally_of(values, FRAME), FRAME).order().expect("has paths"), side)
    }

    #[test]
    fn a_normal_is_exceeded_as_often_as_it_should_be() {
        let n = 100_000;
        let mut draws = Draws::new(61);
        let values: Vec<f64> = (0..n).map(|_| draws.normal()).collect();
        for side in [Side::High, Side::Low] {
            let curve = of(&values, side);
            assert_eq!(curve.x.len(), 102);
            assert!(curve.x.is_sorted_by(|a, b| a < b));
            assert!(curve.probability.is_sorted_by(|a, b| a >= b));
            for ((&x, &found), (&low, &high)) in
                curve.x.iter().zip(&curve.probability).zip(curve.low.iter().zip(&curve.high))
            {
                let truth = 1.0 - Normal::standard().cdf(x);
                // four standard errors and, at the far end, one path
                let tolerance = 4.0 * (truth * (1.0 - truth) / f64::from(n)).sqrt() + 1.0 / f64::from(n);
                assert!((found - truth).abs() < tolerance, "{side:?} {x}: {found}, not {truth}");
                assert!(low <= found && found <= high);
            }
            let dense = curve.x.iter().filter(|x| if side == Side::High { **x > 1.3 } else { **x < -1.3 }).count();
            assert!(dense >= 50, "{side:?}: {dense} points in the bad tail");
        }
    }

    #[test]
    fn it_begins_and_ends_at_the_extremes() {
        let mut draws = Draws::new(62);
        let values: Vec<f64> = (0..1000).map(|_| draws.uniform().max(0.4)).collect();
        let at_min = values.iter().filter(|x| **x == 0.4).count() as f64;
        for side in [Side::High, Side::Low] {
            let curve = of(&values, side);
            let last = curve.x.len() - 1;
            assert_eq!((curve.x[0], curve.probability[0]), (0.4, 1.0 - at_min / 1000.0));
            assert_eq!(curve.x[last], values.iter().copied().fold(0.0, f64::max));
            assert_eq!(curve.probability[last], 0.0);
            assert!(curve.x[1] > 0.4);
        }
    }

    #[test]
    fn a_deterministic_figure_is_one_point() {
        let curve = of(&[2.0; 10], Side::High);
        assert_eq!((curve.x, curve.probability), (vec![2.0], vec![0.0]));
    }
}
