//! The lanes in f32 for AVX-512, whose registers are twice as many and twice as wide as those of AVX2.

pub use super::single::{PLAIN, Real, Tables, Varied, tables, twin};

/// Paths that are computed side by side: four vectors, as elsewhere.
pub const LANES: usize = 64;

/// The instruction sets that this is compiled for: AVX-512, and others.
pub const AVX512: bool = true;
pub const OTHERS: bool = false;

// the same text in another width: conversions that are none in this precision; lanes are indexed, as in the kernels; what only
// other widths are used for is not
#[allow(clippy::duplicate_mod, clippy::useless_conversion, clippy::needless_range_loop, dead_code, unused_imports)]
#[path = "lanes/mod.rs"]
pub mod lanes;
