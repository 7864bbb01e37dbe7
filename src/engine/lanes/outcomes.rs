// Events, bubbles and the figures at a path's end (model.md §6, §7).

use super::super::Real;
use super::super::twin::{
    self, EventTerms, METRIC_CASH, METRIC_COVERAGE, METRIC_FACTOR, METRIC_LOCK_IN, METRIC_OVERHANG, METRIC_REGIME,
    METRIC_STRANDED_SHARE, NEVER, NONE,
};
use super::state::{ContractState, EventState, OrganizationState};
use super::{BlockValues, Job, LANES, Lanes, Words, Workspace, each, same};
use crate::engine::contract::BLOCK;
use crate::registry::{Figure, Registered as _};

static ONE: Lanes = same(1.0);

/// Looks at all events after period `t`.
#[inline(always)]
pub fn watch_events(job: &Job, t: u32, workspace: &mut Workspace) {
    let Workspace { x, state, organizations, contracts, watched, .. } = workspace;
    let path = PathView { x, state, organizations, contracts };
    std::mem::swap(&mut watched.before, &mut watched.now);
    for ((terms, before), now) in job.tables.events.iter().zip(&watched.before).zip(&mut watched.now) {
        if t < terms.first_period {
            continue;
        }
        let mut room = [same(0.0); 2];
        let ratio = metric(job, t, terms, path, &mut room);
        // one loop for each direction: nothing is chosen lane by lane
        if terms.below != 0 {
            look::<true>(t, terms, ratio, before, now);
        } else {
            look::<false>(t, terms, ratio, before, now);
        }
    }
}

/// What a metric may look at.
#[derive(Clone, Copy)]
pub struct PathView<'a> {
    x: &'a [Lanes],
    state: &'a Words,
    organizations: &'a [OrganizationState],
    contracts: &'a [ContractState],
}

impl<'a> From<&'a Workspace> for PathView<'a> {
    #[inline(always)]
    fn from(workspace: &'a Workspace) -> Self {
        let Workspace { x, state, organizations, contracts, .. } = workspace;
        PathView { x, state, organizations, contracts }
    }
}

#[inline(always)]
fn look<const BELOW: bool>(t: u32, terms: &EventTerms, ratio: Ratio, before: &EventState, now: &mut EventState) {
    let (numerator, denominator) = ratio;
    for l in 0..LANES {
        let crossed = twin::crosses(numerator[l], denominator[l], terms.threshold, BELOW);
        now.held[l] = twin::held(before.held[l], crossed);
        now.first[l] = twin::first_time(before.first[l], t, now.held[l], terms.needed);
    }
}

/// Numerator and denominator.
type Ratio<'a> = (&'a Lanes, &'a Lanes);

/// A metric, in `room` where it is not kept anyway; also for whoever watches a path.
#[inline(always)]
pub fn metric<'a>(job: &Job, t: u32, terms: &EventTerms, path: PathView<'a>, room: &'a mut [Lanes; 2]) -> Ratio<'a> {
    let state = &path.organizations[terms.organization as usize];
    match terms.metric {
        METRIC_CASH => (&state.cash, &ONE),
        METRIC_COVERAGE => (&state.average_value, &state.average_cost),
        METRIC_STRANDED_SHARE => (&state.average_stranded, &state.average_cost),
        METRIC_FACTOR => (&path.x[terms.index as usize], &ONE),
        METRIC_REGIME => {
            room[0] = each(|l| if path.state[l] == terms.index { 1.0 } else { 0.0 });
            (&room[0], &ONE)
        }
        METRIC_LOCK_IN => {
            *room = lock_in(job, t, terms, path);
            (&room[0], &room[1])
        }
        METRIC_OVERHANG => {
            room[0] = overhang(job, t, terms, path);
            (&room[0], &state.average_value)
        }
        _ => {
            let capacity = capacity(job, t, terms.organization);
            room[0] = same(capacity);
            if capacity == 0.0 { (&ONE, &ONE) } else { (&state.served, &room[0]) }
        }
    }
}

/// Capacity of all contracts of the organization in period `t`.
#[inline(always)]
fn capacity(job: &Job, t: u32, organization: u32) -> Real {
    let terms = &job.tables.organizations[organization as usize];
    let row = &job.tables.contract_periods[(t as usize - 1) * job.sizes.contracts..];
    let mut sum = 0.0;
    for period in &row[terms.contracts_first as usize..terms.contracts_end as usize] {
        sum += period.capacity;
    }
    sum
}

#[inline(always)]
fn lock_in(job: &Job, t: u32, terms: &EventTerms, path: PathView) -> [Lanes; 2] {
    let organization = &job.tables.organizations[terms.organization as usize];
    let capacity = capacity(job, t, terms.organization);
    if capacity == 0.0 || organization.price == NONE {
        return [ONE; 2];
    }
    let row = &job.tables.contract_periods[(t as usize - 1) * job.sizes.contracts..];
    let mut locked: Lanes = same(0.0);
    for c in organization.contracts_first as usize..organization.contracts_end as usize {
        let rate = &path.contracts[c].rate;
        // outside its term a contract has no capacity, and perhaps no rate yet
        locked = each(|l| twin::accumulated(locked[l], rate[l], row[c].capacity));
    }
    let quoted = &path.x[organization.price as usize];
    [locked, each(|l| quoted[l] * organization.market_scale * capacity)]
}

/// Minimum bills due after period `t`; indexed ones at the present rate, or as if set now where not yet set.
#[inline(always)]
fn overhang(job: &Job, t: u32, terms: &EventTerms, path: PathView) -> Lanes {
    let organization = &job.tables.organizations[terms.organization as usize];
    let row = t as usize - 1;
    let fixed =
        job.tables.organization_periods[row * job.sizes.organizations + terms.organization as usize].minimum_after;
    let mut due: Lanes = same(fixed);
    for c in organization.contracts_first as usize..organization.contracts_end as usize {
        let units = job.tables.contract_periods[row * job.sizes.contracts + c].units_after;
        if units > 0.0 {
            let rate = present_rate(job, c, path);
            due = each(|l| twin::accumulated(due[l], rate[l], units));
        }
    }
    due
}

/// The rate of an indexed contract, or what it would be if it were set now.
#[inline(always)]
fn present_rate(job: &Job, c: usize, path: PathView) -> Lanes {
    let terms = &job.tables.contracts[c];
    let (rate, quoted) = (&path.contracts[c].rate, &path.x[terms.index as usize]);
    each(|l| {
        let now = twin::indexed_rate(terms.share, quoted[l], terms.floor, terms.cap);
        twin::select(rate[l], now, rate[l] < 0.0)
    })
}

/// Writes the figures and times of the group.
#[inline(always)]
pub fn finish(job: &Job, workspace: &Workspace, values: &mut BlockValues, place: usize) {
    let mut put = |slot: usize, lanes: &Lanes| {
        values.figures[slot * BLOCK + place..][..LANES].copy_from_slice(&**lanes);
    };
    let sizes = job.sizes;
    let mut system = [same(0.0); Figure::ALL.len()];
    let mut system_use = same(0.0);
    for o in 0..sizes.organizations {
        let figures = organization_figures(job, o, workspace);
        let use_value = &workspace.organizations[o].discounted_use;
        for (k, lanes) in figures.iter().enumerate() {
            put(sizes.organization_slot(o) + k, lanes);
            system[k] = each(|l| system[k][l] + lanes[l]);
        }
        system_use = each(|l| system_use[l] + use_value[l]);
    }
    if sizes.organizations > 1 {
        let cost = system[Figure::ComputeCost as usize];
        system[Figure::UnitCost as usize] = each(|l| twin::unit_cost(cost[l], system_use[l]));
        for (k, lanes) in system.iter().enumerate() {
            put(sizes.system_slot() + k, lanes);
        }
    }
    for (c, contract) in workspace.contracts.iter().enumerate() {
        put(sizes.contract_slot(c), &contract.commitment_cost);
        put(sizes.contract_slot(c) + 1, &contract.stranded_cost);
    }
    for vendor in 0..sizes.vendors {
        let mut sums = [same(0.0); 2];
        for (contract, terms) in workspace.contracts.iter().zip(&job.tables.contracts) {
            if terms.vendor == vendor as u32 {
                sums[0] = each(|l| sums[0][l] + contract.commitment_cost[l]);
                sums[1] = each(|l| sums[1][l] + contract.stranded_cost[l]);
            }
        }
        put(sizes.vendor_slot(vendor), &sums[0]);
        put(sizes.vendor_slot(vendor) + 1, &sums[1]);
    }
    finish_times(job, workspace, values, place);
}

#[inline(always)]
fn organization_figures(job: &Job, o: usize, workspace: &Workspace) -> [Lanes; Figure::ALL.len()] {
    let terms = &job.tables.organizations[o];
    let state = &workspace.organizations[o];
    let (mut commitment, mut stranded, mut residual) = (same(0.0), same(0.0), same(0.0));
    for c in terms.contracts_first as usize..terms.contracts_end as usize {
        let (contract, contract_terms) = (&workspace.contracts[c], &job.tables.contracts[c]);
        commitment = each(|l| commitment[l] + contract.commitment_cost[l]);
        stranded = each(|l| stranded[l] + contract.stranded_cost[l]);
        residual = each(|l| residual[l] + contract_terms.residual_value);
        if contract_terms.residual_units > 0.0 {
            let rate = present_rate(job, c, workspace.into());
            residual = each(|l| twin::accumulated(residual[l], rate[l], contract_terms.residual_units));
        }
    }
    let compute = each(|l| commitment[l] + state.burst_cost[l]);
    let mut figures = [same(0.0); Figure::ALL.len()];
    let mut set = |figure: Figure, lanes: Lanes| figures[figure as usize] = lanes;
    set(Figure::CommitmentCost, commitment);
    set(Figure::BurstCost, state.burst_cost);
    set(Figure::ComputeCost, compute);
    set(Figure::StrandedCost, stranded);
    set(Figure::MarketCost, state.market_cost);
    set(Figure::LockInCost, each(|l| compute[l] - state.market_cost[l]));
    set(Figure::ResidualCommitment, residual);
    set(Figure::Value, state.value);
    set(Figure::NetValue, each(|l| terms.margin * state.value[l] - compute[l]));
    set(Figure::Used, state.used);
    set(Figure::Unserved, state.unserved);
    set(Figure::UnitCost, each(|l| twin::unit_cost(compute[l], state.discounted_use[l])));
    set(Figure::MinCash, state.min_cash);
    set(Figure::FinalCash, state.cash);
    figures
}

/// Events' times, organizations' bubbles, the system's bubble.
#[inline(always)]
fn finish_times(job: &Job, workspace: &Workspace, values: &mut BlockValues, place: usize) {
    let mut put = |time: usize, words: &Words| {
        values.times[time * BLOCK + place..][..LANES].copy_from_slice(&**words);
    };
    let (events, organizations) = (job.sizes.events, job.sizes.organizations);
    for (e, event) in workspace.watched.now.iter().enumerate() {
        put(e, &event.first);
    }
    for o in 0..organizations {
        put(events + o, &bubble(job, o, workspace));
    }
    // the system's bursts at the earliest time by which `bubble_count` of the organizations' have
    let mut system = same(NEVER);
    for o in 0..organizations {
        let time = bubble(job, o, workspace);
        let mut burst_by = same(0);
        for other in 0..organizations {
            let other = bubble(job, other, workspace);
            for l in 0..LANES {
                burst_by[l] += u32::from(other[l] <= time[l]);
            }
        }
        for l in 0..LANES {
            let enough = burst_by[l] >= job.tables.common.bubble_count;
            system[l] = twin::select(system[l], system[l].min(time[l]), enough);
        }
    }
    put(events + organizations, &system);
}

/// When an organization's bubble burst: the first (any) or last (all) of its events' times.
#[inline(always)]
fn bubble(job: &Job, o: usize, workspace: &Workspace) -> Words {
    let terms = &job.tables.organizations[o];
    let listed = &job.tables.bubble_events[terms.bubble_first as usize..terms.bubble_end as usize];
    if listed.is_empty() {
        return same(NEVER);
    }
    let all = terms.bubble_all != 0;
    let mut time = same(if all { 0 } else { NEVER });
    for &event in listed {
        let first = &workspace.watched.now[event as usize].first;
        for l in 0..LANES {
            time[l] = if all { time[l].max(first[l]) } else { time[l].min(first[l]) };
        }
    }
    time
}
