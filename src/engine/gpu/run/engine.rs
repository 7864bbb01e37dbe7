//! The engine at work on one adapter, whatever its device does.

use std::cell::Cell;
use std::ops::Range;
use std::sync::Mutex;

use super::chunks::Run;
use super::factors::Submitter;
use super::ledger::{Ledger, Take};
use super::profile;
use crate::engine::contract::{BLOCK, Draws, Engine, EngineError, Group, PathValues, Progress, Stages, locked};
use crate::engine::gpu::device::buffers::read;
use crate::engine::gpu::device::context::Fault;
use crate::engine::gpu::engine::GpuEngine;
use crate::plan::Plan;
use crate::plan::profile::Profile;
use crate::tally::{ProfileTally, Tally};

/// How often a lost device is opened anew in a run.
const MOST_LOSSES: u32 = 2;

/// Plans of a group whose counters, some megabytes each, are on the device together; sampling once for so many is nearly
/// nothing for each.
const PLANS_AT_ONCE: usize = 8;

impl GpuEngine {
    /// Adds up all ranges of paths that are handed out, `longest` paths at once at most, for the plans of a group.
    pub(in crate::engine::gpu) fn tally_all(
        &self,
        group: &Group,
        take: &Take,
        longest: u64,
        progress: &Progress,
    ) -> Result<Vec<Tally>, EngineError> {
        let mut ledger = Ledger::new(&group.plans, take);
        let done = self.compute(group, &mut ledger, longest, progress);
        let mut stages = locked(&self.stages);
        *stages = stages.plus(ledger.stages);
        done.map(|()| ledger.tallies)
    }

    /// Does all the work, whatever the device does.
    fn compute(
        &self,
        group: &Group,
        ledger: &mut Ledger,
        longest: u64,
        progress: &Progress,
    ) -> Result<(), EngineError> {
        let submissions = Cell::new(0);
        let mut losses = 0;
        loop {
            let context = self.context();
            let run = Run::new(Submitter::new(self, group, &context, &self.injected, &submissions));
            let fault = match run.and_then(|run| run.finish(ledger, longest, progress)) {
                Ok(()) => return Ok(()),
                Err(fault @ (Fault::Other(_) | Fault::Input(_))) => return Err(fault.into()),
                Err(fault) => fault,
            };
            if let (Fault::OutOfMemory(_), true) = (&fault, ledger.size > BLOCK) {
                let fewer = (ledger.size / 2).next_multiple_of(BLOCK);
                ledger.most = Some(fewer);
                self.note(format!("the device's memory is full: continued with chunks of {fewer} paths"));
                continue;
            }
            losses += 1;
            let what = EngineError::from(fault).message;
            let first = ledger.taken.front().map_or(0, |range| range.start);
            if losses <= MOST_LOSSES && self.reopen().is_ok() {
                self.note(format!("{what}; reopened it and computed the paths from {first} on again"));
                continue;
            }
            self.note(format!("{what}; the CPU engine computed the rest, from path {first} on"));
            return self.compute_rest(group, ledger, progress);
        }
    }

    /// Does what is left of the work without the device.
    fn compute_rest(&self, group: &Group, ledger: &mut Ledger, progress: &Progress) -> Result<(), EngineError> {
        // what was lost has been told of already
        let progress = profile::beyond(ledger.told - ledger.safe(), progress);
        while let Some(range) = ledger.take() {
            let rest = self.cpu.tallies(std::slice::from_ref(group), range, &progress)?;
            ledger.tallies.iter_mut().zip(rest.iter().flatten()).for_each(|(tally, rest)| tally.merge(rest));
        }
        Ok(())
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
        let run = Run::new(Submitter::new(self, &group, &context, &[], &submissions))?;
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
            let figures = read(&context, &slot.figures, plan.sizes.slots() * stride * 4)?;
            let times = read(&context, &slot.times, plan.sizes.times() * stride * 4)?;
            let figures: &[f32] = bytemuck::cast_slice(&figures);
            out.put(place, kept, stride, figures, bytemuck::cast_slice(&times));
        }
        context.check()?;
        Ok(out)
    }

    fn profile(
        &self,
        plan: &Plan,
        profile: &Profile,
        draws: Draws,
        paths: Range<u64>,
        progress: &Progress,
    ) -> Result<ProfileTally, EngineError> {
        profile::profile(self, plan, profile, draws, paths, progress)
    }

    fn stages(&self) -> Stages {
        *locked(&self.stages)
    }

    fn incidents(&self) -> Vec<String> {
        locked(&self.incidents).clone()
    }
}
