//! `overhang schema`: what scenario files, result documents and comparisons look like, as JSON Schema.

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::output;
use crate::{result, scenario};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Document {
    /// Scenario files
    Scenario,
    /// What `overhang run --format json` prints
    Result,
    /// What `overhang compare --format json` prints
    Comparison,
}

const EXAMPLES: &str = "\
Examples:
  overhang schema > scenario.schema.json
  overhang schema result

Editors complete and check a TOML scenario that begins with
  #:schema ./scenario.schema.json
and a JSON scenario with the key \"$schema\".";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Kind of document
    #[arg(value_enum, default_value_t = Document::Scenario)]
    document: Document,
}

/// Runs the command.
pub fn schema(arguments: &Arguments) -> Result<(), Failure> {
    match arguments.document {
        Document::Scenario => output::data(scenario::SCHEMA),
        Document::Result => output::data(&result::schema()),
        Document::Comparison => output::data(&result::comparison_schema()),
    }
}
