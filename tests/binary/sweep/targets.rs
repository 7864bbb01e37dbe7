//! Sweeps with targets: each point has the paths that it needs, however the work is cut.

use std::time::Duration;

use overhang::sweep::rows::sampled;

use super::command::{self, Place, code, rows, stderr, sweep};
use super::{POINTS, base};

/// Targets that some points need more stages for.
const INDEPENDENT: [&str; 2] = ["--target", "figures.system.compute_cost.mean ± 0.04%"];
const SOBOL: [&str; 4] = ["--target", "figures.system.compute_cost.mean ± 0.008%", "--points", "sobol"];

/// The axes of most tests without their paths, and targets.
fn with_target(target: &[&str], more: &[&str]) -> Vec<String> {
    let base = base();
    let axes = base.iter().take_while(|word| *word != "--paths").cloned();
    axes.chain(target.iter().chain(more).map(|word| (*word).to_owned())).collect()
}

fn targeted(more: &[&str]) -> Vec<String> {
    with_target(&INDEPENDENT, more)
}

fn words(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

#[test]
fn rows_are_the_same_bits_in_shards_in_batches_and_after_kills() {
    are_the_same_bits(&INDEPENDENT);
}

#[test]
fn rows_of_quasi_random_paths_are_the_same_bits_too() {
    let paths = are_the_same_bits(&SOBOL);
    assert!(paths.iter().all(|paths| (paths / 32).is_power_of_two() && paths.is_multiple_of(32)), "{paths:?}");
    // at most so many paths, in powers of two of 32 scrambles
    let place = Place::new();
    let limited = place.at("limited");
    assert_eq!(code(&sweep(&limited, &words(&with_target(&SOBOL, &["--max-paths", "100000"])))), 3);
    assert!(rows(&limited).iter().all(|(_, rows)| sampled(rows).is_some_and(|of| of.paths == 65_536)));
}

/// A row is the document of the run with the same targets, to the bit.
#[test]
fn a_row_of_quasi_random_paths_is_the_document_of_the_run() {
    let place = Place::new();
    let store = place.at("store");
    let axis = ["--axis", "contract.base.take_or_pay=0.9", "--axis", "factor.price.volatility=0.4,0.26"];
    assert_eq!(code(&sweep(&store, &[&axis[..], &SOBOL].concat())), 0);
    let run = [&["run", command::SCENARIO, "--format", "json", "--backend", "cpu"], &SOBOL[..]].concat();
    let output = command::overhang(&run, std::process::Stdio::piped());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let document = serde_json::from_slice(&output.stdout).expect("it is a document");
    super::points::assert_same(&document, &rows(&store)[1].1);
}

/// A sweep file has targets as the options do; options for paths or targets replace both.
#[test]
fn targets_of_a_sweep_file_are_those_of_the_options() {
    let place = Place::new();
    let file = place.at("sweep.toml");
    let written = |text: &str| std::fs::write(&file, text).expect("it is written");
    let axis = ["--axis", "contract.base.take_or_pay=0.5,0.9"];
    let run = |out: &str, more: &[&str], expected: i32| {
        let store = place.at(out);
        let output = sweep(&store, &[&axis[..], more].concat());
        assert_eq!(code(&output), expected, "{out}: {}", stderr(&output));
        rows(&store)
    };
    let from_file = |out: &str, more: &[&str], expected| run(out, &[&["--sweep", &file], more].concat(), expected);
    written("targets = [\"figures.system.compute_cost.mean ± 0.04%\"]\nmax_paths = 100_000\n");
    let limited = run("options", &[&INDEPENDENT[..], &["--max-paths", "100000"]].concat(), 3);
    assert_eq!(from_file("file", &[], 3), limited);
    let paths = |rows: &[(usize, Vec<overhang::sweep::rows::Row>)]| sampled(&rows[0].1).map(|of| of.paths);
    assert!(paths(&from_file("more", &["--max-paths", "150000"], 3)) > paths(&limited), "an option overrides a limit");
    assert_eq!(paths(&from_file("paths", &["--paths", "512"], 0)), None, "--paths replaces the targets");
    written("paths = 512\n");
    assert!(paths(&from_file("target", &["--target", "bubble.system.probability ± 0.1"], 0)).is_some());
}

/// Rows are the same however a sweep with these targets is cut; the paths of its points.
fn are_the_same_bits(target: &[&str]) -> Vec<u64> {
    let targeted = |more: &[&str]| with_target(target, more);
    let place = Place::new();
    let whole = place.at("whole");
    assert_eq!(code(&sweep(&whole, &words(&targeted(&["--batch", "21"])))), 0);
    let expected = rows(&whole);
    assert_eq!(expected.len(), POINTS);
    let paths: Vec<u64> = expected.iter().map(|(_, rows)| sampled(rows).expect("it has targets").paths).collect();
    assert!(expected.iter().all(|(_, rows)| sampled(rows).is_some_and(|of| of.met)));
    let (least, most) = (paths.iter().min().unwrap(), paths.iter().max().unwrap());
    assert!(*least >= 65_536 && most > least, "points differ in what they need: {paths:?}");

    let alone = place.at("alone");
    assert_eq!(code(&sweep(&alone, &words(&targeted(&["--batch", "1", "--threads", "1"])))), 0);
    assert_eq!(rows(&alone), expected, "one by one");

    let shards: Vec<String> = (0..3).map(|index| place.at(&format!("shard-{index}"))).collect();
    for (index, shard) in shards.iter().enumerate() {
        assert_eq!(code(&sweep(shard, &words(&targeted(&["--shard", &format!("{index}/3")])))), 0);
    }
    let merged = place.at("merged");
    assert_eq!(code(&command::merge(&merged, &shards)), 0);
    assert_eq!(rows(&merged), expected, "shards");

    let killed = place.at("killed");
    let often = targeted(&["--batch", "7", "--commit-every", "0"]);
    for moment in 0..12 {
        let mut child = command::start(&killed, &words(&often));
        std::thread::sleep(Duration::from_millis(60 + 25 * moment));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }
    assert_eq!(code(&sweep(&killed, &words(&often))), 0);
    assert_eq!(rows(&killed), expected, "kills");
    paths
}

#[test]
fn limits_of_a_sweep_are_told_and_gone_on_from() {
    let place = Place::new();
    let (once, timed) = (place.at("once"), place.at("timed"));
    let all = targeted(&["--max-paths", "100000"]);
    let ended = sweep(&once, &words(&all));
    assert_eq!(code(&ended), 3, "{}", stderr(&ended));
    assert!(stderr(&ended).contains("points do not meet their targets; the first is point"), "{}", stderr(&ended));
    let expected = rows(&once);
    assert!(expected.iter().all(|(_, rows)| sampled(rows).is_some_and(|of| of.paths <= 99_840)));
    assert!(expected.iter().any(|(_, rows)| sampled(rows).is_some_and(|of| !of.met)));

    let limited = [&words(&all)[..], &["--max-seconds", "0.05", "--batch", "3"]].concat();
    let ended = sweep(&timed, &limited);
    assert_eq!(code(&ended), 3, "{}", stderr(&ended));
    assert!(stderr(&ended).contains("--max-seconds is over with"), "{}", stderr(&ended));
    assert_eq!(code(&sweep(&timed, &words(&all))), 3);
    assert_eq!(rows(&timed), expected, "more time");

    // another target is another sweep
    let other = sweep(&timed, &words(&targeted(&["--target", "bubble.system.probability ± 0.1"])));
    assert!(code(&other) == 2 && stderr(&other).contains("`targets`"), "{}", stderr(&other));
    for (more, told) in [
        (&["--path-shards", "2"][..], "--path-shards cuts a number of paths"),
        (&["--paths", "1000"], "--paths sets the number of paths"),
        (&["--target", "bubble.system.by_period.3 ± 1"], "no estimate `bubble.system.by_period.3.probability`"),
    ] {
        let ended = sweep(&place.at("none"), &words(&targeted(more)));
        assert!(code(&ended) == 2 && stderr(&ended).contains(told), "{}", stderr(&ended));
    }
}
