//! Quantities at one date: quantiles over all paths, means over those whose bubble bursts and over the others.

use serde::{Deserialize, Serialize};

use super::error::{NoError, Pivot, StandardError};
use super::estimate::Estimate;
use super::order::OrderStatistics;
use super::quantile::quantile;
use super::sample::{OrderedSample, RowSample};
use super::units::{PartSum, Units, variance_between};
use crate::plan::figure::Frame;
use crate::plan::profile::PROFILE_SHIFT;
use crate::tally::{PartSums, ProfileRow, bin_edges};

/// A mean and its standard error over so many paths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    pub count: u64,
    /// `None` without paths.
    pub mean: Option<f64>,
    /// `None` with fewer than two paths, or fewer than two replicates or clusters.
    pub se: Option<f64>,
    /// What an interval takes its width from.
    #[serde(default, rename = "degrees_of_freedom", skip_serializing_if = "Pivot::is_normal")]
    pub pivot: Pivot,
}

impl Moment {
    /// The mean with its interval.
    pub fn estimate(&self) -> Estimate {
        Estimate::around(self.mean, self.se, self.pivot)
    }
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

/// Estimates of a row, with quantiles at these probabilities.
///
/// Quantiles come from bins of 2⁻⁶ of the scale (or, beyond one scale, of the distance to the centre), with paths spread evenly
/// over a bin; their intervals are those of [`quantile`].
pub fn row_estimates(sample: &RowSample, probabilities: &[f64]) -> RowEstimates {
    let order = order(sample.whole, sample.frame)
        .map(|whole| OrderedSample { whole, units: sample.units.map(|row| order(row, sample.frame)) });
    let estimate = |&p: &f64| order.as_ref().map(|order| quantile(order, p)).unwrap_or_default();
    RowEstimates {
        quantiles: probabilities.iter().map(estimate).collect(),
        all: moment(sample, |row| {
            let [mut all, burst] = row.parts;
            all.add(burst);
            all
        }),
        burst: moment(sample, |row| row.parts[1]),
        otherwise: moment(sample, |row| row.parts[0]),
    }
}

/// The paths of a row in order; `None` without paths.
fn order(row: &ProfileRow, frame: Frame) -> Option<OrderStatistics> {
    let held = row.bins.iter().enumerate().filter(|&(_, &count)| count > 0);
    let bins = held.map(|(bin, &count)| {
        let (low, high) = edges(bin as u32);
        (frame.centre + frame.scale * low, frame.centre + frame.scale * high, u64::from(count))
    });
    OrderStatistics::of_bins(bins, row.min, row.max)
}

/// The edges of a profile's bin in units of y.
fn edges(bin: u32) -> (f64, f64) {
    let (first, width) = (bin << PROFILE_SHIFT, 1 << PROFILE_SHIFT);
    let last = (first + width).min(crate::formula::single::SKETCH_BINS) - 1;
    (bin_edges(first).0, bin_edges(last).1)
}

/// The mean of some of a row's sums.
fn moment(sample: &RowSample, of: impl Fn(&ProfileRow) -> PartSums) -> Moment {
    let (sums, frame) = (of(sample.whole), sample.frame);
    let error = error_of_mean(sums, &sample.units.map(|row| of(row))).ok();
    Moment {
        count: sums.count,
        mean: (sums.count > 0).then_some(frame.centre + frame.scale * (sums.first / sums.count as f64)),
        se: error.map(|error| frame.scale * error.se),
        pivot: error.map(|error| error.pivot).unwrap_or_default(),
    }
}

/// The standard error of the mean of y: s/√n of independent paths, else from how much the means of replicates or clusters
/// differ ([`variance_between`]).
fn error_of_mean(sums: PartSums, units: &Units<PartSums>) -> Result<StandardError, NoError> {
    if sums.count < 2 {
        return Err(NoError::TooFewPaths);
    }
    let Some(parts) = units.parts() else {
        let count = sums.count as f64;
        let variance = ((sums.second - sums.first * (sums.first / count)) / (count - 1.0)).max(0.0);
        return Ok(StandardError { se: (variance / count).sqrt(), pivot: Pivot::Normal });
    };
    let parts: Vec<PartSum> = parts.iter().map(|of| PartSum { total: of.first, weight: of.count as f64 }).collect();
    let (variance, pivot) = variance_between(&parts)?;
    Ok(StandardError { se: variance.sqrt(), pivot })
}

#[cfg(test)]
mod tests {
    use super::super::{Sample, moments};
    use super::*;
    use crate::formula::single::sketch_bin;
    use crate::tally::testing::{Draws, run_of};
    use crate::tally::{ProfileTally, SampleDesign, Tally};

    const FRAME: Frame = Frame { centre: 3.0, scale: 2.0 };

    fn estimates(row: &ProfileRow, probabilities: &[f64]) -> RowEstimates {
        row_estimates(&RowSample { whole: row, frame: FRAME, units: Units::Paths }, probabilities)
    }

    fn row(values: impl Iterator<Item = (f64, bool)>) -> ProfileRow {
        let mut row = ProfileRow::default();
        for (x, burst) in values {
            let y = (x - FRAME.centre) / FRAME.scale;
            row.parts[usize::from(burst)].add(PartSums { count: 1, first: y, second: y * y });
            row.bins[(sketch_bin(y as f32) >> PROFILE_SHIFT) as usize] += 1;
            (row.min, row.max) = (row.min.min(x), row.max.max(x));
        }
        row
    }

    #[test]
    fn quantiles_and_conditional_means_of_a_normal() {
        let mut draws = Draws::new(5);
        let all: Vec<f64> = (0..20_000).map(|_| 3.5 + 1.5 * draws.normal()).collect();
        let found = estimates(&row(all.iter().map(|&x| (x, x > 5.0))), &[0.05, 0.5, 0.95]);
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
        let none = estimates(&ProfileRow::default(), &[0.5]);
        assert_eq!((none.quantiles[0], none.all), (Estimate::default(), Moment::default()));
        let certain = estimates(&row([(2.0, false); 100].into_iter()), &[0.05, 0.95]);
        assert!(certain.quantiles.iter().all(|estimate| estimate.value == Some(2.0)));
        assert_eq!(certain.all, Moment { count: 100, mean: Some(2.0), se: Some(0.0), pivot: Pivot::Normal });
        assert_eq!(certain.burst.mean, None);
    }

    #[test]
    fn rows_of_parts_have_the_errors_of_figures() {
        let mut draws = Draws::new(6);
        let profile = |parts: &[Vec<f64>], of: fn(Vec<ProfileTally>) -> ProfileTally| {
            let part = |values: &Vec<f64>| ProfileTally {
                paths: values.len() as u64,
                rows: vec![row(values.iter().map(|&x| (x, x > 5.0)))],
                design: SampleDesign::Independent,
            };
            of(parts.iter().map(part).collect())
        };
        let parts: Vec<Vec<f64>> = (0..12)
            .map(|_| {
                let common = draws.normal();
                (0..200).map(|_| 3.0 + common + draws.normal()).collect()
            })
            .collect();
        type OfProfile = fn(Vec<ProfileTally>) -> ProfileTally;
        type OfRun = fn(Tally, u32) -> Tally;
        let designs: [(OfProfile, OfRun); 2] =
            [(ProfileTally::of_sets, Tally::as_set), (ProfileTally::of_scrambles, Tally::as_scramble)];
        for (of_profile, of_run) in designs {
            let tally = profile(&parts, of_profile);
            let found = row_estimates(&RowSample::new(&tally, 0, FRAME), &[0.5]);
            let mut run = run_of(&[], FRAME, 5.0);
            (0..).zip(&parts).for_each(|(number, values)| run.merge(&of_run(run_of(values, FRAME, 5.0), number)));
            let sample = Sample::new(&run, 0, FRAME);
            let expected = moments(&sample);
            assert!((found.all.se.unwrap() - expected.se.unwrap()).abs() < 1e-9);
            assert_eq!((found.all.pivot, found.all.count), (Pivot::Student { degrees: 11 }, 2400));
            let (median, exact) = (found.quantiles[0], quantile(&sample.order().unwrap(), 0.5));
            for (found, exact) in [(median.low, exact.low), (median.high, exact.high), (median.value, exact.value)] {
                assert!((found.unwrap() - exact.unwrap()).abs() < 0.03, "{median:?} {exact:?}");
            }
            // sets differ by far more than their paths
            let naive = ProfileTally { design: SampleDesign::Independent, ..tally.clone() };
            let naive = row_estimates(&RowSample::new(&naive, 0, FRAME), &[0.5]);
            assert!(found.all.se.unwrap() > 5.0 * naive.all.se.unwrap());
            assert_eq!((naive.all.mean, naive.quantiles[0].value), (found.all.mean, median.value));
            // the tally of a part is no sample of independent paths
            let (SampleDesign::Clustered { sets: parts } | SampleDesign::Replicated { scrambles: parts }) =
                &tally.design
            else {
                panic!("{}", tally.design.name())
            };
            assert_eq!(row_estimates(&RowSample::new(&parts[&0], 0, FRAME), &[]).all.se, None);
        }
    }
}
