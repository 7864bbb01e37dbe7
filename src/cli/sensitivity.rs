//! `overhang sensitivity`: what each input does to the results.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueEnum};

use super::arguments::{
    Format, FormatArguments, InvalidArguments, PointsArguments, REPORTS, ReportArguments, ScenarioArguments,
    SeedArguments, parse_paths,
};
use super::console::Console;
use super::engine::EngineArguments;
use super::failure::Failure;
use super::progress::Shown;
use super::{complete, output, repeat, report};
use crate::report::sensitivity_table;
use crate::result::{Key, SensitivityResults, Threshold, sensitivity_json};
use crate::run;
use crate::run::sensitivity::{
    IndexDesign, InputRange, Part, SensitivityBuilder, asked_parts, parse_output, parse_range, parse_target,
};
use crate::storage::write_output;
use crate::sweep::Store;
use crate::text::harmless::harmless_lines;

const EXAMPLES: &str = "\
Examples:
  overhang sensitivity deal.toml
  overhang sensitivity deal.toml --target \"bubble.system.probability < 0.05\"
  overhang sensitivity deal.toml --range contract.cloud.take_or_pay=0.6:1 --only tornado,derivatives
  overhang sensitivity deal.toml --all --of figures.system.net_value.mean
  overhang sensitivity deal.toml --only indices,classic --format json
  overhang sensitivity deal.toml --only chance

Inputs are the [[uncertain]] entries of the file. All runs share their random numbers, so differences have small errors.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    input: ScenarioArguments,
    /// Analyse this variant of the scenario
    #[arg(long, value_name = "NAME", add = complete::variants())]
    variant: Option<String>,
    /// Number of the result to explain, such as figures.system.net_value.mean; can be repeated [default: bubble probability, mean net
    /// value, mean and 95% shortfall of the commitment cost]
    #[arg(long, value_name = "KEY", value_parser = parse_output, add = complete::results())]
    of: Vec<Key>,
    /// Parts of the analysis [default: tornado,chance,targets]
    #[arg(long, value_enum, value_name = "PART,…", value_delimiter = ',')]
    only: Vec<PartChoice>,
    /// Range of a number of the file, uncertain or not; can be repeated
    #[arg(long, value_name = "KEY=LOW:HIGH", value_parser = parse_range, add = complete::ranges())]
    range: Vec<InputRange>,
    /// Vary every number of the file by 10%, besides those that are uncertain or have a range
    #[arg(long)]
    all: bool,
    /// Find the value of each input at which this holds; can be repeated [default: net value > 0, bubble probability < 0.5]
    #[arg(long, value_name = "KEY < BOUND", value_parser = parse_target)]
    target: Vec<Threshold>,
    /// Compute indices by a design of about N points for each input: first-order and total ones, or Shapley effects where inputs depend on
    /// each other
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(16..=1 << 20))]
    indices: Option<u32>,
    /// Write the runs of --indices to FILE (.parquet), a list for `overhang sweep --list`, and compute nothing
    #[arg(long, value_name = "FILE", requires = "indices", conflicts_with_all = ["variant", "from", "out", REPORTS])]
    write_list: Option<PathBuf>,
    /// Take the runs of --indices from the store of that sweep
    #[arg(long, value_name = "STORE", requires = "indices", conflicts_with = "variant")]
    from: Option<PathBuf>,
    /// Number of paths of each run, such as 1e6 or 1_000_000 [default: 100000]
    #[arg(long, value_name = "N", value_parser = parse_paths)]
    paths: Option<u64>,
    #[command(flatten)]
    seed: SeedArguments,
    #[command(flatten)]
    points: PointsArguments,
    #[command(flatten)]
    engine: EngineArguments,
    #[command(flatten)]
    format: FormatArguments,
    #[command(flatten)]
    report: ReportArguments,
    /// Folder for the document, the scenario, and Parquet files of the parameter sets and of the design for indices
    #[arg(long, short, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Replace the folder of an earlier analysis
    #[arg(long, requires = "out", help_heading = "Output")]
    force: bool,
    #[command(flatten)]
    invalid: InvalidArguments,
}

/// A part of the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PartChoice {
    /// Every input at its low and high value, one at a time
    Tornado,
    /// Derivatives and elasticities at the centre
    Derivatives,
    /// Shares of the variance that inputs explain
    Indices,
    /// Shares of the variance that sources of randomness explain, with all inputs at the centre
    Chance,
    /// Regression coefficients, rank correlations and contributions to variance
    Classic,
    /// The value of each input at which a target would be met
    Targets,
}

impl From<PartChoice> for Part {
    fn from(choice: PartChoice) -> Part {
        match choice {
            PartChoice::Tornado => Part::Tornado,
            PartChoice::Derivatives => Part::Derivatives,
            PartChoice::Indices => Part::Indices,
            PartChoice::Chance => Part::Chance,
            PartChoice::Classic => Part::Classic,
            PartChoice::Targets => Part::Targets,
        }
    }
}

/// Runs the command.
pub fn sensitivity(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let started = Instant::now();
    let loaded = console.load(&arguments.input.scenario)?;
    report::check(&arguments.report, &[&arguments.input.scenario])?;
    arguments.out.iter().try_for_each(|target| {
        output::check_folder_name(target)?;
        Ok::<_, Failure>(SensitivityResults::check(target, arguments.force)?)
    })?;
    let variant = arguments.variant.as_ref().map(|name| run::variant(&loaded, name)).transpose()?;
    let (scenario, template) =
        variant.map_or((&loaded.scenario, &loaded.template), |variant| (&variant.scenario, &variant.template));
    let shown = Shown::new(console);
    let builder = SensitivityBuilder::new(scenario, template)
        .seed(arguments.seed.seed)
        .engine(arguments.engine.wish()?)
        .point_set(arguments.points.request(false)?)
        .allow_invalid(arguments.invalid.allow_invalid)
        .since(started)
        .observe(&shown);
    let builder = arguments.paths.into_iter().fold(builder, SensitivityBuilder::paths);
    let builder = arguments.of.iter().cloned().fold(builder, SensitivityBuilder::output);
    let builder = arguments.range.iter().cloned().fold(builder, SensitivityBuilder::range);
    let builder = arguments.target.iter().cloned().fold(builder, SensitivityBuilder::bound);
    let builder = arguments.indices.into_iter().fold(builder, SensitivityBuilder::index_points);
    let builder = if arguments.all { builder.all() } else { builder };
    let builder = parts(arguments).into_iter().fold(builder, SensitivityBuilder::parts);
    if let Some(file) = &arguments.write_list {
        return write_list(file, &builder.design()?);
    }
    let store = arguments.from.as_ref().map(|store| Store::look(store, &|_| !console.is_stopped())).transpose()?;
    let found = store.iter().fold(builder, |builder, store| builder.evaluated(store)).results()?;
    let document = &found.document;
    let written = arguments.out.iter().try_for_each(|target| found.write(target, arguments.force, &loaded.source));
    // a result that could not be written is printed all the same
    output::data(&match arguments.format.format {
        Format::Table => harmless_lines(&sensitivity_table(document, output::width())),
        Format::Json => sensitivity_json(document),
    })?;
    written?;
    if arguments.report.is_asked() {
        let command = repeat::sensitivity_command(document, &loaded.source.name);
        report::write(&arguments.report, &[crate::report::page::sensitivity_section(document, &command)], console)?;
    }
    Ok(())
}

/// Writes the runs of a design as a list for a sweep.
fn write_list(file: &Path, design: &IndexDesign) -> Result<(), Failure> {
    IndexDesign::check_list_name(file)?;
    write_output(file, &design.encoded_list()?).map_err(|error| output::unwritable(file, &error))
}

/// The parts that are asked for: those that are named, and those whose options are given.
fn parts(arguments: &Arguments) -> Option<Vec<Part>> {
    let named = arguments.only.iter().map(|&choice| choice.into()).collect();
    asked_parts(named, arguments.indices.is_some())
}
