//! Commands are clients of the library: it gives the same documents and stores.

use std::fs;
use std::path::Path;

use overhang::engine::select::Backend;
use overhang::result::{self, RunInfo};
use overhang::run::{CompareBuilder, RunBuilder};
use overhang::scenario::load;
use overhang::sweep::SweepBuilder;
use overhang::sweep::axis::Axis;
use serde_json::Value;

use crate::command::{names, output, overhang};

const SCENARIO: &str = "docs/examples/start.toml";

/// What a command prints; facts about the run itself left out.
fn printed(arguments: &[&str]) -> Value {
    let shared = ["--paths", "5000", "--seed", "3", "--backend", "cpu", "--format", "json", "--quiet"];
    let (code, stdout, stderr) = output(overhang(&[arguments, &shared].concat()));
    assert_eq!(code, 0, "{stderr}");
    let mut found: Value = serde_json::from_str(&stdout).expect("it is JSON");
    match found.get_mut("scenarios").and_then(Value::as_object_mut) {
        Some(scenarios) => scenarios.values_mut().for_each(|scenario| scenario["result"]["run"] = Value::Null),
        None => found["run"] = Value::Null,
    }
    found
}

/// A document as it is read again.
fn read(document: &str) -> Value {
    serde_json::from_str(document).expect("it is JSON")
}

#[test]
fn the_library_and_the_command_have_the_same_run() {
    let loaded = load(SCENARIO.as_ref()).expect("it is good");
    let run = RunBuilder::new(&loaded.scenario).paths(5000).seed(3).backend(Backend::Cpu);
    let mut document = read(&result::json(&run.run().expect("it runs").document));
    document["run"] = Value::Null;
    assert_eq!(document, printed(&["run", SCENARIO]));
    let trace = run.trace(7).expect("there is such a path");
    let (code, stdout, _) = output(overhang(&["run", SCENARIO, "--path", "7", "--seed", "3", "--format", "json"]));
    assert_eq!((code, read(&stdout)), (0, read(&serde_json::json!(trace).to_string())));
}

#[test]
fn the_library_and_the_command_have_the_same_comparison() {
    let files = [load(SCENARIO.as_ref()).expect("it is good")];
    for (variants, arguments) in [
        (&["flexible", "smaller"][..], &["compare", SCENARIO][..]),
        (&["smaller"], &["compare", SCENARIO, "--variants", "smaller"]),
    ] {
        let compare = CompareBuilder::of_variants(&files, variants).expect("it has these variants");
        let mut found = compare.paths(5000).seed(3).backend(Backend::Cpu).run().expect("it runs").document;
        found.scenarios.values_mut().for_each(|scenario| scenario.result.run = RunInfo::default());
        let mut found = read(&result::json(&found));
        let scenarios = found["scenarios"].as_object_mut().expect("a table");
        scenarios.values_mut().for_each(|scenario| scenario["result"]["run"] = Value::Null);
        assert_eq!(found, printed(arguments));
    }
}

#[test]
fn the_library_and_the_command_write_the_same_store() {
    let place = tempfile::tempdir().expect("there is room");
    let (ours, theirs) = (place.path().join("ours"), place.path().join("theirs"));
    let axes = ["contract.cloud.take_or_pay=0.5:1.0:3", "factor.price.volatility=0.2,0.3"];
    let loaded = load(SCENARIO.as_ref()).expect("it is good");
    let sweep = SweepBuilder::new(&loaded).paths(2000).seed(3).backend(Backend::Cpu);
    let sweep = axes.iter().fold(sweep, |sweep, axis| sweep.axis(Axis::parse(axis).expect("an axis")));
    // all of it is one part of the store, however slow the machine is
    sweep.commit_every(std::time::Duration::from_secs(3600)).run(&ours).expect("it runs");
    let store = theirs.to_str().expect("temporary paths are UTF-8");
    let arguments = ["sweep", SCENARIO, "--out", store, "--axis", axes[0], "--axis", axes[1], "--paths", "2000"];
    let more = ["--seed", "3", "--backend", "cpu", "--commit-every", "3600", "--quiet"];
    let (code, _, stderr) = output(overhang(&[&arguments[..], &more].concat()));
    assert_eq!(code, 0, "{stderr}");
    let bytes = |path: &Path| fs::read(path).expect("it is there");
    for file in ["manifest.json", "scenario.toml", "points.parquet"] {
        assert!(bytes(&ours.join(file)) == bytes(&theirs.join(file)), "{file} differs");
    }
    let parts = names(&ours.join("results"));
    assert_eq!((parts.len(), &parts), (1, &names(&theirs.join("results"))));
    assert!(bytes(&ours.join("results").join(&parts[0])) == bytes(&theirs.join("results").join(&parts[0])));
}
