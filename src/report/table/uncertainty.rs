//! What uncertain inputs do to the main figures, and which of them matter.

use super::layout::{Align, Column, grid};
use super::page::Page;
use crate::report::uncertainty::{
    INPUT_NOTE, OUTPUT_COLUMNS, input_columns, input_rows, output_rows, uncertainty_summary,
};

/// Both tables; nothing without uncertain inputs.
pub fn uncertainty(page: &Page) -> String {
    let Some(of) = &page.document.uncertainty else { return String::new() };
    let align = |place| if place == 0 { Align::Left } else { Align::Right };
    let table = |names: &[&str], rows: Vec<Vec<String>>| {
        let columns: Vec<Column> = names.iter().enumerate().map(|(place, name)| (*name, align(place))).collect();
        grid(&columns, rows, page.width)
    };
    let outputs = output_rows(page.document, of).into_iter().map(Vec::from).collect();
    let columns = input_columns(page.document, of);
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let inputs = table(&columns, input_rows(page.document, of));
    format!(" {}\n\n{}\n\n {INPUT_NOTE}\n\n{inputs}", uncertainty_summary(of), table(&OUTPUT_COLUMNS, outputs))
}
