//! `overhang merge` and `overhang status`: stores of sweeps.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{Format, FormatArguments};
use super::condition::Condition;
use super::console::Console;
use super::failure::Failure;
use super::progress::Shown;
use super::{output, sweep_progress};
use crate::sweep::{self, Listed, Overview, Status, Store, SweepError};
use crate::text::harmless::harmless_lines;

const MERGE_EXAMPLES: &str = "\
Examples:
  overhang merge store shards/*
  overhang merge store shards/* --fail-if \"bubble.system.high > 0.2\"

The shards must belong to the same sweep: the same command except for --shard and --out. Points that are merged already are skipped.";

#[derive(Debug, Args)]
#[command(after_help = MERGE_EXAMPLES)]
pub struct MergeArguments {
    /// Store to merge the shards into
    out: PathBuf,
    /// Stores of the shards
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    /// Number that ranks the points to show [default: bubble.system.probability, or the total commitment cost]
    #[arg(long, value_name = "PLACE")]
    watch: Option<String>,
    /// Exit with code 3 if the condition holds for any point, once all points are there; can be repeated
    #[arg(long, value_name = "CONDITION", value_parser = Condition::parse)]
    fail_if: Vec<Condition>,
}

/// Joins stores.
pub fn merge(arguments: &MergeArguments, console: &Console) -> Result<(), Failure> {
    output::check_folder_name(&arguments.out)?;
    let store = sweep::merge(&arguments.out, &arguments.parts, &Shown::new(console));
    console.go_on().map_err(|failure| match failure {
        Failure::Stopped(code) => {
            let kept = format!("the points merged so far are in `{}`", arguments.out.display());
            Failure::Paused { code, kept }
        }
        other => other,
    })?;
    let store = store?;
    let loaded = sweep::scenario_of(&store)?;
    sweep_progress::merged(&store, &loaded, arguments.watch.as_deref(), &arguments.fail_if)
}

const STATUS_EXAMPLES: &str = "\
Examples:
  overhang status store
  overhang status store --format json
  overhang status shards/*
  overhang status store --check

Several stores of the same sweep, such as the shards of a job array, are counted together. You can run this command while other \
processes write to the stores.";

#[derive(Debug, Args)]
#[command(after_help = STATUS_EXAMPLES)]
pub struct StatusArguments {
    /// Stores of a sweep, or quoted patterns such as 'shards/*'
    #[arg(required = true, value_name = "STORE")]
    stores: Vec<PathBuf>,
    #[command(flatten)]
    format: FormatArguments,
    /// Also read all results and verify their checksums
    #[arg(long)]
    check: bool,
}

/// Ranges of points that are listed of many.
const LISTED: usize = 20;

/// Says how far stores are.
pub fn status(arguments: &StatusArguments, console: &Console) -> Result<(), Failure> {
    let paths = expanded(&arguments.stores)?;
    let go_on = |_| !console.is_stopped();
    let look = |path: &PathBuf| {
        let store = Store::look(path, &go_on)?;
        if arguments.check {
            store.verify(&go_on)?;
        }
        Ok(store)
    };
    let stores: Result<Vec<Store>, SweepError> = paths.iter().map(look).collect();
    console.go_on()?;
    let stores = stores?;
    let (table, json) = match &stores[..] {
        [store] => {
            let status = sweep::status(store);
            (text(store, &status), serde_json::json!(status))
        }
        _ => {
            let overview = sweep::overview(&stores)?;
            (line(&overview), serde_json::json!(overview))
        }
    };
    output::data(&match arguments.format.format {
        Format::Table => harmless_lines(&table),
        Format::Json => format!("{json:#}\n"),
    })
}

/// The stores that are meant: patterns are expanded, and of several folders those that are no stores are left out.
fn expanded(given: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in given {
        let pattern = path.to_str().filter(|text| text.contains(['*', '?', '[']) && !path.exists());
        match pattern {
            None => found.push(path.clone()),
            Some(pattern) => {
                let matches = glob::glob(pattern).map_err(|error| Failure::Usage {
                    message: format!("`{pattern}` is not a pattern: {error}"),
                    hint: Some("use * and ?, for example 'shards/*'".into()),
                })?;
                found.extend(matches.flatten());
            }
        }
    }
    let is_store = |path: &PathBuf| path.join("manifest.json").exists();
    if let (false, [path]) = (found.iter().any(is_store), given) {
        // with its own message
        return Ok(vec![found.into_iter().next().unwrap_or_else(|| path.clone())]);
    }
    if found.len() > 1 {
        found.retain(is_store);
    }
    if found.is_empty() {
        let given: Vec<String> = given.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(Failure::Usage {
            message: format!("there is no store of a sweep at {}", given.join(", ")),
            hint: Some("give folders that `overhang sweep --out` wrote".into()),
        });
    }
    Ok(found)
}

fn text(store: &Store, status: &Status) -> String {
    let manifest = &store.manifest;
    let mut lines = vec![
        manifest.scenario.clone(),
        format!(
            "{} points × {}, seed {}, {}",
            status.points,
            match (manifest.targets.is_empty(), manifest.drawn_in_words()) {
                (true, None) => format!("{} paths", manifest.paths),
                (true, Some(drawn)) => format!("{} paths ({drawn})", manifest.paths),
                (false, _) => manifest.paths_in_words(),
            },
            manifest.seed,
            manifest.engine.backend
        ),
    ];
    if status.shard != sweep::Shard::WHOLE {
        let sweep::Shard { index, count, parts } = status.shard;
        let cut = if parts > 1 { format!(", paths in {parts} parts") } else { String::new() };
        lines.push(format!("shard {index} of {count}{cut}: {} points", status.own));
    }
    lines.push(format!("done     {}", status.done));
    lines.push(format!("failed   {}", listed(&status.failed)));
    lines.push(format!("missing  {}", listed(&status.missing)));
    if status.shard.parts > 1 {
        let (missing, waiting) = (status.pieces_missing, status.pieces_waiting);
        lines.push(format!("parts    {missing} to compute, {waiting} waiting to be joined"));
    }
    if let (Some(seconds), true) = (status.seconds_left, status.pieces_missing > 0) {
        lines.push(format!("left     {} at the present pace with one process", duration(seconds)));
    }
    lines.iter().map(|line| format!(" {line}\n")).collect()
}

/// Many stores in one line.
fn line(overview: &Overview) -> String {
    let mut line = format!(
        " {} stores: {} of {} points done, {} failed, {} missing",
        overview.stores.len(),
        overview.done,
        overview.points,
        listed(&overview.failed),
        listed(&overview.missing)
    );
    if overview.pieces_waiting > 0 {
        line += &format!(", {} parts waiting to be joined", overview.pieces_waiting);
    }
    if let (Some(seconds), true) = (overview.seconds_left, overview.pieces_missing > 0) {
        line += &format!("; {} left at the present pace with one process", duration(seconds));
    }
    line + "\n"
}

/// How many points there are, and which.
fn listed(points: &Listed) -> String {
    let Listed { count, ranges } = points;
    let more = ranges.len() > LISTED;
    let name =
        |&(first, last): &(usize, usize)| if first == last { first.to_string() } else { format!("{first}–{last}") };
    let names: Vec<String> = ranges.iter().take(LISTED).map(name).collect();
    match names.is_empty() {
        true => count.to_string(),
        false => format!("{count} (points {}{})", names.join(", "), if more { ", …" } else { "" }),
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
        let of = |points: &[usize]| {
            let ranges: sweep::Ranges = points.iter().map(|&point| (point, point)).collect();
            listed(&Listed { count: points.len(), ranges })
        };
        assert_eq!(of(&[]), "0");
        assert_eq!(listed(&Listed { count: 6, ranges: vec![(0, 2), (5, 5), (7, 8)] }), "6 (points 0–2, 5, 7–8)");
        let odd: Vec<usize> = (0..100).map(|i| 2 * i).collect();
        assert!(of(&odd).ends_with("38, …)"));
        assert_eq!([duration(5.4), duration(600.0), duration(9000.0)], ["5 s", "10 min", "2.5 h"]);
    }
}
