//! Kernels and tables as plain data, for devices that others open, such as those of a browser. No device is opened here.

use wgpu::Limits;
use wgpu::naga::Module;
use wgpu::naga::back::wgsl;
use wgpu::naga::valid::{Capabilities, ValidationFlags, Validator};

use super::kernel::compose::{self, Layout, WORKGROUP};
use super::kernel::constants::Constants;
use super::kernel::layout;
use super::kernel::pipeline;
use crate::engine::contract::Sampling;
use crate::plan::Plan;

/// A kernel that draws and settles paths, one to an invocation, for any device with WebGPU's default limits and no features.
///
/// It reads and writes the buffers of `shaders/kernel/bindings.wgsl`: the plan's tables at 0 and 1, `ChunkTerms` at 2, figures by
/// slot and path at 3, times by place and path at 4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedKernel {
    /// WGSL with the entry point `simulate`.
    pub code: String,
    /// Where it takes a buffer.
    pub bindings: Vec<u32>,
    /// Invocations in a workgroup.
    pub workgroup: u32,
}

/// A plan's tables, as its kernel reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedPlan {
    /// Its kernel's place among those exported.
    pub kernel: usize,
    /// What lies at binding 0.
    pub terms: Vec<u8>,
    /// What lies at binding 1.
    pub rows: Vec<u8>,
}

/// Kernels of several plans: those of the same structure share one.
#[derive(Debug, Default)]
pub struct Exports {
    pub kernels: Vec<ExportedKernel>,
    /// By kernel: what shapes it, and how it reads its tables.
    shapes: Vec<(Constants, Layout)>,
}

impl Exports {
    /// Adds a plan, and its kernel unless that is there. The kernel draws independent paths.
    ///
    /// # Panics
    /// If the plan has quasi-random points, or sources that are drawn anew, which this kernel does not have.
    pub fn add(&mut self, plan: &Plan) -> ExportedPlan {
        assert!(
            plan.points.is_none() && plan.anew.is_empty(),
            "the kernel draws independent paths from one stream each"
        );
        let constants = compose::constants(plan);
        let known = self.shapes.iter().position(|(shape, _)| *shape == constants);
        let kernel = known.unwrap_or_else(|| {
            let room = Limits::default().max_uniform_buffer_binding_size as usize;
            let (layout, module) = compose::compose(plan, Sampling::Device, room);
            let bindings = pipeline::bindings(&module, "simulate").into_iter().collect();
            self.kernels.push(ExportedKernel { code: text(&module), bindings, workgroup: WORKGROUP });
            self.shapes.push((constants, layout));
            self.kernels.len() - 1
        });
        let is_flat = self.shapes[kernel].1.is_flat();
        ExportedPlan { kernel, terms: layout::terms(plan), rows: layout::rows(plan, is_flat) }
    }

    /// Takes back all kernels but the first `count`.
    pub fn forget(&mut self, count: usize) {
        self.kernels.truncate(count);
        self.shapes.truncate(count);
    }
}

/// A module as WGSL.
///
/// # Panics
/// If it were not valid: the kernels are part of this program, and tests write all of them.
fn text(module: &Module) -> String {
    let info = Validator::new(ValidationFlags::all(), Capabilities::empty()).validate(module);
    let info = info.unwrap_or_else(|error| panic!("{:?}", error.into_inner()));
    wgsl::write_string(module, &info, wgsl::WriterFlags::empty()).unwrap_or_else(|error| panic!("{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(file: &str) -> Plan {
        let loaded = crate::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
        Plan::lower(&loaded.scenario)
    }

    #[test]
    fn plans_of_one_structure_share_a_kernel() {
        let mut exports = Exports::default();
        let (aws, start) = (plan("scenarios/aws-38b.toml"), plan("docs/examples/start.toml"));
        let mut other = aws.clone();
        other.single.common.start_state += 1;
        let exported = [&aws, &start, &other].map(|plan| exports.add(plan));
        assert_eq!(exported.each_ref().map(|one| one.kernel), [0, 1, 0]);
        assert_eq!(exports.kernels.len(), 2);
        assert!(exported[0].terms != exported[2].terms && exported[0].rows == exported[2].rows);
    }

    /// Storage buffers of a stage and invocations of a workgroup that every WebGPU device has.
    #[test]
    fn kernels_keep_to_default_limits() {
        let limits = Limits::default();
        for file in ["scenarios/industry.toml", "tests/cases/part-two.toml"] {
            let mut exports = Exports::default();
            exports.add(&plan(file));
            let [kernel] = &exports.kernels[..] else { panic!("one kernel") };
            let storage = kernel.code.matches("var<storage").count() as u32;
            assert!(storage <= limits.max_storage_buffers_per_shader_stage, "{file}: {storage}");
            assert!(kernel.workgroup <= limits.max_compute_invocations_per_workgroup);
            assert!(!kernel.code.contains("</") && !kernel.code.contains("<!--"), "{file}: a page could not carry it");
        }
    }
}
