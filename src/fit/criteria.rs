//! How well each process fits, by information criteria.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::FitError;
use super::estimate::Likeliest;
use super::estimate::series::Series;
use super::history::History;
use super::model::{Model, Process};

/// A process that was fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Criterion {
    /// The process.
    pub process: Process,
    /// Whether it has jumps.
    pub jumps: bool,
    /// The number of parameters.
    pub parameters: usize,
    /// The logarithm of the likelihood of the prices, given the first one; comparable between processes.
    pub log_likelihood: f64,
    /// Akaike's criterion, 2·parameters − 2·log-likelihood (Akaike 1974).
    pub aic: f64,
    /// The Bayesian criterion, ln(changes)·parameters − 2·log-likelihood (Schwarz 1978).
    pub bic: f64,
    /// Whether it is the one that was chosen.
    pub chosen: bool,
}

/// A model with what fits it best.
pub struct Candidate {
    pub model: Model,
    pub series: Series,
    pub likeliest: Likeliest,
    pub criterion: Criterion,
}

/// Fits each of the models. With jumps, the likelihood is that at the highest posterior density, a little below its maximum.
///
/// # Errors
///
/// A price that a model cannot have.
pub fn candidates(history: &History, models: &[Model]) -> Result<Vec<Candidate>, FitError> {
    models.iter().map(|&model| candidate(history, model)).collect()
}

fn candidate(history: &History, model: Model) -> Result<Candidate, FitError> {
    let series = history.series(model)?;
    let likeliest = Likeliest::new(model, &series);
    let slopes: f64 = history.observations[1..].iter().map(|of| model.log_slope(of.value)).sum();
    let log_likelihood = likeliest.log_likelihood + slopes;
    let parameters = model.keys().len();
    let penalty = |each: f64| each * parameters as f64 - 2.0 * log_likelihood;
    let criterion = Criterion {
        process: model.process,
        jumps: model.jumps,
        parameters,
        log_likelihood,
        aic: penalty(2.0),
        bic: penalty(libm::log(series.steps() as f64)),
        chosen: false,
    };
    Ok(Candidate { model, series, likeliest, criterion })
}
