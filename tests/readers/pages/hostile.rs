//! Scenarios, files and documents whose texts try to break out of where they stand.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::tools::{PYTHON, assert_sound, assert_tame, found, has_browser, made, overhang, scenario};
use super::{CPU, VIEWS, command, look, page};

const TITLE: &str =
    "</title></script><script>alert(1)</script>\"><img src=x onerror=alert(1)>&amp; --><!-- مركز مرحبا שלום 😀";
const LABEL: &str = "</script><svg onload=alert(1)>'\"`${1}&lt; ]]> שלום";
const CURRENCY: &str = "\"><img src=x>&amp;";
const UNIT: &str = "<b>&lt;GW</b>";
/// What a terminal or a browser would obey.
const WILD: &str = "\u{1b}[31m\u{1b}]0;x\u{7}\r\u{9b}2J\u{202e}\u{2066}\u{200b}\t\u{0}";
/// The name of a file, as systems allow it.
const FILE: &str = "<img src=x onerror=alert(1)>\u{1b}[31m\n\u{202e}\"'&amp;.toml";

/// A text as TOML and JSON write it.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The scenario with hostile texts wherever a free text may stand, all of which are allowed.
fn hostile_scenario() -> String {
    let text = fs::read_to_string(scenario("scenarios/openai.toml")).unwrap();
    let long = "x".repeat(5000);
    let mut labels = 0;
    let mut line = |line: &str| match line.split_once(" = ").unwrap_or_default() {
        ("name", value) if value.starts_with("\"OpenAI") => format!("name = {}", quoted(TITLE)),
        ("description", _) => format!("description = {}", quoted(&format!("{long}\n\t{TITLE}"))),
        ("currency", _) => format!("currency = {}", quoted(CURRENCY)),
        ("capacity_unit", _) => format!("capacity_unit = {} # <i>\u{202e}\u{2066}{long}", quoted(UNIT)),
        ("label", _) => {
            labels += 1;
            let label = if labels % 2 == 0 { LABEL.to_owned() } else { "ü".repeat(200) };
            format!("# <script>alert(1)</script>\u{202e}\nlabel = {} # --><!-- \u{2066}", quoted(&label))
        }
        _ => line.to_owned(),
    };
    let text = text.lines().map(&mut line).collect::<Vec<_>>().join("\n");
    assert!(labels > 15 && text.contains("currency = \"\\\">"), "{labels}");
    text
}

#[test]
fn hostile_names_are_harmless_in_a_browser() {
    if !has_browser() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    fs::write(place.join(FILE), hostile_scenario()).unwrap();
    let run = command(place, "run", &["run", FILE, "--paths", "1024", "--out", "of-run"]);
    command(place, "comparison", &["compare", FILE, "--paths", "1024"]);
    // its places begin with the name of the file, which a page does not repeat as it is
    let mut pages = vec![run, page(place, "comparison", false)];
    let axis = "contract.azure.take_or_pay=0.5,1";
    made(
        place,
        &[
            &["sweep", FILE, "--axis", axis, "--paths", "500", "--out", "<b>\u{1b}\n", "--report", "sweep.html"],
            &CPU[..],
        ]
        .concat(),
    );
    pages.push(page(place, "sweep", false));
    assert!(fs::read_to_string(place.join("run.html")).unwrap().contains("xxx &lt;/title&gt;"), "lines run on");
    hostile_documents(place);
    made(
        place,
        &[
            "report",
            "of-run",
            "bench.json",
            "comparison-2.json",
            "--out",
            "documents.html",
            "--backend",
            "cpu",
            "--quiet",
        ],
    );
    pages.push(page(place, "documents", false));
    let [views, charts, ..] = look(&pages);
    assert_eq!(views, 4 * VIEWS);
    assert!(charts > 2 * 50, "{charts}");
    pictures(place);
}

/// Documents from elsewhere may say anything: adapters, engines, scenarios with names that no file could have.
fn hostile_documents(place: &Path) {
    let name = format!("{TITLE}{WILD}{}", "y".repeat(5000));
    let wild = |text: &str, from: &str| text.replace(&quoted(from), &quoted(&name));
    let comparison = fs::read_to_string(place.join("comparison.json")).unwrap();
    fs::write(place.join("comparison-2.json"), wild(&comparison, "flexible")).unwrap();
    let bench = made(place, &["bench", FILE, "--paths", "1024", "--rounds", "2", "--quiet", "--format", "json"]);
    let mut bench: Value = serde_json::from_str(&bench).unwrap();
    bench["contenders"][0]["name"] = json!(name);
    bench["machine"]["system"] = json!(name);
    fs::write(place.join("bench.json"), bench.to_string()).unwrap();
    let result = place.join("of-run/result.json");
    let mut document: Value = serde_json::from_slice(&fs::read(&result).unwrap()).unwrap();
    document["run"]["instruction_set"] = json!(name);
    fs::write(result, document.to_string()).unwrap();
}

/// Pictures with hostile labels are XML still.
fn pictures(place: &Path) {
    let kinds = ["distribution", "fan", "bursting", "events", "waterfall"];
    let all: Vec<Value> = kinds
        .iter()
        .map(|kind| {
            let name = format!("{kind}<b>&\u{202e}.svg");
            made(place, &[&["plot", "of-run", "--kind", kind, "--out", &name], &CPU[..]].concat());
            assert_tame(kind, &fs::read_to_string(place.join(&name)).unwrap());
            json!({ "file": place.join(name), "width": 760 })
        })
        .collect();
    let found = found("pictures.py", &json!(all));
    assert_sound(&found);
    assert_eq!(found.len(), kinds.len());
    made(place, &[&["plot", "of-run", "--kind", "fan", "--out", "fan.png"], &CPU[..]].concat());
}

/// Data keeps texts as they are; nothing that a terminal shows controls it.
#[test]
fn hostile_names_do_not_reach_the_terminal() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    fs::write(place.join(FILE), hostile_scenario()).unwrap();
    fs::copy(place.join(FILE), place.join(format!("other {FILE}"))).unwrap();
    let (short, axis) = (["--paths", "500", "--backend", "cpu"], "contract.azure.take_or_pay=0.5,1");
    let other = format!("other {FILE}");
    let commands: [&[&str]; 12] = [
        &["run", FILE, "--report", "\u{1b}[31m.html"],
        &["run", FILE, "--plain", "--out", "\u{1b}[31m"],
        &["run", FILE, "--variant", "flexible"],
        &["run", FILE, "--fail-if", "bubble.system.probability > 2"],
        &["compare", FILE],
        &["compare", FILE, &other, "--report", "\u{202e}.html"],
        &["sweep", FILE, "--axis", axis, "--out", "store \u{1b}[31m"],
        &["sweep", FILE, "--axis", axis, "--out", "store \u{1b}[31m"],
        &["run", FILE, "--out", "\u{1b}[31m"],
        &["run", "\u{1b}[31m missing"],
        &["run", FILE, "--trajectories", "\u{1b}[31m.npy"],
        &["run", FILE, "--variant", "\u{1b}[31m"],
    ];
    for arguments in commands {
        tame(place, &[arguments, &short].concat());
    }
    for arguments in [
        vec!["check", FILE, &other],
        vec!["status", "store \u{1b}[31m"],
        vec!["run", FILE, "--path", "3"],
        vec!["plot", "\u{1b}[31m", "--kind", "fan", "--out", "\u{1b}[31m.gif"],
        vec!["report", "\u{1b}[31m missing", "--out", "x.html"],
        vec!["report", "store \u{1b}[31m", "\u{1b}[31m", "--out", "\u{1b}[32m.html"],
        vec!["sample", FILE, "--paths", "10", "--out", "\u{1b}[31m.parquet"],
        vec!["merge", "store \u{1b}[31m", "nowhere \u{1b}[31m", "--out", "\u{1b}[31m x"],
    ] {
        tame(place, &arguments);
    }
    let document: Value =
        serde_json::from_str(&made(place, &[&["run", FILE, "--format", "json", "--quiet"], &short[..]].concat()))
            .unwrap();
    assert_eq!(document["provenance"]["scenario"], TITLE);
    assert_eq!(document["figures"]["system"]["commitment_cost"]["unit"], CURRENCY);
    let comparison: Value =
        serde_json::from_str(&made(place, &[&["compare", FILE, "--format", "json", "--quiet"], &short[..]].concat()))
            .unwrap();
    assert_eq!(comparison["scenarios"]["flexible"]["file"], FILE);
    let label = comparison["scenarios"]["flexible"]["label"].as_str().unwrap();
    assert!([LABEL, &"ü".repeat(200)].contains(&label), "{label}");
    parquet(place);
}

/// What a command says, whether it succeeds or not.
fn tame(place: &Path, arguments: &[&str]) {
    let (code, stdout, stderr) = overhang(place, arguments);
    assert!((0..=2).contains(&code) && !stderr.contains("panicked"), "{arguments:?}: {stderr}");
    assert!(code == 0 || stderr.contains("error"), "{arguments:?}: {stderr}");
    assert_tame(&format!("{arguments:?}"), &stdout);
    assert_tame(&format!("{arguments:?}"), &stderr);
}

/// The labels of units in Parquet are those of the scenario.
fn parquet(place: &Path) {
    let code =
        "import sys, pyarrow.parquet as p; print(*p.read_table(sys.argv[1])['unit'].unique().to_pylist(), sep='\\n')";
    if !has_browser() {
        return;
    }
    let file = place.join("\u{1b}[31m/distributions.parquet");
    let output =
        Command::new(PYTHON).args([OsStr::new("-c"), code.as_ref(), file.as_ref()]).output().expect("it starts");
    let units = String::from_utf8(output.stdout).unwrap();
    assert!(units.lines().any(|unit| unit == CURRENCY), "{units}");
    assert!(units.lines().any(|unit| unit == format!("{UNIT}-year")), "{units}");
}

/// Characters that control are refused in every text, written out or escaped, and the message does not repeat them.
#[test]
fn what_would_control_a_terminal_is_refused_by_place() {
    let place = tempfile::tempdir().unwrap();
    let good = fs::read_to_string(scenario("tests/cases/two-labs.toml")).unwrap();
    let name = "name = \"Two labs under one sky\"";
    assert!(good.contains(name));
    for wild in WILD.chars().filter(|c| !c.is_ascii_graphic() && *c != '\t').chain(['\n']) {
        for (key, escaped) in [("name", true), ("name", false), ("currency", true), ("\u{1b}[31m", true)] {
            let written = if escaped { format!("\\u{:04x}", u32::from(wild)) } else { wild.to_string() };
            let line = match key {
                "name" => format!("name = \"x{written}y\""),
                "currency" => format!("{name}\nlabel = \"x{written}y\""),
                _ => format!("{name}\n\"x{written}y\" = \"x{written}y\""),
            };
            fs::write(place.path().join("bad.toml"), good.replace(name, &line)).unwrap();
            let (code, stdout, stderr) = overhang(place.path(), &["check", "bad.toml"]);
            assert_eq!((code, stdout.as_str()), (2, ""), "{line:?}: {stderr}");
            assert!(stderr.contains("bad.toml:"), "{line:?}: {stderr}");
            assert_tame(&format!("{line:?}"), &stderr);
        }
    }
}
