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

    /// All that clauses can do.
    const ALL: [(&str, &str); 22] = [
        ("crisis", "begins"),
        ("crisis", "ends"),
        ("vendor", "fails"),
        ("vendor", "fails, and is taken over"),
        ("vendor", "ends with its vendor"),
        ("workout", "settles"),
        ("workout", "ends, claim paid"),
        ("workout", "goes on at market rates, claim paid"),
        ("delay", "late, in periods"),
        ("delay", "never begins"),
        ("delay", "credited"),
        ("reduction", "notice, for the year"),
        ("reduction", "capacity left, as a share"),
        ("reduction", "fee"),
        ("extension", "taken"),
        ("review", "rate, as a share of the scheduled one"),
        ("true_up", "unused minimum billed"),
        ("make_up", "units made up"),
        ("resale", "idle capacity sold"),
        ("stakes", "lost"),
        ("tranche", "paid"),
        ("tranche", "paid what comes otherwise"),
    ];

    /// The sum of amounts of an organization's acts of these kinds, discounted.
    fn sum(scenario: &Scenario, document: &TraceDocument, owner: usize, whats: &[&str], discount: &[f64]) -> f64 {
        let contracts = scenario.contracts.iter().filter(|contract| contract.organization == owner);
        let owned: Vec<&str> = contracts.map(|contract| contract.name.as_str()).collect();
        let of = |(period, discount): (&Period, &f64)| {
            let acts = period.acts.iter().filter(|act| owned.contains(&act.of.as_str()) && whats.contains(&act.what));
            discount * acts.filter_map(|act| act.value).sum::<f64>()
        };
        document.periods.iter().zip(discount).map(of).sum()
    }

    #[test]
    fn acts_are_those_that_figures_and_times_come_from() {
        use crate::plan::figure::{FirstPassage, Owner};
        use crate::registry::Figure;
        const PATHS: u64 = 256;
        let loaded = crate::scenario::load("tests/cases/part-two.toml".as_ref());
        let scenario = loaded.unwrap_or_else(|failure| panic!("{failure}")).scenario;
        let plan = Plan::lower(&scenario);
        let engine =
            CpuEngine::new(Some(1), Instructions::best(), Precision::Double, Sampling::Device).expect("it starts");
        let draws = Draws { seed: 5, replicate: 0 };
        let values = crate::engine::Engine::values(&engine, &plan, draws, 0..PATHS).expect("the CPU has no faults");
        let discounts = plan.double.periods.iter();
        let (incomes, payments): (Vec<f64>, Vec<f64>) =
            discounts.map(|terms| (terms.discount, terms.liability_discount)).unzip();
        let mut seen = std::collections::BTreeSet::new();
        for path in 0..PATHS {
            let document = trace(&scenario, &plan, 5, path, &engine.trace(&plan, draws, path));
            let acts = document.periods.iter().flat_map(|period| period.acts.iter().map(move |act| (period, act)));
            let acts: Vec<(&Period, &Act)> = acts.collect();
            seen.extend(acts.iter().map(|(_, act)| (act.clause, act.what)));
            let at = |row: usize| row * values.paths + path as usize;
            for spec in &plan.figures {
                let (whats, discount): (&[&str], _) = match spec.figure {
                    Figure::ExitCost => {
                        (&["fee", "ends, claim paid", "goes on at market rates, claim paid"], payments.as_slice())
                    }
                    Figure::ResaleIncome => (&["idle capacity sold"], incomes.as_slice()),
                    _ => continue,
                };
                let Owner::Organization(owner) = spec.owner else { continue };
                let (found, exact) = (sum(&scenario, &document, owner, whats, discount), values.figures[at(spec.slot)]);
                assert!(
                    (found - exact).abs() <= 1e-9 * exact.abs().max(1.0),
                    "path {path}, {spec:?}: {found}, {exact}"
                );
            }
            for (place, spec) in plan.times.iter().enumerate() {
                let (clause, of, whats): (_, _, &[&str]) = match *spec {
                    FirstPassage::Tranche { tranche } => ("tranche", &scenario.tranches[tranche].name, &["paid"]),
                    FirstPassage::Failure { vendor } => {
                        ("vendor", &scenario.vendors[vendor].name, &["fails", "fails, and is taken over"])
                    }
                    FirstPassage::Workout { organization } => {
                        ("workout", &scenario.organizations[organization].name, &["settles"])
                    }
                    _ => continue,
                };
                let wanted = |act: &Act| act.clause == clause && act.of == *of && whats.contains(&act.what);
                let periods: Vec<u32> =
                    acts.iter().filter(|(_, act)| wanted(act)).map(|(period, _)| period.period).collect();
                let exact: Vec<u32> =
                    Some(values.times[at(place)]).filter(|&time| time != u32::MAX).into_iter().collect();
                assert_eq!(periods, exact, "path {path}, {spec:?}");
            }
        }
        let missing: Vec<_> = ALL.iter().filter(|kind| !seen.contains(*kind)).collect();
        assert!(missing.is_empty(), "none of {PATHS} paths has {missing:?}");
        assert_eq!(seen.len(), ALL.len(), "{seen:?}");
    }
}
