//! What the program is for, as a library: run, compare, watch over time. Nothing here prints.

mod builder;
pub mod clock;
pub mod compare;
pub mod profile;
pub mod single;

pub use builder::{Finished, RunBuilder, USUAL_PATHS, USUAL_SEED};
