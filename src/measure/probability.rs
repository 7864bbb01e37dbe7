//! Probabilities with score intervals.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sample::{FirstPassageSample, Times};
use super::share::Share;
use super::units::PartSum;

/// An estimated probability with its 95% confidence interval; null without paths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Probability {
    /// The estimate.
    pub probability: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
}

impl From<&Share> for Probability {
    fn from(share: &Share) -> Self {
        let interval = share.interval().ok();
        Probability {
            probability: (share.whole.weight > 0.0).then(|| share.value()),
            low: interval.map(|(low, _)| low),
            high: interval.map(|(_, high)| high),
        }
    }
}

/// The probability that it happens by the horizon, with its score interval (share.rs).
pub fn probability(sample: &FirstPassageSample) -> Probability {
    let sum = |times: &Times| PartSum { total: times.tally.happened() as f64, weight: times.paths as f64 };
    Probability::from(&Share { whole: sum(&sample.whole), units: sample.units.map(sum) })
}

/// P(first time ≤ end of period) for each period in turn. The last is the probability by the horizon.
pub fn cumulative_probabilities(sample: &FirstPassageSample) -> Vec<Probability> {
    let (whole, units) = (happened_by(&sample.whole), sample.units.map(happened_by));
    let periods = whole.iter().enumerate();
    let share = |(period, &whole): (usize, &PartSum)| Share { whole, units: units.map(|by| by[period]) };
    periods.map(|period| Probability::from(&share(period))).collect()
}

/// The valid paths where it has happened by the end of each period.
fn happened_by(times: &Times) -> Vec<PartSum> {
    let counts = times.tally.counts.iter().scan(0, |so_far, &count| {
        *so_far += count;
        Some(*so_far)
    });
    counts.map(|happened: u64| PartSum { total: happened as f64, weight: times.paths as f64 }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::units::Units;
    use super::*;
    use crate::tally::FirstPassageTally;
    use crate::tally::testing::Draws;

    fn close(found: Option<f64>, expected: f64) {
        assert!((found.unwrap() - expected).abs() < 5e-5, "{found:?}, not {expected}");
    }

    fn wilson(count: u64, paths: u64) -> Probability {
        let whole = PartSum { total: count as f64, weight: paths as f64 };
        Probability::from(&Share { whole, units: Units::Paths })
    }

    #[test]
    fn known_intervals() {
        // worked by hand from the formula; 0 of 10 is z²/(n + z²)
        let found = wilson(0, 10);
        assert_eq!((found.probability, found.low), (Some(0.0), Some(0.0)));
        close(found.high, 0.27753);
        let found = wilson(10, 10);
        close(found.low, 1.0 - 0.27753);
        assert_eq!(found.high, Some(1.0));
        let found = wilson(20, 100);
        close(found.low, 0.13337);
        close(found.high, 0.28883);
        assert_eq!(wilson(0, 0), Probability::default());
    }

    #[test]
    fn periods_accumulate() {
        let mut tally = FirstPassageTally::new(3);
        tally.add(1, 10);
        tally.add(3, 30);
        let times = FirstPassageSample { whole: Times { tally: &tally, paths: 100 }, units: Units::Paths };
        assert_eq!(cumulative_probabilities(&times), [wilson(10, 100), wilson(10, 100), wilson(40, 100)]);
        assert_eq!(probability(&times), wilson(40, 100));
    }

    #[test]
    fn intervals_cover_as_often_as_they_say() {
        let (repetitions, truth) = (2000, 0.03);
        let mut draws = Draws::new(41);
        let covered = (0..repetitions).filter(|_| {
            let count = (0..1000).filter(|_| draws.uniform() < truth).count();
            let found = wilson(count as u64, 1000);
            found.low.unwrap() <= truth && truth <= found.high.unwrap()
        });
        let share = covered.count() as f64 / f64::from(repetitions);
        // four standard errors, and 0.01 for the steps of the binomial
        assert!((share - 0.95).abs() < 0.03, "covered {share}");
    }
}
