//! What people should know about a fit, in sentences.

use super::distribution::quantile;
use super::fitted::Fit;
use super::history::{DAYS_PER_YEAR, History};
use super::model::Process;

/// Standard deviations of a change that looks like a jump.
const OUTLIER: f64 = 3.5;
/// Typical steps, and steps longer than nine tenths of all, that make a gap.
const GAP: f64 = 2.9;
const LONG: f64 = 1.5;
/// The share of changes that are 0 that looks stale.
const STALE: f64 = 0.1;
/// The standard error above which a drift gets a warning.
const VAGUE: f64 = 0.05;
/// Differences of BIC below which two processes are not told apart (Kass and Raftery 1995).
const CLOSE: f64 = 2.0;
/// Observations below which a history is short.
const SHORT: usize = 24;
/// Shortest half-life that is told from none, in typical steps.
const FAST: f64 = 1.0;
/// The bias of a reversion beside jumps, in units of 1/T: measured on 300 histories of 36 months.
const JUMPS_BIAS: f64 = 2.4;
/// Findings of one kind that are named.
const NAMED: usize = 3;

/// All that is to be said, the history's remarks first.
pub fn warnings(fit: &Fit, is_automatic: bool) -> Vec<String> {
    let mut all = fit.history.remarks.clone();
    all.extend([few(fit), gaps(fit), stale(&fit.history), start(fit)].into_iter().flatten());
    all.extend(choice(fit, is_automatic));
    all.extend(
        [drift(fit), reversion(fit), fast(fit), jumps(fit), outliers(fit), unacceptable(fit)].into_iter().flatten(),
    );
    all.extend(fit.checks.iter().filter(|check| check.is_finding()).map(|check| check.reading.clone()));
    all
}

fn few(fit: &Fit) -> Option<String> {
    let count = fit.history.observations.len();
    (count < SHORT).then(|| {
        format!(
            "{count} prices are few: tests of residuals find little, and intervals rest on the process being right."
        )
    })
}

fn gaps(fit: &Fit) -> Option<String> {
    let mut sorted = fit.series.years.clone();
    sorted.sort_by(f64::total_cmp);
    // weekends are no gaps
    let usual = (GAP * fit.series.typical_step()).max(LONG * quantile(&sorted, 0.9));
    let is_gap = |at: &usize| fit.series.years[*at] > usual;
    let found: Vec<usize> = (0..fit.series.steps()).filter(is_gap).collect();
    let dates = |at: usize| fit.history.observations[at].date;
    let name = |at: &usize| format!("{} to {}", dates(*at), dates(at + 1));
    let named = named(&found, name)?;
    Some(format!("The history has gaps: {named}. The fit takes them as long steps, exactly."))
}

fn stale(history: &History) -> Option<String> {
    let equal = history.observations.windows(2).filter(|pair| pair[0].value == pair[1].value).count();
    let steps = history.observations.len() - 1;
    (equal as f64 > STALE * steps as f64).then(|| {
        format!(
            "{equal} of {steps} changes are 0: stale or rounded prices make the volatility too low. Take prices of trades, or \
             longer intervals."
        )
    })
}

fn start(fit: &Fit) -> Option<String> {
    let start = fit.start;
    let what = if fit.model.process == Process::Gbm { "mean" } else { "median" };
    (start.years > 0.0).then(|| {
        format!(
            "The scenario begins {:.0} days after the price before it, at the {what} expected then, {:.4}. What the price does until \
             then is not simulated; a newer price would make the start certain.",
            start.years * DAYS_PER_YEAR,
            start.value
        )
    })
}

fn choice(fit: &Fit, is_automatic: bool) -> Vec<String> {
    let Some(chosen) = fit.criteria.iter().find(|of| of.chosen) else { return Vec::new() };
    let name = |process: Process, jumps: bool| format!("{}{}", process.name(), if jumps { " with jumps" } else { "" });
    let mut said = Vec::new();
    if is_automatic {
        said.push(format!("{} has the lowest BIC and was chosen.", name(chosen.process, chosen.jumps)));
    }
    for other in fit.criteria.iter().filter(|of| !of.chosen) {
        let worse = other.bic - chosen.bic;
        let other = name(other.process, other.jumps);
        if worse.abs() < CLOSE {
            said.push(format!(
                "The history does not tell {} from {other}: their BIC differ by {:.1}.",
                fit.model.name(),
                worse.abs()
            ));
        } else if worse < 0.0 {
            said.push(format!("{other} fits better: its BIC is lower by {:.1}.", -worse));
        }
    }
    said
}

fn drift(fit: &Fit) -> Option<String> {
    let drift = fit.uncertainty.parameters.iter().find(|of| of.key == "drift")?;
    (drift.se > VAGUE).then(|| {
        format!(
            "{:.1} years say little about a drift: its standard error is {:.2} a year, however many prices they have. Take the \
             drift from forward quotes or from judgement, or keep its [[uncertain]] entry.",
            fit.series.span(),
            drift.se
        )
    })
}

fn reversion(fit: &Fit) -> Option<String> {
    let reversion = fit.uncertainty.parameters.iter().find(|of| of.key == "reversion")?;
    if fit.model.jumps {
        return Some(format!(
            "Short histories seem to revert faster than prices do. With jumps the reversion of {:.2} a year is not fully corrected for \
             that: expect it to be too high by about {:.1}.",
            reversion.value,
            JUMPS_BIAS / fit.series.span()
        ));
    }
    let corrected = format!(
        "Short histories seem to revert faster than prices do. The reversion is corrected for that, from {:.2} to {:.2} a year.",
        fit.likeliest.law.reversion, reversion.value
    );
    match fit.sample.without_reversion {
        Some(p) if p > 0.05 => Some(format!(
            "{corrected} It is not distinguishable from none: {:.0}% of histories without reversion look as if they reverted as \
             fast. Consider a gbm.",
            100.0 * p
        )),
        _ => Some(corrected),
    }
}

fn fast(fit: &Fit) -> Option<String> {
    let reversion = fit.uncertainty.parameters.iter().find(|of| of.key == "reversion")?.value;
    let half_life = std::f64::consts::LN_2 / reversion;
    (half_life < FAST * fit.series.typical_step()).then(|| {
        format!(
            "The half-life of {:.0} days is shorter than the step between prices, so reversion and volatility are not told apart. \
             Take more frequent prices.",
            DAYS_PER_YEAR * half_life
        )
    })
}

fn jumps(fit: &Fit) -> Option<String> {
    let law = fit.likeliest.law;
    let expected = law.intensity * fit.series.span();
    fit.model.jumps.then(|| {
        format!(
            "Jumps rest on some {expected:.0} changes of {:.1} years. Their parameters are held near usual ones by prior distributions, \
             and intervals are those of the posterior distribution.",
            fit.series.span()
        )
    })
}

fn outliers(fit: &Fit) -> Option<String> {
    if fit.model.jumps {
        return None;
    }
    let found: Vec<usize> = (0..fit.residuals.len()).filter(|&at| fit.residuals[at].abs() > OUTLIER).collect();
    let name = |at: &usize| {
        format!("{} ({:+.1} standard deviations)", fit.history.observations[at + 1].date, fit.residuals[*at])
    };
    let named = named(&found, name)?;
    let hint = if fit.model.process == Process::LogitOu { "" } else { " Try --jumps." };
    Some(format!("Changes that look like jumps: {named}.{hint}"))
}

/// Estimates beyond the ranges of a scenario's keys.
fn unacceptable(fit: &Fit) -> Option<String> {
    let range = |key: &str| match key {
        "drift" | "jumps.mean" => -10.0..=10.0,
        "volatility" | "jumps.sd" => 0.0..=10.0,
        "reversion" => 0.0..=1_000.0,
        "jumps.intensity" => 0.0..=50.0,
        _ => -1e30..=1e30,
    };
    let wrong: Vec<String> = (fit.uncertainty.parameters.iter())
        .filter(|of| !range(of.key).contains(&of.value))
        .map(|of| format!("`{}` is {:.4e}", of.key, of.value))
        .collect();
    (!wrong.is_empty()).then(|| {
        format!("A scenario does not accept these estimates: {}. Check the prices' unit and dates.", wrong.join(", "))
    })
}

/// The first findings by name, and how many more there are; `None` without any.
fn named(found: &[usize], name: impl Fn(&usize) -> String) -> Option<String> {
    let named: Vec<String> = found.iter().take(NAMED).map(name).collect();
    let more = if found.len() > NAMED { format!(" and {} more", found.len() - NAMED) } else { String::new() };
    (!found.is_empty()).then(|| format!("{}{more}", named.join(", ")))
}
