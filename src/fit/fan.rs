//! The fan of prices over the two years after a history.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::distribution::quantile;
use super::draws::{Purpose, Stream};
use super::fitted::Fit;

/// Months of the fan.
const MONTHS: usize = 24;
/// Paths, each with parameters of its own in the predictive fan.
const PATHS: u64 = 4_000;
/// The quantiles of the fan.
pub const SHARES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// Quantiles of the price at a date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FanPoint {
    /// The date.
    pub date: String,
    /// Years after the last price.
    pub years: f64,
    /// The 5%, 25%, 50%, 75% and 95% quantiles, were the estimates exact.
    pub plug_in: [f64; 5],
    /// The same quantiles with parameters drawn from their distributions.
    pub predictive: [f64; 5],
}

/// The fan from the last price on, by month; the last price itself is its first point.
pub fn fan(fit: &Fit) -> Vec<FanPoint> {
    let plug_in = quantiles(fit, |_| fit.sample.estimates.clone());
    let copula = fit.uncertainty.copula();
    let predictive = quantiles(fit, |index| match &copula {
        Some(copula) => fit.uncertainty.draw(copula, fit.seed, index),
        None => fit.sample.estimates.clone(),
    });
    let point = |month: usize| {
        let years = month as f64 / 12.0;
        FanPoint {
            date: fit.history.date_after(years).to_string(),
            years,
            plug_in: plug_in[month],
            predictive: predictive[month],
        }
    };
    (0..=MONTHS).map(point).collect()
}

/// Quantiles of the price at each month, path number `index` having the parameters `set(index)`.
fn quantiles(fit: &Fit, set: impl Fn(u64) -> Vec<f64>) -> Vec<[f64; 5]> {
    let path = |index: u64| {
        let mut stream = Stream::new(fit.seed, Purpose::Future, index);
        fit.model.law(&set(index)).path(fit.series.last(), &[1.0 / 12.0; MONTHS], &mut stream)
    };
    let paths: Vec<Vec<f64>> = (0..PATHS).map(path).collect();
    let at = |month: usize| {
        let mut latent: Vec<f64> = paths.iter().map(|path| path[month]).collect();
        latent.sort_by(f64::total_cmp);
        SHARES.map(|share| fit.model.value(quantile(&latent, share)))
    };
    (0..=MONTHS).map(at).collect()
}
