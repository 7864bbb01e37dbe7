//! The commands of sweeps, as tests call them.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use overhang::scenario::Setting;
use overhang::sweep::Store;
use overhang::sweep::rows::Row;

pub const SCENARIO: &str = "tests/cases/one-lab.toml";

/// A place for stores that vanishes with the test.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Self {
        Place(tempfile::tempdir().expect("there is room for temporary files"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn at(&self, name: &str) -> String {
        self.path(name).to_str().expect("temporary paths are UTF-8").to_string()
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overhang"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn arguments<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["sweep", SCENARIO, "--out", out], more].concat()
}

pub fn overhang(arguments: &[&str], out: Stdio) -> Output {
    command(arguments).stdout(out).output().expect("the binary starts")
}

/// A sweep on the CPU engine.
pub fn sweep(out: &str, more: &[&str]) -> Output {
    command(&[arguments(out, more).as_slice(), &["--backend", "cpu"]].concat()).output().expect("the binary starts")
}

/// A sweep on whatever the arguments say.
pub fn sweep_anywhere(out: &str, more: &[&str]) -> Output {
    command(&arguments(out, more)).output().expect("the binary starts")
}

/// Starts a sweep on the CPU engine.
pub fn start(out: &str, more: &[&str]) -> Child {
    let mut command = command(&[arguments(out, more).as_slice(), &["--backend", "cpu"]].concat());
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary starts")
}

/// A sweep that cannot write files of more than 8 KiB.
pub fn limited(out: &str, more: &[&str]) -> Output {
    let arguments = [arguments(out, more).as_slice(), &["--backend", "cpu"]].concat();
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"";
    let mut command = Command::new("bash");
    command.args(["-c", script, env!("CARGO_BIN_EXE_overhang")]).args(arguments);
    command.output().expect("bash is there")
}

/// Asks a process to end.
pub fn terminate(child: &Child) {
    let process = child.id() as libc::pid_t;
    // SAFETY: the child was not waited for, so its number is its own.
    let done = unsafe { libc::kill(process, libc::SIGTERM) };
    assert_eq!(done, 0, "the signal arrives");
}

pub fn merge(out: &str, parts: &[String]) -> Output {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    overhang(&[&["merge", out], parts.as_slice()].concat(), Stdio::piped())
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("it was killed: {}", stderr(output)))
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("messages are UTF-8")
}

fn open(store: &str) -> Store {
    Store::read(store.as_ref()).unwrap_or_else(|error| panic!("{error}"))
}

/// All rows of a store by point.
pub fn rows(store: &str) -> Vec<(usize, Vec<Row>)> {
    let store = open(store);
    let mut all: Vec<_> = store.results().flat_map(|part| part.unwrap_or_else(|error| panic!("{error}"))).collect();
    all.sort_by_key(|(point, _)| *point);
    assert!(all.windows(2).all(|pair| pair[0].0 < pair[1].0), "no point stands twice");
    all
}

/// Places and values of every point.
pub fn point_values(store: &str) -> Vec<Vec<(String, Setting)>> {
    let points = open(store).points;
    let row = |row: &Vec<Setting>| points.paths.iter().cloned().zip(row.iter().cloned()).collect();
    points.rows.iter().map(row).collect()
}
