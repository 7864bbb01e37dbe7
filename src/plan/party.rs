//! Vendors that can fail, what they can lose, and organizations that may settle, on the time grid.

use super::condition::Conditions;
use super::double::Tables;
use super::double::twin::{CounterpartyTerms, ExposureTerms, NONE, StakeTerms, WorkoutTerms};
use super::money::hazard_threshold;
use crate::scenario::{Scenario, Settlement, Vendor};

/// Fills the tables of workouts, vendors, exposures and stakes.
pub fn lower(scenario: &Scenario, conditions: &mut Conditions, tables: &mut Tables) {
    let dt = scenario.horizon.dt();
    for (index, organization) in scenario.organizations.iter().enumerate() {
        let Some(workout) = &organization.workout else { continue };
        tables.workouts.push(WorkoutTerms {
            organization: index as u32,
            condition: conditions.place(workout.condition),
            threshold: hazard_threshold(workout.hazard * dt),
            pay: workout.pay,
            to_market: u32::from(workout.then == Settlement::Market),
        });
    }
    for (index, vendor) in scenario.vendors.iter().enumerate() {
        tables.counterparties.push(counterparty(vendor, dt));
        for organization in (0..scenario.organizations.len()).filter(|&o| is_exposed(scenario, vendor, o)) {
            tables.exposures.push(ExposureTerms { counterparty: index as u32, organization: organization as u32 });
        }
    }
    for (index, vendor) in scenario.vendors.iter().enumerate() {
        for stake in &vendor.stakes {
            tables.stakes.push(StakeTerms {
                exposure: exposure(tables, index, stake.organization),
                condition: conditions.place(stake.condition),
                loss: stake.value * stake.loss,
            });
        }
    }
}

/// The place of an exposure, which must be one.
pub fn exposure(tables: &Tables, counterparty: usize, organization: usize) -> u32 {
    let wanted = ExposureTerms { counterparty: counterparty as u32, organization: organization as u32 };
    let place = tables.exposures.iter().position(|known| *known == wanted);
    place.expect("a vendor is exposed to those whom it has contracts with or a stake in") as u32
}

/// Whether a vendor has contracts with an organization, or a stake in it.
fn is_exposed(scenario: &Scenario, vendor: &Vendor, organization: usize) -> bool {
    scenario.contracts.iter().any(|contract| contract.vendor == vendor.name && contract.organization == organization)
        || vendor.stakes.iter().any(|stake| stake.organization == organization)
}

fn counterparty(vendor: &Vendor, dt: f64) -> CounterpartyTerms {
    CounterpartyTerms {
        threshold: hazard_threshold(vendor.intensity * dt),
        crisis_threshold: hazard_threshold(vendor.intensity * vendor.crisis * dt),
        novation_threshold: (vendor.novation * 4_294_967_296.0).floor() as u32,
        capitalised: u32::from(vendor.capital.is_some()),
        capital: vendor.capital.unwrap_or_default(),
        recovery: vendor.recovery,
        relet_price: vendor.relet.as_ref().map_or(NONE, |relet| relet.price as u32),
        relet_multiplier: vendor.relet.as_ref().map_or(0.0, |relet| relet.share * relet.scale),
    }
}
