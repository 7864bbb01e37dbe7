//! What goes wrong with histories and fits.

/// What went wrong, and what would help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FitError {
    /// What is wrong and where, a sentence without its full stop.
    pub message: String,
    /// What would help.
    pub hint: String,
    /// Whether what the user asked for or gave is wrong, rather than what came of it.
    pub usage: bool,
}

impl FitError {
    /// Something wrong was asked for or given.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        FitError { message: message.into(), hint: hint.into(), usage: true }
    }

    /// Something failed.
    pub fn failed(message: impl Into<String>, hint: impl Into<String>) -> Self {
        FitError { usage: false, ..Self::usage(message, hint) }
    }
}
