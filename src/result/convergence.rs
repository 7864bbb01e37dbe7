//! What became of the targets of precision: part of documents whose number of paths they decided.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a run with targets ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// All targets are met.
    Met,
    /// The most paths that were allowed, or that there are, are computed.
    MaxPaths,
    /// The time that was allowed is over.
    MaxSeconds,
    /// More paths no longer narrow an interval: it is as narrow as the bins of quantiles allow.
    Resolution,
    /// The run was stopped before its end.
    Stopped,
}

/// The targets of a run, what was reached, and after which paths it was known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Convergence {
    /// Why the run ended.
    pub ended: Ended,
    /// The most paths that were allowed; null if there was no limit.
    pub max_paths: Option<u64>,
    /// The seconds that were allowed. Left out unless they ended the run: a limit that is not reached changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_seconds: Option<f64>,
    /// Paths at the end of each stage, all stages before included.
    pub stages: Vec<u64>,
    /// The targets in their order.
    pub targets: Vec<TargetReached>,
}

/// A target and what was reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TargetReached {
    /// The target, as `bubble.system.probability ± 0.001`.
    pub target: String,
    /// The key of its estimate.
    pub key: String,
    /// The half-width asked for, in the unit of the estimate; of a relative target as a share of it.
    pub half_width: f64,
    /// Whether `half_width` is a share of the estimate.
    pub relative: bool,
    /// Whether the interval is as narrow as that.
    pub met: bool,
    /// What was known after each stage, the last being what was reached.
    pub convergence: Vec<ConvergenceStep>,
}

/// An estimate after a stage.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConvergenceStep {
    /// Paths so far.
    pub paths: u64,
    /// The estimate.
    pub value: Option<f64>,
    /// Half the width of its interval.
    pub half_width: Option<f64>,
    /// Paths that the target needs in all, at present knowledge; null if that cannot be told.
    pub needed: Option<f64>,
}

impl TargetReached {
    /// What is known at the end.
    pub fn last(&self) -> Option<&ConvergenceStep> {
        self.convergence.last()
    }
}

impl Convergence {
    /// The targets that are not met.
    pub fn unmet(&self) -> impl Iterator<Item = &TargetReached> {
        self.targets.iter().filter(|target| !target.met)
    }

    /// Whether all of them are.
    pub fn is_met(&self) -> bool {
        self.unmet().next().is_none()
    }
}
