//! When something happens, given that it happens.

use super::quantile::rank_interval;
use super::{Estimate, Probability, wilson};
use crate::tally::TimeTally;

/// The distribution of the first time of an event or a bubble over the paths where it happens, in years from the start
/// date. Times are ends of periods, as that is when conditions are looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeDistribution {
    /// The share of all valid paths where it does not happen by the horizon.
    pub never: Probability,
    /// Mean time; `None` where it never happens.
    pub mean: Option<f64>,
    /// Standard error of the mean; `None` with fewer than two paths.
    pub se: Option<f64>,
    /// One for each of the quantiles asked for.
    pub quantiles: Vec<Estimate>,
}

/// The distribution of the time, with the `quantiles` asked for, of `paths` valid paths.
pub fn time_distribution(times: &TimeTally, paths: u64, steps_per_year: u32, quantiles: &[f64]) -> TimeDistribution {
    let happened = times.happened();
    let year = |period: f64| period / f64::from(steps_per_year);
    let (mean, variance) = mean_and_variance(times, happened as f64);
    TimeDistribution {
        never: wilson(paths - happened, paths),
        mean: (happened > 0).then(|| year(mean)),
        se: (happened > 1).then(|| year((variance / (happened as f64 - 1.0)).sqrt())),
        quantiles: quantiles.iter().map(|&p| quantile(times, happened, p, year)).collect(),
    }
}

/// Mean and variance (with n) of the period of first happening.
fn mean_and_variance(times: &TimeTally, happened: f64) -> (f64, f64) {
    let average = |f: &dyn Fn(f64) -> f64| {
        let terms = times.counts.iter().enumerate().map(|(i, &count)| count as f64 * f(i as f64 + 1.0));
        terms.sum::<f64>() / happened
    };
    let mean = average(&|period| period);
    (mean, average(&|period| (period - mean).powi(2)))
}

/// The earliest time by which a share p of the paths where it happens have had it. The interval is that of
/// [`quantile`](super::quantile()), its ranks rounded outwards, since times are whole periods.
fn quantile(times: &TimeTally, happened: u64, p: f64, year: impl Fn(f64) -> f64) -> Estimate {
    let n = happened as f64;
    let (from, to) = rank_interval(n, p);
    let at = |rank: f64| period_of_rank(times, happened, rank).map(&year);
    let (low, high) = (at(from.floor()), at(to.ceil()));
    Estimate { value: at((n * p).ceil().max(1.0)), low, high, atom: low.is_some() && low == high }
}

/// The period of the k-th path to have it, for k = 1…happened.
fn period_of_rank(times: &TimeTally, happened: u64, rank: f64) -> Option<f64> {
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
    use super::*;

    fn tally(counts: &[u64]) -> TimeTally {
        TimeTally { counts: counts.to_vec() }
    }

    #[test]
    fn means_and_quantiles_are_in_years() {
        // 400 paths: half after half a year, half after two years
        let found = time_distribution(&tally(&[0, 200, 0, 0, 0, 0, 0, 200]), 1000, 4, &[0.25, 0.5, 0.75]);
        assert_eq!(found.mean, Some(1.25));
        assert!((found.se.unwrap() - 0.75 / 399f64.sqrt()).abs() < 1e-14);
        assert_eq!(found.never, wilson(600, 1000));
        let values: Vec<_> = found.quantiles.iter().map(|q| (q.value, q.low, q.high, q.atom)).collect();
        let (half, two) = (Some(0.5), Some(2.0));
        assert_eq!(values, [(half, half, half, true), (half, half, two, false), (two, two, two, true)]);
    }

    #[test]
    fn what_never_happens_has_no_time() {
        let found = time_distribution(&tally(&[0, 0]), 50, 1, &[0.5]);
        assert_eq!((found.mean, found.se, found.quantiles), (None, None, vec![Estimate::default()]));
        assert_eq!(found.never.probability, Some(1.0));
        let once = time_distribution(&tally(&[0, 1]), 50, 1, &[0.5]);
        assert_eq!((once.mean, once.se, once.quantiles[0].value), (Some(2.0), None, Some(2.0)));
        assert_eq!((once.quantiles[0].low, once.quantiles[0].high), (None, None));
        assert_eq!(time_distribution(&tally(&[0]), 0, 1, &[]).never, Probability::default());
    }

    #[test]
    fn extreme_quantiles_are_first_and_last() {
        let found = time_distribution(&tally(&[3, 4, 5]), 12, 1, &[0.0, 1.0]);
        assert_eq!((found.quantiles[0].value, found.quantiles[1].value), (Some(1.0), Some(3.0)));
    }
}
