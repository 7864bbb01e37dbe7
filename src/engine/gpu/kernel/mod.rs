//! Kernels: their text for a structure, what they read, and those compiled so far.

pub mod cache;
pub mod compose;
pub mod layout;
mod scalarize;
mod unroll;
