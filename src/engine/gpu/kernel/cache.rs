//! Kernels of a device, compiled once for all plans of the same structure.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;

use wgpu::Device;
use wgpu::naga::Module;

use super::compose::{self, Layout};
use super::constants::Constants;
use super::pipeline::{self, Kernel};
use crate::engine::contract::{Sampling, locked};
use crate::plan::Plan;
use crate::plan::profile::Profile;

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

/// What of a plan shapes its reduction.
type Reduced = [(&'static str, usize); 5];

/// The kernels compiled so far.
#[derive(Default)]
pub struct Kernels {
    simulations: Mutex<HashMap<(Constants, Sampling), (Layout, Kernel)>>,
    profile: Mutex<HashMap<(Constants, Sampling), (Layout, Kernel)>>,
    samplers: Mutex<HashMap<(Constants, bool), Kernel>>,
    reductions: Mutex<HashMap<Reduced, [Kernel; 2]>>,
    qualifiers: Mutex<HashMap<Reduced, Kernel>>,
    /// By rows.
    adders: Mutex<HashMap<usize, Kernel>>,
}

impl Kernels {
    /// The simulation of a plan, and how it reads its tables.
    pub fn simulation(&self, device: &Device, plan: &Plan, settings: Settings, sampling: Sampling) -> (Layout, Kernel) {
        kept(&self.simulations, (compose::constants(plan), sampling), || {
            let (layout, module) = if settings.nested {
                (Layout::Nested, compose::simulate(plan, sampling, Layout::Nested))
            } else {
                compose::compose(plan, sampling, uniform_room(device))
            };
            (layout, only(device, "simulate", module, settings))
        })
    }

    /// The simulation that records a profile, and how it reads the plan's tables.
    pub fn profile(
        &self,
        device: &Device,
        plan: &Plan,
        profile: &Profile,
        settings: Settings,
        sampling: Sampling,
    ) -> (Layout, Kernel) {
        let constants = compose::observing(plan, profile);
        kept(&self.profile, (constants.clone(), sampling), || {
            let (layout, module) = if settings.nested {
                (Layout::Nested, compose::profiling(&constants, sampling, Layout::Nested))
            } else {
                compose::compose_profile(plan, profile, sampling, uniform_room(device))
            };
            (layout, only(device, "profile", module, settings))
        })
    }

    /// What marks the paths of a profile that count, and what adds up its rows.
    pub fn rows(&self, device: &Device, plan: &Plan, rows: usize, settings: Settings) -> [Kernel; 2] {
        [
            kept(&self.qualifiers, compose::reduced(plan), || only(device, "qualify", compose::reduce(plan), settings)),
            kept(&self.adders, rows, || only(device, "add_rows", compose::add_rows(rows), settings)),
        ]
    }

    /// What samples trajectories for plans of these factors, reading the tables of this one.
    pub fn sampler(
        &self,
        device: &Device,
        plan: &Plan,
        settings: Settings,
        layout: Layout,
        chain_watched: bool,
    ) -> Kernel {
        kept(&self.samplers, (compose::constants(plan), chain_watched), || {
            only(device, "sample", compose::sample(plan, layout, chain_watched), settings)
        })
    }

    /// Classification and reduction of a plan's figures.
    pub fn reduction(&self, device: &Device, plan: &Plan, settings: Settings) -> [Kernel; 2] {
        kept(&self.reductions, compose::reduced(plan), || {
            pipeline::compile(device, compose::reduce(plan), ["classify", "reduce"], settings.checked)
        })
    }
}

/// Bytes that a uniform buffer may have.
fn uniform_room(device: &Device) -> usize {
    device.limits().max_uniform_buffer_binding_size as usize
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

/// The only kernel that is wanted of a module.
fn only(device: &Device, entry: &str, module: Module, settings: Settings) -> Kernel {
    let [kernel] = pipeline::compile(device, module, [entry], settings.checked);
    kernel
}
