//! Pages and pictures as readers meet them: in a real browser, wide and narrow, light and dark, on paper, by keyboard, with hostile
//! names. What a page must be stands in tests/readers/pages/browser.py and probe.js, which list faults; here pages are made, and what was looked
//! at is counted. Without Chromium and Playwright the tests say so, and fail if both are required (`OVERHANG_REQUIRE_BROWSER=1`).

mod again;
mod exports;
mod hostile;
mod pictures;
mod tools;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use tools::{assert_sound, assert_tame, found, has_browser, made, scenario};

/// Windows in which a page is looked at: wide and light, narrow and dark; one page in the other two combinations as well.
const VIEWS: u64 = 2;
const ALL_VIEWS: u64 = 4;
/// Sheets of paper that the page of a run takes at most.
const SHEETS: u64 = 10;
/// The page that is looked at in all windows and must be fast.
const FULL: &str = "openai";
const CPU: [&str; 3] = ["--backend", "cpu", "--quiet"];

/// A page to be looked at, with the document whose numbers it shows.
fn page(place: &Path, name: &str, with_document: bool) -> Value {
    let file = place.join(format!("{name}.html"));
    let text = fs::read_to_string(&file).expect("the page is there");
    assert_tame(name, &text);
    let document = with_document.then(|| place.join(format!("{name}.json")));
    let is_full = name == FULL;
    let views = if is_full { ALL_VIEWS } else { VIEWS };
    json!({ "name": name, "file": file, "document": document, "timed": is_full, "views": views })
}

/// Makes a page of a command, and the document beside it.
fn command(place: &Path, name: &str, arguments: &[&str]) -> Value {
    let report = format!("{name}.html");
    let document = made(place, &[arguments, &CPU, &["--format", "json", "--report", &report]].concat());
    fs::write(place.join(format!("{name}.json")), document).unwrap();
    page(place, name, true)
}

fn sweep(place: &Path, name: &str, arguments: &[&str]) -> Value {
    let report = format!("{name}.html");
    let file = scenario("scenarios/openai.toml");
    made(
        place,
        &[
            &["sweep", &file],
            arguments,
            &["--paths", "1000", "--draws", "32", "--out", name, "--report", &report],
            &CPU,
        ]
        .concat(),
    );
    page(place, name, false)
}

/// Looks at pages, prints what was found, and returns how much was looked at: views, charts, readings, sorted columns, numbers.
fn look(pages: &[Value]) -> [u64; 5] {
    let found = found("browser.py", &json!(pages));
    for one in &found {
        let mut shown = one.clone();
        shown.as_object_mut().expect("it is an object").remove("faults");
        println!("{shown}");
    }
    assert_sound(&found);
    assert_eq!(found.len(), pages.len());
    let timed = found.iter().filter(|one| one.get("paint").is_some());
    for one in timed {
        for what in ["paint", "ready"] {
            assert!(one[what].as_f64().unwrap() < 2000.0, "{}: {what} after {} ms", one["name"], one[what]);
        }
        assert!(one["bytes"].as_u64().unwrap() < 6_000_000);
    }
    let sum = |what: &str| found.iter().map(|one| one[what].as_u64().expect("it is counted")).sum();
    ["views", "charts", "readings", "sorted", "values"].map(sum)
}

#[test]
fn pages_of_runs_hold_in_a_browser() {
    if !has_browser() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let run = |name: &str, file: &str| {
        command(place.path(), name, &["run", &scenario(file), "--paths", "4096", "--out", &format!("of-{name}")])
    };
    let mut pages = [
        run(FULL, "scenarios/openai.toml"),
        run("labs", "tests/cases/two-labs.toml"),
        run("industry", "scenarios/industry.toml"),
        run("part-two", "tests/cases/part-two.toml"),
    ];
    pages.iter_mut().for_each(|page| page["sheets"] = json!(SHEETS));
    let [views, charts, readings, sorted, values] = look(&pages);
    assert_eq!(views, 3 * VIEWS + ALL_VIEWS);
    assert!(charts > 250 && readings > 12_000 && sorted > 150 && values > 800, "{charts} {readings} {sorted} {values}");
}

#[test]
fn pages_of_many_points_hold_in_a_browser() {
    if !has_browser() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    let openai = scenario("scenarios/openai.toml");
    let (take, volatility) = ("contract.azure.take_or_pay=0.5,0.75,1", "factor.h100.volatility=0.2,0.3");
    let words = "organization.openai.dispatch=priority,merit";
    let mut pages = vec![
        command(place, "comparison", &["compare", &openai, "--paths", "2048"]),
        sweep(place, "grid", &["--axis", take, "--axis", volatility]),
        sweep(place, "line", &["--axis", take]),
        sweep(
            place,
            "sobol",
            &["--design", "sobol", "--points", "16", "--axis", "discount.rate=0.05:0.15", "--axis", words],
        ),
    ];
    let bench = ["bench", &openai, "--paths", "1024,2048", "--rounds", "2", "--quiet", "--report", "bench.html"];
    made(place, &bench);
    pages.push(page(place, "bench", false));
    for (name, file) in [("one", "scenarios/aws-38b.toml"), ("two", "tests/cases/one-lab.toml")] {
        made(place, &[&["run", &scenario(file), "--paths", "1024", "--out", name], &CPU[..]].concat());
    }
    made(
        place,
        &["report", "one", "two", "grid", "comparison.json", "--out", "several.html", "--backend", "cpu", "--quiet"],
    );
    pages.push(page(place, "several", false));
    let [views, charts, readings, sorted, values] = look(&pages);
    assert_eq!(views, 6 * VIEWS);
    assert!(
        charts > 2 * 60 && readings > 2 * 1000 && sorted > 2 * 80 && values > 500,
        "{charts} {readings} {sorted} {values}"
    );
}
