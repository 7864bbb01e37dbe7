//! The lanes in f32 for AVX-512, whose registers are twice as many and twice as wide as those of AVX2.

use crate::plan::Plan;
pub use crate::plan::single::{Real, Tables, Varied, twin};

/// Paths that are computed side by side: four vectors, as elsewhere.
pub const LANES: usize = 64;

/// Jumps whose normals are computed at once.
pub const JUMPS: usize = 16;

/// Whether paths without clauses have code of their own.
pub const PLAIN: bool = true;

/// The instruction sets that this is compiled for: AVX-512, and others.
pub const AVX512: bool = true;
pub const OTHERS: bool = false;

/// A plan's tables in this precision.
pub fn tables(plan: &Plan) -> &Tables {
    &plan.single
}

// the same text in another width: conversions that are none in this precision; lanes are indexed, as in the kernels; what only
// other widths are used for is not
#[allow(clippy::duplicate_mod, clippy::useless_conversion, clippy::needless_range_loop, dead_code, unused_imports)]
#[path = "lanes/mod.rs"]
pub mod lanes;
