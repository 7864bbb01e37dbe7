//! The lanes in f32.

use crate::plan::Plan;
pub use crate::plan::single::{Real, Tables, twin};

/// Paths that are computed side by side: one AVX-512 register, two of AVX2.
pub const LANES: usize = 16;

/// A plan's tables in this precision.
pub fn tables(plan: &Plan) -> &Tables {
    &plan.single
}

// the same text in another precision
#[allow(clippy::duplicate_mod)]
#[path = "lanes/mod.rs"]
pub mod lanes;
