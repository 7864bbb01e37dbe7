//! `overhang sweep --slurm`: the sweep as a job array for Slurm.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::engine::{Backend, EngineArguments};
use super::failure::Failure;
use super::output;

const TEMPLATE: &str = include_str!("../../deploy/slurm/sweep.sh");
const BEGIN: &str = "# settings: begin\n";
const END: &str = "# settings: end\n";

/// Prints the job with the present command filled in.
pub fn print(tasks: u64, store: &Path, engine: &EngineArguments) -> Result<(), Failure> {
    let command = Commands::of(&std::env::args_os().collect::<Vec<_>>());
    let gpus = u32::from(engine.backend == Backend::Gpu || engine.adapter.is_some());
    output::data(&script(tasks, store, gpus, &command))
}

fn script(tasks: u64, store: &Path, gpus: u32, commands: &Commands) -> String {
    let (before, rest) = TEMPLATE.split_once(BEGIN).expect("the template has settings");
    let (_, after) = rest.split_once(END).expect("the template's settings end");
    let (sweep, merge) = (line(&commands.sweep), line(&commands.merge));
    let store = quoted(store.as_os_str());
    let settings = format!("TASKS={tasks}\nSTORE={store}\nGPUS={gpus}\nSWEEP=({sweep})\nMERGE=({merge})\n");
    format!("{before}{BEGIN}{settings}{END}{after}")
}

/// What the job's tasks run.
#[derive(Debug, Default, PartialEq)]
struct Commands {
    /// The sweep as it was asked for, without what each task sets itself and what the merge does.
    sweep: Vec<OsString>,
    merge: Vec<OsString>,
}

/// Options that each task sets itself.
const OWN: [&str; 4] = ["--slurm", "--out", "--shard", "--log"];
/// What the merge shows and tests, once for all shards.
const LATE: [&str; 2] = ["--fail-if", "--watch"];

impl Commands {
    fn of(given: &[OsString]) -> Self {
        let program = given.first().cloned().unwrap_or_else(|| "overhang".into());
        let mut commands = Commands { sweep: vec![program.clone()], merge: vec![program, "merge".into()] };
        let mut words = given.iter().skip(1);
        while let Some(word) = words.next() {
            // names of options are ASCII; only values may be anything
            let text = word.to_string_lossy();
            let (name, attached) = text.split_once('=').map_or((&*text, false), |(name, _)| (name, true));
            let flags = text.strip_prefix('-').filter(|flags| !flags.starts_with('-'));
            if text == "--" {
                commands.sweep.extend(std::iter::once(word).chain(words.by_ref()).cloned());
            } else if let Some((before, value)) = flags.and_then(|flags| flags.split_once('o')) {
                // -o STORE, -oSTORE, -qo STORE
                commands.sweep.extend((!before.is_empty()).then(|| format!("-{before}").into()));
                words.by_ref().take(usize::from(value.is_empty())).for_each(drop);
            } else if OWN.contains(&name) {
                words.by_ref().take(usize::from(!attached)).for_each(drop);
            } else if LATE.contains(&name) {
                commands.merge.push(word.clone());
                commands.merge.extend(words.by_ref().take(usize::from(!attached)).cloned());
            } else {
                commands.sweep.push(word.clone());
            }
        }
        commands
    }
}

/// Words as a shell reads them back.
fn line(words: &[OsString]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

/// A word as a shell reads it back; bytes that are no text are written as bash has them.
fn quoted(word: &OsStr) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    match word.to_str() {
        Some(text) if !text.is_empty() && text.chars().all(plain) => text.to_owned(),
        Some(text) => format!("'{}'", text.replace('\'', r"'\''")),
        None => {
            let byte = |&byte: &u8| match byte {
                b'\'' | b'\\' => format!("\\{}", char::from(byte)),
                b' '..=b'~' => char::from(byte).to_string(),
                _ => format!("\\x{byte:02x}"),
            };
            format!("$'{}'", word.as_encoded_bytes().iter().map(byte).collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(given: &[&str]) -> Commands {
        Commands::of(&given.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn the_job_repeats_the_command_without_its_own_options() {
        let given = [
            "/opt/overhang",
            "sweep",
            "my deal.toml",
            "--slurm",
            "8",
            "--axis",
            "a=normal(1, 2)",
            "--out=store",
            "--log",
            "log",
            "--fail-if",
            "a.b > 1",
            "--watch=a.b",
            "-o",
            "x",
        ];
        let commands = commands(&given);
        assert_eq!(commands.sweep, ["/opt/overhang", "sweep", "my deal.toml", "--axis", "a=normal(1, 2)"]);
        assert_eq!(commands.merge, ["/opt/overhang", "merge", "--fail-if", "a.b > 1", "--watch=a.b"]);
        let script = script(8, "it's".as_ref(), 1, &commands);
        let settings = "TASKS=8\nSTORE='it'\\''s'\nGPUS=1\nSWEEP=(/opt/overhang sweep 'my deal.toml' --axis 'a=normal(1, 2)')\n\
                        MERGE=(/opt/overhang merge --fail-if 'a.b > 1' --watch=a.b)\n";
        assert!(script.contains(settings), "{script}");
        assert!(script.starts_with("#!/usr/bin/env bash\n") && script.ends_with("fi\n"));
    }

    #[test]
    fn short_options_are_seen_in_every_form() {
        for given in [&["-o", "s"][..], &["-os"], &["-o=s"], &["-qo", "s"], &["-qos"]] {
            let quiet = given[0].starts_with("-q").then_some("-q");
            let found = commands(&[&["overhang", "sweep", "deal.toml"], given, &["--axis", "a=1"]].concat()).sweep;
            let rest = ["--axis", "a=1"];
            let expected: Vec<&str> = ["overhang", "sweep", "deal.toml"].into_iter().chain(quiet).chain(rest).collect();
            assert_eq!(found, expected, "{given:?}");
        }
        assert_eq!(
            commands(&["overhang", "sweep", "-q", "--", "--out"]).sweep,
            ["overhang", "sweep", "-q", "--", "--out"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn words_come_back_from_a_shell_whatever_bytes_they_have() {
        use std::os::unix::ffi::{OsStrExt, OsStringExt};
        let words = [&b"plain"[..], b"", b"two words", b"it's", b"\xff.toml", b"\xff'\\n\n a9\xc3\xa4"];
        let words: Vec<OsString> = words.iter().map(|word| OsString::from_vec(word.to_vec())).collect();
        let script = format!("printf '%s\\0' {}", line(&words));
        let output = std::process::Command::new("bash").args(["-c", &script]).output().expect("bash is there");
        let back: Vec<&OsStr> = output.stdout.split(|&byte| byte == 0).map(OsStr::from_bytes).collect();
        assert_eq!(back[..words.len()], words);
    }
}
