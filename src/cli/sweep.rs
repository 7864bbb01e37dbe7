//! `overhang sweep`: many points of a scenario, into a store that survives anything.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::arguments::{
    EstimateArguments, PointsChoice, REPORTS, ReportArguments, ScenarioArguments, ScrambleArguments, TargetArguments,
    UncertaintyArguments, parse_paths,
};
use super::condition::Condition;
use super::console::Console;
use super::engine::EngineArguments;
use super::failure::Failure;
use super::progress::Shown;
use super::{complete, output, report, slurm, sweep_lookups, sweep_plan, sweep_progress};
use crate::input::is_stdin;
use crate::registry::Figure;
use crate::report::page::sweep_section;
use crate::run::{MOST_PATHS, PointSet};
use crate::scenario::Loaded;
use crate::sweep::axis::Axis;
use crate::sweep::design::Kind;
use crate::sweep::file::SweepFile;
use crate::sweep::{Shard, Store, SweepBuilder, SweepFailure, summary};

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

impl From<Design> for Kind {
    fn from(design: Design) -> Self {
        match design {
            Design::Grid => Kind::Grid,
            Design::List => Kind::List,
            Design::Lhs => Kind::LatinHypercube,
            Design::Sobol => Kind::Sobol,
        }
    }
}

/// What `--points` says: how many the design has, or which ones paths are drawn from.
#[derive(Debug, Clone, Copy)]
enum Points {
    Count(u64),
    Drawn(PointsChoice),
}

impl Points {
    fn parse(text: &str) -> Result<Self, String> {
        let named = || PointsChoice::from_str(text, false).map(Points::Drawn);
        let found = parse_paths(text).map(Points::Count).or_else(|_| named());
        found.map_err(|_| format!("must be a whole number from 1 to {MOST_PATHS}, `sobol` or `independent`"))
    }

    /// Both meanings: what is said last counts, as with every option.
    fn both(given: &[Points]) -> (Option<u64>, Option<PointsChoice>) {
        let number =
            given.iter().rev().find_map(|points| if let Points::Count(number) = points { Some(*number) } else { None });
        let drawn =
            given.iter().rev().find_map(|points| if let Points::Drawn(choice) = points { Some(*choice) } else { None });
        (number, drawn)
    }
}

const EXAMPLES: &str = "\
Examples:
  overhang sweep deal.toml --axis contract.aws.take_or_pay=0.5:1.0:11 --axis factor.h100.volatility=0.2,0.3 --out store
  overhang sweep deal.toml --design sobol --points 256 --axis discount.rate=0.05:0.15 --axis \"factor.h100.volatility=normal(0.3, 0.05)\" --out store
  overhang sweep deal.toml --list points.csv --paths 1e5 --out store
  overhang sweep deal.toml --axis discount.rate=0.05:0.15:11 --points sobol --out store
  overhang sweep deal.toml --axis discount.rate=0.05:0.15:11 --target \"bubble.system.probability ± 0.001\" --out store
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
    #[command(flatten)]
    input: ScenarioArguments,
    /// Folder for the store of the sweep; an existing store is resumed
    #[arg(long, short, value_name = "STORE")]
    out: PathBuf,
    /// Vary a key of the scenario, or `variant`, over these values; can be repeated
    #[arg(long, value_name = "PLACE=VALUES", value_parser = Axis::parse, add = complete::axes(), help_heading = "Design")]
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
    /// Number of points of a Latin hypercube or a Sobol sequence; or the points that paths are drawn from, `independent` (default) or
    /// `sobol` (quasi-random). Can be given for both
    #[arg(long, value_name = "N|SET", value_parser = Points::parse, help_heading = "Design")]
    points: Vec<Points>,
    #[command(flatten)]
    scrambles: ScrambleArguments,
    #[command(flatten)]
    uncertainty: UncertaintyArguments,
    /// Use independent random numbers for each point instead of common ones
    #[arg(long, help_heading = "Design")]
    independent: bool,
    /// Number of paths of each point, such as 1e6 or 1_000_000 [default: 1e6]
    #[arg(long, value_name = "N", value_parser = parse_paths)]
    paths: Option<u64>,
    #[command(flatten)]
    target: TargetArguments,
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
    #[arg(long, conflicts_with_all = ["slurm", REPORTS, "log"], help_heading = "Batch jobs")]
    dry_run: bool,
    /// Print a Slurm job of N tasks that computes this sweep, instead of computing it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000), conflicts_with = REPORTS, help_heading = "Batch jobs")]
    slurm: Option<u64>,
    #[command(flatten)]
    engine: EngineArguments,
    #[command(flatten)]
    estimates: EstimateArguments,
    /// Number that ranks the points to show [default: bubble.system.probability, or the total commitment cost]
    #[arg(long, value_name = "PLACE", add = complete::results(), help_heading = "Output")]
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

fn parse_shard(text: &str) -> Result<(u64, u64), String> {
    let parsed = text.split_once('/').and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
    parsed
        .filter(|&(index, count)| index < count)
        .ok_or_else(|| "must be I/N with I from 0 to N − 1, for example 0/8".into())
}

/// Runs the command.
pub fn sweep(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let inputs: Vec<&Path> = std::iter::once(&arguments.input.scenario)
        .chain(&arguments.sweep)
        .chain(&arguments.list)
        .map(PathBuf::as_path)
        .collect();
    if arguments.slurm.is_some() && inputs.iter().any(|input| is_stdin(input)) {
        return Err(Failure::Usage {
            message: "--slurm: a job cannot read this command's standard input".into(),
            hint: Some("give files instead of `-`".into()),
        });
    }
    let loaded = arguments.uncertainty.loaded(console.load(&arguments.input.scenario)?)?;
    let shown = Shown::new(console);
    let checked = builder(arguments, &loaded)?.observe(&shown).check().map_err(refused)?;
    report::check(&arguments.report, &inputs)?;
    output::check_folder_name(&arguments.out)?;
    let asked = arguments.estimates.asked();
    let lookups = sweep_lookups::lookups(&loaded.scenario, &asked, arguments.watch.as_deref(), &arguments.fail_if)?;
    if let Some(tasks) = arguments.slurm {
        return slurm::print(tasks, &arguments.out, &arguments.engine);
    }
    let prepared = checked.engine(arguments.engine.wish()?).prepare()?;
    if arguments.dry_run {
        return sweep_plan::print(&prepared, &arguments.out);
    }
    let ended =
        sweep_progress::run(prepared.open(&arguments.out)?, &lookups, arguments.log.as_deref(), console, &shown);
    if arguments.report.is_asked() && matches!(ended, Ok(()) | Err(Failure::Condition(_))) {
        let store = Store::look(&arguments.out, &|_| !console.is_stopped())?;
        report::write(
            &arguments.report,
            &[sweep_section(&summary(&store, &loaded, Figure::CommitmentCost)?)],
            console,
        )?;
    }
    ended
}

/// The sweep that the options ask for, but for its engine.
fn builder<'a>(arguments: &Arguments, loaded: &'a Loaded) -> Result<SweepBuilder<'a>, Failure> {
    let (index, count) = arguments.shard;
    let file = arguments.sweep.as_deref().map(SweepFile::read).transpose()?.unwrap_or_default();
    let (number, drawn) = Points::both(&arguments.points);
    let usual = file.point_set.unwrap_or_default();
    let drawn = drawn.unwrap_or(match usual.set {
        PointSet::Independent => PointsChoice::Independent,
        PointSet::Sobol => PointsChoice::Sobol,
    });
    let builder = SweepBuilder::new(loaded)
        .point_set(arguments.scrambles.request(drawn, usual, loaded.is_uncertain())?)
        .file(file)
        .independent(arguments.independent)
        .shard(Shard { index, count, parts: arguments.path_shards })
        .commit_every(Duration::from_secs_f64(arguments.commit_every))
        .asked(arguments.estimates.asked())
        .allow_invalid(arguments.allow_invalid);
    let builder = arguments.axis.iter().cloned().fold(builder, SweepBuilder::axis);
    let builder = arguments.list.iter().fold(builder, SweepBuilder::list);
    let builder = arguments.design.into_iter().map(Kind::from).fold(builder, SweepBuilder::design);
    let builder = number.into_iter().fold(builder, SweepBuilder::points);
    let builder = arguments.uncertainty.draws.into_iter().fold(builder, SweepBuilder::parameter_sets);
    let builder = arguments.batch.into_iter().fold(builder, SweepBuilder::batch);
    let builder = arguments.paths.into_iter().fold(arguments.target.apply(builder), SweepBuilder::paths);
    Ok(arguments.seed.into_iter().fold(builder, SweepBuilder::seed))
}

/// Says of an axis of variants what its values are.
fn refused(failure: SweepFailure) -> Failure {
    if let SweepFailure::UnknownVariant { axis, .. } = &failure {
        output::plain_note(&format!("note: the values of the axis `{axis}` are names of variants"));
    }
    failure.into()
}
