//! `overhang sample`: the trajectories that the engine itself would draw, as a file.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{CentreArguments, PointsArguments, ScenarioArguments, SeedArguments, parse_paths};
use super::console::Console;
use super::failure::Failure;
use super::progress::Shown;
use crate::run::SampleBuilder;

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
    let shown = Shown::new(console);
    let builder = SampleBuilder::new(&loaded.scenario)
        .paths(arguments.paths)
        .seed(arguments.seed.seed)
        .point_set(request)
        .observe(&shown);
    let threads = arguments.threads.map(usize::from);
    let paths = threads.into_iter().fold(builder, SampleBuilder::threads).write(&arguments.out)?;
    console.remark(&format!("wrote {}: {} paths", arguments.out.display(), paths));
    Ok(())
}
