//! The kernels of a plan as WGSL modules.

use overhang::engine::cpu::Sampling;
use overhang::engine::gpu::source::{self, Layout};
use overhang::plan::Plan;
use overhang::plan::course::Course;

pub const UNIFORM: Layout = Layout::Flat { uniform_terms: true, uniform_rows: true };
const STORAGE: Layout = Layout::Flat { uniform_terms: false, uniform_rows: false };

/// All modules of a plan, by name.
pub fn modules(plan: &Plan, course: &Course) -> [(&'static str, String); 12] {
    let watching = source::watching(plan, course);
    [
        ("course, device sampling", source::watch(&watching, Sampling::Device, UNIFORM)),
        ("course, host sampling", source::watch(&watching, Sampling::Host, STORAGE)),
        ("course, nested tables", source::watch(&watching, Sampling::Device, Layout::Nested)),
        ("course, nested tables, host sampling", source::watch(&watching, Sampling::Host, Layout::Nested)),
        ("add_rows", source::add_rows(course.rows())),
        ("simulate, device sampling", source::simulate(plan, Sampling::Device, UNIFORM)),
        ("simulate, host sampling", source::simulate(plan, Sampling::Host, STORAGE)),
        ("sample", source::sample(plan, UNIFORM, true)),
        ("sample, nested tables", source::sample(plan, Layout::Nested, false)),
        ("simulate, nested tables", source::simulate(plan, Sampling::Device, Layout::Nested)),
        ("simulate, nested tables, host sampling", source::simulate(plan, Sampling::Host, Layout::Nested)),
        ("reduce", source::reduce(plan)),
    ]
}

pub fn parse(source: &str) -> naga::Module {
    naga::front::wgsl::parse_str(source).unwrap_or_else(|error| panic!("{}", error.emit_to_string(source)))
}
