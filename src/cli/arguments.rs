//! Options that several commands have.

use std::borrow::Cow;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use crate::plan::points::Construction;
use crate::result::{EstimateRequest, Target};
use crate::run::{
    Builder, MOST_DRAWS, MOST_PATHS, MOST_REPLICATES, PointSet, PointsRequest, USUAL_SEED, refuse_idle_draws,
    time_limit,
};
use crate::scenario::{Loaded, Scenario};

/// The form in which a command prints its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables and charts as text
    Table,
    /// The whole document
    Json,
}

/// The option for the form of what is printed.
#[derive(Debug, Args)]
pub struct FormatArguments {
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub format: Format,
}

/// The options for a page beside what is printed.
#[derive(Debug, Args)]
#[group(id = REPORTS, multiple = true)]
pub struct ReportArguments {
    /// Also write a report as an HTML page
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub report: Option<PathBuf>,
    /// Also write the tables of the report as an XLSX workbook
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub xlsx: Option<PathBuf>,
}

/// The name of [`ReportArguments`] in what other options require or exclude.
pub const REPORTS: &str = "reports";

impl ReportArguments {
    /// Whether a report is asked for in any form.
    pub fn is_asked(&self) -> bool {
        self.report.is_some() || self.xlsx.is_some()
    }
}

/// The scenario of a command that has one.
#[derive(Debug, Args)]
pub struct ScenarioArguments {
    /// Scenario file: TOML, JSON if its name ends with .json, or - for standard input
    pub scenario: PathBuf,
}

/// The options for the estimates of a whole result.
#[derive(Debug, Args)]
pub struct EstimateArguments {
    /// Levels of value at risk and expected shortfall
    #[arg(long, value_name = "P,…", value_delimiter = ',', default_value = "0.95,0.99", value_parser = parse_share, help_heading = "Output")]
    pub levels: Vec<f64>,
    /// Quantiles to report
    #[arg(long, value_name = "P,…", value_delimiter = ',', default_value = "0.01,0.05,0.25,0.5,0.75,0.95,0.99", value_parser = parse_share, help_heading = "Output")]
    pub quantiles: Vec<f64>,
}

impl EstimateArguments {
    /// The levels and quantiles, each once.
    pub fn asked(&self) -> EstimateRequest {
        EstimateRequest::new(&self.levels, &self.quantiles)
    }
}

/// The option for the seed.
#[derive(Debug, Args)]
pub struct SeedArguments {
    /// Seed of the random numbers
    #[arg(long, value_name = "N", default_value_t = USUAL_SEED)]
    pub seed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PointsChoice {
    /// Random: every path is independent of all others
    Independent,
    /// Quasi-random: scrambled Sobol points, spread more evenly
    Sobol,
}

/// The options for the points that paths are drawn from.
#[derive(Debug, Clone, Args)]
pub struct PointsArguments {
    /// Points that the paths are drawn from
    #[arg(long, value_enum, default_value_t = PointsChoice::Independent)]
    pub points: PointsChoice,
    #[command(flatten)]
    pub scrambles: ScrambleArguments,
}

/// The options for quasi-random points.
#[derive(Debug, Clone, Copy, Args)]
pub struct ScrambleArguments {
    /// Independent scrambles of quasi-random points and of parameter sets, whose differences give the standard errors [default: 16, or 32 with --target]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=i64::from(MOST_REPLICATES)))]
    pub replicates: Option<u32>,
    /// Order in which the dimensions of quasi-random points are spent on a factor's periods [default: bridge]
    #[arg(long, value_enum)]
    pub construction: Option<ConstructionChoice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConstructionChoice {
    /// Period by period
    Time,
    /// The sum over the horizon first, then ever finer parts of it
    Bridge,
}

impl PointsArguments {
    /// What is asked for. Replicates are those of parameter sets where `has_sets`.
    pub fn request(&self, has_sets: bool) -> Result<PointsRequest, Failure> {
        self.scrambles.request(self.points, PointsRequest::default(), has_sets)
    }
}

impl ScrambleArguments {
    /// The request for these points; what no option sets is taken from `usual`. Replicates are those of parameter sets where
    /// `has_sets`.
    pub fn request(
        &self,
        points: PointsChoice,
        usual: PointsRequest,
        has_sets: bool,
    ) -> Result<PointsRequest, Failure> {
        let set = match points {
            PointsChoice::Independent => PointSet::Independent,
            PointsChoice::Sobol => PointSet::Sobol,
        };
        let construction = self.construction.map(|construction| match construction {
            ConstructionChoice::Time => Construction::Time,
            ConstructionChoice::Bridge => Construction::Bridge,
        });
        Ok(PointsRequest::asked(set, self.replicates, construction, usual, has_sets)?)
    }
}

/// The options for uncertain inputs.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Uncertain inputs")]
pub struct UncertaintyArguments {
    /// Parameter sets to draw, which share the paths; rounded up to a power of two for each replicate [default: 256]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_DRAWS)))]
    pub draws: Option<u32>,
    /// Hold all uncertain inputs at their medians
    #[arg(long, conflicts_with = "draws")]
    pub at_centre: bool,
}

impl UncertaintyArguments {
    /// Refuses a number of parameter sets where nothing is uncertain.
    pub fn refuse_idle(&self, is_uncertain: bool) -> Result<(), Failure> {
        Ok(refuse_idle_draws(self.draws, is_uncertain)?)
    }

    /// The scenario, with its uncertain inputs at their medians if that is asked for.
    pub fn scenario<'a>(&self, scenario: &'a Scenario) -> Result<Cow<'a, Scenario>, Failure> {
        self.refuse_idle(scenario.uncertainty.is_some())?;
        if !self.at_centre || scenario.uncertainty.is_none() {
            return Ok(Cow::Borrowed(scenario));
        }
        scenario.at_centre().map(Cow::Owned).map_err(|failure| Failure::Scenario(failure.to_string()))
    }

    /// The file, with its uncertain inputs at their medians if that is asked for.
    pub fn loaded(&self, loaded: Loaded) -> Result<Loaded, Failure> {
        self.refuse_idle(loaded.is_uncertain())?;
        if self.at_centre { at_centre(loaded) } else { Ok(loaded) }
    }
}

/// The file with its uncertain inputs at their medians.
pub fn at_centre(loaded: Loaded) -> Result<Loaded, Failure> {
    if !loaded.is_uncertain() {
        return Ok(loaded);
    }
    loaded.at_centre().map_err(|failure| Failure::Scenario(failure.to_string()))
}

/// The option for uncertain inputs of a command that does not draw them.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Uncertain inputs")]
pub struct CentreArguments {
    /// Hold all uncertain inputs at their medians; required if there are any
    #[arg(long)]
    pub at_centre: bool,
}

impl CentreArguments {
    /// The file with its uncertain inputs at their medians. `command` is what does not draw them.
    pub fn hold(&self, loaded: Loaded, command: &str) -> Result<Loaded, Failure> {
        if loaded.is_uncertain() && !self.at_centre {
            return Err(Failure::Usage {
                message: format!("the scenario has uncertain inputs, which `overhang {command}` does not draw"),
                hint: Some("add --at-centre to hold them at their medians".into()),
            });
        }
        at_centre(loaded)
    }
}

/// The option for paths that go wrong.
#[derive(Debug, Args)]
pub struct InvalidArguments {
    /// Exclude paths with a figure that is not a number instead of failing
    #[arg(long, help_heading = "Output")]
    pub allow_invalid: bool,
}

/// The options for targets of precision instead of a number of paths.
#[derive(Debug, Args)]
#[command(next_help_heading = "Precision")]
pub struct TargetArguments {
    /// Run until the confidence interval of an estimate is this narrow, such as "bubble.system.probability ± 0.001" or "figures.system.commitment_cost.mean +- 0.01%"; can be repeated
    #[arg(long, value_name = "TARGET", value_parser = Target::from_str)]
    pub target: Vec<Target>,
    /// With --target, stop at this number of paths
    #[arg(long, value_name = "N", value_parser = parse_paths)]
    pub max_paths: Option<u64>,
    /// With --target, stop after this time
    #[arg(long, value_name = "SECONDS", value_parser = parse_time)]
    pub max_seconds: Option<Duration>,
}

impl TargetArguments {
    /// A use case with these targets and limits.
    pub fn apply<'a, K>(&self, builder: Builder<'a, K>) -> Builder<'a, K> {
        let builder = self.target.iter().cloned().fold(builder, Builder::target);
        let builder = self.max_paths.into_iter().fold(builder, Builder::max_paths);
        self.max_seconds.into_iter().fold(builder, Builder::max_seconds)
    }
}

/// A time in seconds.
fn parse_time(text: &str) -> Result<Duration, String> {
    let time = text.trim().parse::<f64>().ok().and_then(time_limit);
    time.ok_or_else(|| "must be a number of seconds from 0.001 to 1e9".into())
}

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
