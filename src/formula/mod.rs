//! The model's arithmetic as Rust twins of `shaders/formula/*.wgsl` and `shaders/plan.wgsl`, made by `build.rs`.
//!
//! [`single`] is what the shaders compute, in f32. [`double`] is the same text in f64 with the standard library's and
//! statrs' elementary functions, and stays a reference. The kernels take the WGSL itself (see `engine::gpu`).

pub mod double;
mod prelude;
pub mod single;

#[cfg(test)]
mod checks;
