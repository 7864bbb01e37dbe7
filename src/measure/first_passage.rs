//! When something happens, given that it happens.

use super::error::{NoError, Pivot, StandardError};
use super::estimate::Estimate;
use super::probability::Probability;
use super::quantile::{Bounds, rank_interval};
use super::sample::{FirstPassageSample, Times};
use super::share::Share;
use super::units::{PartSum, variance_between};
use crate::tally::FirstPassageTally;

/// The distribution of the first time of an event or a bubble over the paths where it happens, in years from the start
/// date. Times are ends of periods, as that is when conditions are looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeDistribution {
    /// The share of all valid paths where it does not happen by the horizon.
    pub never: Probability,
    /// Mean time; `None` where it never happens.
    pub mean: Option<f64>,
    /// Standard error of the mean; `None` with fewer than two paths where it happens, or fewer than two parts.
    pub se: Option<f64>,
    /// What an interval of the mean takes its width from.
    pub pivot: Pivot,
    /// One for each of the quantiles asked for.
    pub quantiles: Vec<Estimate>,
}

/// The distribution of the time, with the `quantiles` asked for. Errors of the mean and the quantiles are those of a share or
/// a mean over the paths where it happens, of which each replicate or cluster has a number of its own.
pub fn time_distribution(sample: &FirstPassageSample, steps_per_year: u32, quantiles: &[f64]) -> TimeDistribution {
    let times = sample.whole.tally;
    let happened = times.happened();
    let year = |period: f64| period / f64::from(steps_per_year);
    let never = |times: &Times| {
        let paths = times.paths as f64;
        PartSum { total: paths - times.tally.happened() as f64, weight: paths }
    };
    let error = mean_error(sample).ok();
    TimeDistribution {
        never: Probability::from(&Share { whole: never(&sample.whole), units: sample.units.map(never) }),
        mean: (happened > 0).then(|| year(mean_and_variance(times, happened as f64).0)),
        se: error.map(|error| year(error.se)),
        pivot: error.map(|error| error.pivot).unwrap_or_default(),
        quantiles: quantiles.iter().map(|&p| quantile(sample, p, year)).collect(),
    }
}

/// The standard error of the mean time, in periods: s/√n, n being the paths where it happens, else from how much the means of
/// replicates or clusters differ ([`variance_between`]).
fn mean_error(sample: &FirstPassageSample) -> Result<StandardError, NoError> {
    let times = sample.whole.tally;
    let happened = times.happened() as f64;
    if happened < 2.0 {
        return Err(NoError::TooFewPaths);
    }
    let Some(parts) = sample.units.parts() else {
        let (_, variance) = mean_and_variance(times, happened);
        return Ok(StandardError { se: (variance / (happened - 1.0)).sqrt(), pivot: Pivot::Normal });
    };
    let sum = |times: &Times| {
        let total =
            times.tally.counts.iter().zip(1u32..).map(|(&count, period)| count as f64 * f64::from(period)).sum();
        PartSum { total, weight: times.tally.happened() as f64 }
    };
    let (variance, pivot) = variance_between(&parts.iter().map(sum).collect::<Vec<_>>())?;
    Ok(StandardError { se: variance.sqrt(), pivot })
}

/// Mean and variance (with n) of the period of first happening.
fn mean_and_variance(times: &FirstPassageTally, happened: f64) -> (f64, f64) {
    let average = |f: &dyn Fn(f64) -> f64| {
        let terms = times.counts.iter().enumerate().map(|(i, &count)| count as f64 * f(i as f64 + 1.0));
        terms.sum::<f64>() / happened
    };
    let mean = average(&|period| period);
    (mean, average(&|period| (period - mean).powi(2)))
}

/// The earliest time by which a share p of the paths where it happens have had it. The interval is that of
/// [`quantile`](super::quantile()), its ranks rounded outwards, since times are whole periods.
fn quantile(sample: &FirstPassageSample, p: f64, year: impl Fn(f64) -> f64) -> Estimate {
    let times = sample.whole.tally;
    let happened = times.happened();
    let at = |rank: f64| period_of_rank(times, happened, rank).map(&year);
    let rank = (happened as f64 * p).ceil().max(1.0);
    let bounds = match rank_interval(shares_around(sample, period_of_rank(times, happened, rank)), p) {
        Ok((from, to)) => {
            let bound = |rank: f64| at(rank).ok_or(NoError::BeyondExtremes);
            Bounds { low: bound(from.floor()), high: bound(to.ceil()) }
        }
        Err(why) => Bounds { low: Err(why), high: Err(why) },
    };
    bounds.around(at(rank))
}

/// The shares of the paths where it happens that have it before a period and by its end.
fn shares_around(sample: &FirstPassageSample, period: Option<f64>) -> [Share; 2] {
    let last = period.map_or(0, |period| period as usize);
    [last.saturating_sub(1), last].map(|last| {
        let sum = |times: &Times| {
            let by: u64 = times.tally.counts[..last].iter().sum();
            PartSum { total: by as f64, weight: times.tally.happened() as f64 }
        };
        Share { whole: sum(&sample.whole), units: sample.units.map(sum) }
    })
}

/// The period of the k-th path to have it, for k = 1…happened.
fn period_of_rank(times: &FirstPassageTally, happened: u64, rank: f64) -> Option<f64> {
    if !(1.0..=happened as f64).contains(&rank) {
        return None;
    }
    let mut so_far = 0;
    let index = times.counts.iter().position(|&count| {
        so_far += count;
        so_far as f64 >= rank
    })?;
    Some(index as f64 + 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::units::Units;
    use super::*;

    fn of(counts: &[u64], paths: u64, steps_per_year: u32, quantiles: &[f64]) -> TimeDistribution {
        let tally = FirstPassageTally { counts: counts.to_vec() };
        let sample = FirstPassageSample { whole: Times { tally: &tally, paths }, units: Units::Paths };
        time_distribution(&sample, steps_per_year, quantiles)
    }

    #[test]
    fn means_and_quantiles_are_in_years() {
        // 400 paths: half after half a year, half after two years
        let found = of(&[0, 200, 0, 0, 0, 0, 0, 200], 1000, 4, &[0.25, 0.5, 0.75]);
        assert_eq!(found.mean, Some(1.25));
        assert!((found.se.unwrap() - 0.75 / 399f64.sqrt()).abs() < 1e-14);
        assert!((found.never.probability, found.never.low < Some(0.6)) == (Some(0.6), true));
        let values: Vec<_> = found.quantiles.iter().map(|q| (q.value, q.low, q.high, q.atom)).collect();
        let (half, two) = (Some(0.5), Some(2.0));
        assert_eq!(values, [(half, half, half, true), (half, half, two, false), (two, two, two, true)]);
    }

    #[test]
    fn what_never_happens_has_no_time() {
        let found = of(&[0, 0], 50, 1, &[0.5]);
        assert_eq!((found.mean, found.se, found.quantiles), (None, None, vec![Estimate::default()]));
        assert_eq!(found.never.probability, Some(1.0));
        let once = of(&[0, 1], 50, 1, &[0.5]);
        assert_eq!((once.mean, once.se, once.quantiles[0].value), (Some(2.0), None, Some(2.0)));
        assert_eq!((once.quantiles[0].low, once.quantiles[0].high), (None, None));
        assert_eq!(of(&[0], 0, 1, &[]).never, Probability::default());
    }

    #[test]
    fn extreme_quantiles_are_first_and_last() {
        let found = of(&[3, 4, 5], 12, 1, &[0.0, 1.0]);
        assert_eq!((found.quantiles[0].value, found.quantiles[1].value), (Some(1.0), Some(3.0)));
    }
}
