//! The published schemas say what the program reads and writes.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::toml_json::json;
use overhang::engine::cpu::CpuEngine;
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare};
use overhang::result::{self, EstimateRequest, Estimator, Provenance, RunInfo};
use overhang::scenario::{SCHEMA, load, parse};
use serde_json::Value;

fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("the schema is JSON")
}

fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::draft202012::options().should_validate_formats(true).build(schema).expect("it is a schema")
}

fn files() -> Vec<PathBuf> {
    let folders = ["scenarios", "docs/examples", "docs/examples/templates", "tests/cases"];
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).expect("it is there"));
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect()
}

#[test]
fn scenarios_fit_their_schema_and_their_json_runs() {
    let (schema, files) = (schema(), files());
    assert!(files.len() >= 12, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("it can be read");
        let table: toml::Table = text.parse().expect("it is TOML");
        let json = json(&toml::Value::Table(table));
        let faults: Vec<String> = validator(&schema).iter_errors(&json).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{}: {faults:?}", file.display());
        let read = parse(&json.to_string(), "same.json").unwrap_or_else(|failure| panic!("{failure}"));
        let toml = load(&file).expect("it is good");
        assert_eq!(
            overhang::plan::Plan::lower(&read.scenario).double,
            overhang::plan::Plan::lower(&toml.scenario).double
        );
    }
}

/// Every table of a scenario with all its keys: where a key that does not exist is put, the reader lists those that do.
#[test]
fn the_schema_has_the_keys_that_the_reader_knows() {
    let full: Value = serde_json::from_str(include_str!("../shared/full.json")).expect("it is JSON");
    let schema = schema();
    let mut compared = 0;
    let mut open = vec![String::new()];
    while let Some(pointer) = open.pop() {
        let here = full.pointer(&pointer).expect("it was found here");
        let inside: Vec<String> = match here {
            Value::Object(members) => members.keys().cloned().collect(),
            Value::Array(elements) => (0..elements.len()).map(|i| i.to_string()).collect(),
            _ => Vec::new(),
        };
        open.extend(inside.iter().map(|key| format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))));
        // a variant's `set` has places for keys, and what is wrong with those is told otherwise
        if !here.is_object() || pointer.ends_with("/set") {
            continue;
        }
        let mut edited = full.clone();
        edited
            .pointer_mut(&pointer)
            .expect("found")
            .as_object_mut()
            .expect("a table")
            .insert("qqqqqqqqqq".into(), 1.into());
        let failure = parse(&edited.to_string(), "edited.json").expect_err("the key does not exist");
        let hint =
            &failure.diagnostics.iter().find(|found| found.title.contains("qqqqqqqqqq")).expect("it is told").hint;
        let listed: Vec<&str> = hint.split('`').skip(1).step_by(2).collect();
        let known: BTreeSet<String> = listed.iter().map(|&key| key.to_owned()).collect();
        assert_eq!(listed.len(), known.len(), "a key is listed twice: {hint}");
        let properties = properties(&schema, here, &pointer);
        assert_eq!(known, properties, "{pointer}: reader, then schema");
        compared += 1;
    }
    assert!(compared >= 18, "{compared} tables");
}

/// The properties that the schema has for a table at a place of a scenario.
fn properties(schema: &Value, table: &Value, pointer: &str) -> BTreeSet<String> {
    let mut at = schema;
    for step in pointer.split('/').skip(1) {
        at = if step.parse::<usize>().is_ok() { &at["items"] } else { &at["properties"][step] };
        if let (Some(choices), None) = (at["oneOf"].as_array(), at.get("properties")) {
            let fits = |choice: &&Value| match ["process", "distribution"]
                .into_iter()
                .find(|kind| table.get(kind).is_some())
            {
                Some(kind) => choice["properties"][kind]["const"] == table[kind],
                None => choice.get("properties").is_some(),
            };
            at = choices.iter().find(fits).unwrap_or(at);
        }
    }
    at["properties"].as_object().unwrap_or_else(|| panic!("no table at {pointer}")).keys().cloned().collect()
}

/// The scenario of `init --full` shows every key, those that exclude each other in remarks.
#[test]
fn the_full_example_has_every_key_of_the_schema() {
    fn keys(schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Object(members) => {
                let here = members.get("properties").and_then(Value::as_object);
                found.extend(here.into_iter().flat_map(|keys| keys.keys().cloned()));
                members.values().for_each(|inside| keys(inside, found));
            }
            Value::Array(elements) => elements.iter().for_each(|inside| keys(inside, found)),
            _ => (),
        }
    }
    let text = include_str!("../../docs/examples/full.toml");
    assert_eq!(parse(text, "full.toml").unwrap_or_else(|failure| panic!("{failure}")).render(false), "");
    let words: BTreeSet<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let mut all = BTreeSet::new();
    keys(&schema(), &mut all);
    let missing: Vec<&String> = all.iter().filter(|key| !words.contains(key.as_str()) && *key != "$schema").collect();
    assert!(missing.is_empty() && all.len() > 90, "{missing:?} of {}", all.len());
}

#[test]
fn the_schema_refuses_what_is_plainly_wrong() {
    let schema = schema();
    let full: Value = serde_json::from_str(include_str!("../shared/full.json")).expect("it is JSON");
    assert!(validator(&schema).is_valid(&full));
    for (pointer, value) in [
        ("/schema", Value::from(2)),
        ("/horizon/step", "day".into()),
        ("/factor/0/volatility", (-0.1).into()),
        ("/contract/0/take_or_pay", 1.5.into()),
        ("/organization/0/name", "9".into()),
        ("/correlation/pairs/0/2", 1.into()),
        ("/bubble/all", serde_json::json!(["cash_out"])),
        ("/contract/0/review/floor", 1.5.into()),
        ("/contract/0/reduction/unless", "bubble".into()),
        ("/contract/0/extension/years", 0.into()),
        ("/contract/0/delay/probability", 40.into()),
        ("/contract/0/make_up", (-1).into()),
        ("/contract/2/resale/limit", 2.into()),
        ("/organization/0/workout/then", "leave".into()),
        ("/delays/correlation", 1.into()),
        ("/tranche/0/intensity", serde_json::json!({"boom": -1})),
        ("/tranche/0/when", "a/b/c".into()),
        ("/vendor/0/recovery", 40.into()),
        ("/vendor/0/stakes/0/loss", 80.into()),
        ("/crisis/price", (-1).into()),
        ("/uncertain/0/distribution", "gamma".into()),
        ("/uncertain/0/sd", 0.into()),
        ("/uncertain/1/low", (-1).into()),
        ("/uncertain_correlation/pairs/0/2", 1.into()),
    ] {
        let mut edited = full.clone();
        let (parent, key) = pointer.rsplit_once('/').expect("a place");
        match edited.pointer_mut(parent).expect("a parent") {
            Value::Object(members) => drop(members.insert(key.into(), value)),
            Value::Array(elements) => elements[key.parse::<usize>().expect("a number")] = value,
            _ => panic!("no place: {pointer}"),
        }
        assert!(!validator(&schema).is_valid(&edited), "{pointer}");
        assert!(parse(&edited.to_string(), "edited.json").is_err(), "{pointer}");
    }
}

#[test]
fn results_fit_their_schema() {
    let schema: Value = serde_json::from_str(&result::schema()).expect("the schema is JSON");
    let engine = CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).expect("threads");
    for file in
        ["scenarios/industry.toml", "scenarios/aws-38b.toml", "docs/examples/clauses.toml", "tests/cases/part-two.toml"]
    {
        let scenario = load(file.as_ref()).expect("it is good").scenario;
        let plan = prepare(&scenario);
        for paths in [1, 1000] {
            let tally = engine.tally(&plan, Draws { seed: 1, replicate: 0 }, 0..paths, &|_| true).expect("it runs");
            let sampling = result::Sampling {
                seed: 1,
                replicate: 0,
                paths,
                sampling: "independent".into(),
                trajectories: None,
                backend: "cpu".into(),
                precision: "f32".into(),
                ..result::Sampling::default()
            };
            let provenance = Provenance::new(&scenario, sampling);
            let asked = EstimateRequest { levels: vec![0.95], quantiles: vec![0.5] };
            let estimator = Estimator::new(&scenario, &plan, &tally, &asked);
            let document = estimator.result(provenance, RunInfo::default());
            let json: Value = serde_json::from_str(&result::json(&document)).expect("it is JSON");
            let faults: Vec<String> = validator(&schema).iter_errors(&json).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{file}: {faults:?}");
            let mut spoilt = json.clone();
            spoilt["provenance"]["seed"] = "one".into();
            assert!(!validator(&schema).is_valid(&spoilt));
        }
    }
}
