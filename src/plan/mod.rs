//! Scenario → [`Plan`]: flat tables on the time grid, all that an engine needs, in f64 and in f32.
//!
//! Invariant: a plan needs no further checks. Kernels have no error paths.

mod change;
mod condition;
mod contract;
pub mod double;
mod factor;
pub mod figure;
mod law;
mod money;
mod organization;
mod outcome;
mod party;
pub mod points;
pub mod profile;
pub mod single;
mod sizes;
mod source;
pub mod structure;

use std::sync::Arc;

use crate::scenario::Scenario;
use condition::Conditions;
use figure::{FigureSpec, FirstPassage, Owner};
pub use law::LawChange;
pub use points::Points;
pub use sizes::{Sizes, Vendor};
pub use source::Source;
pub use structure::Structure;

/// All that an engine needs to compute paths and that a tally needs to add them up.
#[derive(Debug, Clone)]
pub struct Plan {
    pub sizes: Sizes,
    pub structure: Structure,
    pub double: double::Tables,
    pub single: single::Tables,
    /// The scenario's index of each of the plan's contracts: by organization, then priority, then file order.
    pub contract_order: Vec<usize>,
    /// In the order of their first contracts in the file.
    pub vendors: Vec<Vendor>,
    /// What a run estimates.
    pub figures: Vec<FigureSpec>,
    /// What a run times: the first of an engine's times, in their order.
    pub times: Vec<FirstPassage>,
    /// What quasi-random points are spent on; without them paths are drawn independently.
    pub points: Option<Arc<Points>>,
    /// Sources whose independent draws are taken anew, on the CPU engine alone; kernels refuse such plans.
    pub anew: Vec<Source>,
}

impl Plan {
    /// Whether an event watches the chain: given the factors, nothing else depends on its state.
    pub fn watches_chain(&self) -> bool {
        self.structure.counts.chain_watched != 0
    }

    /// Whether another plan's factors are these, draw by draw: then one sampling serves both.
    pub fn shares_factors(&self, other: &Plan) -> bool {
        let (ours, theirs) = (&self.double, &other.double);
        let sizes = |plan: &Plan| (plan.sizes.periods, plan.sizes.factors, plan.sizes.states);
        sizes(self) == sizes(other)
            && ours.common.start_state == theirs.common.start_state
            && ours.factors == theirs.factors
            && ours.effects == theirs.effects
            && ours.cholesky == theirs.cholesky
            && ours.regime_thresholds == theirs.regime_thresholds
            && ours.jump_thresholds == theirs.jump_thresholds
            && ours.factor_bases == theirs.factor_bases
            && self.points == other.points
            && self.anew == other.anew
    }

    /// The vendors' names, each with whose figures are its: its own, or those of its only contract.
    pub fn vendor_owners(&self) -> Vec<(String, Owner)> {
        let owner = |(index, vendor): (usize, &Vendor)| match vendor.contracts[..] {
            [only] => Owner::Contract(self.contract_order[only]),
            _ => Owner::Vendor(index),
        };
        self.vendors.iter().enumerate().map(|(index, vendor)| (vendor.name.clone(), owner((index, vendor)))).collect()
    }

    /// Lowers a scenario to tables. The figures' frames are those of a unit normal until a pilot sets them
    /// (see `engine::prepare`).
    pub fn lower(scenario: &Scenario) -> Plan {
        let contract_order = contract::order(scenario);
        let vendors = contract::vendors(scenario, &contract_order);
        let grouped = contract::grouped_vendors(&vendors);
        let mut tables = double::Tables::default();
        factor::lower(scenario, &mut tables);
        contract::lower(scenario, &contract_order, &grouped, &mut tables);
        organization::lower(scenario, &contract_order, &mut tables);
        let watched = outcome::lower(scenario, &contract_order, &mut tables);
        let mut conditions = Conditions::of(&watched);
        money::lower(scenario, &mut conditions, &mut tables);
        party::lower(scenario, &mut conditions, &mut tables);
        change::lower(scenario, &contract_order, &mut conditions, &mut tables);
        tables.conditions = conditions.into_terms();
        let sizes = Sizes {
            periods: scenario.horizon.periods,
            factors: scenario.factors.len(),
            states: scenario.regimes.as_ref().map_or(1, |regimes| regimes.states.len()),
            organizations: scenario.organizations.len(),
            contracts: scenario.contracts.len(),
            events: tables.events.len(),
            tranches: tables.tranches.len(),
            vendors: grouped.len(),
            counterparties: tables.counterparties.len(),
            workouts: tables.workouts.len(),
            exposures: tables.exposures.len(),
            clause_figures: (0..scenario.organizations.len()).any(|o| scenario.may_exit(o) || scenario.may_resell(o)),
            jumps: !tables.jump_thresholds.is_empty(),
            bubbles: scenario.bubble.is_some(),
        };
        let single = narrow(&tables);
        Plan {
            sizes,
            structure: Structure::of(&sizes, &single),
            figures: outcome::figures(scenario, &sizes, &contract_order, &grouped, &tables.exposures),
            times: outcome::times(&sizes, &watched, &tables.workouts),
            single,
            double: tables,
            contract_order,
            vendors,
            points: None,
            anew: Vec::new(),
        }
    }
}

/// The tables rounded to f32.
fn narrow(wide: &double::Tables) -> single::Tables {
    fn all<A: Copy, B: From<A>>(wide: &[A]) -> Vec<B> {
        wide.iter().copied().map(B::from).collect()
    }
    let reals = |wide: &[f64]| wide.iter().map(|&x| x as f32).collect();
    single::Tables {
        common: wide.common.into(),
        factors: all(&wide.factors),
        effects: all(&wide.effects),
        cholesky: reals(&wide.cholesky),
        regime_thresholds: wide.regime_thresholds.clone(),
        jump_thresholds: wide.jump_thresholds.clone(),
        organizations: all(&wide.organizations),
        contracts: all(&wide.contracts),
        events: all(&wide.events),
        bubble_events: wide.bubble_events.clone(),
        periods: all(&wide.periods),
        factor_bases: reals(&wide.factor_bases),
        organization_periods: all(&wide.organization_periods),
        contract_periods: all(&wide.contract_periods),
        aging_periods: all(&wide.aging_periods),
        event_periods: all(&wide.event_periods),
        crisis: all(&wide.crisis),
        tranches: all(&wide.tranches),
        tranche_thresholds: wide.tranche_thresholds.clone(),
        funding: reals(&wide.funding),
        conditions: all(&wide.conditions),
        changes: all(&wide.changes),
        change_periods: all(&wide.change_periods),
        delays: all(&wide.delays),
        workouts: all(&wide.workouts),
        counterparties: all(&wide.counterparties),
        exposures: all(&wide.exposures),
        stakes: all(&wide.stakes),
    }
}
