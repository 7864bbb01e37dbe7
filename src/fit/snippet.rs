//! A fit as a piece of a scenario file, ready to paste.

use std::fmt::Write as _;

use super::entry::DistributionDocument;
use super::fitted::Fit;
use super::model::{Model, Process};
use super::together::Pair;

/// The TOML of fits: a `[[factor]]` each, `[[uncertain]]` entries for their parameters, and correlations.
pub fn snippet(fits: &[Fit], pairs: &[Pair]) -> String {
    let mut text = fits.iter().map(factor).collect::<Vec<_>>().join("\n");
    let related: Vec<String> = pairs.iter().filter(|pair| pair.value != 0.0).map(related).collect();
    if !related.is_empty() {
        let _ = write!(text, "\n[correlation]\npairs = [{}]\n", related.join(", "));
    }
    text.extend(fits.iter().map(entries));
    let dependent: Vec<String> = fits.iter().flat_map(dependent).collect();
    if !dependent.is_empty() {
        let _ = write!(text, "\n[uncertain_correlation]\npairs = [\n{}]\n", dependent.concat());
    }
    text
}

fn factor(fit: &Fit) -> String {
    let history = &fit.history;
    let mut text = format!(
        "# Fitted to `{}` of {}: {} prices from {} to {}.\n",
        harmless(&history.column),
        harmless(&history.file),
        history.observations.len(),
        history.first(),
        history.last().date
    );
    let _ = match (fit.start.years > 0.0, fit.model.process) {
        (false, _) => writeln!(text, "# `start` is the price of {}.", fit.start.date),
        (true, Process::Gbm) => writeln!(text, "# `start` is the mean expected on {}.", fit.start.date),
        (true, _) => writeln!(text, "# `start` is the median expected on {}.", fit.start.date),
    };
    let start = if fit.start.years > 0.0 { number(fit.start.value) } else { exact(fit.start.value) };
    let _ = write!(
        text,
        "[[factor]]\nname = \"{}\"\nprocess = \"{}\"\nstart = {start}\n",
        fit.name,
        fit.model.process.name()
    );
    let keys = fit.model.keys();
    for (key, value) in keys.iter().zip(&fit.sample.estimates).filter(|(key, _)| !key.starts_with("jumps.")) {
        let _ = writeln!(text, "{key} = {}", number(*value));
    }
    if fit.model.process == Process::LogitOu {
        let _ = write!(text, "lower = {}\nupper = {}\n", exact(fit.model.lower), exact(fit.model.upper));
    }
    text + &jumps(fit.model, &fit.sample.estimates)
}

fn jumps(model: Model, estimates: &[f64]) -> String {
    let each = model.keys().iter().zip(estimates);
    let of = |(key, value): (&&str, &f64)| Some(format!("{} = {}", key.strip_prefix("jumps.")?, number(*value)));
    let all: Vec<String> = each.filter_map(of).collect();
    if all.is_empty() { String::new() } else { format!("jumps = {{ {} }}\n", all.join(", ")) }
}

fn entries(fit: &Fit) -> String {
    let entry = |parameter: &super::uncertainty::Parameter| {
        let key = format!("factor.{}.{}", fit.name, parameter.key);
        parameter.distribution.as_ref().map(|of| {
            let of = DistributionDocument::new(of);
            format!("\n[[uncertain]]\nkey = \"{key}\"\n{}", distribution(&of))
        })
    };
    fit.uncertainty.parameters.iter().filter_map(entry).collect()
}

/// The keys of a distribution.
fn distribution(of: &DistributionDocument) -> String {
    match of {
        DistributionDocument::Lognormal { low, high } => {
            format!("distribution = \"lognormal\"\nlow = {}\nhigh = {}\n", number(*low), number(*high))
        }
        DistributionDocument::Normal { mean, sd, lower, upper } => {
            let text = format!("distribution = \"normal\"\nmean = {}\nsd = {}\n", number(*mean), number(*sd));
            text + &bounds(*lower, *upper)
        }
        DistributionDocument::Metalog { quantiles, lower, upper } => {
            let pair = |&[share, value]: &[f64; 2]| format!("[{share}, {}]", number(value));
            let quantiles: Vec<String> = quantiles.iter().map(pair).collect();
            let text = format!("distribution = \"metalog\"\nquantiles = [{}]\n", quantiles.join(", "));
            text + &bounds(*lower, *upper)
        }
    }
}

fn bounds(lower: Option<f64>, upper: Option<f64>) -> String {
    let line =
        |key: &str, bound: Option<f64>| bound.map_or_else(String::new, |bound| format!("{key} = {}\n", exact(bound)));
    line("lower", lower) + &line("upper", upper)
}

/// Lines for the pairs of parameters whose rank correlation is not 0.
fn dependent(fit: &Fit) -> Vec<String> {
    let known = &fit.uncertainty;
    let key = |at: usize| format!("\"factor.{}.{}\"", fit.name, known.parameters[at].key);
    let drawn = |at: usize| known.parameters[at].distribution.is_some();
    let line = |(a, b): (usize, usize)| format!("    [{}, {}, {}],\n", key(a), key(b), known.correlation[a][b]);
    let all = (0..known.parameters.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
    all.filter(|&(a, b)| known.correlation[a][b] != 0.0 && drawn(a) && drawn(b)).map(line).collect()
}

fn related(pair: &Pair) -> String {
    format!("[\"{}\", \"{}\", {}]", pair.factors[0], pair.factors[1], pair.value)
}

/// A number in five digits.
fn number(value: f64) -> String {
    exact(format!("{value:.4e}").parse().unwrap_or(value))
}

/// A number in all of its digits.
fn exact(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e9).contains(&size) { format!("{value:e}") } else { format!("{value}") }
}

/// Text of the user's in a comment, on its line.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { '\u{fffd}' } else { c }).collect()
}
