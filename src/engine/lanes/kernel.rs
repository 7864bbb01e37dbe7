// The control flow of the kernels, generated from shaders/kernel (see codegen/), and what it reads and writes.

use super::super::Real;
use super::super::twin::{
    AgingPeriod, ChangePeriod, ChangeTerms, CommonTerms, ContractPeriod, ContractTerms, CounterpartyTerms, CrisisTerms,
    EventPeriod, EventTerms, OrganizationPeriod, OrganizationTerms, PeriodTerms, StakeTerms, TrancheTerms,
    WorkoutTerms,
};
use super::{BlockValues, Job, LANES, Lanes, Words, Workspace, exchange};
use crate::engine::BLOCK;
use crate::plan::structure::{Counts, Slices};

pub use generated::{
    ChangeState, ClauseSums, ConditionState, ContractState, CounterpartyState, CrisisState, EventState, ExposureState,
    LateState, MetricState, OrganizationState, TrancheState, WorkoutState,
};

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

/// What all paths and periods share, taken once: slices and copies, so that a compiler holds them in registers or on the
/// stack, where it would read a vector's place and length again after every store.
#[derive(Clone, Copy)]
pub struct Shared<'a> {
    terms: Terms<'a>,
    periods: &'a [PeriodTerms],
    organization_periods: &'a [OrganizationPeriod],
    contract_periods: &'a [ContractPeriod],
    aging_periods: &'a [AgingPeriod],
    event_periods: &'a [EventPeriod],
    funding: &'a [Real],
    change_periods: &'a [ChangePeriod],
    counts: Counts,
    lists: Slices<'a>,
}

impl<'a> Shared<'a> {
    /// Of a job.
    #[inline(always)]
    pub fn of(job: &Job<'a>) -> Self {
        let tables = job.tables;
        let terms = Terms {
            common_terms: tables.common,
            organizations: &tables.organizations,
            contracts: &tables.contracts,
            events: &tables.events,
            crisis: &tables.crisis,
            tranches: &tables.tranches,
            tranche_thresholds: &tables.tranche_thresholds,
            changes: &tables.changes,
            workouts: &tables.workouts,
            counterparties: &tables.counterparties,
            stakes: &tables.stakes,
        };
        Shared {
            terms,
            periods: &tables.periods,
            organization_periods: &tables.organization_periods,
            contract_periods: &tables.contract_periods,
            aging_periods: &tables.aging_periods,
            event_periods: &tables.event_periods,
            funding: &tables.funding,
            change_periods: &tables.change_periods,
            counts: job.structure.counts,
            lists: job.structure.lists.slices(),
        }
    }

    /// What belongs to period `t` = 1…n.
    #[inline(always)]
    fn row<const CLAUSES: bool>(&self, t: u32) -> Row<'a> {
        let row = t as usize - 1;
        let (organizations, contracts) = (self.counts.organizations as usize, self.counts.contracts as usize);
        let (aging, moving) = (self.counts.aging_contracts as usize, self.counts.moving_thresholds as usize);
        let (mut funding, mut changing): (&[Real], &[ChangePeriod]) = (&[], &[]);
        if CLAUSES {
            let lumps = if self.counts.crises == 0 { 0 } else { organizations };
            let changes = self.counts.changing as usize;
            (funding, changing) =
                (&self.funding[row * lumps..][..lumps], &self.change_periods[row * changes..][..changes]);
        }
        Row {
            period: self.periods[row],
            organizations: &self.organization_periods[row * organizations..][..organizations],
            contracts: &self.contract_periods[row * contracts..][..contracts],
            aging: &self.aging_periods[row * aging..][..aging],
            events: &self.event_periods[row * moving..][..moving],
            funding,
            changing,
        }
    }
}

/// What all periods share: `terms` in shaders/kernel/bindings.wgsl.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    pub common_terms: CommonTerms,
    pub organizations: &'a [OrganizationTerms],
    pub contracts: &'a [ContractTerms],
    pub events: &'a [EventTerms],
    /// One, or none.
    pub crisis: &'a [CrisisTerms],
    pub tranches: &'a [TrancheTerms],
    pub tranche_thresholds: &'a [u32],
    pub changes: &'a [ChangeTerms],
    pub workouts: &'a [WorkoutTerms],
    pub counterparties: &'a [CounterpartyTerms],
    pub stakes: &'a [StakeTerms],
}

/// What belongs to a period: its part of `rows`.
#[derive(Default)]
pub struct Row<'a> {
    pub period: PeriodTerms,
    pub organizations: &'a [OrganizationPeriod],
    pub contracts: &'a [ContractPeriod],
    /// Of contracts whose hardware ages.
    pub aging: &'a [AgingPeriod],
    /// Thresholds that move.
    pub events: &'a [EventPeriod],
    /// By organization, with a crisis.
    pub funding: &'a [Real],
    /// Of contracts that clauses change.
    pub changing: &'a [ChangePeriod],
}

/// The variables of shaders/kernel under their names.
pub struct Kernel<'a> {
    pub terms: Terms<'a>,
    /// Of the period; none at the beginning and the end.
    pub row: Row<'a>,
    pub counts: Counts,
    pub lists: Slices<'a>,
    pub traced: bool,
    pub branchless: bool,
    pub x: &'a [Lanes],
    pub previous: &'a [Lanes],
    pub state: &'a Words,
    pub organizations: &'a mut [OrganizationState],
    pub contracts: &'a mut [ContractState],
    pub agreed: &'a mut [Lanes],
    pub events: &'a mut [EventState],
    pub events_before: &'a mut [EventState],
    pub metrics: &'a mut [MetricState],
    pub capacities: &'a mut [Real],
    pub useful: &'a mut [Real],
    pub locked: &'a mut [Lanes],
    pub overhangs: &'a mut [Lanes],
    pub bubbles: &'a mut [Words],
    pub system_bubble: &'a mut [Words; 1],
    pub crisis: &'a mut [CrisisState],
    pub tranches: &'a mut [TrancheState],
    pub tranche_words: &'a mut [Words],
    pub crisis_words: &'a mut [Words; 1],
    pub failure_words: &'a mut [Words],
    pub novation_words: &'a mut [Words],
    pub workout_words: &'a mut [Words],
    pub late: &'a [LateState],
    pub conditions: &'a mut [ConditionState],
    pub counterparties: &'a mut [CounterpartyState],
    pub workouts: &'a mut [WorkoutState],
    pub exposures: &'a mut [ExposureState],
    pub changes: &'a mut [ChangeState],
    pub old_rates: &'a mut [Lanes],
    pub clause_sums: &'a mut [ClauseSums],
    pub changing_capacities: &'a mut [Lanes],
    pub changing_useful: &'a mut [Lanes],
    pub outputs: Outputs<'a>,
}

impl<'a> Kernel<'a> {
    #[inline(always)]
    fn new<const CLAUSES: bool>(
        shared: &Shared<'a>,
        t: Option<u32>,
        workspace: &'a mut Workspace,
        outputs: Outputs<'a>,
    ) -> Self {
        let Workspace {
            x,
            previous,
            state,
            organizations,
            contracts,
            events,
            events_before,
            metrics,
            sums,
            crisis,
            tranches,
            words_of_clauses,
            clauses,
            ..
        } = workspace;
        // a closure would be called, with everything stored before
        let row = match t {
            Some(t) => shared.row::<CLAUSES>(t),
            None => Row::default(),
        };
        Kernel {
            terms: shared.terms,
            row,
            counts: shared.counts,
            lists: shared.lists,
            traced: false,
            branchless: false,
            x,
            previous,
            state,
            organizations,
            contracts,
            agreed: &mut sums.agreed,
            events,
            events_before,
            metrics,
            capacities: &mut sums.capacities,
            useful: &mut sums.useful,
            locked: &mut sums.locked,
            overhangs: &mut sums.overhangs,
            bubbles: &mut sums.bubbles,
            system_bubble: &mut sums.system_bubble,
            crisis,
            tranches,
            tranche_words: &mut words_of_clauses.tranches,
            crisis_words: &mut words_of_clauses.crisis,
            failure_words: &mut words_of_clauses.failures,
            novation_words: &mut words_of_clauses.novations,
            workout_words: &mut words_of_clauses.workouts,
            late: &clauses.late,
            conditions: &mut clauses.conditions,
            counterparties: &mut clauses.counterparties,
            workouts: &mut clauses.workouts,
            exposures: &mut clauses.exposures,
            changes: &mut clauses.changes,
            old_rates: &mut clauses.old_rates,
            clause_sums: &mut clauses.sums,
            changing_capacities: &mut clauses.capacities,
            changing_useful: &mut clauses.useful,
            outputs,
        }
    }
}

/// Begins a group of paths.
#[inline(always)]
pub fn start<const CLAUSES: bool>(shared: &Shared, workspace: &mut Workspace, outputs: Outputs) {
    let kernel = &mut Kernel::new::<CLAUSES>(shared, None, workspace, outputs);
    if CLAUSES {
        generated::whole::start_flows(kernel);
        generated::whole::start_events(kernel);
    } else {
        generated::plain::start_flows(kernel);
        generated::plain::start_events(kernel);
    }
    // an event that does not count yet is not looked at, and stays as it is in both sets
    kernel.events_before.clone_from_slice(kernel.events);
}

/// Settles period `t` and looks at all events; keeps their metrics if the path is traced.
#[inline(always)]
pub fn period<const CLAUSES: bool>(shared: &Shared, t: u32, workspace: &mut Workspace, outputs: Outputs, traced: bool) {
    let kernel = &mut Kernel { traced, ..Kernel::new::<CLAUSES>(shared, Some(t), workspace, outputs) };
    if CLAUSES {
        generated::whole::settle(kernel, t);
    } else {
        generated::plain::settle(kernel, t);
    }
    // what happens in the period goes into the other set, which then is the present one
    exchange(&mut kernel.events, &mut kernel.events_before);
    if CLAUSES {
        generated::whole::watch_events(kernel, t);
    } else {
        generated::plain::watch_events(kernel, t);
    }
    exchange(&mut workspace.events, &mut workspace.events_before);
}

/// Writes the figures and times of the group.
#[inline(always)]
pub fn finish<const CLAUSES: bool>(shared: &Shared, workspace: &mut Workspace, outputs: Outputs) {
    let kernel = &mut Kernel::new::<CLAUSES>(shared, None, workspace, outputs);
    if CLAUSES {
        generated::whole::finish(kernel);
    } else {
        generated::plain::finish(kernel);
    }
}
