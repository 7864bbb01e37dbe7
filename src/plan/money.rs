//! Money with conditions, and crises, on the time grid.

use super::double::Tables;
use super::double::twin::{CrisisTerms, TrancheTerms};
use crate::registry::TriggerKind;
use crate::scenario::{Condition, Scenario, Tranche, Trigger};

/// Fills the tables of tranches and of the crisis. `watched` has event and organization of each entry of the events' table.
pub fn lower(scenario: &Scenario, watched: &[(usize, usize)], tables: &mut Tables) {
    let dt = scenario.horizon.dt();
    for tranche in &scenario.tranches {
        tables.tranches.push(terms(scenario, tranche, watched));
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

fn terms(scenario: &Scenario, tranche: &Tranche, watched: &[(usize, usize)]) -> TrancheTerms {
    let (until, trigger) = match tranche.condition {
        Condition::Always => (0, None),
        Condition::When(trigger) => (0, Some(trigger)),
        Condition::Unless(trigger) => (1, Some(trigger)),
    };
    let (kind, subject) = match trigger {
        None => (TriggerKind::Nothing, 0),
        Some(Trigger::Event { event, organization }) => {
            let entry = watched.iter().position(|&at| at == (event, organization));
            (TriggerKind::Event, entry.expect("conditions name events that are watched"))
        }
        Some(Trigger::Bubble { organization }) => (TriggerKind::Bubble, organization),
        Some(Trigger::SystemBubble) => (TriggerKind::SystemBubble, 0),
    };
    let period = |year: f64| scenario.horizon.dated(year).max(1);
    TrancheTerms {
        organization: tranche.organization as u32,
        trigger: kind.number(),
        subject: subject as u32,
        until,
        drawn: u32::from(tranche.intensity.is_some()),
        first_period: period(tranche.at),
        last_period: period(tranche.until),
        amount: tranche.amount,
        otherwise: tranche.otherwise,
    }
}

/// ⌊2³²·(1 − e^{−hazard})⌋, `hazard` per period: a random word below it makes something happen within the period.
fn hazard_threshold(hazard: f64) -> u32 {
    (-(-hazard).exp_m1() * 4_294_967_296.0).floor() as u32
}
