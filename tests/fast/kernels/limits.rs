//! What kernels take of a device: no more than every WebGPU device has, which are the default limits.

use std::collections::BTreeMap;

use crate::modules::{MODULES, files, modules, validate};
use naga::proc::Layouter;
use naga::{AddressSpace, Module};
use overhang::engine::gpu::compose::{self, Layout};
use overhang::engine::{Sampling, prepare};
use overhang::plan::profile::Profile;

/// What an entry point takes.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Taken {
    storage_buffers: u32,
    uniform_buffers: u32,
    /// Of its largest uniform buffer.
    uniform_bytes: u32,
    workgroup_bytes: u32,
    invocations: u32,
}

impl Taken {
    /// The larger of each.
    fn max(self, other: Taken) -> Taken {
        Taken {
            storage_buffers: self.storage_buffers.max(other.storage_buffers),
            uniform_buffers: self.uniform_buffers.max(other.uniform_buffers),
            uniform_bytes: self.uniform_bytes.max(other.uniform_bytes),
            workgroup_bytes: self.workgroup_bytes.max(other.workgroup_bytes),
            invocations: self.invocations.max(other.invocations),
        }
    }

    /// Whether the device has as much.
    fn fits(self, limits: &wgpu::Limits) -> bool {
        self.storage_buffers <= limits.max_storage_buffers_per_shader_stage
            && self.uniform_buffers <= limits.max_uniform_buffers_per_shader_stage
            && u64::from(self.uniform_bytes) <= limits.max_uniform_buffer_binding_size
            && self.workgroup_bytes <= limits.max_compute_workgroup_storage_size
            && self.invocations <= limits.max_compute_invocations_per_workgroup
    }
}

/// What each entry point of a module takes.
fn taken(module: &Module) -> BTreeMap<String, Taken> {
    let info = validate(module);
    let mut layouter = Layouter::default();
    layouter.update(module.to_ctx()).expect("all types have a size");
    let entries = module.entry_points.iter().enumerate().map(|(index, entry)| {
        let used = info.get_entry_point(index);
        let mut taken = Taken { invocations: entry.workgroup_size.iter().product(), ..Taken::default() };
        for (_, variable) in module.global_variables.iter().filter(|(handle, _)| !used[*handle].is_empty()) {
            let bytes = layouter[variable.ty].size;
            match variable.space {
                AddressSpace::Storage { .. } => taken.storage_buffers += 1,
                AddressSpace::Uniform => {
                    taken.uniform_buffers += 1;
                    taken.uniform_bytes = taken.uniform_bytes.max(bytes);
                }
                // every variable begins at a multiple of 16 bytes
                AddressSpace::WorkGroup => taken.workgroup_bytes += bytes.next_multiple_of(16),
                _ => {}
            }
        }
        (entry.name.clone(), taken)
    });
    entries.collect()
}

#[test]
fn kernels_run_on_every_webgpu_device() {
    let limits = wgpu::Limits::default();
    let mut most = Taken::default();
    for file in files() {
        let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
        let plan = prepare(&loaded.scenario);
        let all = modules(&plan, &Profile::of(&loaded.scenario, &plan));
        assert_eq!(all.len(), MODULES);
        for (name, module) in all {
            for (entry, taken) in taken(&module) {
                assert!(taken.fits(&limits), "{file} {name} {entry}: {taken:?}");
                most = most.max(taken);
            }
        }
    }
    println!("at most {most:?}");
    let limits = wgpu::Limits { max_storage_buffers_per_shader_stage: most.storage_buffers - 1, ..limits };
    assert!(!most.fits(&limits));
}

/// Tables that a uniform buffer has no room for are read from storage buffers.
#[test]
fn tables_that_are_too_large_for_a_uniform_buffer_go_to_storage_buffers() {
    let limits = wgpu::Limits::default();
    for (file, uniform_rows) in [("scenarios/openai.toml", true), ("scenarios/industry.toml", false)] {
        let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
        let plan = prepare(&loaded.scenario);
        let room = limits.max_uniform_buffer_binding_size as usize;
        let (layout, module) = compose::compose(&plan, Sampling::Device, room);
        assert_eq!(layout, Layout::Flat { uniform_terms: true, uniform_rows }, "{file}");
        let taken = taken(&module)["simulate"];
        assert!(taken.fits(&limits), "{file}: {taken:?}");
    }
}
