//! `overhang run`: simulate a scenario and print its distributions.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;

use super::arguments::{
    EstimateArguments, Format, FormatArguments, MOST_PATHS, ReportArguments, parse_paths, refuse_invalid,
    unknown_variant,
};
use super::background::{Pass, run_command};
use super::condition::{Condition, judge, refuse_unknown};
use super::console::Console;
use super::engine::{EngineArguments, PrecisionChoice};
use super::failure::Failure;
use super::{output, progress, report, rounding};
use crate::engine::given::Given;
use crate::engine::{Draws, prepare};
use crate::report::{plain_table, table, trace_table};
use crate::result::{self, Folder, Sampling};
use crate::run::USUAL_PATHS;
use crate::run::single::{Run, info};
use crate::scenario::Loaded;
use crate::tally::Tally;
use crate::text::harmless::harmless_lines;
use crate::trajectories::{self, Opened};

const EXAMPLES: &str = "\
Examples:
  overhang run scenarios/aws-38b.toml --paths 4e6 --seed 7
  overhang run scenarios/aws-38b.toml --backend gpu --sampling host
  overhang run scenarios/aws-38b.toml --levels 0.9,0.995 --format json --quiet
  overhang run scenarios/aws-38b.toml --fail-if \"bubble.system.high > 0.2\"";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Scenario file: TOML, JSON if its name ends with .json, or - for standard input
    scenario: PathBuf,
    /// Run this variant of the scenario
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// Number of paths, such as 1e6 or 1_000_000 [default: 1000000, or all paths of --trajectories]
    #[arg(long, value_name = "N", value_parser = parse_paths)]
    paths: Option<u64>,
    /// Seed of the random numbers
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
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
    /// Exclude paths with a figure that is not a number instead of failing
    #[arg(long, help_heading = "Output")]
    allow_invalid: bool,
    /// Exit with code 3 if the condition on a number of the result holds; can be repeated
    #[arg(long, value_name = "CONDITION", value_parser = Condition::parse, conflicts_with = "path", help_heading = "Output")]
    fail_if: Vec<Condition>,
}

/// Runs the command.
pub fn run(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let started = Instant::now();
    let mut loaded = console.load(&arguments.scenario)?;
    if let Some(name) = &arguments.variant {
        let found = loaded.variants.iter().find(|variant| variant.name == *name);
        let variant = found.ok_or_else(|| unknown_variant(name, std::slice::from_ref(&loaded)))?;
        loaded.scenario = variant.scenario.clone();
    }
    if let Some(path) = arguments.path {
        return trace(arguments, &loaded, path);
    }
    check_outputs(arguments)?;
    let plan = prepare(&loaded.scenario);
    let open = |file: &PathBuf| trajectories::open(file, &loaded.scenario, &plan);
    let opened = arguments.trajectories.as_ref().map(open).transpose()?;
    let given = opened.as_ref().map(|opened| Arc::clone(&opened.given));
    let paths = paths(arguments, given.as_deref())?;
    let chosen = arguments.engine.choose(given)?;
    if let Some(reason) = &chosen.reason {
        console.remark(reason);
    }
    if arguments.engine.precision == PrecisionChoice::F32 {
        rounding::warn(console, &loaded.scenario, &plan);
    }
    let run = Run {
        scenario: &loaded.scenario,
        plan: &plan,
        engine: &*chosen.engine,
        sampling: sampling(arguments, paths, opened.as_ref().map(Opened::hash), chosen.backend),
        asked: arguments.estimates.asked(),
    };
    if !arguments.fail_if.is_empty() {
        refuse_unknown(&arguments.fail_if, &run.empty())?;
    }
    let computing = Instant::now();
    let tally = simulate(&run, console)?;
    let computed = computing.elapsed();
    if !arguments.allow_invalid {
        refuse_invalid(&tally, arguments.trajectories.as_deref())?;
    }
    let document = run.document(&tally, info(&chosen, started.elapsed(), Some(computed)));
    let pass = Pass { scenario: &loaded.scenario, plan: &plan, engine: &chosen, document: &document, console };
    let background = arguments.report.report.as_ref().map(|_| pass.background(&loaded.source.name)).transpose()?;
    let check_unchanged = || opened.as_ref().map_or(Ok(()), Opened::check_unchanged);
    check_unchanged()?;
    let profile = background.as_ref().map(|background| &background.profile);
    let mut written = arguments.out.as_ref().map_or(Ok::<_, Failure>(()), |target| {
        let folder = Folder::begin(target, arguments.force)?;
        folder.write_result(&document, &loaded.source)?;
        profile.map_or(Ok(()), |profile| folder.write_profile(profile, loaded.scenario.labels()))?;
        save_paths(arguments, console, &run, &folder)?;
        check_unchanged()?;
        Ok(folder.finish()?)
    });
    console.go_on()?;
    if let (Some(file), Some(background)) = (&arguments.report.report, &background) {
        let command = run_command(&document, &loaded.source.name, arguments.trajectories.as_deref());
        let section = report::run_section(&document, &loaded.scenario, &loaded.source, background, &command);
        written = written.and(report::write(file, &[section], console));
    }
    // a result that could not be written is printed all the same
    output::data(&match arguments.format.format {
        Format::Table if arguments.plain => harmless_lines(&plain_table(&document, output::width())),
        Format::Table => harmless_lines(&table(&document, output::width())),
        Format::Json => result::json(&document),
    })?;
    written?;
    if arguments.fail_if.is_empty() { Ok(()) } else { judge(&arguments.fail_if, &document) }
}

/// Refuses outputs that could not be written, before anything is computed.
fn check_outputs(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(folder) = &arguments.out {
        output::check_folder_name(folder)?;
        Folder::check(folder, arguments.force)?;
    }
    let inputs = std::iter::once(&arguments.scenario).chain(&arguments.trajectories).map(PathBuf::as_path);
    report::check(arguments.report.report.as_deref(), &inputs.collect::<Vec<_>>())
}

/// One path again, alone, in the precision asked for.
fn trace(arguments: &Arguments, loaded: &Loaded, path: u64) -> Result<(), Failure> {
    let plan = prepare(&loaded.scenario);
    let draws = Draws { seed: arguments.seed, replicate: 0 };
    let periods = arguments.engine.tracer()?.trace(&plan, draws, path);
    let document = result::trace(&loaded.scenario, &plan, arguments.seed, path, &periods);
    output::data(&match arguments.format.format {
        Format::Table => harmless_lines(&trace_table(&document, output::width())),
        Format::Json => format!("{:#}\n", serde_json::json!(document)),
    })
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

fn simulate(run: &Run, console: &Console) -> Result<Tally, Failure> {
    let bar = progress::of_paths(run.sampling.paths, console);
    let advance = |paths: u64| {
        bar.inc(paths);
        !console.is_stopped()
    };
    let tally = run.tally(&advance);
    bar.finish_and_clear();
    console.go_on()?;
    run.engine.incidents().iter().for_each(|incident| console.remark(&format!("warning: {incident}")));
    Ok(tally?)
}

/// How many paths there will be.
fn paths(arguments: &Arguments, given: Option<&dyn Given>) -> Result<u64, Failure> {
    match (arguments.paths, given.map(Given::paths)) {
        (None, None) => Ok(USUAL_PATHS),
        (Some(asked), None) => Ok(asked),
        (None, Some(there)) => Ok(there),
        (Some(asked), Some(there)) if asked <= there => Ok(asked),
        (Some(asked), Some(there)) => Err(Failure::Usage {
            message: format!("--paths {asked} is more than the {there} paths of --trajectories"),
            hint: Some("leave out --paths to use all of them".into()),
        }),
    }
}

/// Where the paths come from, and who computes them.
fn sampling(arguments: &Arguments, paths: u64, trajectories: Option<&str>, backend: &str) -> Sampling {
    let drawn = Sampling::drawn(arguments.seed, paths, backend, arguments.engine.precision());
    match trajectories {
        None => drawn,
        Some(hash) => Sampling { sampling: "trajectories".into(), trajectories: Some(hash.to_owned()), ..drawn },
    }
}
