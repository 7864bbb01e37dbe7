//! The engines against each other, against the specification and against themselves, on every adapter of this machine.

#[path = "../shared/adapters.rs"]
mod adapters;
mod courses;
mod extremes;
mod faults;
mod groups;
mod kernels;
mod many;
mod parity;
mod properties;
#[path = "../shared/skip.rs"]
mod skip;

use overhang::plan::Plan;

/// The plan of a scenario file.
fn plan(file: &str) -> Plan {
    let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
    overhang::engine::prepare(&loaded.scenario)
}
