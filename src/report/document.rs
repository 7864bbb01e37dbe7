//! The result document (model.md §11), as JSON has it.
//!
//! Maps keep their order: names as in the scenario, figures as in the list of figures, levels and quantiles as asked
//! for. Undefined values are `None`, which JSON writes as null. Money is in the scenario's currency, use in
//! capacity-unit-years; figures name their unit.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::program;
use crate::measure::{CONFIDENCE, Estimate, ExceedanceCurve, Histogram, Probability};
use crate::plan::figure::Side;
use crate::scenario::Scenario;

/// The version of the document's shape. It grows when a key is renamed, removed or changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// What a run found, and where it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResultDocument {
    /// The version of this document's shape.
    pub schema_version: u32,
    /// What determines the results: the same here gives the same everywhere but in `run`.
    pub provenance: Provenance,
    /// Paths that went wrong and are left out of everything.
    pub invalid_paths: InvalidPaths,
    /// By organization, or "system", and figure.
    pub figures: IndexMap<String, IndexMap<String, Figure>>,
    /// By contract and figure.
    pub contracts: IndexMap<String, IndexMap<String, ContractFigure>>,
    /// By vendor and figure.
    pub vendors: IndexMap<String, IndexMap<String, ContractFigure>>,
    /// By organization and event.
    pub events: IndexMap<String, IndexMap<String, Occurrence>>,
    /// By organization, or "system"; empty if the scenario has no bubble.
    pub bubble: IndexMap<String, Occurrence>,
    /// What changes from run to run.
    pub run: RunInfo,
}

/// What determines the results of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// The scenario's name.
    pub scenario: String,
    /// Which of the file's variants it is; null for the scenario as it stands.
    pub variant: Option<String>,
    /// BLAKE3 of the scenario file, in hexadecimal; of a variant, with its name behind a zero byte.
    pub scenario_hash: String,
    /// The date of τ = 0.
    pub start: String,
    /// Number of periods of the horizon.
    pub periods: u32,
    /// Periods per year.
    pub steps_per_year: u32,
    /// Label of money.
    pub currency: String,
    /// Label of capacity.
    pub capacity_unit: String,
    /// Its keys stand beside the others.
    #[serde(flatten)]
    pub sampling: Sampling,
    /// The confidence of all intervals.
    pub confidence: f64,
    /// The version of this program.
    pub program_version: String,
    /// The commit that this program was built from, with a note if its sources had changes; null if it is not known.
    pub program_commit: Option<String>,
    /// The date of that commit.
    pub program_date: Option<String>,
}

/// How paths were drawn and computed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sampling {
    /// The seed of all draws.
    pub seed: u64,
    /// Which of the independent repetitions under this seed it is.
    pub replicate: u32,
    /// Paths simulated, invalid ones included.
    pub paths: u64,
    /// How paths depend on each other, for example `independent`; `trajectories` for the user's own.
    pub sampling: String,
    /// BLAKE3 of the file of trajectories, in hexadecimal, if the paths come from one.
    pub trajectories: Option<String>,
    /// `cpu` or `gpu`.
    pub backend: String,
    /// `f32` or `f64`.
    pub precision: String,
}

impl Provenance {
    /// The provenance of a run of the scenario by this version of the program.
    pub fn new(scenario: &Scenario, sampling: Sampling) -> Self {
        Provenance {
            scenario: scenario.name.clone(),
            variant: scenario.variant.clone(),
            scenario_hash: scenario.hash.clone(),
            start: scenario.horizon.start.clone(),
            periods: scenario.horizon.periods,
            steps_per_year: scenario.horizon.steps_per_year,
            currency: scenario.currency.clone(),
            capacity_unit: scenario.capacity_unit.clone(),
            sampling,
            confidence: CONFIDENCE,
            program_version: program::VERSION.to_owned(),
            program_commit: program::commit(),
            program_date: program::commit_date(),
        }
    }

    /// The date, year and month, of the end of a period; years from the start if that is not a date, or not on its day.
    pub fn date(&self, period: u32) -> String {
        let (year, rest) = self.start.split_once('-').unwrap_or_default();
        let month = rest.get(..2).and_then(|month| month.parse::<u32>().ok());
        let months = 12 * period;
        match (year.parse::<u32>(), month, months % self.steps_per_year) {
            (Ok(year), Some(month), 0) => {
                let months = month - 1 + months / self.steps_per_year;
                format!("{}-{:02}", year + months / 12, months % 12 + 1)
            }
            _ => format!("year {:.2}", f64::from(period) / f64::from(self.steps_per_year)),
        }
    }
}

/// What changes from run to run without changing results. What is unknown is `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunInfo {
    /// The GPU's name.
    pub adapter: Option<String>,
    /// The GPU's driver.
    pub driver: Option<String>,
    /// Threads of the CPU engine.
    pub threads: Option<u32>,
    /// Of the CPU engine, for example `AVX-512`.
    pub instruction_set: Option<String>,
    /// Seconds from start to end.
    pub wall_seconds: Option<f64>,
    /// Seconds in which paths were computed.
    pub kernel_seconds: Option<f64>,
    /// The machine's name.
    pub host: Option<String>,
    /// When it was, in ISO 8601.
    pub date: Option<String>,
    /// Which paths which adapter computed, where there were several.
    pub shares: Vec<AdapterShare>,
    /// What went wrong with a device and was made good: smaller chunks, a new device, another engine for the rest.
    pub incidents: Vec<String>,
}

/// What one of several adapters computed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdapterShare {
    pub adapter: String,
    pub driver: String,
    /// Ranges of paths, [first, end), in order.
    pub paths: Vec<[u64; 2]>,
}

/// Paths in which a NaN or an infinity turned up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InvalidPaths {
    /// How many there are.
    pub count: u64,
    /// The lowest number of one, to run it again alone.
    pub first: Option<u64>,
}

/// A figure of an organization or of the system. Values are in `unit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figure {
    /// The currency, capacity-unit-years, or the former per the latter.
    pub unit: String,
    /// Which end is bad, and so the side of VaR and shortfall.
    pub side: Side,
    /// Valid paths for which the figure is defined; `unit_cost` is not where nothing is used.
    pub count: u64,
    /// Valid paths for which it is not.
    pub undefined: u64,
    /// Arithmetic mean.
    pub mean: Option<f64>,
    /// Standard error of the mean.
    pub se: Option<f64>,
    /// Standard deviation.
    pub sd: Option<f64>,
    /// Standard error of `sd`.
    pub sd_se: Option<f64>,
    /// Third standardised moment.
    pub skewness: Option<f64>,
    /// Excess kurtosis: 0 for a normal.
    pub kurtosis: Option<f64>,
    /// The lowest of any path.
    pub min: Option<f64>,
    /// The highest of any path.
    pub max: Option<f64>,
    /// By probability.
    pub quantiles: IndexMap<String, Estimate>,
    /// Value at risk by level.
    pub var: IndexMap<String, Estimate>,
    /// Expected shortfall by level.
    pub shortfall: IndexMap<String, Estimate>,
    /// Counts of paths between edges.
    pub histogram: Histogram,
    /// P(X > x), denser towards the bad side.
    pub exceedance: ExceedanceCurve,
}

/// A figure of a contract or a vendor, in `unit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContractFigure {
    /// The currency.
    pub unit: String,
    /// Arithmetic mean.
    pub mean: Option<f64>,
    /// Standard error of the mean.
    pub se: Option<f64>,
    /// Standard deviation.
    pub sd: Option<f64>,
}

/// An event or a bubble: whether it happens by the horizon, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Occurrence {
    /// The share of valid paths where it happens by the horizon.
    pub probability: Option<f64>,
    /// Lower end of its interval.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
    /// The probability that it happened by the end of each period.
    pub by_period: Vec<Probability>,
    /// When it happens.
    pub time: Timing,
}

/// The time of first happening in years from the start, over the paths where it happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timing {
    /// The share of all valid paths where it does not happen.
    pub never: Probability,
    /// Arithmetic mean.
    pub mean: Option<f64>,
    /// Standard error of the mean.
    pub se: Option<f64>,
    /// By probability.
    pub quantiles: IndexMap<String, Estimate>,
}
