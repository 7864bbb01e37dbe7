//! Standard output and standard error.

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use super::Failure;
use crate::report::harmless_lines;

/// Writes data to standard output. A reader that has seen enough is no fault.
pub fn data(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Failed {
            message: format!("standard output could not be written: {error}"),
            hint: Some("see whether the disk is full or the target is read-only".into()),
        }),
        _ => Ok(()),
    }
}

/// A file that could not be written.
pub fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Failed {
        message: format!("`{}` could not be written: {error}", path.display()),
        hint: Some("see whether the disk is full or the place is read-only".into()),
    }
}

/// Writes a line for people to standard error. Nothing can be done where even that fails.
pub fn note(text: &str) {
    // colours that older Windows consoles do not read are set there by calls
    let _ = writeln!(anstream::AutoStream::always(std::io::stderr().lock()), "{text}");
}

/// The same of a text without colours, in which names of files and texts of scenarios may stand.
pub fn plain_note(text: &str) {
    note(&harmless_lines(text));
}

/// Columns of the terminal, or what a page has.
pub fn width() -> u16 {
    terminal_size::terminal_size().map_or(100, |(width, _)| width.0)
}

/// Says what went wrong; the exit code says of what kind it was.
pub fn report(failure: &Failure) -> ExitCode {
    match failure {
        Failure::Scenario(rendered) => {
            note(rendered.trim_end());
            ExitCode::from(2)
        }
        Failure::Failed { message, hint } => {
            message_and_hint(message, hint.as_deref());
            ExitCode::from(1)
        }
        Failure::Usage { message, hint } => {
            message_and_hint(message, hint.as_deref());
            ExitCode::from(2)
        }
        Failure::Condition(message) => {
            message_and_hint(message, Some("the result itself is as printed and written"));
            ExitCode::from(3)
        }
        Failure::Paused { code, kept } => {
            message_and_hint(&format!("stopped by a signal; {kept}"), Some("the same command goes on from there"));
            ExitCode::from(*code)
        }
        Failure::Stopped(code) => {
            let hint = "the same command gives the same figures when it is run again";
            message_and_hint("stopped by a signal; nothing was written", Some(hint));
            ExitCode::from(*code)
        }
    }
}

fn message_and_hint(message: &str, hint: Option<&str>) {
    plain_note(&format!("error: {}", message.trim_end()));
    if let Some(hint) = hint {
        plain_note(&format!("hint: {hint}"));
    }
}
