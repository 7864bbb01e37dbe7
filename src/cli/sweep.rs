//! `overhang sweep`: many points of a scenario, into a store that survives anything.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::arguments::{EstimateArguments, ReportArguments, parse_paths, unknown_variant};
use super::condition::Condition;
use super::console::Console;
use super::engine::EngineArguments;
use super::failure::Failure;
use super::{progress, sweeping};
use crate::engine::select::Chosen;
use crate::input::is_stdin;
use crate::registry::Figure;
use crate::scenario::Loaded;
use crate::sweep::axis::{Axis, VARIANT};
use crate::sweep::batch::{shares, units};
use crate::sweep::design::{self, Kind, Points};
use crate::sweep::file::SweepFile;
use crate::sweep::point::{WrongPoint, describe, wrong_points};
use crate::sweep::{
    self, AxisRecord, DesignRecord, EngineRecord, Manifest, STORE_VERSION, Shard, Store, Sweep, SweepError, Unit, list,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Design {
    /// Every combination of the axes' values
    Grid,
    /// The points of --list
    List,
    /// Latin hypercube of --points points
    Lhs,
    /// Scrambled Sobol sequence of --points points
    Sobol,
}

const EXAMPLES: &str = "\
Examples:
  overhang sweep deal.toml --axis contract.aws.take_or_pay=0.5:1.0:11 --axis factor.h100.volatility=0.2,0.3 --out store
  overhang sweep deal.toml --design sobol --points 256 --axis discount.rate=0.05:0.15 --axis \"factor.h100.volatility=normal(0.3, 0.05)\" --out store
  overhang sweep deal.toml --list points.csv --paths 1e5 --out store
  overhang sweep deal.toml --axis variant=lean,late --axis discount.rate=0.08,0.12 --out store
  overhang sweep deal.toml --sweep sweep.toml --shard 3/8 --out shards/3
  overhang sweep deal.toml --sweep sweep.toml --out store --slurm 8 > job.sh

Values of an axis: LOW:HIGH:COUNT, LOW:HIGH:COUNT:log or a list; for lhs and sobol also LOW:HIGH (uniform) or \
uniform(low, high), loguniform(low, high), normal(mean, sd[, low, high]), triangular(low, mode, high), \
beta(a, b[, low, high]), discrete(value, …).
Run the same command again to resume an interrupted sweep.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Scenario file: TOML, JSON if its name ends with .json, or - for standard input
    scenario: PathBuf,
    /// Folder for the store of the sweep; an existing store is resumed
    #[arg(long, short, value_name = "STORE")]
    out: PathBuf,
    /// Vary a key of the scenario, or `variant`, over these values; can be repeated
    #[arg(long, value_name = "PLACE=VALUES", value_parser = Axis::parse, help_heading = "Design")]
    axis: Vec<Axis>,
    /// Sweep file (TOML) with the design, axes and paths; options override the file
    #[arg(long, value_name = "FILE", help_heading = "Design")]
    sweep: Option<PathBuf>,
    /// List of points (.csv or .parquet) with a column for each key
    #[arg(long, value_name = "FILE", conflicts_with = "axis", help_heading = "Design")]
    list: Option<PathBuf>,
    /// How points are chosen [default: grid, or list with --list]
    #[arg(long, value_enum, help_heading = "Design")]
    design: Option<Design>,
    /// Number of points of a Latin hypercube or a Sobol sequence
    #[arg(long, value_name = "N", value_parser = parse_paths, help_heading = "Design")]
    points: Option<u64>,
    /// Use independent random numbers for each point instead of common ones
    #[arg(long, help_heading = "Design")]
    independent: bool,
    /// Number of paths of each point, such as 1e6 or 1_000_000 [default: 1e6]
    #[arg(long, value_name = "N", value_parser = parse_paths)]
    paths: Option<u64>,
    /// Seed of the random numbers and of the design [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Compute only shard I of N, with I from 0; `overhang merge` joins the shards
    #[arg(long, value_name = "I/N", value_parser = parse_shard, default_value = "0/1", help_heading = "Batch jobs")]
    shard: (u64, u64),
    /// Cut the paths of each point into K parts, so that shards can share a point
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=10_000), help_heading = "Batch jobs")]
    path_shards: u64,
    /// Points to compute together [default: points that share trajectories, as many as take a few seconds]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1000), help_heading = "Batch jobs")]
    batch: Option<u64>,
    /// Seconds of work to write to disk together; a killed process loses them
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = parse_seconds, help_heading = "Batch jobs")]
    commit_every: f64,
    /// Append a JSON line to FILE for each point when it is on disk: time, point, seconds, engine and host
    #[arg(long, value_name = "FILE", help_heading = "Batch jobs")]
    log: Option<PathBuf>,
    /// Compute for a second, then print points, time, memory and disk space of the sweep, and write nothing
    #[arg(long, conflicts_with_all = ["slurm", "report", "log"], help_heading = "Batch jobs")]
    dry_run: bool,
    /// Print a Slurm job of N tasks that computes this sweep, instead of computing it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000), conflicts_with = "report", help_heading = "Batch jobs")]
    slurm: Option<u64>,
    #[command(flatten)]
    engine: EngineArguments,
    #[command(flatten)]
    estimates: EstimateArguments,
    /// Number that ranks the points to show [default: bubble.system.probability, or the total commitment cost]
    #[arg(long, value_name = "PLACE", help_heading = "Output")]
    watch: Option<String>,
    #[command(flatten)]
    report: ReportArguments,
    /// Exclude paths with a figure that is not a number instead of failing the point
    #[arg(long, help_heading = "Output")]
    allow_invalid: bool,
    /// Exit with code 3 if the condition holds for any point; can be repeated. With --shard, `overhang merge` tests it
    #[arg(long, value_name = "CONDITION", value_parser = Condition::parse, help_heading = "Output")]
    fail_if: Vec<Condition>,
}

fn parse_seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.0..=3600.0).contains(seconds));
    seconds.ok_or_else(|| "must be a number of seconds from 0 to 3600".into())
}

/// Points that messages show of many.
const SHOWN: usize = 5;

fn parse_shard(text: &str) -> Result<(u64, u64), String> {
    let parsed = text.split_once('/').and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
    parsed
        .filter(|&(index, count)| index < count)
        .ok_or_else(|| "must be I/N with I from 0 to N − 1, for example 0/8".into())
}

impl From<SweepError> for Failure {
    fn from(error: SweepError) -> Self {
        let (message, hint) = (error.message, Some(error.hint));
        if error.usage { Failure::Usage { message, hint } } else { Failure::Failed { message, hint } }
    }
}

/// Runs the command.
pub fn sweep(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let inputs: Vec<&Path> = std::iter::once(&arguments.scenario)
        .chain(&arguments.sweep)
        .chain(&arguments.list)
        .map(PathBuf::as_path)
        .collect();
    if arguments.slurm.is_some() && inputs.iter().any(|input| is_stdin(input)) {
        return usage("--slurm: a job cannot read this command's standard input", "give files instead of `-`");
    }
    let loaded = console.load(&arguments.scenario)?;
    let file = arguments.sweep.as_deref().map(SweepFile::read).transpose()?.unwrap_or_default();
    let seed = arguments.seed.or(file.seed).unwrap_or(1);
    let (kind, axes, points) = points(arguments, &file, seed)?;
    refuse_clash(&loaded, &points.paths)?;
    let asked = arguments.estimates.asked();
    if let Some(taken) = points.paths.iter().find(|path| sweep::rows::is_taken(path, &asked)) {
        return usage(&format!("`{taken}` cannot be an axis"), "choose a key whose value changes the results");
    }
    let shard = Shard { index: arguments.shard.0, count: arguments.shard.1, parts: arguments.path_shards };
    let units = units(&points, &axes, shard);
    refuse_unknown_variants(&loaded, &points)?;
    refuse_points(&loaded, &points, &own_points(&units), console)?;
    super::report::check(arguments.report.report.as_deref(), &inputs)?;
    super::output::check_folder_name(&arguments.out)?;
    let lookups = sweeping::lookups(&loaded, &asked, arguments.watch.as_deref(), &arguments.fail_if)?;
    if let Some(tasks) = arguments.slurm {
        return super::slurm::print(tasks, &arguments.out, &arguments.engine);
    }
    let independent = arguments.independent || file.independent == Some(true);
    let chosen = arguments.engine.choose(None)?;
    if let Some(reason) = &chosen.reason {
        console.remark(reason);
    }
    let manifest = Manifest {
        store_version: STORE_VERSION,
        program_version: crate::result::program::VERSION.into(),
        scenario: loaded.scenario.name.clone(),
        scenario_hash: loaded.scenario.hash.clone(),
        design: DesignRecord {
            kind,
            axes: axes
                .iter()
                .map(|axis| AxisRecord { path: axis.path.clone(), values: axis.written.clone() })
                .collect(),
            points: points.rows.len(),
            hash: sweep::hash(&points),
        },
        paths: arguments.paths.or(file.paths).unwrap_or(1_000_000),
        seed,
        independent,
        levels: asked.levels.clone(),
        quantiles: asked.quantiles.clone(),
        allow_invalid: arguments.allow_invalid,
        engine: engine_record(&chosen, &arguments.engine),
    };
    let shared = shares(&axes, independent, chosen.backend);
    let go_on = |_| !console.is_stopped();
    let commit_every = Duration::from_secs_f64(arguments.commit_every);
    let sweep = Sweep { loaded: &loaded, engine: &*chosen.engine, shared, batch: arguments.batch, commit_every };
    if arguments.dry_run {
        let store = Store::find(&arguments.out, &manifest, &points, &loaded.source, shard)?;
        let (what, part) = ((&manifest, &points), (shard, units.as_slice()));
        return super::sweep_plan::print(&sweep, &chosen, what, part, store.as_ref(), console);
    }
    let store = Store::open(&arguments.out, manifest, points, &loaded.source, shard, &units, &go_on);
    console.go_on()?;
    let store = store?;
    let ended = sweeping::run(&sweep, &chosen, store, &units, &lookups, arguments.log.as_deref(), console);
    if let (Some(file), Ok(()) | Err(Failure::Condition(_))) = (&arguments.report.report, &ended) {
        let section =
            super::sweep_report::section(&Store::look(&arguments.out, &go_on)?, &loaded, Figure::CommitmentCost)?;
        super::report::write(file, &[section], console)?;
    }
    ended
}

fn engine_record(chosen: &Chosen, arguments: &EngineArguments) -> EngineRecord {
    let sampling = if arguments.sampling() == crate::engine::Sampling::Host { "host" } else { "device" };
    EngineRecord {
        backend: chosen.backend.into(),
        precision: arguments.precision().name().into(),
        // the CPU engine gives the same bits either way
        sampling: if chosen.backend == "cpu" { "device" } else { sampling }.into(),
        adapter: chosen.adapter.as_ref().map(|adapter| adapter.name.clone()),
        driver: chosen.adapter.as_ref().map(|adapter| adapter.driver.clone()),
    }
}

/// The design: its kind, its axes, and all its points.
fn points(arguments: &Arguments, file: &SweepFile, seed: u64) -> Result<(Kind, Vec<Axis>, Points), Failure> {
    let axes = if arguments.axis.is_empty() { &file.axes } else { &arguments.axis };
    let listed = if arguments.axis.is_empty() { arguments.list.as_ref().or(file.list.as_ref()) } else { None };
    let asked = arguments.design.map(|design| match design {
        Design::Grid => Kind::Grid,
        Design::List => Kind::List,
        Design::Lhs => Kind::LatinHypercube,
        Design::Sobol => Kind::Sobol,
    });
    let kind = asked.or(file.design).unwrap_or(if listed.is_some() { Kind::List } else { Kind::Grid });
    if let (Kind::List, Some(path)) = (kind, listed) {
        let points = list::read(path)?;
        let axes = points.paths.iter().map(|name| Axis::listed(name, Vec::new())).collect();
        return Ok((kind, axes, points));
    }
    if kind == Kind::List {
        return usage(
            "--design list needs --list FILE",
            "write a file with a column for each key and a row for each point",
        );
    }
    if axes.is_empty() {
        return usage("this sweep varies nothing", "add --axis PLACE=VALUES, --list FILE or --sweep FILE");
    }
    let count = arguments.points.or(file.points);
    let found = match (kind, count) {
        (Kind::Grid, None) => design::grid(axes),
        (Kind::Grid, Some(_)) => {
            Err("--points does not go with a grid, whose axes determine the number of points".into())
        }
        (_, None) => Err("a Latin hypercube or Sobol design needs --points".into()),
        (Kind::LatinHypercube, Some(count)) => design::latin_hypercube(axes, count as usize, seed),
        (_, Some(count)) => design::sobol(axes, count as usize, seed),
    };
    let points = found.or_else(|message| usage(&message, "see `overhang sweep --help` for designs and values"))?;
    Ok((kind, axes.clone(), points))
}

fn usage<T>(message: &str, hint: &str) -> Result<T, Failure> {
    Err(Failure::Usage { message: message.to_owned(), hint: Some(hint.to_owned()) })
}

/// No two axes set one place, under one name or two, nor a place and one inside it; in variants numbers may mean other entries.
fn refuse_clash(loaded: &Loaded, paths: &[String]) -> Result<(), Failure> {
    let mut templates = vec![&loaded.template];
    if paths.iter().any(|path| path == VARIANT) {
        templates.extend(loaded.variants.iter().map(|variant| &variant.template));
    }
    let Some(clash) = templates.iter().find_map(|template| template.clash(paths)) else { return Ok(()) };
    let (first, second) = (&paths[clash.first], &paths[clash.second]);
    match (clash.same, first == second) {
        (true, true) => usage(&format!("two axes set the key `{second}`"), "give all its values to one axis"),
        (true, false) => {
            usage(&format!("`{first}` and `{second}` are the same key"), "give all its values to one axis")
        }
        _ => usage(
            &format!("`{first}` and `{second}` overlap: one key lies inside the other"),
            "vary either the whole or what is inside it",
        ),
    }
}

/// An axis of variants names those of the file.
fn refuse_unknown_variants(loaded: &Loaded, points: &Points) -> Result<(), Failure> {
    for (axis, path) in points.paths.iter().enumerate().filter(|(_, path)| *path == VARIANT) {
        let unknown = points.rows.iter().map(|row| sweep::rows::plain(&row[axis]));
        let known = |name: &String| loaded.variants.iter().any(|variant| variant.name == *name);
        if let Some(name) = unknown.into_iter().find(|name| !known(name)) {
            super::output::plain_note(&format!("note: the values of the axis `{path}` are names of variants"));
            return Err(unknown_variant(&name, std::slice::from_ref(loaded)));
        }
    }
    Ok(())
}

/// The points that units are of, in order.
fn own_points(units: &[Unit]) -> Vec<usize> {
    let own: BTreeSet<usize> = units.iter().flat_map(|unit| unit.points.iter().copied()).collect();
    own.into_iter().collect()
}

/// Every point that this process is to compute must be a scenario before the first one is computed.
fn refuse_points(loaded: &Loaded, points: &Points, own: &[usize], console: &Console) -> Result<(), Failure> {
    let bar = progress::of("checking points", own.len() as u64, console);
    let go_on = |points: u64| {
        bar.inc(points);
        !console.is_stopped()
    };
    // what is wrong with all of them is said once
    let wrong = wrong_points(loaded, points, own, SHOWN, &go_on);
    bar.finish_and_clear();
    console.go_on()?;
    if wrong.count == 0 {
        return Ok(());
    }
    let shown = |wrong: &WrongPoint| format!("{}\n{}\n", describe(points, wrong.point), wrong.failure);
    let shown: Vec<String> = wrong.first.iter().map(shown).collect();
    let more = match wrong.count - shown.len() {
        0 => String::new(),
        more => format!("\n… and {more} more points that are not valid scenarios"),
    };
    Err(Failure::Scenario(shown.join("\n") + &more))
}
