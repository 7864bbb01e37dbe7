//! How far quasi-random points narrow errors, and how often their intervals cover.

use overhang::engine::cpu::CpuEngine;
use overhang::engine::select::Backend;
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare};
use overhang::measure::{self, FirstPassageSample, Sample};
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
pub fn bubble(tally: &Tally) -> FirstPassageSample<'_> {
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

/// Estimates of one number that are independent of each other.
pub struct Estimates(pub Vec<f64>);

impl Estimates {
    pub fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    pub fn variance(&self) -> f64 {
        let mean = self.mean();
        self.0.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (self.0.len() as f64 - 1.0)
    }

    /// The standard error of the mean.
    pub fn error(&self) -> f64 {
        (self.variance() / self.0.len() as f64).sqrt()
    }
}

/// The variances of [`values`], of so many replicates of `points` paths each.
pub fn variances(engine: &dyn Engine, plan: &Plan, replicates: u32, points: u64) -> Vec<f64> {
    let of = |replicate| {
        let draws = Draws { seed: 11, replicate };
        values(plan, &engine.tally(plan, draws, 0..points, &|_| true).expect("the CPU has no faults"))
    };
    let all: Vec<Vec<f64>> = (0..replicates).map(of).collect();
    (0..all[0].len()).map(|k| Estimates(all.iter().map(|values| values[k]).collect()).variance()).collect()
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

/// Targets that one-lab reaches with two to eight times its first stage, in the order of [`values`].
pub const TARGETS: [&str; 4] = [
    "figures.lab.compute_cost.mean ± 0.005%",
    "figures.lab.commitment_cost.mean ± 0.005%",
    "figures.lab.net_value.mean ± 0.02%",
    "bubble.lab.probability ± 0.6%",
];
/// Scrambles of runs with targets, and the paths of their first stage.
const SCRAMBLES: u32 = 32;
const FIRST: u64 = 65_536;

/// What came out where targets ended the runs.
#[derive(Debug, Clone, Copy)]
pub struct Stopped {
    /// The share of seeds whose intervals cover.
    pub covered: f64,
    /// Mean paths.
    pub paths: f64,
    /// Mean stages.
    pub stages: f64,
}

/// Runs one-lab to one of [`TARGETS`] with each of these seeds, each on a thread; `exact` is the value of its estimate.
pub fn stopped(scenario: &Scenario, target: &str, exact: f64, seeds: u64) -> Stopped {
    let target: Target = target.parse().expect("it is a target");
    let of_seed = |seed: u64| {
        let run = RunBuilder::new(scenario).seed(seed).backend(Backend::Cpu).threads(1);
        let set = PointsRequest { set: PointSet::Sobol, ..PointsRequest::default() };
        let document = run.point_set(set).target(target.clone()).run().expect("no faults").document;
        let reading = document.reading(&target.key).expect("it is there");
        let convergence = document.convergence.expect("there is a target");
        assert!(convergence.is_met(), "{}: seed {seed}", target.key);
        let off = (reading.value.expect("a value") - exact).abs();
        let covered = off <= reading.half_width.expect("an interval");
        (covered, *convergence.stages.last().expect("a stage"), convergence.stages.len())
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let of_thread = &|first: u64| (first..=seeds).step_by(threads).map(of_seed).collect::<Vec<_>>();
    let found: Vec<(bool, u64, usize)> = std::thread::scope(|scope| {
        let all: Vec<_> = (1..=threads as u64).map(|first| scope.spawn(move || of_thread(first))).collect();
        all.into_iter().flat_map(|thread| thread.join().expect("runs do not panic")).collect()
    });
    let mean = |of: fn(&(bool, u64, usize)) -> f64| found.iter().map(of).sum::<f64>() / seeds as f64;
    Stopped {
        covered: mean(|(covered, ..)| f64::from(u8::from(*covered))),
        paths: mean(|(_, paths, _)| *paths as f64),
        stages: mean(|(.., stages)| *stages as f64),
    }
}

/// What the values are according to many paths, and the paths that would do for each of [`TARGETS`] if the error were known: errors at
/// the ends of the first stages are measured over these seeds, and between two ends they fall with a power of the paths.
pub fn known(engine: &dyn Engine, case: &Case, seeds: u64, truth: u64) -> Vec<(f64, f64)> {
    let plan = &case.sobol;
    let exact = values(plan, &replicated(engine, plan, 77, 64, truth));
    let errors = |stage: u32| {
        let points = (FIRST / u64::from(SCRAMBLES)) << stage;
        let of = |seed| values(plan, &replicated(engine, plan, seed, SCRAMBLES, points));
        let all: Vec<Vec<f64>> = (1000..1000 + seeds).map(of).collect();
        let square = |k: usize| all.iter().map(|found| (found[k] - exact[k]).powi(2)).sum::<f64>() / seeds as f64;
        (0..exact.len()).map(|k| square(k).sqrt()).collect::<Vec<f64>>()
    };
    let stages: Vec<Vec<f64>> = (0..4).map(errors).collect();
    let paths = |k: usize| {
        let target: Target = TARGETS[k].parse().expect("it is a target");
        let wanted = target.half_width.bound(exact[k]) / measure::normal_width();
        let after = stages.iter().position(|errors| errors[k] <= wanted).expect("four stages suffice").max(1);
        let (before, after) = ((after - 1) as i32, stages[after][k] / stages[after - 1][k]);
        let share = (wanted / stages[before as usize][k]).ln() / after.ln();
        FIRST as f64 * 2f64.powf(f64::from(before) + share)
    };
    (0..exact.len()).map(|k| (exact[k], paths(k))).collect()
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
