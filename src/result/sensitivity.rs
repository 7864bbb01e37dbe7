//! The document of a sensitivity analysis: what each input does to the results.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::{Provenance, RunInfo};
use super::key::Key;
use super::threshold::Threshold;
use crate::measure::{Difference, Estimate};

/// The version of the document's format.
pub const SENSITIVITY_VERSION: u32 = 1;

/// What each input does to the results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SensitivityDocument {
    /// The version of this document's format.
    pub schema_version: u32,
    /// Where the results come from; paths are those of each run.
    pub provenance: Provenance,
    /// The outputs at the centre, by key.
    pub outputs: IndexMap<Key, CentralOutput>,
    /// The inputs, by their key in the scenario file.
    pub inputs: IndexMap<String, SensitivityInput>,
    /// One input at a time at its low and its high value, those that move the first output most before the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tornado: Option<Vec<TornadoBar>>,
    /// Derivatives at the centre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derivatives: Option<Vec<InputDerivatives>>,
    /// Shares of the variance between parameter sets, by output and input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indices: Option<Indices>,
    /// Shares of the variance between futures with all inputs at the centre, by output and source of randomness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<ChanceIndices>,
    /// The usual measures of spreadsheets, by output and input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classic: Option<IndexMap<Key, ClassicOutput>>,
    /// What would have to be true, by target and input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<TargetAnswers>>,
    /// Facts about this run that do not change the results.
    pub run: RunInfo,
}

/// An output at the centre.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CentralOutput {
    /// As in the result document; empty for probabilities.
    pub unit: String,
    #[serde(flatten)]
    pub estimate: Estimate,
}

/// An input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SensitivityInput {
    /// Its label in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The low end of its range: the 10% quantile of an uncertain input.
    pub low: f64,
    /// Its value at the centre: the median of an uncertain input, or the value in the file.
    pub centre: f64,
    /// The high end of its range: the 90% quantile of an uncertain input.
    pub high: f64,
}

/// What the low and the high value of an input do, with all others at the centre.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TornadoBar {
    pub key: String,
    /// By output.
    pub outputs: IndexMap<Key, Swing>,
}

/// An output at both ends of an input's range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Swing {
    /// The difference from the centre at the low value; null if that value makes no valid scenario.
    pub low: Option<Difference>,
    /// The difference from the centre at the high value; null if that value makes no valid scenario.
    pub high: Option<Difference>,
}

impl SensitivityDocument {
    /// Names of the parts that it has, as options name them.
    pub fn parts(&self) -> Vec<&'static str> {
        let all = [
            ("tornado", self.tornado.is_some()),
            ("derivatives", self.derivatives.is_some()),
            ("indices", self.indices.is_some()),
            ("chance", self.chance.is_some()),
            ("classic", self.classic.is_some()),
            ("targets", self.targets.is_some()),
        ];
        all.into_iter().filter_map(|(name, is_there)| is_there.then_some(name)).collect()
    }

    /// Whether it only tells sources of randomness apart.
    pub fn is_of_chance_alone(&self) -> bool {
        self.parts() == ["chance"]
    }

    /// What each input does to an output, the largest change first; `None` without a tornado.
    pub fn swings(&self, key: &Key) -> Option<Vec<(&String, &Swing)>> {
        let bars = self.tornado.as_ref()?.iter();
        let mut swings: Vec<(&String, &Swing)> =
            bars.filter_map(|bar| Some((&bar.key, bar.outputs.get(key)?))).collect();
        swings.sort_by(|a, b| b.1.size().total_cmp(&a.1.size()));
        Some(swings)
    }
}

impl Swing {
    /// The largest change from the centre.
    pub fn size(&self) -> f64 {
        let size = |of: &Option<Difference>| of.as_ref().and_then(|of| of.value).map_or(0.0, f64::abs);
        size(&self.low).max(size(&self.high))
    }
}

/// Derivatives by an input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InputDerivatives {
    pub key: String,
    /// By output.
    pub outputs: IndexMap<Key, Derivative>,
}

/// The derivative of an output by an input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Derivative {
    /// Change of the output per unit of the input.
    pub value: Option<f64>,
    /// Standard error, with what the step leaves out.
    pub se: Option<f64>,
    /// Relative change of the output per relative change of the input; null where either is 0.
    pub elasticity: Option<f64>,
    /// The step of the central difference; null for a score.
    pub step: Option<f64>,
    /// How it was estimated: the method with the smaller standard error; null if there is no estimate.
    #[serde(default)]
    pub method: Option<DerivativeMethod>,
}

/// How a derivative is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DerivativeMethod {
    /// The central difference of two runs on the same paths.
    Difference,
    /// The score of the paths at the centre, for inputs that only the law of the factors' paths depends on.
    Score,
}

impl DerivativeMethod {
    /// The name in documents and tables.
    pub const fn name(self) -> &'static str {
        match self {
            DerivativeMethod::Difference => "difference",
            DerivativeMethod::Score => "score",
        }
    }
}

/// Sobol indices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Indices {
    /// `given data` from the parameter sets of a run, or `saltelli` or, for inputs that depend on each other, `shapley` from a design of its
    /// own.
    pub method: String,
    /// Parameter sets that were computed.
    pub sets: u64,
    /// By output.
    pub outputs: IndexMap<Key, OutputIndices>,
}

/// Sobol indices over the sources of randomness.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChanceIndices {
    /// Paths of each run; there is a run for each source, and two more.
    pub paths: u64,
    /// Names of the sources, by key.
    pub sources: IndexMap<String, String>,
    /// By output, the indices of its value on a path (for a mean or a shortfall) or of whether it happens (for a probability).
    pub outputs: IndexMap<Key, OutputIndices>,
}

/// The indices of an output, by input or by source of randomness.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OutputIndices {
    /// The share of the variance that each explains alone; left out if the method has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_order: Option<IndexMap<String, Estimate>>,
    /// The share of the variance that would be left if all others were known; left out if the method has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<IndexMap<String, Estimate>>,
    /// The Shapley effect of an input: its part of the variance if what inputs explain together is shared out fairly; left out if the
    /// method has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shapley: Option<IndexMap<String, Estimate>>,
}

/// The usual measures for an output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClassicOutput {
    /// The share of the variance between parameter sets that a linear regression on all inputs explains.
    pub r_squared: Option<f64>,
    /// By input.
    pub inputs: IndexMap<String, ClassicMeasures>,
}

/// The usual measures for an output and an input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClassicMeasures {
    /// Standardized regression coefficient.
    pub regression: Option<f64>,
    /// Pearson's correlation.
    pub correlation: Option<f64>,
    /// Spearman's rank correlation.
    pub rank_correlation: Option<f64>,
    /// Partial rank correlation given all other inputs.
    pub partial_rank_correlation: Option<f64>,
    /// Contribution to variance: the squared rank correlation as a share of the sum over all inputs.
    pub contribution: Option<f64>,
    /// The least and the greatest mean of the output over ten bins of the input with as many sets each.
    pub mean_range: Option<[f64; 2]>,
    /// The means over the bins, from low to high values of the input; left out with fewer than ten sets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bin_means: Vec<f64>,
}

/// What would have to be true for a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TargetAnswers {
    pub target: Threshold,
    /// Whether it is met at the centre; null if the output is undefined.
    pub met: Option<bool>,
    /// By input, all others at the centre.
    pub inputs: IndexMap<String, Answer>,
}

/// Where an input meets a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// The target changes between met and not met at this value, the nearest to the centre.
    At {
        #[serde(flatten)]
        value: Estimate,
        /// Whether larger values of the input meet the target.
        above: bool,
    },
    /// Every value in the range meets it.
    Always,
    /// No value in the range meets it.
    Never,
}
