//! `overhang fit`: from a history of prices to a factor.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::arguments::{ReportArguments, SeedArguments};
use super::console::Console;
use super::failure::Failure;
use super::{output, report};
use crate::fit::{self, FitError, FitsDocument, Options, Process, Table};
use crate::input;
use crate::report::fit_table;
use crate::text::harmless::harmless_lines;

const EXAMPLES: &str = "\
Examples:
  overhang fit prices.csv --column h100
  overhang fit prices.csv --column h100 --process gbm --jumps --report h100.html
  overhang fit prices.csv --column h100 --column a100 --start 2027-01-01 --format toml >> deal.toml
  overhang fit use.csv --column share --process logit_ou --date-format %d.%m.%Y

The file has a column of dates, named `date` or the first one, and columns of prices. It prints a [[factor]] to paste into a
scenario, with [[uncertain]] entries for its parameters.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// File of prices: CSV, or Parquet if its name ends with .parquet; - for standard input
    history: PathBuf,
    /// Column of prices; can be repeated, which also estimates correlations
    #[arg(long, value_name = "NAME", required = true)]
    column: Vec<String>,
    /// Process to fit
    #[arg(long, value_enum, default_value_t = ProcessChoice::Auto)]
    process: ProcessChoice,
    /// Let the process jump; with auto, processes with jumps compete too
    #[arg(long)]
    jumps: bool,
    /// Lower bound of a logit_ou [default: 0]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    lower: Option<f64>,
    /// Upper bound of a logit_ou [default: 1]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    upper: Option<f64>,
    /// Name of the factor; once for each column [default: the name of the column]
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
    /// Start date of the scenario [default: the last date of the history]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    start: Option<NaiveDate>,
    /// Format of the dates, such as %d.%m.%Y [default: ISO 8601]
    #[arg(long, value_name = "FORMAT")]
    date_format: Option<String>,
    /// Column of dates [default: the one named `date`, or the first]
    #[arg(long, value_name = "NAME")]
    dates: Option<String>,
    /// Parameter sets to draw for errors and intervals
    #[arg(long, value_name = "N", default_value_t = 1000)]
    bootstrap: usize,
    #[command(flatten)]
    seed: SeedArguments,
    /// Output format
    #[arg(long, value_enum, default_value_t = FitFormat::Table, help_heading = "Output")]
    format: FitFormat,
    #[command(flatten)]
    report: ReportArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum ProcessChoice {
    /// The one with the lowest BIC
    Auto,
    /// Geometric Brownian motion
    Gbm,
    /// Mean reversion of the logarithm
    Ou,
    /// Mean reversion of the logit between two bounds
    LogitOu,
}

/// The form in which a fit is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FitFormat {
    /// The factor to paste, estimates, tests and warnings
    Table,
    /// The factor to paste alone
    Toml,
    /// The whole document
    Json,
}

fn parse_date(text: &str) -> Result<NaiveDate, String> {
    text.trim().parse().map_err(|_| "must be a date such as 2027-01-01".into())
}

/// Runs the command.
pub fn fit(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let name = if input::is_stdin(&arguments.history) {
        "standard input".into()
    } else {
        arguments.history.display().to_string()
    };
    report::check(&arguments.report, &[&arguments.history])?;
    if !arguments.name.is_empty() && arguments.name.len() != arguments.column.len() {
        return Err(Failure::Usage {
            message: format!("there are {} names for {} columns", arguments.name.len(), arguments.column.len()),
            hint: Some("give --name once for each --column, in the same order".into()),
        });
    }
    let table = Table {
        file: &name,
        columns: &arguments.column,
        dates: arguments.dates.as_deref(),
        date_format: arguments.date_format.as_deref(),
    };
    let histories = fit::read(&arguments.history, &table)?;
    let mut fits = Vec::with_capacity(histories.len());
    for (place, history) in histories.iter().enumerate() {
        let options = Options { name: arguments.name.get(place).cloned(), ..options(arguments) };
        fits.push(fit::fit(history, &options)?);
        console.go_on()?;
    }
    let document = FitsDocument::new(&fits);
    output::data(&match arguments.format {
        FitFormat::Table => harmless_lines(&fit_table(&document, output::width())),
        FitFormat::Toml => document.toml.clone(),
        FitFormat::Json => format!("{:#}\n", serde_json::json!(document)),
    })?;
    if arguments.report.is_asked() {
        report::write(&arguments.report, &[crate::report::page::fit_section(&document)], console)?;
    }
    Ok(())
}

fn options(arguments: &Arguments) -> Options {
    Options {
        process: match arguments.process {
            ProcessChoice::Auto => None,
            ProcessChoice::Gbm => Some(Process::Gbm),
            ProcessChoice::Ou => Some(Process::Ou),
            ProcessChoice::LogitOu => Some(Process::LogitOu),
        },
        jumps: arguments.jumps,
        lower: arguments.lower,
        upper: arguments.upper,
        name: None,
        start: arguments.start,
        bootstrap: arguments.bootstrap,
        seed: arguments.seed.seed,
    }
}

impl From<FitError> for Failure {
    fn from(FitError { message, hint, usage }: FitError) -> Self {
        let hint = Some(hint);
        if usage { Failure::Usage { message, hint } } else { Failure::Failed { message, hint } }
    }
}
