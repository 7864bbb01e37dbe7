//! Reports as files.

use std::path::PathBuf;

use overhang::report::page::{self, Section};
use overhang::storage::{Written, WrongEnding, check_ending, write_output};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;

use crate::errors::usage;

/// A file for a report: an XLSX workbook of its tables if its name ends so, and otherwise an HTML page.
pub struct ReportFile {
    path: PathBuf,
    pub is_workbook: bool,
}

impl ReportFile {
    /// Refuses a name that is neither that of a page nor that of a workbook, before anything is computed.
    pub fn new(py: Python, path: PathBuf) -> PyResult<Self> {
        let is_workbook = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
        let written = if is_workbook { Written::Workbook } else { Written::Page };
        check_ending(&path, written).map_err(|error: WrongEnding| usage(py, &error.to_string(), &error.hint))?;
        Ok(ReportFile { path, is_workbook })
    }

    /// Writes the report, whole or not at all.
    pub fn write(&self, section: Section) -> PyResult<()> {
        let failed = |error: &dyn std::fmt::Display| PyOSError::new_err(error.to_string());
        let content = if self.is_workbook {
            page::workbook(&[section]).map_err(|error| failed(&error))?
        } else {
            page::page(&[section]).into_bytes()
        };
        write_output(&self.path, &content).map_err(|error| failed(&error))
    }
}
