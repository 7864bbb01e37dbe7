//! Engines: plans → tallies. All engines compute the same paths from the same plan and draws.

pub mod chance;
mod contract;
pub mod cpu;
pub mod double;
pub mod forecast;
pub mod gpu;
mod group;
mod instructions;
pub mod parity;
pub mod pilot;
mod points;
pub mod resolution;
pub mod score;
pub mod select;
pub mod single;
pub mod trace;
pub mod trajectory_source;
#[cfg(target_arch = "x86_64")]
mod wide;

pub(crate) use contract::locked;
pub use contract::{
    BLOCK, Draws, Engine, EngineError, Group, PathValues, Precision, Progress, Sampling, Share, Stages, empty_tally,
};
pub use group::{tally_each, tally_scrambles};
pub use instructions::Instructions;
pub use pilot::{Pilot, common_frames, prepare, prepare_first, prepare_near, prepare_points, prepare_profile};
