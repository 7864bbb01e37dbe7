//! The tables in f32: what kernels and lanes read.

pub use crate::formula::single as twin;

/// The precision of this module.
pub type Real = f32;

// the same text in another precision
#[allow(clippy::duplicate_mod)]
#[path = "tables.rs"]
mod tables;
pub use tables::{Tables, Varied};
