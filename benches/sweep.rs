//! What a point of a sweep costs beside its paths: a sweep of many points of few paths against one run of as many paths, in turn.
//!
//! `cargo bench --bench sweep [-- POINTS PATHS]`; 4,000 points of 1,000 paths if it is not said.

use std::time::Instant;

use overhang::engine::select::Backend;
use overhang::run::RunBuilder;
use overhang::scenario::Loaded;
use overhang::sweep::SweepBuilder;
use overhang::sweep::axis::Axis;
use overhang::sweep::design::Kind;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 3;
/// Of each file a key of a contract, whose points share their trajectories, and one of a factor, whose points do not.
const AXES: [(&str, &str); 4] = [
    ("tests/cases/one-lab.toml", "contract.base.take_or_pay=0.5:1"),
    ("tests/cases/one-lab.toml", "factor.price.volatility=0.2:0.4"),
    ("scenarios/aws-38b.toml", "contract.aws.take_or_pay=0.5:1"),
    ("scenarios/aws-38b.toml", "factor.h100.volatility=0.2:0.4"),
];

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let (points, paths) = (numbers.next().unwrap_or(4000), numbers.next().unwrap_or(1000));
    println!("{points} points of {paths} paths, and a run of as many paths; medians of {ROUNDS} rounds");
    for (file, axis) in AXES {
        let loaded =
            overhang::scenario::load(file.as_ref()).expect("a sound scenario").at_centre().expect("it is checked");
        let rounds = (0..ROUNDS).map(|_| (run(&loaded, points * paths), sweep(&loaded, axis, points, paths)));
        let (runs, sweeps): (Vec<f64>, Vec<f64>) = rounds.unzip();
        let (run, sweep) = (median(runs), median(sweeps));
        let overhead = 1e3 * (sweep - run) / points as f64;
        let ratio = sweep / run;
        println!("{file}, {axis}: run {run:.2} s, sweep {sweep:.2} s ({ratio:.2} times), {overhead:.3} ms a point");
    }
}

/// Seconds of a run.
fn run(loaded: &Loaded, paths: u64) -> f64 {
    let started = Instant::now();
    RunBuilder::new(&loaded.scenario).backend(Backend::Cpu).paths(paths).run().expect("it runs");
    started.elapsed().as_secs_f64()
}

/// Seconds of a sweep, from its axis to its store on the disk.
fn sweep(loaded: &Loaded, axis: &str, points: u64, paths: u64) -> f64 {
    let place = tempfile::tempdir().expect("there is room for a store");
    let axis = Axis::parse(axis).expect("an axis");
    let started = Instant::now();
    let sweep = SweepBuilder::new(loaded).axis(axis).design(Kind::Sobol).points(points).backend(Backend::Cpu);
    sweep.paths(paths).run(&place.path().join("store")).expect("it runs");
    started.elapsed().as_secs_f64()
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}
