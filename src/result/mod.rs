//! Results as documents: of runs, comparisons, benchmarks, checks and single paths; how they are written, read and tabulated.

mod again;
mod bench;
mod comparison;
mod convergence;
mod document;
mod estimates;
mod folder;
mod json;
mod key;
mod level;
mod names;
mod output_keys;
mod parquet_tables;
pub mod profile;
pub mod program;
mod read;
mod request;
mod schema;
mod sensitivity;
mod sensitivity_folder;
mod sound;
mod statistics;
pub mod summary;
mod swept;
mod target;
mod terms;
#[cfg(test)]
pub(crate) mod testing;
mod threshold;
pub mod trace;
mod uncertainty;
mod verified;

pub use again::{Again, AgainCase, AgainNumber, AgainStatistic, Counted};
pub use bench::{BenchDocument, Contender, Machine, Spread};
pub use comparison::{CompareDocument, ComparedScenario, PlacedDifference, comparison};
pub use convergence::{Convergence, ConvergenceStep, Ended, TargetReached};
pub(crate) use document::SYSTEM;
pub use document::{
    AdapterShare, ContractFigure, Figure, GivenBubble, InvalidPaths, LossFigure, Occurrence, Provenance,
    ResultDocument, RunInfo, SCHEMA_VERSION, Sampling, Timing, VendorFigures,
};
pub use estimates::Estimator;
pub use folder::Folder;
pub use json::json;
pub use key::{ComparisonKey, DifferencePart, Key, Part, Statistic, Subject, WrongKey};
pub use level::{Level, WrongLevel};
pub use output_keys::{figure_key, time_key};
pub use parquet_tables::{
    distributions as distribution_table, paths as path_table, profile as profile_table,
    term_structures as term_structure_table,
};
pub use read::{Document, read_document};
pub use request::EstimateRequest;
pub use schema::{comparison_schema, schema};
pub use sensitivity::{
    Answer, CentralOutput, ChanceIndices, ClassicMeasures, ClassicOutput, Derivative, DerivativeMethod, Indices,
    InputDerivatives, OutputIndices, SENSITIVITY_VERSION, SensitivityDocument, SensitivityInput, Swing, TargetAnswers,
    TornadoBar,
};
pub use sensitivity_folder::{SensitivityResults, sensitivity_json};
pub use statistics::Statistics;
pub use summary::{CheckDocument, check, variant as check_variant};
pub use swept::{SweepReport, SweepTable, SweptPoint, figure_of_system};
pub use target::abbreviated;
pub use target::{Estimated, Target, TargetKey, WrongTarget};
pub use terms::{Change, Terms, changes, terms};
pub use threshold::{Threshold, WrongThreshold};
pub use trace::{TraceDocument, trace};
pub use uncertainty::{InputSummary, OutputSummary, UncertaintyDocument};
pub use verified::Verified;
