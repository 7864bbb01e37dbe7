//! A kernel as HLSL, as wgpu hands it to the compilers of DirectX.

use naga::back::hlsl::{self, ShaderModel};
use naga::valid::ModuleInfo;
use naga::{AddressSpace, Module, ShaderStage, StorageAccess};

/// The text of an entry point and its name there. Bounds checks, zeroed workgroup memory and guards of loops are off, as
/// `src/engine/gpu/kernel/pipeline.rs` has them.
pub fn hlsl(module: &Module, info: &ModuleInfo, entry: &str, shader_model: ShaderModel) -> (String, String) {
    let options = hlsl::Options {
        shader_model,
        binding_map: registers(module, info, entry),
        fake_missing_bindings: false,
        zero_initialize_workgroup_memory: false,
        restrict_indexing: false,
        force_loop_bounding: false,
        mesh_shader_primitive_indices_clamp: false,
        ray_query_initialization_tracking: false,
        ..Default::default()
    };
    let stage = (ShaderStage::Compute, entry.to_string());
    let pipeline = hlsl::PipelineOptions { entry_point: Some(stage) };
    let mut text = String::new();
    let mut writer = hlsl::Writer::new(&mut text, &options, &pipeline);
    let mut written = writer.write(module, info, None).unwrap_or_else(|error| panic!("{entry}: {error}"));
    let name = written.entry_point_names.pop().expect("one was asked for");
    (text, name.unwrap_or_else(|error| panic!("{entry}: {error}")))
}

/// Registers by class and binding of what the entry point uses, which is how an automatic layout has them.
fn registers(module: &Module, info: &ModuleInfo, entry: &str) -> hlsl::BindingMap {
    let index = module.entry_points.iter().position(|point| point.name == entry).expect("the module has it");
    let used = info.get_entry_point(index);
    let used = module.global_variables.iter().filter(|(handle, _)| !used[*handle].is_empty());
    let mut bound: Vec<_> = used.filter_map(|(_, variable)| Some((variable.binding?, variable.space))).collect();
    bound.sort_by_key(|(binding, _)| binding.binding);
    let (mut uniform, mut read, mut written) = (0, 0, 0);
    let register = |(binding, space)| {
        let next = match space {
            AddressSpace::Uniform => &mut uniform,
            AddressSpace::Storage { access } if access.contains(StorageAccess::STORE) => &mut written,
            _ => &mut read,
        };
        let target = hlsl::BindTarget { register: *next, ..Default::default() };
        *next += 1;
        (binding, target)
    };
    bound.into_iter().map(register).collect()
}
