//! `overhang plot`: every kind of picture, and what happens where one cannot be made.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::tools::{assert_sound, assert_tame, found, has_browser, made, overhang, scenario};

const KINDS: [&str; 7] = ["distribution", "exceedance", "bubble", "events", "fan", "bursting", "waterfall"];
/// What a run with vendors that can fail has beside that.
const VENDORS: [(&str, &str); 3] =
    [("losses", ""), ("distribution", "vendors.V3.received"), ("exceedance", "vendors.V1.loss")];

/// A run to draw pictures of.
fn run(place: &Path) {
    run_of(place, "scenarios/openai.toml", "run");
}

fn run_of(place: &Path, file: &str, out: &str) {
    made(place, &["run", &scenario(file), "--paths", "2048", "--out", out, "--backend", "cpu", "--quiet"]);
}

fn names(place: &Path) -> Vec<String> {
    let entries = fs::read_dir(place).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_kind_of_picture_is_drawn() {
    if !has_browser() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    run(place.path());
    run_of(place.path(), "tests/cases/part-two.toml", "vendors");
    let mut pictures = Vec::new();
    let all = KINDS.map(|kind| ("run", kind, "")).into_iter();
    for (run, kind, of) in all.chain(VENDORS.map(|(kind, of)| ("vendors", kind, of))) {
        for (format, width) in [("svg", "760"), ("svg", "300"), ("png", "320")] {
            let name = format!("{run}-{kind}-{width}.{format}");
            let arguments =
                ["plot", run, "--kind", kind, "--out", &name, "--width", width, "--backend", "cpu", "--quiet"];
            let of = if of.is_empty() { &[][..] } else { &["--of", of] };
            let arguments = [&arguments, of].concat();
            assert_eq!(made(place.path(), &arguments), "", "pictures go to their files");
            pictures.push(json!({ "file": place.path().join(name), "width": width.parse::<u32>().unwrap() }));
        }
    }
    let found = found("pictures.py", &json!(pictures));
    assert_sound(&found);
    assert_eq!(found.len(), 3 * (KINDS.len() + VENDORS.len()));
    let marks: u64 = found.iter().map(|one| one["marks"].as_u64().unwrap()).sum();
    assert!(marks > 1000, "{marks}");
}

#[test]
fn what_cannot_be_drawn_is_told_and_nothing_is_left() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    run(place);
    let plot = |more: &[&str]| overhang(place, &[&["plot"], more].concat());
    let distribution = |more: &[&str]| plot(&[&["run", "--kind", "distribution"], more].concat());
    for (arguments, says) in [
        (vec!["--out", "x.gif"], "`x.gif` is neither .svg nor .png"),
        (vec!["--out", "x"], "neither .svg nor .png"),
        (vec!["--out", "x.svg", "--of", "system.comitment_cost"], "did you mean `system.commitment_cost`?"),
        (vec!["--out", "x.svg", "--of", "nobody"], "there is no `nobody`"),
        (vec!["--out", "x.svg", "--of", "\u{1b}[31m\u{202e}"], "there is no `\u{fffd}[31m`"),
    ] {
        let (code, stdout, stderr) = distribution(&arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}: {stderr}");
        assert!(stderr.contains(says) && stderr.contains("hint: "), "{stderr}");
        assert_tame("a message", &stderr);
    }
    let events = plot(&["run", "--kind", "events", "--of", "opnai", "--out", "x.svg"]);
    assert!(events.0 == 2 && events.2.contains("did you mean `openai`?"), "{}", events.2);
    let losses = plot(&["run", "--kind", "losses", "--out", "x.svg"]);
    assert!(losses.0 == 2 && losses.2.contains("no vendor of the run loses anything"), "{}", losses.2);
    let vendor = distribution(&["--out", "x.svg", "--of", "vendors.openai.loss"]);
    assert!(vendor.0 == 2 && vendor.2.contains("there is no `vendors.openai.loss`"), "{}", vendor.2);
    let missing = plot(&["nowhere", "--kind", "bubble", "--out", "x.svg"]);
    assert!(missing.0 == 2 && missing.2.contains("nowhere") && missing.2.contains("hint: "), "{}", missing.2);
    for out in ["nowhere/x.svg", "/proc/x.svg", "run/result.json/x.svg", "folder.svg"] {
        if out == "folder.svg" {
            fs::create_dir(place.join(out)).unwrap();
        }
        let (code, _, stderr) = distribution(&["--out", out]);
        assert_eq!(code, 1, "{stderr}");
        assert!(stderr.contains(out) && stderr.contains("hint: "), "{stderr}");
    }
    assert_eq!(names(place), ["folder.svg", "run"]);
    for (arguments, code) in [
        (["report", "nowhere", "--out", "x.html"], 2),
        (["report", "run/result.json", "--out", "x.html"], 2),
        (["report", "run", "--out", "nowhere/x.html"], 1),
    ] {
        let ended = overhang(place, &arguments);
        assert!(ended.0 == code && ended.2.contains("hint: "), "{arguments:?}: {}", ended.2);
    }
    assert_eq!(names(place), ["folder.svg", "run"]);
}

#[test]
fn an_existing_picture_is_replaced_whole() {
    let place = tempfile::tempdir().unwrap();
    run(place.path());
    let file = place.path().join("x.svg");
    fs::write(&file, "old".repeat(1 << 20)).unwrap();
    let plot = |kind: &str| {
        made(place.path(), &["plot", "run", "--kind", kind, "--out", "x.svg", "--quiet"]);
        fs::read_to_string(&file).unwrap()
    };
    let first = plot("waterfall");
    assert!(first.starts_with("<svg ") && first.trim_end().ends_with("</svg>") && !first.contains("old"));
    assert_ne!(plot("bubble"), first);
    assert_eq!(plot("waterfall"), first, "the same run draws the same picture");
    assert_eq!(names(place.path()), ["run", "x.svg"]);
}
