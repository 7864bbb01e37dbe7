// Few paths again, alone, with everything that happens in them.

use std::ops::Range;

use super::super::twin::{NEVER, NONE, STAGE_DECISION, STAGE_EXTENDED, STAGE_TERM};
use super::super::{Real, Tables, tables};
use super::kernel::CounterpartyState;
use super::state::Clauses;
use super::{BlockValues, FactorSource, Job, LANES, Observer, Values, Workspace, compactly};
use crate::engine::contract::{BLOCK, Draws};
use crate::engine::trace::{
    ChangeTrace, ClauseTrace, ContractTrace, CrisisTrace, Detail, EventTrace, OrganizationTrace, PeriodTrace,
    VendorTrace,
};
use crate::plan::Plan;

/// The periods of up to a block of consecutive paths, by path.
pub fn traces(plan: &Plan, draws: Draws, paths: Range<u64>, detail: Detail) -> Vec<Vec<PeriodTrace>> {
    let job = Job::new(plan, draws);
    let mut workspace = Workspace::new(&job);
    let mut values = BlockValues::new(&plan.sizes, BLOCK);
    let tables = tables(plan);
    let count = (paths.end - paths.start) as usize;
    let horizon = plan.sizes.periods;
    let mut found = vec![Vec::new(); count];
    let tracer = Tracer { tables, detail, horizon, first: 0, paths: &mut found };
    // the bits are those of every instruction set
    compactly(Values {
        job: &job,
        source: &FactorSource::Draws,
        first: paths.start,
        count,
        workspace: &mut workspace,
        values: &mut values,
        observer: Observer::Tracer(tracer),
    });
    found
}

/// Copies lanes after every period.
pub struct Tracer<'a> {
    tables: &'a Tables,
    detail: Detail,
    /// The last period.
    horizon: u32,
    /// The path that the first lane computes.
    first: usize,
    /// By path.
    paths: &'a mut [Vec<PeriodTrace>],
}

impl Tracer<'_> {
    pub(super) fn period(&mut self, t: u32, workspace: &Workspace) {
        for lane in 0..LANES.min(self.paths.len() - self.first) {
            let period = self.of_lane(t, workspace, lane);
            self.paths[self.first + lane].push(period);
        }
        if t == self.horizon {
            self.first += LANES;
        }
    }

    fn of_lane(&self, t: u32, workspace: &Workspace, l: usize) -> PeriodTrace {
        let wide = |x: Real| f64::from(x);
        let organizations = workspace.organizations.iter().map(|state| OrganizationTrace {
            wanted: wide(state.wanted[l]),
            served: wide(state.served[l]),
            on_demand: wide(state.on_demand[l]),
            unserved: wide(state.rest[l]),
            bills: wide(state.bills[l]),
            stranded: wide(state.stranded[l]),
            on_demand_bill: wide(state.on_demand_bill[l]),
            value: wide(state.earned[l]),
            cash: wide(state.cash[l]),
        });
        let is_whole = self.detail == Detail::Everything;
        let changed = |c: usize| self.tables.changes.iter().position(|terms| terms.contract as usize == c);
        let contracts = workspace.contracts.iter().zip(&self.tables.contracts).enumerate().filter(|_| is_whole).map(
            |(c, (state, terms))| {
                let rate = match changed(c) {
                    // at market rates units are useful ones
                    Some(i) if workspace.clauses.changes[i].settled[l] == 0 => workspace.clauses.changes[i].rate[l],
                    None if terms.aged != NONE => workspace.sums.agreed[terms.aged as usize][l],
                    _ => state.rate[l],
                };
                ContractTrace {
                    rate: (rate >= 0.0).then_some(wide(rate)),
                    served: wide(state.served[l]),
                    bill: wide(state.bill[l]),
                    paid: wide(state.paid[l]),
                }
            },
        );
        let events = workspace.events.iter().zip(&workspace.metrics).map(|(event, metric)| {
            let (numerator, denominator) = (wide(metric.numerator[l]), wide(metric.denominator[l]));
            EventTrace {
                metric: (denominator != 0.0).then(|| numerator / denominator),
                happened: event.happened[l] != NEVER,
            }
        });
        PeriodTrace {
            period: t,
            factors: workspace.x.iter().filter(|_| is_whole).map(|x| wide(x[l])).collect(),
            state: workspace.state[l],
            organizations: organizations.collect(),
            contracts: contracts.collect(),
            events: events.collect(),
            clauses: if is_whole { self.clauses(t, workspace, l) } else { ClauseTrace::default() },
        }
    }

    fn clauses(&self, t: u32, workspace: &Workspace, l: usize) -> ClauseTrace {
        let happened = |period: u32| (period != NEVER).then_some(period);
        let states = &workspace.clauses;
        let crisis = workspace.crisis.first();
        let vendor =
            |state: &CounterpartyState| VendorTrace { failed: happened(state.failed[l]), ends: state.ends[l] != 0 };
        ClauseTrace {
            crisis: crisis.map(|state| CrisisTrace { lasts: state.lasting[l] != 0, fund: f64::from(state.fund[l]) }),
            begun: states.conditions.iter().map(|state| state.begins[l] != 0).collect(),
            vendors: states.counterparties.iter().map(vendor).collect(),
            settles: states.workouts.iter().map(|state| state.settles[l] != 0).collect(),
            paid: workspace.tranches.iter().map(|state| happened(state.paid[l])).collect(),
            changes: (0..states.changes.len()).map(|i| self.change(t, i, states, l)).collect(),
        }
    }

    fn change(&self, t: u32, i: usize, states: &Clauses, l: usize) -> ChangeTrace {
        let wide = |x: Real| f64::from(x);
        let (state, terms) = (&states.changes[i], &self.tables.changes[i]);
        let late = states.late.get(terms.late as usize);
        let row = &self.tables.change_periods[(t as usize - 1) * self.tables.changes.len() + i];
        let stage = late.map_or(row.stage, |late| late.stage[l]);
        let (extended, ended) = (state.extended[l] != 0, state.ended[l] != 0);
        let behind = stage == STAGE_DECISION || stage == STAGE_EXTENDED;
        ChangeTrace {
            runs: !ended && (stage == STAGE_TERM || (behind && extended)),
            late: late.map_or(0, |late| late.periods[l]),
            never_begins: late.is_some_and(|late| late.never_begins[l] != 0),
            effect: (state.effect[l] != NEVER).then_some(state.effect[l]),
            cuts: state.cuts[l] != 0,
            kept: wide(state.kept[l]),
            multiplier: wide(state.multiplier[l]),
            extended,
            ended,
            settled: state.settled[l] != 0,
            leaves: state.leaves[l] != 0,
            exit: wide(state.exit[l]),
            credited: wide(state.credited[l]),
            idle: wide(state.idle[l]),
            closing: wide(state.closing[l]),
            resold: wide(state.resold[l]),
            bank: wide(state.bank[l]),
            rate: wide(state.rate[l]),
        }
    }
}
