//! One path, period by period, as a document.

mod acts;

use indexmap::IndexMap;
use serde::Serialize;

use super::document::SCHEMA_VERSION;
use crate::engine::trace::PeriodTrace;
use crate::plan::Plan;
use crate::scenario::Scenario;
pub use acts::Act;

/// A path's periods, with everything under its name in the scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TraceDocument {
    pub schema_version: u32,
    pub scenario: String,
    pub scenario_hash: String,
    pub seed: u64,
    pub path: u64,
    pub currency: String,
    pub capacity_unit: String,
    pub periods: Vec<Period>,
}

/// A period; what happens in it is dated at its end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Period {
    pub period: u32,
    /// Years from the start date to the period's end.
    pub year: f64,
    /// The chain's state, where there are regimes.
    pub regime: Option<String>,
    pub factors: IndexMap<String, f64>,
    pub organizations: IndexMap<String, OrganizationPeriod>,
    pub contracts: IndexMap<String, ContractPeriod>,
    /// What clauses did in it; left out where they did nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<Act>,
}

/// Flows of an organization in a period: use in capacity units, money undiscounted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OrganizationPeriod {
    pub wanted: f64,
    pub served: f64,
    pub burst: f64,
    pub unserved: f64,
    pub bills: f64,
    pub stranded: f64,
    pub burst_bill: f64,
    pub value: f64,
    /// The balance at the period's end, where the organization has a cash block.
    pub cash: Option<f64>,
    pub events: IndexMap<String, EventPeriod>,
}

/// An event's metric at the period's end, and whether it has happened by then.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EventPeriod {
    pub metric: &'static str,
    pub value: Option<f64>,
    pub happened: bool,
}

/// Flows of a contract in a period: `rate` in currency per capacity-unit-year, none outside the contract's term.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContractPeriod {
    pub rate: Option<f64>,
    pub served: f64,
    pub bill: f64,
    pub paid: f64,
}

/// The document of a path.
pub fn trace(scenario: &Scenario, plan: &Plan, seed: u64, path: u64, periods: &[PeriodTrace]) -> TraceDocument {
    TraceDocument {
        schema_version: SCHEMA_VERSION,
        scenario: scenario.name.clone(),
        scenario_hash: scenario.hash.clone(),
        seed,
        path,
        currency: scenario.currency.clone(),
        capacity_unit: scenario.capacity_unit.clone(),
        periods: periods
            .iter()
            .enumerate()
            .map(|(place, period)| {
                let before = place.checked_sub(1).map(|before| &periods[before]);
                let acts = acts::acts(scenario, plan, before, period);
                Period { acts, ..named(scenario, plan, period) }
            })
            .collect(),
    }
}

fn named(scenario: &Scenario, plan: &Plan, of: &PeriodTrace) -> Period {
    let regime = scenario.regimes.as_ref().map(|regimes| regimes.states[of.state as usize].clone());
    let factors = scenario.factors.iter().zip(&of.factors).map(|(factor, &x)| (factor.name.clone(), x));
    let organizations = scenario.organizations.iter().enumerate().map(|(index, organization)| {
        let flows = &of.organizations[index];
        let period = OrganizationPeriod {
            wanted: flows.wanted,
            served: flows.served,
            burst: flows.on_demand,
            unserved: flows.unserved,
            bills: flows.bills,
            stranded: flows.stranded,
            burst_bill: flows.on_demand_bill,
            value: flows.value,
            cash: organization.cash.as_ref().map(|_| flows.cash),
            events: events(scenario, plan, of, index),
        };
        (organization.name.clone(), period)
    });
    let contracts = (0..scenario.contracts.len()).filter_map(|index| {
        let position = plan.contract_order.iter().position(|&c| c == index)?;
        let flows = &of.contracts[position];
        // outside its term a contract has no rate, whatever its tables hold
        let changed = plan.double.changes.iter().position(|terms| terms.contract as usize == position);
        let planned = || scenario.contracts[index].term_periods(&scenario.horizon).contains(&i64::from(of.period));
        let in_term = changed.map_or_else(planned, |place| of.clauses.changes[place].runs);
        let rate = flows.rate.filter(|_| in_term);
        let period = ContractPeriod { rate, served: flows.served, bill: flows.bill, paid: flows.paid };
        Some((scenario.contracts[index].name.clone(), period))
    });
    Period {
        period: of.period,
        year: scenario.horizon.end(of.period),
        regime,
        factors: factors.collect(),
        organizations: organizations.collect(),
        contracts: contracts.collect(),
        acts: Vec::new(),
    }
}

fn events(scenario: &Scenario, plan: &Plan, of: &PeriodTrace, organization: usize) -> IndexMap<String, EventPeriod> {
    use crate::plan::figure::FirstPassage;
    let watched = plan.times.iter().zip(&of.events).filter_map(|(spec, event)| match spec {
        FirstPassage::Event { event: index, organization: of } if *of == organization => Some((*index, event)),
        _ => None,
    });
    watched
        .map(|(index, event)| {
            let spec = &scenario.events[index];
            let metric = spec.metric.kind.name();
            (spec.name.clone(), EventPeriod { metric, value: event.metric, happened: event.happened })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cpu::CpuEngine;
    use crate::engine::{Draws, Instructions, Precision, Sampling};

    #[test]
    fn a_contract_has_a_rate_within_its_term_only() {
        for rate in ["rate = 9.0", "rate = { index = \"use\", reset = 0.5 }"] {
            let text = format!(
                "schema = 1\nname = \"late\"\ncurrency = \"USD\"\ncapacity_unit = \"GW\"\n\
                 [horizon]\nstart = 2026-01-01\nyears = 1\nstep = \"month\"\n[discount]\nrate = 0.05\n\
                 [[factor]]\nname = \"use\"\nprocess = \"table\"\nvalues = 1.0\n\
                 [[organization]]\nname = \"lab\"\nutilization = \"use\"\ndemand = 1.0\n\
                 [[contract]]\nname = \"c\"\norganization = \"lab\"\nvendor = \"V\"\nstart = 0.25\nterm = 0.5\n\
                 capacity = 1.0\n{rate}\n"
            );
            let scenario = crate::scenario::parse(&text, "late.toml").unwrap_or_else(|failure| panic!("{failure}"));
            let plan = Plan::lower(&scenario.scenario);
            let engine =
                CpuEngine::new(Some(1), Instructions::best(), Precision::Double, Sampling::Device).expect("it starts");
            let periods = engine.trace(&plan, Draws { seed: 1, replicate: 0 }, 0);
            let document = trace(&scenario.scenario, &plan, 1, 0, &periods);
            let rated: Vec<u32> = document
                .periods
                .iter()
                .filter(|period| period.contracts["c"].rate.is_some())
                .map(|period| period.period)
                .collect();
            assert_eq!(rated, [4, 5, 6, 7, 8, 9], "{rate}");
        }
    }
}
