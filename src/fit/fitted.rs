//! What a fit gives.

use chrono::NaiveDate;

use super::bootstrap::Sample;
use super::checks::Check;
use super::criteria::Criterion;
use super::estimate::Likeliest;
use super::estimate::series::Series;
use super::history::History;
use super::model::Model;
use super::uncertainty::Uncertainty;

/// A fitted history.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The history.
    pub history: History,
    /// The factor's name.
    pub name: String,
    /// The process.
    pub model: Model,
    /// Its latent values.
    pub series: Series,
    /// The most likely process, without corrections.
    pub likeliest: Likeliest,
    /// The standardized residuals of the most likely process, one for each date but the first.
    pub residuals: Vec<f64>,
    /// Estimates and draws.
    pub sample: Sample,
    /// Errors, intervals and distributions.
    pub uncertainty: Uncertainty,
    /// All processes that were compared.
    pub criteria: Vec<Criterion>,
    /// Tests of the residuals.
    pub checks: Vec<Check>,
    /// Where the scenario begins.
    pub start: Start,
    /// What people should know, in sentences.
    pub warnings: Vec<String>,
    /// The seed of all draws.
    pub seed: u64,
}

/// Where the scenario begins.
///
/// A scenario that begins at the last price has that. One that begins later has what its factor's `start` stands for: of a `gbm` the
/// mean then, since its `drift` is the growth of the mean, and of the others the median, as their `level` is one. What the price does
/// until then is not simulated, which makes the future look more certain than it is; a warning says so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Start {
    /// The start date.
    pub date: NaiveDate,
    /// The factor's value then.
    pub value: f64,
    /// Years from the last price before it.
    pub years: f64,
}
