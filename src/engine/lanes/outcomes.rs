// Events, bubbles and the figures at a path's end (model.md §6, §7).

use super::super::Real;
use super::super::twin::{
    self, EventTerms, METRIC_CASH, METRIC_COVERAGE, METRIC_FACTOR, METRIC_LOCK_IN, METRIC_OVERHANG, METRIC_REGIME,
    METRIC_STRANDED_SHARE, NEVER, NONE,
};
use super::{BlockValues, Job, LANES, Lanes, Words, Workspace, each};
use crate::engine::BLOCK;
use crate::plan::figure::{FIGURES, Figure};

const ONE: Lanes = [1.0; LANES];

/// Looks at all events after period `t`.
#[inline(always)]
pub fn watch_events(job: &Job, t: u32, workspace: &mut Workspace) {
    for (e, terms) in job.tables.events.iter().enumerate() {
        if t < terms.first_period {
            continue;
        }
        let (numerator, denominator) = metric(job, t, terms, workspace);
        let below = terms.below != 0;
        let (held, first) = (&mut workspace.held[e], &mut workspace.first[e]);
        for l in 0..LANES {
            let crossed = twin::crosses(numerator[l], denominator[l], terms.threshold, below);
            held[l] = twin::held(held[l], crossed);
            first[l] = twin::first_time(first[l], t, held[l], terms.needed);
        }
    }
}

/// A metric as numerator and denominator; also for whoever watches a path.
#[inline(always)]
pub fn metric(job: &Job, t: u32, terms: &EventTerms, workspace: &Workspace) -> (Lanes, Lanes) {
    let state = &workspace.organizations[terms.organization as usize];
    match terms.metric {
        METRIC_CASH => (state.cash, ONE),
        METRIC_COVERAGE => (state.average_value, state.average_cost),
        METRIC_STRANDED_SHARE => (state.average_stranded, state.average_cost),
        METRIC_FACTOR => (workspace.x[terms.index as usize], ONE),
        METRIC_REGIME => (each(|l| if workspace.state[l] == terms.index { 1.0 } else { 0.0 }), ONE),
        METRIC_LOCK_IN => lock_in(job, t, terms, workspace),
        METRIC_OVERHANG => (overhang(job, t, terms, workspace), state.average_value),
        _ => utilization(job, t, terms, workspace),
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
fn utilization(job: &Job, t: u32, terms: &EventTerms, workspace: &Workspace) -> (Lanes, Lanes) {
    let capacity = capacity(job, t, terms.organization);
    if capacity == 0.0 {
        return (ONE, ONE);
    }
    (workspace.organizations[terms.organization as usize].served, [capacity; LANES])
}

#[inline(always)]
fn lock_in(job: &Job, t: u32, terms: &EventTerms, workspace: &Workspace) -> (Lanes, Lanes) {
    let organization = &job.tables.organizations[terms.organization as usize];
    let capacity = capacity(job, t, terms.organization);
    if capacity == 0.0 || organization.price == NONE {
        return (ONE, ONE);
    }
    let row = &job.tables.contract_periods[(t as usize - 1) * job.sizes.contracts..];
    let mut locked: Lanes = [0.0; LANES];
    for c in organization.contracts_first as usize..organization.contracts_end as usize {
        let rate = &workspace.contracts[c].rate;
        // outside its term a contract has no capacity, and perhaps no rate yet
        locked = each(|l| twin::accumulated(locked[l], rate[l], row[c].capacity));
    }
    let quoted = &workspace.x[organization.price as usize];
    (locked, each(|l| quoted[l] * organization.market_scale * capacity))
}

/// Minimum bills due after period `t`; indexed ones at the present rate, or as if set now where not yet set.
#[inline(always)]
fn overhang(job: &Job, t: u32, terms: &EventTerms, workspace: &Workspace) -> Lanes {
    let organization = &job.tables.organizations[terms.organization as usize];
    let row = t as usize - 1;
    let fixed =
        job.tables.organization_periods[row * job.sizes.organizations + terms.organization as usize].minimum_after;
    let mut due: Lanes = [fixed; LANES];
    for c in organization.contracts_first as usize..organization.contracts_end as usize {
        let units = job.tables.contract_periods[row * job.sizes.contracts + c].units_after;
        if units > 0.0 {
            let rate = present_rate(job, c, workspace);
            due = each(|l| twin::accumulated(due[l], rate[l], units));
        }
    }
    due
}

/// The rate of an indexed contract, or what it would be if it were set now.
#[inline(always)]
fn present_rate(job: &Job, c: usize, workspace: &Workspace) -> Lanes {
    let terms = &job.tables.contracts[c];
    let (rate, quoted) = (&workspace.contracts[c].rate, &workspace.x[terms.index as usize]);
    each(|l| {
        let now = twin::indexed_rate(terms.share, quoted[l], terms.floor, terms.cap);
        twin::select(rate[l], now, rate[l] < 0.0)
    })
}

/// Writes the figures and times of the group.
#[inline(always)]
pub fn finish(job: &Job, workspace: &Workspace, values: &mut BlockValues, place: usize) {
    let mut put = |slot: usize, lanes: &Lanes| {
        values.figures[slot * BLOCK + place..][..LANES].copy_from_slice(lanes);
    };
    let sizes = job.sizes;
    let mut system = [[0.0; LANES]; FIGURES.len()];
    let mut system_use = [0.0; LANES];
    for o in 0..sizes.organizations {
        let figures = organization_figures(job, o, workspace);
        let use_value = &workspace.organizations[o].discounted_use;
        for (k, lanes) in figures.iter().enumerate() {
            put(sizes.organization_slot(o) + k, lanes);
            system[k] = each(|l| system[k][l] + lanes[l]);
        }
        system_use = each(|l| system_use[l] + use_value[l]);
    }
    let cost = system[Figure::ComputeCost as usize];
    system[Figure::UnitCost as usize] = each(|l| twin::unit_cost(cost[l], system_use[l]));
    for (k, lanes) in system.iter().enumerate() {
        put(sizes.system_slot() + k, lanes);
    }
    for (c, contract) in workspace.contracts.iter().enumerate() {
        put(sizes.contract_slot(c), &contract.commitment_cost);
        put(sizes.contract_slot(c) + 1, &contract.stranded_cost);
    }
    for vendor in 0..sizes.vendors {
        let mut sums = [[0.0; LANES]; 2];
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
fn organization_figures(job: &Job, o: usize, workspace: &Workspace) -> [Lanes; FIGURES.len()] {
    let terms = &job.tables.organizations[o];
    let state = &workspace.organizations[o];
    let (mut commitment, mut stranded, mut residual) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    for c in terms.contracts_first as usize..terms.contracts_end as usize {
        let (contract, contract_terms) = (&workspace.contracts[c], &job.tables.contracts[c]);
        commitment = each(|l| commitment[l] + contract.commitment_cost[l]);
        stranded = each(|l| stranded[l] + contract.stranded_cost[l]);
        residual = each(|l| residual[l] + contract_terms.residual_value);
        if contract_terms.residual_units > 0.0 {
            let rate = present_rate(job, c, workspace);
            residual = each(|l| twin::accumulated(residual[l], rate[l], contract_terms.residual_units));
        }
    }
    let compute = each(|l| commitment[l] + state.burst_cost[l]);
    let mut figures = [[0.0; LANES]; FIGURES.len()];
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
        values.times[time * BLOCK + place..][..LANES].copy_from_slice(words);
    };
    let (events, organizations) = (job.sizes.events, job.sizes.organizations);
    for (e, first) in workspace.first.iter().enumerate() {
        put(e, first);
    }
    for o in 0..organizations {
        put(events + o, &bubble(job, o, workspace));
    }
    // the system's bursts at the earliest time by which `bubble_count` of the organizations' have
    let mut system = [NEVER; LANES];
    for o in 0..organizations {
        let time = bubble(job, o, workspace);
        let mut burst_by = [0; LANES];
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
        return [NEVER; LANES];
    }
    let all = terms.bubble_all != 0;
    let mut time = [if all { 0 } else { NEVER }; LANES];
    for &event in listed {
        let first = &workspace.first[event as usize];
        for l in 0..LANES {
            time[l] = if all { time[l].max(first[l]) } else { time[l].min(first[l]) };
        }
    }
    time
}
