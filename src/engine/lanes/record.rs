// One path again, alone, with everything that happens in it.

use super::super::twin::{NEVER, NONE, STAGE_DECISION, STAGE_EXTENDED, STAGE_TERM};
use super::super::{Real, Tables, tables};
use super::kernel::CounterpartyState;
use super::state::Clauses;
use super::{BlockValues, FactorSource, Job, Observer, Values, Workspace};
use crate::engine::contract::{BLOCK, Draws};
use crate::engine::trace::{
    ChangeTrace, ClauseTrace, ContractTrace, CrisisTrace, EventTrace, OrganizationTrace, PeriodTrace, VendorTrace,
};
use crate::plan::Plan;

/// The periods of one path.
pub fn trace(plan: &Plan, draws: Draws, path: u64) -> Vec<PeriodTrace> {
    let job = Job::new(plan, draws);
    let mut workspace = Workspace::new(&job);
    let mut values = BlockValues::new(&plan.sizes, BLOCK);
    let tables = tables(plan);
    let mut recorder = Recorder { tables, periods: Vec::new() };
    let traced = Values {
        job: &job,
        source: &FactorSource::Draws,
        first: path,
        count: 1,
        workspace: &mut workspace,
        values: &mut values,
        observer: &mut recorder,
    };
    // the bits are those of every instruction set and shape, and one path is not worth compiling them all
    traced.groups::<true>();
    recorder.periods
}

/// Copies the first lane after every period.
struct Recorder<'a> {
    tables: &'a Tables,
    periods: Vec<PeriodTrace>,
}

impl Observer for Recorder<'_> {
    const TRACED: bool = true;

    fn period(&mut self, t: u32, workspace: &Workspace) {
        let wide = |x: Real| f64::from(x);
        let organizations = workspace.organizations.iter().map(|state| OrganizationTrace {
            wanted: wide(state.wanted[0]),
            served: wide(state.served[0]),
            on_demand: wide(state.on_demand[0]),
            unserved: wide(state.rest[0]),
            bills: wide(state.bills[0]),
            stranded: wide(state.stranded[0]),
            on_demand_bill: wide(state.on_demand_bill[0]),
            value: wide(state.earned[0]),
            cash: wide(state.cash[0]),
        });
        let clauses = self.clauses(t, workspace);
        let changed = |c: usize| self.tables.changes.iter().position(|terms| terms.contract as usize == c);
        let contracts =
            workspace.contracts.iter().zip(&self.tables.contracts).enumerate().map(|(c, (state, terms))| {
                let rate = match changed(c) {
                    // at market rates units are useful ones
                    Some(i) if workspace.clauses.changes[i].settled[0] == 0 => workspace.clauses.changes[i].rate[0],
                    None if terms.aged != NONE => workspace.sums.agreed[terms.aged as usize][0],
                    _ => state.rate[0],
                };
                ContractTrace {
                    rate: (rate >= 0.0).then_some(wide(rate)),
                    served: wide(state.served[0]),
                    bill: wide(state.bill[0]),
                    paid: wide(state.paid[0]),
                }
            });
        let events = workspace.events.iter().zip(&workspace.metrics).map(|(event, metric)| {
            let (numerator, denominator) = (wide(metric.numerator[0]), wide(metric.denominator[0]));
            EventTrace {
                metric: (denominator != 0.0).then(|| numerator / denominator),
                happened: event.happened[0] != NEVER,
            }
        });
        self.periods.push(PeriodTrace {
            period: t,
            factors: workspace.x.iter().map(|x| wide(x[0])).collect(),
            state: workspace.state[0],
            organizations: organizations.collect(),
            contracts: contracts.collect(),
            events: events.collect(),
            clauses,
        });
    }
}

impl Recorder<'_> {
    fn clauses(&self, t: u32, workspace: &Workspace) -> ClauseTrace {
        let happened = |period: u32| (period != NEVER).then_some(period);
        let states = &workspace.clauses;
        let crisis = workspace.crisis.first();
        let vendor =
            |state: &CounterpartyState| VendorTrace { failed: happened(state.failed[0]), ends: state.ends[0] != 0 };
        ClauseTrace {
            crisis: crisis.map(|state| CrisisTrace { lasts: state.lasting[0] != 0, fund: f64::from(state.fund[0]) }),
            begun: states.conditions.iter().map(|state| state.begins[0] != 0).collect(),
            vendors: states.counterparties.iter().map(vendor).collect(),
            settles: states.workouts.iter().map(|state| state.settles[0] != 0).collect(),
            paid: workspace.tranches.iter().map(|state| happened(state.paid[0])).collect(),
            changes: (0..states.changes.len()).map(|i| self.change(t, i, states)).collect(),
        }
    }

    fn change(&self, t: u32, i: usize, states: &Clauses) -> ChangeTrace {
        let wide = |x: Real| f64::from(x);
        let (state, terms) = (&states.changes[i], &self.tables.changes[i]);
        let late = states.late.get(terms.late as usize);
        let row = &self.tables.change_periods[(t as usize - 1) * self.tables.changes.len() + i];
        let stage = late.map_or(row.stage, |late| late.stage[0]);
        let (extended, ended) = (state.extended[0] != 0, state.ended[0] != 0);
        let behind = stage == STAGE_DECISION || stage == STAGE_EXTENDED;
        ChangeTrace {
            runs: !ended && (stage == STAGE_TERM || (behind && extended)),
            late: late.map_or(0, |late| late.periods[0]),
            never_begins: late.is_some_and(|late| late.never_begins[0] != 0),
            effect: (state.effect[0] != NEVER).then_some(state.effect[0]),
            cuts: state.cuts[0] != 0,
            kept: wide(state.kept[0]),
            multiplier: wide(state.multiplier[0]),
            extended,
            ended,
            settled: state.settled[0] != 0,
            leaves: state.leaves[0] != 0,
            exit: wide(state.exit[0]),
            credited: wide(state.credited[0]),
            idle: wide(state.idle[0]),
            closing: wide(state.closing[0]),
            resold: wide(state.resold[0]),
            bank: wide(state.bank[0]),
            rate: wide(state.rate[0]),
        }
    }
}
