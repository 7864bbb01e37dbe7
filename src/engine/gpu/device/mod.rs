//! The device: adapters and which to take, an open one and its faults, buffers, timestamps.

pub mod adapter;
pub mod buffers;
pub mod clock;
pub mod context;
pub mod report;
pub mod selection;
