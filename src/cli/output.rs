//! Standard output and standard error.

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use super::failure::{Failure, hint};
use crate::signals;
use crate::storage::{Written, check_ending};
use crate::text::harmless::harmless_lines;

/// Writes data to standard output. Closing the pipe early is not an error.
pub fn data(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Failed {
            message: format!("standard output could not be written: {error}"),
            hint: Some(hint(Some(error.kind())).into()),
        }),
        _ => Ok(()),
    }
}

/// A file that could not be written.
pub fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Failed {
        message: format!("`{}` could not be written: {error}", path.display()),
        hint: Some(hint(Some(error.kind())).into()),
    }
}

/// Refuses a folder whose name promises a file. One that exists may be called anything.
pub fn check_folder_name(folder: &Path) -> Result<(), Failure> {
    if folder.is_dir() { Ok(()) } else { Ok(check_ending(folder, Written::Folder)?) }
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
            message_and_hint(message, Some("the result was printed and written as usual"));
            ExitCode::from(3)
        }
        Failure::Paused { code, kept } => {
            if signals::tell_first() {
                message_and_hint(
                    &format!("stopped by a signal; {kept}"),
                    Some("run the same command again to continue"),
                );
            }
            ExitCode::from(*code)
        }
        Failure::Stopped(code) => {
            if signals::tell_first() {
                message_and_hint("stopped by a signal; nothing was written", Some("run the command again"));
            }
            ExitCode::from(*code)
        }
    }
}

/// Says that a signal ended a command wherever it was, over its bar if it has one.
pub fn ended_by_signal(has_bar: bool) {
    if has_bar {
        let _ = write!(std::io::stderr(), "\r\x1b[2K");
    }
    message_and_hint("stopped by a signal; unfinished output was discarded", Some("run the command again"));
}

fn message_and_hint(message: &str, hint: Option<&str>) {
    plain_note(&format!("error: {}", message.trim_end()));
    if let Some(hint) = hint {
        plain_note(&format!("hint: {hint}"));
    }
}
