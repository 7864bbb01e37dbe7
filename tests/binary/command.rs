//! The program as tests call it.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};

pub const SCENARIO: &str = "tests/binary/deal.toml";

pub fn overhang(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overhang"));
    command.args(arguments);
    command
}

pub fn cpu(more: &[&str]) -> Command {
    overhang(&[&["run", SCENARIO, "--backend", "cpu"], more].concat())
}

pub fn output(mut command: Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("the binary starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (status.code().expect("it ends by itself"), text(stdout), text(stderr))
}

/// Every message says what is wrong and what to do next.
pub fn assert_helps(stderr: &str) {
    assert!(stderr.starts_with("error: ") && stderr.contains("hint: "), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
}

/// The names in a folder; hidden ones too.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("it is there")
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Waits until a process handles SIGTERM, and so is past its start, which takes long on a busy machine. Only Linux tells.
pub fn await_handler(child: &Child) {
    let started = Instant::now();
    let caught = |status: &str| {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
        Some(u64::from_str_radix(mask.trim(), 16).ok()? >> (libc::SIGTERM - 1) & 1 == 1)
    };
    while cfg!(target_os = "linux") {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it was not waited for");
        if caught(&status) == Some(true) {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "it handles no signals:\n{status}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
