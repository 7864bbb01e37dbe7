//! The result document (model.md §11), as JSON has it.
//!
//! Maps keep their order: names as in the scenario, figures as in the list of figures, levels and quantiles as asked
//! for. Undefined values are `None`, which JSON writes as null. Money is in the scenario's currency, use in
//! capacity-unit-years; figures name their unit.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::convergence::Convergence;
use super::level::Level;
use super::program;
use super::uncertainty::UncertaintyDocument;
use crate::engine::Precision;
use crate::measure::{CONFIDENCE, ConditionalMean, Estimate, ExceedanceCurve, Histogram, Pivot, Probability};
use crate::registry::{self, Side};
use crate::scenario::Scenario;
use crate::tally::{SampleDesign, Tally};
use crate::text::units::Labels;
use crate::text::words::months_after;

/// The version of the document's format. It increases when a key is renamed, removed or changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// The name under which sums over all organizations stand. No organization may have it.
pub(crate) const SYSTEM: &str = "system";

/// The results of a run and their provenance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResultDocument {
    /// The version of this document's format.
    pub schema_version: u32,
    /// Everything that determines the results: two documents with the same provenance differ in `run` only.
    pub provenance: Provenance,
    /// Paths with a value that is not finite. They are excluded from all results.
    pub invalid_paths: InvalidPaths,
    /// By organization or "system", and by figure.
    pub figures: IndexMap<String, IndexMap<registry::Figure, Figure>>,
    /// By contract and figure.
    pub contracts: IndexMap<String, IndexMap<registry::Figure, ContractFigure>>,
    /// By vendor and figure.
    pub vendors: IndexMap<String, VendorFigures>,
    /// By vendor that can fail and organization that it can lose by; left out if the scenario describes no vendors.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub losses: IndexMap<String, IndexMap<String, LossFigure>>,
    /// By organization and event.
    pub events: IndexMap<String, IndexMap<String, Occurrence>>,
    /// By organization or "system"; empty if the scenario has no bubble.
    pub bubble: IndexMap<String, Occurrence>,
    /// By tranche: its payment. Left out if the scenario has none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tranches: IndexMap<String, Occurrence>,
    /// By vendor: its failure. Left out if the scenario describes no vendors.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub failures: IndexMap<String, Occurrence>,
    /// By organization: its settlement with its vendors. Left out if none may settle.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub workouts: IndexMap<String, Occurrence>,
    /// What the uncertain inputs do to the results; left out if nothing is uncertain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<UncertaintyDocument>,
    /// The targets of precision that decided the number of paths; left out if it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub convergence: Option<Convergence>,
    /// Facts about this run that do not change the results.
    pub run: RunInfo,
}

/// Everything that determines the results of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// The scenario's name.
    pub scenario: String,
    /// The variant; null for the scenario without one.
    pub variant: Option<String>,
    /// BLAKE3 of the scenario file, in hexadecimal. For a variant, a zero byte and its name are hashed after the file.
    pub scenario_hash: String,
    /// The start date.
    pub start: String,
    /// Number of periods of the horizon.
    pub periods: u32,
    /// Periods per year.
    pub steps_per_year: u32,
    /// Label of money.
    pub currency: String,
    /// Label of capacity.
    pub capacity_unit: String,
    /// Its keys are beside the others.
    #[serde(flatten)]
    pub sampling: Sampling,
    /// The confidence of all intervals.
    pub confidence: f64,
    /// The version of this program.
    pub program_version: String,
    /// The commit that this program was built from, marked if its sources were modified; null if unknown.
    pub program_commit: Option<String>,
    /// The date of that commit; null if unknown.
    pub program_date: Option<String>,
}

/// How inputs and paths were sampled and computed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sampling {
    /// The seed of all draws.
    pub seed: u64,
    /// The number of the independent replicate under this seed.
    pub replicate: u32,
    /// Paths simulated, invalid ones included.
    pub paths: u64,
    /// The sampling method: `independent`, `sobol` for quasi-random points, `trajectories` for paths from a file.
    pub sampling: String,
    /// Independent scrambles of quasi-random points or of parameter sets, each with an equal part of the paths; left out without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicates: Option<u32>,
    /// In which order dimensions of quasi-random points are spent on a factor's periods: `bridge` or `time`; left out without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub construction: Option<String>,
    /// Sets of values of the uncertain inputs, each with an equal part of the paths; left out if nothing is uncertain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter_sets: Option<u32>,
    /// `medians` if uncertain inputs were held at their medians; left out otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<String>,
    /// BLAKE3 of the file of trajectories, in hexadecimal; null without one.
    pub trajectories: Option<String>,
    /// `cpu` or `gpu`.
    pub backend: String,
    /// `f32` or `f64`.
    pub precision: String,
}

impl Sampling {
    /// Independent paths of the engine's own, of the seed's first replicate.
    pub fn drawn(seed: u64, paths: u64, backend: &str, precision: Precision) -> Self {
        Sampling {
            seed,
            replicate: 0,
            paths,
            sampling: SampleDesign::<Tally>::Independent.name().to_owned(),
            replicates: None,
            construction: None,
            parameter_sets: None,
            inputs: None,
            trajectories: None,
            backend: backend.to_owned(),
            precision: precision.name().to_owned(),
        }
    }
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
            sampling: Sampling { inputs: scenario.is_at_medians.then(|| "medians".to_owned()), ..sampling },
            confidence: CONFIDENCE,
            program_version: program::VERSION.to_owned(),
            program_commit: program::commit(),
            program_date: program::commit_date(),
        }
    }

    /// What money and capacity are called.
    pub fn labels(&self) -> Labels<'_> {
        Labels { currency: &self.currency, capacity: &self.capacity_unit }
    }

    /// The date, year and month, of the end of a period; years from the start if that is not a date, or not on its day.
    pub fn date(&self, period: u32) -> String {
        let (months, steps) = (12 * period, self.steps_per_year);
        let date = months.is_multiple_of(steps).then(|| months_after(&self.start, months / steps)).flatten();
        date.unwrap_or_else(|| format!("year {:.2}", f64::from(period) / f64::from(steps)))
    }
}

/// Facts about a run that do not change its results. Unknown values are null.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunInfo {
    /// The GPU's name.
    pub adapter: Option<String>,
    /// The GPU's driver.
    pub driver: Option<String>,
    /// Threads of the CPU engine.
    pub threads: Option<u32>,
    /// Instruction set of the CPU engine, for example `AVX-512`.
    pub instruction_set: Option<String>,
    /// Seconds from start to end.
    pub wall_seconds: Option<f64>,
    /// Seconds in which paths were computed.
    pub kernel_seconds: Option<f64>,
    /// The machine's name.
    pub host: Option<String>,
    /// The date and time of the run, in ISO 8601.
    pub date: Option<String>,
    /// The paths that each adapter computed, if there were several.
    pub shares: Vec<AdapterShare>,
    /// Device failures from which the run recovered: by smaller chunks, a new device, or another engine for the rest.
    pub incidents: Vec<String>,
}

/// The paths that one of several adapters computed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdapterShare {
    pub adapter: String,
    pub driver: String,
    /// Ranges of paths, [first, end), in order.
    pub paths: Vec<[u64; 2]>,
}

/// Paths with a value that is NaN or infinite.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InvalidPaths {
    /// Number of invalid paths.
    pub count: u64,
    /// The first invalid path; `--path` shows it.
    pub first: Option<u64>,
}

/// A figure of an organization or of the system. Values are in `unit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figure {
    /// The currency, capacity-unit-years, or the former per the latter.
    pub unit: String,
    /// The bad end of the distribution: the tail of VaR and expected shortfall.
    pub side: Side,
    /// Valid paths on which the figure is defined; `unit_cost` is undefined where no capacity is used.
    pub count: u64,
    /// Valid paths on which the figure is undefined.
    pub undefined: u64,
    /// Arithmetic mean.
    pub mean: Option<f64>,
    /// Standard error of the mean.
    pub se: Option<f64>,
    /// Degrees of freedom of `se`, where it comes from how few replicates or clusters differ; left out for independent paths.
    #[serde(default, rename = "degrees_of_freedom", skip_serializing_if = "Pivot::is_normal")]
    pub pivot: Pivot,
    /// Standard deviation.
    pub sd: Option<f64>,
    /// Standard error of `sd`.
    pub sd_se: Option<f64>,
    /// Skewness: the third standardised moment.
    pub skewness: Option<f64>,
    /// Excess kurtosis: 0 for a normal distribution.
    pub kurtosis: Option<f64>,
    /// The lowest value of any path.
    pub min: Option<f64>,
    /// The highest value of any path.
    pub max: Option<f64>,
    /// By probability.
    pub quantiles: IndexMap<Level, Estimate>,
    /// Value at risk by level.
    pub var: IndexMap<Level, Estimate>,
    /// Expected shortfall by level.
    pub shortfall: IndexMap<Level, Estimate>,
    /// Histogram of the paths.
    pub histogram: Histogram,
    /// P(X > x), with more points towards the bad end.
    pub exceedance: ExceedanceCurve,
}

impl Figure {
    /// The mean with its interval.
    pub fn interval(&self) -> Estimate {
        Estimate::around(self.mean, self.se, self.pivot)
    }
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

/// The figures of a vendor. Those of its contracts stand beside what it received and lost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VendorFigures {
    /// Sums over its contracts, by figure.
    #[serde(flatten)]
    pub costs: IndexMap<registry::Figure, ContractFigure>,
    /// What its contracts paid; left out if the scenario does not describe the vendor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Figure>,
    /// What it lost until it failed; left out if the scenario does not describe the vendor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<Figure>,
}

impl VendorFigures {
    /// What is known as of organizations, in the order of the document.
    pub fn whole(&self) -> impl Iterator<Item = (registry::Figure, &Figure)> {
        let named = [(registry::Figure::Received, &self.received), (registry::Figure::Loss, &self.loss)];
        named.into_iter().filter_map(|(name, figure)| Some((name, figure.as_ref()?)))
    }
}

/// What a vendor loses by an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LossFigure {
    /// Over all paths.
    #[serde(flatten)]
    pub loss: ContractFigure,
    /// Over the paths on which the system's bubble bursts by the horizon; left out if the scenario has no bubble.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_bubble: Option<GivenBubble>,
}

/// A mean over the paths on which the system's bubble bursts by the horizon; null if there are none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GivenBubble {
    /// Arithmetic mean.
    pub mean: Option<f64>,
    /// Standard error of the mean, to which the number of these paths adds.
    pub se: Option<f64>,
    /// Degrees of freedom of `se`, where it comes from how few replicates or clusters differ; left out for independent paths.
    #[serde(default, rename = "degrees_of_freedom", skip_serializing_if = "Pivot::is_normal")]
    pub pivot: Pivot,
}

impl From<ConditionalMean> for GivenBubble {
    fn from(found: ConditionalMean) -> Self {
        GivenBubble { mean: found.mean, se: found.se, pivot: found.pivot }
    }
}

/// An event, a bubble, a payment, a failure or a settlement: whether it happens by the horizon, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Occurrence {
    /// The share of valid paths on which it happens by the horizon.
    pub probability: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
    /// The probability that it has happened by the end of each period.
    pub by_period: Vec<Probability>,
    /// When it happens.
    pub time: Timing,
}

impl Occurrence {
    /// The probability that it happens by the horizon.
    pub fn by_horizon(&self) -> Probability {
        Probability { probability: self.probability, low: self.low, high: self.high }
    }
}

/// The time of the first occurrence in years from the start, over the paths on which it happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timing {
    /// The share of valid paths on which it does not happen.
    pub never: Probability,
    /// Arithmetic mean.
    pub mean: Option<f64>,
    /// Standard error of the mean.
    pub se: Option<f64>,
    /// By probability.
    pub quantiles: IndexMap<Level, Estimate>,
}
