//! Differences between scenarios that share their random numbers, with errors from batches of the same paths, or from the
//! replicates or clusters of their design.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use statrs::distribution::ContinuousCDF;

use super::error::{CONFIDENCE, NoError, Pivot, student};
use super::units::{PartSum, variance_between};
use crate::tally::{SampleDesign, Tally};

/// The difference of a number between two scenarios, in the unit of the number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// The other scenario minus the base.
    pub value: Option<f64>,
    /// Standard error of the difference; null with fewer than two batches of paths, or if one of them has no value.
    pub se: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
    /// Two-sided p-value of the difference; 1 if it is within rounding.
    pub p_value: Option<f64>,
    /// Whether the difference is significant: Holm's test at 5%, over all differences from the same base.
    // documents of version 1 call it `real`
    #[serde(rename = "real")]
    pub significant: bool,
    /// The factor by which common random numbers reduce the variance of the difference.
    pub variance_reduction: Option<f64>,
}

/// Differences up to this share of the numbers themselves may be the rounding of single precision.
pub const ROUNDING: f64 = 1e-6;

/// What kind of number an estimate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Estimator {
    /// An average over paths: a mean, a probability.
    Average,
    /// A function of the paths in order: a quantile, a value at risk, a shortfall.
    #[default]
    Ranked,
}

/// One number of one scenario: over all paths, and in each batch, replicate or cluster of the design.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ByPart {
    pub value: Option<f64>,
    /// In the order of the design's parts.
    pub parts: Vec<Option<f64>>,
    pub estimator: Estimator,
}

/// The standard error of a difference, and what pairing does for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedError {
    /// In the unit of the numbers.
    pub se: f64,
    /// Student's t has so many degrees of freedom.
    pub degrees: u32,
    /// Variance of the difference under independent draws over that under common ones; `None` if the latter is 0.
    pub variance_reduction: Option<f64>,
}

/// The difference of `other` from `base`, whose parts hold the same paths in both, with the interval and the p-value that its
/// error gives ([`paired_error`]).
pub fn difference(design: &SampleDesign<Tally>, base: &ByPart, other: &ByPart) -> Difference {
    let Some((theirs, ours)) = pair(other.value, base.value) else { return Difference::default() };
    let value = theirs - ours;
    let Ok(error) = paired_error(design, base, other) else {
        return Difference { value: Some(value), ..Difference::default() };
    };
    let student = student(error.degrees);
    let half = student.inverse_cdf(0.5 + CONFIDENCE / 2.0) * error.se;
    let p_value = match error.se {
        _ if value.abs() <= ROUNDING * theirs.abs().max(ours.abs()) => 1.0,
        0.0 => 0.0,
        se => 2.0 * student.sf((value / se).abs()),
    };
    Difference {
        value: Some(value),
        se: Some(error.se),
        low: Some(value - half),
        high: Some(value + half),
        p_value: Some(p_value),
        significant: false,
        variance_reduction: error.variance_reduction,
    }
}

/// The error of a difference, from how much it differs between the parts of the design.
///
/// With d_g the difference in part g, n_g its paths, N = Σ n_g and d̄ = Σ n_g·d_g/N, the variance is
///
/// - of batches of independent paths Σ n_g·(d_g − d̄)²/(G − 1)/N, for a mean, a probability, a quantile or a shortfall alike
///   (batching; Glynn and Iglehart 1990, "Simulation output analysis using standardized time series", §1; Asmussen and Glynn
///   2007, "Stochastic Simulation", III.5a),
/// - of replicates and clusters G/(G − 1)·Σ n_g²·(d_g − d̄)²/N² (`variance_between` in units.rs), for averages alone in clusters: each
///   has a distribution of its own,
///
/// with Student's t of G − 1 degrees of freedom.
pub fn paired_error(design: &SampleDesign<Tally>, base: &ByPart, other: &ByPart) -> Result<PairedError, NoError> {
    let (sizes, between): (Vec<f64>, Between) = match design {
        SampleDesign::Independent => return Err(NoError::NotPaired),
        SampleDesign::Batched { batches } => (batches.values().map(|&paths| paths as f64).collect(), of_batches),
        SampleDesign::Replicated { scrambles } => (sizes(scrambles), of_parts),
        SampleDesign::Clustered { sets } => {
            if [base, other].iter().any(|by| by.estimator == Estimator::Ranked) {
                return Err(NoError::NotAverage);
            }
            (sizes(sets), of_parts)
        }
    };
    let Pivot::Student { degrees } = Pivot::between(sizes.len())? else { return Err(NoError::TooFewParts) };
    if [base, other].iter().any(|by| by.parts.len() != sizes.len()) {
        return Err(NoError::NotPaired);
    }
    let pairs = other.parts.iter().zip(&base.parts).map(|(other, base)| pair(*other, *base));
    let pairs: Vec<(f64, f64)> = pairs.collect::<Option<_>>().ok_or(NoError::Undefined)?;
    let of = |x: fn(&(f64, f64)) -> f64| between(&sizes, &pairs.iter().map(x).collect::<Vec<_>>());
    let (paired, others, bases) = (of(|(a, b)| a - b)?, of(|(a, _)| *a)?, of(|(_, b)| *b)?);
    let variance_reduction = (paired > 0.0).then(|| (others + bases) / paired);
    Ok(PairedError { se: paired.sqrt(), degrees, variance_reduction })
}

/// The variance of a difference, from the paths of each part and the difference in it.
type Between = fn(&[f64], &[f64]) -> Result<f64, NoError>;

/// Paths of each part.
fn sizes(parts: &BTreeMap<u32, Tally>) -> Vec<f64> {
    parts.values().map(|part| part.paths as f64).collect()
}

/// The variance of the mean over batches of independent paths, from how much they differ.
fn of_batches(sizes: &[f64], values: &[f64]) -> Result<f64, NoError> {
    let whole: f64 = sizes.iter().sum();
    if whole == 0.0 {
        return Err(NoError::Undefined);
    }
    let weighted = |x: &dyn Fn(f64) -> f64| -> f64 { sizes.iter().zip(values).map(|(&n, &v)| n * x(v)).sum() };
    let mean = weighted(&|v| v) / whole;
    Ok(weighted(&|v| (v - mean) * (v - mean)) / (sizes.len() - 1) as f64 / whole)
}

/// The same over replicates or clusters, whose paths may depend on each other.
fn of_parts(sizes: &[f64], values: &[f64]) -> Result<f64, NoError> {
    let sums = sizes.iter().zip(values).map(|(&weight, value)| PartSum { total: weight * value, weight });
    variance_between(&sums.collect::<Vec<_>>()).map(|(variance, _)| variance)
}

/// Marks the differences that are significant, by Holm's step-down test over all of them at 1 − [`CONFIDENCE`].
///
/// Source: Holm (1979), "A simple sequentially rejective multiple test procedure".
pub fn mark_significant<'d>(differences: impl Iterator<Item = &'d mut Difference>) {
    let mut tested: Vec<&mut Difference> = differences.filter(|found| found.p_value.is_some()).collect();
    tested.sort_by(|a, b| a.p_value.partial_cmp(&b.p_value).expect("probabilities are numbers"));
    let count = tested.len();
    for (rank, found) in tested.into_iter().enumerate() {
        if found.p_value.is_none_or(|p| p > (1.0 - CONFIDENCE) / (count - rank) as f64) {
            break;
        }
        found.significant = true;
    }
}

fn pair(a: Option<f64>, b: Option<f64>) -> Option<(f64, f64)> {
    Some((a?, b?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::figure::Frame;
    use crate::tally::testing::{Draws, run_of};

    fn by_batch(values: &[f64]) -> ByPart {
        let value = Some(values.iter().sum::<f64>() / values.len() as f64);
        ByPart { value, parts: values.iter().map(|&x| Some(x)).collect(), estimator: Estimator::Ranked }
    }

    fn batches(sizes: &[u64]) -> SampleDesign<Tally> {
        SampleDesign::Batched { batches: (0..).zip(sizes.iter().copied()).collect() }
    }

    #[test]
    fn a_difference_by_hand() {
        // differences 1, 2, 3: mean 2, variance of the mean 1/3
        let found = difference(&batches(&[10; 3]), &by_batch(&[1.0, 5.0, 0.0]), &by_batch(&[2.0, 7.0, 3.0]));
        assert_eq!(found.value, Some(2.0));
        assert!((found.se.unwrap() - (1f64 / 3.0).sqrt()).abs() < 1e-15);
        // t of 2 degrees of freedom at 0.975
        assert!((found.high.unwrap() - 2.0 - 4.302_652_729_7 * (1f64 / 3.0).sqrt()).abs() < 1e-8, "{found:?}");
        // variances of the means: 7/3 each by hand
        assert!((found.variance_reduction.unwrap() - (7.0 + 7.0) / 3.0 / (1.0 / 3.0)).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn what_is_unknown_stays_unknown() {
        let two = batches(&[5, 5]);
        let known = by_batch(&[1.0, 2.0]);
        let gap = ByPart { parts: vec![Some(1.0), None], ..known.clone() };
        let found = difference(&two, &known, &ByPart { value: Some(1.0), ..gap.clone() });
        assert_eq!((found.value, found.se, found.p_value), (Some(-0.5), None, None));
        assert_eq!(paired_error(&two, &known, &gap), Err(NoError::Undefined));
        let none = ByPart { value: None, parts: vec![None, None], estimator: Estimator::Ranked };
        assert_eq!(difference(&two, &known, &none), Difference::default());
        assert_eq!(difference(&batches(&[5]), &by_batch(&[1.0]), &by_batch(&[3.0])).se, None);
        let same = difference(&two, &known, &known);
        assert_eq!((same.value, same.se, same.p_value), (Some(0.0), Some(0.0), Some(1.0)));
        let rounded = difference(&two, &by_batch(&[1.0, 1.0]), &by_batch(&[1.000_000_1, 1.000_000_1]));
        assert_eq!(rounded.p_value, Some(1.0));
        let shifted = difference(&two, &known, &by_batch(&[2.0, 3.0]));
        assert_eq!((shifted.value, shifted.se, shifted.p_value), (Some(1.0), Some(0.0), Some(0.0)));
    }

    #[test]
    fn each_design_has_its_error_or_says_why_not() {
        let run = |paths: usize| run_of(&vec![0.0; paths], Frame { centre: 0.0, scale: 1.0 }, 0.5);
        let design = |part: fn(Tally, u32) -> Tally| {
            let mut whole = run(0);
            (0..).zip([10, 20]).for_each(|(number, paths)| whole.merge(&part(run(paths), number)));
            whole.design
        };
        let (base, other) = (by_batch(&[0.0, 0.0]), by_batch(&[3.0, 0.0]));
        let variance = |design: &SampleDesign<Tally>| paired_error(design, &base, &other).map(|error| error.se.powi(2));
        // d̄ = 1: (10·4 + 20·1)/1/30, and 2·(100·4 + 400·1)/900
        assert!((variance(&design(Tally::in_batch)).unwrap() - 2.0).abs() < 1e-12);
        assert!((variance(&design(Tally::as_scramble)).unwrap() - 1600.0 / 900.0).abs() < 1e-12);
        assert_eq!(variance(&design(Tally::as_set)), Err(NoError::NotAverage));
        let averages = [base.clone(), other.clone()].map(|by| ByPart { estimator: Estimator::Average, ..by });
        let error = paired_error(&design(Tally::as_set), &averages[0], &averages[1]).unwrap();
        assert!((error.se.powi(2) - 1600.0 / 900.0).abs() < 1e-12 && error.degrees == 1);
        assert_eq!(variance(&SampleDesign::Independent), Err(NoError::NotPaired));
        assert_eq!(variance(&batches(&[10, 20, 30])), Err(NoError::NotPaired));
        assert_eq!(variance(&batches(&[10])), Err(NoError::TooFewParts));
    }

    #[test]
    fn intervals_cover_as_often_as_they_say_also_for_uneven_batches() {
        let mut draws = Draws::new(51);
        let sizes = [256, 256, 512, 256, 512, 256, 256, 16];
        let (repetitions, design) = (2000, batches(&sizes));
        let covered = (0..repetitions).filter(|_| {
            let mut of = |sd: f64| sizes.map(|n| sd * draws.normal() / (n as f64).sqrt());
            let (common, own) = (of(3.0), of(0.5));
            let weighted = |values: &[f64]| {
                let sum: f64 = values.iter().zip(sizes).map(|(v, n)| v * n as f64).sum();
                ByPart { value: Some(sum / sizes.iter().sum::<u64>() as f64), ..by_batch(values) }
            };
            let other: Vec<f64> = common.iter().zip(own).map(|(a, b)| 1.0 + a + b).collect();
            let found = difference(&design, &weighted(&common), &weighted(&other));
            found.low.unwrap() <= 1.0 && 1.0 <= found.high.unwrap()
        });
        let share = covered.count() as f64 / f64::from(repetitions);
        // four standard errors of a share of 0.95, √(0.95·0.05/2000) = 0.0049
        assert!((share - 0.95).abs() < 0.02, "covered {share}");
    }

    #[test]
    fn intervals_of_clusters_cover_whatever_their_sizes() {
        let mut draws = Draws::new(52);
        let sizes: Vec<usize> = (0..40).map(|set| if set % 4 == 0 { 90 } else { 10 }).collect();
        let mut whole = run_of(&[], Frame { centre: 0.0, scale: 1.0 }, 0.5);
        for (set, &paths) in (0..).zip(&sizes) {
            whole.merge(&run_of(&vec![0.0; paths], Frame { centre: 0.0, scale: 1.0 }, 0.5).as_set(set));
        }
        let as_batches = batches(&sizes.iter().map(|&paths| paths as u64).collect::<Vec<_>>());
        let (repetitions, mut covered) = (2000, [0; 2]);
        for _ in 0..repetitions {
            // each set has a difference of its own around 1, and hardly any error from its paths
            let parts: Vec<f64> = sizes.iter().map(|_| 1.0 + draws.normal()).collect();
            let sum: f64 = parts.iter().zip(&sizes).map(|(x, &n)| x * n as f64).sum();
            let other = ByPart {
                value: Some(sum / sizes.iter().sum::<usize>() as f64),
                estimator: Estimator::Average,
                ..by_batch(&parts)
            };
            let base = ByPart { estimator: Estimator::Average, ..by_batch(&[0.0; 40]) };
            for (covered, design) in covered.iter_mut().zip([&whole.design, &as_batches]) {
                let found = difference(design, &base, &other);
                *covered += u32::from(found.low.unwrap() <= 1.0 && 1.0 <= found.high.unwrap());
            }
        }
        let [ours, as_batches] = covered.map(|count| f64::from(count) / f64::from(repetitions));
        println!("covered {ours}, as batches {as_batches}");
        // four standard errors, √(0.95·0.05/2000) = 0.0049, and what ten large sets of forty cost
        assert!((ours - 0.95).abs() < 0.035 && as_batches < 0.85, "covered {ours}, as batches {as_batches}");
    }

    #[test]
    fn few_of_many_that_are_not_there_are_called_significant() {
        let of = |p: f64| Difference { p_value: Some(p), ..Difference::default() };
        // thresholds 0.05/4, 0.05/3, …: the third fails, and so does all behind it
        let mut found = [of(0.012), of(0.04), of(0.001), of(0.03)];
        mark_significant(found.iter_mut());
        assert_eq!(found.map(|difference| difference.significant), [true, false, true, false]);
        let mut unknown = [Difference::default()];
        mark_significant(unknown.iter_mut());
        assert!(!unknown[0].significant);
    }
}
