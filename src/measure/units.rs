//! What varies independently in a sample: its paths, or its replicates or clusters; and errors from how much those differ.

use super::error::{NoError, Pivot};
use crate::tally::SampleDesign;

/// The independent units of a sample; `P` is what is known of a replicate or a cluster.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Units<P> {
    /// Paths, whose spread the whole sample tells.
    Paths,
    /// Scrambles of quasi-random points: paths of one scramble are spread more evenly than chance would spread them.
    Replicates(Vec<P>),
    /// Sets of parameters: paths of one set are alike.
    Clusters(Vec<P>),
}

/// What a part adds to a mean over the whole sample, Σ total / Σ weight.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct PartSum {
    pub total: f64,
    /// Paths.
    pub weight: f64,
}

impl<P> Units<P> {
    /// The units of a design; batches are a cut through independent paths, and tell the errors of differences alone.
    pub fn of<'t, T>(design: &'t SampleDesign<T>, part: impl FnMut(&'t T) -> P) -> Self {
        match design {
            SampleDesign::Independent | SampleDesign::Batched { .. } => Units::Paths,
            SampleDesign::Replicated { scrambles } => Units::Replicates(scrambles.values().map(part).collect()),
            SampleDesign::Clustered { sets } => Units::Clusters(sets.values().map(part).collect()),
        }
    }

    /// The same with something else known of each part.
    pub fn map<Q>(&self, of: impl FnMut(&P) -> Q) -> Units<Q> {
        match self {
            Units::Paths => Units::Paths,
            Units::Replicates(parts) => Units::Replicates(parts.iter().map(of).collect()),
            Units::Clusters(parts) => Units::Clusters(parts.iter().map(of).collect()),
        }
    }

    /// Replicates or clusters; `None` of independent paths.
    pub fn parts(&self) -> Option<&[P]> {
        match self {
            Units::Paths => None,
            Units::Replicates(parts) | Units::Clusters(parts) => Some(parts),
        }
    }
}

/// The variance of the mean r = Σ Tₖ / Σ nₖ over G independent parts with totals Tₖ and weights nₖ, N = Σ nₖ, and the
/// distribution of its error:
///
/// G/(G − 1) · Σ (Tₖ − r·nₖ)² / N², Student's t with G − 1 degrees of freedom.
///
/// Of parts of one size this is the variance of their means over G. It holds for anything that is linear in the paths, and,
/// to first order, for functions of such means with Tₖ their linearization; however the paths within a part depend on each
/// other.
///
/// Sources: Cochran (1977), "Sampling Techniques", 3rd ed., ch. 6 (ratio estimators) and 9A (clusters of unequal sizes), whose
/// sampling fraction is 0 here; without G/(G − 1) it is the robust variance of Liang and Zeger (1986), "Longitudinal data
/// analysis using generalized linear models"; for scrambles, L'Ecuyer, Nakayama, Owen and Tuffin (2023),
/// "Confidence intervals for randomized quasi-Monte Carlo estimators".
pub(super) fn variance_between(parts: &[PartSum]) -> Result<(f64, Pivot), NoError> {
    let pivot = Pivot::between(parts.len())?;
    let (total, weight) = parts.iter().fold((0.0, 0.0), |(t, n), part| (t + part.total, n + part.weight));
    if weight == 0.0 {
        return Err(NoError::Undefined);
    }
    let (mean, count) = (total / weight, parts.len() as f64);
    let squares: f64 = parts.iter().map(|part| (part.total - mean * part.weight).powi(2)).sum();
    let variance = count / (count - 1.0) * squares / (weight * weight);
    if variance.is_finite() { Ok((variance, pivot)) } else { Err(NoError::NotFinite) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(parts: &[(f64, f64)]) -> Vec<PartSum> {
        parts.iter().map(|&(total, weight)| PartSum { total, weight }).collect()
    }

    #[test]
    fn variances_by_hand() {
        // means 1, 2, 6 of 10 paths each: variance 7, of their mean 7/3
        let (variance, pivot) = variance_between(&sums(&[(10.0, 10.0), (20.0, 10.0), (60.0, 10.0)])).unwrap();
        assert!((variance - 7.0 / 3.0).abs() < 1e-14);
        assert_eq!(pivot, Pivot::Student { degrees: 2 });
        // mean 2; residuals 1 − 2, 5 − 4 and 0, of a part without paths
        let (variance, _) = variance_between(&sums(&[(1.0, 1.0), (5.0, 2.0), (0.0, 0.0)])).unwrap();
        assert!((variance - 1.5 * 2.0 / 9.0).abs() < 1e-14);
    }

    #[test]
    fn what_does_not_vary_between_parts_is_refused() {
        assert_eq!(variance_between(&sums(&[(3.0, 1.0)])), Err(NoError::TooFewParts));
        assert_eq!(variance_between(&sums(&[(0.0, 0.0), (0.0, 0.0)])), Err(NoError::Undefined));
        assert_eq!(variance_between(&sums(&[(f64::MAX, 1.0), (0.0, 1.0)])), Err(NoError::NotFinite));
    }
}
