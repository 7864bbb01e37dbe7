//! What all tests of pages share: commands, Python, and what it found.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::skip::skip;

pub const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/readers/bin/python");
pub const BROWSER: &str = "/usr/bin/chromium";
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/pages");

/// Whether pages can be opened here; says so if they cannot, and fails if they must.
pub fn has_browser() -> bool {
    let imports = ["-c", "import playwright.sync_api, axe_playwright_python.sync_playwright, pyarrow"];
    let python = Command::new(PYTHON).args(imports).stderr(Stdio::null()).status();
    if Path::new(BROWSER).exists() && python.is_ok_and(|status| status.success()) {
        return true;
    }
    let missing = "there is no Chromium, or no Playwright in target/readers (.ci/setup installs both)";
    skip("pages in a browser", missing, "OVERHANG_REQUIRE_BROWSER");
    false
}

/// Exit code, standard output and standard error of a command in a folder.
pub fn overhang(place: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overhang"));
    let output = command.args(arguments).current_dir(place).output().expect("it starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code().expect("it ends by itself"), text(output.stdout), text(output.stderr))
}

/// Standard output of a command that succeeds.
pub fn made(place: &Path, arguments: &[&str]) -> String {
    let (code, stdout, stderr) = overhang(place, arguments);
    assert_eq!(code, 0, "{arguments:?}\n{stderr}");
    stdout
}

/// What a script of this folder finds of what it is given.
pub fn found(script: &str, given: &Value) -> Vec<Value> {
    let mut command = Command::new(PYTHON);
    command.args(["-B", &format!("{SCRIPTS}/{script}")]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    child.stdin.take().expect("it is piped").write_all(given.to_string().as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{script} failed, see above");
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}

/// Fails if anything has faults, and shows them all.
pub fn assert_sound(found: &[Value]) {
    let faults = |one: &Value| -> Vec<String> {
        let all = one["faults"].as_array().expect("there is a list");
        all.iter().map(|fault| format!("{}: {}", one["name"], fault.as_str().expect("it is text"))).collect()
    };
    let all: Vec<String> = found.iter().flat_map(faults).collect();
    assert!(all.is_empty(), "{} faults:\n{}", all.len(), all.join("\n"));
}

/// Whether a terminal or browser could be led astray by a character.
fn is_wild(c: char) -> bool {
    let turns = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && c != '\n')
}

/// Fails if a text has such characters.
pub fn assert_tame(what: &str, text: &str) {
    let wild: Vec<String> =
        text.lines().filter(|line| line.contains(is_wild)).map(|line| format!("{line:?}")).collect();
    assert!(wild.is_empty(), "{what}:\n{}", wild.join("\n"));
}

/// The file of a scenario of this repository.
pub fn scenario(name: &str) -> String {
    let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    assert!(Path::new(&path).exists(), "{path}");
    path
}
