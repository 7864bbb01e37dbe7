//! A fit as tables and pages show it.

use crate::fit::document::{FitDocument, FitsDocument};
use crate::text::numbers::{fixed, significant};

/// The columns of [`parameter_rows`].
pub const PARAMETER_COLUMNS: [&str; 5] = ["parameter", "estimate", "± se", "95% interval", "drawn from"];
/// The columns of [`criterion_rows`].
pub const CRITERION_COLUMNS: [&str; 6] = ["process", "parameters", "log-likelihood", "AIC", "BIC", ""];
/// The columns of [`check_rows`].
pub const CHECK_COLUMNS: [&str; 5] = ["residuals", "test", "statistic", "p", "reading"];

/// What was fitted to what.
pub fn headline(name: &str, of: &FitDocument) -> String {
    let source = &of.source;
    let jumps = if of.jumps { " with jumps" } else { "" };
    format!(
        "{name}: {}{jumps}, fitted to {} prices of `{}` from {} to {} ({} years)",
        of.process.name(),
        source.observations,
        source.column,
        source.first,
        source.last,
        fixed(source.years, 1)
    )
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
        let jumps = if of.jumps { " with jumps" } else { "" };
        [
            format!("{}{jumps}", of.process.name()),
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
