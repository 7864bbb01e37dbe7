//! `overhang compare`: scenarios and their variants beside each other under common random numbers.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use indexmap::IndexMap;

use super::arguments::{
    Format, FormatArguments, LevelArguments, ReportArguments, RunLength, parse_share, refuse_invalid, unknown_variant,
};
use super::condition::{Condition, judge, refuse_unknown};
use super::console::Console;
use super::engine::EngineArguments;
use super::failure::Failure;
use super::{output, progress};
use crate::engine::{BLOCK, prepare};
use crate::report;
use crate::result::{self, CompareDocument, ComparedScenario, EstimateRequest, RunInfo};
use crate::run::compare::{self, Case, Comparison, ranges};
use crate::run::single::info;
use crate::scenario::{Loaded, Scenario, Template};
use crate::text::harmless::harmless_lines;

const EXAMPLES: &str = "\
Examples:
  overhang compare deal.toml
  overhang compare deal.toml --variants lean,late --paths 4e6
  overhang compare scenarios/openai.toml scenarios/openai-balanced.toml
  overhang compare deal.toml --fail-if \"differences.lean.bubble.system.probability.low > 0\"

Variants are part of the scenario file:
  [[variant]]
  name = \"lean\"
  set = { \"contract.aws.take_or_pay\" = 0.5 }
  remove = [\"contract.oracle\"]";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Scenario files, - for standard input; the first one is the base of all differences
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Variants to compare, in this order [default: all variants, if there is one file]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    variants: Vec<String>,
    #[command(flatten)]
    length: RunLength,
    /// Batches of paths that the standard errors of differences come from
    #[arg(long, alias = "replicates", value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u64).range(2..=10_000))]
    batches: u64,
    #[command(flatten)]
    engine: EngineArguments,
    #[command(flatten)]
    levels: LevelArguments,
    /// Quantiles to report
    #[arg(long, value_name = "P,…", value_delimiter = ',', default_value = "0.05,0.5,0.95", value_parser = parse_share, help_heading = "Output")]
    quantiles: Vec<f64>,
    #[command(flatten)]
    format: FormatArguments,
    #[command(flatten)]
    report: ReportArguments,
    /// Exclude paths with a figure that is not a number instead of failing
    #[arg(long, help_heading = "Output")]
    allow_invalid: bool,
    /// Exit with code 3 if the condition on a number of the comparison holds; can be repeated
    #[arg(long, value_name = "CONDITION", value_parser = Condition::parse, help_heading = "Output")]
    fail_if: Vec<Condition>,
}

/// A scenario of the comparison, before it is computed.
struct Chosen<'l> {
    name: String,
    file: String,
    label: Option<String>,
    changes: IndexMap<String, Option<String>>,
    scenario: Scenario,
    template: &'l Template,
}

/// Runs the command.
pub fn compare(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let started = Instant::now();
    let loaded: Vec<Loaded> = arguments.files.iter().map(|file| console.load(file)).collect::<Result<_, _>>()?;
    let chosen = choose(arguments, &loaded)?;
    let inputs: Vec<&Path> = arguments.files.iter().map(PathBuf::as_path).collect();
    super::report::check(arguments.report.report.as_deref(), &inputs)?;
    refuse_units(&chosen)?;
    let plans = chosen.iter().map(|chosen| (chosen.name.clone(), chosen.scenario.clone()));
    let cases: Vec<Case> = plans.map(|(name, scenario)| Case { plan: prepare(&scenario), name, scenario }).collect();
    warn(console, &cases);
    let engine = arguments.engine.choose(None)?;
    if let Some(reason) = &engine.reason {
        console.remark(reason);
    }
    let sampling = arguments.length.sampling(&engine, &arguments.engine);
    let asked = EstimateRequest::new(&arguments.levels.levels, &arguments.quantiles);
    if !arguments.fail_if.is_empty() {
        let nothing = compare::nothing(&cases, &sampling, &asked);
        refuse_unknown(&arguments.fail_if, &document(&chosen, &cases, &nothing, &sampling, &asked, &[]))?;
    }
    let batches = ranges(sampling.paths, arguments.batches).len() as u64;
    if batches < arguments.batches {
        console.remark(&format!(
            "warning: {} paths fill only {batches} of {} batches, so the standard errors of differences are unreliable\nhint: use at least {} paths",
            sampling.paths,
            arguments.batches,
            arguments.batches * BLOCK as u64
        ));
    }
    let bar = progress::of_paths(sampling.paths * cases.len() as u64, console);
    let advance = |paths: u64| {
        bar.inc(paths);
        !console.is_stopped()
    };
    let found = compare::run(&*engine.engine, &cases, &sampling, arguments.batches, &asked, &advance);
    bar.finish_and_clear();
    console.go_on()?;
    engine.engine.incidents().iter().for_each(|incident| console.remark(&format!("warning: {incident}")));
    let Some(found) = found? else { return console.go_on() };
    if !arguments.allow_invalid {
        found.tallies.iter().try_for_each(|tally| refuse_invalid(tally, None))?;
    }
    let info = info(&engine, started.elapsed(), None);
    let infos = vec![info; cases.len()];
    let document = document(&chosen, &cases, &found, &sampling, &asked, &infos);
    output::data(&match arguments.format.format {
        Format::Table => harmless_lines(&report::compare_table(&document, output::width())),
        Format::Json => result::json(&document),
    })?;
    if let Some(file) = &arguments.report.report {
        let section = report::page::compare_section(&document, &super::report::compare_command(&document));
        super::report::write(file, &[section], console)?;
    }
    if arguments.fail_if.is_empty() { Ok(()) } else { judge(&arguments.fail_if, &document) }
}

fn document(
    chosen: &[Chosen],
    cases: &[Case],
    found: &Comparison,
    sampling: &result::Sampling,
    asked: &EstimateRequest,
    infos: &[RunInfo],
) -> CompareDocument {
    let base = (&chosen[0].scenario, chosen[0].template);
    let differs = |index: usize, of: &Chosen| match index {
        0 => Vec::new(),
        _ => result::changes(base, (&of.scenario, of.template)),
    };
    let scenario = |(index, (chosen, case)): (usize, (&Chosen, &Case))| {
        let info = infos.get(index).cloned().unwrap_or_default();
        let compared = ComparedScenario {
            file: chosen.file.clone(),
            label: chosen.label.clone(),
            changes: chosen.changes.clone(),
            differs: differs(index, chosen),
            result: compare::document(case, &found.tallies[index], sampling, asked, info),
        };
        (chosen.name.clone(), compared)
    };
    let scenarios = chosen.iter().zip(cases).enumerate().map(scenario).collect();
    result::comparison(scenarios, found.design(), &found.by_batch)
}

/// The base and what is compared with it: the variants asked for, or all of a single file, or the other files.
fn choose<'l>(arguments: &Arguments, loaded: &'l [Loaded]) -> Result<Vec<Chosen<'l>>, Failure> {
    let mut chosen: Vec<Chosen> = Vec::new();
    for file in loaded {
        let stem = std::path::Path::new(&file.source.name).file_stem();
        let stem = stem.map_or(file.source.name.clone(), |stem| stem.to_string_lossy().into_owned());
        chosen.push(Chosen {
            name: stem,
            file: file.source.name.clone(),
            label: None,
            changes: IndexMap::new(),
            scenario: file.scenario.clone(),
            template: &file.template,
        });
    }
    let all = || loaded.iter().flat_map(|file| file.variants.iter().map(move |variant| (file, variant)));
    let wanted: Vec<_> = match (arguments.variants.as_slice(), loaded) {
        ([], [_]) => all().collect(),
        ([], _) => Vec::new(),
        (names, _) => {
            let find = |name: &String| {
                let found: Vec<_> = all().filter(|(_, variant)| variant.name == *name).collect();
                if found.is_empty() { Err(unknown_variant(name, loaded)) } else { Ok(found) }
            };
            names.iter().map(find).collect::<Result<Vec<_>, _>>()?.concat()
        }
    };
    for (file, variant) in wanted {
        chosen.push(Chosen {
            name: variant.name.clone(),
            file: file.source.name.clone(),
            label: variant.label.clone(),
            changes: variant.changes.iter().map(|change| (change.path.clone(), change.value.clone())).collect(),
            scenario: variant.scenario.clone(),
            template: &variant.template,
        });
    }
    if chosen.len() < 2 {
        return Err(Failure::Usage {
            message: format!("`{}` has no [[variant]] to compare it with", arguments.files[0].display()),
            hint: Some(
                "add a variant, such as [[variant]] name = \"lean\", set = { \"contract.NAME.take_or_pay\" = 0.5 }, or name a second file"
                    .into(),
            ),
        });
    }
    distinguish(&mut chosen);
    Ok(chosen)
}

/// Names that stand twice become file and name, or bear numbers where that is no help.
fn distinguish(chosen: &mut [Chosen]) {
    let names: Vec<String> = chosen.iter().map(|chosen| chosen.name.clone()).collect();
    let with_file: Vec<String> = chosen.iter().map(|chosen| format!("{}: {}", chosen.file, chosen.name)).collect();
    let is_twice = |all: &[String], name: &String| all.iter().filter(|other| *other == name).count() > 1;
    for (place, chosen) in chosen.iter_mut().enumerate() {
        if is_twice(&names, &names[place]) {
            let numbered = format!("{} ({})", chosen.name, place + 1);
            chosen.name = if is_twice(&with_file, &with_file[place]) { numbered } else { with_file[place].clone() };
        }
    }
}

/// Differences of dollars and euros mean nothing.
fn refuse_units(chosen: &[Chosen]) -> Result<(), Failure> {
    let units = |chosen: &Chosen| (chosen.scenario.currency.clone(), chosen.scenario.capacity_unit.clone());
    let Some(other) = chosen.iter().find(|other| units(other) != units(&chosen[0])) else { return Ok(()) };
    let (ours, theirs) = (units(&chosen[0]), units(other));
    Err(Failure::Usage {
        message: format!(
            "`{}` uses {} and {}, but `{}` uses {} and {}",
            chosen[0].name, ours.0, ours.1, other.name, theirs.0, theirs.1
        ),
        hint: Some("use the same `currency` and `capacity_unit` in all scenarios".into()),
    })
}

/// What makes differences mean something else than they seem to.
fn warn(console: &Console, cases: &[Case]) {
    let base = &cases[0];
    for other in &cases[1..] {
        for organization in compare::different_plans(base, other) {
            console.remark(&format!(
                "warning: the demand of `{organization}` is \"planned\" and differs between `{}` and `{}`, because their \
                 contracts differ\nhint: give `organization.{organization}.demand` as a number or a curve to compare contracts \
                 alone",
                base.name, other.name
            ));
        }
        let (ours, theirs) = (&base.scenario.horizon, &other.scenario.horizon);
        if (ours.periods, ours.steps_per_year) != (theirs.periods, theirs.steps_per_year) {
            console.remark(&format!(
                "warning: `{}` and `{}` have different horizons or steps, so their paths do not share random numbers \
                 period by period",
                base.name, other.name
            ));
        }
        let names = |case: &Case| case.scenario.factors.iter().map(|factor| factor.name.clone()).collect::<Vec<_>>();
        let (ours, theirs) = (names(base), names(other));
        if ours.iter().zip(&theirs).any(|(a, b)| a != b) {
            console.remark(&format!(
                "warning: the factors of `{}` and `{}` are in a different order, so they do not share random \
                 numbers\nhint: draws follow the position of a factor in its file; use the same order in both files",
                other.name, base.name
            ));
        }
    }
}
