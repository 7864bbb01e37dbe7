//! What all commands share: how much is said, in what colours, and signals.

use std::io::IsTerminal;
use std::path::Path;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::output;
use crate::scenario::{self, Loaded};
use crate::{magnitude, signals, storage};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colour {
    /// On a terminal, unless NO_COLOR is set or TERM is dumb
    Auto,
    /// Even if messages go to a file or pipe
    Always,
    /// Without colors
    Never,
}

impl Colour {
    /// Whether messages have colours, on a terminal that can show them or elsewhere.
    fn is_wanted(self, terminal: bool, no_color: bool) -> bool {
        match self {
            Colour::Auto => terminal && !no_color,
            Colour::Always => true,
            Colour::Never => false,
        }
    }
}

/// Options of all commands.
#[derive(Debug, Args)]
#[command(next_help_heading = "Messages")]
pub struct ConsoleArguments {
    /// When to use colors in messages
    #[arg(long, value_enum, default_value_t = Colour::Auto, global = true, value_name = "WHEN")]
    color: Colour,
    /// Print errors only: no progress, warnings or notes
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Do not show a progress bar
    #[arg(long, global = true)]
    no_progress: bool,
}

/// Whether the terminal shows plain text only. Where nothing says what a Unix terminal can do, it gets plain text.
pub fn is_dumb() -> bool {
    variable("TERM").map_or(cfg!(unix), |term| term == "dumb")
}

/// A variable of the environment, unless it is empty.
fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// How a command talks to its user.
pub struct Console {
    colour: bool,
    quiet: bool,
    progress: bool,
}

impl Console {
    /// Listens to signals from now on.
    pub fn new(arguments: &ConsoleArguments) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let is_dumb = is_dumb();
        let colour = arguments.color.is_wanted(is_terminal && !is_dumb, variable("NO_COLOR").is_some());
        let progress = !arguments.quiet && !arguments.no_progress;
        let has_bar = progress && is_terminal && !is_dumb;
        signals::listen(move || output::ended_by_signal(has_bar), storage::remove_unfinished);
        Console { colour, quiet: arguments.quiet, progress }
    }

    /// Whether a signal asked to stop.
    pub fn is_stopped(&self) -> bool {
        signals::code().is_some()
    }

    /// Ends the command if a signal asked for it.
    pub fn go_on(&self) -> Result<(), Failure> {
        signals::code().map_or(Ok(()), |code| Err(Failure::Stopped(code)))
    }

    /// Whether progress is shown.
    pub fn shows_progress(&self) -> bool {
        self.progress
    }

    /// A remark, unless all is to be quiet.
    pub fn remark(&self, text: &str) {
        if !self.quiet {
            output::plain_note(text);
        }
    }

    /// Reads a scenario, and shows what is doubtful about it.
    pub fn load(&self, path: &Path) -> Result<Loaded, Failure> {
        self.read(path).map_err(|failure| Failure::Scenario(self.rendered(&failure)))
    }

    /// The messages about a scenario that cannot be used.
    pub fn rendered(&self, failure: &scenario::Failure) -> String {
        failure.render(self.colour)
    }

    /// The same with the messages as they are.
    pub fn read(&self, path: &Path) -> Result<Loaded, scenario::Failure> {
        let loaded = scenario::load(path)?;
        let loaded = magnitude::checked(loaded);
        if !loaded.warnings.is_empty() && !self.quiet {
            // with colours of its own, and nothing else that controls
            output::note(loaded.render(self.colour).trim_end());
        }
        Ok(loaded)
    }
}
