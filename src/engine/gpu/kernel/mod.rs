//! Kernels: their modules for a structure, what they read, and those compiled so far.

pub mod cache;
pub mod compose;
pub mod constants;
pub mod layout;
mod passes;
pub mod pipeline;
pub mod points;
