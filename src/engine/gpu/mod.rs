//! The GPU engine: kernels on any Vulkan, Metal or DirectX 12 adapter through wgpu.
//!
//! Paths go through the device in chunks: simulated (or fed with trajectories that the host sampled), classified, reduced
//! by blocks. Only the blocks' sums come back for each chunk, and the integer counts every few seconds. Two chunks are in
//! flight, so that the host samples, and adds up, while the device computes.
//!
//! A device that runs out of memory gets smaller chunks; one that is lost is opened anew, and what it had not brought home
//! is computed again, to the same bits. Where that does not help, the CPU engine computes the rest.

pub mod adapter;
mod chunks;
mod clock;
mod context;
mod courses;
mod feed;
mod flat;
mod kernels;
mod many;
mod pipeline;
mod readback;
mod selection;
pub mod source;
mod tables;
mod unroll;
mod work;

use std::cell::Cell;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use wgpu::{Device, Queue};

use super::cpu::{CpuEngine, Precision, Sampling};
use super::given::Given;
use super::{BLOCK, Draws, Engine, EngineError, Group, Instructions, PathValues, Progress, Stages, locked};
use crate::plan::Plan;
use crate::plan::course::Course;
use crate::tally::{CourseTally, Tally};
use chunks::Run;
pub use context::Injected;
use context::{Context, Fault};
use feed::Feeder;
use kernels::Settings;
pub use many::{ManyEngine, Share};
pub use selection::{Selection, VARIABLE};
pub use tables::table_bytes;
use work::{Take, Work};

/// How often a lost device is opened anew in a run.
const MOST_LOSSES: u32 = 2;

/// Plans of a group whose counters, some megabytes each, are on the device together; sampling once for so many is nearly
/// nothing for each.
const PLANS_AT_ONCE: usize = 8;

/// An engine on one adapter.
pub struct GpuEngine {
    adapter: wgpu::Adapter,
    context: Mutex<Arc<Context>>,
    settings: Settings,
    name: String,
    /// Samples trajectories for `Sampling::Host`, and computes what the device cannot.
    cpu: CpuEngine,
    /// A fixed number of paths for each chunk instead of what the clock suggests; for tests.
    chunk: Option<usize>,
    /// Faults by number of the submission; for tests.
    injected: Vec<(u64, Injected)>,
    incidents: Mutex<Vec<String>>,
    stages: Mutex<Stages>,
}

impl GpuEngine {
    /// Opens the adapter. `threads` sample trajectories where the host does.
    pub fn new(found: &adapter::Found, sampling: Sampling, threads: Option<usize>) -> Result<Self, EngineError> {
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
    pub fn with_trajectories(mut self, given: Arc<dyn Given>) -> Self {
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

    fn context(&self) -> Arc<Context> {
        Arc::clone(&locked(&self.context))
    }

    fn reopen(&self) -> Result<(), EngineError> {
        let fresh = Arc::new(Context::open(&self.adapter)?);
        *locked(&self.context) = fresh;
        Ok(())
    }

    /// Adds up all ranges of paths that are handed out, `longest` paths at once at most, for the plans of a group.
    pub(super) fn tally_all(
        &self,
        group: &Group,
        take: &Take,
        longest: u64,
        progress: &Progress,
    ) -> Result<Vec<Tally>, EngineError> {
        let mut work = Work::new(&group.plans, take);
        let done = self.compute(group, &mut work, longest, progress);
        let mut stages = locked(&self.stages);
        *stages = stages.plus(work.stages);
        done.map(|()| work.tallies)
    }

    /// Begins to count the stages' seconds anew.
    pub(super) fn reset_stages(&self) {
        *locked(&self.stages) = Stages::default();
    }

    /// Does all the work, whatever the device does.
    fn compute(&self, group: &Group, work: &mut Work, longest: u64, progress: &Progress) -> Result<(), EngineError> {
        let submissions = Cell::new(0);
        let mut losses = 0;
        loop {
            let context = self.context();
            let run = Run::new(Feeder::new(self, group, &context, &self.injected, &submissions));
            let fault = match run.and_then(|run| run.finish(work, longest, progress)) {
                Ok(()) => return Ok(()),
                Err(fault @ (Fault::Other(_) | Fault::Input(_))) => return Err(fault.into()),
                Err(fault) => fault,
            };
            if let (Fault::OutOfMemory(_), true) = (&fault, work.size > BLOCK) {
                let fewer = (work.size / 2).next_multiple_of(BLOCK);
                work.most = Some(fewer);
                self.note(format!("the device's memory is full: continued with chunks of {fewer} paths"));
                continue;
            }
            losses += 1;
            let what = EngineError::from(fault).message;
            let first = work.taken.front().map_or(0, |range| range.start);
            if losses <= MOST_LOSSES && self.reopen().is_ok() {
                self.note(format!("{what}; reopened it and computed the paths from {first} on again"));
                continue;
            }
            self.note(format!("{what}; the CPU engine computed the rest, from path {first} on"));
            return self.compute_rest(group, work, progress);
        }
    }

    /// Does what is left of the work without the device.
    fn compute_rest(&self, group: &Group, work: &mut Work, progress: &Progress) -> Result<(), EngineError> {
        // what was lost has been told of already
        let progress = courses::beyond(work.told - work.safe(), progress);
        while let Some(range) = work.take() {
            let rest = self.cpu.tallies(std::slice::from_ref(group), range, &progress)?;
            work.tallies.iter_mut().zip(rest.iter().flatten()).for_each(|(tally, rest)| tally.merge(rest));
        }
        Ok(())
    }

    fn note(&self, incident: String) {
        locked(&self.incidents).push(incident);
    }
}

impl Engine for GpuEngine {
    fn description(&self) -> String {
        self.name.clone()
    }

    fn tallies(
        &self,
        groups: &[Group],
        paths: Range<u64>,
        progress: &Progress,
    ) -> Result<Vec<Vec<Tally>>, EngineError> {
        self.reset_stages();
        let longest = paths.end - paths.start;
        let tally = |group: &Group| {
            let mut tallies = Vec::new();
            for plans in group.plans.chunks(PLANS_AT_ONCE) {
                let whole = Mutex::new(Some(paths.clone()).filter(|paths| !paths.is_empty()));
                let group = Group { plans: plans.to_vec(), ..*group };
                tallies.extend(self.tally_all(&group, &|| locked(&whole).take(), longest, progress)?);
            }
            Ok(tallies)
        };
        groups.iter().map(tally).collect()
    }

    fn values(&self, plan: &Plan, draws: Draws, paths: Range<u64>) -> Result<PathValues, EngineError> {
        let (context, submissions) = (self.context(), Cell::new(0));
        let group = Group::alone(plan, draws);
        let run = Run::new(Feeder::new(self, &group, &context, &[], &submissions))?;
        let count = (paths.end - paths.start) as usize;
        let most = run.most_paths(paths.end - paths.start)?;
        let slot = run.slot(most)?;
        let mut out = PathValues::new(&plan.sizes, count);
        for place in (0..count).step_by(most) {
            let kept = most.min(count - place);
            let stride = kept.next_multiple_of(BLOCK);
            let first = paths.start + place as u64;
            let submission = run.submit(&slot, first..first + kept as u64, &mut Stages::default())?;
            context.wait(Some(submission))?;
            slot.readback.unmap();
            let figures = pipeline::read(&context, &slot.figures, plan.sizes.slots() * stride * 4)?;
            let times = pipeline::read(&context, &slot.times, plan.sizes.times() * stride * 4)?;
            let figures: &[f32] = bytemuck::cast_slice(&figures);
            out.put(place, kept, stride, figures, bytemuck::cast_slice(&times));
        }
        context.check()?;
        Ok(out)
    }

    fn courses(
        &self,
        plan: &Plan,
        course: &Course,
        draws: Draws,
        paths: Range<u64>,
        progress: &Progress,
    ) -> Result<CourseTally, EngineError> {
        courses::courses(self, plan, course, draws, paths, progress)
    }

    fn stages(&self) -> Stages {
        *locked(&self.stages)
    }

    fn incidents(&self) -> Vec<String> {
        locked(&self.incidents).clone()
    }
}
