//! What engines cost on a scenario, once they are known to agree.

use std::rc::Rc;
use std::time::Instant;

use super::error::RunError;
use super::observer::{Observer, Stage, Watch};
use crate::engine::cpu::CpuEngine;
use crate::engine::gpu::adapter::{self, Found};
use crate::engine::gpu::{GpuEngine, ManyEngine, Selection};
use crate::engine::parity::differences;
use crate::engine::{Draws, Engine, EngineError, Instructions, PathValues, Precision, Sampling, Stages, prepare};
use crate::measure::{Sample, expected_shortfall, moments, normal_width};
use crate::plan::Plan;
use crate::plan::figure::Owner;
use crate::registry::{Figure, Side};
use crate::result::{BenchDocument, Contender, Machine, SCHEMA_VERSION, Spread, program};
use crate::scenario::Scenario;
use crate::tally::Tally;

/// Paths on which engines are compared before they are timed.
pub const COMPARED: u64 = 8192;

/// A timing of the engines of this machine on a scenario, as `overhang bench` makes it.
pub struct Bench<'a> {
    pub scenario: &'a Scenario,
    /// Numbers of paths that are timed, each at least one.
    pub paths: &'a [u64],
    /// Timed runs of each engine after a first, cold one; at least one. The engines take turns.
    pub rounds: u16,
    /// The seed of all draws.
    pub seed: u64,
    /// GPUs that are timed; `None`: each hardware GPU alone.
    pub adapter: Option<Selection>,
    /// Who is told of stages, and may end the work.
    pub observer: &'a dyn Observer,
}

/// An engine by its name, and how it is made anew.
struct Entrant {
    name: String,
    make: Box<dyn Fn() -> Result<Box<dyn Engine>, EngineError>>,
}

impl Bench<'_> {
    /// Compares the engines path by path, then times them.
    ///
    /// # Errors
    /// If there is no such GPU, an engine fails, or the engines do not agree; [`RunError::Stopped`] if the observer asked for it.
    pub fn run(&self) -> Result<BenchDocument, RunError> {
        let plan = prepare(self.scenario);
        let entrants = entrants(self.adapter.as_ref())?;
        let different = agreement(&entrants, &plan, self.draws())?;
        let mut contenders = Vec::new();
        for &paths in self.paths {
            contenders.extend(self.contest(&entrants, &different, &plan, paths)?);
        }
        Ok(BenchDocument {
            schema_version: SCHEMA_VERSION,
            scenario: self.scenario.name.clone(),
            scenario_hash: self.scenario.hash.clone(),
            periods: plan.sizes.periods,
            program_version: program::VERSION.to_owned(),
            program_commit: program::commit(),
            program_date: program::commit_date(),
            machine: Machine {
                system: std::env::consts::OS.to_owned(),
                architecture: std::env::consts::ARCH.to_owned(),
                threads: std::thread::available_parallelism().map_or(1, |threads| threads.get() as u32),
            },
            seed: self.seed,
            rounds: usize::from(self.rounds),
            compared_paths: COMPARED,
            contenders,
        })
    }

    fn draws(&self) -> Draws {
        Draws { seed: self.seed, replicate: 0 }
    }

    /// Times all engines with so many paths: a cold run each, then warm ones in turn.
    fn contest(
        &self,
        entrants: &[Entrant],
        different: &[f64],
        plan: &Plan,
        paths: u64,
    ) -> Result<Vec<Contender>, RunError> {
        let all = paths.saturating_mul(entrants.len() as u64 * (1 + u64::from(self.rounds)));
        let watch = Watch::begin(self.observer, Stage::Timing { engines: entrants.len(), paths, all });
        let run = |engine: &dyn Engine| -> Result<Tally, RunError> {
            let tally = engine.tally(plan, self.draws(), 0..paths, &|paths| watch.advance(paths))?;
            watch.go_on()?;
            Ok(tally)
        };
        let (mut open, mut contenders) = (Vec::new(), Vec::new());
        for (entrant, &different) in entrants.iter().zip(different) {
            let started = Instant::now();
            let engine = (entrant.make)()?;
            let tally = run(engine.as_ref())?;
            let cold_seconds = started.elapsed().as_secs_f64();
            contenders.push((contender(entrant, &*engine, paths, different, cold_seconds), needed(plan, &tally)));
            open.push(engine);
        }
        let mut stages = vec![Vec::new(); open.len()];
        for _ in 0..self.rounds {
            for ((engine, (contender, _)), stages) in open.iter().zip(&mut contenders).zip(&mut stages) {
                let started = Instant::now();
                run(engine.as_ref())?;
                contender.seconds.push(started.elapsed().as_secs_f64());
                stages.push(engine.stages());
            }
        }
        let finished = contenders.into_iter().zip(stages).map(|((mut contender, [mean, shortfall]), stages)| {
            contender.stages = medians(&stages);
            let seconds = contender.warm().median;
            contender.seconds_to_mean = mean.map(|share| share * seconds);
            contender.seconds_to_shortfall = shortfall.map(|share| share * seconds);
            contender
        });
        Ok(finished.collect())
    }
}

fn contender(entrant: &Entrant, engine: &dyn Engine, paths: u64, different: f64, cold_seconds: f64) -> Contender {
    Contender {
        name: entrant.name.clone(),
        engine: engine.description(),
        paths,
        different,
        cold_seconds,
        seconds: Vec::new(),
        stages: Stages::default(),
        seconds_to_mean: None,
        seconds_to_shortfall: None,
    }
}

/// The engines: the CPU engine by instruction set and threads, the best with all threads first, and the adapters.
fn entrants(wish: Option<&Selection>) -> Result<Vec<Entrant>, EngineError> {
    let adapters = match wish {
        Some(wish) => adapter::pick(Some(wish))?,
        None => adapter::visible()?.into_iter().filter(|found| found.report.hardware).collect(),
    };
    let gpus = if wish == Some(&Selection::All) { together(adapters) } else { each(adapters) };
    Ok(processors().into_iter().chain(gpus).collect())
}

fn processors() -> Vec<Entrant> {
    let mut entrants = Vec::new();
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
            entrants.push(Entrant { name, make: Box::new(make) });
        }
    }
    entrants
}

/// Where trajectories are drawn, and its name.
const PLACES: [(Sampling, &str); 2] = [(Sampling::Device, "device"), (Sampling::Host, "host")];

/// All adapters on one run.
fn together(adapters: Vec<Found>) -> Vec<Entrant> {
    let adapters = Rc::new(adapters);
    let entrant = |(sampling, place): (Sampling, &str)| {
        let adapters = Rc::clone(&adapters);
        let make = move || Ok(Box::new(ManyEngine::new(&adapters, sampling, None)?) as Box<dyn Engine>);
        Entrant { name: format!("all GPUs, {place}"), make: Box::new(make) }
    };
    PLACES.into_iter().map(entrant).collect()
}

/// Each adapter alone.
fn each(adapters: Vec<Found>) -> Vec<Entrant> {
    let entrants = adapters.into_iter().enumerate().flat_map(|(index, found)| {
        let found = Rc::new(found);
        PLACES.map(|(sampling, place)| {
            let found = Rc::clone(&found);
            let make = move || Ok(Box::new(GpuEngine::new(&found, sampling, None)?) as Box<dyn Engine>);
            Entrant { name: format!("GPU {index}, {place}"), make: Box::new(make) }
        })
    });
    entrants.collect()
}

/// The share of paths in which each engine differs from the first; engines that do not agree have no speed.
fn agreement(entrants: &[Entrant], plan: &Plan, draws: Draws) -> Result<Vec<f64>, RunError> {
    let mut first: Option<PathValues> = None;
    let mut shares = Vec::new();
    for Entrant { name, make } in entrants {
        let values = make()?.values(plan, draws, 0..COMPARED)?;
        let reference = first.get_or_insert_with(|| values.clone());
        let found = differences(plan, reference, &values);
        if !found.agree() {
            let (paths, times) = (100.0 * found.paths, 100.0 * found.times);
            return Err(RunError::Failed {
                message: format!(
                    "{name} does not agree with {}: {paths:.2}% of paths and {times:.2}% of times differ",
                    entrants[0].name
                ),
                hint: "timings of wrong results mean nothing; please report this with the scenario".into(),
            });
        }
        shares.push(found.paths);
    }
    Ok(shares)
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
