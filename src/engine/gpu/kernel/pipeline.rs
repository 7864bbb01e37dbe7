//! A kernel, compiled, and the buffers that it takes.

use std::borrow::Cow;
use std::collections::BTreeSet;

use wgpu::naga::Module;
use wgpu::naga::compact::{KeepUnused, compact};
use wgpu::{Backend, ComputePipeline, Device};

use super::compose;

/// A kernel of a device.
#[derive(Debug, Clone)]
pub struct Kernel {
    pub pipeline: ComputePipeline,
    /// Where it takes a buffer. A kernel that is written out may have no use for one that others of its kind read.
    pub bindings: BTreeSet<u32>,
}

/// Compiles entry points of a module; `checked` kernels check their indices, and ours need not.
pub fn compile<const N: usize>(device: &Device, module: Module, entries: [&str; N], checked: bool) -> [Kernel; N] {
    let bindings = entries.map(|entry| bindings(&module, entry));
    let module = if device.adapter_info().backend == Backend::Dx12 { compose::for_directx(module) } else { module };
    let label = Some(entries[0]);
    let descriptor = wgpu::ShaderModuleDescriptor { label, source: wgpu::ShaderSource::Naga(Cow::Owned(module)) };
    let module = if checked {
        device.create_shader_module(descriptor)
    } else {
        // SAFETY: the kernels index only by sizes that the plan's tables were made with, and all loops end by themselves;
        // the tests run them checked as well.
        unsafe { device.create_shader_module_trusted(descriptor, wgpu::ShaderRuntimeChecks::unchecked()) }
    };
    let mut bindings = bindings.into_iter();
    entries.map(|entry| Kernel {
        pipeline: pipeline(device, &module, entry),
        bindings: bindings.next().expect("there are as many as entries"),
    })
}

/// The bindings that an entry point uses.
pub fn bindings(module: &Module, entry: &str) -> BTreeSet<u32> {
    let mut alone = module.clone();
    alone.entry_points.retain(|point| point.name == entry);
    compact(&mut alone, KeepUnused::No);
    alone.global_variables.iter().filter_map(|(_, variable)| Some(variable.binding?.binding)).collect()
}

fn pipeline(device: &Device, module: &wgpu::ShaderModule, entry: &str) -> ComputePipeline {
    device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(entry),
        layout: None,
        module,
        entry_point: Some(entry),
        compilation_options: wgpu::PipelineCompilationOptions {
            zero_initialize_workgroup_memory: false,
            ..Default::default()
        },
        cache: None,
    })
}
