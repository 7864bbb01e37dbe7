//! Tests that need what this machine lacks say so and are skipped; they fail where it is required.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Mutex;

/// Says, once, that a test is skipped and what is missing. Fails if the environment variable is set, which requires it.
pub fn skip(test: &str, missing: &str, variable: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    assert!(std::env::var_os(variable).is_none(), "{missing}, and {variable} requires it");
    if SAID.lock().unwrap().insert(test.to_owned()) {
        say(&format!("skipped: {test}: {missing}"));
    }
}

/// Prints a line to standard error, also where the test passes: the test runner keeps what `eprintln` prints to itself.
pub fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).expect("standard error is open");
}
