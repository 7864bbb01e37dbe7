//! Adapters: what there is, and which one to take.

use wgpu::{Adapter, Backends, Device, DeviceType, Features, Instance, InstanceDescriptor, Limits, Queue};

use super::clock;
use crate::engine::EngineError;
use crate::formula::single::RowTotals;
use crate::plan::course::COURSE_BINS;

/// What the largest kernels take: see the bindings of shaders/kernel/course.wgsl and the
/// workgroup's variables of shaders/kernel/rows.wgsl.
const STORAGE_BUFFERS: u32 = 7;
const INVOCATIONS: u32 = 256;
const WORKGROUP_BYTES: u32 = 4 * (COURSE_BINS as u32 + 1) + 128 * size_of::<RowTotals>() as u32;

/// An adapter as people see it.
#[derive(Debug, Clone)]
pub struct AdapterReport {
    pub name: String,
    /// Vulkan, Metal, Dx12.
    pub backend: String,
    /// Discrete, integrated, virtual, or software.
    pub kind: String,
    pub driver: String,
    /// Bytes that one binding may have.
    pub binding_bytes: u64,
    /// Storage buffers that a kernel may have.
    pub storage_buffers: u32,
    /// Invocations in a workgroup.
    pub invocations: u32,
    /// Features that matter to kernels.
    pub features: Vec<&'static str>,
    /// Whether it is hardware.
    pub hardware: bool,
}

/// An adapter of this machine.
pub struct Found {
    pub(super) adapter: Adapter,
    pub report: AdapterReport,
}

/// All adapters of this machine. Empty where there is no driver.
pub fn adapters() -> Vec<Found> {
    let mut descriptor = InstanceDescriptor::new_without_display_handle();
    descriptor.backends = Backends::VULKAN | Backends::METAL | Backends::DX12;
    let instance = Instance::new(descriptor);
    let adapters = pollster::block_on(instance.enumerate_adapters(Backends::all()));
    adapters.into_iter().map(|adapter| Found { report: report(&adapter), adapter }).collect()
}

fn report(adapter: &Adapter) -> AdapterReport {
    let (info, limits) = (adapter.get_info(), adapter.limits());
    let (kind, hardware) = match info.device_type {
        DeviceType::DiscreteGpu => ("discrete", true),
        DeviceType::IntegratedGpu => ("integrated", true),
        DeviceType::VirtualGpu => ("virtual", true),
        DeviceType::Cpu => ("software", false),
        DeviceType::Other => ("unknown", false),
    };
    let driver = [info.driver, info.driver_info].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    AdapterReport {
        name: info.name,
        backend: format!("{:?}", info.backend),
        kind: kind.into(),
        driver: driver.join(" "),
        binding_bytes: limits.max_storage_buffer_binding_size,
        storage_buffers: limits.max_storage_buffers_per_shader_stage,
        invocations: limits.max_compute_invocations_per_workgroup,
        features: features(adapter.features()),
        hardware,
    }
}

fn features(of: Features) -> Vec<&'static str> {
    let named = [
        (Features::TIMESTAMP_QUERY, "timestamps"),
        (Features::SUBGROUP, "subgroups"),
        (Features::SHADER_F64, "f64"),
        (Features::SHADER_INT64, "i64"),
    ];
    named.into_iter().filter(|(feature, _)| of.contains(*feature)).map(|(_, name)| name).collect()
}

/// The index of the adapter that `auto` takes: the first discrete one, or else the first hardware one.
pub fn automatic(adapters: &[Found]) -> Option<usize> {
    let discrete = adapters.iter().position(|found| found.report.kind == "discrete");
    discrete.or_else(|| adapters.iter().position(|found| found.report.hardware))
}

/// That there is no adapter at all.
pub(super) fn none() -> EngineError {
    EngineError {
        message: "no GPU adapter was found".into(),
        hint: Some("install a Vulkan, Metal or DirectX 12 driver, or take --backend cpu".into()),
    }
}

/// Picks an adapter by its number in the list or a part of its name; without a wish, hardware before software.
pub fn pick(wish: Option<&str>) -> Result<Found, EngineError> {
    let mut adapters = adapters();
    if adapters.is_empty() {
        return Err(none());
    }
    let index = match wish {
        None => automatic(&adapters).unwrap_or(0),
        Some(wish) => named(&adapters, wish)?,
    };
    Ok(adapters.swap_remove(index))
}

fn named(adapters: &[Found], wish: &str) -> Result<usize, EngineError> {
    let by_number = wish.parse::<usize>().ok().filter(|&index| index < adapters.len());
    let by_name = || adapters.iter().position(|found| found.report.name.to_lowercase().contains(&wish.to_lowercase()));
    by_number.or_else(by_name).ok_or_else(|| {
        let names: Vec<String> =
            adapters.iter().enumerate().map(|(index, found)| format!("{index} {}", found.report.name)).collect();
        EngineError {
            message: format!("no adapter is called `{wish}`"),
            hint: Some(format!("there are: {}; see `overhang devices`", names.join(", "))),
        }
    })
}

/// What kernels need and the adapter does not have, in words.
fn lacking(limits: &Limits) -> Option<String> {
    let needs = [
        ("storage buffers in a kernel", STORAGE_BUFFERS, limits.max_storage_buffers_per_shader_stage),
        ("invocations in a workgroup", INVOCATIONS, limits.max_compute_invocations_per_workgroup),
        ("bytes of workgroup memory", WORKGROUP_BYTES, limits.max_compute_workgroup_storage_size),
    ];
    let lacks = needs.into_iter().filter(|(_, needed, has)| has < needed);
    let lacks: Vec<String> = lacks.map(|(what, needed, has)| format!("{needed} {what} (it has {has})")).collect();
    (!lacks.is_empty()).then(|| lacks.join(", "))
}

/// Opens a device on an adapter with all the room that it offers.
pub(super) fn open(adapter: &Adapter) -> Result<(Device, Queue), EngineError> {
    if let Some(lacks) = lacking(&adapter.limits()) {
        return Err(EngineError {
            message: format!("the adapter `{}` lacks {lacks}", adapter.get_info().name),
            hint: Some("choose another one with --adapter, or take --backend cpu".into()),
        });
    }
    let descriptor = wgpu::DeviceDescriptor {
        label: Some("overhang"),
        required_features: adapter.features() & clock::FEATURES,
        required_limits: adapter.limits(),
        ..Default::default()
    };
    pollster::block_on(adapter.request_device(&descriptor)).map_err(|error| EngineError {
        message: format!("the adapter `{}` could not be opened: {error}", adapter.get_info().name),
        hint: Some("choose another one with --adapter, or take --backend cpu".into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_adapter_lacks_is_said() {
        assert_eq!(lacking(&Limits::default()), None, "what every adapter of WebGPU has is enough");
        let small = Limits { max_compute_invocations_per_workgroup: 128, ..Limits::default() };
        assert_eq!(lacking(&small).as_deref(), Some("256 invocations in a workgroup (it has 128)"));
        let bare = Limits { max_storage_buffers_per_shader_stage: 4, ..small };
        let said = lacking(&bare).expect("it lacks two things");
        assert!(said.starts_with("7 storage buffers in a kernel (it has 4), 256 "), "{said}");
    }
}
