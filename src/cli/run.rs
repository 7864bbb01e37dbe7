//! `overhang run`: simulate a scenario and print its distributions.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::{Args, ValueEnum};

use super::background::{Pass, run_command};
use super::compare::unknown_variant;
use super::condition::{Condition, judge, refuse_unknown};
use super::console::Console;
use super::engine::{Chosen, EngineArguments, PrecisionChoice};
use super::{Failure, output, progress, report, rounding};
use crate::engine::given::Given;
use crate::engine::{Draws, empty_tally, prepare};
use crate::plan::Plan;
use crate::report::{self as documents, Asked, Folder, Provenance, ResultDocument, RunInfo, harmless_lines};
use crate::scenario::Loaded;
use crate::tally::{SampleDesign, Tally};
use crate::trajectories::{self, Opened};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables and charts as text
    Table,
    /// The whole result document
    Json,
}

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
    /// Levels of value at risk and expected shortfall
    #[arg(long, value_name = "P,…", value_delimiter = ',', default_value = "0.95,0.99", value_parser = parse_share, help_heading = "Output")]
    levels: Vec<f64>,
    /// Quantiles to report
    #[arg(long, value_name = "P,…", value_delimiter = ',', default_value = "0.01,0.05,0.25,0.5,0.75,0.95,0.99", value_parser = parse_share, help_heading = "Output")]
    quantiles: Vec<f64>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    format: Format,
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
    /// Also write a report as an HTML page
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    report: Option<PathBuf>,
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

/// How many paths, and which.
#[derive(Debug, Args)]
pub struct RunLength {
    /// Number of paths, such as 1e6 or 1_000_000
    #[arg(long, value_name = "N", default_value = "1e6", value_parser = parse_paths)]
    pub paths: u64,
    /// Seed of the random numbers
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

impl RunLength {
    /// Where the paths come from, for documents.
    pub fn sampling(&self, chosen: &Chosen, engine: &EngineArguments) -> documents::Sampling {
        documents::Sampling {
            seed: self.seed,
            replicate: 0,
            paths: self.paths,
            sampling: <SampleDesign>::Independent.name().into(),
            trajectories: None,
            backend: chosen.backend.into(),
            precision: engine.precision_name().into(),
        }
    }
}

/// Paths of a run that says nothing else.
const USUAL_PATHS: u64 = 1_000_000;
/// The most paths of a run: 2⁴⁰, days of work for any machine.
const MOST_PATHS: u64 = 1 << 40;

/// Whole numbers, with underscores or as 1e6.
pub fn parse_paths(text: &str) -> Result<u64, String> {
    let plain = text.replace('_', "");
    let number = plain.parse::<u64>().ok().or_else(|| {
        let value: f64 = plain.parse().ok()?;
        (value.fract() == 0.0 && (0.0..=MOST_PATHS as f64).contains(&value)).then_some(value as u64)
    });
    match number {
        Some(paths) if (1..=MOST_PATHS).contains(&paths) => Ok(paths),
        _ => Err(format!("must be a whole number from 1 to {MOST_PATHS}, for example 1e6")),
    }
}

/// A probability or level strictly between 0 and 1.
pub fn parse_share(text: &str) -> Result<f64, String> {
    let share = text.trim().parse::<f64>().ok().filter(|p| *p > 0.0 && *p < 1.0);
    share.ok_or_else(|| "must lie between 0 and 1, for example 0.95".into())
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
    let source = source(arguments, paths, opened.as_ref().map(Opened::hash));
    if !arguments.fail_if.is_empty() {
        let nothing = empty_tally(&plan);
        let empty = document(arguments, &loaded, &plan, &nothing, (chosen.backend, &source), RunInfo::default());
        refuse_unknown(&arguments.fail_if, &empty)?;
    }
    let computing = Instant::now();
    let tally = simulate(arguments, console, &chosen, &plan, paths)?;
    let computed = computing.elapsed();
    if !arguments.allow_invalid {
        refuse_invalid(&tally, arguments.trajectories.as_deref())?;
    }
    let info = chosen.info(started.elapsed(), Some(computed));
    let document = document(arguments, &loaded, &plan, &tally, (chosen.backend, &source), info);
    let pass = Pass { scenario: &loaded.scenario, plan: &plan, engine: &chosen, document: &document, console };
    let background = arguments.report.as_ref().map(|_| pass.background(&loaded.source.name)).transpose()?;
    let check_unchanged = || opened.as_ref().map_or(Ok(()), Opened::check_unchanged);
    check_unchanged()?;
    let courses = background.as_ref().map(|background| &background.courses);
    let mut written = arguments.out.as_ref().map_or(Ok::<_, Failure>(()), |target| {
        let folder = Folder::begin(target, arguments.force)?;
        folder.write_result(&document, &loaded.source)?;
        courses.map_or(Ok(()), |courses| folder.write_courses(courses))?;
        save_paths(arguments, console, &loaded, &chosen, &plan, (&folder, paths))?;
        check_unchanged()?;
        Ok(folder.finish()?)
    });
    console.go_on()?;
    if let (Some(file), Some(background)) = (&arguments.report, &background) {
        let command = run_command(&document, &loaded.source.name, arguments.trajectories.as_deref());
        let section = report::run_section(&document, &loaded.scenario, &loaded.source, background, &command);
        written = written.and(report::write(file, &[section], console));
    }
    // a result that could not be written is printed all the same
    output::data(&match arguments.format {
        Format::Table if arguments.plain => harmless_lines(&documents::plain_table(&document, output::width())),
        Format::Table => harmless_lines(&documents::table(&document, output::width())),
        Format::Json => documents::json(&document),
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
    report::check(arguments.report.as_deref(), &inputs.collect::<Vec<_>>())
}

/// One path again, alone, in the precision asked for.
fn trace(arguments: &Arguments, loaded: &Loaded, path: u64) -> Result<(), Failure> {
    let plan = prepare(&loaded.scenario);
    let draws = Draws { seed: arguments.seed, replicate: 0 };
    let periods = arguments.engine.tracer()?.trace(&plan, draws, path);
    let document = documents::trace(&loaded.scenario, &plan, arguments.seed, path, &periods);
    output::data(&match arguments.format {
        Format::Table => harmless_lines(&documents::trace_table(&document, output::width())),
        Format::Json => format!("{:#}\n", serde_json::json!(document)),
    })
}

/// Paths of a row group.
const SAVED_AT_ONCE: u64 = 1 << 16;

fn save_paths(
    arguments: &Arguments,
    console: &Console,
    loaded: &Loaded,
    chosen: &Chosen,
    plan: &Plan,
    (folder, paths): (&Folder, u64),
) -> Result<(), Failure> {
    let Some(asked) = arguments.save_paths else { return Ok(()) };
    let draws = Draws { seed: arguments.seed, replicate: 0 };
    let paths = asked.min(paths);
    let bar = progress::of_paths(paths, console);
    let batches = (0..paths).step_by(SAVED_AT_ONCE as usize).map(|first| {
        console.go_on()?;
        let batch = first..(first + SAVED_AT_ONCE).min(paths);
        let values = chosen.engine.values(plan, draws, batch.clone())?;
        bar.inc(batch.end - batch.start);
        Ok::<_, Failure>(documents::path_table(&loaded.scenario, plan, &values, first))
    });
    let written = folder.write_batches("paths.parquet", batches);
    bar.finish_and_clear();
    written
}

fn simulate(
    arguments: &Arguments,
    console: &Console,
    chosen: &Chosen,
    plan: &Plan,
    paths: u64,
) -> Result<Tally, Failure> {
    let bar = progress::of_paths(paths, console);
    let draws = Draws { seed: arguments.seed, replicate: 0 };
    let advance = |paths: u64| {
        bar.inc(paths);
        !console.is_stopped()
    };
    let tally = chosen.engine.tally(plan, draws, 0..paths, &advance);
    bar.finish_and_clear();
    console.go_on()?;
    chosen.engine.incidents().iter().for_each(|incident| console.remark(&format!("warning: {incident}")));
    Ok(tally?)
}

/// A run in which a figure of a path is no number has no result.
/// On trajectories of the user's own a path cannot be shown with `--path`.
pub fn refuse_invalid(tally: &Tally, trajectories: Option<&Path>) -> Result<(), Failure> {
    let Some(first) = tally.invalid.first else { return Ok(()) };
    let count = tally.invalid.count;
    let (paths, have) = if count == 1 { ("path", "has") } else { ("paths", "have") };
    Err(Failure::Failed {
        message: format!(
            "{count} {paths} of {} {have} a figure that is infinite or not a number; the first is path {first}",
            tally.paths
        ),
        hint: Some(match trajectories {
            None => format!(
                "inspect it with --path {first}, and look for volatilities, drifts or rates that let a factor exceed 10³⁸; \
                 --allow-invalid excludes such paths"
            ),
            Some(file) => format!(
                "look at path {first} of `{}` for values that are too large or too close to 0; --allow-invalid excludes such \
                 paths",
                file.display()
            ),
        }),
    })
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

/// Where the paths come from.
fn source(arguments: &Arguments, paths: u64, trajectories: Option<&str>) -> documents::Sampling {
    documents::Sampling {
        seed: arguments.seed,
        replicate: 0,
        paths,
        sampling: if trajectories.is_some() { "trajectories" } else { <SampleDesign>::Independent.name() }.into(),
        trajectories: trajectories.map(str::to_owned),
        backend: String::new(),
        precision: arguments.engine.precision_name().into(),
    }
}

fn document(
    arguments: &Arguments,
    loaded: &Loaded,
    plan: &Plan,
    tally: &Tally,
    (backend, source): (&str, &documents::Sampling),
    info: RunInfo,
) -> ResultDocument {
    let asked = Asked::new(&arguments.levels, &arguments.quantiles);
    let sampling = documents::Sampling { backend: backend.into(), ..source.clone() };
    let vendors = plan.vendor_owners();
    let provenance = Provenance::new(&loaded.scenario, sampling);
    documents::result(&loaded.scenario, &plan.figures, &plan.times, &vendors, tally, &asked, provenance, info)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_whole_numbers_in_range() {
        assert_eq!(parse_paths("1e6"), Ok(1_000_000));
        assert_eq!(parse_paths("1_000"), Ok(1000));
        for bad in ["0", "-1", "1.5", "1e13", "many", "nan", "inf", ""] {
            assert!(parse_paths(bad).is_err(), "{bad}");
        }
    }
}
