//! Why a use case has no result.

use std::path::PathBuf;

use crate::engine::EngineError;
use crate::trajectories::TrajectoryError;

/// Why a use case has no result.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// What is asked for makes no sense.
    #[error("{message}")]
    Usage {
        message: String,
        /// What would help.
        hint: String,
    },
    /// Something failed on the way.
    #[error("{message}")]
    Failed {
        message: String,
        /// What would help.
        hint: String,
    },
    /// There is no such engine, or it failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The trajectories that are given cannot be used.
    #[error(transparent)]
    Trajectories(#[from] TrajectoryError),
    /// Paths have figures that are no numbers.
    #[error(transparent)]
    Invalid(#[from] InvalidPaths),
    /// The observer asked to stop, and nothing was kept.
    #[error("the work was stopped")]
    Stopped,
}

impl RunError {
    /// Something that makes no sense.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        RunError::Usage { message: message.into(), hint: hint.into() }
    }

    /// Something that failed.
    pub(crate) fn failed(message: impl Into<String>, hint: impl Into<String>) -> Self {
        RunError::Failed { message: message.into(), hint: hint.into() }
    }

    /// The same error with `about` before its message if it is one of usage.
    pub(crate) fn about(self, about: &str) -> Self {
        match self {
            RunError::Usage { message, hint } => RunError::Usage { message: format!("{about}: {message}"), hint },
            other => other,
        }
    }

    /// What would help, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            RunError::Usage { hint, .. } | RunError::Failed { hint, .. } => Some(hint.clone()),
            RunError::Engine(error) => error.hint.clone(),
            RunError::Trajectories(error) => Some(error.hint.clone()),
            RunError::Invalid(invalid) => Some(invalid.hint()),
            RunError::Stopped => None,
        }
    }
}

/// Paths with a figure that is infinite or no number. Unless they are to be left out, there is no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidPaths {
    /// How many there are, at least one.
    pub count: u64,
    /// Of so many paths.
    pub paths: u64,
    /// The first of them.
    pub first: u64,
    /// The file of trajectories that they come from, if the engine did not draw them.
    pub trajectories: Option<PathBuf>,
}

impl std::error::Error for InvalidPaths {}

impl std::fmt::Display for InvalidPaths {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        let InvalidPaths { count, paths, first, .. } = self;
        let (what, have) = if *count == 1 { ("path", "has") } else { ("paths", "have") };
        write!(
            out,
            "{count} {what} of {paths} {have} a figure that is infinite or not a number; the first is path {first}"
        )
    }
}

impl InvalidPaths {
    /// What would help. A path of the user's own trajectories cannot be shown with `--path`.
    pub fn hint(&self) -> String {
        let first = self.first;
        match &self.trajectories {
            None => format!(
                "inspect it with --path {first}, and look for volatilities, drifts or rates that let a factor exceed 10³⁸; \
                 --allow-invalid excludes such paths"
            ),
            Some(file) => format!(
                "look at path {first} of `{}` for values that are too large or too close to 0; --allow-invalid excludes such \
                 paths",
                file.display()
            ),
        }
    }
}
