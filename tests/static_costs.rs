//! What kernels cost on AMD's RDNA2 and RDNA3, by Mesa's compiler, which needs no GPU for it: its driver makes a null device
//! of a family and tells of each pipeline its instructions, registers and throughput. `benches/static_costs.tsv` is the
//! record; `OVERHANG_RECORD=1 cargo test --release --test static_costs` writes it anew.
//!
//! In a program of its own, because it chooses driver and family by environment variables of the process.

#[path = "shared/skip.rs"]
mod skip;

use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
use std::fmt::Write as _;
use std::{env, fs};

use ash::vk;
use overhang::engine::gpu::compose;
use overhang::engine::{Sampling, prepare};
use overhang::plan::profile::Profile;
use skip::{say, skip};

const RECORD: &str = "benches/static_costs.tsv";
/// RDNA2 and RDNA3, as `RADV_FORCE_FAMILY` names them.
const FAMILIES: [&str; 2] = ["navi21", "gfx1100"];
/// Scenarios whose kernels have a budget; the others are recorded.
const BUDGETED: [&str; 4] = ["aws-38b", "one-lab", "peers/openai", "openai"];
const OTHERS: [&str; 7] =
    ["two-labs", "part-two", "anthropic", "google-deepmind", "meta", "openai-balanced", "industry"];
/// Scenarios with more state to a path than a GPU has registers for it.
const LARGE: [&str; 2] = ["part-two", "industry"];
/// By how much a cost may be above its record.
const TOLERANCE: f64 = 1.02;
/// Statistics kept, as the driver and as the record name them.
const KEPT: [(&str, &str); 9] = [
    ("Instructions", "instructions"),
    ("Code size", "code_bytes"),
    ("SGPRs", "sgprs"),
    ("VGPRs", "vgprs"),
    ("Spilled SGPRs", "spilled_sgprs"),
    ("Spilled VGPRs", "spilled_vgprs"),
    ("Scratch size", "scratch_bytes"),
    ("Subgroups per SIMD", "subgroups_per_simd"),
    ("Inverse Throughput", "inverse_throughput"),
];
/// Uniform buffers of AMD's devices are as large as any buffer.
const UNIFORM_ROOM: usize = 1 << 30;

type Costs = BTreeMap<&'static str, u64>;
/// Costs by family, scenario and kernel.
type Table = BTreeMap<[String; 3], Costs>;

#[test]
fn kernels_keep_to_their_budgets() {
    let icds = fs::read_dir("/usr/share/vulkan/icd.d").into_iter().flatten().flatten().map(|entry| entry.path());
    let Some(icd) = icds.into_iter().find(|path| path.to_string_lossy().contains("radeon")) else {
        return skip("static costs", "Mesa's radeon driver is not installed", "OVERHANG_REQUIRE_GPU");
    };
    let mut driver = String::new();
    let mut found = Table::new();
    for family in FAMILIES {
        // SAFETY: the only test of this program, and it has not started a thread.
        unsafe {
            env::set_var("VK_ICD_FILENAMES", &icd);
            env::set_var("RADV_FORCE_FAMILY", family);
        }
        let compiler = Compiler::open();
        driver.clone_from(&compiler.driver);
        for scenario in BUDGETED.into_iter().chain(OTHERS) {
            for (kernel, costs) in compiler.scenario(scenario) {
                found.insert([family.into(), scenario.into(), kernel.into()], costs);
            }
        }
    }
    let spilling = found.iter().filter(|(key, costs)| !LARGE.contains(&key[1].as_str()) && spills(costs));
    let spilling: Vec<_> = spilling.map(|(key, _)| key.join(" ")).collect();
    assert!(spilling.is_empty(), "registers are spilled, or scratch memory is used, in {spilling:?}");
    if env::var_os("OVERHANG_RECORD").is_some() {
        fs::write(RECORD, written(&driver, &found)).expect("benches/ is writable");
    }
    compare(&driver, &found);
}

fn spills(costs: &Costs) -> bool {
    ["spilled_sgprs", "spilled_vgprs", "scratch_bytes"].iter().any(|name| costs[name] > 0)
}

/// Holds the costs against the record, if it is of this driver, and otherwise tells of the differences.
fn compare(driver: &str, found: &Table) {
    let record = fs::read_to_string(RECORD).expect("the record is in the repository");
    let mut lines = record.lines();
    let recorded_driver =
        lines.next().and_then(|line| line.strip_prefix("# ")).expect("the first line names the driver");
    let column = |name: &str| 3 + KEPT.iter().position(|(_, kept)| *kept == name).expect("is kept");
    let (mut compared, mut dearer) = (0, Vec::new());
    for line in lines.skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let key = [cells[0], cells[1], cells[2]].map(String::from);
        let Some(costs) = found.get(&key) else { panic!("{} is recorded and was not found", key.join(" ")) };
        compared += 1;
        for name in ["instructions", "inverse_throughput"] {
            let before: u64 = cells[column(name)].parse().expect("a number");
            if costs[name] as f64 > before as f64 * TOLERANCE && BUDGETED.contains(&cells[1]) {
                dearer.push(format!("{}: {name} {before} → {}", key.join(" "), costs[name]));
            }
        }
    }
    assert_eq!(compared, found.len(), "kernels are missing in {RECORD}: OVERHANG_RECORD=1 writes it anew");
    if recorded_driver == driver {
        assert!(
            dearer.is_empty(),
            "dearer than recorded: {dearer:#?}\nif that is wanted, OVERHANG_RECORD=1 records it"
        );
    } else {
        say(&format!("{driver}, and the record is of {recorded_driver}: not compared; dearer would be {dearer:#?}"));
    }
}

fn written(driver: &str, table: &Table) -> String {
    let mut text = format!("# {driver}\nfamily\tscenario\tkernel");
    KEPT.iter().for_each(|(_, name)| write!(text, "\t{name}").expect("a String takes all"));
    for (key, costs) in table {
        write!(text, "\n{}", key.join("\t")).expect("a String takes all");
        KEPT.iter().for_each(|(_, name)| write!(text, "\t{}", costs[name]).expect("a String takes all"));
    }
    text + "\n"
}

/// A null device that compiles.
struct Compiler {
    device: ash::Device,
    statistics: ash::khr::pipeline_executable_properties::Device,
    driver: String,
    instance: ash::Instance,
    _entry: ash::Entry,
}

impl Compiler {
    fn open() -> Self {
        // SAFETY: Vulkan as its specification has it: everything made here lives until `drop` in reverse order.
        unsafe {
            let entry = ash::Entry::load().expect("a Vulkan loader");
            let application = vk::ApplicationInfo::default().api_version(vk::API_VERSION_1_3);
            let info = vk::InstanceCreateInfo::default().application_info(&application);
            let instance = entry.create_instance(&info, None).expect("an instance");
            let physical = instance.enumerate_physical_devices().expect("devices")[0];
            let mut driver = vk::PhysicalDeviceDriverProperties::default();
            let mut properties = vk::PhysicalDeviceProperties2::default().push_next(&mut driver);
            instance.get_physical_device_properties2(physical, &mut properties);
            let driver = text(&driver.driver_info);
            let queues = [vk::DeviceQueueCreateInfo::default().queue_priorities(&[1.0])];
            let extensions = [ash::khr::pipeline_executable_properties::NAME.as_ptr()];
            let mut told =
                vk::PhysicalDevicePipelineExecutablePropertiesFeaturesKHR::default().pipeline_executable_info(true);
            let info = vk::DeviceCreateInfo::default()
                .queue_create_infos(&queues)
                .enabled_extension_names(&extensions)
                .push_next(&mut told);
            let device = instance.create_device(physical, &info, None).expect("a null device");
            let statistics = ash::khr::pipeline_executable_properties::Device::new(&instance, &device);
            Compiler { device, statistics, driver, instance, _entry: entry }
        }
    }

    /// The costs of a scenario's kernels by name.
    fn scenario(&self, name: &str) -> Vec<(&'static str, Costs)> {
        let files = ["scenarios", "tests/cases", "benches"].map(|folder| format!("{folder}/{name}.toml"));
        let file = files.iter().find(|file| fs::exists(file).is_ok_and(|there| there)).expect("a scenario");
        let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
        let plan = prepare(&loaded.scenario);
        let profile = Profile::of(&loaded.scenario, &plan);
        let simulate = |sampling| compose::compose(&plan, sampling, UNIFORM_ROOM).1;
        let watch = |sampling| compose::compose_profile(&plan, &profile, sampling, UNIFORM_ROOM).1;
        [
            ("simulate_device", "simulate", simulate(Sampling::Device)),
            ("simulate_host", "simulate", simulate(Sampling::Host)),
            ("classify", "classify", compose::reduce(&plan)),
            ("reduce", "reduce", compose::reduce(&plan)),
            ("profile_device", "profile", watch(Sampling::Device)),
            ("profile_host", "profile", watch(Sampling::Host)),
            ("qualify", "qualify", compose::reduce(&plan)),
            ("add_rows", "add_rows", compose::add_rows(profile.rows())),
        ]
        .map(|(name, entry, module)| (name, self.costs(&module, entry)))
        .into()
    }

    fn costs(&self, module: &naga::Module, entry: &str) -> Costs {
        let (words, bindings) = spirv(module, entry);
        let entry = CString::new(entry).expect("no zero byte");
        // SAFETY: as in `open`; the SPIR-V was validated by naga.
        unsafe {
            let info = vk::DescriptorSetLayoutCreateInfo::default().bindings(&bindings);
            let set = self.device.create_descriptor_set_layout(&info, None).expect("a layout");
            let sets = [set];
            let info = vk::PipelineLayoutCreateInfo::default().set_layouts(&sets);
            let layout = self.device.create_pipeline_layout(&info, None).expect("a layout");
            let info = vk::ShaderModuleCreateInfo::default().code(&words);
            let module = self.device.create_shader_module(&info, None).expect("a module");
            let stage = vk::PipelineShaderStageCreateInfo::default()
                .stage(vk::ShaderStageFlags::COMPUTE)
                .module(module)
                .name(&entry);
            let info = vk::ComputePipelineCreateInfo::default()
                .flags(vk::PipelineCreateFlags::CAPTURE_STATISTICS_KHR)
                .stage(stage)
                .layout(layout);
            let made = self.device.create_compute_pipelines(vk::PipelineCache::null(), &[info], None);
            let pipeline = made.expect("a pipeline")[0];
            let info = vk::PipelineExecutableInfoKHR::default().pipeline(pipeline);
            let told = self.statistics.get_pipeline_executable_statistics(&info).expect("statistics");
            self.device.destroy_pipeline(pipeline, None);
            self.device.destroy_shader_module(module, None);
            self.device.destroy_pipeline_layout(layout, None);
            self.device.destroy_descriptor_set_layout(set, None);
            let value = |name: &str| {
                let one = told.iter().find(|one| text(&one.name) == name);
                one.unwrap_or_else(|| panic!("the driver does not tell of {name}")).value.u64
            };
            KEPT.into_iter().map(|(driver, kept)| (kept, value(driver))).collect()
        }
    }
}

impl Drop for Compiler {
    fn drop(&mut self) {
        // SAFETY: what was made on them is gone.
        unsafe {
            self.device.destroy_device(None);
            self.instance.destroy_instance(None);
        }
    }
}

/// The SPIR-V of an entry point, as wgpu has it made for trusted modules, and its bindings.
fn spirv(module: &naga::Module, entry: &str) -> (Vec<u32>, Vec<vk::DescriptorSetLayoutBinding<'static>>) {
    use naga::back::spv;
    use naga::valid::{Capabilities, ValidationFlags, Validator};
    let info =
        Validator::new(ValidationFlags::all(), Capabilities::empty()).validate(module).expect("the kernels are valid");
    let options = spv::Options {
        lang_version: (1, 4),
        flags: spv::WriterFlags::empty(),
        zero_initialize_workgroup_memory: spv::ZeroInitializeWorkgroupMemoryMode::None,
        force_loop_bounding: false,
        ..Default::default()
    };
    let chosen = spv::PipelineOptions { shader_stage: naga::ShaderStage::Compute, entry_point: entry.into() };
    let words = spv::write_vec(module, &info, &options, Some(&chosen)).expect("SPIR-V");
    let bindings = module.global_variables.iter().filter_map(|(_, variable)| {
        let kind = match variable.space {
            naga::AddressSpace::Uniform => vk::DescriptorType::UNIFORM_BUFFER,
            _ => vk::DescriptorType::STORAGE_BUFFER,
        };
        let binding = variable.binding.as_ref()?.binding;
        let layout = vk::DescriptorSetLayoutBinding::default().binding(binding).descriptor_type(kind);
        Some(layout.descriptor_count(1).stage_flags(vk::ShaderStageFlags::COMPUTE))
    });
    (words, bindings.collect())
}

/// A name that the driver tells.
fn text(characters: &[std::ffi::c_char]) -> String {
    // SAFETY: the driver ends its names with a zero.
    unsafe { CStr::from_ptr(characters.as_ptr()) }.to_string_lossy().into_owned()
}
