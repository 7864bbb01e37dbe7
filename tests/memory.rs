//! The memory of a run does not grow with its paths. In a program of its own: a process starts with the peak of the one that
//! starts it, so that one must stay small.

#![cfg(target_os = "linux")]

#[path = "shared/skip.rs"]
mod skip;

use std::process::{Command, Stdio};

const OPENAI: &str = "scenarios/openai.toml";

fn overhang(verb: &str, scenario: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overhang"));
    command.args([verb, scenario, "--quiet"]).stdout(Stdio::null());
    command
}

/// Peak resident memory of a run in bytes.
fn peak(scenario: &str, arguments: &[&str]) -> u64 {
    peak_of(overhang("run", scenario).arg("--at-centre").args(arguments))
}

/// Peak resident memory of a command in bytes. This process opens no adapters, so that its own peak is lower.
#[expect(clippy::zombie_processes, reason = "wait4 waits for it")]
fn peak_of(command: &mut Command) -> u64 {
    let child = command.spawn().expect("the binary starts");
    let mut status = 0;
    // SAFETY: all zeros is a value of this structure of integers.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the process is our child, nobody else waits for it, and both pointers are to live values.
    let waited = unsafe { libc::wait4(child.id() as i32, &mut status, 0, &mut usage) };
    assert_eq!((waited, status), (child.id() as i32, 0), "{command:?}");
    // in KiB on Linux
    usage.ru_maxrss as u64 * 1024
}

/// Peaks of a run and of one with other paths, in bytes; the second must be below half a gigabyte.
fn peaks(scenario: &str, engine: &[&str], few: &str, many: &str) -> [u64; 2] {
    let [few, many] = [few, many].map(|paths| peak(scenario, &[engine, &["--paths", paths]].concat()));
    println!(
        "{scenario}, {engine:?}: {:.1} MB, with ten times the paths {:.1} MB",
        few as f64 / 1e6,
        many as f64 / 1e6
    );
    assert!(many < 500_000_000, "{scenario}, {engine:?}: {many} bytes");
    [few, many]
}

fn stays_flat(engine: &[&str], few: &str, many: &str) {
    let [few, many] = peaks(OPENAI, engine, few, many);
    assert!(many as f64 <= 1.1 * few as f64, "{engine:?}: {few} bytes, then {many}");
}

#[test]
fn ten_times_the_paths_take_no_more_memory() {
    stays_flat(&["--backend", "cpu"], "1_000_000", "10_000_000");
}

#[test]
fn small_scenarios_keep_within_their_sketches() {
    for scenario in ["tests/cases/two-labs.toml", "scenarios/aws-38b.toml"] {
        let [few, many] = peaks(scenario, &["--backend", "cpu", "--threads", "2"], "200_000", "2_000_000");
        // the more paths, the more of the sketches' bins are touched, until all are: 4 MiB cover them
        assert!(many <= few + (4 << 20), "{scenario}: {few} bytes grew to {many}");
    }
}

#[test]
fn ten_times_the_paths_take_no_more_memory_on_a_gpu() {
    let tried =
        overhang("run", OPENAI).args(["--backend", "gpu", "--paths", "256"]).output().expect("the binary starts");
    if String::from_utf8_lossy(&tried.stderr).contains("no GPU adapter found") {
        return skip::skip("memory on a GPU", "there is no GPU adapter", "OVERHANG_REQUIRE_GPU");
    }
    for sampling in ["device", "host"] {
        stays_flat(&["--backend", "gpu", "--sampling", sampling], "30_000", "300_000");
    }
}

#[test]
fn twenty_times_the_points_take_no_more_memory_than_their_values() {
    let place = tempfile::tempdir().expect("there is room for a store");
    let (few, many) = (4_000, 80_000);
    for axis in ["contract.aws.take_or_pay=0.5:1", "factor.h100.volatility=0.2:0.4"] {
        let peak = |points: u64, run: usize| {
            let (store, points) = (place.path().join(format!("{}-{points}-{run}", &axis[..6])), points.to_string());
            let design = ["--design", "sobol", "--points", &points, "--axis", axis, "--paths", "1", "--backend", "cpu"];
            peak_of(overhang("sweep", "scenarios/aws-38b.toml").args(design).arg("--at-centre").arg("--out").arg(store))
        };
        // even the few fill parts of the store; what is in memory at the same time differs from run to run by up to 30 MB
        let of_few = (0..5).map(|run| peak(few, run)).max().expect("there are runs");
        let of_many = peak(many, 0);
        println!("{axis}: {:.1} MB, with twenty times the points {:.1} MB", of_few as f64 / 1e6, of_many as f64 / 1e6);
        assert!(of_many <= of_few + (many - few) * 512, "{axis}: {of_few} bytes grew to {of_many}");
    }
}
