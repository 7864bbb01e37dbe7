//! Quantities at one date: quantiles over all paths, means over those whose bubble bursts and over the others.

use serde::{Deserialize, Serialize};

use super::{Estimate, OrderStatistics, quantile};
use crate::plan::course::COURSE_SHIFT;
use crate::plan::figure::Frame;
use crate::tally::{CourseRow, PartSums, bin_edges};

/// A mean and its standard error over so many independent paths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    pub count: u64,
    /// `None` without paths.
    pub mean: Option<f64>,
    /// `None` with fewer than two.
    pub se: Option<f64>,
}

/// What is estimated of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct RowEstimates {
    /// In the order asked for.
    pub quantiles: Vec<Estimate>,
    pub all: Moment,
    /// Given that the row's bubble bursts by the horizon.
    pub burst: Moment,
    /// Given that it does not.
    pub otherwise: Moment,
}

/// Estimates of a row in its frame, with quantiles at these probabilities.
///
/// Quantiles come from bins of 2⁻⁶ of the scale (or, beyond one scale, of the distance to the centre), with paths spread evenly
/// over a bin; their intervals are those of [`quantile`].
pub fn row_estimates(row: &CourseRow, frame: Frame, probabilities: &[f64]) -> RowEstimates {
    let held = row.bins.iter().enumerate().filter(|&(_, &count)| count > 0);
    let bins = held.map(|(bin, &count)| {
        let (low, high) = edges(bin as u32);
        (frame.centre + frame.scale * low, frame.centre + frame.scale * high, u64::from(count))
    });
    let order = OrderStatistics::of_bins(bins, row.min, row.max);
    let estimate = |&p: &f64| order.as_ref().map(|order| quantile(order, p)).unwrap_or_default();
    let [otherwise, burst] = row.parts;
    let mut all = otherwise;
    all.add(burst);
    RowEstimates {
        quantiles: probabilities.iter().map(estimate).collect(),
        all: moment(all, frame),
        burst: moment(burst, frame),
        otherwise: moment(otherwise, frame),
    }
}

/// The edges of a course's bin in units of y.
fn edges(bin: u32) -> (f64, f64) {
    let (first, width) = (bin << COURSE_SHIFT, 1 << COURSE_SHIFT);
    let last = (first + width).min(crate::formula::single::SKETCH_BINS) - 1;
    (bin_edges(first).0, bin_edges(last).1)
}

fn moment(sums: PartSums, frame: Frame) -> Moment {
    let count = sums.count as f64;
    let mean = sums.first / count;
    let variance = ((sums.second - sums.first * mean) / (count - 1.0)).max(0.0);
    Moment {
        count: sums.count,
        mean: (sums.count > 0).then_some(frame.centre + frame.scale * mean),
        se: (sums.count > 1).then(|| frame.scale * (variance / count).sqrt()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::single::sketch_bin;
    use crate::tally::testing::Draws;

    const FRAME: Frame = Frame { centre: 3.0, scale: 2.0 };

    fn row(values: impl Iterator<Item = (f64, bool)>) -> CourseRow {
        let mut row = CourseRow::default();
        for (x, burst) in values {
            let y = (x - FRAME.centre) / FRAME.scale;
            row.parts[usize::from(burst)].add(PartSums { count: 1, first: y, second: y * y });
            row.bins[(sketch_bin(y as f32) >> COURSE_SHIFT) as usize] += 1;
            (row.min, row.max) = (row.min.min(x), row.max.max(x));
        }
        row
    }

    #[test]
    fn quantiles_and_conditional_means_of_a_normal() {
        let mut draws = Draws::new(5);
        let all: Vec<f64> = (0..20_000).map(|_| 3.5 + 1.5 * draws.normal()).collect();
        let found = row_estimates(&row(all.iter().map(|&x| (x, x > 5.0))), FRAME, &[0.05, 0.5, 0.95]);
        let mut sorted = all.clone();
        sorted.sort_by(f64::total_cmp);
        for (estimate, p) in found.quantiles.iter().zip([0.05, 0.5, 0.95]) {
            let exact = sorted[(p * 19_999.0) as usize];
            // a hundredth of the deviation: well within a bin
            assert!((estimate.value.unwrap() - exact).abs() < 0.015, "{estimate:?} {exact}");
            assert!(estimate.low.unwrap() < exact && exact < estimate.high.unwrap());
        }
        let (over, under): (Vec<f64>, Vec<f64>) = all.iter().partition(|&&x| x > 5.0);
        for (moment, values) in [(found.burst, over), (found.otherwise, under), (found.all, all)] {
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
            assert_eq!(moment.count, values.len() as u64);
            assert!((moment.mean.unwrap() - mean).abs() < 1e-10);
            assert!((moment.se.unwrap() - (variance / n).sqrt()).abs() < 1e-10);
        }
    }

    #[test]
    fn nothing_is_no_number_and_what_is_certain_has_no_error() {
        let none = row_estimates(&CourseRow::default(), FRAME, &[0.5]);
        assert_eq!((none.quantiles[0], none.all), (Estimate::default(), Moment::default()));
        let certain = row_estimates(&row([(2.0, false); 100].into_iter()), FRAME, &[0.05, 0.95]);
        assert!(certain.quantiles.iter().all(|estimate| estimate.value == Some(2.0)));
        assert_eq!(certain.all, Moment { count: 100, mean: Some(2.0), se: Some(0.0) });
        assert_eq!(certain.burst.mean, None);
    }
}
