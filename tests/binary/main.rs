//! The program as people and scripts run it: commands, files, signals, terminals, stores of sweeps, and input from chance.

#![cfg(unix)]

#[path = "../shared/adapters.rs"]
mod adapters;
mod cli;
mod command;
mod completions;
mod explain;
mod failures;
mod fit;
mod fuzz;
mod library;
mod outputs;
mod signals;
#[path = "../shared/skip.rs"]
mod skip;
mod slurm;
mod sweep;
mod targets;
mod templates;
mod terminal;
#[path = "../shared/toml_json.rs"]
mod toml_json;
mod uncertain;
mod verify;
