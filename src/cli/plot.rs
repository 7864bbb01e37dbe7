//! `overhang plot`: a figure of a run for a paper, as SVG or PNG.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::console::Console;
use super::engine::EngineArguments;
use super::failure::Failure;
use super::output;
use super::progress::Shown;
use crate::registry::{Figure, Registered as _};
use crate::report::chart::{Chart, png, svg};
use crate::report::pictures;
use crate::result::ResultDocument;
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
    let document = &stored.document;
    let titles = &Titles::of(&stored.scenario);
    let of = arguments.of.as_deref();
    let owned = of.unwrap_or("system.commitment_cost");
    let of_figure = |draw: Draw, draw_vendor: Draw| {
        let chart = match owned.strip_prefix(VENDORS).and_then(|owned| owned.rsplit_once('.')) {
            Some((vendor, name)) => Figure::named(name).and_then(|figure| draw_vendor(document, vendor, figure)),
            None => {
                let (owner, name) = owned.split_once('.').unwrap_or((owned, ""));
                Figure::named(name).and_then(|figure| draw(document, owner, figure))
            }
        };
        chart.ok_or_else(|| unknown(owned, &figures(document)))
    };
    match arguments.kind {
        Kind::Distribution => of_figure(pictures::distribution, pictures::vendor_distribution),
        Kind::Exceedance => of_figure(pictures::exceedance, pictures::vendor_exceedance),
        Kind::Bubble => pictures::bubbles(document, titles).ok_or_else(|| nothing("the scenario has no bubble")),
        Kind::Events => {
            let names: Vec<String> = document.events.keys().cloned().collect();
            let name = of.or(names.first().map(String::as_str)).ok_or_else(|| nothing("the scenario has no events"))?;
            pictures::events(document, name, titles).ok_or_else(|| unknown(name, &names))
        }
        Kind::Waterfall => pictures::waterfall(document, titles).ok_or_else(|| nothing("the run has no costs")),
        Kind::Losses => {
            pictures::losses(document, titles).ok_or_else(|| nothing("no vendor of the run loses anything"))
        }
        Kind::Fan | Kind::Bursting => over_time(arguments, console, stored),
    }
}

/// What stands before a vendor's name, as in the document.
const VENDORS: &str = "vendors.";

/// Draws a figure of somebody.
type Draw = fn(&ResultDocument, &str, Figure) -> Option<Chart>;

/// The figures of a run as `--of` names them.
fn figures(document: &ResultDocument) -> Vec<String> {
    let all = document.figures.iter();
    let owned = all.flat_map(|(owner, all)| all.keys().map(move |figure| format!("{owner}.{}", figure.name())));
    let vendors = document.vendors.iter();
    let of_vendors = vendors
        .flat_map(|(vendor, all)| all.whole().map(move |(figure, _)| format!("{VENDORS}{vendor}.{}", figure.name())));
    owned.chain(of_vendors).collect()
}

/// A chart of the second pass.
fn over_time(arguments: &Arguments, console: &Console, stored: &StoredRun) -> Result<Chart, Failure> {
    let shown = Shown::new(console);
    let builder = stored.profile().engine(arguments.engine.wish()?).observe(&shown);
    let profile = arguments.trajectories.iter().fold(builder, ProfileBuilder::trajectories).observed()?;
    let names: Vec<String> = profile.quantities.keys().cloned().collect();
    let name =
        arguments.of.as_ref().or(names.first()).ok_or_else(|| nothing("nothing in the scenario changes over time"))?;
    let quantity = profile.quantities.get(name).ok_or_else(|| unknown(name, &names))?;
    match arguments.kind {
        Kind::Fan => Ok(pictures::fan(&stored.document, &profile, quantity)),
        _ => pictures::bursting(&stored.document, &profile, quantity)
            .ok_or_else(|| nothing("the bubble bursts on all paths or on none")),
    }
}

fn unknown(name: &str, known: &[String]) -> Failure {
    let nearest = known.iter().max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
    Failure::Usage {
        message: format!("--of: there is no `{name}` in this run"),
        hint: nearest.map(|nearest| format!("did you mean `{nearest}`? There are {} in all", known.len())),
    }
}

fn nothing(why: &str) -> Failure {
    Failure::Usage { message: format!("there is nothing to draw: {why}"), hint: Some("choose another --kind".into()) }
}
