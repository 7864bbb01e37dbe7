//! Quantiles and value at risk, with order-statistic intervals.

use super::error::{NoError, normal_width};
use super::estimate::Estimate;
use super::order::OrderStatistics;
use super::sample::OrderedSample;
use super::share::Share;
use super::units::{PartSum, Units};
use crate::registry::Side;

/// Both ends of an interval, each with the reason if there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    pub low: Result<f64, NoError>,
    pub high: Result<f64, NoError>,
}

impl Bounds {
    /// The value with this interval.
    pub(super) fn around(self, value: Option<f64>) -> Estimate {
        let (low, high) = (self.low.ok(), self.high.ok());
        Estimate { value, low, high, atom: low.is_some() && low == high }
    }
}

/// The p-quantile, 0 ≤ p ≤ 1, in the figure's unit, with its interval ([`quantile_bounds`]).
///
/// The value is the order statistic of rank 1 + (n − 1)·p of all paths (type 7 of Hyndman and Fan 1996).
pub fn quantile(sample: &OrderedSample, p: f64) -> Estimate {
    quantile_bounds(sample, p).around(value(&sample.whole, p))
}

fn value(order: &OrderStatistics, p: f64) -> Option<f64> {
    order.at(1.0 + (order.count() as f64 - 1.0) * p)
}

/// The interval of the p-quantile.
///
/// The number of independent paths below the true quantile is binomial(n, p), so the interval runs between the order
/// statistics of ranks n·p + ½ ± z·√(n·p(1−p)), the ½ being the continuity correction; ranks between two paths are
/// interpolated (Nyblom 1992; Hutson 1999). Of replicates and clusters the share of paths below has the error that its
/// differences between them tell (share.rs), v, and the ranks are n·p + ½ ± t·n·√v (Woodruff 1952, "Confidence
/// intervals for medians and other position measures"). v is that of the shares below the estimate or up to it, whichever is
/// larger: at an atom they differ.
///
/// A bound whose rank is beyond the first or the last path is undefined: there are too few paths for it. The interval is
/// never narrower than what the sketch resolves ([`OrderStatistics::between`]).
pub fn quantile_bounds(sample: &OrderedSample, p: f64) -> Bounds {
    let order = &sample.whole;
    let ranks = match &sample.units {
        // the shares below and up to the estimate matter to parts alone
        Units::Paths => Ok(ranks_of_paths(order.count() as f64, p)),
        Units::Replicates(_) | Units::Clusters(_) => rank_interval(shares(sample, p), p),
    };
    match ranks {
        Ok((from, to)) => {
            let (low, high) = order.between(from, to);
            Bounds { low: low.ok_or(NoError::BeyondExtremes), high: high.ok_or(NoError::BeyondExtremes) }
        }
        Err(why) => Bounds { low: Err(why), high: Err(why) },
    }
}

/// The shares of paths below the estimate of the p-quantile and up to it.
fn shares(sample: &OrderedSample, p: f64) -> [Share; 2] {
    let value = value(&sample.whole, p).unwrap_or_else(|| sample.whole.min());
    let up_to = |order: &OrderStatistics, x: f64| order.count() as f64 - order.above(x);
    [OrderStatistics::below, up_to].map(|of| {
        let part = |order: &OrderStatistics| PartSum { total: of(order, value), weight: order.count() as f64 };
        let units = sample.units.map(|order| order.as_ref().map(part).unwrap_or_default());
        Share { whole: part(&sample.whole), units }
    })
}

/// The ranks among n between which the p-quantile lies, n·p + ½ ± z·√(n·p(1−p)) of independent paths, from the shares of
/// paths below and up to its estimate.
pub(super) fn rank_interval(shares: [Share; 2], p: f64) -> Result<(f64, f64), NoError> {
    let n = shares[0].whole.weight;
    let spread = match &shares[0].units {
        Units::Paths => return Ok(ranks_of_paths(n, p)),
        Units::Replicates(_) | Units::Clusters(_) => {
            let [(below, pivot), (up_to, _)] = [shares[0].variance(p)?, shares[1].variance(p)?];
            pivot.width() * n * below.max(up_to).sqrt()
        }
    };
    let middle = n * p + 0.5;
    Ok((middle - spread, middle + spread))
}

/// The ranks among `n` independent paths between which the p-quantile lies.
fn ranks_of_paths(n: f64, p: f64) -> (f64, f64) {
    let (middle, spread) = (n * p + 0.5, normal_width() * (n * p * (1.0 - p)).sqrt());
    (middle - spread, middle + spread)
}

/// Value at risk: the quantile at `level` towards the bad side, so the (1 − level)-quantile where low is bad.
pub fn value_at_risk(sample: &OrderedSample, side: Side, level: f64) -> Estimate {
    quantile(sample, quantile_at_risk(side, level))
}

/// The value at risk alone, without its interval.
pub(super) fn value_at_risk_alone(sample: &OrderedSample, side: Side, level: f64) -> Option<f64> {
    value(&sample.whole, quantile_at_risk(side, level))
}

/// Which quantile the value at risk is.
fn quantile_at_risk(side: Side, level: f64) -> f64 {
    if side == Side::High { level } else { 1.0 - level }
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, Normal};

    use super::super::Sample;
    use super::*;
    use crate::plan::figure::Frame;
    use crate::tally::testing::{Draws, tally_of};

    const FRAME: Frame = Frame { centre: 0.0, scale: 1.0 };
    const LEVELS: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

    fn order(values: &[f64]) -> OrderedSample {
        Sample::independent(&tally_of(values, FRAME), FRAME).order().expect("has paths")
    }

    /// √(p(1−p)/n)/f(q), the standard error of a quantile q where the density is f(q).
    fn error(p: f64, n: usize, density: f64) -> f64 {
        (p * (1.0 - p) / n as f64).sqrt() / density
    }

    #[test]
    fn known_distributions_within_four_standard_errors() {
        let n = 100_000;
        let mut draws = Draws::new(21);
        let normal: Vec<f64> = (0..n).map(|_| draws.normal()).collect();
        let lognormal: Vec<f64> = normal.iter().map(|z| z.exp()).collect();
        let uniform: Vec<f64> = (0..n).map(|_| draws.uniform()).collect();
        let (normal, lognormal, uniform) = (order(&normal), order(&lognormal), order(&uniform));
        for p in LEVELS {
            let z = Normal::standard().inverse_cdf(p);
            let density = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
            let cases = [
                ("normal", &normal, z, density),
                ("lognormal", &lognormal, z.exp(), density / z.exp()),
                ("uniform", &uniform, p, 1.0),
            ];
            for (name, order, truth, density) in cases {
                let found = quantile(order, p);
                let (value, low, high) = (found.value.unwrap(), found.low.unwrap(), found.high.unwrap());
                let error = error(p, n, density);
                assert!((value - truth).abs() < 4.0 * error, "{name} {p}: {value}, not {truth} ± {error}");
                assert!(low < value && value < high && !found.atom, "{name} {p}: {found:?}");
                // the width is a sum of as many spacings as paths lie within, m: four of its relative errors 1/√m
                let tolerance = 4.0 / (2.0 * 1.96 * (n as f64 * p * (1.0 - p)).sqrt()).sqrt();
                assert!(((high - low) / (2.0 * 1.96 * error) - 1.0).abs() < tolerance, "{name} {p}: {found:?}");
            }
        }
    }

    #[test]
    fn interpolation_is_finer_than_the_bins() {
        // even spacing: the exact quantile of rank 1 + (n−1)p is known
        let n = 400_001;
        let values: Vec<f64> = (0..n).map(|i| 1.0 + i as f64 / (n - 1) as f64).collect();
        let order = order(&values);
        for p in LEVELS {
            let found = quantile(&order, p).value.unwrap();
            // a bin holds about 200 values; edges fall between values, hence one spacing
            assert!((found - (1.0 + p)).abs() < 1.0 / n as f64, "{p}: {found}");
        }
    }

    #[test]
    fn atoms_at_the_ends_are_exact_and_flagged() {
        let mut draws = Draws::new(22);
        let values: Vec<f64> = (0..10_000).map(|_| draws.normal().clamp(-0.123, 1.017)).collect();
        let order = order(&values);
        for (p, atom) in [(0.25, -0.123), (0.01, -0.123), (0.9, 1.017)] {
            let found = quantile(&order, p);
            assert_eq!(found, Estimate { value: Some(atom), low: Some(atom), high: Some(atom), atom: true });
        }
        assert!(!quantile(&order, 0.6).atom);
    }

    #[test]
    fn an_atom_inside_is_within_the_interval() {
        let mut draws = Draws::new(24);
        let values: Vec<f64> =
            (0..20_000).map(|_| draws.normal()).map(|z| if z.abs() < 0.5 { 0.777 } else { z }).collect();
        let order = order(&values);
        // the atom takes the shares from 0.399 to 0.781; at 0.40 the interval begins before it
        for p in [0.40, 0.45, 0.6, 0.7, 0.75] {
            let found = quantile(&order, p);
            let (low, high) = (found.low.unwrap(), found.high.unwrap());
            assert!(low <= 0.777 && 0.777 <= high && !found.atom, "{p}: {found:?}");
            assert!(p == 0.40 || high - low <= 2f64.powi(-11), "{p}: {found:?}");
        }
    }

    #[test]
    fn few_paths_leave_bounds_undefined() {
        let single = quantile(&order(&[2.5]), 0.5);
        assert_eq!(single, Estimate { value: Some(2.5), low: None, high: None, atom: false });
        let found = quantile(&order(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]), 0.95);
        assert!(found.low.is_some() && found.high.is_none() && !found.atom);
        let (lowest, highest) = (order(&[3.0, 4.0]), order(&[3.0, 4.0]));
        assert_eq!((quantile(&lowest, 0.0).value, quantile(&highest, 1.0).value), (Some(3.0), Some(4.0)));
    }

    #[test]
    fn deterministic_figures_give_their_value() {
        let found = quantile(&order(&[0.7; 1000]), 0.05);
        assert_eq!(found, Estimate { value: Some(0.7), low: Some(0.7), high: Some(0.7), atom: true });
    }

    #[test]
    fn value_at_risk_looks_to_the_bad_side() {
        let values: Vec<f64> = (0..1001).map(f64::from).collect();
        let order = order(&values);
        // within a bin: 2⁻¹¹ of the value
        assert!((value_at_risk(&order, Side::High, 0.95).value.unwrap() - 950.0).abs() < 0.5);
        assert!((value_at_risk(&order, Side::Low, 0.95).value.unwrap() - 50.0).abs() < 0.05);
    }

    #[test]
    fn intervals_cover_as_often_as_they_say() {
        let repetitions = 600;
        let mut draws = Draws::new(23);
        for p in [0.05, 0.5, 0.99] {
            let truth = Normal::standard().inverse_cdf(p);
            let covered = (0..repetitions).filter(|_| {
                let values: Vec<f64> = (0..1500).map(|_| draws.normal()).collect();
                let found = quantile(&order(&values), p);
                found.low.unwrap() <= truth && truth <= found.high.unwrap()
            });
            let share = covered.count() as f64 / f64::from(repetitions);
            // four standard errors of a share of 0.95, √(0.95·0.05/600) = 0.0089
            assert!((share - 0.95).abs() < 0.036, "{p}: covered {share}");
        }
    }
}
