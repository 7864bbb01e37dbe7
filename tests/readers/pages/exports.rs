//! Tables of pages as CSV and as workbooks, with names that a spreadsheet would compute.

use std::fs;

use serde_json::json;

use super::CPU;
use super::tools::{assert_sound, found, has_browser, made, scenario};

/// Labels that a spreadsheet would take for formulas, or that would break a line of CSV.
const LABELS: [&str; 6] = [
    "=HYPERLINK(\"http://x\",\"y\")",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "a \"b\", c; d",
    "</table><script>alert(1)</script>",
];

#[test]
fn tables_are_taken_away_as_they_are_shown_and_names_are_harmless() {
    if !has_browser() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    let mut count = 0;
    let line = |line: &str| match line.split_once(" = ") {
        Some(("label", _)) => {
            count += 1;
            format!("label = {}", json!(LABELS[count % LABELS.len()]))
        }
        _ => line.to_owned(),
    };
    let text = fs::read_to_string(scenario("docs/examples/templates/portfolio.toml")).unwrap();
    let text = text.lines().map(line).collect::<Vec<_>>().join("\n");
    assert!(count >= 10, "{count}");
    fs::write(place.join("deal.toml"), text).unwrap();
    made(
        place,
        &[
            &["run", "deal.toml", "--paths", "2048", "--out", "run", "--report", "run.html", "--xlsx", "run.xlsx"],
            &CPU[..],
        ]
        .concat(),
    );
    made(
        place,
        &[&["compare", "deal.toml", "--paths", "2048", "--report", "compare.html", "--xlsx", "compare.xlsx"], &CPU[..]]
            .concat(),
    );
    made(place, &["report", "run", "--out", "again.html", "--xlsx", "again.xlsx", "--backend", "cpu", "--quiet"]);
    let pages = json!([
        { "name": "run", "file": place.join("run.html"), "xlsx": place.join("run.xlsx") },
        { "name": "compare", "file": place.join("compare.html"), "xlsx": place.join("compare.xlsx") },
        { "name": "report", "file": place.join("again.html"), "xlsx": place.join("again.xlsx") },
    ]);
    let found = found("exports.py", &pages);
    assert_sound(&found);
    let sum = |what: &str| found.iter().map(|one| one[what].as_u64().expect("it is counted")).sum::<u64>();
    let counted = ["tables", "numbers"].map(sum);
    assert!(counted[0] >= 20 && counted[1] > 1000, "{counted:?}");
}
