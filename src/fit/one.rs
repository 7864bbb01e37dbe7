//! A process fitted to one history.

use chrono::NaiveDate;

use super::bootstrap::sample;
use super::checks::checks;
use super::criteria::{Candidate, candidates};
use super::error::FitError;
use super::fitted::{Fit, Start};
use super::history::{History, years_between};
use super::model::{Model, Process};
use super::options::{Options, name_of};
use super::uncertainty::Uncertainty;
use super::warnings::warnings;

/// Fits a process to a history.
///
/// # Errors
///
/// What was asked for does not go together, or the history has prices that the process cannot have, or the scenario begins before
/// the history.
pub fn fit(history: &History, options: &Options) -> Result<Fit, FitError> {
    let mut compared = candidates(history, &options.models()?)?;
    let chosen = (0..compared.len())
        .filter(|&at| options.takes(&compared[at].model))
        .min_by(|&a, &b| compared[a].criterion.bic.total_cmp(&compared[b].criterion.bic))
        .ok_or_else(|| FitError::usage("there is no process to fit", "choose gbm, ou or logit_ou"))?;
    compared[chosen].criterion.chosen = true;
    let criteria = compared.iter().map(|candidate| candidate.criterion.clone()).collect();
    let Candidate { model, series, likeliest, .. } = compared.swap_remove(chosen);
    let residuals = likeliest.residuals(&series);
    let sample = sample(model, &series, options.bootstrap, options.seed);
    let start = start(history, model, &sample.estimates, options.start)?;
    let uncertainty = Uncertainty::new(model, &sample, model.latent(start.value));
    let mut made = Fit {
        name: options.name.clone().unwrap_or_else(|| name_of(&history.column)),
        checks: checks(&residuals, usize::from(model.process != Process::Gbm)),
        criteria,
        history: history.clone(),
        model,
        series,
        likeliest,
        residuals,
        sample,
        uncertainty,
        start,
        warnings: Vec::new(),
        seed: options.seed,
    };
    made.warnings = warnings(&made, options.process.is_none());
    Ok(made)
}

fn start(history: &History, model: Model, estimates: &[f64], date: Option<NaiveDate>) -> Result<Start, FitError> {
    let date = date.unwrap_or(history.last().date);
    let Some(before) = history.observations.iter().rev().find(|of| of.date <= date) else {
        return Err(FitError::usage(
            format!(
                "the scenario begins on {date}, but the first price of `{}` is of {}",
                history.column,
                history.first()
            ),
            "begin later, or take a longer history",
        ));
    };
    let years = years_between(before.date, date);
    let value = match model.process {
        _ if years == 0.0 => before.value,
        Process::Gbm => before.value * libm::exp(estimates[0] * years),
        _ => {
            let law = model.law(estimates);
            let step = law.step(years);
            let jumps = law.intensity * law.mean * (1.0 - step.decay) / law.reversion;
            model.value(step.centre + step.decay * model.latent(before.value) + jumps)
        }
    };
    Ok(Start { date, value, years })
}
