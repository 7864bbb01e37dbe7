//! `overhang check`: what is wrong with scenario files, or what was understood of them.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{Format, FormatArguments};
use super::console::Console;
use super::failure::Failure;
use super::{complete, output};
use crate::explain;
use crate::report;
use crate::result::CheckDocument;
use crate::run::{self, RunError};
use crate::scenario::{self, Loaded, Variant};
use crate::text::harmless::harmless_lines;

const EXAMPLES: &str = "\
Examples:
  overhang check deal.toml
  overhang check deal.toml --all-variants
  overhang check scenarios/*.toml --format json --quiet
  overhang check deal.toml > /dev/null && echo fine";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Scenario files, - for standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Also show the contracts of these variants and what they change
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', add = complete::variants(), conflicts_with = "all_variants")]
    variant: Vec<String>,
    /// Also show all variants
    #[arg(long)]
    all_variants: bool,
    #[command(flatten)]
    format: FormatArguments,
}

/// Runs the command. All files are looked at; one that is wrong makes the command fail at the end.
pub fn check(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    let mut documents = Vec::new();
    for file in &arguments.files {
        console.go_on()?;
        match console.read(file) {
            Ok(loaded) => documents.push(understood(&loaded, arguments)?),
            Err(failure) => wrong.push(failure),
        }
    }
    let tables = documents.iter().map(|document| report::check_table(document, output::width()));
    output::data(&match arguments.format.format {
        Format::Table => harmless_lines(&tables.collect::<Vec<_>>().join("\n")),
        Format::Json => format!("{:#}\n", serde_json::json!(documents)),
    })?;
    if wrong.is_empty() { Ok(()) } else { Err(failed(&wrong, console)) }
}

fn understood(loaded: &Loaded, arguments: &Arguments) -> Result<CheckDocument, Failure> {
    Ok(run::check(loaded, &variants(arguments, loaded)?)?)
}

/// All messages, and where the first key that they are about is explained.
fn failed(wrong: &[scenario::Failure], console: &Console) -> Failure {
    let mut messages = wrong.iter().map(|failure| console.rendered(failure)).collect::<Vec<_>>().join("\n");
    let keys = wrong.iter().flat_map(|failure| &failure.diagnostics).map(|diagnostic| diagnostic.key.as_str());
    let mut places = keys.filter_map(explain::place_of);
    if let Some(key) = places.next() {
        messages = format!("{}\nhint: see `overhang explain {key}`", messages.trim_end());
    }
    Failure::Scenario(messages)
}

/// The variants that were asked for.
fn variants<'l>(arguments: &Arguments, loaded: &'l Loaded) -> Result<Vec<&'l Variant>, Failure> {
    if arguments.all_variants {
        return Ok(loaded.variants.iter().collect());
    }
    let found: Result<_, RunError> = arguments.variant.iter().map(|name| run::variant(loaded, name)).collect();
    Ok(found?)
}
