//! What a sweep reads: lists, sweep files and scenarios in every form that people have, also from standard input.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use overhang::scenario::Setting;
use overhang::sweep::Store;

use super::command::{Place, code, stderr};

/// A scenario of one contract, as TOML and as JSON.
fn scenario(json: bool) -> String {
    let toml = std::fs::read_to_string("tests/binary/deal.toml").expect("it is there");
    if !json {
        return toml;
    }
    let table: toml::Value = toml::from_str(&toml).expect("it is TOML");
    crate::toml_json::json(&table).to_string()
}

fn run(place: &Place, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overhang"));
    command.args(arguments).args(["--paths", "256", "--backend", "cpu", "--quiet"]).current_dir(place.path(""));
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    // a command that does not read ends the pipe
    let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}

/// The values of the points of a sweep that must succeed.
fn points(place: &Place, store: &str, arguments: &[&str], input: &str) -> Vec<Vec<Setting>> {
    let output = run(place, &[&["sweep"], arguments, &["--out", store]].concat(), input);
    assert_eq!(code(&output), 0, "{arguments:?}: {}", stderr(&output));
    Store::read(&place.path(store)).unwrap_or_else(|error| panic!("{error}")).points.rows.clone()
}

#[test]
fn dates_are_values_in_every_form_of_points_and_scenarios() {
    let place = Place::new();
    let write = |name: &str, text: &str| std::fs::write(place.path(name), text).expect("there is room");
    write("a.toml", &scenario(false));
    write("a.json", &format!("\u{feff}{}", scenario(true)));
    write("list.csv", "\u{feff}horizon.start;discount.rate\r\n2027-01-01;0,08\r\n2028-02-29;0,09\r\n");
    write("sweep.toml", "\u{feff}[[axis]]\npath = \"horizon.start\"\nvalues = [2027-01-01, 2028-02-29]\n");
    let date = |text: &str| Setting::Date(text.into());
    let expected = [vec![date("2027-01-01")], vec![date("2028-02-29")]];
    for (index, file) in ["a.toml", "a.json"].into_iter().enumerate() {
        let store = |name: &str| format!("{name}-{index}");
        let axis = ["--axis", "horizon.start=2027-01-01,2028-02-29"];
        assert_eq!(points(&place, &store("axis"), &[&[file], &axis[..]].concat(), ""), expected);
        assert_eq!(points(&place, &store("file"), &[file, "--sweep", "sweep.toml"], ""), expected);
        let listed = points(&place, &store("list"), &[file, "--list", "list.csv"], "");
        assert_eq!(listed[1], [date("2028-02-29"), Setting::Number(0.09)]);
    }
}

#[test]
fn a_hyphen_is_standard_input_for_scenarios_lists_and_sweep_files() {
    let place = Place::new();
    std::fs::write(place.path("a.toml"), scenario(false)).expect("there is room");
    let list = "discount.rate\n0.05\n0.1\n";
    let expected = [vec![Setting::Number(0.05)], vec![Setting::Number(0.1)]];
    let axis = ["--axis", "discount.rate=0.05,0.1"];
    for (store, json) in [("toml", false), ("json", true)] {
        assert_eq!(points(&place, store, &[&["-"], &axis[..]].concat(), &scenario(json)), expected);
    }
    assert_eq!(points(&place, "list", &["a.toml", "--list", "-"], list), expected);
    let file = "[[axis]]\npath = \"discount.rate\"\nvalues = [0.05, 0.1]\n";
    assert_eq!(points(&place, "file", &["a.toml", "--sweep", "-"], file), expected);
    // what standard input had is gone
    let twice = run(&place, &["sweep", "-", "--list", "-", "--out", "twice"], &scenario(false));
    assert!(code(&twice) != 0 && stderr(&twice).contains("only once"), "{}", stderr(&twice));
    let job = run(&place, &[&["sweep", "-", "--out", "job", "--slurm", "2"], &axis[..]].concat(), &scenario(false));
    assert!(code(&job) == 2 && stderr(&job).contains("standard input"), "{}", stderr(&job));
}

#[test]
fn one_place_has_one_axis_with_values() {
    let place = Place::new();
    std::fs::write(place.path("a.toml"), scenario(false)).expect("there is room");
    std::fs::write(place.path("empty.toml"), "[[axis]]\npath = \"discount.rate\"\nvalues = []\n")
        .expect("there is room");
    let two = ["--axis", "contract.aws.take_or_pay=0.5,0.6", "--axis", "contract[1].take_or_pay=0.8"];
    for (arguments, expected) in [(&two[..], "are the same key"), (&["--sweep", "empty.toml"], "`values`")] {
        let output = run(&place, &[&["sweep", "a.toml", "--out", "store"], arguments].concat(), "");
        assert!(code(&output) == 2 && stderr(&output).contains(expected), "{}", stderr(&output));
    }
}
