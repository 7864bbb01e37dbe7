//! What uncertain inputs do to the main figures, and which of them matter.

use super::layout::named_grid;
use super::page::Page;
use crate::report::uncertainty::{
    INPUT_NOTE, OUTPUT_COLUMNS, input_columns, input_rows, output_rows, uncertainty_summary,
};

/// Both tables; nothing without uncertain inputs.
pub fn uncertainty(page: &Page) -> String {
    let Some(of) = &page.document.uncertainty else { return String::new() };
    let outputs = output_rows(page.document, of).into_iter().map(Vec::from).collect();
    let outputs = named_grid(&OUTPUT_COLUMNS, outputs, page.width);
    let inputs = named_grid(&input_columns(page.document, of), input_rows(page.document, of), page.width);
    format!(" {}\n\n{outputs}\n\n {INPUT_NOTE}\n\n{inputs}", uncertainty_summary(of))
}
