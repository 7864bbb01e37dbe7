// What a group of paths carries from period to period.

use super::super::twin::{self, NEVER};
use super::{Job, LANES, Lanes, Words};

/// Four periods' words of one stream: [word, lane].
pub type Draw = [Words; 4];

/// Balances and sums of an organization.
#[derive(Debug, Clone, Default)]
pub struct OrganizationState {
    pub cash: Lanes,
    pub min_cash: Lanes,
    /// K, effective unit-years so far.
    pub experience: Lanes,
    /// Trailing averages, per year.
    pub average_value: Lanes,
    pub average_cost: Lanes,
    pub average_stranded: Lanes,
    /// Sums over the periods so far, discounted but for `used` and `unserved`.
    pub burst_cost: Lanes,
    pub market_cost: Lanes,
    pub value: Lanes,
    pub discounted_use: Lanes,
    pub used: Lanes,
    pub unserved: Lanes,
    /// The period's use wanted, served by contracts, bought, neither of them, and what it costs and brings.
    pub wanted: Lanes,
    pub served: Lanes,
    pub burst: Lanes,
    pub short: Lanes,
    pub bills: Lanes,
    pub stranded: Lanes,
    pub burst_bill: Lanes,
    pub period_value: Lanes,
}

/// The state of a contract.
#[derive(Debug, Clone, Default)]
pub struct ContractState {
    /// The present rate; negative until an indexed rate is first set.
    pub rate: Lanes,
    /// What is left of the prepayment.
    pub balance: Lanes,
    /// The period's units served, bill, and what of it is paid.
    pub served: Lanes,
    pub bill: Lanes,
    pub paid: Lanes,
    /// Discounted sums so far.
    pub commitment_cost: Lanes,
    pub stranded_cost: Lanes,
}

/// The memory of a group of paths; made once for each thread.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    /// Relative logarithm or logit by factor.
    pub y: Vec<Lanes>,
    /// X at the period's end.
    pub x: Vec<Lanes>,
    /// X at the period's beginning.
    pub previous: Vec<Lanes>,
    /// Independent normals of the period.
    pub normals: Vec<Lanes>,
    pub diffusion_words: Vec<Draw>,
    pub jump_count_words: Vec<Draw>,
    pub jump_size_words: Vec<Draw>,
    pub regime_words: Draw,
    /// The chain's state, now and in the period before.
    pub state: Words,
    pub previous_state: Words,
    pub organizations: Vec<OrganizationState>,
    pub contracts: Vec<ContractState>,
    /// Periods that an event's condition has held, and its time.
    pub held: Vec<Words>,
    pub first: Vec<Words>,
}

impl Workspace {
    /// Memory for groups of this job's sizes.
    pub fn new(job: &Job) -> Self {
        let sizes = job.sizes;
        let lanes = || vec![[0.0; LANES]; sizes.factors];
        let draws = || vec![[[0; LANES]; 4]; sizes.factors];
        Workspace {
            y: lanes(),
            x: lanes(),
            previous: lanes(),
            normals: lanes(),
            diffusion_words: draws(),
            jump_count_words: draws(),
            jump_size_words: draws(),
            organizations: vec![OrganizationState::default(); sizes.organizations],
            contracts: vec![ContractState::default(); sizes.contracts],
            held: vec![[0; LANES]; sizes.events],
            first: vec![[NEVER; LANES]; sizes.events],
            ..Workspace::default()
        }
    }

    /// The state at τ = 0.
    #[inline(always)]
    pub fn reset(&mut self, job: &Job) {
        for (i, terms) in job.tables.factors.iter().enumerate() {
            self.y[i] = [terms.state; LANES];
            self.x[i] = [terms.start; LANES];
        }
        self.state = [job.tables.common.start_state; LANES];
        self.previous_state = self.state;
        for (state, terms) in self.organizations.iter_mut().zip(&job.tables.organizations) {
            *state = OrganizationState {
                cash: [terms.opening; LANES],
                min_cash: [terms.opening; LANES],
                ..OrganizationState::default()
            };
        }
        for (state, terms) in self.contracts.iter_mut().zip(&job.tables.contracts) {
            *state = ContractState {
                rate: [twin::UNDEFINED; LANES],
                balance: [terms.prepaid; LANES],
                commitment_cost: [terms.prepaid_value; LANES],
                ..ContractState::default()
            };
        }
        self.held.fill([0; LANES]);
        self.first.fill([NEVER; LANES]);
    }
}
