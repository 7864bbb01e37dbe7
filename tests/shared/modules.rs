//! The kernels of a plan.

use std::fs;

use naga::Module;
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use overhang::engine::Sampling;
use overhang::engine::gpu::compose::{self, Layout};
use overhang::plan::Plan;
use overhang::plan::profile::Profile;

pub const UNIFORM: Layout = Layout::Flat { uniform_terms: true, uniform_rows: true };
const STORAGE: Layout = Layout::Flat { uniform_terms: false, uniform_rows: false };

/// The scenario files of this repository: those that ship, and the reference cases.
pub fn files() -> Vec<String> {
    let mut files: Vec<String> = ["scenarios", "tests/cases"]
        .into_iter()
        .flat_map(|folder| fs::read_dir(folder).expect("the folder is there"))
        .map(|entry| entry.expect("it can be read").path().display().to_string())
        .filter(|path| path.ends_with(".toml"))
        .collect();
    files.sort();
    files
}

/// All modules of a plan, by name.
pub fn modules(plan: &Plan, profile: &Profile) -> [(&'static str, Module); 12] {
    let observing = compose::observing(plan, profile);
    [
        ("profile, device sampling", compose::profiling(&observing, Sampling::Device, UNIFORM)),
        ("profile, host sampling", compose::profiling(&observing, Sampling::Host, STORAGE)),
        ("profile, nested tables", compose::profiling(&observing, Sampling::Device, Layout::Nested)),
        ("profile, nested tables, host sampling", compose::profiling(&observing, Sampling::Host, Layout::Nested)),
        ("add_rows", compose::add_rows(profile.rows())),
        ("simulate, device sampling", compose::simulate(plan, Sampling::Device, UNIFORM)),
        ("simulate, host sampling", compose::simulate(plan, Sampling::Host, STORAGE)),
        ("sample", compose::sample(plan, UNIFORM, true)),
        ("sample, nested tables", compose::sample(plan, Layout::Nested, false)),
        ("simulate, nested tables", compose::simulate(plan, Sampling::Device, Layout::Nested)),
        ("simulate, nested tables, host sampling", compose::simulate(plan, Sampling::Host, Layout::Nested)),
        ("reduce", compose::reduce(plan)),
    ]
}

/// What naga finds out of a module, which must be valid.
pub fn validate(module: &Module) -> ModuleInfo {
    let mut validator = Validator::new(ValidationFlags::all(), Capabilities::empty());
    validator.validate(module).unwrap_or_else(|error| panic!("{:?}", error.into_inner()))
}
