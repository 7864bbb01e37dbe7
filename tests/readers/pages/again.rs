//! Pages that compute their run again: in Chromium on SwiftShader, against the CPU engine path by path, and where there is no GPU.

use std::fs;
use std::path::Path;

use overhang::engine::cpu::CpuEngine;
use overhang::engine::parity::{MOST_DIFFERENT, TOLERANCE};
use overhang::engine::{Draws, Engine, Instructions, Precision, Sampling, prepare};
use overhang::plan::figure::Owner;
use overhang::registry::Figure;
use serde_json::{Value, json};

use super::CPU;
use super::tools::{assert_sound, found, has_browser, made, scenario};

const PATHS: usize = 4096;
const SEED: u64 = 20_261_130;

/// The page of a run of a file of this repository.
fn page(place: &Path, name: &str, file: &str, more: &[&str]) -> String {
    let (paths, seed, report) = (PATHS.to_string(), SEED.to_string(), format!("{name}.html"));
    let file = scenario(file);
    made(place, &[&["run", &file, "--paths", &paths, "--seed", &seed, "--report", &report], more, &CPU].concat());
    place.join(report).display().to_string()
}

fn look(tasks: &[Value]) -> Vec<Value> {
    let found = found("again.py", &json!(tasks));
    assert_sound(&found);
    assert_eq!(found.len(), tasks.len());
    found
}

/// The share of the first paths whose figures or bubble in the browser are not the CPU engine's.
fn different(file: &str, values: &Value) -> f64 {
    let loaded = overhang::scenario::load(scenario(file).as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
    let plan = prepare(&loaded.scenario.at_centre().unwrap_or_else(|failure| panic!("{failure}")));
    let cpu = CpuEngine::new(Some(2), Instructions::best(), Precision::Single, Sampling::Device).unwrap();
    let own = cpu.values(&plan, Draws { seed: SEED, replicate: 0 }, 0..PATHS as u64).unwrap();
    let owner = if plan.sizes.organizations > 1 { Owner::System } else { Owner::Organization(0) };
    let mut off = vec![false; PATHS];
    let mut compared = 0;
    for figure in [Figure::CommitmentCost, Figure::ComputeCost, Figure::NetValue] {
        let Some(spec) = plan.figures.iter().find(|spec| spec.owner == owner && spec.figure == figure) else {
            continue;
        };
        let row = &own.figures[spec.slot * PATHS..][..PATHS];
        let theirs = values[figure.name()].as_array().expect("the page gives its values");
        assert_eq!(theirs.len(), PATHS);
        let mean = row.iter().sum::<f64>() / PATHS as f64;
        let deviation = (row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / PATHS as f64).sqrt();
        for (path, (x, y)) in row.iter().zip(theirs).enumerate() {
            off[path] |= (x - y.as_f64().unwrap()).abs() > TOLERANCE * x.abs().max(deviation);
        }
        compared += 1;
    }
    assert!(compared >= 2);
    if plan.sizes.bubbles {
        let place = plan.sizes.bubble_time(if plan.sizes.organizations > 1 { plan.sizes.organizations } else { 0 });
        let theirs = values["bubble"].as_array().expect("the page gives its times");
        let times = own.times[place * PATHS..][..PATHS].iter().zip(theirs);
        times.enumerate().for_each(|(path, (x, y))| off[path] |= u64::from(*x) != y.as_u64().unwrap());
    }
    off.iter().filter(|&&off| off).count() as f64 / PATHS as f64
}

#[test]
fn runs_again_in_a_browser_give_the_cpu_s_paths() {
    if !has_browser() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    // the page of reference scenarios has larger ones
    let files = ["scenarios/aws-38b.toml", "docs/examples/start.toml", "scenarios/openai.toml"];
    let task = |(number, file): (usize, &&str)| {
        let name = format!("page-{number}");
        let file = page(place.path(), &name, file, &[]);
        let other = json!({ "paths": PATHS, "seed": "18446744073709551615" });
        json!({ "name": name, "file": file, "gpu": "swiftshader", "runs": [{ "paths": PATHS, "values": true }, other],
            "address": "run-again" })
    };
    let tasks: Vec<Value> = files.iter().enumerate().map(task).collect();
    for (file, found) in files.iter().zip(look(&tasks)) {
        let [same, other] = &found["runs"].as_array().unwrap()[..] else { panic!("two runs") };
        println!("{file}: {:.0} paths per second on {}", other["rate"].as_f64().unwrap(), other["gpu"]);
        assert_eq!((&same["paths"], &same["invalid"]), (&json!(PATHS), &json!(0)), "{file}");
        let share = different(file, &same["values"]);
        assert!(share <= MOST_DIFFERENT, "{file}: {share}");
        assert_eq!((&same["agrees"], &other["agrees"]), (&json!(true), &json!(true)), "{file}: {same:#}\n{other:#}");
        for row in same["rows"].as_array().unwrap() {
            let [here, printed] = ["here", "printed"].map(|side| row[side]["se"].as_f64().unwrap());
            assert!((here - printed).abs() <= 0.1 * printed, "{file}: {row:#}");
        }
        let shown = &found["address"];
        assert_eq!(shown["verdict"], "agrees", "{file}: {shown:#}");
        assert!(shown["verdicts"][0].as_str().unwrap().starts_with("Agrees: "), "{file}: {shown:#}");
        assert!(shown["rows"].as_array().unwrap().len() >= 5, "{file}: {shown:#}");
        assert!(shown["bars"].as_u64().unwrap() >= 20, "{file}: {shown:#}");
    }
}

#[test]
fn variants_ends_and_medians_are_carried_and_other_numbers_differ() {
    if !has_browser() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    let start = page(place, "start", "docs/examples/start.toml", &["--variant", "flexible", "--drivers"]);
    let sobol = page(place, "sobol", "scenarios/aws-38b.toml", &["--at-centre", "--points", "sobol"]);
    // a printed mean that is off by a hundredth
    let page = fs::read_to_string(&start).unwrap();
    let at = page.find("\"statistic\":\"mean\",").expect("the numbers are there");
    let value = page[at..].find("\"value\":").expect("it has a value") + at + "\"value\":".len();
    let number: f64 = page[value..].split(',').next().unwrap().parse().unwrap();
    let rest = &page[value + page[value..].find(',').unwrap()..];
    let wrong = place.join("wrong.html");
    fs::write(&wrong, format!("{}{}{rest}", &page[..value], 1.01 * number)).unwrap();

    let all: Vec<Value> = (0..4).map(|scenario| json!({ "scenario": scenario, "paths": PATHS })).collect();
    let found = look(&[
        json!({ "name": "start", "file": start, "gpu": "swiftshader", "runs": all, "seed": "8" }),
        json!({ "name": "sobol", "file": sobol, "gpu": "swiftshader", "runs": [{}] }),
        json!({ "name": "wrong", "file": wrong, "gpu": "swiftshader", "address": "run-again" }),
    ]);
    let runs = found[0]["runs"].as_array().unwrap();
    let names: Vec<&str> = runs.iter().map(|run| run["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 4);
    assert_eq!(names[..2], ["flexible", "without a variant"]);
    assert!(names[3].contains(": low, "), "after the two other variants come the ends of the tornado: {names:?}");
    assert!(runs.iter().all(|run| run["agrees"] == true), "{runs:#?}");
    for other in [1, 3] {
        assert_ne!(runs[0]["rows"][0]["here"], runs[other]["rows"][0]["here"], "each has figures of its own");
    }
    assert_eq!(found[0]["by_hand"]["verdict"], "agrees");
    assert_eq!(found[0]["by_hand"]["refused"], "Paths must be a whole number from 256 to 10,000,000.");
    assert_eq!(found[1]["runs"][0]["agrees"], true, "{:#}", found[1]);
    let wrong = &found[2]["address"];
    assert_eq!((&wrong["verdict"], &wrong["rows"][0][6]), (&json!("differs"), &json!("differs")), "{wrong:#}");
    assert!(
        wrong["verdicts"][0].as_str().unwrap().starts_with("Differs by more than rounding explains: "),
        "{wrong:#}"
    );
}

#[test]
fn pages_say_why_a_browser_cannot_compute_a_run() {
    if !has_browser() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    let aws = page(place, "aws", "scenarios/aws-38b.toml", &[]);
    let file = scenario("scenarios/aws-38b.toml");
    made(place, &["sample", &file, "--at-centre", "--paths", "512", "--out", "paths.npy", "--quiet"]);
    made(
        place,
        &[&["run", &file, "--trajectories", "paths.npy", "--at-centre", "--report", "given.html"], &CPU[..]].concat(),
    );
    let broken = fs::read_to_string(&aws).unwrap().replace("fn simulate(", "fn fn simulate(");
    fs::write(place.join("broken.html"), broken).unwrap();
    let found = look(&[
        json!({ "name": "none", "file": aws, "gpu": "none", "address": "run-again" }),
        json!({ "name": "absent", "file": aws, "gpu": "absent", "address": "run-again" }),
        json!({ "name": "broken", "file": place.join("broken.html"), "gpu": "swiftshader", "address": "run-again" }),
        json!({ "name": "given", "file": place.join("given.html"), "gpu": "swiftshader" }),
    ]);
    let sentences = [
        "This browser finds no GPU that it can use.",
        "This browser has no WebGPU.",
        "The shader compiler refuses the kernel: ",
    ];
    for (one, sentence) in found.iter().zip(sentences) {
        assert_eq!(one["address"]["verdict"], "unavailable");
        assert!(one["address"]["state"].as_str().unwrap().starts_with(sentence), "{one:#}");
    }
    assert_eq!(found[3]["buttons"], 0);
    let given = fs::read_to_string(place.join("given.html")).unwrap();
    assert!(given.contains("The paths of this run come from a file of trajectories"), "it says why");
}

#[test]
fn the_page_of_reference_scenarios_agrees() {
    if !has_browser() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    made(place.path(), &["verify", "--page", "verify.html", "--quiet"]);
    let file = place.path().join("verify.html");
    assert!(fs::metadata(&file).unwrap().len() < 6_000_000);
    let found = look(&[json!({ "name": "verify", "file": file, "gpu": "swiftshader", "address": "run-again" })]);
    let shown = &found[0]["address"];
    assert_eq!(shown["verdict"], "agrees", "{shown:#}");
    let verdicts = shown["verdicts"].as_array().unwrap();
    assert_eq!(verdicts.len(), 6, "{shown:#}");
    assert!(verdicts.iter().all(|one| one.as_str().unwrap().contains(": Agrees: ")), "{shown:#}");
}
