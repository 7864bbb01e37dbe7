//! Factors, their correlation, jumps and regimes on the time grid (model.md §3).

use nalgebra::DMatrix;

use super::double::Tables;
use super::double::twin::{EffectTerms, FactorTerms};
use crate::scenario::{Curve, Effect, Factor, GbmMean, Horizon, Jumps, Process, Scenario};

/// Fills the factors' tables: terms, effects by state, bases by period, L, and the thresholds of discrete draws.
pub fn lower(scenario: &Scenario, tables: &mut Tables) {
    let horizon = &scenario.horizon;
    for factor in &scenario.factors {
        let terms = terms(factor, horizon, &mut tables.jump_thresholds);
        tables.factors.push(terms);
    }
    let states = scenario.regimes.as_ref().map_or(1, |regimes| regimes.states.len());
    for state in 0..states {
        for (index, factor) in scenario.factors.iter().enumerate() {
            let effect = effect_of(scenario, state, index);
            tables.effects.push(effect_terms(factor, effect.as_ref(), horizon.dt()));
        }
    }
    let bases: Vec<Vec<f64>> = scenario.factors.iter().map(|factor| bases(factor, horizon)).collect();
    tables.factor_bases = (0..horizon.periods as usize).flat_map(|t| bases.iter().map(move |of| of[t])).collect();
    tables.cholesky = cholesky(scenario);
    if let Some(regimes) = &scenario.regimes {
        tables.common.start_state = regimes.start as u32;
        tables.regime_thresholds = regime_thresholds(&regimes.generator, horizon.dt());
    } else {
        tables.regime_thresholds = vec![u32::MAX];
    }
}

fn effect_of(scenario: &Scenario, state: usize, factor: usize) -> Option<Effect> {
    let effects = &scenario.regimes.as_ref()?.effects;
    effects.iter().find(|effect| effect.state == state && effect.factor == factor).cloned()
}

fn logit(x: f64, lower: f64, upper: f64) -> f64 {
    ((x - lower) / (upper - x)).ln()
}

fn terms(factor: &Factor, horizon: &Horizon, thresholds: &mut Vec<u32>) -> FactorTerms {
    let dt = horizon.dt();
    let kind = factor.process.kind().entry().transform.number();
    let mut terms = FactorTerms { kind, decay: 1.0, width: 1.0, ..FactorTerms::default() };
    match &factor.process {
        Process::Gbm { start, jumps, .. } => {
            terms.start = *start;
            add_jumps(&mut terms, jumps.as_ref(), dt, thresholds);
        }
        Process::Ou { level, start, reversion, jumps, .. } => {
            terms.start = *start;
            terms.state = (start / level.at(0.0)).ln();
            terms.decay = (-reversion * dt).exp();
            add_jumps(&mut terms, jumps.as_ref(), dt, thresholds);
        }
        Process::LogitOu { level, lower, upper, start, reversion, .. } => {
            terms.start = *start;
            terms.state = logit(*start, *lower, *upper) - logit(level.at(0.0), *lower, *upper);
            terms.decay = (-reversion * dt).exp();
            terms.lower = *lower;
            terms.width = upper - lower;
        }
        Process::Table { values } => {
            terms.start = values.at(0.0);
        }
    }
    terms
}

fn add_jumps(terms: &mut FactorTerms, jumps: Option<&Jumps>, dt: f64, thresholds: &mut Vec<u32>) {
    terms.jumps_first = thresholds.len() as u32;
    if let Some(jumps) = jumps {
        terms.jump_mean = jumps.mean;
        terms.jump_sd = jumps.sd;
        thresholds.extend(poisson_thresholds(jumps.intensity * dt));
    }
    terms.jumps_end = thresholds.len() as u32;
}

/// What the regime's effects make of a factor's step; see `advance` in shaders/formula/process.wgsl.
fn effect_terms(factor: &Factor, effect: Option<&Effect>, dt: f64) -> EffectTerms {
    let (added_drift, shift, multiplier, entry) =
        effect.map_or((0.0, 0.0, 1.0, 0.0), |e| (e.drift, e.shift, e.volatility, e.on_entry));
    match &factor.process {
        Process::Gbm { volatility, jumps, .. } => {
            let sigma = multiplier * volatility;
            let compensator = jumps.as_ref().map_or(0.0, |j| j.intensity * (j.mean + 0.5 * j.sd * j.sd).exp_m1());
            EffectTerms {
                drift: (added_drift - 0.5 * sigma * sigma - compensator) * dt,
                diffusion: sigma * dt.sqrt(),
                entry,
            }
        }
        Process::Ou { reversion, volatility, .. } | Process::LogitOu { reversion, volatility, .. } => EffectTerms {
            drift: -(-reversion * dt).exp_m1() * shift,
            diffusion: multiplier * volatility * decayed_time(2.0 * reversion, dt).sqrt(),
            entry,
        },
        Process::Table { .. } => EffectTerms::default(),
    }
}

/// c(κ) = (1 − e^{−κ·dt})/κ, and dt for κ = 0.
fn decayed_time(reversion: f64, dt: f64) -> f64 {
    if reversion == 0.0 { dt } else { -(-reversion * dt).exp_m1() / reversion }
}

/// The factor's base in every period; see `log_value` and `logit_value` in shaders/formula/process.wgsl.
fn bases(factor: &Factor, horizon: &Horizon) -> Vec<f64> {
    let periods = 1..=horizon.periods;
    match &factor.process {
        Process::Gbm { start, mean: GbmMean::Drift(drift), .. } => {
            let mut exponent = 0.0;
            let grown = |t: u32| {
                exponent += drift.at(horizon.end(t - 1)) * horizon.dt();
                start * f64::exp(exponent)
            };
            periods.map(grown).collect()
        }
        Process::Gbm { start, mean: GbmMean::Forward(points), .. } => {
            let mut logs = vec![[0.0, start.ln()]];
            logs.extend(points.iter().map(|&[year, value]| [year, value.ln()]));
            let logs = Curve(logs);
            periods.map(|t| logs.at(horizon.end(t)).exp()).collect()
        }
        Process::Ou { level, growth, .. } => {
            periods.map(|t| level.at(horizon.end(t)) * (growth * horizon.end(t)).exp()).collect()
        }
        Process::LogitOu { level, lower, upper, .. } => {
            periods.map(|t| logit(level.at(horizon.end(t)), *lower, *upper)).collect()
        }
        Process::Table { values } => periods.map(|t| values.at(horizon.end(t))).collect(),
    }
}

/// L of the correlation of the exact steps: ρ′ᵢⱼ = ρᵢⱼ·c(κᵢ+κⱼ)/√(c(2κᵢ)·c(2κⱼ)).
///
/// The multiplier of ρᵢⱼ is a Gram matrix with ones on its diagonal, so that ρ′ is positive definite with ρ (Schur).
fn cholesky(scenario: &Scenario) -> Vec<f64> {
    let n = scenario.factors.len();
    let dt = scenario.horizon.dt();
    let reversions: Vec<f64> = scenario.factors.iter().map(|factor| reversion(&factor.process)).collect();
    let exact = DMatrix::from_fn(n, n, |i, j| {
        let c = |kappa| decayed_time(kappa, dt);
        let (a, b) = (reversions[i], reversions[j]);
        if i == j { 1.0 } else { scenario.correlation[(i, j)] * c(a + b) / (c(2.0 * a) * c(2.0 * b)).sqrt() }
    });
    let lower = exact.cholesky().expect("a scenario's correlation is positive definite").l();
    (0..n * n).map(|k| lower[(k / n, k % n)]).collect()
}

fn reversion(process: &Process) -> f64 {
    match process {
        Process::Ou { reversion, .. } | Process::LogitOu { reversion, .. } => *reversion,
        Process::Gbm { .. } | Process::Table { .. } => 0.0,
    }
}

const TWO_32: f64 = 4_294_967_296.0;

/// A distribution function's value as the first word beyond it; `u32::MAX` means that no word is.
pub(super) fn threshold(cumulative: f64) -> u32 {
    (cumulative * TWO_32).round().clamp(0.0, f64::from(u32::MAX)) as u32
}

/// Thresholds of N ~ Poisson(mean): N counts those that the word reaches. They end where P(N > k) rounds to 0.
fn poisson_thresholds(mean: f64) -> Vec<u32> {
    let mut thresholds = Vec::new();
    let mut probability = (-mean).exp();
    let mut cumulative = probability;
    for k in 1.. {
        let word = threshold(cumulative);
        if word == u32::MAX {
            break;
        }
        thresholds.push(word);
        probability *= mean / f64::from(k);
        if probability * TWO_32 < 1e-3 && f64::from(k) > mean {
            break;
        }
        cumulative += probability;
    }
    thresholds
}

/// The transition probabilities of one step, e^{Q·dt}.
pub(super) fn transitions(generator: &DMatrix<f64>, dt: f64) -> DMatrix<f64> {
    (generator * dt).exp()
}

/// Row by row the cumulative transition probabilities of one step, as thresholds.
fn regime_thresholds(generator: &DMatrix<f64>, dt: f64) -> Vec<u32> {
    let step = transitions(generator, dt);
    let mut thresholds = Vec::new();
    for from in 0..step.nrows() {
        let row: Vec<f64> = step.row(from).iter().map(|p| p.max(0.0)).collect();
        let total: f64 = row.iter().sum();
        let mut cumulative = 0.0;
        for probability in row {
            cumulative += probability / total;
            thresholds.push(threshold(cumulative));
        }
    }
    thresholds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poisson_thresholds_are_the_distribution_function() {
        use statrs::distribution::{DiscreteCDF, Poisson};
        for mean in [1e-6, 0.02, 0.125, 1.0, 12.5, 50.0] {
            let thresholds = poisson_thresholds(mean);
            let exact = Poisson::new(mean).unwrap();
            for (k, &word) in thresholds.iter().enumerate() {
                let error = f64::from(word) / TWO_32 - exact.cdf(k as u64);
                assert!(error.abs() < 3e-10, "mean {mean}, k {k}: {error:e}");
            }
            // they end where the distribution function rounds to 2³² − 1, the word that none reaches
            let rest = exact.sf(thresholds.len() as u64);
            assert!(rest <= 1.5 / TWO_32, "mean {mean}: cut where {rest:e} remain");
        }
    }

    #[test]
    fn regime_rows_end_with_certainty() {
        let q = DMatrix::from_row_slice(2, 2, &[-0.5, 0.5, 0.0, 0.0]);
        let thresholds = regime_thresholds(&q, 0.25);
        let stay = (-0.125_f64).exp();
        assert_eq!(thresholds, [threshold(stay), u32::MAX, 0, u32::MAX]);
    }
}
