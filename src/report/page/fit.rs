//! The page of a fit: the history with what it says about the future, residuals, and what to paste.

use maud::html;

use super::{Section, figures, sentences, table, texts};
use crate::fit::document::{FitDocument, FitsDocument};
use crate::report::fit::{
    CHECK_COLUMNS, CRITERION_COLUMNS, PARAMETER_COLUMNS, check_rows, correlation_lines, criterion_rows, fit_sentences,
    headline, parameter_rows,
};
use crate::report::pictures;
use crate::text::harmless::harmless;

/// The section of a fit.
pub fn fit_section(document: &FitsDocument) -> Section {
    let one = |name: &str, of: &FitDocument| {
        let charts: Vec<_> =
            [pictures::history(name, of), pictures::residuals(name, of)].into_iter().flatten().collect();
        html! {
            h3 { (harmless(&headline(name, of))) }
            (sentences(&fit_sentences(name, of)))
            (figures(&charts))
            @for warning in &of.warnings { p { (harmless(warning)) } }
            (tabled("Estimates", &PARAMETER_COLUMNS, parameter_rows(of)))
            (tabled("Processes that were compared", &CRITERION_COLUMNS, criterion_rows(of)))
            (tabled("Tests of the residuals", &CHECK_COLUMNS, check_rows(of)))
        }
    };
    let fits = html! {
        p { "The wide bands include how little the history says about the parameters; the narrow ones treat the estimates as exact." }
        @for (name, of) in &document.fits { (one(name, of)) }
        @for line in correlation_lines(document) { p { (harmless(&line)) } }
        @for warning in &document.warnings { p { (harmless(warning)) } }
    };
    let paste = html! { pre { (document.toml) } };
    let names: Vec<&str> = document.fits.keys().map(String::as_str).collect();
    let parts = vec![("fits", "Fits", fits), ("paste", "To paste into a scenario", paste)];
    Section { title: format!("Fit of {}", names.join(", ")), lead: String::new(), parts }
}

fn tabled<const N: usize>(caption: &str, columns: &[&str; N], rows: Vec<[String; N]>) -> maud::Markup {
    table(caption, &columns.map(String::from), &texts(rows), false)
}
