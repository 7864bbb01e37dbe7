//! The CPU engine by scenario, instruction set and number of threads. Run with `cargo bench --bench engine`; an item is a
//! path and period.

use std::fmt;

use divan::Bencher;
use divan::counter::ItemsCount;
use overhang::engine::cpu::CpuEngine;
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare};

const PATHS: u64 = 1 << 17;

fn main() {
    divan::main();
}

#[derive(Debug, Clone, Copy)]
struct Case {
    file: &'static str,
    instructions: Instructions,
    threads: usize,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}, {}, {} threads", self.file, self.instructions, self.threads)
    }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let files =
        ["tests/cases/one-lab.toml", "scenarios/aws-38b.toml", "benches/peers/openai.toml", "scenarios/openai.toml"];
    for file in files {
        for instructions in Instructions::available() {
            cases.extend([1, 2].map(|threads| Case { file, instructions, threads }));
        }
    }
    cases
}

#[divan::bench(args = cases(), sample_count = 10, sample_size = 1)]
fn single_precision(bencher: Bencher, case: Case) {
    let loaded = overhang::scenario::load(case.file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
    let plan = prepare(&loaded.scenario);
    let engine = CpuEngine::new(Some(case.threads), case.instructions, Precision::Single, Sampling::Device);
    let engine = engine.unwrap_or_else(|error| panic!("{error}"));
    let draws = Draws { seed: 1, replicate: 0 };
    bencher
        .counter(ItemsCount::new(PATHS * u64::from(plan.sizes.periods)))
        .bench_local(|| engine.tally(&plan, draws, 0..PATHS, &|_| true).map(|tally| tally.paths));
}
