//! `overhang check`: what is wrong with scenario files, or what was understood of them.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::console::Console;
use super::{Failure, output};
use crate::engine::outlook::outlook;
use crate::plan::Plan;
use crate::report;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// An array of documents, one for each file
    Json,
}

const EXAMPLES: &str = "\
Examples:
  overhang check deal.toml
  overhang check scenarios/*.toml --format json --quiet
  overhang check deal.toml > /dev/null && echo fine";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Scenario files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Runs the command. All files are looked at; one that is wrong makes the command fail at the end.
pub fn check(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    let mut documents = Vec::new();
    for file in &arguments.files {
        console.go_on()?;
        match understood(file, console) {
            Ok(document) => documents.push(document),
            Err(Failure::Scenario(rendered)) => wrong.push(rendered),
            Err(other) => return Err(other),
        }
    }
    let tables = documents.iter().map(|document| report::check_table(document, output::width()));
    output::data(&match arguments.format {
        Format::Table => report::harmless_lines(&tables.collect::<Vec<_>>().join("\n")),
        Format::Json => format!("{:#}\n", serde_json::json!(documents)),
    })?;
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Scenario(wrong.join("\n"))) }
}

fn understood(file: &Path, console: &Console) -> Result<report::CheckDocument, Failure> {
    let loaded = console.load(file)?;
    let plan = Plan::lower(&loaded.scenario);
    let outlook = outlook(&plan)?;
    let document = report::check(&loaded.source.name, &loaded.scenario, &plan, &outlook);
    Ok(document.with_warnings(&loaded.warnings))
}
