//! What uncertain inputs do to the results: part of the documents of runs that draw them.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::measure::Estimate;

/// Inputs, and how the results depend on them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UncertaintyDocument {
    /// Parameter sets drawn.
    pub sets: u32,
    /// Independent replicates that the sets belong to, whose differences tell the errors.
    pub replicates: u32,
    /// Paths of each set.
    pub paths_per_set: u64,
    /// Paths with all inputs at their medians, which give the values at the centre.
    pub paths_at_centre: u64,
    /// By key of the scenario file.
    pub inputs: IndexMap<String, InputSummary>,
    /// By key of a mean or a probability in this document.
    pub outputs: IndexMap<String, OutputSummary>,
    /// The expected gain in net value from knowing all inputs before deciding whether to sign, in the unit of net value; null if the
    /// scenario has no net value.
    pub learning_everything: Option<Estimate>,
}

/// An uncertain input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InputSummary {
    /// Its label in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Where its range comes from, as the file says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The 10% quantile of its distribution.
    pub low: f64,
    /// The median of its distribution, which is its value at the centre.
    pub median: f64,
    /// The 90% quantile of its distribution.
    pub high: f64,
    /// The expected gain in net value from knowing this input before deciding whether to sign (the expected value of partial perfect
    /// information); null if the scenario has no net value.
    pub learning: Option<Estimate>,
}

/// A mean or a probability under uncertain inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OutputSummary {
    /// Over all parameter sets and paths: the predictive mean or probability.
    pub predictive: Estimate,
    /// With all inputs at their medians.
    pub centre: Estimate,
    /// The values that 5% and 95% of the parameter sets stay below, each set's value being a mean over its paths.
    pub range: [Option<f64>; 2],
    /// The share of the variance of a single path that the parameters explain; the paths explain the rest.
    pub parameters: Estimate,
    /// By input, its first-order index: the share of the variance between parameter sets that it explains alone.
    pub first_order: IndexMap<String, Estimate>,
}
