//! `overhang init`: a commented scenario to start from.

use std::io::ErrorKind;
use std::path::PathBuf;

use clap::Args;

use super::console::Console;
use super::failure::{Failure, hint};
use super::output;
use crate::storage::{Written, check_ending, write_new};

/// The scenario that is written.
const START: &str = include_str!("../../docs/examples/start.toml");
/// The one with every table and key.
const FULL: &str = include_str!("../../docs/examples/full.toml");

const EXAMPLES: &str = "\
Examples:
  overhang init
  overhang init deal.toml && overhang run deal.toml
  overhang init --full everything.toml
  overhang init - | less";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// File to write, which must not exist yet, or - for standard output
    #[arg(default_value = "scenario.toml")]
    file: PathBuf,
    /// Write a scenario with every table and key: clauses of contracts, tranches, vendors, crises
    #[arg(long)]
    full: bool,
}

/// Runs the command.
pub fn init(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let scenario = if arguments.full { FULL } else { START };
    if arguments.file.as_os_str() == "-" {
        return output::data(scenario);
    }
    check_ending(&arguments.file, Written::Scenario)?;
    let name = arguments.file.display();
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::Failed {
            message: format!("`{name}` already exists"),
            hint: Some("choose another name; existing files are not overwritten".into()),
        },
        _ => Failure::Failed {
            message: format!("`{name}` could not be written: {error}"),
            hint: Some(hint(Some(error.kind())).into()),
        },
    };
    write_new(&arguments.file, scenario.as_bytes()).map_err(failed)?;
    console
        .remark(&format!("wrote {name}; check it with `overhang check {name}` and run it with `overhang run {name}`"));
    Ok(())
}
