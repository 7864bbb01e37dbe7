//! What goes wrong with sweeps and their stores.

use std::path::Path;

use crate::engine::EngineError;
use crate::run::RunError;
use crate::scenario::Failure;

/// What went wrong, and what would help.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct SweepError {
    pub message: String,
    pub hint: String,
    /// Whether what the user asked for is wrong, rather than what came of it.
    pub usage: bool,
    /// Whether another process is writing to the store.
    pub locked: bool,
}

impl SweepError {
    /// Something failed.
    pub fn failed(message: impl Into<String>, hint: impl Into<String>) -> Self {
        SweepError { message: message.into(), hint: hint.into(), usage: false, locked: false }
    }

    /// Something wrong was asked for.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        SweepError { usage: true, ..Self::failed(message, hint) }
    }

    /// A store that another process is writing to.
    pub fn locked(root: &Path) -> Self {
        let message = format!("another process is writing to `{}`", root.display());
        let hint = "wait until it is done, or give each process its own store with --shard and join the stores with `overhang merge`";
        SweepError { locked: true, ..Self::failed(message, hint) }
    }

    /// A file that could not be written.
    pub fn unwritable(path: &Path, cause: impl std::fmt::Display) -> Self {
        Self::failed(
            format!("`{}` could not be written: {cause}", path.display()),
            "check for a full disk or a read-only folder; the store keeps what it has, and the same command resumes",
        )
    }

    /// A file that could not be read.
    pub fn unreadable(path: &Path, cause: impl std::fmt::Display) -> Self {
        Self::failed(format!("`{}` could not be read: {cause}", path.display()), "check that it exists and is readable")
    }

    /// It was told to stop, by the closure that whoever asked for it gave along.
    pub fn stopped() -> Self {
        Self::failed("the command was stopped", "run it again to resume")
    }
}

/// Why a sweep was not computed, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum SweepFailure {
    /// Something about the sweep or its store.
    #[error(transparent)]
    Sweep(#[from] SweepError),
    /// There is no such engine, or it failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// An axis of variants names one that the file does not have.
    #[error("{cause}")]
    UnknownVariant { axis: String, cause: Box<RunError> },
    /// Points that are no scenarios.
    #[error("{text}")]
    WrongPoints {
        /// The first of each kind, with the messages that a file would have.
        text: String,
        /// What these messages are drawn from.
        failures: Vec<Failure>,
    },
    /// What every use case may fail of.
    #[error(transparent)]
    Run(RunError),
    /// The observer asked to stop before anything was computed.
    #[error("the sweep was stopped")]
    Stopped,
}

impl From<RunError> for SweepFailure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Engine(error) => SweepFailure::Engine(error),
            RunError::Stopped => SweepFailure::Stopped,
            other => SweepFailure::Run(other),
        }
    }
}

/// A part that is not what it was.
pub fn damaged(path: &Path) -> SweepError {
    SweepError::failed(
        format!("`{}` is damaged: its content does not match the hash in its name or footer", path.display()),
        "restore the file, or remove it: the next sweep then computes its points again and keeps the others",
    )
}
