//! The inputs of an analysis, and their ranges.

use indexmap::IndexMap;

use crate::distribution::Distribution;
use crate::result::SensitivityInput;
use crate::run::error::RunError;
use crate::scenario::{Scenario, Template, UncertainInput};

/// How far a number of the file is moved to either side where nothing else is known of it.
const SHARE: f64 = 0.1;
/// Shares between which an uncertain input is searched for a target.
const SEARCHED: [f64; 2] = [0.005, 0.995];

/// A range that is given for a number of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct InputRange {
    /// Its dotted key.
    pub key: String,
    /// Below `high`.
    pub low: f64,
    pub high: f64,
}

/// An input of an analysis.
#[derive(Debug, Clone)]
pub(super) struct Input {
    pub uncertain: UncertainInput,
    pub low: f64,
    pub centre: f64,
    pub high: f64,
    /// Shares of its distribution between which it is searched for a target.
    searched: [f64; 2],
    /// Whether its range was asked for, so that ends that make no valid scenario are errors.
    pub is_asked: bool,
}

/// The inputs that an analysis has.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    pub ranges: Vec<InputRange>,
    /// Whether all numbers of the file are inputs.
    pub all: bool,
}

impl Wanted {
    /// Uncertain inputs with their distributions, given ranges, and, if all are wanted, every other number of the file.
    pub fn inputs(&self, scenario: &Scenario, template: &Template) -> Result<Vec<Input>, RunError> {
        let mut found: IndexMap<String, Input> = IndexMap::new();
        for uncertain in scenario.uncertainty.iter().flat_map(|uncertainty| &uncertainty.inputs) {
            let [low, high] = uncertain.distribution.usual_range();
            let centre = uncertain.distribution.median();
            let input = Input { uncertain: uncertain.clone(), low, centre, high, searched: SEARCHED, is_asked: true };
            found.insert(uncertain.key.clone(), input);
        }
        for InputRange { key, low, high } in &self.ranges {
            let centre = found.get(key).map(|known| known.centre).or_else(|| template.number(key));
            let centre = centre.ok_or_else(|| {
                RunError::usage(
                    format!("--range: the file has no number `{key}`"),
                    "give the dotted key of a number in the file, such as contract.aws.take_or_pay",
                )
            })?;
            let label = found.get(key).and_then(|known| known.uncertain.label.clone());
            found.insert(key.clone(), Input::between(key, label, [*low, centre, *high], true));
        }
        if self.all {
            for (key, centre) in template.numbers().into_iter().filter(|(_, x)| *x != 0.0) {
                let ends = [1.0 - SHARE, 1.0 + SHARE].map(|by| by * centre);
                let ends = [ends[0].min(ends[1]), centre, ends[0].max(ends[1])];
                found.entry(key.clone()).or_insert_with(|| Input::between(&key, None, ends, false));
            }
        }
        Ok(found.into_values().collect())
    }
}

impl Input {
    fn between(key: &str, label: Option<String>, [low, centre, high]: [f64; 3], is_asked: bool) -> Self {
        let distribution = Distribution::Uniform { low, high };
        let uncertain = UncertainInput { key: key.to_owned(), label, reason: None, distribution };
        Input { uncertain, low, centre, high, searched: [0.0, 1.0], is_asked }
    }

    pub fn key(&self) -> &str {
        &self.uncertain.key
    }

    /// Values across its range, in equal shares, from low to high.
    pub fn across(&self, count: usize) -> Vec<f64> {
        let [first, last] = self.searched;
        let share = |at: usize| first + (last - first) * (at as f64 / (count - 1) as f64);
        (0..count).map(|at| self.uncertain.distribution.quantile(share(at))).collect()
    }

    pub fn document(&self) -> SensitivityInput {
        SensitivityInput { label: self.uncertain.label.clone(), low: self.low, centre: self.centre, high: self.high }
    }
}
