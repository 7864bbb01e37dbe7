//! Completion in shells: keys, variants and numbers of the scenario that stands on the command line.
//!
//! The script that `overhang completions` prints asks the program itself for what can follow, with [`VARIABLE`] set to the shell.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};

use crate::explain;
use crate::result::{EstimateRequest, Key, Statistic};
use crate::scenario::{self, Loaded};
use crate::sweep::point;

/// The variable by which shells ask.
const VARIABLE: &str = "OVERHANG_COMPLETE";
/// What calls the program in scripts.
const PROGRAM: &str = "overhang";

/// Answers a shell that asks what can follow, and ends the program; does nothing otherwise.
pub fn answer(command: fn() -> Command) {
    CompleteEnv::with_factory(command).var(VARIABLE).bin(PROGRAM).completer(PROGRAM).complete();
}

/// The script by which a shell asks; `None` for a shell that is not known.
pub fn script(shell: &str) -> Option<Vec<u8>> {
    let shells = Shells::builtins();
    let mut script = Vec::new();
    shells.completer(shell)?.write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script).ok()?;
    Some(script)
}

/// Completes what stands before the `=` of an axis: numbers of the scenario, and `variant` with its names.
pub fn axes() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let Some(loaded) = scenario() else { return Vec::new() };
        let places = numbers(&loaded).into_iter().map(|key| (key + "=", None));
        let variants =
            loaded.variants.iter().map(|variant| (format!("variant={}", variant.name), variant.label.clone()));
        matching(current, places.chain(variants))
    })
}

/// Completes what stands before the `=` of a range: numbers of the scenario.
pub fn ranges() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let found = scenario().map(|loaded| numbers(&loaded)).unwrap_or_default();
        matching(current, found.into_iter().map(|key| (key + "=", None)))
    })
}

/// Completes names of the scenario's variants.
pub fn variants() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let found = scenario().map(|loaded| loaded.variants).unwrap_or_default();
        matching(current, found.into_iter().map(|variant| (variant.name, variant.label)))
    })
}

/// Completes keys of the scenario's results: means and probabilities, and what comparisons take differences of.
pub fn results() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let found = scenario().map(|loaded| keys(&loaded)).unwrap_or_default();
        matching(current, found.into_iter().map(|key| (key, None)))
    })
}

/// Completes what can be explained.
pub fn words() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        matching(current, explain::names().into_iter().map(|line| (line.name, Some(line.what))))
    })
}

fn matching(current: &OsStr, found: impl Iterator<Item = (String, Option<String>)>) -> Vec<CompletionCandidate> {
    let Some(current) = current.to_str() else { return Vec::new() };
    let found = found.filter(|(value, _)| value.starts_with(current));
    found.map(|(value, help)| CompletionCandidate::new(value).help(help.map(Into::into))).collect()
}

fn numbers(loaded: &Loaded) -> Vec<String> {
    loaded.template.numbers().into_iter().map(|(key, _)| key).collect()
}

fn keys(loaded: &Loaded) -> Vec<String> {
    let mut keys = Vec::new();
    point::nothing(&loaded.scenario, &EstimateRequest::default()).for_each(&mut |key: &Key, _, _| {
        if key.statistic.is_compared() && !matches!(key.statistic, Statistic::ByPeriod(..)) {
            keys.push(key.to_string());
        }
    });
    keys
}

/// The first scenario file on the command line that is being completed. Nothing is read from standard input or a device.
fn scenario() -> Option<Loaded> {
    let words = std::env::args_os().skip_while(|word| word != "--").skip(1);
    words.map(|word| path(&word)).filter(|path| is_scenario(path)).find_map(|path| scenario::load(&path).ok())
}

/// A word of the command line as a path: shells hand on quotes and the sign of the home folder as they were typed.
fn path(word: &OsString) -> PathBuf {
    let Some(text) = word.to_str() else { return PathBuf::from(word) };
    let text = text.trim_matches(['"', '\'']);
    match (text.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(text),
    }
}

fn is_scenario(path: &Path) -> bool {
    let endings = ["toml", "json"];
    path.is_file()
        && path.extension().is_some_and(|found| endings.iter().any(|ending| found.eq_ignore_ascii_case(ending)))
}
