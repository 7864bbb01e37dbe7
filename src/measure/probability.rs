//! Probabilities with Wilson's interval.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::normal_width;
use crate::tally::TimeTally;

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

/// The probability of what happened in `count` of `paths` paths, p̂ = count/n, with Wilson's score interval
///
/// (p̂ + z²/2n ± z·√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n),
///
/// which stays within 0…1 and is not degenerate where nothing, or everything, happened.
///
/// Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference".
pub fn wilson(count: u64, paths: u64) -> Probability {
    if paths == 0 {
        return Probability::default();
    }
    let (n, z) = (paths as f64, normal_width());
    let share = count as f64 / n;
    let middle = share + z * z / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let bound = |x: f64| x / (1.0 + z * z / n);
    Probability {
        probability: Some(share),
        // where count is 0 or n the ends are exact, but for rounding
        low: Some(if count == 0 { 0.0 } else { bound(middle - half) }),
        high: Some(if count == paths { 1.0 } else { bound(middle + half) }),
    }
}

/// P(first time ≤ end of period) for each period in turn, of `paths` valid paths. The last is the probability by the
/// horizon.
pub fn cumulative_probabilities(times: &TimeTally, paths: u64) -> Vec<Probability> {
    let counts = times.counts.iter().scan(0, |so_far, &count| {
        *so_far += count;
        Some(*so_far)
    });
    counts.map(|count| wilson(count, paths)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::testing::Draws;

    fn close(found: Option<f64>, expected: f64) {
        assert!((found.unwrap() - expected).abs() < 5e-5, "{found:?}, not {expected}");
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
        let mut times = TimeTally::new(3);
        times.add(1, 10);
        times.add(3, 30);
        let found = cumulative_probabilities(&times, 100);
        assert_eq!(found, [wilson(10, 100), wilson(10, 100), wilson(40, 100)]);
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
