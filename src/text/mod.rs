//! Numbers and names as people read them.

pub mod clauses;
pub mod conditions;
pub mod harmless;
pub mod numbers;
pub mod titles;
pub mod units;
pub mod words;
