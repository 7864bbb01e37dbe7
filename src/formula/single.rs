//! The twins in f32: the arithmetic of the kernels and of the CPU engine's lanes.

use super::prelude::*;
pub use super::prelude::{max, min, select};

#[inline(always)]
fn fma(a: f32, b: f32, c: f32) -> f32 {
    a.mul_add(b, c)
}

#[inline(always)]
fn sqrt(x: f32) -> f32 {
    x.sqrt()
}

// Generated text follows WGSL's habits, which are not clippy's.
#[allow(clippy::all, non_snake_case, missing_docs)]
mod generated {
    use super::*;
    include!(concat!(env!("OUT_DIR"), "/single.rs"));
}
pub use generated::*;
