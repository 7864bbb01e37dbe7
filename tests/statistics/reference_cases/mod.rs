//! The reference cases of an independent double-precision implementation with 2,000,000 paths: means, deviations,
//! probabilities, bubbles by period and contracts within 4 joint standard errors, quantiles and tail means plus the
//! sketch's bound, on the CPU engine at 1,000,000 paths and on GPUs at a quarter of them. What the CPU engine gives stands in docs/validation.md.

mod compare;

use overhang::engine::cpu::CpuEngine;
use overhang::engine::{Engine, Instructions, Precision, Sampling};

/// Paths of a GPU engine, which is a processor in most tests.
const GPU_PATHS: u64 = 250_000;

fn engines() -> Vec<(String, Box<dyn Engine>)> {
    let cpu = |precision| {
        let engine = CpuEngine::new(None, Instructions::best(), precision, Sampling::Device).expect("threads start");
        (engine.description(), Box::new(engine) as Box<dyn Engine>)
    };
    let gpu = crate::adapters::gpus(Sampling::Device)
        .into_iter()
        .map(|(name, engine)| (name, Box::new(engine) as Box<dyn Engine>));
    [cpu(Precision::Single), cpu(Precision::Double)].into_iter().chain(gpu).collect()
}

#[test]
fn figures_agree_with_the_reference() {
    let engines = engines();
    for case in compare::CASES {
        let paths = |place: usize| if place < 2 { compare::PATHS } else { GPU_PATHS };
        let compared = engines
            .iter()
            .enumerate()
            .map(|(place, (name, engine))| compare::compare(case, (name, engine.as_ref()), paths(place)));
        let compared: Vec<compare::Checks> = compared.collect();
        for ((name, _), checks) in engines.iter().zip(&compared) {
            let count: usize = checks.kinds.iter().map(|kind| kind.0).sum();
            let farthest = checks.kinds.iter().map(|kind| kind.1).fold(0.0, f64::max);
            println!("{case}, {name}: {count} comparisons, the farthest {farthest:.2} joint errors off");
            assert!(count >= 190);
        }
        crate::has_rows("reference cases", &compare::rows(case, &compared[0], &compared[1]));
    }
}
