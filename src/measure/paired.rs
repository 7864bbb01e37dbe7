//! Differences between scenarios that share their random numbers, with errors from replicates: groups of paths.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::CONFIDENCE;

/// The difference of a number between two scenarios, in the unit of the number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// The other scenario minus the base.
    pub value: Option<f64>,
    /// Standard error of the difference; null with fewer than two path groups, or if one of them has no value.
    pub se: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
    /// Two-sided p-value of the difference; 1 if it is within rounding.
    pub p_value: Option<f64>,
    /// Whether the difference is significant: Holm's test at 5%, over all differences from the same base.
    pub real: bool,
    /// The factor by which common random numbers reduce the variance of the difference.
    pub variance_reduction: Option<f64>,
}

/// Differences up to this share of the numbers themselves may be the rounding of single precision.
pub const ROUNDING: f64 = 1e-6;

/// One number of one scenario: over all paths, and in each replicate.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replicated {
    pub value: Option<f64>,
    /// By replicate
    pub replicates: Vec<Option<f64>>,
}

/// The difference of `other` from `base` over `sizes[g]` paths in replicate g, which holds the same paths in both.
///
/// With d_g the difference in replicate g, n_g its paths, N = Σ n_g and d̄ = Σ n_g·d_g/N, the standard error is
/// √(Σ n_g·(d_g − d̄)²/(G − 1)/N), and the interval that of Student's t with G − 1 degrees of freedom: for a mean, a
/// probability, a quantile or a shortfall alike (batching; Glynn and Iglehart 1990, "Simulation output analysis using
/// standardized time series", §1; Asmussen and Glynn 2007, "Stochastic Simulation", III.5a).
pub fn difference(sizes: &[u64], base: &Replicated, other: &Replicated) -> Difference {
    let value = pair(other.value, base.value).map(|(other, base)| other - base);
    let pairs = other.replicates.iter().zip(&base.replicates).map(|(other, base)| pair(*other, *base));
    let (Some(value), Some(pairs)) = (value, pairs.collect::<Option<Vec<(f64, f64)>>>()) else {
        return Difference { value, ..Difference::default() };
    };
    let of = |x: fn(&(f64, f64)) -> f64| variance(sizes, &pairs.iter().map(x).collect::<Vec<_>>());
    let (Some(paired), Some(others), Some(bases)) = (of(|(a, b)| a - b), of(|(a, _)| *a), of(|(_, b)| *b)) else {
        return Difference { value: Some(value), ..Difference::default() };
    };
    let se = paired.sqrt();
    let student = StudentsT::new(0.0, 1.0, (sizes.len() - 1) as f64).expect("at least two replicates");
    let half = student.inverse_cdf(0.5 + CONFIDENCE / 2.0) * se;
    let size = pair(other.value, base.value).map_or(0.0, |(other, base)| other.abs().max(base.abs()));
    let p_value = match se {
        _ if value.abs() <= ROUNDING * size => 1.0,
        0.0 => 0.0,
        _ => 2.0 * student.sf((value / se).abs()),
    };
    Difference {
        value: Some(value),
        se: Some(se),
        low: Some(value - half),
        high: Some(value + half),
        p_value: Some(p_value),
        real: false,
        variance_reduction: (paired > 0.0).then(|| (others + bases) / paired),
    }
}

/// Marks the differences that are real, by Holm's step-down test over all of them at 1 − [`CONFIDENCE`].
///
/// Source: Holm (1979), "A simple sequentially rejective multiple test procedure".
pub fn mark_real<'d>(differences: impl Iterator<Item = &'d mut Difference>) {
    let mut tested: Vec<&mut Difference> = differences.filter(|found| found.p_value.is_some()).collect();
    tested.sort_by(|a, b| a.p_value.partial_cmp(&b.p_value).expect("probabilities are numbers"));
    let count = tested.len();
    for (rank, found) in tested.into_iter().enumerate() {
        if found.p_value.is_none_or(|p| p > (1.0 - CONFIDENCE) / (count - rank) as f64) {
            break;
        }
        found.real = true;
    }
}

/// The variance of the mean over all replicates, from how much they differ.
fn variance(sizes: &[u64], values: &[f64]) -> Option<f64> {
    let whole: f64 = sizes.iter().map(|&size| size as f64).sum();
    if sizes.len() < 2 || whole == 0.0 {
        return None;
    }
    let weighted = |x: &dyn Fn(f64) -> f64| -> f64 { sizes.iter().zip(values).map(|(&n, &v)| n as f64 * x(v)).sum() };
    let mean = weighted(&|v| v) / whole;
    Some(weighted(&|v| (v - mean) * (v - mean)) / (sizes.len() - 1) as f64 / whole)
}

fn pair(a: Option<f64>, b: Option<f64>) -> Option<(f64, f64)> {
    Some((a?, b?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::testing::Draws;

    fn replicated(values: &[f64]) -> Replicated {
        let value = Some(values.iter().sum::<f64>() / values.len() as f64);
        Replicated { value, replicates: values.iter().map(|&x| Some(x)).collect() }
    }

    #[test]
    fn a_difference_by_hand() {
        // differences 1, 2, 3: mean 2, variance of the mean 1/3
        let found = difference(&[10; 3], &replicated(&[1.0, 5.0, 0.0]), &replicated(&[2.0, 7.0, 3.0]));
        assert_eq!(found.value, Some(2.0));
        assert!((found.se.unwrap() - (1f64 / 3.0).sqrt()).abs() < 1e-15);
        // t of 2 degrees of freedom at 0.975
        assert!((found.high.unwrap() - 2.0 - 4.302_652_729_7 * (1f64 / 3.0).sqrt()).abs() < 1e-8, "{found:?}");
        // variances of the means: 7/3 each by hand
        assert!((found.variance_reduction.unwrap() - (7.0 + 7.0) / 3.0 / (1.0 / 3.0)).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn what_is_unknown_stays_unknown() {
        let known = replicated(&[1.0, 2.0]);
        let gap = Replicated { value: Some(1.0), replicates: vec![Some(1.0), None] };
        let found = difference(&[5, 5], &known, &gap);
        assert_eq!((found.value, found.se, found.p_value), (Some(-0.5), None, None));
        let none = Replicated { value: None, replicates: vec![None, None] };
        assert_eq!(difference(&[5, 5], &known, &none), Difference::default());
        assert_eq!(difference(&[5], &replicated(&[1.0]), &replicated(&[3.0])).se, None);
        let same = difference(&[5, 5], &known, &known);
        assert_eq!((same.value, same.se, same.p_value), (Some(0.0), Some(0.0), Some(1.0)));
        let rounded = difference(&[5, 5], &replicated(&[1.0, 1.0]), &replicated(&[1.000_000_1, 1.000_000_1]));
        assert_eq!(rounded.p_value, Some(1.0));
        let shifted = difference(&[5, 5], &known, &replicated(&[2.0, 3.0]));
        assert_eq!((shifted.value, shifted.se, shifted.p_value), (Some(1.0), Some(0.0), Some(0.0)));
    }

    #[test]
    fn intervals_cover_as_often_as_they_say_also_for_uneven_replicates() {
        let mut draws = Draws::new(51);
        let sizes = [256, 256, 512, 256, 512, 256, 256, 16];
        let repetitions = 2000;
        let covered = (0..repetitions).filter(|_| {
            let mut of = |sd: f64| sizes.map(|n| sd * draws.normal() / (n as f64).sqrt());
            let (common, own) = (of(3.0), of(0.5));
            let weighted = |values: &[f64]| {
                let sum: f64 = values.iter().zip(sizes).map(|(v, n)| v * n as f64).sum();
                Replicated {
                    value: Some(sum / sizes.iter().sum::<u64>() as f64),
                    replicates: values.iter().map(|&v| Some(v)).collect(),
                }
            };
            let other: Vec<f64> = common.iter().zip(own).map(|(a, b)| 1.0 + a + b).collect();
            let found = difference(&sizes, &weighted(&common), &weighted(&other));
            found.low.unwrap() <= 1.0 && 1.0 <= found.high.unwrap()
        });
        let share = covered.count() as f64 / f64::from(repetitions);
        // four standard errors of a share of 0.95, √(0.95·0.05/2000) = 0.0049
        assert!((share - 0.95).abs() < 0.02, "covered {share}");
    }

    #[test]
    fn few_of_many_that_are_not_there_are_called_real() {
        let of = |p: f64| Difference { p_value: Some(p), ..Difference::default() };
        // thresholds 0.05/4, 0.05/3, …: the third fails, and so does all behind it
        let mut found = [of(0.012), of(0.04), of(0.001), of(0.03)];
        mark_real(found.iter_mut());
        assert_eq!(found.map(|difference| difference.real), [true, false, true, false]);
        let mut unknown = [Difference::default()];
        mark_real(unknown.iter_mut());
        assert!(!unknown[0].real);
    }
}
