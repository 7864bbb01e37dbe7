//! Plans that are computed together: the same bits as apart, whatever else is in the group and however the work is cut.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::adapters::gpus;
use crate::plan;
use overhang::engine::cpu::CpuEngine;
use overhang::engine::{Draws, Engine, Group, Instructions, Precision, Sampling, prepare};
use overhang::plan::Plan;
use overhang::tally::Tally;

const DRAWS: Draws = Draws { seed: 20_261_123, replicate: 0 };
/// Not whole blocks, and more than one task of the CPU engine.
const PATHS: u64 = 9_000;

/// A case with regimes and an event that watches them, and the same with other contracts, events and discounting.
fn plans() -> Vec<Plan> {
    let text = std::fs::read_to_string("tests/cases/two-labs.toml").expect("it is there");
    assert!(text.contains("[[regimes.effect]]") && text.contains("metric = \"regime\""), "the case has lost its chain");
    let edited = |from: &str, to: &str| {
        assert!(text.contains(from), "the case has no `{from}`");
        text.replacen(from, to, 1)
    };
    let texts = [
        text.clone(),
        edited("take_or_pay = ", "take_or_pay = 0.5 #"),
        edited("rate = ", "rate = 0.03 #"),
        edited("metric = \"regime\"\nstate = \"bust\"", "metric = \"cash\"\nbelow = 0.0"),
    ];
    texts
        .iter()
        .map(|text| {
            let loaded = overhang::scenario::parse(text, "two-labs.toml").unwrap_or_else(|failure| panic!("{failure}"));
            prepare(&loaded.scenario)
        })
        .collect()
}

fn together<'a>(plans: impl IntoIterator<Item = &'a Plan>) -> Group<'a> {
    Group { plans: plans.into_iter().collect(), draws: DRAWS, shared: true }
}

fn tallies(engine: &dyn Engine, groups: &[Group], paths: std::ops::Range<u64>) -> Vec<Vec<Tally>> {
    engine.tallies(groups, paths, &|_| true).expect("no faults")
}

/// What all engines must do: what a group gives is what its plans give alone, in pieces and in other groups.
fn conforms(name: &str, engine: &dyn Engine, plans: &[Plan]) -> Vec<Tally> {
    let all = tallies(engine, &[together(plans)], 0..PATHS).remove(0);
    assert_eq!(all.len(), plans.len());
    for (plan, tally) in plans.iter().zip(&all) {
        assert_eq!(tally.paths, PATHS, "{name}");
        assert_eq!(&tallies(engine, &[together([plan])], 0..PATHS)[0][0], tally, "{name}: alone");
    }
    let mut pieces = tallies(engine, &[together(plans)], 4096..PATHS).remove(0);
    for (piece, rest) in pieces.iter_mut().zip(&tallies(engine, &[together(plans)], 0..4096)[0]) {
        piece.merge(rest);
    }
    assert_eq!(pieces, all, "{name}: in pieces");
    let many: Vec<Group> = (0..12).map(|i| together([&plans[i % plans.len()]])).collect();
    for (i, group) in tallies(engine, &many, 0..PATHS).into_iter().enumerate() {
        assert_eq!(group[0], all[i % plans.len()], "{name}: in group {i} of many");
    }
    all
}

#[test]
fn factors_are_shared_only_where_they_are_the_same() {
    let plans = plans();
    assert!(plans.iter().all(|plan| plan.shares_factors(&plans[0])));
    assert!(plans[0].watches_chain() && !plans[3].watches_chain());
    assert!(plans[1..].iter().all(|plan| plan.double != plans[0].double), "each edit changes something");
    assert!(!plan("scenarios/aws-38b.toml").shares_factors(&plans[0]));
    let text = std::fs::read_to_string("tests/cases/two-labs.toml").expect("it is there");
    let other = text.replacen("volatility = ", "volatility = 0.111 #", 1);
    let other = overhang::scenario::parse(&other, "other.toml").unwrap_or_else(|failure| panic!("{failure}"));
    assert!(!prepare(&other.scenario).shares_factors(&plans[0]));
}

#[test]
fn cpu_groups_give_the_bits_of_plain_runs() {
    let plans = plans();
    for precision in [Precision::Single, Precision::Double] {
        for threads in [1, 2, 3] {
            let engine = CpuEngine::new(Some(threads), Instructions::best(), precision, Sampling::Device).unwrap();
            let all = conforms(&engine.description(), &engine, &plans);
            for (plan, tally) in plans.iter().zip(&all) {
                let plain = engine.tally(plan, DRAWS, 0..PATHS, &|_| true).expect("no faults");
                assert_eq!(&plain, tally, "{}", engine.description());
            }
        }
    }
}

#[test]
fn gpu_groups_give_the_same_bits_and_agree_with_the_cpu() {
    let plans = plans();
    let cpu = CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).unwrap();
    for sampling in [Sampling::Device, Sampling::Host] {
        for (name, gpu) in gpus(sampling) {
            let all = conforms(&format!("{name}, {sampling:?} sampling"), &gpu.with_chunk(2048), &plans);
            for (plan, tally) in plans.iter().zip(&all) {
                let reference = cpu.tally(plan, DRAWS, 0..PATHS, &|_| true).expect("no faults");
                let mut compared = 0;
                for (ours, theirs) in tally.figures.iter().zip(&reference.figures) {
                    let sums = [ours, theirs].map(|figure| figure.powers[0].to_f64());
                    // in units of the figure's scale, at least 2⁻¹² of it: 9,000 paths that agree to 4·10⁻⁷ of their size;
                    // other draws would make a difference of some √(2·9,000)
                    assert!((sums[0] - sums[1]).abs() < 20.0, "{name}, {sampling:?} sampling: {sums:?}");
                    compared += 1;
                }
                assert!(compared > 20);
                for (ours, theirs) in tally.times.iter().zip(&reference.times) {
                    assert!(ours.happened().abs_diff(theirs.happened()) <= 5, "{name}, {sampling:?} sampling");
                }
            }
        }
    }
}

#[test]
fn a_group_stops_when_it_is_told_to() {
    let plans = plans();
    let engine = CpuEngine::new(Some(1), Instructions::best(), Precision::Single, Sampling::Device).unwrap();
    let all = engine.tallies(&[together(&plans)], 0..1 << 40, &|_| false).expect("no faults");
    assert!(all[0][0].paths < 1 << 20);
    // of few paths, each plan is told of once
    let few = engine.tallies(&[together(&plans)], 0..700, &|_| false).expect("no faults");
    assert_eq!(few[0].iter().map(|tally| tally.paths).collect::<Vec<_>>(), [700, 0, 0, 0]);
}

#[test]
fn many_plans_of_few_paths_give_the_bits_of_plain_runs() {
    let plans = plans();
    let others = plan("scenarios/aws-38b.toml");
    for (threads, sampling) in [(1, Sampling::Device), (3, Sampling::Device), (2, Sampling::Host)] {
        let engine = CpuEngine::new(Some(threads), Instructions::best(), Precision::Single, sampling).unwrap();
        // shares of several plans each, a group of another scenario, and blocks that are not whole; from the first path and from a later
        for paths in [0..1, 0..256, 0..700, 512..1512, 0..4096] {
            let many = together((0..21).map(|i| &plans[i % plans.len()]));
            let told = AtomicU64::new(0);
            let progress = |paths| told.fetch_add(paths, Ordering::Relaxed) < u64::MAX;
            let found = engine.tallies(&[many, together([&others])], paths.clone(), &progress).expect("no faults");
            let length = paths.end - paths.start;
            assert_eq!(told.into_inner(), 22 * length);
            let plain = |plan: &Plan| engine.tally(plan, DRAWS, paths.clone(), &|_| true).expect("no faults");
            assert_eq!(found[1][0], plain(&others));
            for (i, tally) in found[0].iter().enumerate() {
                assert_eq!(
                    (tally.paths, tally),
                    (length, &plain(&plans[i % plans.len()])),
                    "{threads} threads, plan {i}"
                );
            }
        }
    }
}
