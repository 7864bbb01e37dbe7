//! The CPU engine: lanes × threads, in f32, or in f64 as a reference.

mod engine;
mod workers;

pub use engine::traces;
pub use workers::CpuEngine;
