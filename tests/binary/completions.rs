//! Completion as shells ask for it: the program is called with a variable that names the shell, and the words typed so far.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::command::{output, overhang};
use super::skip::skip;

const DEAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/examples/templates/portfolio.toml");

/// What a shell is offered behind some words; the last one is being typed.
fn offered(shell: &str, words: &[&str]) -> Vec<String> {
    let mut command = overhang(&[&["--", "overhang"], words].concat());
    command.env("OVERHANG_COMPLETE", shell).env("_CLAP_COMPLETE_INDEX", words.len().to_string()).env("_CLAP_IFS", "\n");
    let (code, stdout, stderr) = output(command);
    assert_eq!((code, stderr.as_str()), (0, ""), "{words:?}");
    stdout.lines().map(str::to_owned).collect()
}

#[test]
fn keys_of_the_scenario_are_offered_where_options_take_them() {
    let axes = offered("bash", &["sweep", DEAL, "--axis", "contract.anchor."]);
    assert!(axes.contains(&"contract.anchor.take_or_pay=".to_owned()), "{axes:?}");
    assert!(axes.iter().all(|axis| axis.starts_with("contract.anchor.")), "{axes:?}");
    // an option may be joined to its value
    assert_eq!(offered("bash", &["sweep", DEAL, "--axis=discount."]), ["--axis=discount.rate="]);
    assert_eq!(offered("bash", &["sweep", DEAL, "--axis", "variant=h"]), ["variant=half_spot"]);
    assert_eq!(offered("bash", &["sensitivity", DEAL, "--range", "discount"]), ["discount.rate="]);
    let points = offered("bash", &["sensitivity", DEAL, "--range", "factor.chip."]);
    assert!(points.contains(&"factor.chip.jumps.intensity=".to_owned()), "{points:?}");
    let variants = ["all_fixed", "all_indexed"].map(str::to_owned);
    for (command, option) in [("run", "--variant"), ("sensitivity", "--variant")] {
        assert_eq!(offered("bash", &[command, DEAL, option, "all_"]), variants, "{command}");
    }
    assert_eq!(offered("bash", &["compare", DEAL, "--variants", "half_spot,all_f"]), ["half_spot,all_fixed"]);
    let numbers = offered("bash", &["sensitivity", DEAL, "--of", "figures.buyer.compute_cost."]);
    assert!(numbers.contains(&"figures.buyer.compute_cost.mean".to_owned()), "{numbers:?}");
    let words = offered("bash", &["explain", "contract.take"]);
    assert_eq!(words, ["contract.take_or_pay"]);
}

#[test]
fn commands_options_and_files_are_offered_too() {
    assert_eq!(offered("bash", &["sensi"]), ["sensitivity"]);
    assert!(offered("bash", &["run", DEAL, "--pa"]).contains(&"--paths".to_owned()));
    let templates = offered("bash", &["init", "--template", ""]);
    assert_eq!(templates.len(), 5, "{templates:?}");
    assert!(offered("zsh", &["check", "Cargo.to"]).iter().any(|file| file.starts_with("Cargo.toml")));
    // fish shows what a word means
    let fish = offered("fish", &["explain", "commitment_co"]);
    assert!(fish[0].starts_with("commitment_cost\tPresent value"), "{fish:?}");
}

#[test]
fn a_file_that_is_missing_wrong_or_hostile_offers_nothing() {
    let place = tempfile::tempdir().expect("there is room");
    let file = |name: &str, text: &str| {
        let file = place.path().join(name);
        fs::write(&file, text).expect("there is room");
        file.to_str().expect("temporary paths are UTF-8").to_owned()
    };
    let wrong = file("wrong.toml", "schema = \n\u{0}");
    for name in [wrong.as_str(), "missing.toml", "-", "/dev/zero", "/dev/stdin"] {
        assert_eq!(offered("bash", &["sweep", name, "--axis", "contract."]), Vec::<String>::new(), "{name}");
    }
    let spaced = file("my deal.toml", &fs::read_to_string(DEAL).expect("it is there"));
    let quoted = format!("'{spaced}'");
    assert_eq!(offered("bash", &["sweep", &quoted, "--axis", "discount"]), ["discount.rate="]);
    let mut unknown = overhang(&["--", "overhang", ""]);
    unknown.env("OVERHANG_COMPLETE", "no-shell");
    let (code, _, stderr) = output(unknown);
    assert!(code != 0 && !stderr.contains("panicked"), "{stderr}");
}

/// The script in a real shell: a function that is called as for the TAB key.
#[test]
fn bash_completes_keys_with_the_script() {
    let bash = Path::new("/bin/bash");
    if !bash.exists() {
        return skip("bash_completes_keys_with_the_script", "there is no bash", "OVERHANG_REQUIRE_BASH");
    }
    let (code, script, _) = output(overhang(&["completions", "bash"]));
    assert_eq!(code, 0);
    let asked = format!(
        "{script}\nCOMP_WORDS=(overhang sweep {DEAL} --axis contract.anchor.take)\nCOMP_CWORD=4\nCOMP_TYPE=9\n\
         _clap_complete_overhang overhang contract.anchor.take --axis\necho \"${{COMPREPLY[@]}}\"\n"
    );
    let program = Path::new(env!("CARGO_BIN_EXE_overhang")).parent().expect("it has a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new(bash);
    shell.args(["--norc", "-c", &asked]).env("PATH", format!("{}:{path}", program.display()));
    let (_, stdout, stderr) = output(shell);
    assert_eq!(stdout, "contract.anchor.take_or_pay=\n", "{stderr}");
}
