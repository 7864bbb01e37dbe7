//! The document of a fit, as JSON has it. Maps keep the order of the model's parameters.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::Check;
use super::criteria::Criterion;
use super::entry::DistributionDocument;
use super::fan::{FanPoint, fan};
use super::fitted::Fit;
use super::model::Process;
use super::snippet::snippet;
use super::together::{Pair, pairs};

/// The fits of one or several columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FitsDocument {
    /// By factor.
    pub fits: IndexMap<String, FitDocument>,
    /// Correlations of the factors' Brownian motions; empty for one column.
    pub correlation: Vec<Pair>,
    /// What people should know about the correlations.
    pub warnings: Vec<String>,
    /// The factors and uncertain inputs as a piece of a scenario file.
    pub toml: String,
}

/// The fit of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FitDocument {
    /// Where the history is from.
    pub source: Source,
    /// The process.
    pub process: Process,
    /// Whether it has jumps.
    pub jumps: bool,
    /// The factor's value at the scenario's start.
    pub start: Point,
    /// By key of the factor.
    pub parameters: IndexMap<String, ParameterDocument>,
    /// Rank correlations between estimates of parameters, a row for each.
    pub correlation: Vec<Vec<f64>>,
    /// All processes that were compared.
    pub criteria: Vec<Criterion>,
    /// Tests of residuals.
    pub tests: Vec<Check>,
    /// What people should know, in sentences.
    pub warnings: Vec<String>,
    /// The prices.
    pub history: Vec<Point>,
    /// Standardized residuals, by the date at which the step ends.
    pub residuals: Vec<Point>,
    /// Quantiles of the price over the next two years, by month.
    pub fan: Vec<FanPoint>,
}

/// Where a history is from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// The file.
    pub file: String,
    /// The column.
    pub column: String,
    /// The first date.
    pub first: String,
    /// The last date.
    pub last: String,
    /// The number of prices.
    pub observations: usize,
    /// The years from the first to the last date.
    pub years: f64,
    /// Parameter sets that were drawn.
    pub bootstrap: usize,
    /// The seed of all draws.
    pub seed: u64,
}

/// A number at a date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// The date.
    pub date: String,
    /// The number.
    pub value: f64,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ParameterDocument {
    /// The estimate, corrected for its bias.
    pub value: f64,
    /// The standard error.
    pub se: f64,
    /// The lower end of the 95% interval.
    pub low: f64,
    /// The upper end of the 95% interval.
    pub high: f64,
    /// The distribution that a scenario draws it from; null where all draws are the same.
    pub distribution: Option<DistributionDocument>,
}

impl FitsDocument {
    /// The document of fits, in their order.
    pub fn new(fits: &[Fit]) -> Self {
        let (correlation, warnings) = pairs(fits);
        let toml = snippet(fits, &correlation);
        let fits = fits.iter().map(|fit| (fit.name.clone(), FitDocument::new(fit))).collect();
        FitsDocument { fits, correlation, warnings, toml }
    }
}

impl FitDocument {
    fn new(fit: &Fit) -> Self {
        let history = &fit.history;
        let points = || history.observations.iter().map(|of| of.date.to_string());
        let point = |(date, value)| Point { date, value };
        FitDocument {
            source: Source {
                file: history.file.clone(),
                column: history.column.clone(),
                first: history.first().to_string(),
                last: history.last().date.to_string(),
                observations: history.observations.len(),
                years: fit.series.span(),
                bootstrap: fit.sample.sets.len(),
                seed: fit.seed,
            },
            process: fit.model.process,
            jumps: fit.model.jumps,
            start: Point { date: fit.start.date.to_string(), value: fit.start.value },
            parameters: parameters(fit),
            correlation: fit.uncertainty.correlation.clone(),
            criteria: fit.criteria.clone(),
            tests: fit.checks.clone(),
            warnings: fit.warnings.clone(),
            history: points().zip(history.observations.iter().map(|of| of.value)).map(point).collect(),
            residuals: points().skip(1).zip(fit.residuals.iter().copied()).map(point).collect(),
            fan: fan(fit),
        }
    }
}

fn parameters(fit: &Fit) -> IndexMap<String, ParameterDocument> {
    let document = |of: &super::uncertainty::Parameter| {
        let distribution = of.distribution.as_ref().map(DistributionDocument::new);
        (of.key.to_owned(), ParameterDocument { value: of.value, se: of.se, low: of.low, high: of.high, distribution })
    };
    fit.uncertainty.parameters.iter().map(document).collect()
}
