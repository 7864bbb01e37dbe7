//! Correlations between the Brownian motions of several fitted histories.

use chrono::NaiveDate;
use nalgebra::{DMatrix, SymmetricEigen};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::correlation::pearson;
use super::estimate::series::Series;
use super::fitted::Fit;
use super::history::{FEWEST, years_between};

/// The largest correlation that is written, and the least eigenvalue.
const MOST: f64 = 0.99;
const LEAST: f64 = 1e-3;

/// The correlation of two factors' Brownian motions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pair {
    /// The two factors' names.
    pub factors: [String; 2],
    /// The correlation, rounded to hundredths.
    pub value: f64,
    /// Its standard error, (1 − value²)/√changes.
    pub se: f64,
    /// Changes between common dates.
    pub changes: usize,
}

/// The correlations between all fits, positive definite together, and sentences on those that could not be estimated.
///
/// Both histories are taken at their common dates. The correlation is that of the residuals there, divided by what the exact steps of
/// two reverting processes leave of their Brownian motions' correlation.
pub fn pairs(fits: &[Fit]) -> (Vec<Pair>, Vec<String>) {
    let (mut pairs, mut warnings) = (Vec::new(), Vec::new());
    for (at, a) in fits.iter().enumerate() {
        for b in &fits[..at] {
            match pair(b, a) {
                Some(pair) => pairs.push(pair),
                None => warnings.push(format!(
                    "`{}` and `{}` have fewer than {FEWEST} common dates, so their correlation is not estimated and counts as 0.",
                    b.name, a.name
                )),
            }
        }
    }
    if shrink(fits, &mut pairs) {
        warnings.push(
            "The correlations were made a little weaker, all alike, since they were estimated at different dates and do not go together."
                .to_owned(),
        );
    }
    (pairs, warnings)
}

fn pair(a: &Fit, b: &Fit) -> Option<Pair> {
    // dates increase
    let has = |date: &NaiveDate| b.history.observations.binary_search_by_key(date, |of| of.date).is_ok();
    let common: Vec<NaiveDate> = a.history.observations.iter().map(|of| of.date).filter(has).collect();
    if common.len() < FEWEST {
        return None;
    }
    let years: Vec<f64> = common.windows(2).map(|pair| years_between(pair[0], pair[1])).collect();
    let residuals = |fit: &Fit| {
        let all = fit.history.observations.iter().zip(&fit.series.x);
        let there = all.filter(|(of, _)| common.binary_search(&of.date).is_ok());
        fit.likeliest.residuals(&Series::new(there.map(|(_, &x)| x).collect(), years.clone()))
    };
    let found = pearson(&residuals(a), &residuals(b));
    let speeds = (a.likeliest.law.reversion, b.likeliest.law.reversion);
    let left = years.iter().map(|&years| kept(speeds, years)).sum::<f64>() / years.len() as f64;
    let value = (found / left).clamp(-MOST, MOST);
    let se = (1.0 - value * value) / (years.len() as f64).sqrt();
    Some(Pair { factors: [a.name.clone(), b.name.clone()], value: rounded(value), se, changes: years.len() })
}

/// What a step leaves of the correlation of the Brownian motions: c(κ₁ + κ₂)/√(c(2κ₁)·c(2κ₂)) with c(κ) = (1 − e^{−κΔ})/κ.
fn kept((a, b): (f64, f64), years: f64) -> f64 {
    let c = |speed: f64| if speed == 0.0 { years } else { -libm::expm1(-speed * years) / speed };
    c(a + b) / (c(2.0 * a) * c(2.0 * b)).sqrt()
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Makes all correlations weaker until they are positive definite; whether that was needed.
fn shrink(fits: &[Fit], pairs: &mut [Pair]) -> bool {
    let place = |name: &String| fits.iter().position(|fit| fit.name == *name).unwrap_or(0);
    let sound = |factor: f64| {
        let mut matrix = DMatrix::identity(fits.len(), fits.len());
        for pair in pairs.iter() {
            let (a, b) = (place(&pair.factors[0]), place(&pair.factors[1]));
            matrix[(a, b)] = rounded(pair.value * factor);
            matrix[(b, a)] = matrix[(a, b)];
        }
        SymmetricEigen::new(matrix).eigenvalues.min() > LEAST
    };
    if fits.is_empty() || sound(1.0) {
        return false;
    }
    let factor = (1..100).map(|k| 1.0 - 0.01 * f64::from(k)).find(|&factor| sound(factor)).unwrap_or(0.0);
    for pair in pairs {
        pair.value = rounded(pair.value * factor);
    }
    true
}
