//! GPU against CPU path by path, host against device sampling, and the same bits however the work is cut.

use crate::adapters::gpus;
use crate::plan;
use overhang::engine::cpu::CpuEngine;
use overhang::engine::parity::differences;
use overhang::engine::{Draws, Engine, Instructions, PathValues, Precision, Sampling, prepare};
use overhang::plan::Plan;
use overhang::tally::Tally;

const FILES: [&str; 5] = [
    "tests/cases/one-lab.toml",
    "tests/cases/two-labs.toml",
    "scenarios/aws-38b.toml",
    "scenarios/openai.toml",
    "scenarios/industry.toml",
];
const DRAWS: Draws = Draws { seed: 20_261_122, replicate: 0 };
/// Paths that are compared on each adapter; software adapters need microseconds for each.
const ADAPTER_PATHS: u64 = 8192;

fn cpu(threads: usize, sampling: Sampling) -> CpuEngine {
    CpuEngine::new(Some(threads), Instructions::best(), Precision::Single, sampling).expect("threads start")
}

fn assert_same(plan: &Plan, one: &PathValues, other: &PathValues, what: &str) {
    let found = differences(plan, one, other);
    println!(
        "{what}: {:.4}% of paths differ by more than 1e-5, {:.4}% of times",
        100.0 * found.paths,
        100.0 * found.times
    );
    assert!(found.agree(), "{what}: {found:?}");
}

#[test]
fn gpu_paths_are_the_cpu_s_and_host_samples_the_device_s() {
    for file in FILES {
        let plan = plan(file);
        let reference = cpu(2, Sampling::Device).values(&plan, DRAWS, 0..ADAPTER_PATHS).expect("the CPU has no faults");
        let host = cpu(2, Sampling::Host).values(&plan, DRAWS, 0..ADAPTER_PATHS).expect("the CPU has no faults");
        assert_same(&plan, &reference, &host, &format!("{file}: CPU, host against device sampling"));
        for sampling in [Sampling::Device, Sampling::Host] {
            for (name, gpu) in gpus(sampling) {
                let values =
                    gpu.values(&plan, DRAWS, 0..ADAPTER_PATHS).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_same(&plan, &reference, &values, &format!("{file}: {name}, {sampling:?} sampling"));
            }
        }
    }
}

#[test]
fn every_instruction_set_gives_the_same_paths() {
    let plan = plan(FILES[1]);
    let sets = Instructions::available();
    let values: Vec<PathValues> = sets
        .iter()
        .map(|&set| {
            let engine = CpuEngine::new(Some(1), set, Precision::Single, Sampling::Device).expect("threads start");
            engine.values(&plan, DRAWS, 0..4096).expect("the CPU has no faults")
        })
        .collect();
    for (set, other) in sets.iter().zip(&values).skip(1) {
        assert_eq!(&values[0], other, "{} against {set}", sets[0]);
    }
    println!("{} instruction sets agree bit for bit", sets.len());
}

#[test]
fn a_path_s_values_do_not_depend_on_the_range_it_is_asked_in() {
    let plan = plan(FILES[0]);
    let engine = cpu(1, Sampling::Device);
    let far = (1 << 33) + 512; // beyond 32 bits, on a block
    let many = engine.values(&plan, DRAWS, far..far + 1024).expect("the CPU has no faults");
    let few = engine.values(&plan, DRAWS, far + 512..far + 520).expect("the CPU has no faults");
    for slot in 0..plan.sizes.slots() {
        assert_eq!(few.figures[slot * 8..][..8], many.figures[slot * 1024 + 512..][..8]);
    }
}

/// Merges tallies of consecutive parts, the last first.
fn in_parts(engine: &dyn Engine, plan: &Plan, cuts: &[u64]) -> Tally {
    let mut merged = overhang::engine::empty_tally(plan);
    for part in cuts.windows(2).rev() {
        merged.merge(&engine.tally(plan, DRAWS, part[0]..part[1], &|_| true).expect("no faults"));
    }
    merged
}

#[test]
fn cpu_tallies_are_the_same_bits_however_the_work_is_cut() {
    for file in FILES {
        let plan = plan(file);
        let whole = cpu(1, Sampling::Device).tally(&plan, DRAWS, 0..50_000, &|_| true).expect("no faults");
        for threads in [1, 2, 3] {
            let engine = cpu(threads, Sampling::Device);
            assert_eq!(
                engine.tally(&plan, DRAWS, 0..50_000, &|_| true).expect("no faults"),
                whole,
                "{threads} threads"
            );
            assert_eq!(in_parts(&engine, &plan, &[0, 256, 4096, 20_480, 50_000]), whole, "{threads} threads, in parts");
        }
    }
}

#[test]
fn gpu_tallies_are_the_same_bits_however_the_work_is_cut() {
    let plan = plan(FILES[0]);
    let paths = ADAPTER_PATHS + 100;
    for sampling in [Sampling::Device, Sampling::Host] {
        let mut whole: Vec<(String, Tally)> = Vec::new();
        for (name, gpu) in gpus(sampling) {
            let tally = gpu.with_chunk(1 << 14).tally(&plan, DRAWS, 0..paths, &|_| true).expect("no faults");
            whole.push((name, tally));
        }
        for chunk in [256, 1280, 4096] {
            for ((name, gpu), (_, whole)) in gpus(sampling).into_iter().zip(&whole) {
                let gpu = gpu.with_chunk(chunk);
                let tally = gpu.tally(&plan, DRAWS, 0..paths, &|_| true).expect("no faults");
                assert_eq!(&tally, whole, "{name}, {sampling:?} sampling, chunks of {chunk}");
                assert_eq!(&in_parts(&gpu, &plan, &[0, 2048, paths]), whole, "{name}, in parts");
            }
        }
    }
}

#[test]
fn checked_kernels_give_the_same_bits_and_nested_ones_the_same_figures() {
    let plan = plan(FILES[1]);
    let values = |gpu: &dyn Engine| gpu.values(&plan, DRAWS, 0..1024).expect("no faults");
    for sampling in [Sampling::Device, Sampling::Host] {
        let [plain, checked, nested] = [(); 3].map(|()| gpus(sampling));
        for (((name, plain), (_, checked)), (_, nested)) in plain.into_iter().zip(checked).zip(nested) {
            let plain = values(&plain);
            assert!(values(&checked.checked()) == plain, "{name}, {sampling:?} sampling");
            // a compiler rearranges loops otherwise than what is written out: the last bits may differ
            assert_same(&plan, &plain, &values(&nested.nested()), &format!("{name}, {sampling:?} sampling, nested"));
        }
    }
}

#[test]
fn states_that_the_host_samples_reach_events() {
    let text = std::fs::read_to_string(FILES[0]).expect("the case is there");
    let event = "[[event]]\nname = \"busted\"\nmetric = \"regime\"\nstate = \"bust\"\nduration = 0.5\n\n[bubble]";
    let scenario = overhang::scenario::parse(&text.replacen("[bubble]", event, 1), "watched.toml");
    let plan = prepare(&scenario.unwrap_or_else(|failure| panic!("{failure}")).scenario);
    assert!(plan.watches_chain());
    let reference = cpu(2, Sampling::Device).values(&plan, DRAWS, 0..ADAPTER_PATHS).expect("the CPU has no faults");
    for (name, gpu) in gpus(Sampling::Host) {
        let values = gpu.values(&plan, DRAWS, 0..ADAPTER_PATHS).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_same(&plan, &reference, &values, &name);
        let row = |values: &PathValues| values.times[6 * ADAPTER_PATHS as usize..][..ADAPTER_PATHS as usize].to_vec();
        assert!(row(&values) == row(&reference) && row(&values).iter().any(|&time| time != u32::MAX), "{name}");
    }
}
