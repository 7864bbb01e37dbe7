//! What goes wrong with files of trajectories.

use crate::engine::EngineError;

/// Why trajectories could not be taken: what is wrong and what would help.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TrajectoryError {
    pub message: String,
    pub hint: String,
}

impl From<TrajectoryError> for EngineError {
    fn from(error: TrajectoryError) -> Self {
        Self { message: error.message, hint: Some(error.hint) }
    }
}

/// An error about a file.
pub(super) fn fault(file: &str, what: impl std::fmt::Display, hint: &str) -> TrajectoryError {
    TrajectoryError { message: format!("`{file}`: {what}"), hint: hint.to_owned() }
}

/// A file that cannot be read.
pub(super) fn unreadable(file: &str, error: impl std::fmt::Display) -> TrajectoryError {
    fault(
        file,
        format!("cannot be read: {error}"),
        "check that the file is complete and that its ending matches its contents",
    )
}
