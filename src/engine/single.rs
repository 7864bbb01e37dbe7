//! The lanes in f32 for all instruction sets but AVX-512, which has its own in `engine::wide`.

use crate::plan::Plan;
pub use crate::plan::single::{Real, Tables, Varied, twin};

/// Paths that are computed side by side: enough vectors for their latencies to overlap, four of AVX2.
pub const LANES: usize = 32;

/// Whether paths without clauses have code of their own, which takes as long to compile as the other.
pub const PLAIN: bool = true;

/// The instruction sets that this is compiled for: AVX-512, and others.
pub const AVX512: bool = false;
pub const OTHERS: bool = true;

/// A plan's tables in this precision.
pub fn tables(plan: &Plan) -> &Tables {
    &plan.single
}

// the same text in another precision: conversions that are none in this one; lanes are indexed, as in the kernels
#[allow(clippy::duplicate_mod, clippy::useless_conversion, clippy::needless_range_loop)]
#[path = "lanes/mod.rs"]
pub mod lanes;
