//! What shapes a simulation: how many there are of everything, and who uses what (shaders/structure.wgsl).

use super::single::Tables;
use super::sizes::Sizes;
use crate::formula::single::{ContractTerms, EventTerms, FactorTerms, NONE, OrganizationTerms};
use crate::registry::{Ingredient, MetricKind, Registered as _};

include!(concat!(env!("OUT_DIR"), "/structure.rs"));

/// The structure of a plan. Plans of the same structure have the same kernels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Structure {
    pub counts: Counts,
    pub lengths: ArrayLengths,
    pub lists: Lists,
}

impl Structure {
    /// Of a plan's sizes and tables.
    pub fn of(sizes: &Sizes, tables: &Tables) -> Self {
        Structure {
            counts: Counts::of(sizes, tables),
            lengths: ArrayLengths::of(sizes, tables),
            lists: Lists::of(tables),
        }
    }
}

impl Counts {
    fn of(sizes: &Sizes, tables: &Tables) -> Self {
        Counts {
            periods: sizes.periods,
            factors: sizes.factors as u32,
            states: sizes.states as u32,
            last_state: sizes.states.saturating_sub(1) as u32,
            organizations: sizes.organizations as u32,
            contracts: sizes.contracts as u32,
            aging_contracts: tables.aging_periods.len() as u32 / sizes.periods,
            events: sizes.events as u32,
            vendors: sizes.vendors as u32,
            moving_thresholds: tables.event_periods.len() as u32 / sizes.periods,
            chain_watched: u32::from(tables.events.iter().any(|event| event.metric == MetricKind::Regime.number())),
        }
    }
}

impl ArrayLengths {
    fn of(sizes: &Sizes, tables: &Tables) -> Self {
        let room = |length: usize| length.max(1) as u32;
        ArrayLengths {
            period_length: room(sizes.periods as usize),
            factor_length: room(sizes.factors),
            effect_length: room(tables.effects.len()),
            cholesky_length: room(tables.cholesky.len()),
            regime_length: room(tables.regime_thresholds.len()),
            jump_length: room(tables.jump_thresholds.len().div_ceil(4)),
            organization_length: room(sizes.organizations),
            contract_length: room(sizes.contracts),
            aging_length: room(tables.aging_periods.len() / sizes.periods as usize),
            event_length: room(sizes.events),
            moving_length: room(tables.event_periods.len() / sizes.periods as usize),
            bubble_length: room(tables.bubble_events.len()),
        }
    }
}

impl Lists {
    /// Indices that may be none come as a flag and an index that is always valid.
    fn of(tables: &Tables) -> Self {
        let factors = |f: &dyn Fn(usize, &FactorTerms) -> u32| -> Vec<u32> {
            tables.factors.iter().enumerate().map(|(i, terms)| f(i, terms)).collect()
        };
        let organizations = |f: &dyn Fn(&OrganizationTerms) -> u32| tables.organizations.iter().map(f).collect();
        let contracts = |f: &dyn Fn(&ContractTerms) -> u32| tables.contracts.iter().map(f).collect();
        let events = |f: &dyn Fn(&EventTerms) -> u32| tables.events.iter().map(f).collect();
        let given = |index: u32| u32::from(index != NONE);
        let index = |index: u32| if index == NONE { 0 } else { index };
        let owner = |event: &EventTerms| &tables.organizations[event.organization as usize];
        // whether an event of an organization watches a metric that is made of this
        let watched = |ingredient: Ingredient| -> Vec<u32> {
            let reads = |metric: u32| {
                MetricKind::ALL
                    .iter()
                    .any(|kind| kind.number() == metric && kind.entry().ingredients.contains(&ingredient))
            };
            let by = |organization: usize| {
                let own = |event: &&EventTerms| event.organization as usize == organization;
                tables.events.iter().filter(own).any(|event| reads(event.metric))
            };
            (0..tables.organizations.len()).map(|organization| u32::from(by(organization))).collect()
        };
        Lists {
            factor_kind: factors(&|_, terms| terms.kind),
            jumping: factors(&|_, terms| u32::from(terms.jumps_first < terms.jumps_end)),
            row_end: factors(&|i, _| i as u32 + 1),
            drifts: factors(&|i, _| u32::from(tables.varied(i).drifts)),
            diffusions: factors(&|i, _| u32::from(tables.varied(i).diffusions)),
            entered: factors(&|i, _| u32::from(tables.varied(i).entries)),
            utilization: organizations(&|o| o.utilization),
            performing: organizations(&|o| given(o.performance)),
            performance: organizations(&|o| index(o.performance)),
            diminishing: organizations(&|o| u32::from(o.exponent != 0.0)),
            priced: organizations(&|o| given(o.price)),
            price: organizations(&|o| index(o.price)),
            merit: organizations(&|o| o.merit),
            contracts_first: organizations(&|o| o.contracts_first),
            contracts_end: organizations(&|o| o.contracts_end),
            bubble_first: organizations(&|o| o.bubble_first),
            bubble_end: organizations(&|o| o.bubble_end),
            bubble_all: organizations(&|o| o.bubble_all),
            capacity_watched: watched(Ingredient::Capacity),
            useful_watched: watched(Ingredient::UsefulCapacity),
            lock_in_watched: watched(Ingredient::LockedIn),
            overhang_watched: watched(Ingredient::MinimumAfter),
            use_watched: watched(Ingredient::Use),
            unserved_watched: watched(Ingredient::Unserved),
            indexed: contracts(&|c| given(c.index)),
            index: contracts(&|c| index(c.index)),
            vendor: contracts(&|c| c.vendor),
            aging: contracts(&|c| given(c.aged)),
            aged: contracts(&|c| index(c.aged)),
            metric: events(&|e| e.metric),
            event_organization: events(&|e| e.organization),
            moving: events(&|e| given(e.moving)),
            moving_threshold: events(&|e| index(e.moving)),
            event_factor: events(&|e| if e.metric == MetricKind::Factor.number() { e.index } else { 0 }),
            event_priced: events(&|e| given(owner(e).price)),
            event_price: events(&|e| index(owner(e).price)),
            bubble_event: tables.bubble_events.clone(),
        }
    }
}
