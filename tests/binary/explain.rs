//! `overhang explain`, and the line of a failed check that leads to it.

use std::fs;

use serde_json::Value;

use super::command::{SCENARIO, assert_helps, output, overhang};

fn explained(word: &str) -> String {
    let (code, stdout, stderr) = output(overhang(&["explain", word]));
    assert_eq!((code, stderr.as_str()), (0, ""), "{word}");
    stdout
}

fn json(arguments: &[&str]) -> Value {
    let (code, stdout, stderr) = output(overhang(&[arguments, &["--format", "json"]].concat()));
    assert_eq!((code, stderr.as_str()), (0, ""), "{arguments:?}");
    serde_json::from_str(&stdout).expect("it is JSON")
}

#[test]
fn keys_figures_metrics_and_numbers_are_explained() {
    let key = explained("take_or_pay");
    for form in ["contract.take_or_pay", "contract.*.take_or_pay", "contract.aws.take_or_pay"] {
        assert_eq!(explained(form), key, "{form}");
    }
    for fact in ["range    ≥ 0, ≤ 1", "default  1", "formula  bill", "take_or_pay = 0.9"] {
        assert!(key.contains(fact), "{fact}: {key}");
    }
    for (word, facts) in [
        ("commitment_cost", ["a figure of a path", "currency, discounted"]),
        ("coverage", ["a metric of events", "`performance_return` of the organization"]),
        ("logit_ou", ["a process of factors", "dy = −reversion·y·dτ"]),
        ("figures.lab.net_value.mean", ["`net_value` of the organization `lab`", "Σx / n"]),
        ("bubble.system.probability", ["the bubble of the system", "none, a probability"]),
        ("contract", ["list of tables", "  take_or_pay"]),
    ] {
        let text = explained(word);
        assert!(facts.iter().all(|fact| text.contains(fact)), "{word}: {text}");
    }
    assert!(explained("cash").contains("a metric of events") && explained("cash").contains("a key of scenario files"));
}

#[test]
fn the_list_has_every_group_and_json_has_the_same() {
    let (code, list, _) = output(overhang(&["explain"]));
    assert_eq!(code, 0);
    let groups = json(&["explain"]);
    let groups = groups.as_array().expect("there is a list");
    assert_eq!(groups.len(), 5);
    for group in groups {
        assert!(list.contains(group["title"].as_str().expect("it has a title")), "{group}");
        for entry in group["entries"].as_array().expect("it has entries") {
            assert!(list.contains(&format!("  {}", entry["name"].as_str().expect("it has a name"))), "{entry}");
        }
    }
    let found = json(&["explain", "contract.aws.take_or_pay"]);
    let expected = "Share of capacity paid for whether used or not";
    assert_eq!((found[0]["what"].as_str(), found[0]["default"].as_str()), (Some(expected), Some("1")));
}

#[test]
fn what_nothing_is_called_is_bad_usage_with_near_names() {
    for (word, hint) in [
        ("take_or_pai", "did you mean `take_or_pay`?"),
        ("comitment_cost", "did you mean `commitment_cost`"),
        ("bubble.system", "did you mean `bubble.system.probability`?"),
        ("figures.lab.net_value.maen", "`figures.lab.net_value.mean`"),
        ("\u{1b}[31m", "run `overhang explain`"),
        ("", "run `overhang explain`"),
    ] {
        let (code, stdout, stderr) = output(overhang(&["explain", word]));
        assert_eq!((code, stdout.as_str()), (2, ""), "{word}");
        assert_helps(&stderr);
        assert!(stderr.contains(hint) && !stderr.contains('\u{1b}'), "{word}: {stderr}");
    }
}

#[test]
fn a_failed_check_ends_with_where_its_first_key_is_explained() {
    let place = tempfile::tempdir().expect("there is room");
    let file = place.path().join("wrong.toml");
    let scenario = fs::read_to_string(SCENARIO).expect("the scenario is there");
    let check = |text: String| {
        fs::write(&file, text).expect("there is room");
        output(overhang(&["check", file.to_str().expect("temporary paths are UTF-8")]))
    };
    let (code, _, stderr) = check(scenario.replace("take_or_pay = ", "take_or_pay = 1"));
    assert_eq!(code, 2);
    assert!(stderr.ends_with("\nhint: see `overhang explain contract.take_or_pay`\n"), "{stderr}");
    assert_eq!(stderr.matches("overhang explain").count(), 1, "{stderr}");
    // a key that does not exist is not explained
    let (code, _, stderr) = check(scenario.replace("take_or_pay = ", "take_or_pya = "));
    assert!(code == 2 && !stderr.contains("overhang explain"), "{stderr}");
}
