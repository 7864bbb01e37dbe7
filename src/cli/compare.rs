//! `overhang compare`: scenarios and their variants beside each other under common random numbers.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use super::arguments::{
    EstimateArguments, Format, FormatArguments, InvalidArguments, PointsArguments, PointsChoice, ReportArguments,
    ScrambleArguments, SeedArguments, TargetArguments, UncertaintyArguments, parse_paths,
};
use super::condition::{Condition, refuse_unknown};
use super::console::Console;
use super::engine::EngineArguments;
use super::failure::Failure;
use super::progress::Shown;
use super::{complete, output, repeat, targets};
use crate::report;
use crate::result;
use crate::run::{CompareBuilder, PointsRequest, USUAL_BATCHES};
use crate::scenario::Loaded;
use crate::text::harmless::harmless_lines;

const EXAMPLES: &str = "\
Examples:
  overhang compare deal.toml
  overhang compare deal.toml --variants lean,late --paths 4e6
  overhang compare scenarios/openai.toml scenarios/openai-balanced.toml
  overhang compare deal.toml --target \"differences.lean.bubble.system.probability ± 0.001\"
  overhang compare deal.toml --fail-if \"differences.lean.bubble.system.probability.low > 0\"

Variants are part of the scenario file:
  [[variant]]
  name = \"lean\"
  set = { \"contract.aws.take_or_pay\" = 0.5 }
  remove = [\"contract.oracle\"]";

#[derive(Debug, Args)]
// a comparison of many scenarios has fewer quantiles than a run: `USUAL_QUANTILES`
#[command(after_help = EXAMPLES, mut_arg("quantiles", |argument| argument.default_value("0.05,0.5,0.95")))]
pub struct Arguments {
    /// Scenario files, - for standard input; the first one is the base of all differences
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Variants to compare, in this order [default: all variants, if there is one file]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', add = complete::variants())]
    variants: Vec<String>,
    /// Number of paths, such as 1e6 or 1_000_000 [default: 1e6]
    #[arg(long, value_name = "N", value_parser = parse_paths)]
    paths: Option<u64>,
    #[command(flatten)]
    target: TargetArguments,
    #[command(flatten)]
    seed: SeedArguments,
    #[command(flatten)]
    points: PointsArguments,
    #[command(flatten)]
    uncertainty: UncertaintyArguments,
    /// Batches of independent paths that the standard errors of differences come from [default: 64]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=10_000))]
    batches: Option<u64>,
    #[command(flatten)]
    engine: EngineArguments,
    #[command(flatten)]
    estimates: EstimateArguments,
    #[command(flatten)]
    format: FormatArguments,
    #[command(flatten)]
    report: ReportArguments,
    #[command(flatten)]
    invalid: InvalidArguments,
    /// Exit with code 3 if the condition on a number of the comparison holds; can be repeated
    #[arg(long, value_name = "CONDITION", value_parser = Condition::parse, help_heading = "Output")]
    fail_if: Vec<Condition>,
}

/// Runs the command.
pub fn compare(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let started = Instant::now();
    let loaded: Vec<Loaded> = arguments.files.iter().map(|file| console.load(file)).collect::<Result<_, _>>()?;
    let builder = CompareBuilder::of_variants(&loaded, &arguments.variants)?;
    let inputs: Vec<&Path> = arguments.files.iter().map(PathBuf::as_path).collect();
    super::report::check(&arguments.report, &inputs)?;
    let shown = Shown::new(console);
    let uncertain = loaded.iter().any(Loaded::is_uncertain);
    arguments.uncertainty.refuse_idle(uncertain)?;
    let has_sets = uncertain && !arguments.uncertainty.at_centre;
    let (points, batches) = sampling(arguments, has_sets)?;
    let builder = arguments.uncertainty.draws.into_iter().fold(builder, CompareBuilder::parameter_sets);
    let builder = if arguments.uncertainty.at_centre { builder.at_centre() } else { builder };
    let builder = arguments.paths.into_iter().fold(arguments.target.apply(builder), CompareBuilder::paths);
    let prepared = builder
        .seed(arguments.seed.seed)
        .batches(batches)
        .point_set(points)
        .engine(arguments.engine.wish()?)
        .asked(arguments.estimates.asked())
        .allow_invalid(arguments.invalid.allow_invalid)
        .since(started)
        .observe(&shown)
        .prepare()?;
    if !arguments.fail_if.is_empty() {
        refuse_unknown(&arguments.fail_if, &prepared.empty())?;
    }
    let document = prepared.compute()?.document;
    output::data(&match arguments.format.format {
        Format::Table => harmless_lines(&report::compare_table(&document, output::width())),
        Format::Json => result::json(&document),
    })?;
    if arguments.report.is_asked() {
        let profiles = prepared.profiles(&document)?;
        let section = report::page::compare_section(&document, &profiles, &repeat::compare_command(&document));
        super::report::write(&arguments.report, &[section], console)?;
    }
    targets::judge(&arguments.fail_if, &document, document.convergence.as_ref())
}

/// The points of paths, and the batches of independent ones, which were once called replicates.
fn sampling(arguments: &Arguments, has_sets: bool) -> Result<(PointsRequest, u64), Failure> {
    let Arguments { points, batches, .. } = arguments;
    if has_sets {
        return match batches {
            None => Ok((points.request(true)?, USUAL_BATCHES)),
            Some(_) => Err(Failure::Usage {
                message: "--batches is for independent paths, but paths of one parameter set depend on each other".into(),
                hint: Some("leave out --batches; the errors come from the replicates of the sets, whose number --replicates sets".into()),
            }),
        };
    }
    match (points.points, batches, points.scrambles.replicates) {
        (PointsChoice::Independent, None, Some(replicates)) => {
            let scrambles = ScrambleArguments { replicates: None, ..points.scrambles };
            let points = PointsArguments { scrambles, ..points.clone() };
            Ok((points.request(false)?, u64::from(replicates)))
        }
        (PointsChoice::Sobol, Some(_), _) => Err(Failure::Usage {
            message: "--batches is for independent paths, but --points sobol asks for quasi-random ones".into(),
            hint: Some(
                "leave out --batches; the errors come from the scrambles, whose number --replicates sets".into(),
            ),
        }),
        _ => Ok((points.request(false)?, batches.unwrap_or(USUAL_BATCHES))),
    }
}
