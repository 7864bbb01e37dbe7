//! The parts of a run, each alone: processes, contracts, tally, sketch, plan, upload. The random numbers are in
//! `benches/normals.rs`, whole runs in `benches/engine.rs`. Run with `cargo bench --bench parts`.

use divan::Bencher;
use divan::counter::ItemsCount;
use ndarray::{Array2, Array3};
use overhang::engine::cpu::CpuEngine;
use overhang::engine::gpu::{GpuEngine, adapter};
use overhang::engine::single::lanes::sample;
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare};
use overhang::measure::OrderStatistics;
use overhang::plan::Plan;
use overhang::scenario::{Scenario, parse};
use overhang::tally::{Sketch, Tally};

const PATHS: usize = 1 << 14;
const DRAWS: Draws = Draws { seed: 1, replicate: 0 };
const HEAD: &str = "schema = 1\nname = \"part\"\ncurrency = \"USD\"\ncapacity_unit = \"GW\"\n[horizon]\nstart = 2027-01-01\n\
    years = 4\nstep = \"month\"\n[discount]\nrate = 0.1\n";
const LAB: &str = "[[organization]]\nname = \"lab\"\nutilization = \"x\"\ndemand = 1.0\n";
const CALM: &str = "[[factor]]\nname = \"x\"\nprocess = \"table\"\nvalues = [[0, 0.9]]\n";

fn main() {
    divan::main();
}

fn scenario(parts: &[&str]) -> Scenario {
    let text = format!("{HEAD}{}", parts.concat());
    parse(&text, "part.toml").unwrap_or_else(|failure| panic!("{failure}")).scenario
}

fn cpu() -> CpuEngine {
    CpuEngine::new(Some(1), Instructions::best(), Precision::Single, Sampling::Device).expect("one thread starts")
}

/// A factor of each process, and what it may have; an item is a path and period.
const PROCESSES: [(&str, &str, &str); 6] = [
    ("table", "process = \"table\"\nvalues = [[0, 0.9]]", ""),
    ("gbm", "process = \"gbm\"\nstart = 1.0\ndrift = -0.1\nvolatility = 0.3", ""),
    (
        "gbm with jumps",
        "process = \"gbm\"\nstart = 1.0\ndrift = -0.1\nvolatility = 0.3\njumps = { intensity = 0.5, mean = -0.2, sd = 0.1 }",
        "",
    ),
    ("ou", "process = \"ou\"\nlevel = 0.8\nreversion = 1.0\nvolatility = 0.3", ""),
    ("logit_ou", "process = \"logit_ou\"\nlevel = 0.8\nreversion = 1.0\nvolatility = 0.3", ""),
    (
        "ou with regimes",
        "process = \"ou\"\nlevel = 0.8\nreversion = 1.0\nvolatility = 0.3",
        "[regimes]\nstates = [\"calm\", \"bust\"]\nstart = \"calm\"\nintensity = [[\"calm\", \"bust\", 0.3]]\n\
         [[regimes.effect]]\nstate = \"bust\"\nfactor = \"x\"\nshift = -0.3\nvolatility = 1.5\non_entry = -0.2\n",
    ),
];

#[divan::bench(args = PROCESSES.map(|(name, ..)| name))]
fn process(bencher: Bencher, name: &str) {
    let (_, factor, regimes) = PROCESSES.iter().find(|process| process.0 == name).expect("is listed");
    let plan = prepare(&scenario(&["[[factor]]\nname = \"x\"\n", factor, "\n", regimes, LAB]));
    let periods = plan.sizes.periods as usize;
    let mut factors = Array3::<f32>::zeros((periods + 1, 1, PATHS));
    let mut states = Array2::<u32>::zeros((if plan.sizes.states > 1 { periods } else { 0 }, PATHS));
    let engine = cpu();
    bencher
        .counter(ItemsCount::new(PATHS * periods))
        .bench_local(|| sample(&engine, &plan, DRAWS, 0, &mut factors.view_mut(), &mut states.view_mut()));
}

/// Runs without randomness; an item is a path and period.
#[divan::bench(args = [0, 1, 4, 16])]
fn contracts(bencher: Bencher, number: usize) {
    let contract = |i: usize| {
        format!(
            "[[contract]]\nname = \"c{i}\"\norganization = \"lab\"\nvendor = \"V{i}\"\nterm = 5.0\ncapacity = 0.2\n\
             rate = 9e9\ntake_or_pay = 0.8\n"
        )
    };
    let contracts: String = (0..number).map(contract).collect();
    let plan = prepare(&scenario(&[CALM, LAB, &contracts]));
    let engine = cpu();
    bencher
        .counter(ItemsCount::new(PATHS * plan.sizes.periods as usize))
        .bench_local(|| engine.tally(&plan, DRAWS, 0..PATHS as u64, &|_| true).map(|tally| tally.paths));
}

fn one_lab() -> Plan {
    let loaded = overhang::scenario::load("tests/cases/one-lab.toml".as_ref()).unwrap_or_else(|f| panic!("{f}"));
    prepare(&loaded.scenario)
}

fn tally_of(plan: &Plan) -> Tally {
    cpu().tally(plan, DRAWS, 0..PATHS as u64, &|_| true).expect("the CPU engine has no faults")
}

#[divan::bench]
fn tally_merge(bencher: Bencher) {
    let one = tally_of(&one_lab());
    bencher.with_inputs(|| one.clone()).bench_local_refs(|whole| whole.merge(&one));
}

/// An item is a path.
#[divan::bench]
fn sketch_add(bencher: Bencher) {
    let bins: Vec<u32> = (0..PATHS as u32).map(|i| 30_000 + i.wrapping_mul(2_654_435_761) % 12_000).collect();
    bencher.counter(ItemsCount::new(PATHS)).with_inputs(Sketch::new).bench_local_refs(|sketch| {
        bins.iter().for_each(|&bin| sketch.add(bin, 1));
    });
}

#[divan::bench]
fn order_of_a_sketch(bencher: Bencher) {
    let plan = one_lab();
    let tally = tally_of(&plan);
    bencher.bench_local(|| OrderStatistics::new(&tally.figures[0], plan.figures[0].frame).map(|order| order.count()));
}

/// With the pilot that frames figures.
#[divan::bench(args = ["scenarios/aws-38b.toml", "scenarios/openai.toml", "scenarios/industry.toml"])]
fn plan(bencher: Bencher, file: &str) {
    let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
    bencher.bench_local(|| prepare(&loaded.scenario).figures.len());
}

/// Trajectories that cost nothing to sample and little to use, to each adapter; an item is a byte.
#[divan::bench(args = adapter::adapters().into_iter().map(|found| found.report.name), sample_count = 10)]
fn upload(bencher: Bencher, name: &str) {
    let found = adapter::adapters().into_iter().find(|found| found.report.name == name).expect("it was listed");
    let gpu = GpuEngine::new(&found, Sampling::Host, None).unwrap_or_else(|error| panic!("{error}"));
    let plan = prepare(&scenario(&[CALM, LAB]));
    let bytes = 4 * PATHS * (plan.sizes.periods as usize + 1);
    bencher
        .counter(divan::counter::BytesCount::new(bytes))
        .bench_local(|| gpu.tally(&plan, DRAWS, 0..PATHS as u64, &|_| true).map(|tally| tally.paths));
}
