//! The page of a sensitivity analysis: tornado charts, and all tables.

use maud::{Markup, html};

use super::{Section, figures, provenance, sentences, table, texts};
use crate::report::pictures;
use crate::report::sensitivity::{
    SensitivityRows, chance_rows, classic_rows, derivative_rows, index_rows, sensitivity_sentences, target_rows,
    tornado_rows,
};
use crate::result::SensitivityDocument;
use crate::text::numbers::count;

/// The section of an analysis; `command` makes it again.
pub fn sensitivity_section(document: &SensitivityDocument, command: &str) -> Section {
    let of = &document.provenance;
    let variant = of.variant.as_ref().map(|name| format!(", variant {name}")).unwrap_or_default();
    let mut parts = Vec::new();
    if document.tornado.is_some() {
        let changes = html! {
            (sentences(&sensitivity_sentences(document)))
            p { "Changes from the centre, one input at a time at its low and high value, on the same paths. In brackets: within two standard "
                "errors of no change." }
            (tornadoes(document))
            (tables(tornado_rows(document)))
        };
        parts.push(("tornado", "What moves the results", changes));
    }
    let others = [
        (
            "chance",
            "Sources of randomness",
            chance_rows(document).into_iter().filter(|of| !of.rows.is_empty()).collect(),
        ),
        ("targets", "What would have to be true", target_rows(document)),
        ("derivatives", "Derivatives", derivative_rows(document)),
        ("indices", "Shares of the variance", index_rows(document).into_iter().collect()),
    ];
    let others = others.into_iter().filter(|(_, _, rows)| !rows.is_empty());
    parts.extend(others.map(|(id, title, rows)| (id, title, tables(rows))));
    let classic = classic_rows(document);
    parts.extend(
        (!classic.is_empty()).then(|| ("classic", "Usual measures", html! { (spiders(document)) (tables(classic)) })),
    );
    parts.push(("provenance", "Provenance", provenance(of, &document.run, command)));
    Section { title: format!("Sensitivity of {}{variant}", of.scenario), lead: String::new(), parts }
}

/// What drives the results of a run: tornado charts and break-even values.
pub fn drivers(document: &SensitivityDocument) -> Markup {
    html! {
        p { "Changes from the centre, one input at a time at its low and high value, over " (count(document.provenance.sampling.paths))
            " paths; and the value of each input at which a target would be met." }
        (tornadoes(document))
        (tables(target_rows(document)))
    }
}

/// A chart for each output.
fn tornadoes(document: &SensitivityDocument) -> Markup {
    figures(&document.outputs.keys().filter_map(|key| pictures::tornado(document, key)).collect::<Vec<_>>())
}

/// A chart for each output whose means over the tenths of inputs are known.
fn spiders(document: &SensitivityDocument) -> Markup {
    let charts: Vec<_> = document.outputs.keys().filter_map(|key| pictures::spider(document, key)).collect();
    html! {
        @if !charts.is_empty() {
            p { "Each line is the mean of the output among the parameter sets in which the input is in a tenth of its values, from its "
                "lowest values on the left to its highest on the right." }
            (figures(&charts))
        }
    }
}

/// The tables that have rows.
fn tables(all: Vec<SensitivityRows>) -> Markup {
    html! {
        @for of in all.into_iter().filter(|of| !of.rows.is_empty()) {
            (table(&of.title, &of.columns, &texts(of.rows), true))
        }
    }
}
