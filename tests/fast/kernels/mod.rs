//! The kernels: layouts agree with Rust, all languages can be made of it, and the random numbers are the known ones.

mod composed;
mod compute;
mod limits;
mod literals;

use std::mem::offset_of;

use overhang::engine::gpu::compose::{self, Layout};
use overhang::engine::{Sampling, prepare};
use overhang::formula::single as twin;
use overhang::plan::Plan;
use overhang::plan::profile::Profile;
use overhang::registry::{MetricKind, OwnerKind, Registered as _};

use crate::modules::{MODULES, modules, validate};

/// The plans whose kernels are looked at, and what is watched of them: between them all clauses, processes and metrics.
fn plans() -> Vec<(&'static str, Plan, Profile)> {
    let files = ["tests/cases/one-lab.toml", "tests/cases/two-labs.toml", "scenarios/aws-38b.toml"];
    files
        .into_iter()
        .map(|file| {
            let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
            let plan = prepare(&loaded.scenario);
            let profile = Profile::of(&loaded.scenario, &plan);
            (file, plan, profile)
        })
        .collect()
}

#[test]
fn kernels_translate_to_every_shading_language() {
    let mut translated = 0;
    for (file, plan, profile) in plans() {
        for (name, module) in modules(&plan, &profile) {
            let info = validate(&module);
            let spirv = naga::back::spv::write_vec(&module, &info, &naga::back::spv::Options::default(), None);
            assert!(!spirv.unwrap_or_else(|error| panic!("{file} {name}: SPIR-V: {error}")).is_empty());
            let options = naga::back::msl::Options { fake_missing_bindings: true, ..Default::default() };
            let metal = naga::back::msl::write_string(&module, &info, &options, &Default::default());
            let (metal, _) = metal.unwrap_or_else(|error| panic!("{file} {name}: MSL: {error}"));
            assert!(metal.contains("kernel void"));
            let options = naga::back::hlsl::Options { fake_missing_bindings: true, ..Default::default() };
            let mut hlsl = String::new();
            naga::back::hlsl::Writer::new(&mut hlsl, &options, &Default::default())
                .write(&module, &info, None)
                .unwrap_or_else(|error| panic!("{file} {name}: HLSL: {error}"));
            assert!(hlsl.contains("[numthreads("));
            translated += 1;
        }
    }
    assert_eq!(translated, 3 * MODULES);
}

/// Size and members' offsets of a structure, as the shader has them.
fn layout(module: &naga::Module, name: &str) -> (u32, Vec<(String, u32)>) {
    let found = module.types.iter().find(|(_, ty)| ty.name.as_deref() == Some(name));
    let (_, ty) = found.unwrap_or_else(|| panic!("the kernels have no {name}"));
    let naga::TypeInner::Struct { members, span } = &ty.inner else { panic!("{name} is no structure") };
    (*span, members.iter().map(|member| (member.name.clone().unwrap_or_default(), member.offset)).collect())
}

/// Compares a structure's layout in Rust with the shader's.
macro_rules! same_layout {
    ($module:expr, $name:ident { $($field:ident),* $(,)? }) => {{
        let (size, members) = layout($module, stringify!($name));
        assert_eq!(size as usize, size_of::<twin::$name>(), "size of {}", stringify!($name));
        let ours = vec![$((stringify!($field).to_string(), offset_of!(twin::$name, $field) as u32)),*];
        assert_eq!(members, ours, "members of {}", stringify!($name));
    }};
}

#[test]
fn structures_have_the_same_layout_in_rust_and_in_the_kernels() {
    let (_, plan, profile) = plans().remove(1);
    let simulate = compose::simulate(&plan, Sampling::Device, Layout::Nested);
    same_layout!(&simulate, CommonTerms { dt, smoothing, start_state, bubble_count });
    same_layout!(
        &simulate,
        FactorTerms { kind, start, state, decay, lower, width, jump_mean, jump_sd, jumps_first, jumps_end }
    );
    same_layout!(&simulate, EffectTerms { drift, diffusion, entry });
    same_layout!(
        &simulate,
        OrganizationTerms {
            utilization,
            performance,
            price,
            contracts_first,
            contracts_end,
            bubble_first,
            bubble_end,
            bubble_all,
            merit,
            on_demand_scale,
            market_scale,
            max_price,
            exponent,
            inverse_reference,
            margin,
            opening,
            interest,
            borrowing,
        }
    );
    same_layout!(
        &simulate,
        ContractTerms {
            index,
            vendor,
            aged,
            index_multiplier,
            floor,
            cap,
            prepaid,
            prepaid_value,
            residual_value,
            residual_units
        }
    );
    same_layout!(&simulate, EventTerms { organization, metric, index, below, threshold, moving, first_period, needed });
    same_layout!(&simulate, PeriodTerms { discount, liability_discount });
    same_layout!(&simulate, OrganizationPeriod { demand, on_demand_limit, efficiency, cash_flow, minimum_after });
    same_layout!(&simulate, AgingPeriod { capacity, obsolescence });
    same_layout!(&simulate, EventPeriod { threshold });
    same_layout!(&simulate, ContractPeriod { capacity, minimum, rate, reset, units_after });
    let chunk = ["seed_low", "seed_high", "replicate", "first_low", "first_high", "count", "stride", "periods"];
    assert_eq!(layout(&simulate, "ChunkTerms").1.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), chunk);
    let reduce = compose::reduce(&plan);
    same_layout!(&reduce, FigureTerms { slot, optional, centre, inverse_scale, sketch });
    same_layout!(&reduce, BlockTotals { count, at_min, at_max, power1, power2, power3, power4, lowest, highest });
    same_layout!(&reduce, BlockFaults { count, first });
    let rows = compose::add_rows(profile.rows());
    same_layout!(&rows, RowTerms { centre, inverse_scale, optional, bubble });
    same_layout!(&rows, RowTotals { count0, count1, first0, first1, second0, second1, lowest, highest });
}

fn size(module: &naga::Module, name: &str) -> usize {
    layout(module, name).0 as usize
}

#[test]
fn tables_in_the_kernels_follow_each_other_without_gaps() {
    for (file, plan, _) in plans() {
        for layout in [Layout::Flat { uniform_terms: true, uniform_rows: true }, Layout::Nested] {
            let module = compose::simulate(&plan, Sampling::Device, layout);
            let (terms, rows) = overhang::engine::gpu::layout::table_bytes(&plan, layout.is_flat());
            assert_eq!(size(&module, "Terms"), terms, "{file}");
            assert_eq!(size(&module, "PeriodRow") * plan.sizes.periods as usize, rows, "{file}");
        }
    }
}

/// Runs a kernel of the formulas on every adapter: `inputs` and `outputs` are words for each invocation.
fn on_each_adapter(body: &str, inputs: &[u32], outputs: usize) -> Vec<(String, Vec<u32>)> {
    let mut text = String::from("const WORKGROUP: u32 = 64u;\n");
    compose::formulas().for_each(|part| text += part);
    text += "@group(0) @binding(0) var<storage, read> inputs: array<u32>;\n\
             @group(0) @binding(1) var<storage, read_write> outputs: array<u32>;\n";
    text += body;
    crate::adapters::gpus(Sampling::Device)
        .into_iter()
        .map(|(name, gpu)| (name, compute::compute(&gpu, &text, inputs, outputs)))
        .collect()
}

/// Random123's known answers for Threefry-4x32 with 13 rounds: counter, key, result.
const ANSWERS: [[u32; 12]; 3] = [
    [0, 0, 0, 0, 0, 0, 0, 0, 0x531c7e4f, 0x39491ee5, 0x2c855a92, 0x3d6abf9a],
    [
        0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xc4189358,
        0x1c9cc83a, 0xd5881c67, 0x6a0a89e0,
    ],
    [
        0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89, 0x4aa71d8f,
        0x734738c2, 0x431fc6a8, 0xae6debf1,
    ],
];

#[test]
fn threefry_gives_the_known_answers_in_the_shader() {
    let body = "@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
        if (id.x >= 3u) { return; }
        let at = id.x * 12u;
        let counter = Words(inputs[at], inputs[at + 1u], inputs[at + 2u], inputs[at + 3u]);
        let key = Words(inputs[at + 4u], inputs[at + 5u], inputs[at + 6u], inputs[at + 7u]);
        let words = threefry(counter, key);
        outputs[id.x * 4u] = words.w0;
        outputs[id.x * 4u + 1u] = words.w1;
        outputs[id.x * 4u + 2u] = words.w2;
        outputs[id.x * 4u + 3u] = words.w3;
    }";
    let expected: Vec<u32> = ANSWERS.iter().flat_map(|answer| answer[8..].to_vec()).collect();
    for (name, words) in on_each_adapter(body, ANSWERS.as_flattened(), 12) {
        assert_eq!(words, expected, "{name}");
    }
}

#[test]
fn normals_in_the_shader_are_good_to_a_millionth_over_both_tails() {
    // both tails with the same number of words in each binade of p, and the middle
    let tail =
        (0..31u32).flat_map(|bits| (0..1000u32).map(move |i| (1 << bits) + ((u64::from(i) << bits) / 1000) as u32));
    let middle = (0..32_768u32).map(|i| i << 17);
    let words: Vec<u32> = tail.flat_map(|word| [word, !word]).chain(middle).chain([0, u32::MAX]).collect();
    let body = "@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
        if (id.x >= arrayLength(&inputs)) { return; }
        outputs[id.x] = bitcast<u32>(normal_quantile(inputs[id.x]));
    }";
    for (name, normals) in on_each_adapter(body, &words, words.len()) {
        let mut worst = 0.0_f64;
        for (&word, &bits) in words.iter().zip(&normals) {
            let exact = overhang::formula::double::normal_quantile(word);
            worst = worst.max((f64::from(f32::from_bits(bits)) - exact).abs() / exact.abs().max(1.0));
        }
        println!("{name}: worst error of a normal {worst:e} of max(1, |z|)");
        assert!(worst < 1e-6, "{name}: {worst:e}");
    }
}

/// Every figure that organizations have without clauses has its place among a path's figures, and every metric its expression.
#[test]
fn what_the_registry_declares_is_computed() {
    let text = concat!(
        include_str!("../../../shaders/kernel/outcomes.wgsl"),
        include_str!("../../../shaders/kernel/figures.wgsl")
    );
    for figure in OwnerKind::Organization.entry().figures {
        let place = format!("own[FIGURE_{}] = ", figure.name().to_uppercase());
        assert_eq!(text.matches(&place).count(), 1, "{place}");
    }
    for metric in MetricKind::ALL {
        let choice = format!("if (METRIC[e] == METRIC_{}", metric.name().to_uppercase());
        let found = text.match_indices(&choice).filter(|(at, _)| !text[at + choice.len()..].starts_with('_'));
        assert_eq!(found.count(), 1, "{choice}");
    }
}
