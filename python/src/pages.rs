//! Pages as files.

use std::path::Path;

use overhang::storage::write_output;
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;

/// Writes a page, whole or not at all.
pub fn write(file: &Path, page: &str) -> PyResult<()> {
    write_output(file, page.as_bytes()).map_err(|error| PyOSError::new_err(error.to_string()))
}
