//! Uncertain inputs from the command line: what is printed and written, and what is refused.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::command::{assert_helps, names, output, overhang};

const ENTRIES: &str = r#"
[[uncertain]]
key = "factor.price.volatility"
label = "Volatility of prices"
reason = "Three years of quotes"
distribution = "lognormal"
low = 0.2
high = 0.4

[[uncertain]]
key = "factor.return.level"
distribution = "pert"
min = 11e9
mode = 16e9
max = 19e9

[[variant]]
name = "lean"
set = { "contract.cloud.take_or_pay" = 0.6 }
"#;

/// The scenario of `init` with uncertain inputs, in a folder of its own.
fn case(place: &Path, entries: &str) -> PathBuf {
    let file = place.join("deal.toml");
    fs::write(&file, fs::read_to_string("docs/examples/start.toml").unwrap() + entries).unwrap();
    file
}

fn json(arguments: &[&str]) -> Value {
    let (code, stdout, stderr) = output(overhang(arguments));
    assert_eq!(code, 0, "{stderr}");
    let mut document: Value = serde_json::from_str(&stdout).unwrap();
    document.as_object_mut().unwrap().remove("run");
    document
}

#[test]
fn a_run_draws_its_inputs_and_says_what_they_do() {
    let place = tempfile::tempdir().unwrap();
    let file = case(place.path(), ENTRIES);
    let file = file.to_str().unwrap();
    let run = ["run", file, "--backend", "cpu", "--paths", "25600", "--draws", "64"];
    let (code, table, stderr) = output(overhang(&run));
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("drawing 64 parameter sets with 400 paths each: 25600 paths\n"), "{stderr}");
    for part in [
        "Uncertain inputs: 64 parameter sets",
        "due to inputs",
        "Volatility of prices",
        "factor.return.level",
        "worth, $bn",
        "all of them",
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
    let document = json(&[&run[..], &["--format", "json"]].concat());
    assert_eq!(document["provenance"]["parameter_sets"], 64);
    let of = &document["uncertainty"];
    assert_eq!(
        (&of["sets"], &of["replicates"], &of["paths_per_set"], &of["paths_at_centre"]),
        (&64.into(), &16.into(), &400.into(), &1600.into())
    );
    assert_eq!(of["inputs"]["factor.price.volatility"]["reason"], "Three years of quotes");
    let bubble = &of["outputs"]["bubble.system.probability"];
    assert_eq!(bubble["predictive"]["value"], document["bubble"]["system"]["probability"]);
    assert!(bubble["first_order"]["factor.return.level"]["value"].as_f64().unwrap() > 0.5, "{bubble}");
    // the same bits on any number of threads
    assert_eq!(json(&[&run[..], &["--format", "json", "--threads", "1"]].concat()), document);
    // the centre is a run of its own
    let centre = json(&["run", file, "--backend", "cpu", "--paths", "1600", "--at-centre", "--format", "json"]);
    assert_eq!(centre["provenance"]["inputs"], "medians");
    assert_eq!(centre.get("uncertainty"), None);
    assert_eq!(centre["bubble"]["system"]["probability"], bubble["centre"]["value"]);
}

#[test]
fn single_paths_of_sets_are_kept_and_found_again() {
    let place = tempfile::tempdir().unwrap();
    let file = case(place.path(), ENTRIES);
    let (file, out) = (file.to_str().unwrap(), place.path().join("out"));
    let run = ["run", file, "--backend", "cpu", "--paths", "8000", "--draws", "16"];
    let (code, _, stderr) = output(overhang(
        &[
            &run[..],
            &[
                "--out",
                out.to_str().unwrap(),
                "--save-paths",
                "8000",
                "--report",
                place.path().join("p.html").to_str().unwrap(),
            ],
        ]
        .concat(),
    ));
    assert_eq!(code, 0, "{stderr}");
    assert!(names(&out).contains(&"parameters.parquet".to_owned()), "{:?}", names(&out));
    // path 700 is of set 1, which has other parameters than set 0
    let traced = |path: &str| json(&[&run[..6], &["--draws", "16", "--path", path, "--format", "json"]].concat());
    let (first, other) = (traced("200"), traced("700"));
    assert_ne!(first["periods"], other["periods"]);
    let (code, _, stderr) = output(overhang(&["run", file, "--paths", "8000", "--draws", "16", "--path", "8000"]));
    assert_eq!(code, 2);
    assert_helps(&stderr);
    // the page draws its charts from the folder as the run itself did
    let page = place.path().join("again.html");
    let (code, _, stderr) =
        output(overhang(&["report", out.to_str().unwrap(), "--backend", "cpu", "--out", page.to_str().unwrap()]));
    assert_eq!(code, 0, "{stderr}");
    let [ours, theirs] = [&page, &place.path().join("p.html")].map(|page| fs::read_to_string(page).unwrap());
    assert!(ours.contains("Uncertain inputs") && ours.contains("Three years of quotes"));
    let charts = |page: &str| page.matches("<svg").count();
    assert!(charts(&ours) > 5 && charts(&ours) == charts(&theirs));
}

#[test]
fn comparisons_draw_the_same_sets_and_sweeps_hold_them() {
    let place = tempfile::tempdir().unwrap();
    let file = case(place.path(), ENTRIES);
    let file = file.to_str().unwrap();
    let compare = ["compare", file, "--backend", "cpu", "--paths", "12800", "--draws", "64"];
    let document = json(&[&compare[..], &["--format", "json"]].concat());
    let base = &document["scenarios"]["deal"]["result"];
    let run = json(&[
        "run",
        file,
        "--backend",
        "cpu",
        "--paths",
        "12800",
        "--draws",
        "64",
        "--quantiles",
        "0.05,0.5,0.95",
        "--format",
        "json",
    ]);
    assert_eq!(
        (&base["figures"], &base["bubble"]),
        (&run["figures"], &run["bubble"]),
        "the base is what a run of it is"
    );
    let stranded = &document["differences"]["lean"]["figures.system.stranded_cost.mean"];
    assert!(stranded["real"] == true && stranded["value"].as_f64().unwrap() < 0.0, "{stranded}");
    let (code, _, stderr) = output(overhang(&[&compare[..], &["--batches", "8"]].concat()));
    assert_eq!(code, 2);
    assert_helps(&stderr);

    let store = place.path().join("store");
    let sweep = [
        "sweep",
        file,
        "--backend",
        "cpu",
        "--paths",
        "2560",
        "--axis",
        "factor.price.volatility=0.2,0.3",
        "--out",
        store.to_str().unwrap(),
    ];
    let (code, _, stderr) = output(overhang(&[&sweep[..], &["--at-centre"]].concat()));
    assert_eq!(code, 0, "{stderr}");
    // the store knows that its scenario stands at its medians
    let page = place.path().join("sweep.html");
    let (code, _, stderr) = output(overhang(&["report", store.to_str().unwrap(), "--out", page.to_str().unwrap()]));
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let file = case(place.path(), ENTRIES);
    let file = file.to_str().unwrap();
    for (arguments, part) in [
        (
            vec!["run", file, "--target", "bubble.system.probability ± 0.01"],
            "--target cannot be combined with uncertain inputs",
        ),
        (vec!["run", file, "--draws", "0"], "0 is not in 1..=65536"),
        (vec!["run", file, "--draws", "8", "--at-centre"], "cannot be used with"),
        (vec!["run", "docs/examples/start.toml", "--draws", "8"], "no uncertain inputs"),
        (vec!["sample", file, "--out", "never.npy"], "`overhang sample` does not draw"),
    ] {
        let (code, _, stderr) = output(overhang(&arguments));
        assert!(code == 2 && stderr.contains(part), "{arguments:?}: {stderr}");
    }
    // a set that is no scenario is told with its values
    let wide = ENTRIES.replace("low = 0.2\nhigh = 0.4", "low = 0.01\nhigh = 90.0");
    let place = tempfile::tempdir().unwrap();
    let file = case(place.path(), &wide);
    let (code, _, stderr) = output(overhang(&["run", file.to_str().unwrap(), "--paths", "256"]));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("make no valid scenario") && stderr.contains("factor.price.volatility = "), "{stderr}");
    assert!(stderr.contains("hint: narrow the distributions"), "{stderr}");
}

#[test]
fn an_analysis_shows_what_drives_the_results() {
    let place = tempfile::tempdir().unwrap();
    let file = case(place.path(), ENTRIES);
    let (file, page) = (file.to_str().unwrap(), place.path().join("drivers.html"));
    let analysis = ["sensitivity", file, "--backend", "cpu", "--paths", "4096"];
    let (code, table, stderr) = output(overhang(&[&analysis[..], &["--report", page.to_str().unwrap()]].concat()));
    assert_eq!(code, 0, "{stderr}");
    for part in [
        "bubble, %: ",
        "change at low",
        "Volatility of prices",
        "would be met if the input were",
        "figures.system.net_value.mean > 0: met at the centre",
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
    let page = fs::read_to_string(&page).unwrap();
    assert!(page.contains("What would have to be true") && page.matches("<svg").count() >= 3);
    let all = [
        "--only",
        "tornado,derivatives,indices,classic,targets",
        "--of",
        "figures.system.net_value.mean",
        "--format",
        "json",
    ];
    let document = json(&[&analysis[..], &all].concat());
    for part in ["tornado", "derivatives", "indices", "classic", "targets"] {
        assert!(!document[part].is_null(), "{part}");
    }
    assert_eq!(document["outputs"].as_object().unwrap().len(), 1);
    // the same bits on one thread
    assert_eq!(json(&[&analysis[..], &all, &["--threads", "1"]].concat()), document);
    // a file without uncertain inputs has all its numbers
    let start = [
        "sensitivity",
        "docs/examples/start.toml",
        "--backend",
        "cpu",
        "--paths",
        "512",
        "--only",
        "tornado",
        "--format",
        "json",
    ];
    let document = json(&[&start[..], &["--all"]].concat());
    assert!(document["inputs"].as_object().unwrap().len() > 30, "{document}");
    // sources of randomness need no inputs
    let chance =
        json(&["sensitivity", "docs/examples/start.toml", "--only", "chance", "--paths", "2048", "--format", "json"]);
    let sources = chance["chance"]["sources"].as_object().unwrap();
    assert!(sources["factor.price.jumps"] == "price: jumps" && sources["regimes"] == "Regimes", "{sources:?}");
    // the folder has what indices were made from
    let folder = place.path().join("analysis");
    let write = [&analysis[..3], &["cpu", "--paths", "256", "--only", "indices,classic", "--indices", "16", "--quiet"]]
        .concat();
    let write = [&write[..], &["--out", folder.to_str().unwrap()]].concat();
    let (code, _, stderr) = output(overhang(&write));
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(names(&folder), ["design.parquet", "parameters.parquet", "scenario.toml", "sensitivity.json"]);
    let (code, _, stderr) = output(overhang(&write));
    assert!(code == 1 && stderr.contains("exists"), "{stderr}");
    assert_eq!(output(overhang(&[&write[..], &["--force"]].concat())).0, 0);
    for (arguments, part) in [
        (vec!["sensitivity", "docs/examples/start.toml"], "no uncertain inputs"),
        (vec!["sensitivity", file, "--range", "contract.cloud.trem=1:2"], "no number `contract.cloud.trem`"),
        (vec!["sensitivity", file, "--range", "contract.cloud.take_or_pay=1:0.5"], "must be a key and its range"),
        (vec!["sensitivity", file, "--range", "contract.cloud.take_or_pay=0.5:1.5"], "above its range"),
        (vec!["sensitivity", file, "--of", "figures.nobody.value.mean"], "no estimate `figures.nobody.value.mean`"),
        (vec!["sensitivity", file, "--of", "provenance.seed"], "must be a mean"),
        (vec!["sensitivity", file, "--target", "bubble.system.probability"], "and a bound"),
    ] {
        let (code, _, stderr) = output(overhang(&arguments));
        assert!(code == 2 && stderr.contains(part), "{arguments:?}: {stderr}");
    }
}

#[test]
fn runs_of_a_design_can_come_from_a_sweep() {
    let place = tempfile::tempdir().unwrap();
    let (file, [list, store]) =
        (case(place.path(), ENTRIES), ["runs.parquet", "store"].map(|name| place.path().join(name)));
    let (file, list, store) = (file.to_str().unwrap(), list.to_str().unwrap(), store.to_str().unwrap());
    let analysis = ["sensitivity", file, "--backend", "cpu", "--only", "indices", "--indices", "32", "--paths"];
    let (code, stdout, stderr) = output(overhang(&[&analysis[..], &["512", "--write-list", list]].concat()));
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    let from = ["--from", store, "--format", "json"];
    let lacking = |says: &str, paths: &str| {
        let (code, _, stderr) = output(overhang(&[&analysis[..], &[paths, "--quiet"], &from].concat()));
        assert!(code == 2 && stderr.contains(says), "{says}: {stderr}");
        assert_helps(&stderr);
    };
    lacking("is not a sweep store", "512");
    let sweep = ["sweep", file, "--list", list, "--backend", "cpu", "--paths", "512", "--out", store];
    assert_eq!(output(overhang(&sweep)).0, 0);
    let [ours, swept] = [&["--format", "json"][..], &from].map(|more| json(&[&analysis[..], &["512"], more].concat()));
    let numbers = |document: &Value| -> Vec<f64> {
        let of = &document["indices"]["outputs"]["figures.system.net_value.mean"];
        let total = of["total"]
            .as_object()
            .unwrap()
            .values()
            .flat_map(|of| ["value", "low", "high"].map(|part| of[part].clone()));
        total.map(|number| number.as_f64().unwrap()).collect()
    };
    // a run and a point of a sweep differ by rounding
    let (ours, swept) = (numbers(&ours), numbers(&swept));
    assert!(ours.len() == 6 && ours.iter().zip(&swept).all(|(a, b)| (a - b).abs() < 1e-6), "{ours:?} {swept:?}");
    lacking("512 paths for each run instead of 256", "256");
    fs::write(file, fs::read_to_string(file).unwrap() + "# changed\n").unwrap();
    lacking("has another scenario", "512");
}
