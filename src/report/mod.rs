//! Result → what people look at: tables for terminals, pages, pictures. Each is made from documents alone.

pub mod chart;
mod numbers;
pub mod page;
pub mod pictures;
mod table;
mod targets;

pub use table::{PointSummary, bench_table, check_table, compare_table, plain_table, sweep_table, table, trace_table};
