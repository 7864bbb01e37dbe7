//! The targets of a run, and what was known of them after each stage, as tables and pages show them.

use crate::result::{Convergence, ConvergenceStep, Ended, TargetReached};
use crate::text::harmless::harmless;
use crate::text::numbers::{NOTHING, count, significant, supported};

/// Digits of an estimate at most, and of half the width of its interval.
const DIGITS: i32 = 8;
const HALF_DIGITS: i32 = 3;

/// The columns of [`target_rows`].
pub const TARGET_COLUMNS: [&str; 5] = ["target", "paths", "estimate", "half-width", "paths needed"];

/// How many targets are met, and why there are no more paths.
pub fn target_summary(of: &Convergence) -> String {
    let all = of.targets.len();
    let met = all - of.unmet().count();
    let stages = format!("{} {}", of.stages.len(), if of.stages.len() == 1 { "stage" } else { "stages" });
    let why = match of.ended {
        Ended::Met => return format!("Targets: met after {stages}"),
        Ended::MaxPaths => "all paths that were allowed are computed",
        Ended::MaxSeconds => "the time that was allowed is over",
        Ended::Resolution => "more paths do not narrow the interval any further",
        Ended::Stopped => "the run was stopped",
    };
    format!("Targets: {met} of {all} met after {stages}; {why}")
}

/// A row for each stage of each target, which is named in its first.
pub fn target_rows(of: &Convergence) -> Vec<[String; TARGET_COLUMNS.len()]> {
    of.targets.iter().flat_map(rows).collect()
}

fn rows(target: &TargetReached) -> impl Iterator<Item = [String; TARGET_COLUMNS.len()]> {
    let last = target.convergence.len().saturating_sub(1);
    let row = move |(place, step): (usize, &ConvergenceStep)| {
        let needed = match step.needed {
            _ if place == last && target.met => "met".to_owned(),
            Some(paths) => count(paths.min(u64::MAX as f64) as u64),
            None => NOTHING.to_owned(),
        };
        [
            if place == 0 { harmless(&target.target) } else { String::new() },
            count(step.paths),
            supported(step.value, step.half_width, DIGITS),
            step.half_width.map_or_else(|| NOTHING.to_owned(), |half| significant(half, HALF_DIGITS)),
            needed,
        ]
    };
    target.convergence.iter().enumerate().map(row)
}
