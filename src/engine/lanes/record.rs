// One path again, alone, with everything that happens in it.

use super::super::Real;
use super::super::twin::{NEVER, NONE};
use super::{BlockValues, FactorSource, Job, Observer, Values, Workspace, launch};
use crate::engine::contract::{BLOCK, Draws};
use crate::engine::cpu::CpuEngine;
use crate::engine::trace::{ContractTrace, EventTrace, OrganizationTrace, PeriodTrace};
use crate::plan::Plan;

/// The periods of one path.
pub fn trace(engine: &CpuEngine, plan: &Plan, draws: Draws, path: u64) -> Vec<PeriodTrace> {
    let job = Job::new(plan, draws);
    let mut workspace = Workspace::new(&job);
    let mut values = BlockValues::new(&plan.sizes, BLOCK);
    let mut recorder =
        Recorder { aged: plan.single.contracts.iter().map(|terms| terms.aged).collect(), periods: Vec::new() };
    launch(
        engine.instructions(),
        Values {
            job: &job,
            source: &FactorSource::Draws,
            first: path,
            count: 1,
            workspace: &mut workspace,
            values: &mut values,
            observer: &mut recorder,
        },
    );
    recorder.periods
}

/// Copies the first lane after every period.
struct Recorder {
    /// By contract: its place among those whose hardware ages, or none.
    aged: Vec<u32>,
    periods: Vec<PeriodTrace>,
}

impl Observer for Recorder {
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
        let contracts = workspace.contracts.iter().zip(&self.aged).map(|(state, &aged)| {
            let rate = if aged == NONE { state.rate[0] } else { workspace.sums.agreed[aged as usize][0] };
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
        });
    }
}
