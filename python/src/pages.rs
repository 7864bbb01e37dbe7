//! Reports as files.

use std::path::Path;

use overhang::report::page::{self, Section};
use overhang::storage::{Written, check_ending, write_output};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;

use crate::errors::usage;

/// Refuses a name that is neither that of a page nor that of a workbook.
pub fn check(py: Python, file: &Path) -> PyResult<()> {
    let wrong = |error: overhang::storage::WrongEnding| usage(py, &error.to_string(), &error.hint);
    if is_workbook(file) { Ok(()) } else { check_ending(file, Written::Page).map_err(wrong) }
}

/// Writes a report, whole or not at all: an XLSX workbook of its tables if the name of the file ends so, and otherwise an HTML page.
pub fn write(py: Python, file: &Path, section: &Section) -> PyResult<()> {
    check(py, file)?;
    let failed = |error: &dyn std::fmt::Display| PyOSError::new_err(error.to_string());
    let sections = std::slice::from_ref(section);
    let content = if is_workbook(file) {
        page::workbook(sections).map_err(|error| failed(&error))?
    } else {
        page::page(sections).into_bytes()
    };
    write_output(file, &content).map_err(|error| failed(&error))
}

fn is_workbook(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"))
}
