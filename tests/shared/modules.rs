//! The kernels of a plan.

use std::fs;

use naga::Module;
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use overhang::engine::Sampling;
use overhang::engine::gpu::compose::{self, Layout};
use overhang::plan::Plan;
use overhang::plan::points::ClauseWords;
use overhang::plan::profile::Profile;

const STORAGE: Layout = Layout::Flat { uniform_terms: false, uniform_rows: false };

/// The forms that a kernel has, by how it reads the plan's tables: as lists in uniform buffers as far as every device has
/// room for them there, as lists in storage buffers, and nested.
fn forms(plan: &Plan) -> [(&'static str, Layout); 3] {
    let room = wgpu::Limits::default().max_uniform_buffer_binding_size as usize;
    let (terms, rows) = overhang::engine::gpu::layout::table_bytes(plan, true);
    let flat = Layout::Flat { uniform_terms: terms <= room, uniform_rows: rows <= room };
    [("flat", flat), ("storage", STORAGE), ("nested", Layout::Nested)]
}

/// The modules that [`modules`] gives of every plan.
pub const MODULES: usize = 3 * 7 + 2;

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

/// All modules of a plan, by name: `simulate` and `profile` in every form with factors drawn on the device and given by the
/// host, `sample` in every form with and without the chain's states and of quasi-random points, and the reductions.
pub fn modules(plan: &Plan, profile: &Profile) -> Vec<(String, Module)> {
    let observing = compose::observing(plan, profile);
    let mut modules = Vec::with_capacity(MODULES);
    // what the kernel is made of does not depend on how the points are spent
    let mut points = plan.clone();
    points.structure.counts.points = 1;
    points.structure.counts.clause_words = ClauseWords::of(plan).count() as u32;
    for (form, layout) in forms(plan) {
        for (sampling, how) in [("device", Sampling::Device), ("host", Sampling::Host)] {
            modules.push((format!("simulate-{sampling}-{form}"), compose::simulate(plan, how, layout)));
            modules.push((format!("profile-{sampling}-{form}"), compose::profiling(&observing, how, layout)));
        }
        modules.push((format!("sample-{form}"), compose::sample(plan, layout, false)));
        modules.push((format!("sample-states-{form}"), compose::sample(plan, layout, true)));
        modules.push((format!("sample-points-{form}"), compose::sample(&points, layout, true)));
    }
    modules.push(("reduce".into(), compose::reduce(plan)));
    modules.push(("add_rows".into(), compose::add_rows(profile.rows())));
    modules
}

/// What naga finds out of a module, which must be valid.
pub fn validate(module: &Module) -> ModuleInfo {
    let mut validator = Validator::new(ValidationFlags::all(), Capabilities::empty());
    validator.validate(module).unwrap_or_else(|error| panic!("{:?}", error.into_inner()))
}
