//! Every scenario that comes with the program loads without a warning and runs.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::path::PathBuf;

use overhang::engine::cpu::CpuEngine;
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare};
use overhang::result::{EstimateRequest, Estimator, Key, Provenance, RunInfo};
use serde_json::Value;

const PATHS: u64 = 4096;

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect()
}

#[test]
fn scenarios_load_without_warnings_and_run() {
    let engine = CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).unwrap();
    let all = [files("scenarios"), files("docs/examples"), files("docs/examples/templates")].concat();
    assert!(all.len() >= 9, "{all:?}");
    for file in all {
        let loaded = overhang::scenario::load(&file).unwrap_or_else(|failure| panic!("{failure}"));
        assert!(loaded.warnings.is_empty(), "{}", loaded.render(false));
        let plan = prepare(&loaded.scenario);
        let tally = engine.tally(&plan, Draws { seed: 1, replicate: 0 }, 0..PATHS, &|_| true).unwrap();
        assert_eq!((tally.paths, tally.invalid.count), (PATHS, 0), "{}", file.display());
    }
}

/// The numbers of a document below some keys by their place, null where they are undefined; no histograms and curves.
fn numbers(at: &Value, place: &str, found: &mut BTreeMap<String, Option<f64>>) {
    let below = |key: &dyn Display| format!("{place}.{key}");
    match at {
        Value::Object(members) => {
            let told = members.iter().filter(|(key, _)| !["histogram", "exceedance"].contains(&key.as_str()));
            told.for_each(|(key, inside)| numbers(inside, &below(key), found));
        }
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(at, inside)| numbers(inside, &below(&at), found));
        }
        Value::Number(number) => drop(found.insert(place.to_owned(), number.as_f64())),
        Value::Null => drop(found.insert(place.to_owned(), None)),
        Value::String(_) | Value::Bool(_) => (),
    }
}

#[test]
fn every_number_of_a_document_has_a_key_that_is_its_place() {
    let engine = CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).unwrap();
    let all =
        [files("scenarios"), files("docs/examples"), files("docs/examples/templates"), files("tests/cases")].concat();
    let mut compared = 0;
    for file in all {
        let scenario = overhang::scenario::load(&file).unwrap_or_else(|failure| panic!("{failure}")).scenario;
        let plan = prepare(&scenario);
        let tally = engine.tally(&plan, Draws { seed: 1, replicate: 0 }, 0..PATHS, &|_| true).unwrap();
        let provenance = Provenance::new(&scenario, Default::default());
        let asked = EstimateRequest { levels: vec![0.95, 0.999, 1.0], quantiles: vec![0.0, 0.05, 0.5] };
        let document = Estimator::new(&scenario, &plan, &tally, &asked).result(provenance, RunInfo::default());
        let json = serde_json::json!(document);
        let mut expected = BTreeMap::new();
        for kind in
            ["figures", "contracts", "vendors", "losses", "events", "failures", "tranches", "workouts", "bubble"]
        {
            // parts that a scenario does not have are left out
            if let Some(part) = json.get(kind) {
                numbers(part, kind, &mut expected);
            }
        }
        let mut visited = BTreeMap::new();
        document.for_each(&mut |key, unit, value| {
            let place = key.to_string();
            assert_eq!(place.parse::<Key>().as_ref(), Ok(key), "{place}");
            assert_eq!((document.get(key), key.unit()), (Some(value), unit), "{place}");
            assert!(visited.insert(place, value).is_none(), "{key} is visited twice");
        });
        let differing = visited.iter().chain(&expected).find(|(place, _)| visited.get(*place) != expected.get(*place));
        assert!(differing.is_none(), "{}: {differing:?} is not in both", file.display());
        compared += visited.len();
    }
    println!("{compared} numbers");
    assert!(compared > 30_000, "{compared}");
}

#[test]
fn scenarios_open_with_the_question_that_they_answer() {
    for file in files("scenarios") {
        let text = fs::read_to_string(&file).unwrap();
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("# ") && first.contains('?'), "{}: {first}", file.display());
    }
}

#[test]
fn the_documentation_names_every_scenario() {
    for (document, before, after) in [("docs/scenarios.md", "| `", "` |"), ("README.md", "(scenarios/", ".toml)")] {
        let text = fs::read_to_string(document).unwrap();
        for file in files("scenarios") {
            let name = format!("{before}{}{after}", file.file_stem().unwrap().to_string_lossy());
            assert!(text.contains(&name), "{document} does not name {name}");
        }
    }
}
