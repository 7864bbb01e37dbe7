//! Every scenario that comes with the program loads without a warning and runs.

use std::fs;
use std::path::PathBuf;

use overhang::engine::cpu::CpuEngine;
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare};

const PATHS: u64 = 4096;

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect()
}

#[test]
fn scenarios_load_without_warnings_and_run() {
    let engine = CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).unwrap();
    let all = [files("scenarios"), files("docs/examples")].concat();
    assert!(all.len() >= 9, "{all:?}");
    for file in all {
        let loaded = overhang::scenario::load(&file).unwrap_or_else(|failure| panic!("{failure}"));
        assert!(loaded.warnings.is_empty(), "{}", loaded.render(false));
        let plan = prepare(&loaded.scenario);
        let tally = engine.tally(&plan, Draws { seed: 1, replicate: 0 }, 0..PATHS, &|_| true).unwrap();
        assert_eq!((tally.paths, tally.invalid.count), (PATHS, 0), "{}", file.display());
    }
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
