//! The fast tier: what needs neither a browser nor Python, Slurm or Node.js, and takes seconds.
//! `cargo test --release --lib --test fast` runs it with the unit tests.

#[path = "../shared/adapters.rs"]
mod adapters;
mod architecture;
mod generator;
mod golden_draws;
mod kernels;
mod library;
#[path = "../shared/modules.rs"]
mod modules;
mod properties;
mod scenario_messages;
mod scenarios;
mod schema;
#[path = "../shared/skip.rs"]
mod skip;
#[path = "../shared/toml_json.rs"]
mod toml_json;
mod trajectories;
mod variants;
