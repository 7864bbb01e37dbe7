//! Result → each output format, one file per format. A format is made from the [`ResultDocument`] alone.

mod bench;
pub mod chart;
mod check;
mod compare;
pub mod course;
mod document;
mod ending;
mod file;
mod folder;
pub mod foreign;
mod host;
mod json;
mod numbers;
pub mod page;
pub mod parquet;
pub mod pictures;
pub mod program;
mod reading;
mod result;
mod schema;
mod side;
mod sound;
mod statistics;
mod table;
mod tables;
mod terms;
#[cfg(test)]
mod testing;
mod text;
mod trace;
mod unfinished;

pub use bench::{BenchDocument, Contender, Machine, Spread};
pub use check::{CheckDocument, check, variant as check_variant};
pub use compare::{CompareDocument, ComparedScenario, PlacedDifference, comparison};
pub use document::{
    AdapterShare, ContractFigure, Figure, InvalidPaths, Occurrence, Provenance, ResultDocument, RunInfo,
    SCHEMA_VERSION, Sampling, Timing,
};
pub use ending::{Written, WrongEnding, check_ending};
pub use file::{UNFINISHED, check_output, place_new, write_output, write_whole};
pub use folder::{Folder, FolderError};
pub use host::host;
pub use json::json;
pub(crate) use numbers::{in_currency, significant};
pub use parquet::{Column, TableReader, TableWriter};
pub use reading::{Document, read_document};
pub use result::{Asked, numbers, result};
pub use schema::{comparison_schema, schema};
pub use statistics::{Statistic, statistics};
pub use table::{PointSummary, bench_table, check_table, compare_table, plain_table, sweep_table, table, trace_table};
pub use tables::{Table, paths as path_table};
pub use terms::{Change, Terms, changes, terms};
pub use text::harmless_lines;
pub use trace::{TraceDocument, trace};
pub use unfinished::{Unfinished, remove_unfinished};
