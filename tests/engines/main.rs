//! The engines against each other, against the specification and against themselves, on every adapter of this machine.

#[path = "../shared/adapters.rs"]
mod adapters;
mod dawn;
mod extremes;
mod faults;
mod groups;
mod many;
#[path = "../shared/modules.rs"]
mod modules;
mod parity;
mod points;
mod profile;
#[path = "../shared/skip.rs"]
mod skip;

use overhang::plan::Plan;

/// The plan of a scenario file.
fn plan(file: &str) -> Plan {
    let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
    overhang::engine::prepare(&loaded.scenario)
}
