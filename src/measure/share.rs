//! The share of paths of which something holds, with its error by design.

use super::error::{NoError, Pivot};
use super::units::{PartSum, Units, variance_between};

/// How many of so many paths something holds of, over all and in each replicate or cluster.
#[derive(Debug, Clone)]
pub(super) struct Share {
    /// Paths of which it holds, and all.
    pub whole: PartSum,
    pub units: Units<PartSum>,
}

impl Share {
    /// The share itself; NaN without paths.
    pub fn value(&self) -> f64 {
        self.whole.total / self.whole.weight
    }

    /// The variance of the share where its true value is about `p`, and the distribution of its error:
    ///
    /// - of independent paths the binomial p(1 − p)/n;
    /// - of replicates that between them ([`variance_between`]), and at least what whole counts can tell: G/(4n²), as if each of
    ///   G counts were off by half a path. Points that fill space evenly may hit the same number of times under every scramble.
    /// - of clusters that between them, and at least the binomial one: paths that share parameters vary together or not at all
    ///   (Korn and Graubard 1998, "Confidence intervals for proportions with small expected number of positive counts estimated
    ///   from survey data", who truncate effective sample sizes likewise).
    pub fn variance(&self, p: f64) -> Result<(f64, Pivot), NoError> {
        let n = self.whole.weight;
        let binomial = p * (1.0 - p) / n;
        match &self.units {
            Units::Paths => Ok((binomial, Pivot::Normal)),
            Units::Replicates(parts) => {
                let (variance, pivot) = variance_between(parts)?;
                Ok((variance.max(parts.len() as f64 / (4.0 * n * n)), pivot))
            }
            Units::Clusters(parts) => {
                let (variance, pivot) = variance_between(parts)?;
                Ok((variance.max(binomial), pivot))
            }
        }
    }

    /// How many independent paths would give a share with this error, and the distribution of the error.
    ///
    /// Where it holds of no path or of all, the parts do not differ, and so say nothing of the variance. Replicates then count
    /// with all their paths: the variance of a scrambled net is within a constant of that of independent points (Owen 1998,
    /// "Scrambling Sobol' and Niederreiter–Xing points") and seldom above it. If it is not, none of n paths in G replicates
    /// bounds the probability by (40^{1/G} − 1)·G/n with Cantelli's inequality, which the score interval with Student's t exceeds
    /// for every G. A cluster counts as one path, since all of its paths may be the same.
    pub fn effective_paths(&self) -> Result<(f64, Pivot), NoError> {
        let (n, p) = (self.whole.weight, self.value());
        let certain = p * (1.0 - p) == 0.0;
        match &self.units {
            Units::Paths => Ok((n, Pivot::Normal)),
            Units::Replicates(parts) if certain => Ok((n, Pivot::between(parts.len())?)),
            Units::Clusters(parts) if certain => Ok((n.min(parts.len() as f64), Pivot::between(parts.len())?)),
            Units::Replicates(_) | Units::Clusters(_) => {
                let (variance, pivot) = self.variance(p)?;
                Ok((p * (1.0 - p) / variance, pivot))
            }
        }
    }

    /// The score interval with the effective number of paths n and z the width of the error's distribution,
    ///
    /// (p̂ + z²/2n ± z·√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n),
    ///
    /// which stays within 0…1 and is not degenerate where nothing, or everything, happened.
    ///
    /// Sources: Wilson (1927), "Probable inference, the law of succession, and statistical inference"; for the effective number
    /// Korn and Graubard (1998), as above: t for z is their factor (z/t)² for few degrees of freedom; for both together Franco,
    /// Little, Louis and Slud (2019), "Comparative study of confidence intervals for proportions in complex sample surveys".
    pub fn interval(&self) -> Result<(f64, f64), NoError> {
        if self.whole.weight == 0.0 {
            return Err(NoError::TooFewPaths);
        }
        let (n, pivot) = self.effective_paths()?;
        let (share, z) = (self.value(), pivot.width());
        let middle = share + z * z / (2.0 * n);
        let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        let bound = |x: f64| x / (1.0 + z * z / n);
        // where it holds of none or of all the ends are exact, but for rounding
        let low = if self.whole.total == 0.0 { 0.0 } else { bound(middle - half) };
        let high = if self.whole.total == self.whole.weight { 1.0 } else { bound(middle + half) };
        Ok((low, high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::testing::Draws;

    fn share(units: fn(Vec<PartSum>) -> Units<PartSum>, parts: &[(f64, f64)]) -> Share {
        let parts: Vec<PartSum> = parts.iter().map(|&(total, weight)| PartSum { total, weight }).collect();
        let sum = |of: fn(&PartSum) -> f64| parts.iter().map(of).sum();
        Share { whole: PartSum { total: sum(|part| part.total), weight: sum(|part| part.weight) }, units: units(parts) }
    }

    #[test]
    fn effective_paths_by_hand() {
        // all or nothing in four clusters: a variance of ¼/(4 − 1), so that each counts as one path, less the one of the mean
        let alike = share(Units::Clusters, &[(50.0, 50.0), (0.0, 50.0), (50.0, 50.0), (0.0, 50.0)]);
        assert!((alike.effective_paths().unwrap().0 - 3.0).abs() < 1e-12);
        // the same in all: clusters count no path more than once, replicates more than once but to half a path
        let even = [(20.0, 50.0); 4];
        assert_eq!(share(Units::Clusters, &even).effective_paths().unwrap().0, 200.0);
        let found = share(Units::Replicates, &even).effective_paths().unwrap().0;
        assert!((found - 0.24 * 4.0 * 200.0 * 200.0 / 4.0).abs() < 1e-6, "{found}");
    }

    #[test]
    fn what_never_happens_is_bounded_by_what_could_have_been_seen() {
        let never = [(0.0, 1000.0); 16];
        let (low, high) = share(Units::Replicates, &never).interval().unwrap();
        // Cantelli: (40^{1/16} − 1)·16/16000
        assert!(low == 0.0 && high > 2.59e-4 && high < 3e-4, "{high}");
        let (low, high) = share(Units::Clusters, &never).interval().unwrap();
        // t²/(16 + t²) with t = 2.1314
        assert!(low == 0.0 && (high - 0.22117).abs() < 1e-4, "{high}");
        let always = share(Units::Clusters, &[(1000.0, 1000.0); 16]).interval().unwrap();
        assert!(always.1 == 1.0 && (always.0 - 1.0 + high).abs() < 1e-12);
    }

    #[test]
    fn one_part_tells_nothing() {
        for units in [Units::Clusters, Units::Replicates] {
            assert_eq!(share(units, &[(3.0, 10.0)]).interval(), Err(NoError::TooFewParts));
            assert_eq!(share(units, &[(0.0, 10.0)]).interval(), Err(NoError::TooFewParts));
            assert_eq!(share(units, &[]).interval(), Err(NoError::TooFewPaths));
        }
    }

    /// Clusters of uneven sizes in whose paths it holds with a probability of their own.
    fn uneven(draws: &mut Draws, clusters: usize, probability: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
        let cluster = |_| {
            let (size, p) = (5 + draws.word() % 40, probability(draws.uniform()));
            ((0..size).filter(|_| draws.uniform() < p).count() as f64, size as f64)
        };
        (0..clusters).map(cluster).collect()
    }

    #[test]
    fn intervals_of_clusters_cover_as_often_as_they_say() {
        let (repetitions, mut draws) = (2000, Draws::new(43));
        let independent: fn(Vec<PartSum>) -> Units<PartSum> = |_| Units::Paths;
        // in half of the clusters often, in the others never; in a tenth always; in all alike; in all alike and hardly ever
        type Probability = fn(f64) -> f64;
        let cases: [(Probability, f64, bool); 4] = [
            (|u| if u < 0.5 { 0.6 } else { 0.0 }, 0.3, true),
            (|u| if u < 0.1 { 1.0 } else { 0.0 }, 0.1, true),
            (|_| 0.3, 0.3, false),
            (|_| 0.003, 0.003, false),
        ];
        for (probability, truth, alike) in cases {
            let mut covered = [0; 2];
            for _ in 0..repetitions {
                let parts = uneven(&mut draws, 80, probability);
                for (covered, units) in covered.iter_mut().zip([Units::Clusters, independent]) {
                    let (low, high) = share(units, &parts).interval().expect("there are paths");
                    *covered += u32::from(low <= truth && truth <= high);
                }
            }
            let [ours, naive] = covered.map(|count| f64::from(count) / f64::from(repetitions));
            println!("{truth}: {ours}, independent {naive}");
            // four standard errors, √(0.95·0.05/2000) = 0.0049, and 0.01 for the steps of counts
            assert!(ours > 0.92, "{truth}: covered {ours}");
            assert!(if alike { naive < 0.75 } else { ours < 0.99 }, "{truth}: {ours}, independent {naive}");
        }
    }
}
