//! How commands fail, and what would help.

use std::io::ErrorKind;

use crate::engine::EngineError;
use crate::run::RunError;
use crate::signals;
use crate::storage::{FolderError, WrongEnding};
use crate::sweep::{SweepError, SweepFailure};
use crate::trajectories::TrajectoryError;

/// How a command ended.
#[derive(Debug)]
pub enum Failure {
    /// The work failed: exit code 1.
    Failed { message: String, hint: Option<String> },
    /// Bad usage: exit code 2.
    Usage { message: String, hint: Option<String> },
    /// Bad scenario, its messages rendered: exit code 2.
    Scenario(String),
    /// Conditions on the result that were asked for are not met: exit code 3.
    Condition(String),
    /// A signal ended it: exit code 128 + the signal's number.
    Stopped(u8),
    /// The same, and what was finished stays: where it is.
    Paused { code: u8, kept: String },
}

impl Failure {
    /// A signal ended the work.
    pub fn stopped() -> Self {
        // nothing but a signal stops it
        Failure::Stopped(signals::code().unwrap_or(130))
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Failure::Failed { message: error.message, hint: error.hint }
    }
}

impl From<TrajectoryError> for Failure {
    fn from(error: TrajectoryError) -> Self {
        Failure::Failed { message: error.message, hint: Some(error.hint) }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        let (message, hint) = (error.to_string(), error.hint());
        match error {
            RunError::Usage { .. } => Failure::Usage { message, hint },
            RunError::Stopped => Failure::stopped(),
            RunError::Failed { .. } | RunError::Engine(_) | RunError::Trajectories(_) | RunError::Invalid(_) => {
                Failure::Failed { message, hint }
            }
        }
    }
}

impl From<SweepError> for Failure {
    fn from(error: SweepError) -> Self {
        let (message, hint) = (error.message, Some(error.hint));
        if error.usage { Failure::Usage { message, hint } } else { Failure::Failed { message, hint } }
    }
}

impl From<SweepFailure> for Failure {
    fn from(failure: SweepFailure) -> Self {
        match failure {
            SweepFailure::Sweep(error) => error.into(),
            SweepFailure::Engine(error) => error.into(),
            SweepFailure::UnknownVariant { cause, .. } => (*cause).into(),
            SweepFailure::WrongPoints { text, .. } => Failure::Scenario(text),
            SweepFailure::Run(error) => error.into(),
            SweepFailure::Stopped => Failure::stopped(),
        }
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        let hint = match &error {
            FolderError::Exists(_) => "choose a new folder, or use --force to replace an earlier result",
            FolderError::Taken(_) => "choose another folder and run the command again; nothing was overwritten",
            FolderError::NotOurs { .. } => "choose a new folder, or remove this one yourself",
            FolderError::Unwritable { kind, .. } => hint(*kind),
        };
        Failure::Failed { message: error.to_string(), hint: Some(hint.into()) }
    }
}

impl From<WrongEnding> for Failure {
    fn from(error: WrongEnding) -> Self {
        Failure::Usage { message: error.to_string(), hint: Some(error.hint) }
    }
}

/// What helps against an error of writing.
pub fn hint(kind: Option<ErrorKind>) -> &'static str {
    match kind {
        Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge) => {
            "free some space, or write to another disk"
        }
        Some(ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => "choose a folder that you can write to",
        Some(ErrorKind::NotFound) => "check the name, or create the folder first",
        Some(ErrorKind::IsADirectory | ErrorKind::InvalidInput) => "choose another file",
        Some(ErrorKind::ResourceBusy) => "choose a new folder inside it",
        _ => "check the path, and whether the disk is full",
    }
}
