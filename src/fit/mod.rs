//! From a history of prices to a factor: `overhang fit`.
//!
//! ```text
//! CSV, Parquet ─▶ History ─▶ Series (latent values, years) ─▶ Likeliest, criteria ─▶ draws ─▶ Uncertainty ─▶ document, snippet
//! ```
//!
//! [`read`] reads histories, [`fit`] fits a process to one, [`FitsDocument`] has what comes out of one or several.

pub mod bootstrap;
mod checks;
mod correlation;
mod criteria;
mod distribution;
pub mod document;
mod draws;
mod entry;
mod error;
pub mod estimate;
mod fan;
mod fitted;
mod history;
mod model;
mod one;
mod options;
mod snippet;
#[cfg(test)]
mod tests;
mod together;
mod uncertainty;
mod warnings;

pub use checks::Check;
pub use correlation::Copula;
pub use criteria::Criterion;
pub use document::FitsDocument;
pub use draws::{Purpose, Stream};
pub use error::FitError;
pub use fan::{FanPoint, SHARES};
pub use fitted::{Fit, Start};
pub use history::{History, Observation, Table, columns, read, years_between};
pub use model::{Law, Model, Process, Step};
pub use one::fit;
pub use options::{Options, name_of};
pub use snippet::snippet;
pub use together::{Pair, pairs};
pub use uncertainty::{Parameter, Uncertainty};
