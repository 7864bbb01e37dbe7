//! `overhang check`: what is wrong with scenario files, or what was understood of them.

use std::path::{Path, PathBuf};

use clap::Args;

use super::arguments::{Format, FormatArguments, unknown_variant};
use super::console::Console;
use super::failure::Failure;
use super::output;
use crate::engine::forecast::forecast;
use crate::plan::Plan;
use crate::scenario::{Loaded, Variant};
use crate::text::harmless::harmless_lines;
use crate::{report, result};

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
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', conflicts_with = "all_variants")]
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
        match understood(file, arguments, console) {
            Ok(document) => documents.push(document),
            Err(Failure::Scenario(rendered)) => wrong.push(rendered),
            Err(other) => return Err(other),
        }
    }
    let tables = documents.iter().map(|document| report::check_table(document, output::width()));
    output::data(&match arguments.format.format {
        Format::Table => harmless_lines(&tables.collect::<Vec<_>>().join("\n")),
        Format::Json => format!("{:#}\n", serde_json::json!(documents)),
    })?;
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Scenario(wrong.join("\n"))) }
}

fn understood(file: &Path, arguments: &Arguments, console: &Console) -> Result<result::CheckDocument, Failure> {
    let loaded = console.load(file)?;
    let plan = Plan::lower(&loaded.scenario);
    let forecast = forecast(&plan)?;
    let mut document = result::check(&loaded.source.name, &loaded.scenario, &plan, &forecast);
    for variant in variants(arguments, &loaded)? {
        document.variants.insert(variant.name.clone(), result::check_variant(&loaded, variant));
    }
    Ok(document.with_warnings(&loaded.warnings))
}

/// The variants that were asked for.
fn variants<'l>(arguments: &Arguments, loaded: &'l Loaded) -> Result<Vec<&'l Variant>, Failure> {
    if arguments.all_variants {
        return Ok(loaded.variants.iter().collect());
    }
    let find = |name: &String| {
        let found = loaded.variants.iter().find(|variant| variant.name == *name);
        found.ok_or_else(|| unknown_variant(name, std::slice::from_ref(loaded)))
    };
    arguments.variant.iter().map(find).collect()
}
