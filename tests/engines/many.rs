//! A run split over all adapters: every path once, and each adapter's share as it computes it alone.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::adapters::{gpus, skip};
use crate::plan;
use overhang::engine::cpu::CpuEngine;
use overhang::engine::gpu::{GpuEngine, ManyEngine, Selection, adapter};
use overhang::engine::parity::differences;
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, empty_tally};
use overhang::measure::{Sample, moments};
use overhang::plan::Plan;

const CASE: &str = "tests/cases/one-lab.toml";
const DRAWS: Draws = Draws { seed: 5, replicate: 0 };
/// No whole number of pieces, nor of blocks.
const PATHS: u64 = 100_003;

/// All adapters together.
fn all(sampling: Sampling) -> ManyEngine {
    let adapters = adapter::pick(Some(&Selection::All)).expect("there are adapters");
    ManyEngine::new(&adapters, sampling, None).expect("they open")
}

/// A plan and all adapters on it, drawing on the device; none, and said so, where there is no adapter.
fn together() -> Option<(Plan, ManyEngine)> {
    if adapter::adapters().is_empty() {
        skip();
        return None;
    }
    Some((plan(CASE), all(Sampling::Device)))
}

#[test]
fn shares_make_up_the_run() {
    let adapters = adapter::adapters().len();
    if adapters == 0 {
        return skip();
    }
    let plan = plan(CASE);
    for sampling in [Sampling::Device, Sampling::Host] {
        let many = all(sampling);
        if std::env::var_os("OVERHANG_REQUIRE_GPU").is_some() {
            assert!(many.adapters().count() >= 2, "two adapters are required, and there are {adapters}");
        }
        let told = AtomicU64::new(0);
        let progress = |paths| {
            told.fetch_add(paths, Ordering::Relaxed);
            true
        };
        let tally = many.tally(&plan, DRAWS, 0..PATHS, &progress).expect("no faults");
        assert_eq!((tally.paths, told.into_inner()), (PATHS, PATHS));

        let shares = many.shares();
        let mut ranges: Vec<_> = shares.iter().flat_map(|share| share.paths.clone()).collect();
        ranges.sort_by_key(|range| range.start);
        assert_eq!((ranges[0].start, ranges[ranges.len() - 1].end), (0, PATHS));
        assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start), "{ranges:?}");

        // bit for bit what the adapters give alone
        let alone: Vec<(String, GpuEngine)> = gpus(sampling);
        let mut whole = empty_tally(&plan);
        for share in &shares {
            let (_, gpu) = alone.iter().find(|(name, _)| *name == share.adapter).expect("the same adapters");
            for range in &share.paths {
                whole.merge(&gpu.tally(&plan, DRAWS, range.clone(), &|_| true).expect("no faults"));
            }
        }
        assert!(whole == tally, "{sampling:?} sampling: {shares:?}");

        // and the CPU engine's figures but for rounding
        let cpu = CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).expect("starts");
        let reference = cpu.tally(&plan, DRAWS, 0..PATHS, &|_| true).expect("no faults");
        for ((spec, one), other) in plan.figures.iter().zip(&tally.figures).zip(&reference.figures) {
            let [one, other] =
                [one, other].map(|of| moments(&Sample::independent(of, spec.frame)).mean.expect("a mean"));
            let scale = other.abs().max(spec.frame.scale);
            assert!((one - other).abs() <= 1e-5 * scale, "{:?} {}: {one}, not {other}", spec.owner, spec.figure.name());
        }
    }
}

#[test]
fn single_paths_come_from_all_adapters() {
    let Some((plan, many)) = together() else { return };
    let cpu = CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).expect("starts");
    let range = 512..512 + 3_001;
    let [one, other] =
        [&many as &dyn Engine, &cpu].map(|engine| engine.values(&plan, DRAWS, range.clone()).expect("no faults"));
    let found = differences(&plan, &one, &other);
    assert!(found.agree(), "{found:?}");
}

#[test]
fn a_run_that_is_stopped_ends() {
    let Some((plan, many)) = together() else { return };
    let tally = many.tally(&plan, DRAWS, 0..100_000_000, &|_| false).expect("no faults");
    assert!(tally.paths < 10_000_000, "{} paths after it was stopped", tally.paths);
}
