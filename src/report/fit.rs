//! A fit as tables and pages show it.

use crate::fit::Process;
use crate::fit::document::{FitDocument, FitsDocument};
use crate::text::numbers::{fixed, significant};
use crate::text::words::{duration, month};

/// The columns of [`parameter_rows`].
pub const PARAMETER_COLUMNS: [&str; 5] = ["parameter", "estimate", "± se", "95% interval", "drawn from"];
/// The columns of [`criterion_rows`].
pub const CRITERION_COLUMNS: [&str; 6] = ["process", "parameters", "log-likelihood", "AIC", "BIC", ""];
/// The columns of [`check_rows`].
pub const CHECK_COLUMNS: [&str; 5] = ["residuals", "test", "statistic", "p", "reading"];

/// What was fitted to what.
pub fn headline(name: &str, of: &FitDocument) -> String {
    let source = &of.source;
    format!(
        "{name}: {}{}, fitted to {} prices of `{}` from {} to {} ({} years)",
        of.process.name(),
        with_jumps(of.jumps),
        source.observations,
        source.column,
        source.first,
        source.last,
        fixed(source.years, 1)
    )
}

/// What a fit says, in two sentences: which process it is, and what prices it leads to.
pub fn fit_sentences(name: &str, of: &FitDocument) -> Vec<String> {
    let least = of.criteria.iter().map(|of| of.bic).fold(f64::INFINITY, f64::min);
    let is_best = of.criteria.len() > 1 && of.criteria.iter().any(|of| of.chosen && of.bic <= least);
    let reason =
        if is_best { format!(", which has the lowest BIC of {} processes", of.criteria.len()) } else { String::new() };
    let process = format!("`{name}` follows {}{}{reason}.", process_words(of.process), with_jumps(of.jumps));
    let Some(last) = of.fan.last() else { return vec![process] };
    let number = |x: f64| significant(x, 3);
    let [low, .., high] = last.predictive.map(number);
    let [sure_low, .., sure_high] = last.plug_in.map(number);
    let rest = if (&low, &high) == (&sure_low, &sure_high) {
        String::new()
    } else {
        format!("; if the estimates were exact, between {sure_low} and {sure_high}")
    };
    let middle = number(last.predictive[2]);
    let future = format!(
        "By {}, {} after the last price, its median is {middle}, and 90% of futures lie between {low} and {high}{rest}.",
        month(&last.date),
        duration(last.years)
    );
    vec![process, future]
}

/// What stands behind the name of a process that has jumps.
fn with_jumps(jumps: bool) -> &'static str {
    if jumps { " with jumps" } else { "" }
}

/// A process as people call it.
fn process_words(process: Process) -> &'static str {
    match process {
        Process::Gbm => "geometric Brownian motion",
        Process::Ou => "mean reversion of its logarithm",
        Process::LogitOu => "mean reversion between two bounds",
    }
}

/// A row for each parameter.
pub fn parameter_rows(of: &FitDocument) -> Vec<[String; PARAMETER_COLUMNS.len()]> {
    let row = |(key, found): (&String, &crate::fit::document::ParameterDocument)| {
        let number = |x: f64| significant(x, 4);
        let drawn = found.distribution.as_ref().map_or("–", |of| of.name()).to_owned();
        let interval = format!("[{}, {}]", number(found.low), number(found.high));
        [key.clone(), number(found.value), format!("± {}", significant(found.se, 2)), interval, drawn]
    };
    of.parameters.iter().map(row).collect()
}

/// A row for each process that was compared.
pub fn criterion_rows(of: &FitDocument) -> Vec<[String; CRITERION_COLUMNS.len()]> {
    let row = |of: &crate::fit::Criterion| {
        [
            format!("{}{}", of.process.name(), with_jumps(of.jumps)),
            of.parameters.to_string(),
            fixed(of.log_likelihood, 2),
            fixed(of.aic, 2),
            fixed(of.bic, 2),
            if of.chosen { "chosen".into() } else { String::new() },
        ]
    };
    of.criteria.iter().map(row).collect()
}

/// A row for each test of the residuals.
pub fn check_rows(of: &FitDocument) -> Vec<[String; CHECK_COLUMNS.len()]> {
    let row = |of: &crate::fit::Check| {
        let p = if of.p_value < 0.001 { "< 0.001".into() } else { fixed(of.p_value, 3) };
        [of.name.replace('_', " "), of.test.clone(), significant(of.statistic, 3), p, of.reading.clone()]
    };
    of.tests.iter().map(row).collect()
}

/// Correlations of the factors in words.
pub fn correlation_lines(document: &FitsDocument) -> Vec<String> {
    let line = |of: &crate::fit::Pair| {
        let [one, other] = &of.factors;
        format!("{one} and {other}: {} ± {}, from {} common changes", fixed(of.value, 2), fixed(of.se, 2), of.changes)
    };
    document.correlation.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::document::{Point, Source};
    use crate::fit::{Criterion, FanPoint};

    #[test]
    fn a_fit_says_its_process_and_where_prices_go() {
        let criterion = |process, bic, chosen| Criterion {
            process,
            jumps: false,
            parameters: 2,
            log_likelihood: 0.0,
            aic: 0.0,
            bic,
            chosen,
        };
        let source = Source {
            file: "prices.csv".into(),
            column: "h100".into(),
            first: "2023-01-01".into(),
            last: "2026-10-01".into(),
            observations: 46,
            years: 3.75,
            bootstrap: 0,
            seed: 1,
        };
        let last = FanPoint {
            date: "2028-10-01".into(),
            years: 2.0,
            plug_in: [1.0, 1.3, 1.5, 1.8, 2.2],
            predictive: [0.8, 1.2, 1.52, 1.9, 2.9],
        };
        let mut fit = FitDocument {
            source,
            process: Process::Ou,
            jumps: true,
            start: Point { date: "2026-10-01".into(), value: 1.6 },
            parameters: Default::default(),
            correlation: Vec::new(),
            criteria: vec![criterion(Process::Gbm, 3.0, false), criterion(Process::Ou, 1.0, true)],
            tests: Vec::new(),
            warnings: Vec::new(),
            history: Vec::new(),
            residuals: Vec::new(),
            fan: vec![last],
        };
        assert_eq!(
            fit_sentences("price", &fit),
            [
                "`price` follows mean reversion of its logarithm with jumps, which has the lowest BIC of 2 processes.",
                "By October 2028, 2 years after the last price, its median is 1.52, and 90% of futures lie between 0.800 and 2.90; if \
                 the estimates were exact, between 1.00 and 2.20."
            ]
        );
        // a process that was asked for may not be the best
        fit.criteria[0].bic = 0.0;
        assert_eq!(fit_sentences("price", &fit)[0], "`price` follows mean reversion of its logarithm with jumps.");
    }
}
