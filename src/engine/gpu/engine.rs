//! An engine on one adapter: its device, and how it is asked to compute.

use std::sync::{Arc, Mutex};

use wgpu::{Device, Queue};

use super::device::adapter::Found;
use super::device::context::{Context, Injected};
use super::kernel::cache::Settings;
use crate::engine::contract::{BLOCK, EngineError, Precision, Sampling, Stages, locked};
use crate::engine::cpu::CpuEngine;
use crate::engine::instructions::Instructions;
use crate::engine::trajectory_source::TrajectorySource;

/// An engine on one adapter.
pub struct GpuEngine {
    adapter: wgpu::Adapter,
    context: Mutex<Arc<Context>>,
    pub(super) settings: Settings,
    pub(super) name: String,
    /// Samples trajectories for `Sampling::Host`, and computes what the device cannot.
    pub(super) cpu: CpuEngine,
    /// A fixed number of paths for each chunk instead of what the clock suggests; for tests.
    pub(super) chunk: Option<usize>,
    /// Faults by number of the submission; for tests.
    pub(super) injected: Vec<(u64, Injected)>,
    pub(super) incidents: Mutex<Vec<String>>,
    pub(super) stages: Mutex<Stages>,
}

impl GpuEngine {
    /// Opens the adapter. `threads` sample trajectories where the host does.
    pub fn new(found: &Found, sampling: Sampling, threads: Option<usize>) -> Result<Self, EngineError> {
        let report = &found.report;
        Ok(Self {
            context: Mutex::new(Arc::new(Context::open(&found.adapter)?)),
            adapter: found.adapter.clone(),
            settings: Settings { sampling, checked: false, nested: false },
            name: format!("{} ({}, {})", report.name, report.backend, report.driver),
            cpu: CpuEngine::new(threads, Instructions::best(), Precision::Single, Sampling::Device)?,
            chunk: None,
            injected: Vec::new(),
            incidents: Mutex::new(Vec::new()),
            stages: Mutex::default(),
        })
    }

    /// The same engine on trajectories that are given instead of drawn.
    pub fn with_trajectories(mut self, given: Arc<dyn TrajectorySource>) -> Self {
        self.settings.sampling = Sampling::Host;
        self.cpu = self.cpu.with_trajectories(given);
        self
    }

    /// The same engine with kernels that check their indices.
    pub fn checked(mut self) -> Self {
        self.settings.checked = true;
        self
    }

    /// The same engine with kernels as they are for the largest structures, loops and nested tables; for tests.
    pub fn nested(mut self) -> Self {
        self.settings.nested = true;
        self
    }

    /// The same engine with chunks of a fixed number of paths, rounded up to whole blocks.
    pub fn with_chunk(mut self, paths: usize) -> Self {
        self.chunk = Some(paths.next_multiple_of(BLOCK));
        self
    }

    /// The same engine with faults at numbered submissions, from 0, of a run; for tests.
    pub fn with_faults(mut self, faults: &[(u64, Injected)]) -> Self {
        self.injected = faults.to_vec();
        self
    }

    /// The device, for kernels of a test's own.
    pub fn device(&self) -> (Device, Queue) {
        let context = self.context();
        (context.device.clone(), context.queue.clone())
    }

    /// The open device.
    pub(super) fn context(&self) -> Arc<Context> {
        Arc::clone(&locked(&self.context))
    }

    /// Opens the device anew.
    pub(super) fn reopen(&self) -> Result<(), EngineError> {
        let fresh = Arc::new(Context::open(&self.adapter)?);
        *locked(&self.context) = fresh;
        Ok(())
    }

    /// Begins to count the stages' seconds anew.
    pub(super) fn reset_stages(&self) {
        *locked(&self.stages) = Stages::default();
    }

    /// Notes what went wrong and was made good.
    pub(super) fn note(&self, incident: String) {
        locked(&self.incidents).push(incident);
    }
}
