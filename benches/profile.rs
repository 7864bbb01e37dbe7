//! What a report's second pass costs: 131,072 paths observed over time against a run of 2,000,000, in turn on the same engine.
//!
//! `cargo bench --bench profile [-- FILE… [ADAPTER]]`

use std::time::Instant;

use overhang::engine::cpu::CpuEngine;
use overhang::engine::gpu::{GpuEngine, adapter};
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare, prepare_profile};

const DRAWS: Draws = Draws { seed: 1, replicate: 0 };
const OBSERVED: u64 = 131_072;
const RUN: u64 = 2_000_000;
const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let (files, names): (Vec<_>, Vec<_>) = arguments.into_iter().partition(|argument| argument.ends_with(".toml"));
    let usual = ["scenarios/aws-38b.toml", "tests/cases/one-lab.toml", "scenarios/openai.toml"];
    let files = if files.is_empty() { usual.map(String::from).to_vec() } else { files };
    for file in &files {
        let cpu =
            CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).expect("threads start");
        measure(file, &cpu, RUN);
        for name in &names {
            let selection = name.parse().expect("it names an adapter");
            let found = adapter::pick(Some(&selection)).expect("there is such an adapter");
            let gpu = GpuEngine::new(&found[0], Sampling::Device, None).expect("the adapter opens");
            // software adapters take half a minute for the whole run: a tenth of it, scaled
            measure(file, &gpu, RUN / 10);
        }
    }
}

/// Prints the medians, and the ratio's median and range.
fn measure(file: &str, engine: &dyn Engine, paths: u64) {
    let scenario =
        overhang::scenario::load(file.as_ref()).expect("a sound scenario").at_centre().expect("it is checked").scenario;
    let plan = prepare(&scenario);
    let profile = prepare_profile(&scenario, &plan);
    let scale = RUN as f64 / paths as f64;
    let mut rounds: Vec<(f64, f64)> = (0..=ROUNDS)
        .map(|_| {
            let started = Instant::now();
            engine.tally(&plan, DRAWS, 0..paths, &|_| true).expect("the engine works");
            let run = started.elapsed().as_secs_f64() * scale;
            let started = Instant::now();
            engine.profile(&plan, &profile, DRAWS, 0..OBSERVED, &|_| true).expect("the engine works");
            (run, started.elapsed().as_secs_f64())
        })
        // the first is warming up
        .skip(1)
        .collect();
    rounds.sort_by(|a, b| (a.1 / a.0).total_cmp(&(b.1 / b.0)));
    let ratio = |(run, observed): (f64, f64)| 100.0 * observed / run;
    let (run, observed) = rounds[ROUNDS / 2];
    println!(
        "{file}, {}: {} rows of quantities and dates; run {run:.3} s, second pass {observed:.3} s, {:.1}% ({:.1}–{:.1})",
        engine.description(),
        profile.rows(),
        ratio(rounds[ROUNDS / 2]),
        ratio(rounds[0]),
        ratio(rounds[ROUNDS - 1]),
    );
}
