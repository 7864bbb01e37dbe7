//! `overhang run`: simulate a scenario and print its distributions.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::arguments::{
    EstimateArguments, Format, FormatArguments, InvalidArguments, MOST_PATHS, PointsArguments, ReportArguments,
    ScenarioArguments, SeedArguments, parse_paths,
};
use super::condition::{Condition, judge, refuse_unknown};
use super::console::Console;
use super::engine::EngineArguments;
use super::failure::Failure;
use super::progress::Shown;
use super::{output, progress, repeat, report};
use crate::report::{plain_table, table, trace_table};
use crate::result::{self, Folder, ResultDocument};
use crate::run::{self, Run, RunBuilder};
use crate::scenario::Loaded;
use crate::text::harmless::harmless_lines;

const EXAMPLES: &str = "\
Examples:
  overhang run scenarios/aws-38b.toml --paths 4e6 --seed 7
  overhang run scenarios/aws-38b.toml --backend gpu --sampling host
  overhang run scenarios/aws-38b.toml --levels 0.9,0.995 --format json --quiet
  overhang run scenarios/aws-38b.toml --fail-if \"bubble.system.high > 0.2\"";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    input: ScenarioArguments,
    /// Run this variant of the scenario
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// Number of paths, such as 1e6 or 1_000_000 [default: 1000000, or all paths of --trajectories]
    #[arg(long, value_name = "N", value_parser = parse_paths)]
    paths: Option<u64>,
    #[command(flatten)]
    seed: SeedArguments,
    #[command(flatten)]
    points: PointsArguments,
    /// Read the factors from a file (.npy, .npz, .parquet) instead of drawing them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["seed", "sampling", "path"])]
    trajectories: Option<PathBuf>,
    #[command(flatten)]
    engine: EngineArguments,
    #[command(flatten)]
    estimates: EstimateArguments,
    #[command(flatten)]
    format: FormatArguments,
    /// Leave the charts out of the table
    #[arg(long, help_heading = "Output")]
    plain: bool,
    /// Run a single path and print it period by period
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..MOST_PATHS), conflicts_with_all = ["out", "save_paths", "report"], help_heading = "Output")]
    path: Option<u64>,
    /// Write result.json, the scenario as read, distributions and term structures (Parquet) to a new folder
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Replace the folder of an earlier run
    #[arg(long, requires = "out", help_heading = "Output")]
    force: bool,
    #[command(flatten)]
    report: ReportArguments,
    /// Also write the figures and event times of the first N paths to paths.parquet in the folder
    #[arg(long, value_name = "N", requires = "out", value_parser = parse_paths, help_heading = "Output")]
    save_paths: Option<u64>,
    #[command(flatten)]
    invalid: InvalidArguments,
    /// Exit with code 3 if the condition on a number of the result holds; can be repeated
    #[arg(long, value_name = "CONDITION", value_parser = Condition::parse, conflicts_with = "path", help_heading = "Output")]
    fail_if: Vec<Condition>,
}

/// Runs the command.
pub fn run(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let started = Instant::now();
    let loaded = console.load(&arguments.input.scenario)?;
    let variant = arguments.variant.as_ref().map(|name| run::variant(&loaded, name)).transpose()?;
    let scenario = variant.map_or(&loaded.scenario, |variant| &variant.scenario);
    let shown = Shown::new(console);
    let builder = RunBuilder::new(scenario).seed(arguments.seed.seed).since(started).observe(&shown);
    if let Some(path) = arguments.path {
        return trace(arguments, &builder.precision(arguments.engine.precision()), path);
    }
    check_outputs(arguments)?;
    let run = prepare(arguments, builder)?;
    if !arguments.fail_if.is_empty() {
        refuse_unknown(&arguments.fail_if, &run.empty())?;
    }
    let document = run.compute()?.document;
    let background = arguments
        .report
        .report
        .as_ref()
        .map(|_| report::Background::of(&run, &document, &loaded.source))
        .transpose()?;
    run.check_unchanged()?;
    let mut written = write(arguments, console, &loaded, &run, &document, background.as_ref());
    console.go_on()?;
    if let (Some(file), Some(background)) = (&arguments.report.report, &background) {
        let command = repeat::run_command(&document, &loaded.source.name, arguments.trajectories.as_deref());
        let section = report::run_section(&document, scenario, &loaded.source, background, &command);
        written = written.and(report::write(file, &[section], console));
    }
    // a result that could not be written is printed all the same
    output::data(&match arguments.format.format {
        Format::Table if arguments.plain => harmless_lines(&plain_table(&document, output::width())),
        Format::Table => harmless_lines(&table(&document, output::width())),
        Format::Json => result::json(&document),
    })?;
    written?;
    judge(&arguments.fail_if, &document)
}

/// The run that the options ask for.
fn prepare<'a>(arguments: &Arguments, builder: RunBuilder<'a>) -> Result<Run<'a>, Failure> {
    let builder = builder
        .engine(arguments.engine.wish()?)
        .asked(arguments.estimates.asked())
        .allow_invalid(arguments.invalid.allow_invalid)
        .point_set(arguments.points.request());
    let builder = arguments.paths.into_iter().fold(builder, RunBuilder::paths);
    Ok(arguments.trajectories.iter().fold(builder, RunBuilder::trajectories).prepare()?)
}

/// Refuses outputs that could not be written, before anything is computed.
fn check_outputs(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(folder) = &arguments.out {
        output::check_folder_name(folder)?;
        Folder::check(folder, arguments.force)?;
    }
    let inputs = std::iter::once(&arguments.input.scenario).chain(&arguments.trajectories).map(PathBuf::as_path);
    report::check(arguments.report.report.as_deref(), &inputs.collect::<Vec<_>>())
}

/// One path again, alone, in the precision asked for.
fn trace(arguments: &Arguments, builder: &RunBuilder, path: u64) -> Result<(), Failure> {
    let document = builder.trace(path)?;
    output::data(&match arguments.format.format {
        Format::Table => harmless_lines(&trace_table(&document, output::width())),
        Format::Json => format!("{:#}\n", serde_json::json!(document)),
    })
}

/// Writes the folder of the run, if it is to have one.
fn write(
    arguments: &Arguments,
    console: &Console,
    loaded: &Loaded,
    run: &Run,
    document: &ResultDocument,
    background: Option<&report::Background>,
) -> Result<(), Failure> {
    let Some(target) = &arguments.out else { return Ok(()) };
    let folder = Folder::begin(target, arguments.force)?;
    folder.write_result(document, &loaded.source)?;
    if let Some(background) = background {
        folder.write_profile(&background.profile.document, run.scenario.labels())?;
    }
    save_paths(arguments, console, run, &folder)?;
    run.check_unchanged()?;
    Ok(folder.finish()?)
}

/// Paths of a row group.
const SAVED_AT_ONCE: u64 = 1 << 16;

fn save_paths(arguments: &Arguments, console: &Console, run: &Run, folder: &Folder) -> Result<(), Failure> {
    let Some(asked) = arguments.save_paths else { return Ok(()) };
    let paths = asked.min(run.sampling.paths);
    let bar = progress::of_paths(paths, console);
    let batches = (0..paths).step_by(SAVED_AT_ONCE as usize).map(|first| {
        console.go_on()?;
        let batch = first..(first + SAVED_AT_ONCE).min(paths);
        let table = run.paths(batch.clone())?;
        bar.inc(batch.end - batch.start);
        Ok::<_, Failure>(table)
    });
    let written = folder.write_paths(batches);
    bar.finish_and_clear();
    written
}
