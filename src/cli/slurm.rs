//! `overhang sweep --slurm`: the sweep as a job of the cluster engine Slurm.

use std::path::Path;

use super::engine::{Backend, EngineArguments};
use super::{Failure, output};

const TEMPLATE: &str = include_str!("../../deploy/slurm/sweep.sh");
const BEGIN: &str = "# settings: begin\n";
const END: &str = "# settings: end\n";

/// Prints the job with the present command filled in.
pub fn print(tasks: u64, store: &Path, engine: &EngineArguments) -> Result<(), Failure> {
    let command = command(&std::env::args().collect::<Vec<_>>());
    let gpus = u32::from(engine.backend == Backend::Gpu || engine.adapter.is_some());
    output::data(&script(tasks, &store.display().to_string(), gpus, &command))
}

fn script(tasks: u64, store: &str, gpus: u32, command: &[String]) -> String {
    let (before, rest) = TEMPLATE.split_once(BEGIN).expect("the template has settings");
    let (_, after) = rest.split_once(END).expect("the template's settings end");
    let command: Vec<String> = command.iter().map(|word| quoted(word)).collect();
    let settings = format!("TASKS={tasks}\nSTORE={}\nGPUS={gpus}\nSWEEP=({})\n", quoted(store), command.join(" "));
    format!("{before}{BEGIN}{settings}{END}{after}")
}

/// The command as it was given, without what the job sets itself.
fn command(given: &[String]) -> Vec<String> {
    let mut command = Vec::new();
    let mut words = given.iter();
    while let Some(word) = words.next() {
        let name = word.split('=').next().unwrap_or(word);
        if ["--slurm", "--out", "-o", "--shard"].contains(&name) {
            if !word.contains('=') {
                words.next();
            }
        } else {
            command.push(word.clone());
        }
    }
    command
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "-o",
            "x",
        ];
        let command = command(&given.map(String::from));
        assert_eq!(command, ["/opt/overhang", "sweep", "my deal.toml", "--axis", "a=normal(1, 2)"]);
        let script = script(8, "it's", 1, &command);
        let settings =
            "TASKS=8\nSTORE='it'\\''s'\nGPUS=1\nSWEEP=(/opt/overhang sweep 'my deal.toml' --axis 'a=normal(1, 2)')\n";
        assert!(script.contains(settings), "{script}");
        assert!(script.starts_with("#!/usr/bin/env bash\n") && script.ends_with("fi\n"));
    }
}
