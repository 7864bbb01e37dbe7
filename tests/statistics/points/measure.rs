//! How far quasi-random points narrow errors, and how often their intervals cover.

use overhang::engine::cpu::CpuEngine;
use overhang::engine::select::Backend;
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare};
use overhang::measure::{self, FirstPassageSample, HalfWidth, Sample};
use overhang::plan::Plan;
use overhang::plan::figure::Owner;
use overhang::plan::points::Allocation;
use overhang::registry::{Figure, Side};
use overhang::result::{Estimated, Target};
use overhang::run::{Extent, PointSet, PointsRequest, RunBuilder};
use overhang::scenario::Scenario;
use overhang::tally::Tally;

/// What is looked at, of the system.
pub const FIGURES: [Figure; 3] = [Figure::ComputeCost, Figure::CommitmentCost, Figure::NetValue];

/// A scenario, with independent paths and with quasi-random ones.
pub struct Case {
    pub scenario: Scenario,
    pub independent: Plan,
    pub sobol: Plan,
}

impl Case {
    pub fn load(file: &str) -> Self {
        let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
        let independent = prepare(&loaded.scenario);
        let mut sobol = independent.clone();
        request(2).apply(&loaded.scenario, &mut sobol, &mut Allocation::default());
        Case { scenario: loaded.scenario, independent, sobol }
    }
}

/// So many scrambles, else as usual.
pub fn request(replicates: u32) -> PointsRequest {
    PointsRequest { set: PointSet::Sobol, replicates: Some(replicates), ..PointsRequest::default() }
}

pub fn cpu() -> CpuEngine {
    CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).expect("threads start")
}

/// The tally of so many replicates of so many paths each.
pub fn replicated(engine: &dyn Engine, plan: &Plan, seed: u64, replicates: u32, points: u64) -> Tally {
    let extent = Extent::Replicated { replicates, points };
    extent.tally(engine, plan, Draws { seed, replicate: 0 }, &|_| true).expect("the CPU has no faults")
}

/// The place of a figure of the system, or of its only organization.
pub fn place(plan: &Plan, figure: Figure) -> usize {
    let own = |owner: Owner| matches!(owner, Owner::System | Owner::Organization(_));
    plan.figures.iter().rposition(|spec| own(spec.owner) && spec.figure == figure).expect("it is a figure")
}

/// Whether the system's bubble bursts.
fn bubble(tally: &Tally) -> FirstPassageSample<'_> {
    FirstPassageSample::new(tally, tally.times.len() - 1)
}

/// The means of the figures, and the probability of a bubble.
pub fn values(plan: &Plan, tally: &Tally) -> Vec<f64> {
    let mean = |figure| {
        let place = place(plan, figure);
        measure::moments(&Sample::new(tally, place, plan.figures[place].frame)).mean.expect("a mean")
    };
    FIGURES.map(mean).into_iter().chain([measure::probability(&bubble(tally)).probability.expect("paths")]).collect()
}

/// The variances of [`values`], of so many replicates of `points` paths each.
pub fn variances(engine: &dyn Engine, plan: &Plan, replicates: u32, points: u64) -> Vec<f64> {
    let of = |replicate| {
        let draws = Draws { seed: 11, replicate };
        values(plan, &engine.tally(plan, draws, 0..points, &|_| true).expect("the CPU has no faults"))
    };
    let all: Vec<Vec<f64>> = (0..replicates).map(of).collect();
    let count = f64::from(replicates);
    (0..all[0].len())
        .map(|k| {
            let mean = all.iter().map(|values| values[k]).sum::<f64>() / count;
            all.iter().map(|values| (values[k] - mean).powi(2)).sum::<f64>() / (count - 1.0)
        })
        .collect()
}

/// How many times smaller the variances of quasi-random paths are than those of as many independent ones, both measured by replicates.
pub fn gains(engine: &dyn Engine, case: &Case, replicates: u32, points: u64) -> Vec<f64> {
    let independent = variances(engine, &case.independent, replicates, points);
    let sobol = variances(engine, &case.sobol, replicates, points);
    independent.iter().zip(&sobol).map(|(independent, sobol)| independent / sobol).collect()
}

/// What intervals are looked at.
pub const INTERVALS: [&str; 5] = [
    "mean compute cost",
    "mean commitment cost",
    "mean net value",
    "bubble probability",
    "95% shortfall of compute cost",
];

/// The intervals of a run.
fn intervals(plan: &Plan, tally: &Tally) -> [(f64, f64, f64); 5] {
    let around = |estimate: measure::Estimate| {
        (estimate.value.expect("a value"), estimate.low.expect("a bound"), estimate.high.expect("a bound"))
    };
    let sample = |figure| {
        let place = place(plan, figure);
        Sample::new(tally, place, plan.figures[place].frame)
    };
    let [compute, commitment, net] = FIGURES.map(|figure| around(measure::moments(&sample(figure)).interval()));
    let found = measure::probability(&bubble(tally));
    let probability = (found.probability.expect("paths"), found.low.expect("a bound"), found.high.expect("a bound"));
    let order = sample(Figure::ComputeCost).order().expect("there are paths");
    [compute, commitment, net, probability, around(measure::expected_shortfall(&order, Side::High, 0.95))]
}

/// Relative half-widths that one-lab reaches with two to eight times its first stage, and their keys, in the order of [`INTERVALS`].
pub const TARGETS: [(&str, f64); 4] = [
    ("figures.lab.compute_cost.mean", 0.0001),
    ("figures.lab.commitment_cost.mean", 0.0001),
    ("figures.lab.net_value.mean", 0.0001),
    ("bubble.lab.probability", 0.01),
];

/// What came out where targets ended the runs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stopped {
    /// The share of seeds whose intervals cover.
    pub covered: f64,
    /// Mean paths.
    pub paths: f64,
    /// Mean stages.
    pub stages: f64,
}

/// Runs one-lab to one of [`TARGETS`] with each of these seeds; `exact` is the value of its estimate.
pub fn stopped(scenario: &Scenario, (key, share): (&str, f64), exact: f64, seeds: u64) -> Stopped {
    let target: Target = format!("{key} ± {share}").parse().expect("it is a target");
    let target = Target { half_width: HalfWidth::Relative(share), ..target };
    let mut found = Stopped::default();
    for seed in 1..=seeds {
        let run = RunBuilder::new(scenario).seed(seed).backend(Backend::Cpu);
        let set = PointsRequest { set: PointSet::Sobol, ..PointsRequest::default() };
        let document = run.point_set(set).target(target.clone()).run().expect("no faults").document;
        let reading = document.reading(&target.key).expect("it is there");
        let convergence = document.convergence.expect("there is a target");
        assert!(convergence.is_met(), "{key}: seed {seed}");
        let off = (reading.value.expect("a value") - exact).abs();
        found.covered += f64::from(u8::from(off <= reading.half_width.expect("an interval")));
        found.paths += *convergence.stages.last().expect("a stage") as f64;
        found.stages += convergence.stages.len() as f64;
    }
    let mean = |sum: f64| sum / seeds as f64;
    Stopped { covered: mean(found.covered), paths: mean(found.paths), stages: mean(found.stages) }
}

/// The share of seeds whose intervals cover what `truth`'s many paths give, of runs of 16 scrambles.
pub fn coverage(engine: &dyn Engine, case: &Case, seeds: u64, points: u64, truth: u64) -> [f64; 5] {
    let plan = &case.sobol;
    let exact = intervals(plan, &replicated(engine, plan, 77, 64, truth)).map(|(value, ..)| value);
    let mut covered = [0u64; 5];
    for seed in 0..seeds {
        let found = intervals(plan, &replicated(engine, plan, seed, 16, points));
        for ((count, (_, low, high)), exact) in covered.iter_mut().zip(found).zip(exact) {
            *count += u64::from((low..=high).contains(&exact));
        }
    }
    covered.map(|count| count as f64 / seeds as f64)
}
