//! The layout of key and counter (docs/randomness.md), pinned by draws that an implementation of its own, in Python, gave.

use overhang::engine::cpu::CpuEngine;
use overhang::engine::{Draws, Instructions, Precision, Sampling, prepare};
use overhang::formula::{double, single};
use overhang::plan::points::directions;

/// Seed, path, purpose, index, period; word, normal.
const GOLDEN: [(u64, u64, u32, u32, u32, u32, f64); 10] = [
    (1, 0, 1, 0, 1, 0xbae1c373, 0.612835303),
    (1, 0, 1, 0, 4, 0xa469a386, 0.364444433),
    (1, 0, 1, 0, 5, 0xfeb6b404, 2.574126890),
    (1, 0, 1, 2, 1, 0x68fb02c9, -0.227338878),
    (1, 1, 1, 0, 1, 0x93362861, 0.189233597),
    (1, 8_589_934_597, 1, 0, 1, 0xc5815c77, 0.743812843),
    (1, 0, 2, 0, 1, 0xba1be50a, 0.603729163),
    (1, 0, 3, 0, 1, 0x365f7566, -0.798141872),
    (1, 0, 4, 0, 1, 0xb90e14d0, 0.591392040),
    (1_099_511_627_783, 0, 1, 0, 1, 0x306c0f7b, -0.881037092),
];

fn word(seed: u64, path: u64, purpose: u32, index: u32, period: u32) -> u32 {
    let counter = single::Words { w0: path as u32, w1: (path >> 32) as u32, w2: (period - 1) / 4, w3: index };
    let key = single::Words { w0: seed as u32, w1: (seed >> 32) as u32, w2: 0, w3: purpose };
    let words = single::threefry(counter, key);
    [words.w0, words.w1, words.w2, words.w3][((period - 1) % 4) as usize]
}

/// Seed, replicate, dimension, point; word of a scrambled point, by the same implementation in Python with SciPy's direction numbers.
const POINTS: [(u64, u32, usize, u32, u32); 6] = [
    (1, 0, 0, 0, 0x546b1bda),
    (1, 0, 0, 1, 0x852443ef),
    (1, 0, 1, 5, 0x22c5272f),
    (1, 3, 7, 1000, 0xabdefb63),
    (7, 15, 40, 65_535, 0x184b5f91),
    (1, 0, 63, u32::MAX, 0xe4c11128),
];

#[test]
fn coordinates_of_points_are_the_golden_ones() {
    assert_eq!(single::PURPOSE_SCRAMBLE, 10);
    let all = directions(64);
    for (seed, replicate, dimension, point, expected) in POINTS {
        let key =
            single::Words { w0: seed as u32, w1: (seed >> 32) as u32, w2: replicate, w3: single::PURPOSE_SCRAMBLE };
        let block = single::Words { w0: 0, w1: 0, w2: dimension as u32 / 4, w3: 0 };
        let words = single::threefry(block, key);
        let scramble = [words.w0, words.w1, words.w2, words.w3][dimension % 4];
        let set = (0..32).filter(|bit| point >> bit & 1 == 1);
        let digits = set.fold(0, |sum, bit| sum ^ all[dimension][bit]);
        let word = single::scrambled(digits, scramble);
        assert_eq!(
            word, expected,
            "seed {seed}, replicate {replicate}, dimension {dimension}, point {point}: {word:#x}"
        );
    }
}

#[test]
fn words_and_normals_are_the_golden_ones() {
    let purposes =
        [single::PURPOSE_DIFFUSION, single::PURPOSE_REGIME, single::PURPOSE_JUMP_COUNT, single::PURPOSE_JUMP_SIZE];
    assert_eq!(purposes, [1, 2, 3, 4]);
    for (seed, path, purpose, index, period, expected, normal) in GOLDEN {
        let drawn = word(seed, path, purpose, index, period);
        assert_eq!(drawn, expected, "seed {seed}, path {path}, purpose {purpose}, index {index}, period {period}");
        assert!((double::normal_quantile(drawn) - normal).abs() < 1e-8, "the normal of {drawn:#x}");
    }
}

/// The engine takes the draws that the layout says: a gbm without drift, from golden normals alone.
#[test]
fn a_traced_path_is_made_of_the_golden_draws() {
    let scenario = "schema = 1\nname = \"golden\"\ncurrency = \"USD\"\ncapacity_unit = \"GW\"\n\
        [horizon]\nstart = 2026-01-01\nyears = 2\nstep = \"quarter\"\n[discount]\nrate = 0.0\n\
        [[factor]]\nname = \"price\"\nprocess = \"gbm\"\nstart = 3.0\ndrift = 0.0\nvolatility = 0.5\n\
        [[organization]]\nname = \"lab\"\nutilization = \"price\"\ndemand = 1.0\n";
    let loaded = overhang::scenario::parse(scenario, "golden.toml").unwrap_or_else(|failure| panic!("{failure}"));
    let plan = prepare(&loaded.scenario);
    let engine =
        CpuEngine::new(Some(1), Instructions::best(), Precision::Double, Sampling::Device).expect("threads start");
    for path in [0, 1, (1 << 33) + 5] {
        let mut logarithm = 3f64.ln();
        for period in engine.trace(&plan, Draws { seed: 1, replicate: 0 }, path) {
            let z = double::normal_quantile(word(1, path, 1, 0, period.period));
            logarithm += 0.5 * 0.5 * z - 0.5 * 0.25 * 0.25;
            assert!((period.factors[0] / logarithm.exp() - 1.0).abs() < 1e-12, "path {path}, period {}", period.period);
        }
    }
}
