//! `overhang bench`: what engines cost on a scenario, once they are known to agree.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use super::arguments::{Format, FormatArguments, ReportArguments, parse_paths};
use super::console::Console;
use super::failure::Failure;
use super::{output, progress};
use crate::engine::cpu::CpuEngine;
use crate::engine::gpu::{GpuEngine, ManyEngine, Selection, adapter};
use crate::engine::parity::differences;
use crate::engine::{Draws, Engine, EngineError, Instructions, PathValues, Precision, Sampling, Stages, prepare};
use crate::measure::{Sample, expected_shortfall, moments, normal_width};
use crate::plan::Plan;
use crate::plan::figure::Owner;
use crate::registry::{Figure, Side};
use crate::report;
use crate::result::{self, BenchDocument, Contender, Document, Machine, Spread, program, read_document};
use crate::tally::Tally;
use crate::text::harmless::harmless_lines;

const EXAMPLES: &str = "\
Examples:
  overhang bench scenarios/aws-38b.toml
  overhang bench scenarios/aws-38b.toml --paths 1e5,1e6 --adapter llvmpipe
  overhang bench deal.toml --format json > before.json
  overhang bench deal.toml --compare before.json";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Scenario file: TOML, JSON if its name ends with .json, or - for standard input
    scenario: PathBuf,
    /// Numbers of paths to time
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1000000", value_parser = parse_paths)]
    paths: Vec<u64>,
    /// Timed runs of each engine after a first, cold one; the engines take turns
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    rounds: u16,
    /// Seed of the random numbers
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// GPUs to time: number, PCI address, vendor:device or part of the name, or `all` together [default: each hardware GPU alone]
    #[arg(long, value_name = "NAME,…")]
    adapter: Option<Selection>,
    /// Also show the times of an earlier JSON document
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    compare: Option<PathBuf>,
    #[command(flatten)]
    report: ReportArguments,
    #[command(flatten)]
    format: FormatArguments,
}

/// Paths on which engines are compared before they are timed.
const COMPARED: u64 = 8192;

/// Makes an engine anew.
type Make = Box<dyn Fn() -> Result<Box<dyn Engine>, EngineError>>;

/// Runs the command.
pub fn bench(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let earlier = arguments.compare.as_deref().map(earlier).transpose()?;
    let inputs = std::iter::once(&arguments.scenario).chain(&arguments.compare).map(PathBuf::as_path);
    super::report::check(arguments.report.report.as_deref(), &inputs.collect::<Vec<_>>())?;
    let loaded = console.load(&arguments.scenario)?;
    let plan = prepare(&loaded.scenario);
    let draws = Draws { seed: arguments.seed, replicate: 0 };
    let engines = engines(arguments)?;
    let different = agreement(&engines, &plan, draws)?;
    let mut contenders = Vec::new();
    for &paths in &arguments.paths {
        console.remark(&format!("timing {} engines with {paths} paths", engines.len()));
        contenders.extend(contest(arguments, console, &engines, &different, &plan, draws, paths)?);
    }
    let document = BenchDocument {
        schema_version: result::SCHEMA_VERSION,
        scenario: loaded.scenario.name.clone(),
        scenario_hash: loaded.scenario.hash.clone(),
        periods: plan.sizes.periods,
        program_version: program::VERSION.to_owned(),
        program_commit: program::commit(),
        program_date: program::commit_date(),
        machine: Machine {
            system: std::env::consts::OS.to_owned(),
            architecture: std::env::consts::ARCH.to_owned(),
            threads: std::thread::available_parallelism().map_or(1, |threads| threads.get() as u32),
        },
        seed: arguments.seed,
        rounds: usize::from(arguments.rounds),
        compared_paths: COMPARED,
        contenders,
    };
    output::data(&match arguments.format.format {
        Format::Table => harmless_lines(&report::bench_table(&document, earlier.as_ref(), output::width())),
        Format::Json => format!("{:#}\n", serde_json::json!(document)),
    })?;
    let section = || report::page::bench_section(&document);
    arguments.report.report.as_ref().map_or(Ok(()), |file| super::report::write(file, &[section()], console))
}

fn earlier(file: &Path) -> Result<BenchDocument, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Usage {
        message: format!("cannot compare with `{}`: {error}", file.display()),
        hint: Some("give the output of an earlier `overhang bench --format json`".into()),
    };
    let Document::Bench(document) = read_document(file).map_err(|error| failed(&error))? else {
        return Err(failed(&"it is not a document of `overhang bench`"));
    };
    let sound = document.contenders.iter().all(|contender| !contender.seconds.is_empty());
    if sound { Ok(*document) } else { Err(failed(&"an engine in it has no rounds")) }
}

/// The engines: the CPU engine by instruction set and threads, the best with all threads first, and the adapters.
fn engines(arguments: &Arguments) -> Result<Vec<(String, Make)>, Failure> {
    let mut engines: Vec<(String, Make)> = Vec::new();
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    let mut sets = Instructions::available();
    if sets.len() > 1 {
        // without fused multiply-add it is ten times slower, and nobody has to run it
        sets.pop();
    }
    for instructions in sets {
        for (threads, sampling) in [(all, Sampling::Device), (1, Sampling::Device), (all, Sampling::Host)] {
            if (threads == 1 && all == 1) || (sampling == Sampling::Host && instructions != Instructions::best()) {
                continue;
            }
            let place = if sampling == Sampling::Host { ", host" } else { "" };
            let name = format!("{instructions} × {threads}{place}");
            let make = move || {
                let engine = CpuEngine::new(Some(threads), instructions, Precision::Single, sampling)?;
                Ok(Box::new(engine) as Box<dyn Engine>)
            };
            engines.push((name, Box::new(make)));
        }
    }
    let adapters = match &arguments.adapter {
        Some(wish) => adapter::pick(Some(wish))?,
        None => adapter::visible()?.into_iter().filter(|found| found.report.hardware).collect(),
    };
    if arguments.adapter == Some(Selection::All) {
        let adapters = std::rc::Rc::new(adapters);
        for (sampling, place) in [(Sampling::Device, "device"), (Sampling::Host, "host")] {
            let adapters = std::rc::Rc::clone(&adapters);
            let make = move || Ok(Box::new(ManyEngine::new(&adapters, sampling, None)?) as Box<dyn Engine>);
            engines.push((format!("all GPUs, {place}"), Box::new(make)));
        }
        return Ok(engines);
    }
    for (index, found) in adapters.into_iter().enumerate() {
        let found = std::rc::Rc::new(found);
        for (sampling, place) in [(Sampling::Device, "device"), (Sampling::Host, "host")] {
            let found = std::rc::Rc::clone(&found);
            let name = format!("GPU {index}, {place}");
            let make = move || Ok(Box::new(GpuEngine::new(&found, sampling, None)?) as Box<dyn Engine>);
            engines.push((name, Box::new(make)));
        }
    }
    Ok(engines)
}

/// The share of paths in which each engine differs from the first; engines that do not agree have no speed.
fn agreement(engines: &[(String, Make)], plan: &Plan, draws: Draws) -> Result<Vec<f64>, Failure> {
    let mut first: Option<PathValues> = None;
    let mut shares = Vec::new();
    for (name, make) in engines {
        let values = make()?.values(plan, draws, 0..COMPARED)?;
        let reference = first.get_or_insert_with(|| values.clone());
        let found = differences(plan, reference, &values);
        if !found.agree() {
            let (paths, times) = (100.0 * found.paths, 100.0 * found.times);
            return Err(Failure::Failed {
                message: format!(
                    "{name} does not agree with {}: {paths:.2}% of paths and {times:.2}% of times differ",
                    engines[0].0
                ),
                hint: Some("timings of wrong results mean nothing; please report this with the scenario".into()),
            });
        }
        shares.push(found.paths);
    }
    Ok(shares)
}

/// Times all engines with so many paths: a cold run each, then warm ones in turn.
fn contest(
    arguments: &Arguments,
    console: &Console,
    engines: &[(String, Make)],
    different: &[f64],
    plan: &Plan,
    draws: Draws,
    paths: u64,
) -> Result<Vec<Contender>, Failure> {
    let bar = progress::of("all engines", paths * engines.len() as u64 * (1 + u64::from(arguments.rounds)), console);
    let advance = |paths: u64| {
        bar.inc(paths);
        !console.is_stopped()
    };
    let run = |engine: &dyn Engine| -> Result<Tally, Failure> {
        let tally = engine.tally(plan, draws, 0..paths, &advance)?;
        console.go_on()?;
        Ok(tally)
    };
    let (mut open, mut contenders) = (Vec::new(), Vec::new());
    for ((name, make), &different) in engines.iter().zip(different) {
        let started = Instant::now();
        let engine = make()?;
        let tally = run(engine.as_ref())?;
        let cold_seconds = started.elapsed().as_secs_f64();
        contenders.push((
            Contender {
                name: name.clone(),
                engine: engine.description(),
                paths,
                different,
                cold_seconds,
                seconds: Vec::new(),
                stages: Stages::default(),
                seconds_to_mean: None,
                seconds_to_shortfall: None,
            },
            needed(plan, &tally),
        ));
        open.push(engine);
    }
    let mut stages = vec![Vec::new(); open.len()];
    for _ in 0..arguments.rounds {
        for ((engine, (contender, _)), stages) in open.iter().zip(&mut contenders).zip(&mut stages) {
            let started = Instant::now();
            run(engine.as_ref())?;
            contender.seconds.push(started.elapsed().as_secs_f64());
            stages.push(engine.stages());
        }
    }
    bar.finish_and_clear();
    let finished = contenders.into_iter().zip(stages).map(|((mut contender, [mean, shortfall]), stages)| {
        contender.stages = medians(&stages);
        let seconds = contender.warm().median;
        contender.seconds_to_mean = mean.map(|share| share * seconds);
        contender.seconds_to_shortfall = shortfall.map(|share| share * seconds);
        contender
    });
    Ok(finished.collect())
}

/// The median of each stage.
fn medians(rounds: &[Stages]) -> Stages {
    let median = |stage: fn(&Stages) -> f64| Spread::of(rounds.iter().map(stage)).median;
    Stages {
        sampling: median(|of| of.sampling),
        upload: median(|of| of.upload),
        copy: median(|of| of.copy),
        kernel: median(|of| of.kernel),
        reduction: median(|of| of.reduction),
        read_back: median(|of| of.read_back),
    }
}

/// How many such runs give the total commitment cost's mean, and its shortfall at 99%, standard errors of 0.1%: errors
/// fall with the root of the paths.
fn needed(plan: &Plan, tally: &Tally) -> [Option<f64>; 2] {
    // a single organization is the system
    let cost = |owner| plan.figures.iter().position(|s| s.owner == owner && s.figure == Figure::CommitmentCost);
    let Some(place) = cost(Owner::System).or_else(|| cost(Owner::Organization(0))) else { return [None; 2] };
    let sample = Sample::new(tally, place, plan.figures[place].frame);
    let runs =
        |value: Option<f64>, se: Option<f64>| Some((se? / (0.001 * value?.abs())).powi(2)).filter(|x| x.is_finite());
    let moments = moments(&sample);
    let shortfall = sample.order().map(|order| expected_shortfall(&order, Side::High, 0.99));
    let half = shortfall.and_then(|of| Some((of.high? - of.value?) / normal_width()));
    [runs(moments.mean, moments.se), runs(shortfall.and_then(|of| of.value), half)]
}
