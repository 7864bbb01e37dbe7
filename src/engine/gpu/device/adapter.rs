//! Adapters: what there is, and which one to take.

use wgpu::{Adapter, Backends, Device, DeviceType, Features, Instance, InstanceDescriptor, Limits, Queue};

use super::clock;
use super::report::AdapterReport;
use super::selection::{Selection, VARIABLE};
use crate::engine::contract::EngineError;
use crate::formula::single::RowTotals;
use crate::plan::profile::PROFILE_BINS;

/// What the largest kernels take: see the bindings of shaders/kernel/profile.wgsl and points.wgsl, and the
/// workgroup's variables of shaders/kernel/profile_reduce.wgsl.
const STORAGE_BUFFERS: u32 = 7;
const INVOCATIONS: u32 = 256;
const WORKGROUP_BYTES: u32 = 4 * (PROFILE_BINS as u32 + 1) + 128 * size_of::<RowTotals>() as u32;

/// An adapter of this machine.
pub struct Found {
    pub(in crate::engine::gpu) adapter: Adapter,
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

/// The adapters that this program may see: those that `OVERHANG_ADAPTER` names, in its order, or else all.
pub fn visible() -> Result<Vec<Found>, EngineError> {
    match std::env::var_os(VARIABLE) {
        None => Ok(adapters()),
        Some(names) => confined(adapters(), &names.to_string_lossy()),
    }
}

fn confined(adapters: Vec<Found>, names: &str) -> Result<Vec<Found>, EngineError> {
    let failed =
        |message: String, hint: Option<String>| EngineError { message: format!("{VARIABLE}: {message}"), hint };
    let selection: Selection = names.parse().map_err(|message| {
        failed(message, Some("write it as for --adapter, or unset the variable to use all adapters".into()))
    })?;
    chosen(adapters, &selection).map_err(|error| failed(error.message, error.hint))
}

/// Those of the adapters that are asked for, in the order of asking.
fn chosen(adapters: Vec<Found>, selection: &Selection) -> Result<Vec<Found>, EngineError> {
    let reports: Vec<AdapterReport> = adapters.iter().map(|found| found.report.clone()).collect();
    let mut adapters: Vec<Option<Found>> = adapters.into_iter().map(Some).collect();
    Ok(selection.places(&reports)?.into_iter().filter_map(|place| adapters[place].take()).collect())
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
        address: info.device_pci_bus_id,
        model: [info.vendor, info.device],
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
fn none() -> EngineError {
    EngineError {
        message: "no GPU adapter found".into(),
        hint: Some("install a Vulkan, Metal or DirectX 12 driver, or use --backend cpu".into()),
    }
}

/// The adapters that are asked for, at least one; without a wish one, hardware before software.
pub fn pick(wish: Option<&Selection>) -> Result<Vec<Found>, EngineError> {
    let mut adapters = visible()?;
    if adapters.is_empty() {
        return Err(none());
    }
    match wish {
        None => {
            let index = automatic(&adapters).unwrap_or(0);
            Ok(vec![adapters.swap_remove(index)])
        }
        Some(Selection::All) => Ok(together(adapters)),
        Some(wish) => chosen(adapters, wish),
    }
}

/// All hardware adapters, or all software ones where there are no others. An adapter that two interfaces offer is taken once.
fn together(mut adapters: Vec<Found>) -> Vec<Found> {
    let hardware = adapters.iter().any(|found| found.report.hardware);
    adapters.retain(|found| found.report.hardware == hardware);
    let backend = adapters.first().map(|found| found.report.backend.clone());
    adapters.retain(|found| Some(&found.report.backend) == backend.as_ref());
    adapters
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
            hint: Some("choose another adapter with --adapter, or use --backend cpu".into()),
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
        hint: Some("choose another adapter with --adapter, or use --backend cpu".into()),
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
