//! Numbers and names as people read them.

pub mod clauses;
pub mod harmless;
pub mod numbers;
pub mod units;
