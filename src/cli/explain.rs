//! `overhang explain`: what a key, a figure, a metric or a number of a result means.

use clap::Args;

use super::arguments::{Format, FormatArguments};
use super::failure::Failure;
use super::{complete, output};
use crate::explain::{self, Unknown};
use crate::text::harmless::harmless_lines;

const EXAMPLES: &str = "\
Examples:
  overhang explain
  overhang explain take_or_pay
  overhang explain contract.aws.take_or_pay
  overhang explain commitment_cost
  overhang explain figures.lab.net_value.mean --format json";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Key of a scenario file, figure, metric, process, statistic or number of a result; without it, list them all
    #[arg(add = complete::words())]
    word: Option<String>,
    #[command(flatten)]
    format: FormatArguments,
}

/// Runs the command.
pub fn explain(arguments: &Arguments) -> Result<(), Failure> {
    let width = usize::from(output::width());
    let Some(word) = &arguments.word else {
        let groups = explain::groups();
        return output::data(&match arguments.format.format {
            Format::Table => explain::list(&groups, width),
            Format::Json => format!("{:#}\n", serde_json::json!(groups)),
        });
    };
    let found = explain::explain(word).map_err(|unknown| refused(word, &unknown))?;
    output::data(&match arguments.format.format {
        Format::Table => harmless_lines(&explain::page(word, &found, width)),
        Format::Json => format!("{:#}\n", serde_json::json!(found)),
    })
}

fn refused(word: &str, Unknown { near }: &Unknown) -> Failure {
    let names: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    Failure::Usage {
        message: format!("there is no key, figure, metric or number called `{word}`"),
        hint: Some(match names.split_last() {
            None => "run `overhang explain` for a list of what can be explained".into(),
            Some((last, [])) => format!("did you mean {last}?"),
            Some((last, before)) => format!("did you mean {} or {last}?", before.join(", ")),
        }),
    }
}
