//! A fit as tables.

use super::layout::{Align, Column, grid, paragraphs};
use crate::fit::document::{FitDocument, FitsDocument};
use crate::report::fit::{
    CHECK_COLUMNS, CRITERION_COLUMNS, PARAMETER_COLUMNS, check_rows, correlation_lines, criterion_rows, fit_sentences,
    headline, parameter_rows,
};

/// Estimates, tests and warnings, then what to paste into a scenario, for a terminal so many characters wide.
pub fn fit_table(document: &FitsDocument, width: u16) -> String {
    let mut parts: Vec<String> = document.fits.iter().map(|(name, of)| one(name, of, width)).collect();
    let lines = correlation_lines(document);
    if !lines.is_empty() {
        parts.push(format!(" Correlations of the Brownian motions\n {}", lines.join("\n ")));
    }
    parts.extend(document.warnings.iter().map(|warning| format!(" Note: {warning}")));
    parts.push(format!(" To paste into a scenario:\n\n{}", document.toml.trim_end()));
    parts.join("\n\n") + "\n"
}

fn one(name: &str, of: &FitDocument, width: u16) -> String {
    let notes = of.warnings.iter().map(|warning| format!(" Note: {warning}")).collect::<Vec<_>>().join("\n");
    let tables = [
        format!(" {}", headline(name, of)),
        paragraphs(&fit_sentences(name, of), width),
        table(&PARAMETER_COLUMNS, parameter_rows(of), width),
        table(&CRITERION_COLUMNS, criterion_rows(of), width),
        table(&CHECK_COLUMNS, check_rows(of), width),
        notes,
    ];
    tables.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn table<const N: usize>(columns: &[&str; N], rows: Vec<[String; N]>, width: u16) -> String {
    let align = |name: &str| {
        if ["estimate", "parameters", "log-likelihood", "AIC", "BIC", "statistic", "p"].contains(&name) {
            Align::Right
        } else {
            Align::Left
        }
    };
    let columns: Vec<Column> =
        columns.iter().map(|&name| (name, if name == "± se" { Align::Beside } else { align(name) })).collect();
    grid(&columns, rows.into_iter().map(Vec::from).collect(), width)
}
