//! The document of a comparison: every scenario's result, and the differences from the first.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::convergence::Convergence;
use super::document::ResultDocument;
use super::key::{ComparisonKey, DifferencePart, Key};
use super::terms::Change;
use crate::measure::{ByPart, Difference, difference, mark_significant};
use crate::tally::{SampleDesign, Tally};

/// The version of the document's format.
pub const COMPARISON_VERSION: u32 = 1;

/// A comparison of scenarios under common random numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompareDocument {
    /// The version of this document's format.
    pub schema_version: u32,
    /// The base: the scenario that is subtracted from the others.
    pub base: String,
    /// Batches of paths that the standard errors of differences come from.
    // documents of version 1 call them `replicates`
    #[serde(rename = "replicates")]
    pub batches: u64,
    /// By name, the base first.
    pub scenarios: IndexMap<String, ComparedScenario>,
    /// By name of the other scenario, and by key in the result document (`figures.system.value.mean`).
    pub differences: IndexMap<String, IndexMap<Key, PlacedDifference>>,
    /// The targets of precision that decided the number of paths; left out if it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub convergence: Option<Convergence>,
}

impl CompareDocument {
    /// Where the standard errors of differences come from, in words.
    pub fn error_source(&self) -> String {
        let sampling = self.scenarios.values().next().map(|scenario| &scenario.result.provenance.sampling);
        match sampling.and_then(|of| Some((of.replicates?, of.parameter_sets.is_some()))) {
            Some((count, true)) => format!("{count} replicates of the parameter sets"),
            Some((count, false)) => format!("{count} scrambles of Sobol points"),
            None => format!("{} batches of paths", self.batches),
        }
    }
}

/// A scenario of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComparedScenario {
    /// Its scenario file.
    pub file: String,
    /// The label of a variant, if it has one.
    pub label: Option<String>,
    /// The values that a variant sets, by key; null where it removes a key.
    pub changes: IndexMap<String, Option<String>>,
    /// Its differences from the base: keys that differ, and values that follow from them. Empty for the base.
    #[serde(default)]
    pub differs: Vec<Change>,
    /// The full result document.
    pub result: ResultDocument,
}

/// A difference and its unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlacedDifference {
    /// As in the result document; empty for probabilities.
    pub unit: String,
    #[serde(flatten)]
    pub difference: Difference,
}

impl CompareDocument {
    /// The number of a key: `None` if there is none, `Some(None)` if it is undefined.
    pub fn get(&self, key: &ComparisonKey) -> Option<Option<f64>> {
        match key {
            ComparisonKey::Result { scenario, key } => self.scenarios.get(scenario)?.result.get(key),
            ComparisonKey::Difference { scenario, key, part } => {
                let found = &self.differences.get(scenario)?.get(key)?.difference;
                Some(match part {
                    DifferencePart::Value => found.value,
                    DifferencePart::Se => found.se,
                    DifferencePart::Low => found.low,
                    DifferencePart::High => found.high,
                    DifferencePart::PValue => found.p_value,
                    DifferencePart::VarianceReduction => found.variance_reduction,
                })
            }
        }
    }
}

/// The document of scenarios, the base first, with their numbers in each part of the design that they share.
pub fn comparison(
    scenarios: IndexMap<String, ComparedScenario>,
    design: &SampleDesign<Tally>,
    by_part: &[IndexMap<Key, ByPart>],
) -> CompareDocument {
    let mut differences = IndexMap::new();
    let mut numbers = scenarios.iter().zip(by_part);
    let base = numbers.next();
    if let Some(((_, base), base_values)) = base {
        let labels = base.result.provenance.labels();
        for ((name, _), values) in numbers {
            let both = values.iter().filter_map(|(key, other)| Some((key, base_values.get(key)?, other)));
            let mut found: IndexMap<Key, PlacedDifference> = both
                .map(|(key, base, other)| {
                    let unit = labels.text(key.unit());
                    (key.clone(), PlacedDifference { unit, difference: difference(design, base, other) })
                })
                .collect();
            mark_significant(found.values_mut().map(|placed| &mut placed.difference));
            differences.insert(name.clone(), found);
        }
    }
    CompareDocument {
        schema_version: COMPARISON_VERSION,
        base: base.map(|((name, _), _)| name.clone()).unwrap_or_default(),
        batches: design.parts() as u64,
        scenarios,
        differences,
        convergence: None,
    }
}
