//! Expected shortfall (CVaR): the mean of the worst paths.

use super::cell::Tail;
use super::error::{NoError, Pivot, StandardError};
use super::estimate::Estimate;
use super::order::OrderStatistics;
use super::quantile::{value_at_risk, value_at_risk_alone};
use super::sample::OrderedSample;
use super::units::{PartSum, variance_between};
use crate::registry::Side;

/// Paths that must be in the tail for its spread, and so an interval, to be estimated.
const MIN_TAIL: f64 = 2.0;

/// Expected shortfall at `level`: the mean of the worst (1 − level)·n paths on the bad side, in the figure's unit. A
/// path or an atom at the boundary counts with the share that belongs to the tail.
///
/// The interval is ES ± its half-width ([`shortfall_error`]), widened by what the sketch cannot resolve
/// ([`Tail::blur`](super::Tail::blur), nothing much unless most of the tail is in one bin).
///
/// Source: Acerbi and Tasche (2002), "On the coherence of expected shortfall".
pub fn expected_shortfall(sample: &OrderedSample, side: Side, level: f64) -> Estimate {
    let Some(worst) = Worst::of(sample, side, level) else { return Estimate::default() };
    let Tail { mean, blur, .. } = worst.tail;
    let Ok(error) = worst.error(sample) else { return Estimate { value: Some(mean), ..Estimate::default() } };
    let half = error.half_width() + blur;
    Estimate {
        value: Some(mean),
        low: Some(mean - half),
        high: Some(mean + half),
        // the tail is one atom, and so is what bounds the quantile
        atom: half == 0.0 && value_at_risk(sample, side, level).atom,
    }
}

/// The standard error of an expected shortfall, whose tail must have at least two paths.
///
/// Of n independent paths se² = [Var(X | tail) + level·(ES − VaR)²] / (n·(1 − level)). This is the variance of the mean of
/// (X − VaR)⁺ over (1 − level)²: the shortfall is VaR + E(X − VaR)⁺/(1 − level), and to first order an error of VaR does not
/// matter. Of replicates and clusters that variance is the one between their means of (X − VaR)⁺, VaR being that of all paths
/// (`variance_between` in units.rs).
///
/// Sources: Manistre and Hancock (2005), "Variance of the CTE estimator"; Rockafellar and Uryasev (2000), "Optimization of
/// conditional value-at-risk", theorem 1.
pub fn shortfall_error(sample: &OrderedSample, side: Side, level: f64) -> Result<StandardError, NoError> {
    Worst::of(sample, side, level).ok_or(NoError::Undefined)?.error(sample)
}

/// The worst (1 − level)·n paths.
struct Worst {
    side: Side,
    level: f64,
    /// (1 − level)·n.
    mass: f64,
    /// The value at risk.
    var: f64,
    tail: Tail,
}

impl Worst {
    /// `None` if these are none.
    fn of(sample: &OrderedSample, side: Side, level: f64) -> Option<Self> {
        let mass = sample.whole.count() as f64 * (1.0 - level);
        let var = value_at_risk_alone(sample, side, level).filter(|_| mass > 0.0)?;
        Some(Worst { side, level, mass, var, tail: sample.whole.tail(side, mass) })
    }

    /// See [`shortfall_error`].
    fn error(&self, sample: &OrderedSample) -> Result<StandardError, NoError> {
        let Worst { side, level, mass, var, tail } = *self;
        if mass < MIN_TAIL {
            return Err(NoError::TooFewPaths);
        }
        let Some(parts) = sample.units.parts() else {
            let se = ((tail.variance + level * (tail.mean - var).powi(2)) / mass).sqrt();
            return Ok(StandardError { se, pivot: Pivot::Normal });
        };
        let excess = |order: &OrderStatistics| PartSum { total: order.excess(side, var), weight: order.count() as f64 };
        let sums: Vec<PartSum> = parts.iter().map(|part| part.as_ref().map(excess).unwrap_or_default()).collect();
        let (variance, pivot) = variance_between(&sums)?;
        Ok(StandardError { se: variance.sqrt() / (1.0 - level), pivot })
    }
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, Normal};

    use super::super::{Sample, normal_width};
    use super::*;
    use crate::plan::figure::Frame;
    use crate::tally::testing::{Draws, tally_of};

    const FRAME: Frame = Frame { centre: 0.0, scale: 1.0 };

    fn order(values: &[f64]) -> OrderedSample {
        Sample::independent(&tally_of(values, FRAME), FRAME).order().expect("has paths")
    }

    /// φ(z)/(1 − level), the shortfall of a standard normal.
    fn normal_shortfall(level: f64) -> f64 {
        let z = Normal::standard().inverse_cdf(level);
        (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt() / (1.0 - level)
    }

    /// The standard error of a normal's shortfall from n paths, with Var(X | tail) = 1 + z·ES − ES².
    fn normal_error(level: f64, n: f64) -> f64 {
        let (z, shortfall) = (Normal::standard().inverse_cdf(level), normal_shortfall(level));
        let variance = 1.0 + z * shortfall - shortfall * shortfall;
        ((variance + level * (shortfall - z).powi(2)) / (n * (1.0 - level))).sqrt()
    }

    #[test]
    fn normals_within_four_standard_errors() {
        let n = 100_000;
        let mut draws = Draws::new(31);
        let values: Vec<f64> = (0..n).map(|_| draws.normal()).collect();
        let order = order(&values);
        for level in [0.5, 0.9, 0.95, 0.99] {
            let (truth, error) = (normal_shortfall(level), normal_error(level, f64::from(n)));
            for (side, sign) in [(Side::High, 1.0), (Side::Low, -1.0)] {
                let found = expected_shortfall(&order, side, level);
                let (value, low, high) = (found.value.unwrap(), found.low.unwrap(), found.high.unwrap());
                assert!((value - sign * truth).abs() < 4.0 * error, "{side:?} {level}: {value}, not {truth} ± {error}");
                // a fifth: the spread of a tail of 1000 paths is itself an estimate with an error of about 5%
                assert!(((high - low) / (2.0 * 1.96 * error) - 1.0).abs() < 0.2, "{side:?} {level}: {found:?}");
            }
        }
    }

    #[test]
    fn lognormals_within_four_standard_errors() {
        let n = 200_000;
        let mut draws = Draws::new(32);
        let values: Vec<f64> = (0..n).map(|_| (0.5 * draws.normal()).exp()).collect();
        let order = order(&values);
        for level in [0.95, 0.99] {
            // E[X; X > q] / (1 − level) of a lognormal with σ = ½
            let z = Normal::standard().inverse_cdf(level);
            let truth = 0.125f64.exp() * Normal::standard().cdf(0.5 - z) / (1.0 - level);
            let found = expected_shortfall(&order, Side::High, level);
            let error = (found.high.unwrap() - found.low.unwrap()) / (2.0 * 1.96);
            assert!((found.value.unwrap() - truth).abs() < 4.0 * error, "{level}: {found:?}, not {truth}");
        }
    }

    #[test]
    fn an_atom_at_the_boundary_is_split() {
        // the worst 5% of 1000 are 20 paths at 3 and 30 of those at 0: a mean of 60/50
        let mut values = vec![0.0; 980];
        values.extend([3.0; 20]);
        let found = expected_shortfall(&order(&values), Side::High, 0.95);
        assert!((found.value.unwrap() - 1.2).abs() < 1e-12, "{found:?}");
        // Var(X | tail) = 9·0.4 − 1.44 = 2.16, VaR = 0
        let se = ((2.16 + 0.95 * 1.44) / 50f64).sqrt();
        assert!((found.high.unwrap() - found.low.unwrap() - 2.0 * normal_width() * se).abs() < 1e-9, "{found:?}");
        assert!(!found.atom);
    }

    #[test]
    fn a_tail_within_an_atom_is_exact() {
        let mut draws = Draws::new(33);
        let values: Vec<f64> = (0..5000).map(|_| draws.uniform().min(0.9)).collect();
        let found = expected_shortfall(&order(&values), Side::High, 0.95);
        assert_eq!(found, Estimate { value: Some(0.9), low: Some(0.9), high: Some(0.9), atom: true });
        let constant = expected_shortfall(&order(&[0.1; 500]), Side::Low, 0.99);
        assert_eq!((constant.value, constant.low, constant.atom), (Some(0.1), Some(0.1), true));
    }

    #[test]
    fn an_atom_inside_the_tail_is_within_the_interval() {
        let mut draws = Draws::new(35);
        // the worst 5% are at 1.2345 but for a handful
        let mut values: Vec<f64> =
            (0..20_000).map(|_| draws.uniform()).map(|u| if u > 0.9 { 1.2345 } else { u }).collect();
        values[0] = 1.2346;
        let truth = 1.2345 + 0.0001 / 1000.0;
        let found = expected_shortfall(&order(&values), Side::High, 0.95);
        let (low, high) = (found.low.unwrap(), found.high.unwrap());
        assert!(low <= truth && truth <= high && high - low < 2f64.powi(-10) && !found.atom, "{found:?}");
    }

    #[test]
    fn few_paths_give_a_value_without_interval() {
        let few = order(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        let found = expected_shortfall(&few, Side::High, 0.95);
        assert_eq!(found, Estimate { value: Some(5.0), ..Estimate::default() });
        assert_eq!(expected_shortfall(&few, Side::High, 1.0), Estimate::default());
        let all = expected_shortfall(&few, Side::Low, 0.0).value.unwrap();
        assert!((all - 3.0).abs() < 1e-3, "{all}");
    }

    #[test]
    fn intervals_cover_as_often_as_they_say() {
        let repetitions = 600;
        let mut draws = Draws::new(34);
        for (side, sign) in [(Side::High, 1.0), (Side::Low, -1.0)] {
            let truth = sign * normal_shortfall(0.95);
            let covered = (0..repetitions).filter(|_| {
                let values: Vec<f64> = (0..4000).map(|_| draws.normal()).collect();
                let found = expected_shortfall(&order(&values), side, 0.95);
                found.low.unwrap() <= truth && truth <= found.high.unwrap()
            });
            let share = covered.count() as f64 / f64::from(repetitions);
            // four standard errors of a share of 0.95, √(0.95·0.05/600) = 0.0089
            assert!((share - 0.95).abs() < 0.036, "{side:?}: covered {share}");
        }
    }
}
