//! A run on a device: where factors come from, chunks, what comes home, and what is safe.

mod chunks;
mod engine;
mod factors;
pub mod ledger;
mod profile;
mod readback;
mod session;
mod tables;
