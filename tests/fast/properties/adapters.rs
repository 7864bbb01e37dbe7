//! Adapters give the CPU engine's figures and times of random scenarios.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use overhang::engine::{Engine, PathValues, Precision, Sampling, prepare};
use overhang::plan::Plan;
use overhang::plan::figure::FigureSpec;
use proptest::strategy::Strategy;

use super::{DRAWS, bare, cpu, generator, identities, naive, on_scenarios, random, walk};

/// Random scenarios, each of which has kernels of its own to compile.
const SCENARIOS: u32 = 20;
/// The same with clauses: as few as have every clause between them, since their kernels are several times as long.
const WITH_CLAUSES: u32 = 8;
/// Paths of each.
const PATHS: u64 = 256;

/// All owners' figures and all times, of paths that draw on the device and of such that the host samples.
fn agree(cases: u32, scenarios: &impl Strategy<Value = String>) {
    let reference = cpu(1, Precision::Single);
    for sampling in [Sampling::Device, Sampling::Host] {
        for (name, gpu) in crate::adapters::gpus(sampling) {
            let (far, late, all) = (Cell::new(0), Cell::new(0), Cell::new(0));
            on_scenarios(cases, scenarios, |scenario| {
                let plan = prepare(scenario);
                let values = gpu.values(&plan, DRAWS, 0..PATHS).map_err(|error| error.to_string())?;
                let exact = reference.values(&plan, DRAWS, 0..PATHS).expect("the CPU has no faults");
                // amounts cancel, so they are held to the largest figure of the path
                for path in 0..exact.paths {
                    let at = |of: &PathValues, spec: &FigureSpec| of.figures[spec.slot * of.paths + path];
                    let scale = plan.figures.iter().fold(1.0f64, |scale, spec| scale.max(at(&exact, spec).abs()));
                    let off = |spec: &&FigureSpec| (at(&values, spec) - at(&exact, spec)).abs() > 1e-4 * scale;
                    far.set(far.get() + usize::from(plan.figures.iter().any(|spec| off(&spec))));
                    let time = |of: &PathValues, time: usize| of.times[time * of.paths + path];
                    let moved = (0..plan.times.len()).any(|k| time(&values, k) != time(&exact, k));
                    late.set(late.get() + usize::from(moved));
                    all.set(all.get() + 1);
                }
                Ok(())
            });
            let (far, late, all) = (far.get(), late.get(), all.get());
            println!("{name}, {sampling:?} sampling: of {all} paths {far} differ in figures, {late} in times");
            // those on which a rounding turns merit order, a price limit or a threshold
            assert!(far * 500 <= all && late * 500 <= all, "{name}: {far} and {late} of {all} paths");
        }
    }
}

#[test]
fn adapters_compute_random_scenarios_as_the_cpu_does() {
    agree(SCENARIOS, &generator::scenarios());
}

/// Everything that clauses do happens on some of these paths.
#[test]
fn adapters_compute_clauses_as_the_cpu_does() {
    let engine = cpu(1, Precision::Double);
    let seen = RefCell::new(BTreeMap::<&str, u32>::new());
    on_scenarios(WITH_CLAUSES, &generator::scenarios_with_clauses(), |scenario| {
        let (model, plan) = (naive::Model::new(scenario), Plan::lower(&bare(scenario)));
        for path in 0..PATHS {
            let trace = engine.trace(&plan, DRAWS, path);
            let walked = walk(&model, scenario, &trace, &random::words(scenario, DRAWS, path));
            identities::note(scenario, &walked, &mut seen.borrow_mut());
        }
        Ok(())
    });
    let seen = seen.into_inner();
    println!("paths on which it happened, of {}: {seen:?}", u64::from(WITH_CLAUSES) * PATHS);
    assert_eq!(seen.len(), identities::CLAUSES);
    assert!(seen.values().all(|&count| count > 0), "{seen:?}");
    agree(WITH_CLAUSES, &generator::scenarios_with_clauses());
}
