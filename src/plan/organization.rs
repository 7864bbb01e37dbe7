//! Organizations on the time grid: demand, burst, efficiency, cash flows that do not depend on the path (model.md §5).

use super::contract::prepayment;
use super::double::Tables;
use super::double::twin::{NONE, OrganizationPeriod, OrganizationTerms};
use crate::scenario::{Demand, Dispatch, Organization, Rate, Scenario};

/// Fills the organizations' tables.
pub fn lower(scenario: &Scenario, order: &[usize], tables: &mut Tables) {
    for (index, organization) in scenario.organizations.iter().enumerate() {
        let owned = |&&c: &&usize| scenario.contracts[c].organization == index;
        let first = order.iter().take_while(|&&c| scenario.contracts[c].organization < index).count();
        let mut terms = terms(organization, scenario.horizon.dt());
        terms.contracts_first = first as u32;
        terms.contracts_end = (first + order.iter().filter(owned).count()) as u32;
        terms.opening = opening(scenario, index);
        tables.organizations.push(terms);
    }
    let columns: Vec<_> = (0..scenario.organizations.len()).map(|index| periods(scenario, index)).collect();
    for t in 0..scenario.horizon.periods as usize {
        tables.organization_periods.extend(columns.iter().map(|column| column[t]));
    }
}

fn terms(organization: &Organization, dt: f64) -> OrganizationTerms {
    let mut terms = OrganizationTerms {
        utilization: organization.utilization as u32,
        performance: organization.performance_return.map_or(NONE, |factor| factor as u32),
        price: NONE,
        merit: u32::from(organization.dispatch == Dispatch::Merit),
        margin: organization.cash.as_ref().map_or(1.0, |cash| cash.margin),
        ..OrganizationTerms::default()
    };
    if let Some(diminishing) = &organization.diminishing {
        terms.exponent = diminishing.exponent;
        terms.inverse_reference = 1.0 / diminishing.reference;
    }
    if let Some(burst) = &organization.burst {
        terms.price = burst.price as u32;
        terms.market_scale = burst.scale;
        terms.on_demand_scale = burst.scale * (1.0 + burst.premium);
        terms.max_price = burst.max_price.unwrap_or(f64::from(f32::MAX));
    }
    if let Some(cash) = &organization.cash {
        terms.interest = cash.interest * dt;
        terms.borrowing = cash.borrowing * dt;
    }
    terms
}

/// The balance before period 1: what stands in the file, funding at year 0, less prepayments dated 0.
fn opening(scenario: &Scenario, index: usize) -> f64 {
    let Some(cash) = &scenario.organizations[index].cash else { return 0.0 };
    let funded: f64 = cash.funding.iter().filter(|lump| lump[0] < 1e-9).map(|lump| lump[1]).sum();
    let prepaid: f64 = prepayments(scenario, index).filter(|&(t, _)| t == 0).map(|(_, amount)| amount).sum();
    cash.opening + funded - prepaid
}

/// Prepayments that are paid whatever happens: those to come of contracts that clauses change are not among them.
fn prepayments(scenario: &Scenario, index: usize) -> impl Iterator<Item = (i64, f64)> {
    let owned = scenario.contracts.iter().filter(move |contract| contract.organization == index);
    owned.filter_map(|contract| {
        prepayment(scenario, contract).filter(|&(period, _)| period == 0 || !scenario.changes(contract))
    })
}

fn periods(scenario: &Scenario, index: usize) -> Vec<OrganizationPeriod> {
    let (horizon, organization) = (&scenario.horizon, &scenario.organizations[index]);
    let efficiency = organization.diminishing.as_ref().map_or(0.0, |d| d.efficiency);
    let minimum_after = minimum_after(scenario, index);
    let prepayments: Vec<(i64, f64)> = prepayments(scenario, index).collect();
    (1..=horizon.periods)
        .map(|t| {
            let middle = horizon.middle(t);
            OrganizationPeriod {
                demand: demand(scenario, index, t),
                on_demand_limit: organization.burst.as_ref().map_or(0.0, |burst| burst.limit.at(middle)),
                efficiency: (efficiency * middle).exp(),
                cash_flow: cash_flow(scenario, index, t, &prepayments),
                minimum_after: minimum_after[t as usize - 1],
            }
        })
        .collect()
}

fn demand(scenario: &Scenario, index: usize, t: u32) -> f64 {
    match &scenario.organizations[index].demand {
        Demand::Curve(curve) => curve.at(scenario.horizon.middle(t)),
        Demand::Planned => {
            let owned = scenario.contracts.iter().filter(|contract| contract.organization == index);
            owned.map(|contract| contract.capacity_in(i64::from(t), &scenario.horizon)).sum()
        }
    }
}

/// Lumps of funding that fall into a period.
pub fn funding(scenario: &Scenario, index: usize, t: u32) -> f64 {
    let Some(cash) = &scenario.organizations[index].cash else { return 0.0 };
    let in_period = cash.funding.iter().filter(|lump| lump[0] >= 1e-9 && scenario.horizon.dated(lump[0]) == t);
    in_period.map(|lump| lump[1]).sum()
}

/// Income less opex, funding of the period, less prepayments dated at its end.
fn cash_flow(scenario: &Scenario, index: usize, t: u32, prepayments: &[(i64, f64)]) -> f64 {
    let horizon = &scenario.horizon;
    let Some(cash) = &scenario.organizations[index].cash else { return 0.0 };
    let middle = horizon.middle(t);
    let running = (cash.income.at(middle) - cash.opex.at(middle)) * horizon.dt();
    let funded = funding(scenario, index, t);
    let prepaid: f64 = prepayments.iter().filter(|(due, _)| *due == i64::from(t)).map(|(_, amount)| amount).sum();
    running + funded - prepaid
}

/// Minimum bills due after each period under fixed rates, undiscounted, to the ends of the terms.
fn minimum_after(scenario: &Scenario, index: usize) -> Vec<f64> {
    let horizon = &scenario.horizon;
    let fixed = |contract: &&crate::scenario::Contract| {
        contract.organization == index && matches!(contract.rate, Rate::Fixed { .. }) && !scenario.changes(contract)
    };
    let contracts: Vec<_> = scenario.contracts.iter().filter(fixed).collect();
    let periods = i64::from(horizon.periods);
    let last = contracts.iter().map(|c| *c.term_periods(horizon).end()).max().unwrap_or(0).max(periods);
    let due = |t: i64| -> f64 {
        let bill = |c: &&crate::scenario::Contract| {
            c.fixed_rate_in(t, horizon).unwrap_or(0.0) * c.take_or_pay * c.capacity_in(t, horizon) * horizon.dt()
        };
        contracts.iter().map(bill).sum()
    };
    let mut after = 0.0;
    let mut column = vec![0.0; periods as usize];
    for t in (1..=last).rev() {
        if t <= periods {
            column[t as usize - 1] = after;
        }
        after += due(t);
    }
    column
}
