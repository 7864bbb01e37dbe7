//! Contracts on the time grid: order, capacity, aging, rates, minimum payments, prepayments, what remains past the horizon
//! (model.md §4, §6, §7).

use std::collections::BTreeMap;

use super::double::Tables;
use super::double::twin::{AgingPeriod, ContractPeriod, ContractTerms, NONE, PeriodTerms};
use super::sizes::Vendor;
use crate::scenario::{Contract, Horizon, Rate, Scenario};

/// The scenario's contracts by organization, then priority, then file order: the order in which they serve.
pub fn order(scenario: &Scenario) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scenario.contracts.len()).collect();
    order.sort_by_key(|&c| (scenario.contracts[c].organization, scenario.contracts[c].priority, c));
    order
}

/// Vendors in file order with their contracts in the plan's order.
pub fn vendors(scenario: &Scenario, order: &[usize]) -> Vec<Vendor> {
    let mut vendors: Vec<Vendor> = Vec::new();
    for contract in &scenario.contracts {
        if vendors.iter().all(|vendor| vendor.name != contract.vendor) {
            vendors.push(Vendor { name: contract.vendor.clone(), contracts: Vec::new() });
        }
    }
    for vendor in &mut vendors {
        vendor.contracts = (0..order.len()).filter(|&c| scenario.contracts[order[c]].vendor == vendor.name).collect();
    }
    vendors
}

/// Vendors with several contracts have slots of their own: contract → slot's number.
pub fn grouped_vendors(vendors: &[Vendor]) -> BTreeMap<usize, Vec<usize>> {
    let several = vendors.iter().enumerate().filter(|(_, vendor)| vendor.contracts.len() > 1);
    several.map(|(index, vendor)| (index, vendor.contracts.clone())).collect()
}

/// D(τ) of what is paid.
pub fn liability_discount(scenario: &Scenario, t: i64) -> f64 {
    let year = t as f64 / f64::from(scenario.horizon.steps_per_year);
    (-scenario.discount.liabilities.at(year) * year).exp()
}

/// Fills the contracts' tables and the periods' discount factors.
pub fn lower(scenario: &Scenario, order: &[usize], grouped: &BTreeMap<usize, Vec<usize>>, tables: &mut Tables) {
    let horizon = &scenario.horizon;
    tables.common.dt = horizon.dt();
    tables.common.smoothing = -(-horizon.dt()).exp_m1();
    for t in 1..=horizon.periods {
        let year = horizon.end(t);
        tables.periods.push(PeriodTerms {
            discount: (-scenario.discount.rate.at(year) * year).exp(),
            liability_discount: liability_discount(scenario, i64::from(t)),
        });
    }
    let (mut columns, mut aging) = (Vec::new(), Vec::new());
    for (position, &index) in order.iter().enumerate() {
        let contract = &scenario.contracts[index];
        let vendor = grouped.values().position(|contracts| contracts.contains(&position));
        let mut terms = terms(scenario, contract, vendor);
        let changes = scenario.changes(contract);
        if contract.aging != 0.0 && !changes {
            terms.aged = aging.len() as u32;
            aging.push(contract);
        }
        if changes && prepayment(scenario, contract).is_some_and(|(period, _)| period > 0) {
            // whether it is ever paid is seen on the path
            (terms.prepaid, terms.prepaid_value) = (0.0, 0.0);
        }
        tables.contracts.push(terms);
        columns.push(periods(contract, horizon));
    }
    for t in 0..horizon.periods as usize {
        tables.contract_periods.extend(columns.iter().map(|column| column[t]));
    }
    tables.aging_periods = (1..=i64::from(horizon.periods))
        .flat_map(|t| aging.iter().map(move |contract| (t, contract)))
        .map(|(t, contract)| AgingPeriod {
            capacity: contract.capacity_in(t, horizon),
            obsolescence: contract.obsolescence_in(t, horizon),
        })
        .collect();
}

fn terms(scenario: &Scenario, contract: &Contract, vendor: Option<usize>) -> ContractTerms {
    let horizon = &scenario.horizon;
    let past = *contract.term_periods(horizon).end().max(&i64::from(horizon.periods));
    let beyond = i64::from(horizon.periods) + 1..=past;
    let minimum_value = |price: &dyn Fn(i64) -> f64| -> f64 {
        beyond.clone().map(|t| price(t) * minimum_units(contract, t, horizon) * liability_discount(scenario, t)).sum()
    };
    let mut terms = ContractTerms {
        index: NONE,
        vendor: vendor.map_or(NONE, |v| v as u32),
        aged: NONE,
        prepaid: prepaid_balance(scenario, contract),
        prepaid_value: prepayment(scenario, contract)
            .filter(|&(t, _)| t <= i64::from(horizon.periods))
            .map_or(0.0, |(t, amount)| amount * liability_discount(scenario, t)),
        ..ContractTerms::default()
    };
    match contract.rate {
        Rate::Fixed { .. } => {
            terms.residual_value = minimum_value(&|t| contract.fixed_rate_in(t, horizon).unwrap_or(0.0));
        }
        Rate::Indexed { factor, scale, discount, floor, cap, .. } => {
            terms.index = factor as u32;
            terms.index_multiplier = (1.0 - discount) * scale;
            terms.floor = floor;
            terms.cap = cap;
            terms.residual_units = minimum_value(&|_| 1.0);
        }
    }
    terms
}

/// Minimum unit-years of a period: take_or_pay·k·dt.
fn minimum_units(contract: &Contract, t: i64, horizon: &Horizon) -> f64 {
    contract.take_or_pay * contract.capacity_in(t, horizon) * horizon.dt()
}

/// What is prepaid at τ ≥ 0 and the period at whose end it is dated, 0 being τ = 0; none for running contracts.
pub fn prepayment(scenario: &Scenario, contract: &Contract) -> Option<(i64, f64)> {
    if contract.prepaid == 0.0 || contract.start < -1e-9 {
        return None;
    }
    let amount = contract.prepaid * scenario.total(contract);
    let period = if contract.start < 1e-9 { 0 } else { *contract.term_periods(&scenario.horizon).start() };
    Some((period, amount))
}

/// The balance to draw from: the prepayment, less what elapsed periods have drawn at full capacity.
fn prepaid_balance(scenario: &Scenario, contract: &Contract) -> f64 {
    if contract.prepaid == 0.0 {
        return 0.0;
    }
    let bills = scenario.bills(contract);
    let commitment: f64 = bills.iter().map(|(_, bill)| bill).sum();
    let billed: f64 = bills.iter().filter(|(t, _)| *t <= 0).map(|(_, bill)| bill).sum();
    (contract.prepaid * commitment - billed).max(0.0)
}

fn periods(contract: &Contract, horizon: &Horizon) -> Vec<ContractPeriod> {
    let last = *contract.term_periods(horizon).end().max(&i64::from(horizon.periods));
    let mut column = Vec::new();
    for t in 1..=i64::from(horizon.periods) {
        let capacity = contract.useful_capacity_in(t, horizon);
        column.push(ContractPeriod {
            capacity,
            minimum: contract.take_or_pay * capacity,
            rate: contract.fixed_rate_in(t, horizon).unwrap_or(0.0),
            reset: u32::from(contract.resets(t, horizon)),
            units_after: 0.0,
        });
    }
    if matches!(contract.rate, Rate::Indexed { .. }) {
        let mut after: f64 = (i64::from(horizon.periods) + 1..=last).map(|t| minimum_units(contract, t, horizon)).sum();
        for (t, period) in (1..).zip(&mut column).collect::<Vec<_>>().into_iter().rev() {
            period.units_after = after;
            after += minimum_units(contract, t, horizon);
        }
    }
    column
}
