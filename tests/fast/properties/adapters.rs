//! Adapters give the CPU engine's figures and times of random scenarios.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use overhang::engine::{Engine, PathValues, Precision, Sampling, prepare};
use overhang::plan::Plan;
use overhang::plan::figure::FigureSpec;
use overhang::scenario::Scenario;

use super::{CASES, DRAWS, bare, cpu, generator, identities, naive, on_scenarios, random, walk};

/// Random scenarios, each of which has kernels of its own to compile.
const SCENARIOS: u32 = 20;
/// Paths of each.
const PATHS: u64 = 256;

/// All owners' figures and all times, of paths that draw on the device and of such that the host samples.
fn agree(scenarios: &[Scenario]) {
    let reference = cpu(1, Precision::Single);
    for sampling in [Sampling::Device, Sampling::Host] {
        for (name, gpu) in crate::adapters::gpus(sampling) {
            let (mut far, mut late, mut all) = (0, 0, 0);
            for scenario in scenarios {
                let plan = prepare(scenario);
                let values = gpu.values(&plan, DRAWS, 0..PATHS).unwrap_or_else(|error| panic!("{name}: {error}"));
                let exact = reference.values(&plan, DRAWS, 0..PATHS).expect("the CPU has no faults");
                // amounts cancel, so they are held to the largest figure of the path
                for path in 0..exact.paths {
                    let at = |of: &PathValues, spec: &FigureSpec| of.figures[spec.slot * of.paths + path];
                    let scale = plan.figures.iter().fold(1.0f64, |scale, spec| scale.max(at(&exact, spec).abs()));
                    let off = |spec: &&FigureSpec| (at(&values, spec) - at(&exact, spec)).abs() > 1e-4 * scale;
                    far += usize::from(plan.figures.iter().any(|spec| off(&spec)));
                    let time = |of: &PathValues, time: usize| of.times[time * of.paths + path];
                    let moved = (0..plan.times.len()).any(|k| time(&values, k) != time(&exact, k));
                    late += usize::from(moved);
                    all += 1;
                }
            }
            println!("{name}, {sampling:?} sampling: of {all} paths {far} differ in figures, {late} in times");
            // those on which a rounding turns merit order, a price limit or a threshold
            assert!(far * 500 <= all && late * 500 <= all, "{name}: {far} and {late} of {all} paths");
        }
    }
}

#[test]
fn adapters_compute_random_scenarios_as_the_cpu_does() {
    let chosen = RefCell::new(Vec::new());
    on_scenarios(SCENARIOS, &generator::scenarios(), |scenario| {
        chosen.borrow_mut().push(scenario.clone());
        Ok(())
    });
    agree(&chosen.into_inner());
}

#[test]
fn adapters_compute_clauses_as_the_cpu_does() {
    agree(&with_every_clause());
}

/// Few scenarios, since kernels with clauses are long: those of the random ones on whose paths clauses do something that they
/// do on no earlier one's.
fn with_every_clause() -> Vec<Scenario> {
    let engine = cpu(1, Precision::Double);
    let (seen, chosen) = (RefCell::new(BTreeSet::<&str>::new()), RefCell::new(Vec::new()));
    on_scenarios(CASES, &generator::scenarios_with_clauses(), |scenario| {
        let mut seen = seen.borrow_mut();
        let before = seen.len();
        if before == identities::CLAUSES {
            return Ok(());
        }
        let (model, plan) = (naive::Model::new(scenario), Plan::lower(&bare(scenario)));
        let mut happened = BTreeMap::new();
        for path in 0..PATHS {
            let trace = engine.trace(&plan, DRAWS, path);
            let walked = walk(&model, scenario, &trace, &random::words(scenario, DRAWS, path));
            identities::note(scenario, &walked, &mut happened);
        }
        seen.extend(happened.iter().filter(|(_, count)| **count > 0).map(|(what, _)| what));
        if seen.len() > before {
            chosen.borrow_mut().push(scenario.clone());
        }
        Ok(())
    });
    let (seen, chosen) = (seen.into_inner(), chosen.into_inner());
    println!("{} scenarios, on which clauses do all of {seen:?}", chosen.len());
    assert_eq!(seen.len(), identities::CLAUSES, "{seen:?}");
    chosen
}
