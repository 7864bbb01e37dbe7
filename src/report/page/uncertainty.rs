//! What uncertain inputs do to the main figures, and which of them matter.

use maud::{Markup, html};

use super::{table, texts};
use crate::report::uncertainty::{
    INPUT_NOTE, OUTPUT_COLUMNS, UNCERTAINTY_NOTE, input_columns, input_rows, output_rows, uncertainty_summary,
};
use crate::result::{ResultDocument, UncertaintyDocument};
use crate::text::harmless::harmless;

/// Two tables, and why the file holds its ranges for likely.
pub fn uncertainty(document: &ResultDocument, of: &UncertaintyDocument) -> Markup {
    let (outputs, inputs) = (texts(output_rows(document, of)), texts(input_rows(document, of)));
    let reasons: Vec<(&String, &String)> = of
        .inputs
        .iter()
        .filter_map(|(key, input)| Some((input.label.as_ref().unwrap_or(key), input.reason.as_ref()?)))
        .collect();
    html! {
        p { (uncertainty_summary(of)) " " (UNCERTAINTY_NOTE) }
        (table("Main figures with uncertain inputs", &OUTPUT_COLUMNS.map(String::from), &outputs, false))
        p { (INPUT_NOTE) }
        (table("Inputs and what they explain", &input_columns(document, of), &inputs, false))
        @if !reasons.is_empty() {
            dl { @for (name, reason) in reasons { dt { (harmless(name)) } dd { (harmless(reason)) } } }
        }
    }
}
