//! `overhang sample`: the trajectories that the engine itself would draw, as a file.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{ScenarioArguments, SeedArguments, parse_paths};
use super::console::Console;
use super::failure::Failure;
use super::progress;
use crate::engine::cpu::CpuEngine;
use crate::engine::{Draws, Instructions, Precision, Sampling};
use crate::plan::Plan;
use crate::trajectories;

const EXAMPLES: &str = "\
Examples:
  overhang sample deal.toml --paths 1e5 --out paths.parquet
  overhang run deal.toml --trajectories paths.parquet";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    input: ScenarioArguments,
    /// Number of paths, such as 1e6 or 1_000_000
    #[arg(long, value_name = "N", default_value = "100000", value_parser = parse_paths)]
    paths: u64,
    #[command(flatten)]
    seed: SeedArguments,
    /// File to write, .parquet or .npy, which must not exist yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// Runs the command.
pub fn sample(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let loaded = console.load(&arguments.input.scenario)?;
    let plan = Plan::lower(&loaded.scenario);
    let threads = arguments.threads.map(usize::from);
    let engine = CpuEngine::new(threads, Instructions::best(), Precision::Single, Sampling::Device)?;
    let sampling = trajectories::Sampling {
        scenario: &loaded.scenario,
        plan: &plan,
        engine: &engine,
        draws: Draws { seed: arguments.seed.seed, replicate: 0 },
        paths: arguments.paths,
    };
    let bar = progress::of_paths(arguments.paths, console);
    let go_on = |paths| {
        bar.inc(paths);
        !console.is_stopped()
    };
    let written = trajectories::write(&arguments.out, &sampling, &go_on);
    bar.finish_and_clear();
    console.go_on()?;
    written?;
    console.remark(&format!("wrote {}: {} paths", arguments.out.display(), arguments.paths));
    Ok(())
}
