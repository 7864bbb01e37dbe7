// The tables of a plan in one precision. This file is compiled twice, as `plan::single` and `plan::double`, whose
// parents name the twin that holds the structures; the fields themselves stand in `shaders/plan.wgsl`.

use super::Real;
use super::twin::{
    AgingPeriod, ChangePeriod, ChangeTerms, CommonTerms, ConditionTerms, ContractPeriod, ContractTerms,
    CounterpartyTerms, CrisisTerms, DelayTerms, EffectTerms, EventPeriod, EventTerms, ExposureTerms, FactorTerms,
    OrganizationPeriod, OrganizationTerms, PeriodTerms, StakeTerms, TrancheTerms, WorkoutTerms,
};

/// Everything that a kernel reads. Two-dimensional tables are row-major.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tables {
    pub common: CommonTerms,
    /// By factor
    pub factors: Vec<FactorTerms>,
    /// [state, factor]
    pub effects: Vec<EffectTerms>,
    /// [factor, factor]: L of the exact steps' correlation, lower triangular.
    pub cholesky: Vec<Real>,
    /// [state, state]: the chain moves to the state that counts how many of its row's words are ≤ the draw; the last
    /// of a row is unused.
    pub regime_thresholds: Vec<u32>,
    /// Words of Poisson distribution functions, by factor.
    pub jump_thresholds: Vec<u32>,
    /// By organization
    pub organizations: Vec<OrganizationTerms>,
    /// By contract, in the order of dispatch
    pub contracts: Vec<ContractTerms>,
    /// By event
    pub events: Vec<EventTerms>,
    /// Events by organization.
    pub bubble_events: Vec<u32>,
    /// By period
    pub periods: Vec<PeriodTerms>,
    /// [period, factor]: mean of a gbm, level of an ou, logit of the level of a logit_ou, value of a table.
    pub factor_bases: Vec<Real>,
    /// [period, organization]
    pub organization_periods: Vec<OrganizationPeriod>,
    /// [period, contract]
    pub contract_periods: Vec<ContractPeriod>,
    /// [period, contract whose hardware ages]
    pub aging_periods: Vec<AgingPeriod>,
    /// [period, event whose threshold moves]
    pub event_periods: Vec<EventPeriod>,
    /// One, or none.
    pub crisis: Vec<CrisisTerms>,
    /// By tranche, in file order
    pub tranches: Vec<TrancheTerms>,
    /// [tranche, state]: a word below it pays the tranche.
    pub tranche_thresholds: Vec<u32>,
    /// [period, organization]: lumps of funding, with a crisis.
    pub funding: Vec<Real>,
    /// Each once.
    pub conditions: Vec<ConditionTerms>,
    /// By contract that clauses change, in the order of dispatch
    pub changes: Vec<ChangeTerms>,
    /// [period, contract that clauses change]
    pub change_periods: Vec<ChangePeriod>,
    /// By contract that may be late
    pub delays: Vec<DelayTerms>,
    /// By organization that may settle
    pub workouts: Vec<WorkoutTerms>,
    /// By vendor that can fail, in file order
    pub counterparties: Vec<CounterpartyTerms>,
    /// By vendor that can fail and organization
    pub exposures: Vec<ExposureTerms>,
    /// By stake, by vendor
    pub stakes: Vec<StakeTerms>,
}

/// What of a factor depends on the chain's state.
#[derive(Debug, Clone, Copy, Default)]
pub struct Varied {
    pub drifts: bool,
    pub diffusions: bool,
    /// Whether it jumps on entry of a state.
    pub entries: bool,
}

impl Tables {
    /// What regimes change of a factor; engines compute only that by state.
    pub fn varied(&self, factor: usize) -> Varied {
        let first = &self.effects[factor];
        let any = |differs: &dyn Fn(&EffectTerms) -> bool| {
            self.effects[factor..].iter().step_by(self.factors.len()).any(differs)
        };
        Varied {
            drifts: any(&|effect| effect.drift != first.drift),
            diffusions: any(&|effect| effect.diffusion != first.diffusion),
            entries: any(&|effect| effect.entry != 0.0),
        }
    }
}
