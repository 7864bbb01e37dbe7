//! The twins in f64: the reference, with the standard library's and statrs' elementary functions.

use std::sync::LazyLock;

use statrs::distribution::{ContinuousCDF, Normal};

use super::prelude::*;
pub use super::prelude::{max, min, select};

#[inline(always)]
fn fma(a: f64, b: f64, c: f64) -> f64 {
    a * b + c
}

#[inline(always)]
fn sqrt(x: f64) -> f64 {
    x.sqrt()
}

#[inline(always)]
fn exponential(x: f64) -> f64 {
    x.exp()
}

#[inline(always)]
fn logarithm(x: f64) -> f64 {
    x.ln()
}

/// The standard normal quantile at (word + ½)/2³².
pub fn normal_quantile(word: u32) -> f64 {
    static NORMAL: LazyLock<Normal> = LazyLock::new(Normal::standard);
    let upper = word >> 31 == 1;
    let folded = if upper { !word } else { word };
    // taken in the lower tail, where p keeps its digits
    let z = NORMAL.inverse_cdf((f64::from(folded) + 0.5) / 4_294_967_296.0);
    if upper { -z } else { z }
}

/// Whether x is a number: neither infinite nor NaN.
#[inline(always)]
pub fn finite(x: f64) -> bool {
    x.is_finite()
}

/// The bin of y in the quantile sketch: that of y rounded to f32.
#[inline(always)]
pub fn sketch_bin(y: f64) -> u32 {
    super::single::sketch_bin(y as f32)
}

// Generated text follows WGSL's habits, which are not clippy's.
#[allow(clippy::all, non_snake_case, missing_docs)]
mod generated {
    use super::*;
    include!(concat!(env!("OUT_DIR"), "/double.rs"));
}
pub use generated::*;
