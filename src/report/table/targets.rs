//! The targets of a run, and what was known of them after each stage.

use super::layout::{Align, grid};
use crate::result::{Convergence, Ended, TargetReached};
use crate::text::harmless::harmless;
use crate::text::numbers::{NOTHING, count, significant, supported};

/// Digits of an estimate at most, and of half the width of its interval.
const DIGITS: i32 = 8;
const HALF_DIGITS: i32 = 3;

/// The convergence of each target; nothing without targets.
pub fn targets(convergence: Option<&Convergence>, width: u16) -> String {
    let Some(of) = convergence else { return String::new() };
    let columns = [
        ("target", Align::Left),
        ("paths", Align::Right),
        ("estimate", Align::Right),
        ("half-width", Align::Right),
        ("paths needed", Align::Right),
    ];
    let rows = of.targets.iter().flat_map(rows).collect();
    format!(" {}\n\n{}", heading(of), grid(&columns, rows, width))
}

fn heading(of: &Convergence) -> String {
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

/// A line for each stage, the target standing in the first.
fn rows(target: &TargetReached) -> Vec<Vec<String>> {
    let last = target.convergence.len().saturating_sub(1);
    let row = |(place, step): (usize, &crate::result::ConvergenceStep)| {
        let needed = match step.needed {
            _ if place == last && target.met => "met".to_owned(),
            Some(paths) => count(paths.min(u64::MAX as f64) as u64),
            None => NOTHING.to_owned(),
        };
        vec![
            if place == 0 { harmless(&target.target) } else { String::new() },
            count(step.paths),
            supported(step.value, step.half_width, DIGITS),
            step.half_width.map_or_else(|| NOTHING.to_owned(), |half| significant(half, HALF_DIGITS)),
            needed,
        ]
    };
    target.convergence.iter().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::ConvergenceStep;

    #[test]
    fn each_stage_has_a_line() {
        let step = |paths, half, needed| ConvergenceStep {
            paths,
            value: Some(0.352),
            half_width: Some(half),
            needed: Some(needed),
        };
        let mut of = Convergence {
            ended: Ended::Met,
            max_paths: None,
            max_seconds: None,
            stages: vec![65_536, 900_096],
            targets: vec![TargetReached {
                target: "bubble.system.probability ± 0.001".into(),
                key: "bubble.system.probability".into(),
                half_width: 0.001,
                relative: false,
                met: true,
                convergence: vec![step(65_536, 0.00366, 877_000.0), step(900_096, 0.000988, 878_000.0)],
            }],
        };
        let text = targets(Some(&of), 100);
        let words = |line: usize| text.lines().nth(line).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(0), "Targets: met after 2 stages");
        assert_eq!(words(4), "bubble.system.probability ± 0.001 65,536 0.3520 0.00366 877,000");
        assert_eq!(words(5), "900,096 0.35200 0.000988 met");
        of.ended = Ended::MaxSeconds;
        of.targets[0].met = false;
        let text = targets(Some(&of), 100);
        assert!(text.contains("Targets: 0 of 1 met after 2 stages; the time that was allowed is over"), "{text}");
        assert!(text.trim_end().ends_with("878,000"), "{text}");
        assert_eq!(targets(None, 100), "");
    }
}
