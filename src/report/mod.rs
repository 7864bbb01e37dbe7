//! Result → each output format, one file per format. A format is made from the [`ResultDocument`] alone.

mod bench;
mod check;
mod document;
mod folder;
mod json;
mod parquet;
mod result;
mod schema;
mod table;
mod tables;
#[cfg(test)]
mod testing;
mod trace;

pub use bench::{BenchDocument, Contender, Machine, Spread};
pub use check::{CheckDocument, check};
pub use document::{
    AdapterShare, ContractFigure, Figure, InvalidPaths, Occurrence, Provenance, ResultDocument, RunInfo,
    SCHEMA_VERSION, Sampling, Timing,
};
pub use folder::{Folder, FolderError};
pub use json::json;
pub use parquet::{Column, TableWriter};
pub use result::{Asked, result};
pub use schema::schema;
pub use table::{bench_table, check_table, table, trace_table};
pub use tables::paths as path_table;
pub use trace::{TraceDocument, trace};
