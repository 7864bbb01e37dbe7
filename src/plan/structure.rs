//! What shapes a simulation: how many there are of everything, and who uses what (shaders/structure.wgsl).

use super::single::Tables;
use super::sizes::Sizes;
use crate::formula::single::{
    ChangeTerms, ContractTerms, CounterpartyTerms, EventTerms, FactorTerms, NONE, OrganizationTerms, StakeTerms,
    TrancheTerms, WorkoutTerms,
};
use crate::registry::{Ingredient, MetricKind, Operand, Registered as _, TriggerKind};

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
            chain_watched: u32::from(watches_chain(sizes, tables)),
            crises: tables.crisis.len() as u32,
            tranches: sizes.tranches as u32,
            looks_back: u32::from(
                !(tables.crisis.is_empty()
                    && tables.changes.is_empty()
                    && tables.counterparties.is_empty()
                    && tables.workouts.is_empty())
                    || sizes.tranches > 0,
            ),
            conditions: tables.conditions.len() as u32,
            changing: tables.changes.len() as u32,
            late_contracts: tables.delays.len() as u32,
            workouts: tables.workouts.len() as u32,
            counterparties: tables.counterparties.len() as u32,
            exposures: tables.exposures.len() as u32,
            stakes: tables.stakes.len() as u32,
            bubbles_seen: u32::from(sees_bubbles(tables)),
            system_bubble_seen: u32::from(waits_for(tables, TriggerKind::SystemBubble)),
            clause_figures: u32::from(sizes.clause_figures),
            points: 0,
            clause_words: 0,
            clause_slot: sizes.clause_slot() as u32,
        }
    }
}

/// Whether anything depends on whether bubbles have burst by the beginning of a period.
fn sees_bubbles(tables: &Tables) -> bool {
    let waits = [TriggerKind::Bubble, TriggerKind::SystemBubble].into_iter().any(|kind| waits_for(tables, kind));
    waits || tables.crisis.iter().any(|crisis| crisis.contagion > 0.0)
}

/// Whether a condition waits for something of this kind.
fn waits_for(tables: &Tables, kind: TriggerKind) -> bool {
    tables.conditions.iter().any(|condition| condition.trigger == kind.number())
}

/// Whether a metric is one of a contract.
fn watches_contract(metric: u32) -> bool {
    let of_contract = |kind: &MetricKind| kind.number() == metric && kind.entry().operand == Operand::Contract;
    MetricKind::ALL.iter().any(of_contract)
}

/// Whether anything but factors depends on the chain's state: an event that watches it, a tranche's intensity.
fn watches_chain(sizes: &Sizes, tables: &Tables) -> bool {
    let varies = |thresholds: &[u32]| thresholds.iter().any(|&threshold| threshold != thresholds[0]);
    tables.events.iter().any(|event| event.metric == MetricKind::Regime.number())
        || tables.tranche_thresholds.chunks(sizes.states).any(varies)
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
            crisis_length: room(tables.crisis.len()),
            tranche_length: room(sizes.tranches),
            tranche_threshold_length: room(tables.tranche_thresholds.len()),
            funding_length: room(tables.funding.len() / sizes.periods as usize),
            condition_length: room(tables.conditions.len()),
            change_length: room(tables.changes.len()),
            clause_length: room(if tables.changes.is_empty() && !sizes.clause_figures {
                0
            } else {
                sizes.organizations
            }),
            late_length: room(tables.delays.len()),
            workout_length: room(tables.workouts.len()),
            counterparty_length: room(tables.counterparties.len()),
            exposure_length: room(tables.exposures.len()),
            stake_length: room(tables.stakes.len()),
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
        let tranches = |f: &dyn Fn(&TrancheTerms) -> u32| tables.tranches.iter().map(f).collect();
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
            lasting: events(&|e| u32::from(e.needed > 1)),
            moving: events(&|e| given(e.moving)),
            moving_threshold: events(&|e| index(e.moving)),
            event_factor: events(&|e| if e.metric == MetricKind::Factor.number() { e.index } else { 0 }),
            event_contract: events(&|e| if watches_contract(e.metric) { e.index } else { 0 }),
            event_counterparty: events(&|e| if e.metric == MetricKind::Failed.number() { e.index } else { 0 }),
            event_priced: events(&|e| given(owner(e).price)),
            event_price: events(&|e| index(owner(e).price)),
            bubble_event: tables.bubble_events.clone(),
            tranche_organization: tranches(&|tranche| tranche.organization),
            tranche_condition: tranches(&|tranche| tranche.condition),
            tranche_paid: tranches(&|tranche| given(tranche.payer)),
            tranche_payer: tranches(&|tranche| index(tranche.payer)),
            tranche_drawn: tranches(&|tranche| tranche.drawn),
            ..Lists::default()
        }
        .with_prepayments(tables)
        .with_changes(tables)
        .with_parties(tables)
    }

    /// Of which contracts anything is prepaid, be it planned or, where clauses may prevent it, paid on the path.
    fn with_prepayments(self, tables: &Tables) -> Self {
        let mut prepays: Vec<u32> = tables.contracts.iter().map(|terms| u32::from(terms.prepaid != 0.0)).collect();
        for change in tables.changes.iter().filter(|change| change.prepaid != 0.0) {
            prepays[change.contract as usize] = 1;
        }
        Lists { prepays, ..self }
    }

    /// What clauses do to contracts.
    fn with_changes(self, tables: &Tables) -> Self {
        let place = |contract: usize| tables.changes.iter().position(|change| change.contract as usize == contract);
        let change = |contract: usize| place(contract).map(|place| &tables.changes[place]);
        let contracts = |f: &dyn Fn(&ChangeTerms) -> u32| -> Vec<u32> {
            (0..tables.contracts.len()).map(|contract| change(contract).map_or(0, f)).collect()
        };
        let given = |index: u32| u32::from(index != NONE);
        let index = |index: u32| if index == NONE { 0 } else { index };
        let changes = contracts(&|_| 1);
        let relet = |change: &ChangeTerms| match change.counterparty {
            NONE => NONE,
            counterparty => tables.counterparties[counterparty as usize].relet_price,
        };
        let settling = |organization: usize| {
            tables.workouts.iter().position(|workout| workout.organization as usize == organization)
        };
        let organizations = 0..tables.organizations.len();
        let owned = |contract: usize| {
            let owns =
                |terms: &OrganizationTerms| (terms.contracts_first..terms.contracts_end).contains(&(contract as u32));
            tables.organizations.iter().position(owns).unwrap_or_default() as u32
        };
        let changeable = |terms: &OrganizationTerms| {
            let own = terms.contracts_first as usize..terms.contracts_end as usize;
            u32::from(changes[own].contains(&1))
        };
        Lists {
            owner: (0..tables.contracts.len()).map(owned).collect(),
            changeable: tables.organizations.iter().map(changeable).collect(),
            settles: organizations.clone().map(|o| u32::from(settling(o).is_some())).collect(),
            workout: organizations.map(|o| settling(o).unwrap_or_default() as u32).collect(),
            changed: (0..tables.contracts.len()).map(|c| place(c).unwrap_or_default() as u32).collect(),
            sold: contracts(&|c| given(c.counterparty)),
            counterparty: contracts(&|c| index(c.counterparty)),
            relets: contracts(&|c| given(relet(c))),
            relet_price: contracts(&|c| index(relet(c))),
            exposure: contracts(&|c| index(c.exposure)),
            late: contracts(&|c| given(c.late)),
            lateness: contracts(&|c| index(c.late)),
            stops: contracts(&|c| given(c.long_stop_period)),
            credited: contracts(&|c| c.credited),
            reviewed: contracts(&|c| given(c.review_index)),
            review_index: contracts(&|c| index(c.review_index)),
            reduced: contracts(&|c| given(c.reduction_condition)),
            reduction_condition: contracts(&|c| index(c.reduction_condition)),
            reduction_priced: contracts(&|c| c.reduction_priced),
            whole: contracts(&|c| c.whole),
            extended: contracts(&|c| given(c.extension_condition)),
            extension_condition: contracts(&|c| index(c.extension_condition)),
            extension_priced: contracts(&|c| c.extension_priced),
            windowed: contracts(&|c| c.windowed),
            resold: contracts(&|c| given(c.resale_price)),
            resale_price: contracts(&|c| index(c.resale_price)),
            owes: (0..tables.contracts.len())
                .map(|contract| {
                    let own = change(contract).is_some_and(|c| c.counterparty != NONE || c.reduction_condition != NONE);
                    u32::from(own || (changes[contract] != 0 && settling(owned(contract) as usize).is_some()))
                })
                .collect(),
            ages: contracts(&|c| c.ages),
            changing_contract: tables.changes.iter().map(|change| change.contract).collect(),
            late_contract: tables.delays.iter().map(|delay| tables.changes[delay.change as usize].contract).collect(),
            late_change: tables.delays.iter().map(|delay| delay.change).collect(),
            changes,
            ..self
        }
    }

    /// Conditions, and those whom contracts bind.
    fn with_parties(self, tables: &Tables) -> Self {
        let workouts = |f: &dyn Fn(&WorkoutTerms) -> u32| tables.workouts.iter().map(f).collect();
        let counterparties = |f: &dyn Fn(&CounterpartyTerms) -> u32| tables.counterparties.iter().map(f).collect();
        let stakes = |f: &dyn Fn(&StakeTerms) -> u32| tables.stakes.iter().map(f).collect();
        Lists {
            trigger: tables.conditions.iter().map(|condition| condition.trigger).collect(),
            trigger_subject: tables.conditions.iter().map(|condition| condition.subject).collect(),
            holds_until: tables.conditions.iter().map(|condition| condition.until).collect(),
            workout_organization: workouts(&|workout| workout.organization),
            workout_condition: workouts(&|workout| workout.condition),
            to_market: workouts(&|workout| workout.to_market),
            failing: counterparties(&|vendor| u32::from(vendor.threshold > 0 || vendor.crisis_threshold > 0)),
            capitalised: counterparties(&|vendor| vendor.capitalised),
            novated: counterparties(&|vendor| u32::from(vendor.novation_threshold > 0)),
            exposure_counterparty: tables.exposures.iter().map(|exposure| exposure.counterparty).collect(),
            stake_counterparty: stakes(&|stake| tables.exposures[stake.exposure as usize].counterparty),
            stake_exposure: stakes(&|stake| stake.exposure),
            stake_condition: stakes(&|stake| stake.condition),
            ..self
        }
    }
}
