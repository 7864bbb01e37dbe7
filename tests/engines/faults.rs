//! Devices that run out of memory or are lost in the middle of a run: what is computed in the end is what would have been.

use crate::adapters::gpus;
use crate::plan;

use overhang::engine::gpu::{GpuEngine, Injected};
use overhang::engine::{Draws, Engine, Sampling};
use overhang::measure::{Sample, moments};
use overhang::plan::Plan;
use overhang::tally::Tally;

const DRAWS: Draws = Draws { seed: 9, replicate: 0 };
const PATHS: u64 = 10_000;
/// Ten submissions.
const CHUNK: usize = 1024;

fn tally(gpu: &GpuEngine, plan: &Plan) -> Tally {
    let told = std::sync::atomic::AtomicU64::new(0);
    let progress = |paths| {
        told.fetch_add(paths, std::sync::atomic::Ordering::Relaxed);
        true
    };
    let tally = gpu.tally(plan, DRAWS, 0..PATHS, &progress).expect("faults are made good");
    assert_eq!(told.into_inner(), PATHS, "each path is told of once");
    tally
}

fn each(test: impl Fn(&str, &Plan, &Tally, &dyn Fn(&[(u64, Injected)]) -> GpuEngine)) {
    let plan = plan("tests/cases/one-lab.toml");
    for sampling in [Sampling::Device, Sampling::Host] {
        for (place, (name, gpu)) in gpus(sampling).into_iter().enumerate() {
            let sound = tally(&gpu, &plan);
            assert_eq!(gpu.incidents(), [""; 0]);
            let faulty =
                |faults: &[(u64, Injected)]| gpus(sampling).swap_remove(place).1.with_chunk(CHUNK).with_faults(faults);
            test(&format!("{name}, {sampling:?} sampling"), &plan, &sound, &faulty);
        }
    }
}

#[test]
fn a_lost_device_is_opened_anew_and_its_paths_replayed_to_the_same_bits() {
    each(|name, plan, sound, faulty| {
        for faults in
            [vec![(0, Injected::Lost)], vec![(5, Injected::Lost)], vec![(3, Injected::Lost), (9, Injected::Lost)]]
        {
            let gpu = faulty(&faults);
            assert!(tally(&gpu, plan) == *sound, "{name}");
            let incidents = gpu.incidents();
            assert_eq!(incidents.len(), faults.len(), "{name}: {incidents:?}");
            assert!(incidents.iter().all(|said| said.contains("lost") && said.contains("reopened")), "{incidents:?}");
        }
    });
}

#[test]
fn full_memory_makes_smaller_chunks_of_the_same_bits() {
    each(|name, plan, sound, faulty| {
        let gpu = faulty(&[(0, Injected::OutOfMemory), (1, Injected::OutOfMemory)]);
        assert!(tally(&gpu, plan) == *sound, "{name}");
        let incidents = gpu.incidents();
        assert_eq!(incidents.len(), 2, "{incidents:?}");
        assert!(incidents[0].contains("chunks of 512 paths") && incidents[1].contains("chunks of 256 paths"));
    });
}

#[test]
fn a_device_that_fails_for_good_leaves_the_rest_to_the_cpu() {
    each(|name, plan, sound, faulty| {
        for fault in [Injected::Lost, Injected::OutOfMemory] {
            let all: Vec<(u64, Injected)> = (4..100).map(|submission| (submission, fault)).collect();
            let gpu = faulty(&all);
            let found = tally(&gpu, plan);
            let incidents = gpu.incidents();
            assert!(
                incidents.last().is_some_and(|said| said.contains("CPU engine computed the rest")),
                "{incidents:?}"
            );
            assert_eq!(found.paths, sound.paths, "{name}");
            for (spec, (one, other)) in plan.figures.iter().zip(found.figures.iter().zip(&sound.figures)) {
                let [a, b] = [one, other].map(|of| moments(&Sample::independent(of, spec.frame)).mean.unwrap_or(0.0));
                let size = a.abs().max(spec.frame.scale);
                // the parity of engines is 10⁻⁵ for 99.9% of the paths
                assert!((a - b).abs() <= 1e-4 * size, "{name}: {a} and {b}");
            }
        }
    });
}
