//! What the program is for, as a library: run, compare, watch over time. Nothing here prints.

pub mod clock;
pub mod compare;
pub mod profile;
pub mod single;
