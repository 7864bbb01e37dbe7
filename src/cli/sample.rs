//! `overhang sample`: the trajectories that the engine itself would draw, as a file.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{CentreArguments, PointsArguments, ScenarioArguments, SeedArguments, parse_paths};
use super::console::Console;
use super::failure::Failure;
use super::progress::{self, Shown};
use crate::engine::cpu::CpuEngine;
use crate::engine::{Draws, Instructions, Precision, Sampling};
use crate::plan::Plan;
use crate::plan::points::Allocation;
use crate::run::Extent;
use crate::run::stages::Goal;
use crate::trajectories;

const EXAMPLES: &str = "\
Examples:
  overhang sample deal.toml --paths 1e5 --out paths.parquet
  overhang sample deal.toml --points sobol --paths 65536 --out points.parquet
  overhang run deal.toml --trajectories paths.parquet";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    input: ScenarioArguments,
    #[command(flatten)]
    centre: CentreArguments,
    /// Number of paths, such as 1e6 or 1_000_000
    #[arg(long, value_name = "N", default_value = "100000", value_parser = parse_paths)]
    paths: u64,
    #[command(flatten)]
    seed: SeedArguments,
    #[command(flatten)]
    points: PointsArguments,
    /// File to write, .parquet or .npy, which must not exist yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// Runs the command.
pub fn sample(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let loaded = arguments.centre.hold(console.load(&arguments.input.scenario)?, "sample")?;
    let request = arguments.points.request(false)?;
    let extent = request.checked(arguments.paths, &Goal::default(), &Shown::new(console))?;
    let mut plan = Plan::lower(&loaded.scenario);
    request.apply(&loaded.scenario, &mut plan, &mut Allocation::default());
    let threads = arguments.threads.map(usize::from);
    let engine = CpuEngine::new(threads, Instructions::best(), Precision::Single, Sampling::Device)?;
    let sampling = trajectories::Sampling {
        scenario: &loaded.scenario,
        plan: &plan,
        engine: &engine,
        parts: &parts(extent, arguments.seed.seed),
    };
    let bar = progress::of_paths(extent.paths(), console);
    let go_on = |paths| {
        bar.inc(paths);
        !console.is_stopped()
    };
    let written = trajectories::write(&arguments.out, &sampling, &go_on);
    bar.finish_and_clear();
    console.go_on()?;
    written?;
    console.remark(&format!("wrote {}: {} paths", arguments.out.display(), extent.paths()));
    Ok(())
}

/// What draws the paths, and how many of them: scramble by scramble, as a run numbers them.
fn parts(extent: Extent, seed: u64) -> Vec<(Draws, u64)> {
    let of = |replicate, paths| (Draws { seed, replicate }, paths);
    match extent {
        Extent::Independent { paths } => vec![of(0, paths)],
        Extent::Replicated { replicates, points } => (0..replicates).map(|replicate| of(replicate, points)).collect(),
    }
}
