//! The memory of a run does not grow with its paths. In a program of its own: a process starts with the peak of the one that
//! starts it, so that one must stay small.

#![cfg(target_os = "linux")]

#[path = "shared/skip.rs"]
mod skip;

use std::process::{Command, Stdio};

fn overhang() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overhang"));
    command.args(["run", "scenarios/openai.toml", "--quiet"]).stdout(Stdio::null());
    command
}

/// Peak resident memory of a run in bytes. This process opens no adapters, so that its own peak is lower.
#[expect(clippy::zombie_processes, reason = "wait4 waits for it")]
fn peak(arguments: &[&str]) -> u64 {
    let child = overhang().args(arguments).spawn().expect("the binary starts");
    let mut status = 0;
    // SAFETY: all zeros is a value of this structure of integers.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the process is our child, nobody else waits for it, and both pointers are to live values.
    let waited = unsafe { libc::wait4(child.id() as i32, &mut status, 0, &mut usage) };
    assert_eq!((waited, status), (child.id() as i32, 0), "{arguments:?}");
    // in KiB on Linux
    usage.ru_maxrss as u64 * 1024
}

fn stays_flat(engine: &[&str], few: &str, many: &str) {
    let [few, many] = [few, many].map(|paths| peak(&[engine, &["--paths", paths]].concat()));
    println!("{engine:?}: {:.1} MB, with ten times the paths {:.1} MB", few as f64 / 1e6, many as f64 / 1e6);
    assert!(many as f64 <= 1.1 * few as f64, "{engine:?}: {few} bytes, then {many}");
    assert!(many < 500_000_000, "{engine:?}: {many} bytes");
}

#[test]
fn ten_times_the_paths_take_no_more_memory() {
    stays_flat(&["--backend", "cpu"], "1_000_000", "10_000_000");
}

#[test]
fn ten_times_the_paths_take_no_more_memory_on_a_gpu() {
    let tried = overhang().args(["--backend", "gpu", "--paths", "256"]).output().expect("the binary starts");
    if String::from_utf8_lossy(&tried.stderr).contains("no GPU adapter found") {
        return skip::skip("memory on a GPU", "there is no GPU adapter", "OVERHANG_REQUIRE_GPU");
    }
    for sampling in ["device", "host"] {
        stays_flat(&["--backend", "gpu", "--sampling", sampling], "50_000", "500_000");
    }
}
