// The control flow of flows and outcomes, generated from shaders/kernel (see codegen/), and what it reads and writes.

use super::super::twin::{ContractPeriod, EventPeriod, OrganizationPeriod, PeriodTerms};
use super::super::{Real, Tables};
use super::{BlockValues, Job, LANES, Lanes, Words, Workspace};
use crate::engine::BLOCK;
use crate::plan::structure::{Counts, Lists};

pub use generated::{ContractState, EventState, MetricState, OrganizationState};

// The functions have the shaders' names, and follow naga's habits, which are not clippy's.
#[allow(clippy::all, unused)]
mod generated {
    use super::super::super::twin::*;
    use super::super::{LANES, Lanes, Real, Words, same};
    use super::Kernel;
    use crate::formula::prelude::*;

    include!(concat!(env!("OUT_DIR"), "/lanes.rs"));
}

/// Where the figures and times of a group of paths go.
pub struct Outputs<'a> {
    pub values: &'a mut BlockValues,
    /// Of the group's first path in the block.
    pub place: usize,
}

impl Outputs<'_> {
    #[inline(always)]
    pub fn put(&mut self, slot: u32, figure: &Lanes) {
        self.values.figures[slot as usize * BLOCK + self.place..][..LANES].copy_from_slice(&**figure);
    }

    #[inline(always)]
    pub fn put_time(&mut self, time: u32, period: &Words) {
        self.values.times[time as usize * BLOCK + self.place..][..LANES].copy_from_slice(&**period);
    }
}

/// The variables of shaders/kernel under their names.
pub struct Kernel<'a> {
    pub tables: &'a Tables,
    pub counts: &'a Counts,
    pub lists: &'a Lists,
    pub traced: bool,
    pub branchless: bool,
    pub x: &'a [Lanes],
    pub previous: &'a [Lanes],
    pub state: &'a Words,
    pub organizations: &'a mut [OrganizationState],
    pub contracts: &'a mut [ContractState],
    pub events: &'a mut [EventState],
    pub events_before: &'a mut [EventState],
    pub metrics: &'a mut [MetricState],
    pub capacities: &'a mut [Real],
    pub locked: &'a mut [Lanes],
    pub overhangs: &'a mut [Lanes],
    pub bubbles: &'a mut [Words],
    pub outputs: Outputs<'a>,
}

impl<'a> Kernel<'a> {
    #[inline(always)]
    fn new(job: &Job<'a>, workspace: &'a mut Workspace, outputs: Outputs<'a>, traced: bool) -> Self {
        let Workspace { x, previous, state, organizations, contracts, events, events_before, metrics, sums, .. } =
            workspace;
        Kernel {
            tables: job.tables,
            counts: &job.structure.counts,
            lists: &job.structure.lists,
            traced,
            branchless: false,
            x,
            previous,
            state,
            organizations,
            contracts,
            events,
            events_before,
            metrics,
            capacities: &mut sums.capacities,
            locked: &mut sums.locked,
            overhangs: &mut sums.overhangs,
            bubbles: &mut sums.bubbles,
            outputs,
        }
    }

    /// The row of the period with this number, from 0 on.
    #[inline(always)]
    pub fn period(&self, row: usize) -> &'a PeriodTerms {
        &self.tables.periods[row]
    }

    #[inline(always)]
    pub fn organization_period(&self, row: usize, organization: usize) -> &'a OrganizationPeriod {
        &self.tables.organization_periods[row * self.counts.organizations as usize + organization]
    }

    #[inline(always)]
    pub fn event_period(&self, row: usize, moving: usize) -> &'a EventPeriod {
        &self.tables.event_periods[row * self.counts.moving_thresholds as usize + moving]
    }

    #[inline(always)]
    pub fn contract_period(&self, row: usize, contract: usize) -> &'a ContractPeriod {
        &self.tables.contract_periods[row * self.counts.contracts as usize + contract]
    }
}

/// Begins a group of paths.
#[inline(always)]
pub fn start(job: &Job, workspace: &mut Workspace, outputs: Outputs) {
    let kernel = &mut Kernel::new(job, workspace, outputs, false);
    generated::start_flows(kernel);
    generated::start_events(kernel);
    // an event that does not count yet is not looked at, and stays as it is in both sets
    kernel.events_before.clone_from_slice(kernel.events);
}

/// Settles period `t` and looks at all events; keeps their metrics if the path is traced.
#[inline(always)]
pub fn period(job: &Job, t: u32, workspace: &mut Workspace, outputs: Outputs, traced: bool) {
    std::mem::swap(&mut workspace.events, &mut workspace.events_before);
    let kernel = &mut Kernel::new(job, workspace, outputs, traced);
    generated::settle(kernel, t);
    generated::watch_events(kernel, t);
}

/// Writes the figures and times of the group.
#[inline(always)]
pub fn finish(job: &Job, workspace: &mut Workspace, outputs: Outputs) {
    generated::finish(&mut Kernel::new(job, workspace, outputs, false));
}
