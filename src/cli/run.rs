//! `overhang run`: simulate a scenario and print its distributions.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::arguments::{
    EstimateArguments, Format, FormatArguments, InvalidArguments, PointsArguments, REPORTS, ReportArguments,
    ScenarioArguments, SeedArguments, TargetArguments, UncertaintyArguments, parse_paths,
};
use super::condition::{Condition, refuse_unknown};
use super::console::Console;
use super::engine::EngineArguments;
use super::failure::Failure;
use super::progress::Shown;
use super::{complete, output, progress, repeat, report, targets};
use crate::report::{plain_table, table, trace_table};
use crate::result::{self, Ended, Folder};
use crate::run::{self, Finished, MOST_PATHS, Run, RunBuilder};
use crate::scenario::Loaded;
use crate::signals;
use crate::text::harmless::harmless_lines;
use crate::text::numbers::count;

const EXAMPLES: &str = "\
Examples:
  overhang run scenarios/aws-38b.toml --paths 4e6 --seed 7
  overhang run scenarios/aws-38b.toml --backend gpu --sampling host
  overhang run scenarios/aws-38b.toml --levels 0.9,0.995 --format json --quiet
  overhang run scenarios/aws-38b.toml --fail-if \"bubble.system.high > 0.2\"
  overhang run scenarios/aws-38b.toml --at-centre --target \"bubble.system.probability ± 0.001\" --max-seconds 600";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    input: ScenarioArguments,
    /// Run this variant of the scenario
    #[arg(long, value_name = "NAME", add = complete::variants())]
    variant: Option<String>,
    /// Number of paths, such as 1e6 or 1_000_000 [default: 1000000, or all paths of --trajectories]
    #[arg(long, value_name = "N", value_parser = parse_paths)]
    paths: Option<u64>,
    #[command(flatten)]
    target: TargetArguments,
    #[command(flatten)]
    seed: SeedArguments,
    #[command(flatten)]
    points: PointsArguments,
    #[command(flatten)]
    uncertainty: UncertaintyArguments,
    /// Read the factors from a file (.npy, .npz, .parquet) instead of drawing them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["seed", "points", "sampling", "path"])]
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
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..MOST_PATHS), conflicts_with_all = ["out", "save_paths", REPORTS], help_heading = "Output")]
    path: Option<u64>,
    /// Write result.json, the scenario as read, distributions and term structures (Parquet) to a new folder
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Replace the folder of an earlier run
    #[arg(long, requires = "out", help_heading = "Output")]
    force: bool,
    #[command(flatten)]
    report: ReportArguments,
    /// Show in the report what drives the results: the uncertain inputs, or every number of the file by 10% if there are none
    #[arg(long, requires = REPORTS, conflicts_with = "trajectories", help_heading = "Output")]
    drivers: bool,
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
    let original = variant.map_or(&loaded.scenario, |variant| &variant.scenario);
    let scenario = &*arguments.uncertainty.scenario(original)?;
    let has_sets = scenario.uncertainty.is_some();
    let shown = Shown::new(console);
    let builder = RunBuilder::new(scenario).seed(arguments.seed.seed).since(started).observe(&shown);
    if let Some(path) = arguments.path {
        let builder = arguments.uncertainty.draws.into_iter().fold(builder, RunBuilder::parameter_sets);
        let builder = arguments.paths.into_iter().fold(builder, RunBuilder::paths);
        let builder = builder.precision(arguments.engine.precision()).point_set(arguments.points.request(has_sets)?);
        return trace(arguments, &builder, path);
    }
    check_outputs(arguments)?;
    let run = prepare(arguments, builder, has_sets)?;
    if !arguments.fail_if.is_empty() {
        refuse_unknown(&arguments.fail_if, &run.empty())?;
    }
    let out = Out { arguments, console, loaded: &loaded, run: &run };
    let mut keep = |so_far: &Finished| out.keep(so_far);
    let found = run.compute_keeping(arguments.out.is_some().then_some(&mut keep))?;
    let document = &found.document;
    if document.convergence.as_ref().is_some_and(|targets| targets.ended == Ended::Stopped) {
        return out.pause(&found);
    }
    let background = || {
        let template = variant.map_or(&loaded.template, |variant| &variant.template);
        let engine = (arguments.engine.wish()?, arguments.invalid.allow_invalid);
        let drivers = || run::drivers((original, template), document, engine, &shown);
        let drivers = arguments.drivers.then(drivers).transpose()?;
        report::Background::of(&run, document, (&loaded, drivers), (&arguments.report, &shown))
    };
    let background = arguments.report.is_asked().then(background).transpose()?;
    run.check_unchanged()?;
    let mut written = out.write(&found, background.as_ref());
    console.go_on()?;
    if let Some(background) = &background {
        let command = repeat::run_command(document, &loaded.source.name, arguments.trajectories.as_deref());
        let section = report::run_section(document, scenario, &loaded.source, background, &command);
        written = written.and(report::write(&arguments.report, &[section], console));
    }
    // a result that could not be written is printed all the same
    output::data(&match arguments.format.format {
        Format::Table if arguments.plain => harmless_lines(&plain_table(document, output::width())),
        Format::Table => harmless_lines(&table(document, output::width())),
        Format::Json => result::json(document),
    })?;
    written?;
    targets::judge(&arguments.fail_if, document, document.convergence.as_ref())
}

/// The run that the options ask for.
fn prepare<'a>(arguments: &Arguments, builder: RunBuilder<'a>, has_sets: bool) -> Result<Run<'a>, Failure> {
    let builder = builder
        .engine(arguments.engine.wish()?)
        .asked(arguments.estimates.asked())
        .allow_invalid(arguments.invalid.allow_invalid)
        .point_set(arguments.points.request(has_sets)?);
    let builder = arguments.uncertainty.draws.into_iter().fold(builder, RunBuilder::parameter_sets);
    let builder = arguments.target.apply(builder);
    let builder = arguments.out.iter().filter(|_| resumes(arguments)).fold(builder, RunBuilder::resume);
    let builder = arguments.paths.into_iter().fold(builder, RunBuilder::paths);
    Ok(arguments.trajectories.iter().fold(builder, RunBuilder::trajectories).prepare()?)
}

/// Whether the folder has a run with targets to go on from.
fn resumes(arguments: &Arguments) -> bool {
    let has_tallies = |folder: &PathBuf| run::can_resume(folder);
    !arguments.target.target.is_empty() && !arguments.force && arguments.out.as_ref().is_some_and(has_tallies)
}

/// Refuses outputs that could not be written, before anything is computed.
fn check_outputs(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(folder) = &arguments.out {
        output::check_folder_name(folder)?;
        Folder::check(folder, arguments.force || resumes(arguments))?;
    }
    let inputs = std::iter::once(&arguments.input.scenario).chain(&arguments.trajectories).map(PathBuf::as_path);
    report::check(&arguments.report, &inputs.collect::<Vec<_>>())
}

/// One path again, alone, in the precision asked for.
fn trace(arguments: &Arguments, builder: &RunBuilder, path: u64) -> Result<(), Failure> {
    let document = builder.trace(path)?;
    output::data(&match arguments.format.format {
        Format::Table => harmless_lines(&trace_table(&document, output::width())),
        Format::Json => format!("{:#}\n", serde_json::json!(document)),
    })
}

/// Where a run's folder goes, if it is to have one.
struct Out<'a> {
    arguments: &'a Arguments,
    console: &'a Console,
    loaded: &'a Loaded,
    run: &'a Run<'a>,
}

impl Out<'_> {
    /// Writes the folder. That of a run with targets, which was written on the way, is replaced.
    fn write(&self, found: &Finished, background: Option<&report::Background>) -> Result<(), Failure> {
        let Some(target) = &self.arguments.out else { return Ok(()) };
        let has_targets = !self.arguments.target.target.is_empty();
        let folder = Folder::begin(target, self.arguments.force || has_targets)?;
        folder.write_result(&found.document, &self.loaded.source)?;
        if has_targets {
            folder.write_tallies(&self.run.resumption(found)?)?;
        }
        if let Some(background) = background {
            folder.write_profile(&background.profile.document, self.run.scenario.labels())?;
        }
        found.parameters.iter().try_for_each(|sets| folder.write_parameters(&sets.table()))?;
        self.save_paths(&folder, found.document.provenance.sampling.paths)?;
        self.run.check_unchanged()?;
        Ok(folder.finish()?)
    }

    /// Writes what a run with targets has so far, without single paths.
    fn keep(&self, so_far: &Finished) -> Result<(), Failure> {
        let Some(target) = &self.arguments.out else { return Ok(()) };
        let _finishing = signals::finishing();
        let folder = Folder::begin(target, true)?;
        folder.write_result(&so_far.document, &self.loaded.source)?;
        folder.write_tallies(&self.run.resumption(so_far)?)?;
        Ok(folder.finish()?)
    }

    /// Keeps what a run with targets has when a signal ends it.
    fn pause(&self, so_far: &Finished) -> Result<(), Failure> {
        self.keep(so_far)?;
        let stopped = Failure::stopped();
        match (&self.arguments.out, stopped) {
            (Some(folder), Failure::Stopped(code)) => {
                let paths = count(so_far.document.provenance.sampling.paths);
                Err(Failure::Paused { code, kept: format!("{paths} paths are in `{}`", folder.display()) })
            }
            (_, stopped) => Err(stopped),
        }
    }

    fn save_paths(&self, folder: &Folder, computed: u64) -> Result<(), Failure> {
        let Some(asked) = self.arguments.save_paths else { return Ok(()) };
        let paths = asked.min(computed);
        let bar = progress::of_paths(paths, self.console);
        let batches = self.run.pieces(paths, SAVED_AT_ONCE).into_iter().map(|batch| {
            self.console.go_on()?;
            let table = self.run.paths(batch.clone())?;
            bar.inc(batch.end - batch.start);
            Ok::<_, Failure>(table)
        });
        let written = folder.write_paths(batches);
        bar.finish_and_clear();
        written
    }
}

/// Paths of a row group.
const SAVED_AT_ONCE: u64 = 1 << 16;
