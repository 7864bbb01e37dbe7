//! `overhang init`: a commented scenario to start from.

use std::io::ErrorKind;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::console::Console;
use super::failure::{Failure, hint};
use super::output;
use crate::storage::{Written, check_ending, write_new};

/// The scenario that is written where none is named.
const START: &str = include_str!("../../docs/examples/start.toml");
/// The one with every table and key.
const FULL: &str = include_str!("../../docs/examples/full.toml");

/// A scenario to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Template {
    /// The smallest file with a contract in it: one organization, one contract, one uncertain quantity
    Minimal,
    /// An AI startup with cash, 1,024 GPUs under a take-or-pay contract, and a second round that depends on sales
    Startup,
    /// A large cloud with owned and leased capacity, whose margin is at risk and not its cash
    Hyperscaler,
    /// Five contracts with four vendors and a chip price that they follow, and other mixes to compare
    Portfolio,
    /// Two labs whose contracts have clauses, a vendor that can fail and crises, and variants that price each clause
    Clauses,
}

impl Template {
    /// The scenario.
    const fn text(self) -> &'static str {
        match self {
            Template::Minimal => include_str!("../../docs/examples/templates/minimal.toml"),
            Template::Startup => include_str!("../../docs/examples/templates/startup.toml"),
            Template::Hyperscaler => include_str!("../../docs/examples/templates/hyperscaler.toml"),
            Template::Portfolio => include_str!("../../docs/examples/templates/portfolio.toml"),
            Template::Clauses => include_str!("../../docs/examples/templates/clauses.toml"),
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  overhang init
  overhang init deal.toml && overhang run deal.toml
  overhang init --template startup startup.toml
  overhang init --full everything.toml
  overhang init - | less";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// File to write, which must not exist yet, or - for standard output
    #[arg(default_value = "scenario.toml")]
    file: PathBuf,
    /// Scenario to start from [default: one lab with one contract for a gigawatt, as in the tutorials]
    #[arg(long, value_enum, conflicts_with = "full")]
    template: Option<Template>,
    /// Write a scenario with every table and key: clauses of contracts, tranches, vendors, crises
    #[arg(long)]
    full: bool,
}

/// Runs the command.
pub fn init(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let usual = if arguments.full { FULL } else { START };
    let scenario = arguments.template.map_or(usual, Template::text);
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
