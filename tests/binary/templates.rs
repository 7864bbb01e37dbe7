//! The templates of `overhang init`: each is sound, runs, and speaks in its comments of keys that exist.

use std::collections::BTreeSet;
use std::fs;

use overhang::registry::{Figure, MetricKind, Registered};
use serde_json::Value;

use super::command::{assert_helps, output, overhang};

const TEMPLATES: [&str; 5] = ["minimal", "startup", "hyperscaler", "portfolio", "clauses"];

fn template(name: &str) -> String {
    fs::read_to_string(format!("docs/examples/templates/{name}.toml")).expect("it is there")
}

#[test]
fn every_template_is_written_checks_without_warnings_and_runs() {
    let place = tempfile::tempdir().expect("there is room");
    for name in TEMPLATES {
        let file = place.path().join(format!("{name}.toml"));
        let file = file.to_str().expect("temporary paths are UTF-8");
        let (code, stdout, stderr) = output(overhang(&["init", "--template", name, file]));
        assert_eq!((code, stdout.as_str()), (0, ""), "{name}: {stderr}");
        assert_eq!(fs::read_to_string(file).expect("it was written"), template(name));
        let (code, understood, stderr) = output(overhang(&["check", "--all-variants", file]));
        assert_eq!((code, stderr.as_str()), (0, ""), "{name}");
        assert!(understood.lines().count() > 10, "{name}: {understood}");
        let few = ["--paths", "2000", "--backend", "cpu", "--quiet"];
        for command in ["run", "compare"] {
            if command == "run" || template(name).contains("[[variant]]") {
                let (code, stdout, stderr) = output(overhang(&[&[command, file][..], &few].concat()));
                assert_eq!((code, stderr.as_str()), (0, ""), "{name}");
                assert!(stdout.contains("commitment"), "{name}: {stdout}");
            }
        }
    }
}

#[test]
fn the_help_of_init_says_what_each_template_is_for() {
    let (code, help, _) = output(overhang(&["init", "--help"]));
    assert_eq!(code, 0);
    for name in TEMPLATES {
        let line = help.lines().find_map(|line| line.trim().strip_prefix(&format!("- {name}:"))).unwrap_or_default();
        assert!(line.split_whitespace().count() >= 4, "{name}: {help}");
    }
    // the folder has no template that the option does not know
    assert_eq!(fs::read_dir("docs/examples/templates").expect("it is there").count(), TEMPLATES.len());
    let (code, _, stderr) = output(overhang(&["init", "--template", "startp", "-"]));
    assert!(code == 2 && stderr.contains("'startup'"), "{stderr}");
    let (code, _, stderr) = output(overhang(&["init", "--template", "startup", "--full", "-"]));
    assert!(code == 2 && stderr.contains("--full"), "{stderr}");
    let (code, _, stderr) = output(overhang(&["init", "--template", "startup", "Cargo.toml"]));
    assert_eq!(code, 1);
    assert_helps(&stderr);
}

/// The keys of all tables of the schema.
fn keys(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            for (key, inside) in members {
                if let ("properties", Value::Object(properties)) = (key.as_str(), inside) {
                    found.extend(properties.keys().cloned());
                }
                keys(inside, found);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|inside| keys(inside, found)),
        _ => (),
    }
}

/// What a comment names: words in backquotes other than commands, headers of tables, and words with an underscore.
fn named(comment: &str) -> Vec<String> {
    let quoted = comment.split('`').skip(1).step_by(2).filter(|word| !word.starts_with("overhang "));
    let words = comment.split(|c: char| !(c.is_ascii_alphanumeric() || "_[]".contains(c)));
    let told = words.filter(|word| word.contains('_') || (word.starts_with('[') && word.ends_with(']')));
    quoted.chain(told).map(|word| word.trim_matches(['[', ']']).to_owned()).collect()
}

/// What of the comments of a file exists neither as a key nor as a name that the file gives.
fn unknown(text: &str) -> Vec<String> {
    let mut known = BTreeSet::new();
    keys(&serde_json::from_str(overhang::scenario::SCHEMA).expect("it is JSON"), &mut known);
    known.extend(MetricKind::ALL.iter().map(|kind| kind.name().to_owned()));
    known.extend(Figure::ALL.iter().map(|figure| figure.name().to_owned()));
    let names = text.lines().filter_map(|line| line.strip_prefix("name = \"")?.split('"').next());
    known.extend(names.map(str::to_owned));
    let comments = text.lines().filter_map(|line| line.split_once('#').map(|(_, comment)| comment));
    let mut words: Vec<String> = comments.flat_map(named).filter(|word| !known.contains(word)).collect();
    // a word in backticks may look like a name too
    words.dedup();
    words
}

#[test]
fn comments_of_templates_name_only_what_exists() {
    for name in TEMPLATES {
        let text = template(name);
        assert_eq!(unknown(&text), Vec::<String>::new(), "{name}");
        let commented = text.lines().filter(|line| line.contains('#')).count();
        assert!(commented * 8 > text.lines().count(), "{name} has few comments: {commented}");
    }
    assert_eq!(unknown("a = 1 # see `take_or_pai`, min_cash and [[contracts]]\n"), ["take_or_pai", "contracts"]);
}
