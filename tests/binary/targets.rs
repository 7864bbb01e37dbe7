//! Targets of precision: when runs end, what they say, and that they go on to the same bits.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::command::{assert_helps, cpu, names, output, overhang};

const BUBBLE: &str = "bubble.system.probability ± 0.002";
const TIGHT: &str = "bubble.system.probability ± 0.001";
const COST: &str = "figures.system.commitment_cost.mean +- 0.5%";

/// The result in a folder, but for what changes from run to run.
fn result(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("result.json")).expect("it is there");
    let mut value: Value = serde_json::from_str(&text).expect("it is JSON");
    assert!(value.as_object_mut().expect("an object").remove("run").is_some());
    value
}

fn number(value: &Value, place: &str) -> f64 {
    value.pointer(place).and_then(Value::as_f64).unwrap_or_else(|| panic!("{place}: {value}"))
}

#[test]
fn a_run_ends_when_its_targets_are_met_and_says_so() {
    let (code, stdout, stderr) = output(cpu(&["--target", BUBBLE, "--target", COST, "--format", "json"]));
    assert_eq!(code, 0, "{stderr}");
    let document: Value = serde_json::from_str(&stdout).expect("it is JSON");
    let half = (number(&document, "/bubble/system/high") - number(&document, "/bubble/system/low")) / 2.0;
    assert!(half <= 0.002 && half > 0.0017, "{half}");
    let found = &document["convergence"];
    assert_eq!((&found["ended"], &found["max_paths"]), (&Value::from("met"), &Value::Null));
    assert_eq!(found.get("max_seconds"), None);
    let stages: Vec<u64> = found["stages"].as_array().unwrap().iter().map(|paths| paths.as_u64().unwrap()).collect();
    assert_eq!((stages[0], stages.last()), (65_536, document["provenance"]["paths"].as_u64().as_ref()));
    assert!(stages.len() <= 3 && stages.iter().all(|paths| paths % 256 == 0), "{stages:?}");
    for target in found["targets"].as_array().unwrap() {
        assert_eq!(target["met"], true);
        assert_eq!(target["convergence"].as_array().unwrap().len(), stages.len());
    }
    assert_eq!(found["targets"][1]["relative"], true);
    assert_eq!(found["targets"][1]["target"], "figures.system.commitment_cost.mean ± 0.5%");
    assert!(stderr.contains("after 65,536 paths:\n  bubble.system.probability is 0.35"), "{stderr}");
    assert!(stderr.contains("; ± 0.002 needs about ") && stderr.contains("seconds more"), "{stderr}");
    assert!(stderr.contains("commitment_cost.mean is ") && stderr.contains("; ± 0.5% is met"), "{stderr}");
    let (code, table, _) = output(cpu(&["--target", BUBBLE, "--quiet"]));
    assert!(code == 0 && table.contains(" Targets: met after ") && table.contains("paths needed"), "{table}");
    // as many paths without a target are the same result
    let paths = document["provenance"]["paths"].to_string();
    let (_, plain, _) = output(cpu(&["--paths", &paths, "--format", "json", "--quiet"]));
    let plain: Value = serde_json::from_str(&plain).expect("it is JSON");
    assert_eq!(plain["figures"], document["figures"]);
    assert_eq!(plain.get("convergence"), None);
}

/// Pages of runs and comparisons show the same stages as tables do.
#[test]
fn pages_show_the_stages_of_targets() {
    let place = tempfile::tempdir().expect("there is room");
    let page = place.path().join("page.html");
    let page = page.to_str().expect("UTF-8");
    let compare = ["compare", "scenarios/anthropic.toml", "--variants", "no_milestone", "--backend", "cpu"];
    let target = ["--at-centre", "--target", "bubble.system.probability ± 0.01"];
    let compare = overhang(&[&compare[..], &target].concat());
    for (mut command, least) in [(cpu(&["--target", BUBBLE]), 2), (compare, 1)] {
        command.args(["--quiet", "--report", page]);
        let (code, stdout, stderr) = output(command);
        assert_eq!(code, 0, "{stderr}");
        let written = fs::read_to_string(page).expect("it is written");
        let summary =
            stdout.lines().map(str::trim).find(|line| line.starts_with("Targets: met after")).expect("a summary");
        assert!(written.contains(&format!("{summary}.")), "{summary}");
        let stages = stdout.lines().skip_while(|line| !line.contains("paths needed")).skip(2);
        let words: Vec<&str> =
            stages.take_while(|line| !line.trim().is_empty()).flat_map(str::split_whitespace).collect();
        let numbers: Vec<&&str> = words.iter().filter(|word| word.contains(',')).collect();
        assert!(numbers.len() >= least, "{stdout}");
        assert!(numbers.iter().all(|number| written.contains(&format!(">{number}<"))), "{numbers:?}");
        fs::remove_file(page).expect("it can be removed");
    }
}

#[test]
fn limits_end_a_run_with_code_3_and_a_whole_result() {
    let limited = ["--target", TIGHT, "--max-paths", "100000"];
    let (code, stdout, stderr) = output(cpu(&[&limited[..], &["--format", "json"]].concat()));
    assert_eq!(code, 3, "{stderr}");
    let document: Value = serde_json::from_str(&stdout).expect("it is JSON");
    assert_eq!(document["provenance"]["paths"], 99_840, "whole blocks");
    assert_eq!(
        (&document["convergence"]["ended"], &document["convergence"]["max_paths"]),
        (&"max_paths".into(), &100_000.into())
    );
    let told = format!("error: target `{TIGHT}` is not met: it is ± 0.00");
    assert!(stderr.contains(&told) && stderr.contains("--max-paths is reached"), "{stderr}");
    assert!(stderr.contains("beyond the limit of 100,000"), "{stderr}");
    let never = ["--target", "bubble.system.probability ± 0.000001", "--max-seconds", "0.5", "--format", "json"];
    let (code, stdout, stderr) = output(cpu(&never));
    let document: Value = serde_json::from_str(&stdout).expect("it is JSON");
    assert_eq!((code, &document["convergence"]["ended"]), (3, &Value::from("max_seconds")), "{stderr}");
    assert_eq!(document["convergence"]["max_seconds"], 0.5);
    assert!(stderr.contains("--max-seconds is over"), "{stderr}");
    // a target and a condition are told together
    let (code, _, stderr) = output(cpu(&[&limited[..], &["--fail-if", "bubble.system.probability > 0.1"]].concat()));
    assert!(code == 3 && stderr.contains("is not met") && stderr.contains("holds: it is"), "{stderr}");
}

#[test]
fn a_run_goes_on_from_its_folder_to_the_same_bits() {
    let place = tempfile::tempdir().expect("there is room");
    let at = |name: &str| place.path().join(name);
    let run = |name: &str, more: &[&str]| {
        let folder = at(name).display().to_string();
        output(cpu(&[&["--quiet", "--out", &folder], more].concat())).0
    };
    assert_eq!(run("once", &["--target", TIGHT, "--target", COST]), 0);
    // a looser target, a limit of paths and one of time, each of them gone on from
    assert_eq!(run("steps", &["--target", BUBBLE]), 0);
    assert_eq!(run("steps", &["--target", TIGHT, "--target", COST, "--max-paths", "3e5"]), 3);
    assert_eq!(run("steps", &["--target", TIGHT, "--target", COST]), 0);
    assert!(result(&at("steps")) == result(&at("once")), "a tighter target");
    assert_eq!(run("time", &["--target", TIGHT, "--target", COST, "--max-seconds", "0.001"]), 3);
    let begun = result(&at("time"))["provenance"]["paths"].as_u64().expect("it has paths");
    assert!((256..500_000).contains(&begun), "{begun}");
    assert_eq!(run("time", &["--target", TIGHT, "--target", COST]), 0);
    assert!(result(&at("time")) == result(&at("once")), "more time");
    // and back to the looser one
    assert_eq!(run("time", &["--target", BUBBLE]), 0);
    assert_eq!(run("loose", &["--target", BUBBLE]), 0);
    assert!(result(&at("time")) == result(&at("loose")), "fewer paths");
    assert_eq!(names(place.path()), ["loose", "once", "steps", "time"]);
    // nothing is computed twice: what is there needs no path
    let folder = at("loose").display().to_string();
    let (_, _, stderr) = output(cpu(&["--out", &folder, "--target", BUBBLE]));
    assert!(stderr.contains("after 65,536 paths"), "{stderr}");
    // another seed is another run
    let (code, _, stderr) = output(cpu(&["--quiet", "--out", &folder, "--target", TIGHT, "--seed", "9"]));
    assert_helps(&stderr);
    assert!(code == 2 && stderr.contains("`seed` is 1 there, but 9 now") && stderr.contains("--force"), "{stderr}");
    assert_eq!(run("loose", &["--target", BUBBLE, "--seed", "9", "--force"]), 0);
    assert_eq!(result(&at("loose"))["provenance"]["seed"], 9);
    // what was spoilt is told
    let tallies = at("loose").join("tallies.parquet");
    let mut bytes = fs::read(&tallies).expect("it is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&tallies, bytes).expect("there is room");
    let (code, _, stderr) = output(cpu(&["--quiet", "--out", &folder, "--target", TIGHT, "--seed", "9"]));
    assert!(code == 1 && stderr.contains("tallies.parquet` cannot be read or is damaged"), "{stderr}");
}

#[test]
fn what_is_no_target_is_refused_with_what_would_be_right() {
    for (target, told, hint) in [
        ("bubble.system.probability", "must be an estimate, ± and half the width", ""),
        ("bubble.system.probability ± -1", "must be a positive number or percentage, not `-1`", ""),
        ("bubble.system.probability ± x%", "not `x%`", ""),
        ("figures.system.commitment_cost ± 1", "`figures.system.commitment_cost` is not the place of an estimate", ""),
        ("figures.system.commitment_cost.max ± 1", "has no confidence interval", ""),
    ] {
        let (code, _, stderr) = output(cpu(&["--target", target]));
        assert!(code == 2 && stderr.contains(told) && stderr.contains(hint), "{target}: {stderr}");
    }
    for (options, told, hint) in [
        (
            &["--target", "bubble.sistem.probability ± 0.1"][..],
            "no estimate `bubble.sistem.probability`",
            "`bubble.system.probability`",
        ),
        (
            &["--target", "figures.system.value.var.0.9 ± 1%"],
            "no estimate `figures.system.value.var.0.9.value`",
            "var.0.9",
        ),
        (
            &["--target", "differences.a.bubble.system.probability ± 0.1"],
            "no estimate `differences.a",
            "choose an estimate",
        ),
        (&["--target", BUBBLE, "--paths", "1e6"], "--paths sets the number of paths, but --target", "--max-paths"),
        (&["--max-seconds", "3"], "limit the work towards a --target", "--target"),
        (&["--max-paths", "1000"], "limit the work towards a --target", "--target"),
    ] {
        let (code, _, stderr) = output(cpu(options));
        assert_helps(&stderr);
        assert!(code == 2 && stderr.contains(told) && stderr.contains(hint), "{options:?}: {stderr}");
    }
}

#[test]
fn a_comparison_goes_on_until_all_scenarios_and_differences_are_met() {
    let file = "docs/examples/start.toml";
    let options = [
        "--target",
        "bubble.lab.probability ± 0.0008",
        "--target",
        "differences.smaller.figures.lab.compute_cost.mean ± 3e7",
    ];
    let command = [&["compare", file, "--backend", "cpu", "--format", "json"], &options[..]].concat();
    let (code, stdout, stderr) = output(overhang(&command));
    assert_eq!(code, 0, "{stderr}");
    let document: Value = serde_json::from_str(&stdout).expect("it is JSON");
    let targets = document["convergence"]["targets"].as_array().expect("there are targets");
    // the bubble of each of three scenarios, and one difference
    assert_eq!(targets.len(), 4);
    assert!(targets.iter().all(|target| target["met"] == true), "{targets:?}");
    assert_eq!(targets[0]["key"], "scenarios.start.result.bubble.lab.probability");
    let stages = document["convergence"]["stages"].as_array().expect("there are stages").len();
    assert_eq!(document["replicates"], 64 * stages);
    let paths = &document["convergence"]["stages"][stages - 1];
    for (_, scenario) in document["scenarios"].as_object().unwrap() {
        assert_eq!(&scenario["result"]["provenance"]["paths"], paths);
    }
    let (code, _, stderr) = output(overhang(&[&command[..], &["--max-paths", "70000"]].concat()));
    assert!(code == 3 && stderr.contains("is not met"), "{stderr}");
    let wrong = ["compare", file, "--target", "bubble.lob.probability ± 0.004"];
    let (code, _, stderr) = output(overhang(&wrong));
    assert!(code == 2 && stderr.contains("no estimate `bubble.lob.probability`"), "{stderr}");
}

#[test]
fn quasi_random_paths_reach_their_targets_by_doubling_and_go_on_to_the_same_bits() {
    let place = tempfile::tempdir().expect("there is room");
    let at = |name: &str| place.path().join(name);
    let run = |name: &str, more: &[&str]| {
        let folder = at(name).display().to_string();
        output(cpu(&[&["--quiet", "--points", "sobol", "--out", &folder], more].concat()))
    };
    let tight = ["--target", "bubble.system.probability ± 0.0005", "--target", COST];
    assert_eq!(run("once", &tight).0, 0);
    let once = result(&at("once"));
    let stages: Vec<u64> =
        once["convergence"]["stages"].as_array().unwrap().iter().map(|paths| paths.as_u64().unwrap()).collect();
    assert!(stages.len() > 1 && stages[0] == 65_536, "{stages:?}");
    assert!(stages.windows(2).all(|pair| pair[1] == 2 * pair[0]), "{stages:?}");
    let provenance = &once["provenance"];
    assert_eq!((&provenance["sampling"], &provenance["replicates"]), (&"sobol".into(), &32.into()));
    // a looser target, a limit of paths and one of time, each of them gone on from
    assert_eq!(run("steps", &["--target", BUBBLE]).0, 0);
    assert_eq!(run("steps", &[&tight[..], &["--max-paths", "140000"]].concat()).0, 3);
    assert_eq!(result(&at("steps"))["provenance"]["paths"], 131_072, "32 scrambles of a power of two");
    assert_eq!(run("steps", &tight).0, 0);
    assert!(result(&at("steps")) == once, "a tighter target");
    let (code, _, stderr) = run("time", &[&tight[..], &["--max-seconds", "0.001"]].concat());
    assert_eq!(code, 3, "{stderr}");
    let begun = result(&at("time"))["provenance"]["paths"].as_u64().expect("it has paths");
    assert!(begun.is_multiple_of(32) && begun < *stages.last().unwrap(), "{begun}");
    assert_eq!(run("time", &tight).0, 0);
    assert!(result(&at("time")) == once, "more time");
    // as many paths without a target are the same result
    let paths = once["provenance"]["paths"].to_string();
    assert_eq!(run("plain", &["--replicates", "32", "--paths", &paths]).0, 0);
    let plain = result(&at("plain"));
    assert_eq!((&plain["figures"], &plain["bubble"]), (&once["figures"], &once["bubble"]));
    // scrambles of another number are another run
    let (code, _, stderr) = run("once", &[&tight[..], &["--replicates", "16"]].concat());
    assert!(code == 2 && stderr.contains("`replicates` is 32 there, but 16 now"), "{stderr}");
    let (code, _, stderr) = output(cpu(&[&["--points", "sobol", "--plain"], &tight[..]].concat()));
    assert!(code == 0 && stderr.contains("needs at most about "), "{stderr}");
}

#[test]
fn a_comparison_of_quasi_random_paths_goes_on_until_its_targets_are_met() {
    let file = "docs/examples/start.toml";
    let options = [
        "--points",
        "sobol",
        "--target",
        "differences.smaller.figures.lab.compute_cost.mean ± 0.02%",
        "--format",
        "json",
    ];
    let (code, stdout, stderr) = output(overhang(&[&["compare", file, "--backend", "cpu"], &options[..]].concat()));
    assert_eq!(code, 0, "{stderr}");
    let document: Value = serde_json::from_str(&stdout).expect("it is JSON");
    let stages = document["convergence"]["stages"].as_array().expect("there are stages");
    assert!(stages.len() > 1 && stages[1] == 131_072, "{stages:?}");
    assert_eq!(document["replicates"], 32);
    // as many paths at once give the same differences
    let paths = stages.last().unwrap().to_string();
    let plain = ["--points", "sobol", "--replicates", "32", "--paths", &paths, "--format", "json", "--quiet"];
    let (_, stdout, _) = output(overhang(&[&["compare", file, "--backend", "cpu"], &plain[..]].concat()));
    let plain: Value = serde_json::from_str(&stdout).expect("it is JSON");
    assert_eq!(plain["differences"], document["differences"]);
}

#[test]
fn the_old_name_of_the_float_goes_on_to_answer() {
    for name in ["--float", "--precision"] {
        let (code, stdout, stderr) = output(cpu(&[name, "f64", "--paths", "512", "--format", "json", "--quiet"]));
        assert!(code == 0 && stdout.contains("\"precision\": \"f64\""), "{name}: {stderr}");
    }
    let (_, help, _) = output(overhang(&["run", "--help"]));
    assert!(help.contains("--float") && !help.contains("--precision "), "{help}");
}
