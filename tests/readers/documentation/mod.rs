//! Every example of README.md and of the book (docs/*.md) is run, and what it shows is compared with what comes.
//!
//! The examples of a page run one after the other, from its top, in a fresh folder in which `scenarios`, `docs/examples` and
//! `tests/cases` are as in a checkout; `overhang` is the program built here. What a fenced block is for stands behind its
//! fence:
//!
//! | fence | what is done |
//! |---|---|
//! | `sh` | the block is run by `bash -euo pipefail` and must succeed |
//! | `console` | each `$ command` is run and must succeed; under it stands what it prints (both streams). A line `…` stands for any lines, `…` within a line for any characters |
//! | `python` | run by target/readers/bin/python, which `.ci/setup` makes; `continued`: after the Python blocks before it |
//! | `toml` | a whole scenario, which is checked; `with=FILE`: checked behind that scenario; `fragment`: TOML and no more |
//! | `json` | parsed |
//! | `…,file=NAME`, `…,add=NAME` | written to that file, or added to it; a scenario that is whole by then is checked |
//! | `rust` | a program that `cargo test --doc` compiles and runs, with those of the library's own documentation |
//! | `text` | not looked at; `text,output`: what the block before it prints, as in a console |
//! | `sh,gpu`, `console,gpu` | run where there is an adapter, with all adapters in sight; all else sees none |
//! | `…,ignore` | not run; `<!-- not run: why -->` stands before it |
//!
//! With `OVERHANG_RECORD=1` outputs that differ are written into the pages instead (see `record.rs`).
//!
//! Without Python a page ends where it is first needed, and the test says so; with `OVERHANG_REQUIRE_PYTHON=1` it fails.
//! Without an adapter blocks marked `gpu` are left out; with `OVERHANG_REQUIRE_GPU=1` the test fails.

mod block;
mod links;
mod output;
mod place;
mod record;
mod reference;
mod registry;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use place::{Count, Machine, Place};
use serde_json::Value;

use crate::skip::say;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/readers/bin/python");
/// Pages that run at the same time.
const ABREAST: usize = 2;
/// Pages whose times are shown.
const SLOWEST: usize = 8;

/// README.md and the pages of the book, relative to the repository.
fn pages() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(Path::new(ROOT).join("docs")).expect("it is there");
    let names = entries.map(|entry| entry.expect("it can be read").file_name());
    let pages = names.map(|name| Path::new("docs").join(name));
    let mut pages: Vec<PathBuf> = pages.filter(|page| page.extension().is_some_and(|end| end == "md")).collect();
    pages.push("README.md".into());
    pages.sort();
    pages
}

fn read(page: &Path) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(page)).expect("the page is there")
}

fn required(variable: &str) -> bool {
    std::env::var_os(variable).is_some()
}

fn machine() -> Machine {
    let imports = ["-c", "import numpy, pandas, pyarrow, polars, duckdb, SALib, ema_workbench, openturns, pymoo"];
    let found = Command::new(PYTHON).args(imports).stderr(Stdio::null()).status();
    let python = found.is_ok_and(|status| status.success());
    assert!(python || !required("OVERHANG_REQUIRE_PYTHON"), "Python with the packages of .ci/python.txt is required");
    let gpu = !overhang::engine::gpu::adapter::adapters().is_empty();
    assert!(gpu || !required("OVERHANG_REQUIRE_GPU"), "a GPU is required, and there is no adapter");
    Machine { python, gpu }
}

#[test]
fn every_example_runs_and_shows_what_it_gives() {
    let (pages, machine) = (pages(), machine());
    let (next, count, faults) = (AtomicUsize::new(0), Mutex::new(Count::default()), Mutex::new(Vec::new()));
    let times = Mutex::new(Vec::new());
    let work = || {
        while let Some(page) = pages.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (mut place, started) = (Place::new(machine), Instant::now());
            let outcome = block::blocks(&read(page)).and_then(|blocks| place.run(&blocks));
            count.lock().unwrap().add(place.count);
            times.lock().unwrap().push((started.elapsed(), page));
            if !place.recorded.is_empty() {
                let text = record::rewritten(&read(page), &place.recorded);
                std::fs::write(Path::new(ROOT).join(page), text).expect("the page can be written");
            }
            if let Err(fault) = outcome {
                faults.lock().unwrap().push(format!("{}, {fault}", page.display()));
            }
        }
    };
    std::thread::scope(|scope| (0..ABREAST).for_each(|_| drop(scope.spawn(work))));
    let (count, faults) = (count.into_inner().unwrap(), faults.into_inner().unwrap());
    let mut times = times.into_inner().unwrap();
    times.sort_by_key(|&(time, _)| std::cmp::Reverse(time));
    let slowest =
        times.iter().take(SLOWEST).map(|(time, page)| format!("{} {:.0} s", page.display(), time.as_secs_f64()));
    say(&format!("documentation: {}", slowest.collect::<Vec<_>>().join(", ")));
    say(&format!(
        "documentation: {} examples of {} pages ran ({} scripts, {} outputs, {} files), {} are run by the tests of the Python \
         package, {} are not run for a reason given, {} were skipped",
        count.ran(),
        pages.len(),
        count.scripts,
        count.compared,
        count.files,
        count.of_package,
        count.ignored,
        count.skipped
    ));
    assert!(faults.is_empty(), "\n{}", faults.join("\n\n"));
    // what this machine lacks does not make more of the examples ignored
    let runnable = count.ran() + count.skipped;
    assert!(count.ran() >= 60 && count.ignored * 10 <= runnable, "{count:?}");
}

#[test]
fn links_lead_to_pages_files_and_headings() {
    let broken: Vec<String> = pages().iter().flat_map(|page| links::broken(Path::new(ROOT), page)).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_summary_has_every_page_once() {
    let summary = read(Path::new("docs/SUMMARY.md"));
    let listed = links::targets(&summary);
    let once: BTreeSet<&String> = listed.iter().collect();
    assert_eq!(once.len(), listed.len(), "{listed:?}");
    let pages = pages();
    let names = pages.iter().filter(|page| page.starts_with("docs")).map(|page| page.file_name().expect("a file"));
    let missing: Vec<_> =
        names.filter(|name| *name != "SUMMARY.md" && !once.contains(&name.display().to_string())).collect();
    assert!(missing.is_empty(), "not in docs/SUMMARY.md: {missing:?}");
}

#[test]
fn the_reference_of_scenario_files_is_their_schema() {
    let schema: Value = serde_json::from_str(overhang::scenario::SCHEMA).expect("it is JSON");
    let faults = reference::faults(&read(Path::new("docs/scenario-file.md")), &schema);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The names of all properties of a schema.
fn keys(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                found.extend(properties.keys().cloned());
            }
            members.values().for_each(|inside| keys(inside, found));
        }
        Value::Array(elements) => elements.iter().for_each(|inside| keys(inside, found)),
        _ => (),
    }
}

#[test]
fn the_reference_of_results_names_every_key() {
    let schema = Command::new(env!("CARGO_BIN_EXE_overhang")).args(["schema", "result"]).output().expect("it starts");
    let schema: Value = serde_json::from_slice(&schema.stdout).expect("it is JSON");
    let mut wanted = BTreeSet::new();
    keys(&schema, &mut wanted);
    let page = read(Path::new("docs/results.md"));
    let missing: Vec<&String> = wanted.iter().filter(|key| !page.contains(&format!("`{key}`"))).collect();
    assert!(wanted.len() > 40 && missing.is_empty(), "docs/results.md does not name {missing:?}");
}
