//! What all commands share: how much is said, in what colours, and signals.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use clap::{Args, ValueEnum};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::{Failure, output};
use crate::magnitude;
use crate::scenario::{self, Loaded};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colour {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

/// Options of all commands.
#[derive(Debug, Args)]
#[command(next_help_heading = "Messages")]
pub struct ConsoleArguments {
    /// Colours of messages
    #[arg(long, value_enum, default_value_t = Colour::Auto, global = true, value_name = "WHEN")]
    color: Colour,
    /// No progress, no warnings, no remarks
    #[arg(long, short, global = true)]
    quiet: bool,
    /// No progress bar
    #[arg(long, global = true)]
    no_progress: bool,
}

/// How a command talks to its user, and hears of signals.
pub struct Console {
    colour: bool,
    quiet: bool,
    progress: bool,
    /// The exit code that a signal asks for, or 0.
    stopped: Arc<AtomicUsize>,
}

impl Console {
    /// Listens to signals from now on. The first one lets a command end in order, a second one ends it at once.
    pub fn new(arguments: &ConsoleArguments) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour = match arguments.color {
            Colour::Auto => std::io::stderr().is_terminal() && !no_color,
            Colour::Always => true,
            Colour::Never => false,
        };
        let stopped = Arc::new(AtomicUsize::new(0));
        let again = Arc::new(AtomicBool::new(false));
        for (signal, code) in [(SIGINT, 130), (SIGTERM, 143)] {
            // without them a signal ends the process, as it always did
            let _ = flag::register_conditional_shutdown(signal, code, Arc::clone(&again));
            let _ = flag::register(signal, Arc::clone(&again));
            let _ = flag::register_usize(signal, Arc::clone(&stopped), code as usize);
        }
        Console { colour, quiet: arguments.quiet, progress: !arguments.quiet && !arguments.no_progress, stopped }
    }

    /// Whether a signal asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed) != 0
    }

    /// Ends the command if a signal asked for it.
    pub fn go_on(&self) -> Result<(), Failure> {
        match self.stopped.load(Ordering::Relaxed) {
            0 => Ok(()),
            code => Err(Failure::Stopped(code as u8)),
        }
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
        let mut loaded = scenario::load(path).map_err(|failure| Failure::Scenario(failure.render(self.colour)))?;
        loaded.warnings.extend(magnitude::warnings(&loaded));
        loaded.warnings.sort_by_key(|warning| warning.line);
        if !loaded.warnings.is_empty() && !self.quiet {
            // with colours of its own, and nothing else that controls
            output::note(loaded.render(self.colour).trim_end());
        }
        Ok(loaded)
    }
}
