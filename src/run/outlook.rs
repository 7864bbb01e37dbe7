//! What targets need, as a remark while a run goes on.

use std::fmt::{self, Display, Formatter};

use crate::result::{Convergence, Ended, TargetReached};
use crate::text::numbers::{count, significant};

/// What is known of the targets after a stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// Paths so far.
    pub paths: u64,
    /// The targets, with what they need.
    pub convergence: Convergence,
    /// Seconds of this process for a path; `None` if it has computed none.
    pub seconds_per_path: Option<f64>,
    /// Whether paths are quasi-random, so that errors fall faster than with their root.
    pub quasi_random: bool,
}

impl Display for Outlook {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "after {} paths:", count(self.paths))?;
        self.convergence.targets.iter().try_for_each(|target| write!(f, "\n  {}", self.line(target)))
    }
}

impl Outlook {
    fn line(&self, target: &TargetReached) -> String {
        let last = target.convergence.last();
        let found = match last.and_then(|step| step.value.zip(step.half_width)) {
            Some((value, half)) => format!("{} is {} ± {}", target.key, significant(value, 6), significant(half, 3)),
            None => format!("{} is not known yet", target.key),
        };
        // as the target has it behind its key
        let wanted = target.target.strip_prefix(&target.key).unwrap_or(&target.target).trim();
        if target.met {
            return format!("{found}; {wanted} is met");
        }
        if self.convergence.ended == Ended::Resolution {
            return format!("{found}; more paths do not narrow it to {wanted}");
        }
        let Some(needed) = last.and_then(|step| step.needed) else {
            return format!("{found}; {wanted} needs more paths");
        };
        let more = (needed - self.paths as f64).max(0.0);
        let time = self.seconds_per_path.map(|seconds| format!(", {} more", duration(more * seconds)));
        let limit = self.convergence.max_paths.filter(|&most| needed > most as f64);
        let beyond = limit.map(|most| format!(", beyond the limit of {}", count(most))).unwrap_or_default();
        let paths = count(needed.min(u64::MAX as f64) as u64);
        let about = if self.quasi_random { "at most about" } else { "about" };
        format!("{found}; {wanted} needs {about} {paths} paths{}{beyond}", time.unwrap_or_default())
    }
}

/// A time in the unit that people would use.
fn duration(seconds: f64) -> String {
    let units = [(86_400.0, "days"), (3600.0, "hours"), (60.0, "minutes")];
    let unit = units.into_iter().find(|(length, _)| seconds >= 2.0 * length);
    let (length, name) = unit.unwrap_or((1.0, "seconds"));
    format!("{} {name}", significant(seconds / length, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::ConvergenceStep;

    fn outlook(met: bool, needed: Option<f64>) -> Outlook {
        let step = ConvergenceStep { paths: 65_536, value: Some(0.25), half_width: Some(0.0033), needed };
        let target = TargetReached {
            target: "bubble.system.probability ± 0.001".into(),
            key: "bubble.system.probability".into(),
            half_width: 0.001,
            relative: false,
            met,
            convergence: vec![step],
        };
        let convergence = Convergence {
            ended: Ended::Stopped,
            max_paths: Some(500_000),
            max_seconds: None,
            stages: vec![65_536],
            targets: vec![target],
        };
        Outlook { paths: 65_536, convergence, seconds_per_path: Some(1e-5), quasi_random: false }
    }

    #[test]
    fn needs_are_told_in_paths_and_time() {
        assert_eq!(
            outlook(false, Some(713_000.0)).to_string(),
            "after 65,536 paths:\n  bubble.system.probability is 0.250000 ± 0.00330; ± 0.001 needs about 713,000 paths, 6.5 seconds more, \
             beyond the limit of 500,000"
        );
        assert!(outlook(true, Some(60_000.0)).to_string().ends_with("; ± 0.001 is met"));
        assert!(outlook(false, None).to_string().ends_with("; ± 0.001 needs more paths"));
    }

    #[test]
    fn times_have_the_unit_that_people_would_use() {
        let times = [0.25, 119.0, 120.0, 7200.0, 1e6].map(duration);
        assert_eq!(times, ["0.25 seconds", "120 seconds", "2.0 minutes", "2.0 hours", "12 days"]);
    }
}
