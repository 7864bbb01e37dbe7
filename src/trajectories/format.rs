//! The kinds of files of trajectories.

use std::path::Path;

use super::error::{TrajectoryError, fault};

/// The kinds of files, by the ends of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Npy,
    Npz,
    Parquet,
}

impl Format {
    /// The kind of a file.
    pub fn of(file: &Path) -> Result<Self, TrajectoryError> {
        let extension = file.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("npy") => Ok(Format::Npy),
            Some("npz") => Ok(Format::Npz),
            Some("parquet") => Ok(Format::Parquet),
            _ => {
                Err(fault(&file.display().to_string(), "is not a known kind of file", "name it .npy, .npz or .parquet"))
            }
        }
    }
}
