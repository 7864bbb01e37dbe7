//! What is wrong with a list, under the name that messages give it.

use super::super::design::{MOST_AXES, MOST_POINTS, MOST_VALUES};
use super::super::error::SweepError;

/// A list under the name that messages give it.
pub(super) struct List {
    pub name: String,
}

impl List {
    /// Something is wrong with a line.
    pub fn wrong(&self, line: u64, what: impl std::fmt::Display, hint: impl Into<String>) -> SweepError {
        SweepError::usage(format!("{}, line {line}: {what}", self.name), hint)
    }

    /// The list cannot be read.
    pub fn unreadable(&self, cause: impl std::fmt::Display) -> SweepError {
        SweepError::failed(format!("{} could not be read: {cause}", self.name), "check that it exists and is readable")
    }

    /// Refuses more columns than are read.
    pub fn refuse_columns(&self, columns: usize) -> Result<(), SweepError> {
        if columns <= MOST_AXES {
            return Ok(());
        }
        let message = format!("{} has {columns} columns; at most {MOST_AXES} are read", self.name);
        Err(SweepError::usage(message, "keep the columns that vary; set the other values in the scenario"))
    }

    /// Refuses a further row behind so many.
    pub fn refuse_row(&self, rows: usize, columns: usize) -> Result<(), SweepError> {
        if rows >= MOST_POINTS {
            return Err(SweepError::usage(
                format!("{} has more than {MOST_POINTS} points", self.name),
                "split the list",
            ));
        }
        if (rows + 1) * columns > MOST_VALUES {
            let message = format!("{} has more than {MOST_VALUES} values", self.name);
            return Err(SweepError::usage(message, "split the list, or leave out columns that do not vary"));
        }
        Ok(())
    }
}

/// What a Parquet file begins with.
pub(super) const PARQUET: &[u8] = b"PAR1";
