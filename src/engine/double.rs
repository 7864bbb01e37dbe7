//! The lanes in f64: the reference.

use crate::plan::Plan;
pub use crate::plan::double::{Real, Tables, Varied, twin};

/// Paths that are computed side by side: enough vectors for their latencies to overlap, four of AVX2.
pub const LANES: usize = 16;

/// Whether paths without clauses have code of their own. The reference does without, for the sake of build time.
pub const PLAIN: bool = false;

/// The instruction sets that this is compiled for: AVX-512, with which paths took 1.1 times as long, and others.
pub const AVX512: bool = false;
pub const OTHERS: bool = true;

/// A plan's tables in this precision.
pub fn tables(plan: &Plan) -> &Tables {
    &plan.double
}

// the same text in another precision: conversions that are none in this one; lanes are indexed, as in the kernels
#[allow(clippy::duplicate_mod, clippy::useless_conversion, clippy::needless_range_loop)]
#[path = "lanes/mod.rs"]
pub mod lanes;
