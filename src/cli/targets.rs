//! What is said of targets at the end of a command.

use super::address::Numbered;
use super::condition::{Condition, held};
use super::failure::Failure;
use crate::result::{Convergence, Ended, TargetReached};
use crate::text::numbers::{count, significant};

/// Fails if a target is not met or a condition holds.
pub fn judge(
    conditions: &[Condition],
    document: &impl Numbered,
    convergence: Option<&Convergence>,
) -> Result<(), Failure> {
    let unmet = convergence.map(|of| of.unmet().map(|target| missed(of, target)).collect::<Vec<_>>());
    let all = [unmet.unwrap_or_default(), held(conditions, document)].concat();
    if all.is_empty() { Ok(()) } else { Err(Failure::Condition(all.join("\n       "))) }
}

/// A target that is not met: what was reached, and why there is no more.
fn missed(of: &Convergence, target: &TargetReached) -> String {
    let why = match of.ended {
        Ended::MaxPaths if of.max_paths.is_some() => "--max-paths is reached",
        Ended::MaxPaths => "there are no more paths",
        Ended::MaxSeconds => "--max-seconds is over",
        Ended::Resolution => "more paths do not narrow the interval any further",
        Ended::Met | Ended::Stopped => "the run was stopped",
    };
    let last = target.last();
    let reached = match last.and_then(|step| step.half_width) {
        Some(half) => {
            format!("it is ± {} after {} paths", significant(half, 3), count(last.map_or(0, |step| step.paths)))
        }
        None => "it has no interval yet".to_owned(),
    };
    let needed = last.and_then(|step| step.needed).filter(|_| of.ended != Ended::Resolution);
    let needed = needed.map(|paths| format!(", and needs about {} paths", count(paths as u64))).unwrap_or_default();
    format!("target `{}` is not met: {reached}{needed}; {why}", target.target)
}
