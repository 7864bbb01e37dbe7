//! Money with conditions, and crises, on the time grid.

use super::condition::Conditions;
use super::double::Tables;
use super::double::twin::{CrisisTerms, NONE, TrancheTerms};
use crate::scenario::{Scenario, Tranche};

/// Fills the tables of tranches and of the crisis.
pub fn lower(scenario: &Scenario, conditions: &mut Conditions, tables: &mut Tables) {
    let dt = scenario.horizon.dt();
    for tranche in &scenario.tranches {
        tables.tranches.push(terms(scenario, tranche, conditions));
        let states = scenario.regimes.as_ref().map_or(1, |regimes| regimes.states.len());
        let threshold = |state: usize| match &tranche.intensity {
            Some(by_state) => hazard_threshold(by_state[state.min(by_state.len() - 1)] * dt),
            None => u32::MAX,
        };
        tables.tranche_thresholds.extend((0..states).map(threshold));
    }
    let Some(crisis) = &scenario.crisis else { return };
    tables.crisis.push(CrisisTerms {
        hazard: crisis.hazard,
        sensitivity: crisis.sensitivity,
        contagion: crisis.contagion,
        recovery_threshold: hazard_threshold(crisis.recovery * dt),
        price: crisis.price,
        utilization: crisis.utilization,
        performance_return: crisis.performance_return,
        fund: crisis.fund,
    });
    for t in 1..=scenario.horizon.periods {
        let funding = |organization| super::organization::funding(scenario, organization, t);
        tables.funding.extend((0..scenario.organizations.len()).map(funding));
    }
}

fn terms(scenario: &Scenario, tranche: &Tranche, conditions: &mut Conditions) -> TrancheTerms {
    let period = |year: f64| scenario.horizon.dated(year).max(1);
    TrancheTerms {
        organization: tranche.organization as u32,
        condition: conditions.place(tranche.condition),
        payer: tranche.vendor.map_or(NONE, |vendor| vendor as u32),
        drawn: u32::from(tranche.intensity.is_some()),
        first_period: period(tranche.at),
        last_period: period(tranche.until),
        amount: tranche.amount,
        otherwise: tranche.otherwise,
    }
}

/// ⌊2³²·(1 − e^{−hazard})⌋, `hazard` per period: a random word below it makes something happen within the period.
pub fn hazard_threshold(hazard: f64) -> u32 {
    (-(-hazard).exp_m1() * 4_294_967_296.0).floor() as u32
}
