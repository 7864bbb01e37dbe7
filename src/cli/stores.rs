//! `overhang merge` and `overhang status`: stores of sweeps.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::condition::Condition;
use super::console::Console;
use super::{Failure, output, progress, sweeping};
use crate::report::harmless_lines;
use crate::sweep::{self, Status, Store};

const MERGE_EXAMPLES: &str = "\
Examples:
  overhang merge store shards/*
  overhang merge store shards/* --fail-if \"bubble.system.high > 0.2\"

The shards must be of the same sweep: the same command but for --shard and --out. What is merged already is left alone.";

#[derive(Debug, Args)]
#[command(after_help = MERGE_EXAMPLES)]
pub struct MergeArguments {
    /// Where the whole is to be
    out: PathBuf,
    /// Stores of the shards
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    /// Number by which the lowest and highest points are shown [default: bubble.system.probability, or the total commitment cost]
    #[arg(long, value_name = "PLACE")]
    watch: Option<String>,
    /// End with exit code 3 if this holds for any point, once all points are there; can be repeated
    #[arg(long, value_name = "CONDITION", value_parser = Condition::parse)]
    fail_if: Vec<Condition>,
}

/// Joins stores.
pub fn merge(arguments: &MergeArguments, console: &Console) -> Result<(), Failure> {
    let spinner = progress::spinner("merging", console);
    let store = sweep::merge(&arguments.out, &arguments.parts);
    spinner.finish_and_clear();
    let store = store?;
    let loaded = sweep::scenario_of(&store)?;
    sweeping::merged(&store, &loaded, arguments.watch.as_deref(), &arguments.fail_if)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One document
    Json,
}

const STATUS_EXAMPLES: &str = "\
Examples:
  overhang status store
  overhang status store --format json

A store can be looked at while others write to it.";

#[derive(Debug, Args)]
#[command(after_help = STATUS_EXAMPLES)]
pub struct StatusArguments {
    /// Folder of a sweep
    store: PathBuf,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Points that are listed of many.
const LISTED: usize = 20;

/// Says how far a store is.
pub fn status(arguments: &StatusArguments) -> Result<(), Failure> {
    let store = Store::read(&arguments.store)?;
    let status = sweep::status(&store)?;
    output::data(&match arguments.format {
        Format::Table => harmless_lines(&text(&store, &status)),
        Format::Json => format!("{:#}\n", serde_json::json!(status)),
    })
}

fn text(store: &Store, status: &Status) -> String {
    let manifest = &store.manifest;
    let mut lines = vec![
        manifest.scenario.clone(),
        format!(
            "{} points × {} paths, seed {}, {}",
            status.points, manifest.paths, manifest.seed, manifest.engine.backend
        ),
    ];
    if status.shard != sweep::Shard::WHOLE {
        let sweep::Shard { index, count, parts } = status.shard;
        let cut = if parts > 1 { format!(", paths in {parts} parts") } else { String::new() };
        lines.push(format!("shard {index} of {count}{cut}: {} points", status.own));
    }
    lines.push(format!("done     {}", status.done));
    lines.push(format!("failed   {}{}", status.failed.len(), listed(&status.failed)));
    lines.push(format!("missing  {}{}", status.missing.len(), listed(&status.missing)));
    if status.shard.parts > 1 {
        let (missing, waiting) = (status.pieces_missing, status.pieces_waiting);
        lines.push(format!("parts    {missing} to compute, {waiting} waiting to be joined"));
    }
    if let (Some(seconds), true) = (status.seconds_left, status.pieces_missing > 0) {
        lines.push(format!("left     {} at the pace so far, on one process", duration(seconds)));
    }
    lines.iter().map(|line| format!(" {line}\n")).collect()
}

/// Numbers of points, neighbours joined.
fn listed(points: &[usize]) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for &point in points {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == point => *last = point,
            _ => ranges.push((point, point)),
        }
    }
    let more = ranges.len() > LISTED;
    let name =
        |&(first, last): &(usize, usize)| if first == last { first.to_string() } else { format!("{first}–{last}") };
    let names: Vec<String> = ranges.iter().take(LISTED).map(name).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!(" (points {}{})", names.join(", "), if more { ", …" } else { "" }),
    }
}

/// Seconds in the unit that people use.
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_listed_in_ranges() {
        assert_eq!(listed(&[]), "");
        assert_eq!(listed(&[0, 1, 2, 5, 7, 8]), " (points 0–2, 5, 7–8)");
        let odd: Vec<usize> = (0..100).map(|i| 2 * i).collect();
        assert!(listed(&odd).ends_with("38, …)"));
        assert_eq!([duration(5.4), duration(600.0), duration(9000.0)], ["5 s", "10 min", "2.5 h"]);
    }
}
