//! Kernels of a device, compiled once for all plans of the same structure.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;

use wgpu::{ComputePipeline, Device};

use super::source::{self, Layout};
use super::unroll::Structure;
use crate::engine::cpu::Sampling;
use crate::engine::locked;
use crate::plan::Plan;

/// Kernels kept of each kind; more than any sweep needs at a time.
const MOST_KEPT: usize = 64;

/// How a device's kernels are made and fed.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub sampling: Sampling,
    /// Whether kernels check their indices; ours need not.
    pub checked: bool,
    /// Whether loops stay loops whatever the plan's size; for tests.
    pub nested: bool,
}

/// What of a plan shapes its reduction: figures, times, sketches.
type Reduced = (usize, usize, usize);

/// The kernels compiled so far.
#[derive(Default)]
pub struct Kernels {
    simulations: Mutex<HashMap<(Structure, Sampling), (Layout, ComputePipeline)>>,
    samplers: Mutex<HashMap<(Structure, bool), ComputePipeline>>,
    reductions: Mutex<HashMap<Reduced, [ComputePipeline; 2]>>,
}

impl Kernels {
    /// The simulation of a plan, and how it reads its tables.
    pub fn simulation(
        &self,
        device: &Device,
        plan: &Plan,
        settings: Settings,
        sampling: Sampling,
    ) -> (Layout, ComputePipeline) {
        kept(&self.simulations, (source::structure(plan), sampling), || {
            let room = device.limits().max_uniform_buffer_binding_size as usize;
            let (layout, text) = if settings.nested {
                (Layout::Nested, source::simulate(plan, sampling, Layout::Nested))
            } else {
                source::compose(plan, sampling, room)
            };
            let module = module(device, "simulate", text, settings.checked);
            (layout, pipeline(device, &module, "simulate"))
        })
    }

    /// What samples trajectories for plans of these factors, reading the tables of this one.
    pub fn sampler(
        &self,
        device: &Device,
        plan: &Plan,
        settings: Settings,
        layout: Layout,
        chain_watched: bool,
    ) -> ComputePipeline {
        kept(&self.samplers, (source::structure(plan), chain_watched), || {
            let text = source::sample(plan, layout, chain_watched);
            pipeline(device, &module(device, "sample", text, settings.checked), "sample")
        })
    }

    /// Classification and reduction of a plan's figures.
    pub fn reduction(&self, device: &Device, plan: &Plan, settings: Settings) -> [ComputePipeline; 2] {
        let sketches = plan.figures.iter().filter(|figure| figure.sketched).count();
        kept(&self.reductions, (plan.figures.len(), plan.times.len(), sketches), || {
            let module = module(device, "reduce", source::reduce(plan), settings.checked);
            ["classify", "reduce"].map(|entry| pipeline(device, &module, entry))
        })
    }
}

fn kept<K: Eq + Hash, V: Clone>(all: &Mutex<HashMap<K, V>>, key: K, make: impl FnOnce() -> V) -> V {
    let mut all = locked(all);
    if let Some(known) = all.get(&key) {
        return known.clone();
    }
    if all.len() >= MOST_KEPT {
        all.clear();
    }
    let made = make();
    all.insert(key, made.clone());
    made
}

fn module(device: &Device, label: &str, source: String, checked: bool) -> wgpu::ShaderModule {
    let descriptor =
        wgpu::ShaderModuleDescriptor { label: Some(label), source: wgpu::ShaderSource::Wgsl(source.into()) };
    if checked {
        return device.create_shader_module(descriptor);
    }
    // SAFETY: the kernels index only by sizes that the plan's tables were made with, and all loops end by themselves;
    // the tests run them checked as well.
    unsafe { device.create_shader_module_trusted(descriptor, wgpu::ShaderRuntimeChecks::unchecked()) }
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
