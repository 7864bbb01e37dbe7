//! The tables in f64.

pub use crate::formula::double as twin;

/// The precision of this module.
pub type Real = f64;

// the same text in another precision
#[allow(clippy::duplicate_mod)]
#[path = "tables.rs"]
mod tables;
pub use tables::{Tables, Varied};
