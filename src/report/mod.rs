//! Result → what people look at: tables for terminals, pages, pictures. Each is made from documents alone.

mod answer;
mod bench;
pub mod chart;
mod differences;
mod fit;
mod numbers;
pub mod page;
pub mod pictures;
mod sensitivity;
mod sweep;
mod table;
mod targets;
mod uncertainty;

pub use table::{
    PointSummary, bench_table, check_table, compare_table, fit_table, plain_table, sensitivity_table, sweep_table,
    table, trace_table, verified_table,
};
