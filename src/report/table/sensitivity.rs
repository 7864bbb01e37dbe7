//! A sensitivity analysis as tables.

use super::layout::{named_grid, paragraphs};
use crate::report::sensitivity::{SensitivityRows, all_rows, sensitivity_sentences};
use crate::result::SensitivityDocument;
use crate::text::numbers::{count, significant};

/// The tables as text for a terminal so many characters wide.
pub fn sensitivity_table(document: &SensitivityDocument, width: u16) -> String {
    let provenance = &document.provenance;
    let variant = provenance.variant.as_ref().map(|name| format!(", variant {name}")).unwrap_or_default();
    let changes = match document.tornado.is_some() {
        true => {
            "\n Changes from the centre, one input at a time, on the same paths. In brackets: within two standard errors of none."
        }
        false => "",
    };
    let mut parts = vec![format!(" {}{variant}{changes}", provenance.scenario)];
    let sentences = paragraphs(&sensitivity_sentences(document), width);
    parts.extend((!sentences.is_empty()).then_some(sentences));
    let shown = |of: &SensitivityRows| of.columns.is_empty() || !of.rows.is_empty();
    parts.extend(all_rows(document).into_iter().filter(shown).map(|of| table(of, width)));
    let sampling = &provenance.sampling;
    let seconds = document.run.wall_seconds.map(|wall| format!(", {} s", significant(wall, 3))).unwrap_or_default();
    let drawn = if sampling.construction.is_some() { "quasi-random" } else { "independent" };
    let paths = match document.is_of_chance_alone() {
        true => String::new(),
        false => format!("{} {drawn} paths, the same in every run, {}, ", count(sampling.paths), sampling.backend),
    };
    parts.push(format!(" {paths}{}, seed {}{seconds}", sampling.precision, sampling.seed));
    parts.join("\n\n") + "\n"
}

fn table(of: SensitivityRows, width: u16) -> String {
    if of.columns.is_empty() {
        return format!(" {}", of.title);
    }
    format!(" {}\n\n{}", of.title, named_grid(&of.columns, of.rows, width))
}
