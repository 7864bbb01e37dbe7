//! `overhang plot`: a figure of a run for a paper, as SVG or PNG.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::console::Console;
use super::engine::EngineArguments;
use super::failure::Failure;
use super::output;
use super::progress::Shown;
use crate::report::chart::{Chart, png, svg};
use crate::report::pictures;
use crate::run::{ProfileBuilder, StoredRun};
use crate::storage::{check_output, write_output};
use crate::text::titles::Titles;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Histogram of a figure with mean, value at risk and expected shortfall
    Distribution,
    /// Probability of exceeding each value of a figure, on a logarithmic scale
    Exceedance,
    /// Probability that the bubble has burst, by period
    Bubble,
    /// Probabilities of an organization's events, by period
    Events,
    /// A quantity over time: median, quartiles, 5% and 95% quantiles
    Fan,
    /// Mean of a quantity over time, with and without a burst of the bubble
    Bursting,
    /// Mean cost, contract by contract
    Waterfall,
    /// Mean losses of vendors by organization, over all paths and over those on which the bubble bursts
    Losses,
}

impl From<Kind> for pictures::Kind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Distribution => pictures::Kind::Distribution,
            Kind::Exceedance => pictures::Kind::Exceedance,
            Kind::Bubble => pictures::Kind::Bubble,
            Kind::Events => pictures::Kind::Events,
            Kind::Fan => pictures::Kind::Fan,
            Kind::Bursting => pictures::Kind::Bursting,
            Kind::Waterfall => pictures::Kind::Waterfall,
            Kind::Losses => pictures::Kind::Losses,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  overhang run deal.toml --out results/base
  overhang plot results/base --kind distribution --out cost.svg
  overhang plot results/base --kind exceedance --of system.net_value --out value.png
  overhang plot results/base --kind fan --of factors.h100 --out price.svg";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Folder that `overhang run --out` wrote
    run: PathBuf,
    /// Kind of chart
    #[arg(long, value_enum)]
    kind: Kind,
    /// What to show: OWNER.FIGURE for distribution and exceedance, or vendors.NAME.loss or received [default:
    /// system.commitment_cost]; an organization for events; a quantity such as factors.NAME or organizations.NAME.cash for
    /// fan and bursting [default: the first]
    #[arg(long, value_name = "WHAT")]
    of: Option<String>,
    /// Chart to write, .svg or .png; an existing file is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Width in pixels; a PNG has twice as many for sharp printing
    #[arg(long, value_name = "PIXELS", default_value_t = 760, value_parser = clap::value_parser!(u32).range(300..=4000))]
    width: u32,
    /// File of trajectories that the run used, if any
    #[arg(long, value_name = "FILE")]
    trajectories: Option<PathBuf>,
    #[command(flatten)]
    engine: EngineArguments,
}

/// Runs the command.
pub fn plot(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let extension = arguments.out.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let is_png = match extension.as_deref() {
        Some("svg") => false,
        Some("png") => true,
        _ => {
            return Err(Failure::Usage {
                message: format!("`{}` is neither .svg nor .png", arguments.out.display()),
                hint: Some("choose a name that ends with .svg or .png".into()),
            });
        }
    };
    let inputs: Vec<&Path> = arguments.trajectories.iter().map(PathBuf::as_path).collect();
    check_output(&arguments.out, &inputs).map_err(|error| output::unwritable(&arguments.out, &error))?;
    let stored = StoredRun::read(&arguments.run)?;
    let chart = chart(arguments, console, &stored)?;
    let bytes = if is_png {
        png(&chart, arguments.width).map_err(|error| Failure::Failed { message: error.to_string(), hint: None })?
    } else {
        svg(&chart, arguments.width, true).text.into_bytes()
    };
    write_output(&arguments.out, &bytes).map_err(|error| output::unwritable(&arguments.out, &error))
}

fn chart(arguments: &Arguments, console: &Console, stored: &StoredRun) -> Result<Chart, Failure> {
    let (document, kind, of) = (&stored.document, arguments.kind.into(), arguments.of.as_deref());
    let drawn = if pictures::Kind::is_over_time(kind) {
        let shown = Shown::new(console);
        let builder = stored.profile().engine(arguments.engine.wish()?).observe(&shown);
        let profile = arguments.trajectories.iter().fold(builder, ProfileBuilder::trajectories).observed()?;
        pictures::chart_over_time(document, &profile, kind, of)
    } else {
        pictures::chart(document, &Titles::of(&stored.scenario), kind, of)
    };
    drawn.map_err(|error| Failure::Usage { message: error.message(), hint: error.hint() })
}
