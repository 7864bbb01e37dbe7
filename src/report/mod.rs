//! Result → each output format, one file per format. A format is made from the [`ResultDocument`] alone.

mod document;
mod json;
mod result;
mod table;
#[cfg(test)]
mod testing;

pub use document::{
    ContractFigure, Figure, InvalidPaths, Occurrence, Provenance, ResultDocument, RunInfo, SCHEMA_VERSION, Sampling,
    Timing,
};
pub use json::json;
pub use result::{Asked, result};
pub use table::table;
