//! Quantities over time: against closed forms, against a slow recomputation path by path, and engine against engine.

mod slow;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::adapters::gpus;
use ndarray::{ArrayViewMut2, ArrayViewMut3};
use overhang::engine::cpu::CpuEngine;
use overhang::engine::gpu::Injected;
use overhang::engine::trajectory_source::TrajectorySource;
use overhang::engine::{Draws, Engine, EngineError, Instructions, Precision, Sampling, prepare, prepare_profile};
use overhang::measure::{self, RowEstimates, RowSample, row_estimates};
use overhang::plan::Plan;
use overhang::plan::profile::{Observable, Profile};
use overhang::scenario::Scenario;
use overhang::tally::ProfileTally;
use overhang::trajectories;
use statrs::distribution::{ContinuousCDF, Normal};

const DRAWS: Draws = Draws { seed: 20_261_124, replicate: 0 };
const PATHS: u64 = 131_072;
/// Paths that adapters are compared on; no whole number of blocks, and several chunks.
const ADAPTER_PATHS: u64 = 20_000;
const FILES: [&str; 3] = ["tests/cases/one-lab.toml", "tests/cases/two-labs.toml", "scenarios/aws-38b.toml"];
/// Four organizations that share prices; too much for software adapters.
const INDUSTRY: &str = "scenarios/industry.toml";
const PROBABILITIES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

struct Case {
    scenario: Scenario,
    plan: Plan,
    profile: Profile,
}

fn case(scenario: Scenario) -> Case {
    let plan = prepare(&scenario);
    Case { profile: prepare_profile(&scenario, &plan), plan, scenario }
}

fn file(name: &str) -> Case {
    case(overhang::scenario::load(name.as_ref()).unwrap_or_else(|failure| panic!("{failure}")).scenario)
}

fn parsed(text: &str) -> Case {
    case(overhang::scenario::parse(text, "case.toml").unwrap_or_else(|failure| panic!("{failure}")).scenario)
}

/// The files, and the first of them in weeks over six years: 312 periods, of which every fifth is a date, the first not.
fn cases() -> Vec<(&'static str, Case)> {
    let text = std::fs::read_to_string(FILES[0]).expect("the case is there");
    let text = text.replace("step = \"quarter\"", "step = \"week\"");
    let long = parsed(&text);
    assert_eq!((long.profile.dates[0], long.profile.step(), long.profile.dates.len()), (2, 5, 63));
    FILES.into_iter().map(|name| (name, file(name))).chain([("in weeks", long)]).collect()
}

fn cpu(threads: usize, precision: Precision, sampling: Sampling) -> CpuEngine {
    CpuEngine::new(Some(threads), Instructions::best(), precision, sampling).expect("threads start")
}

impl Case {
    fn tally(&self, engine: &dyn Engine, paths: u64) -> ProfileTally {
        let told = AtomicU64::new(0);
        let progress = |done| {
            told.fetch_add(done, Ordering::Relaxed);
            true
        };
        let tally = engine.profile(&self.plan, &self.profile, DRAWS, 0..paths, &progress);
        let tally = tally.unwrap_or_else(|error| panic!("{}: {error}", engine.description()));
        assert_eq!((tally.paths, told.into_inner()), (paths, paths), "each path is told of once");
        tally
    }

    /// On the CPU engine in both precisions and on every adapter.
    fn on_every_engine(&self, paths: u64) -> Vec<(String, ProfileTally)> {
        let cpus = [Precision::Single, Precision::Double].map(|precision| cpu(2, precision, Sampling::Device));
        let mut all: Vec<_> = cpus.iter().map(|cpu| (cpu.description(), self.tally(cpu, paths))).collect();
        for (name, gpu) in gpus(Sampling::Device) {
            all.push((name, self.tally(&gpu, paths)));
            assert_eq!(gpu.incidents(), [""; 0]);
        }
        all
    }

    fn row(&self, date: usize, quantity: Observable) -> usize {
        let place =
            self.profile.observed.iter().position(|observed| observed.observable == quantity).expect("it is observed");
        date * self.profile.observed.len() + place
    }

    fn estimates(&self, tally: &ProfileTally, row: usize) -> RowEstimates {
        row_estimates(&RowSample::new(tally, row, self.profile.frame(row)), &PROBABILITIES)
    }
}

/// Holds a row to exact quantiles, and to an exact mean.
fn holds(what: &str, found: &RowEstimates, scale: f64, quantile: impl Fn(f64) -> f64, mean: f64) {
    for (&p, estimate) in PROBABILITIES.iter().zip(&found.quantiles) {
        let (value, exact) = (estimate.value.expect("a value"), quantile(p));
        let width = estimate.high.expect("a bound") - estimate.low.expect("a bound");
        let se = width / (2.0 * measure::normal_width());
        // within a bin paths are taken to be spread evenly
        assert!((value - exact).abs() <= 4.0 * se + scale / 256.0, "{what}: {value} at {p}, exactly {exact}, ± {se}");
    }
    let (value, se) = (found.all.mean.expect("a mean"), found.all.se.expect("an error"));
    assert!((value - mean).abs() <= 4.0 * se + 2e-6 * mean.abs(), "{what}: mean {value}, exactly {mean}, ± {se}");
}

fn scenario(years: u32, step: &str, rest: &str) -> String {
    format!(
        "schema = 1\nname = \"case\"\ncurrency = \"USD\"\ncapacity_unit = \"GW\"\n\
         [horizon]\nstart = 2026-01-01\nyears = {years}\nstep = \"{step}\"\n[discount]\nrate = 0.05\n{rest}\n"
    )
}

#[test]
fn factors_have_their_quantiles_and_means_at_every_date() {
    let case = parsed(&scenario(
        4,
        "quarter",
        "[[factor]]\nname = \"price\"\nprocess = \"gbm\"\nstart = 2.0\ndrift = -0.1\nvolatility = 0.4\n\
         [[factor]]\nname = \"use\"\nprocess = \"ou\"\nlevel = 0.7\nstart = 0.2\nreversion = 2.5\nvolatility = 0.8\n\
         [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\nburst = { price = \"price\" }",
    ));
    assert_eq!(case.profile.dates, (1..=16).collect::<Vec<u32>>());
    for (engine, tally) in case.on_every_engine(PATHS) {
        for date in [0, 3, 9, 15] {
            let year = (date + 1) as f64 / 4.0;
            let (mean, deviation) = (2.0 * (-0.1 * year).exp(), 0.4 * year.sqrt());
            let row = case.row(date, Observable::Factor(0));
            let found = case.estimates(&tally, row);
            let quantile = |p| mean * (deviation * (Normal::standard().inverse_cdf(p) - 0.5 * deviation)).exp();
            holds(&format!("{engine}: price in year {year}"), &found, case.profile.frame(row).scale, quantile, mean);
            // a transition from 0.2, and after four years of reversion the stationary law
            let deviation = 0.8 * (-(-5.0 * year).exp_m1() / 5.0).sqrt();
            let centre = (-2.5 * year).exp() * (0.2_f64 / 0.7).ln();
            let mean = 0.7 * (centre + 0.5 * deviation * deviation).exp();
            let row = case.row(date, Observable::Factor(1));
            let found = case.estimates(&tally, row);
            let quantile = |p| 0.7 * (centre + deviation * Normal::standard().inverse_cdf(p)).exp();
            holds(&format!("{engine}: use in year {year}"), &found, case.profile.frame(row).scale, quantile, mean);
        }
    }
}

#[test]
fn a_contract_serves_what_constant_demand_leaves_it_and_counts_add_up() {
    let case = parsed(&scenario(
        3,
        "quarter",
        "[[factor]]\nname = \"use\"\nprocess = \"table\"\nvalues = [[0, 1.0]]\n\
         [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 0.75\n\
         [[contract]]\nname = \"c\"\norganization = \"lab\"\nvendor = \"V\"\nterm = 3.0\n\
         capacity = [[0, 0.5], [1.5, 0.5], [1.75, 2.0], [3, 2.0]]\nrate = 7e9\ntake_or_pay = 0.8",
    ));
    for (engine, tally) in case.on_every_engine(2000) {
        for date in 0..case.profile.dates.len() {
            let served = case.estimates(&tally, case.row(date, Observable::Served(0)));
            let exact = if date < 6 { Some(0.5) } else { Some(0.75).filter(|_| date > 7) };
            if let Some(exact) = exact {
                assert_eq!((served.all.mean, served.all.se), (Some(exact), Some(0.0)), "{engine}, date {date}");
                assert!(served.quantiles.iter().all(|estimate| estimate.value == Some(exact)), "{engine}");
            }
        }
        for row in &tally.rows {
            let parts: u64 = row.parts.iter().map(|part| part.count).sum();
            assert_eq!((parts, row.bins.iter().map(|&count| u64::from(count)).sum()), (2000, 2000), "{engine}");
        }
    }
}

#[test]
fn sums_are_those_of_single_paths_by_their_own_bubbles() {
    for (name, case) in cases().into_iter().chain([(INDUSTRY, file(INDUSTRY))]) {
        for sampling in [Sampling::Device, Sampling::Host] {
            let cpu = cpu(2, Precision::Single, sampling);
            let rows = slow::rows(&cpu, &case.plan, &case.profile, DRAWS, 512);
            let tally = case.tally(&cpu, 512);
            let mut split = 0;
            for (index, (found, slow)) in tally.rows.iter().zip(&rows).enumerate() {
                let quantity = case.profile.observed[index % case.profile.observed.len()].observable;
                let what = format!("{name}, {quantity:?} at {index}");
                slow.holds(found, &what);
                split += usize::from(found.parts.iter().all(|part| part.count > 0));
            }
            assert!(split > 10, "{name}: some bubbles burst and others do not");
        }
    }
    // each organization's own bubble and the system's divide the paths differently
    let case = file(INDUSTRY);
    let shared =
        case.profile.observed.iter().find(|observed| observed.bubble.is_none()).expect("common prices").observable;
    let tally = case.tally(&cpu(2, Precision::Single, Sampling::Device), 4096);
    let bursts = |quantity| tally.rows[case.row(case.profile.dates.len() - 1, quantity)].parts[1].count;
    let mut found: Vec<u64> = (0..4).map(|organization| bursts(Observable::Served(organization))).collect();
    found.push(bursts(shared));
    println!("of 4096 paths so many burst: {found:?}");
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), 5);
}

#[test]
fn cpu_profiles_are_the_same_bits_on_any_threads() {
    for (name, case) in cases() {
        for precision in [Precision::Single, Precision::Double] {
            let one = case.tally(&cpu(1, precision, Sampling::Device), 10_000);
            assert!(one == case.tally(&cpu(2, precision, Sampling::Device), 10_000), "{name}");
        }
    }
}

/// Two engines' tallies of the same paths.
fn assert_same(case: &Case, one: &ProfileTally, other: &ProfileTally, what: &str) {
    let most = one.paths / 500;
    for (index, (a, b)) in one.rows.iter().zip(&other.rows).enumerate() {
        let what =
            format!("{what}, {:?} at {index}", case.profile.observed[index % case.profile.observed.len()].observable);
        for part in 0..2 {
            let ([x, y], count) = ([a.parts[part], b.parts[part]], a.parts[part].count.max(1) as f64);
            assert!(x.count.abs_diff(y.count) <= most, "{what}: {} and {} paths", x.count, y.count);
            // a path that changed sides takes its own value along
            let moved = 8.0 * x.count.abs_diff(y.count) as f64;
            let deviation = (x.second / count).sqrt().max(1e-3);
            let close = |p: f64, q: f64, unit: f64| (p - q).abs() <= 1e-4 * count * unit + moved * (1.0 + unit);
            assert!(close(x.first, y.first, deviation), "{what}: {x:?} {y:?}");
            assert!(close(x.second, y.second, deviation * deviation), "{what}: {x:?} {y:?}");
        }
        // paths of one that lie beyond a place less those of the other, at the worst place: neighbours' exchange
        let (mut beyond, mut moved) = (0i64, 0);
        for (&m, &n) in a.bins.iter().zip(&b.bins) {
            beyond += i64::from(m) - i64::from(n);
            moved = moved.max(beyond.unsigned_abs());
        }
        assert!(moved <= most, "{what}: {moved} paths in other bins");
        let near = |p: f64, q: f64| (p - q).abs() <= 1e-3 * case.profile.frame(index).scale.max(p.abs());
        assert!(near(a.min, b.min) && near(a.max, b.max), "{what}: {a:?} {b:?}");
    }
}

#[test]
fn adapters_have_the_cpu_s_profiles_the_same_bits_every_time() {
    for (name, case) in cases() {
        let reference = case.tally(&cpu(2, Precision::Single, Sampling::Device), ADAPTER_PATHS);
        for sampling in [Sampling::Device, Sampling::Host] {
            assert_same(&case, &reference, &case.tally(&cpu(2, Precision::Single, sampling), ADAPTER_PATHS), name);
            for (adapter, gpu) in gpus(sampling) {
                let what = format!("{name} on {adapter}, {sampling:?} sampling");
                let found = case.tally(&gpu, ADAPTER_PATHS);
                assert_same(&case, &reference, &found, &what);
                assert!(found == case.tally(&gpu, ADAPTER_PATHS), "{what}: other bits");
                assert_eq!(gpu.incidents(), [""; 0], "{what}");
            }
        }
    }
}

#[test]
fn checked_and_nested_kernels_watch_the_same() {
    let case = file(FILES[1]);
    for sampling in [Sampling::Device, Sampling::Host] {
        let [plain, checked, nested] = [(); 3].map(|()| gpus(sampling));
        for (((name, plain), (_, checked)), (_, nested)) in plain.into_iter().zip(checked).zip(nested) {
            let plain = case.tally(&plain, 2000);
            assert!(case.tally(&checked.checked(), 2000) == plain, "{name}, {sampling:?} sampling");
            assert_same(&case, &plain, &case.tally(&nested.nested(), 2000), &format!("{name}, nested"));
        }
    }
}

#[test]
fn given_trajectories_have_the_profiles_of_drawn_ones() {
    let place = tempfile::tempdir().unwrap();
    for name in &FILES[..2] {
        let case = file(name);
        let own = &cpu(2, Precision::Single, Sampling::Device);
        let path = place.path().join(format!("{}.parquet", case.scenario.name));
        let Case { scenario, plan, .. } = &case;
        let sampling = trajectories::Sampling { scenario, plan, engine: own, parts: &[(DRAWS, 6000)] };
        assert!(trajectories::write(&path, &sampling, &|_| true).expect("it is written"));
        let given = trajectories::open(&path, scenario, plan).unwrap_or_else(|error| panic!("{error}")).given;
        let engine = cpu(2, Precision::Single, Sampling::Device).with_trajectories(Arc::clone(&given));
        assert!(case.tally(own, 6000) == case.tally(&engine, 6000), "{name}");
        for ((adapter, gpu), (_, own)) in gpus(Sampling::Host).into_iter().zip(gpus(Sampling::Host)) {
            let gpu = gpu.with_trajectories(Arc::clone(&given));
            assert!(case.tally(&gpu, 6000) == case.tally(&own, 6000), "{name} on {adapter}");
        }
    }
}

/// Constant factors, but for every seventh path, on which all are so large that single precision loses the figures.
struct Huge;

impl TrajectorySource for Huge {
    fn paths(&self) -> u64 {
        u64::MAX
    }

    fn fill(
        &self,
        first: u64,
        factors: &mut ArrayViewMut3<f32>,
        _: &mut ArrayViewMut2<u32>,
    ) -> Result<(), EngineError> {
        for ((_, _, path), x) in factors.indexed_iter_mut() {
            *x = if (first + path as u64).is_multiple_of(7) { 3e38 } else { 0.5 };
        }
        Ok(())
    }
}

#[test]
fn paths_whose_figures_are_no_numbers_are_left_out() {
    let case = parsed(&scenario(
        2,
        "quarter",
        "[[factor]]\nname = \"price\"\nprocess = \"gbm\"\nstart = 2.0\ndrift = 0.0\nvolatility = 0.4\n\
         [[factor]]\nname = \"use\"\nprocess = \"ou\"\nlevel = 0.7\nreversion = 2.5\nvolatility = 0.8\n\
         [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\n\
         burst = { price = \"price\", scale = 4e9 }",
    ));
    let check = |engine: &dyn Engine| {
        for row in case.tally(engine, 1000).rows {
            let counted: u64 = row.parts.iter().map(|part| part.count).sum();
            assert_eq!((counted, row.min, row.max), (857, 0.5, 0.5), "{}", engine.description());
            assert_eq!(row.bins.iter().sum::<u32>(), 857, "{}", engine.description());
        }
    };
    check(&cpu(2, Precision::Single, Sampling::Device).with_trajectories(Arc::new(Huge)));
    for (_, gpu) in gpus(Sampling::Host) {
        check(&gpu.with_trajectories(Arc::new(Huge)));
    }
}

#[test]
fn devices_that_fail_leave_the_same_profile() {
    let case = file(FILES[0]);
    let paths = 5000;
    for sampling in [Sampling::Device, Sampling::Host] {
        for (place, (name, gpu)) in gpus(sampling).into_iter().enumerate() {
            let sound = case.tally(&gpu.with_chunk(1024), paths);
            let faulty =
                |faults: &[(u64, Injected)]| gpus(sampling).swap_remove(place).1.with_chunk(1024).with_faults(faults);
            let gpu = faulty(&[(3, Injected::Lost)]);
            assert!(case.tally(&gpu, paths) == sound, "{name}");
            let incidents = gpu.incidents();
            assert!(incidents.len() == 1 && incidents[0].contains("reopened"), "{incidents:?}");
            let gpu = faulty(&[(2, Injected::OutOfMemory)]);
            assert_same(&case, &case.tally(&gpu, paths), &sound, &name);
            let incidents = gpu.incidents();
            assert!(incidents.len() == 1 && incidents[0].contains("chunks of 512 paths"), "{incidents:?}");
            let gpu = faulty(&[(1, Injected::Lost), (4, Injected::Lost)]);
            assert_same(&case, &case.tally(&gpu, paths), &sound, &name);
            let incidents = gpu.incidents();
            assert!(incidents.len() == 2 && incidents[1].contains("CPU engine computed"), "{incidents:?}");
        }
    }
}

#[test]
fn whoever_asks_may_stop_early() {
    let case = file(FILES[0]);
    let check = |engine: &dyn Engine| {
        let tally = engine.profile(&case.plan, &case.profile, DRAWS, 0..PATHS, &|_| false).expect("no faults");
        assert!(tally.paths > 0 && tally.paths < PATHS, "{}: {}", engine.description(), tally.paths);
        let counted: u64 = tally.rows[0].parts.iter().map(|part| part.count).sum();
        let binned: u64 = tally.rows[0].bins.iter().map(|&count| u64::from(count)).sum();
        assert_eq!((counted, binned), (tally.paths, tally.paths), "{}", engine.description());
    };
    check(&cpu(2, Precision::Single, Sampling::Device));
    gpus(Sampling::Device).into_iter().for_each(|(_, gpu)| check(&gpu.with_chunk(1024)));
}
