//! The targets of a run, and what was known of them after each stage.

use super::layout::named_grid;
use crate::report::targets::{TARGET_COLUMNS, target_rows, target_summary};
use crate::result::Convergence;

/// The convergence of each target; nothing without targets.
pub fn targets(convergence: Option<&Convergence>, width: u16) -> String {
    let Some(of) = convergence else { return String::new() };
    let rows = target_rows(of).into_iter().map(Vec::from).collect();
    format!(" {}\n\n{}", target_summary(of), named_grid(&TARGET_COLUMNS, rows, width))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::{ConvergenceStep, Ended, TargetReached};

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
