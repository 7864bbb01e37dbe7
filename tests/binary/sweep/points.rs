//! Sweeps of quasi-random paths: rows are those of `overhang run`, and the same bits however the work is cut.

use std::process::Stdio;

use overhang::engine::{
    Draws, Engine as _, Instructions, Precision, Sampling, cpu, empty_tally, prepare_first, prepare_near,
};
use overhang::measure::{Sample, moments};
use overhang::plan::points::Allocation;
use overhang::registry::Figure;
use overhang::result::{Key, ResultDocument, Statistic, Subject};
use overhang::run::{PointSet, PointsRequest};
use overhang::scenario::Setting;
use overhang::sweep::rows::{self, Row};

use super::command::{self, Place, SCENARIO, code, rows, stderr, sweep};
use super::kills::{grows_in_slices, survives};
use super::{POINTS, base, with};

/// Four scrambles: of 4,096 points each with the paths of most tests.
const SOBOL: [&str; 4] = ["--points", "sobol", "--replicates", "4"];
const PATHS: [&str; 2] = ["--paths", "9000"];

/// The axes of most tests with quasi-random paths.
fn drawn(more: &[&str]) -> Vec<String> {
    let base = base();
    let axes = base.iter().take_while(|word| *word != "--paths").cloned();
    axes.chain(SOBOL.iter().chain(&PATHS).chain(more).map(|word| (*word).to_owned())).collect()
}

fn words(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

fn done(output: &std::process::Output) {
    assert_eq!(code(output), 0, "{}", stderr(output));
}

/// The document of a run of quasi-random paths.
fn run(scenario: &str, more: &[&str]) -> ResultDocument {
    let all = [&["run", scenario, "--format", "json", "--backend", "cpu"], &SOBOL[..], &PATHS, more].concat();
    let output = command::overhang(&all, Stdio::piped());
    done(&output);
    serde_json::from_slice(&output.stdout).expect("it is a document")
}

/// Every number of a document that rows have is in them, to the bit.
pub fn assert_same(document: &ResultDocument, rows: &[Row]) {
    let mut same = 0;
    document.for_each(&mut |key, _, value| {
        let by_period = key.to_string().contains("by_period");
        if let Some(value) = value.filter(|_| !by_period) {
            assert_eq!(rows::get(rows, key).map(f64::to_bits), Some(value.to_bits()), "{key}");
            same += 1;
        }
    });
    assert!(same > 300, "only {same} numbers are compared");
}

#[test]
fn a_row_is_the_document_of_the_run_to_the_bit() {
    let place = Place::new();
    let store = place.at("store");
    // the last one is the file's own scenario
    let axes = ["--axis", "contract.base.take_or_pay=0.5,0.9", "--axis", "factor.price.volatility=0.4,0.26"];
    done(&sweep(&store, &[&axes[..], &SOBOL, &PATHS].concat()));
    let found = rows(&store);
    let document = run(SCENARIO, &[]);
    let sampling = &document.provenance.sampling;
    assert_eq!((sampling.paths, sampling.sampling.as_str(), sampling.replicates), (4 * 4096, "sobol", Some(4)));
    assert_same(&document, &found[3].1);
    let cost = Key::new(Subject::system(Figure::CommitmentCost), Statistic::Mean);
    assert_ne!(rows::get(&found[1].1, &cost), rows::get(&found[3].1, &cost));

    // errors are those of quasi-random paths, and much smaller than those of as many independent ones
    let independent = place.at("independent");
    done(&sweep(&independent, &[&axes[..], &["--paths", "16384"]].concat()));
    for (point, independent) in rows(&independent) {
        let error =
            |rows: &[Row]| rows::get(rows, &Key { statistic: Statistic::Se, ..cost.clone() }).expect("it is there");
        let ratio = error(&independent) / error(&found[point].1);
        assert!(ratio > 3.0, "point {point}: {ratio}");
    }
}

#[test]
fn a_variant_s_row_is_the_document_of_its_run() {
    let place = Place::new();
    let (store, scenario) = (place.at("store"), "scenarios/anthropic.toml");
    let base = ["sweep", scenario, "--axis", "variant=on_time,no_milestone", "--backend", "cpu", "--out", &store];
    let centre = ["--at-centre"];
    let output = command::overhang(&[&base[..], &SOBOL, &PATHS, &centre].concat(), Stdio::piped());
    done(&output);
    for ((_, rows), variant) in rows(&store).iter().zip(["on_time", "no_milestone"]) {
        assert_same(&run(scenario, &["--variant", variant, "--at-centre"]), rows);
    }
}

/// Common scrambles are the run's; each of independent points has its own, which follow those of the point before.
#[test]
fn points_draw_the_scrambles_that_they_are_to() {
    let (place, loaded) = (Place::new(), overhang::scenario::load(SCENARIO.as_ref()).expect("it is good"));
    let request = PointsRequest { set: PointSet::Sobol, replicates: Some(4), ..PointsRequest::default() };
    let engine = cpu::CpuEngine::new(None, Instructions::best(), Precision::Single, Sampling::Device).expect("threads");
    let (mut first, pilot) = prepare_first(&loaded.scenario);
    let mut allocation = Allocation::default();
    request.apply(&loaded.scenario, &mut first, &mut allocation);
    for (name, more, own) in [("common", &[][..], 0), ("apart", &["--independent"], 1)] {
        let store = place.at(name);
        done(&sweep(&store, &with(&drawn(more), &[])));
        let found = rows(&store);
        for point in [0, 9, 20] {
            let values = command::point_values(&store);
            let settings: Vec<(&str, Setting)> =
                values[point].iter().map(|(path, value)| (path.as_str(), value.clone())).collect();
            let scenario = loaded.template.set(&settings, "a point").expect("it is a scenario");
            let mut plan = prepare_near(&scenario, &pilot);
            request.apply(&scenario, &mut plan, &mut allocation.clone());
            let mut tally = empty_tally(&plan);
            for scramble in 0..4 {
                let draws = Draws { seed: 1, replicate: own * 4 * point as u32 + scramble };
                let part = engine.tally(&plan, draws, 0..4096, &|_| true).expect("no faults");
                tally.merge(&part.as_scramble(scramble));
            }
            let expected = moments(&Sample::new(&tally, 0, plan.figures[0].frame));
            let owner = scenario.organizations[0].name.clone();
            let subject = Subject::Figure { owner, figure: Figure::CommitmentCost };
            let known = rows::find(&found[point].1, &subject).expect("it is there");
            let numbers = [Statistic::Mean, Statistic::Se].map(|statistic| known.get(statistic));
            assert_eq!(numbers, [expected.mean, expected.se], "{name}, point {point}");
        }
    }
}

#[test]
fn rows_are_the_same_bits_in_shards_in_parts_in_batches_and_on_any_number_of_threads() {
    let place = Place::new();
    let whole = place.at("whole");
    done(&sweep(&whole, &words(&drawn(&["--threads", "2", "--batch", "21"]))));
    let expected = rows(&whole);
    assert_eq!(expected.len(), POINTS);
    let same = |name: &str, more: &[&str]| {
        let store = place.at(name);
        done(&sweep(&store, &words(&drawn(more))));
        assert_eq!(rows(&store), expected, "{name}");
    };
    same("one by one", &["--threads", "1", "--batch", "1"]);
    // scrambles of sixteen blocks: of twenty parts some are empty
    same("3 parts", &["--path-shards", "3"]);
    same("20 parts", &["--path-shards", "20"]);
    for (name, cut) in [("points", "1"), ("parts", "3")] {
        let shards: Vec<String> = [1, 0].map(|index| place.at(&format!("{name}-{index}"))).to_vec();
        for (index, shard) in ["1/2", "0/2"].iter().zip(&shards) {
            done(&sweep(shard, &words(&drawn(&["--shard", index, "--path-shards", cut]))));
        }
        let merged = place.at(&format!("{name}-merged"));
        done(&command::merge(&merged, &shards));
        assert_eq!(rows(&merged), expected, "two shards of {name}");
    }
}

#[test]
fn kills_lose_nothing_that_was_finished() {
    survives(&SOBOL, 12);
    survives(&[&SOBOL[..], &["--path-shards", "2"]].concat(), 6);
}

#[test]
fn begun_points_keep_all_their_scrambles() {
    grows_in_slices(&SOBOL, &[]);
}

#[test]
fn a_store_of_other_points_is_refused_with_what_differs() {
    let place = Place::new();
    let (store, plain) = (place.at("store"), place.at("plain"));
    let output = sweep(&store, &words(&drawn(&[])));
    done(&output);
    assert!(stderr(&output).contains("16384 paths instead of 9000: 4 scrambles of 4096 points"), "{}", stderr(&output));
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(said.contains("16384 paths each (4 scrambles of 4096 Sobol points), common random numbers"), "{said}");
    done(&sweep(&plain, &with(&base(), &["--paths", "16384"])));
    let refused = |store: &str, more: &[&str], told: &str| {
        let output = sweep(store, &with(&base(), &[&["--paths", "16384"], more].concat()));
        assert_eq!(code(&output), 2, "{more:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(told), "{more:?}: {}", stderr(&output));
    };
    let sobol = ["--points", "sobol"];
    refused(&store, &[&sobol[..], &["--replicates", "8"]].concat(), "`points.replicates` is 4 in the store, but 8 now");
    refused(&store, &[&SOBOL[..], &["--construction", "time"]].concat(), "`points.construction` is \"bridge\"");
    refused(&store, &[], "`points` is {\"set\":\"sobol\"");
    refused(&plain, &SOBOL, "`points` is not set in the store");
    let manifest = std::fs::read_to_string(place.path("plain/manifest.json")).expect("it is there");
    assert!(!manifest.contains("replicates"), "stores of independent paths say nothing of it: {manifest}");
    let merged = command::merge(&place.at("merged"), &[store.clone(), plain]);
    assert!(code(&merged) == 2 && stderr(&merged).contains("belong to different sweeps"), "{}", stderr(&merged));
    let status = command::overhang(&["status", &store], Stdio::piped());
    let status = String::from_utf8(status.stdout).expect("UTF-8");
    assert!(status.contains("21 points × 16384 paths (4 scrambles of 4096 Sobol points), seed 1"), "{status}");
}

#[test]
fn points_of_the_design_and_of_paths_go_together_and_mistakes_are_told() {
    let place = Place::new();
    let axis = ["--axis", "contract.base.take_or_pay=0.5:1", "--design", "lhs"];
    let with_paths =
        |out: &str, paths: &str, more: &[&str]| sweep(&place.at(out), &[&axis[..], &["--paths", paths], more].concat());
    let of = |out: &str, more: &[&str]| with_paths(out, "512", more);
    done(&of("both", &["--points", "3", "--points", "sobol", "--replicates", "2"]));
    assert_eq!(rows(&place.at("both")).len(), 3);
    // of each meaning the last one counts
    let often = ["--points", "9", "--points", "independent", "--points", "sobol", "--points", "3", "--replicates", "2"];
    done(&of("often", &often));
    assert_eq!(rows(&place.at("often")), rows(&place.at("both")));
    let file = place.at("sweep.toml");
    std::fs::write(&file, "points = [3, \"sobol\"]\nreplicates = 8\n").expect("it is written");
    let with_file = |out: &str, more: &[&str]| of(out, &[&["--sweep", &file], more].concat());
    done(&with_file("file", &["--replicates", "2"]));
    assert_eq!(rows(&place.at("file")), rows(&place.at("both")), "options go before the file");
    std::fs::write(&file, "points = [3, \"sobol\"]\nreplicates = 2\n").expect("it is written");
    done(&with_file("only the file", &[]));
    assert_eq!(rows(&place.at("only the file")), rows(&place.at("both")), "the file alone sets the scrambles");
    done(&with_file("independent", &["--points", "independent"]));
    assert_ne!(rows(&place.at("independent")), rows(&place.at("both")));
    for (more, told) in [
        (&["--points", "halton"][..], "must be a whole number from 1 to"),
        (&["--points", "3", "--replicates", "4"], "--replicates is for quasi-random points"),
    ] {
        let output = of("wrong", more);
        assert!(code(&output) == 2 && stderr(&output).contains(told), "{more:?}: {}", stderr(&output));
    }
    let output = with_paths("wrong", "1e12", &["--points", "3", "--points", "sobol"]);
    assert!(code(&output) == 2 && stderr(&output).contains("is more than the"), "{}", stderr(&output));
    assert!(!place.path("wrong").exists(), "nothing is made");
}

#[test]
fn a_dry_run_counts_all_scrambles() {
    let place = Place::new();
    let store = place.at("store");
    let dry = |more: &[&str]| {
        let output = sweep(&store, &words(&drawn(&[&["--dry-run", "--threads", "1"], more].concat())));
        done(&output);
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let said = dry(&[]);
    assert!(said.contains("21 to compute of 21, 16384 paths each (4 scrambles of 4096 Sobol points)"), "{said}");
    assert!(said.contains("time    about "), "{said}");
    assert!(!place.path("store").exists(), "nothing is made");
}

/// The first path that goes wrong has the number that `overhang run` gives it.
#[test]
fn the_first_invalid_path_is_the_run_s() {
    let place = Place::new();
    let file = place.at("wild.toml");
    let text = std::fs::read_to_string("scenarios/aws-38b.toml").expect("it is there");
    let (text, _) = text.split_once("[[uncertain]]").expect("it has uncertain inputs");
    let wild = text.replace("level = 10.5e9", "level = 9e29\ngrowth = 0.0").replacen(
        "volatility = 0.30",
        "volatility = 6.0",
        1,
    );
    std::fs::write(&file, &wild).expect("it is written");
    let options = ["--points", "sobol", "--replicates", "16", "--paths", "4096", "--backend", "cpu"];
    let run = command::overhang(
        &[&["run", &file, "--allow-invalid", "--format", "json"], &options[..]].concat(),
        Stdio::piped(),
    );
    done(&run);
    let document: ResultDocument = serde_json::from_slice(&run.stdout).expect("it is a document");
    let first = document.invalid_paths.first.expect("some paths are invalid");
    assert!(first > 256 && document.invalid_paths.count < 1000, "{first}: in a scramble behind the first");
    let store = place.at("store");
    let base = ["sweep", &file, "--axis", "discount.rate=0.05", "--out", &store];
    let output = command::overhang(&[&base[..], &options].concat(), Stdio::piped());
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let found = rows(&store);
    let note = rows::failure(&found[0].1).expect("it failed");
    assert!(note.ends_with(&format!("the first is path {first}")), "{note}, not {first}");
}

#[test]
fn gpu_rows_are_the_same_bits_in_parts() {
    let place = Place::new();
    for (index, (name, _)) in crate::adapters::gpus(Sampling::Device).into_iter().enumerate() {
        let adapter = index.to_string();
        let on = |out: &str, more: &[&str]| {
            let output =
                command::sweep_anywhere(out, &words(&drawn(&[&["--adapter", adapter.as_str()], more].concat())));
            assert_eq!(code(&output), 0, "{name}: {}", stderr(&output));
        };
        let (whole, parts) = (place.at(&format!("{index}-whole")), place.at(&format!("{index}-parts")));
        on(&whole, &[]);
        on(&parts, &["--path-shards", "5"]);
        assert_eq!(rows(&parts), rows(&whole), "{name}");
    }
}
