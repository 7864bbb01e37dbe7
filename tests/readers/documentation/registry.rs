//! What the registry declares stands in the book as it is declared, and the schema of scenario files is recorded as printed.
//!
//! With `OVERHANG_RECORD=1` the places are rewritten; without it a difference is a failure.

use std::fmt::Write as _;
use std::path::Path;

use overhang::registry::{Discounting, Figure, MetricKind, ProcessKind, Purpose, Registered, Requirement};
use serde_json::Value;

/// A place of a file that comes from the registry.
struct Written {
    file: &'static str,
    /// What stands before and behind it.
    between: (&'static str, &'static str),
    text: String,
}

fn places() -> Vec<Written> {
    let words: Vec<&str> = MetricKind::ALL.iter().map(|kind| kind.name()).collect();
    let table = |file, heading, text| Written { file, between: (heading, "\n\n"), text };
    let words = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    vec![
        table("docs/model.md", "| metric | numerator / denominator | needs |\n|---|---|---|\n", metrics()),
        table(
            "docs/model.md",
            "| figure | what | unit | discount | bad side | needs |\n|---|---|---|---|---|---|\n",
            figures(),
        ),
        table("docs/randomness.md", "| purpose | name | draws |\n|---|---|---|\n", purposes()),
        Written {
            file: "docs/scenario-file.md",
            between: ("| `metric` | The metric to watch | word | ", " | required |"),
            text: words,
        },
    ]
}

fn needs(requirement: Requirement) -> String {
    requirement.key().map_or_else(String::new, |key| format!("`{key}`"))
}

fn metrics() -> String {
    let row = |kind: &MetricKind| {
        let entry = kind.entry();
        format!("| `{}` | {} | {} |", entry.name, entry.description, needs(entry.needs))
    };
    MetricKind::ALL.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn figures() -> String {
    let row = |figure: &Figure| {
        let entry = figure.entry();
        let unit = entry.unit.words();
        let discount = match entry.discounting {
            Discounting::Liabilities => "D̃",
            Discounting::Rate => "D",
            Discounting::Both => "D, D̃",
            Discounting::Undiscounted => "none",
        };
        let (name, what, side) = (entry.name, entry.description, entry.side.name());
        format!("| `{name}` | {what} | {unit} | {discount} | {side} | {} |", needs(entry.needs))
    };
    Figure::ALL.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn purposes() -> String {
    let row =
        |purpose: &Purpose| format!("| {} | `{}` | {} |", purpose.number(), purpose.name(), purpose.description());
    Purpose::ALL.iter().map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_registry_is_written_out() {
    let record = super::record::is_asked();
    let mut faults = String::new();
    for place in places() {
        let path = Path::new(super::ROOT).join(place.file);
        let whole = std::fs::read_to_string(&path).expect("it can be read");
        let (before, after) = place.between;
        let start =
            whole.find(before).unwrap_or_else(|| panic!("{}: nothing like {before:?}", place.file)) + before.len();
        let end = start + whole[start..].find(after).expect("the place ends");
        if whole[start..end] == place.text {
            continue;
        }
        if record {
            let rewritten = [&whole[..start], &place.text, &whole[end..]].concat();
            std::fs::write(&path, rewritten).expect("it can be written");
        } else {
            writeln!(faults, "{}, behind {before:?}: should be\n{}", place.file, place.text)
                .expect("a String takes all");
        }
    }
    assert!(faults.is_empty(), "{faults}\nhint: OVERHANG_RECORD=1 rewrites these places");
}

#[test]
fn the_schema_that_scenarios_name_is_the_one_that_the_program_prints() {
    let path = Path::new(super::ROOT).join("docs/schema/scenario.json");
    if super::record::is_asked() {
        std::fs::write(&path, overhang::scenario::SCHEMA).expect("it can be written");
    }
    let recorded = std::fs::read_to_string(&path).expect("it can be read");
    let differs =
        recorded.lines().zip(overhang::scenario::SCHEMA.lines()).find(|(recorded, printed)| recorded != printed);
    assert_eq!(differs, None, "hint: OVERHANG_RECORD=1 records it");
    assert_eq!(recorded.len(), overhang::scenario::SCHEMA.len(), "hint: OVERHANG_RECORD=1 records it");
}

/// Processes have a form each, so that a new one needs more than its word.
#[test]
fn the_schema_has_a_form_for_every_process() {
    let schema: Value = serde_json::from_str(overhang::scenario::SCHEMA).expect("it is JSON");
    let forms = schema["properties"]["factor"]["items"]["oneOf"].as_array().expect("one for each process");
    let found: Vec<&str> = forms.iter().filter_map(|form| form["properties"]["process"]["const"].as_str()).collect();
    let declared: Vec<&str> = ProcessKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(found, declared);
}
