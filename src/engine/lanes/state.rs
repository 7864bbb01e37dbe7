// What a group of paths carries from period to period.

use super::super::Varied;
use super::super::twin::{self, NEVER};
use super::{Job, LANES, Lanes, Words, same};

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

/// What is known of an event.
#[derive(Debug, Clone)]
pub struct EventState {
    /// Periods that its condition has held.
    pub held: Words,
    /// Its time.
    pub first: Words,
}

impl EventState {
    const START: EventState = EventState { held: same(0), first: same(NEVER) };
}

/// All events after the period and before it. Two sets in turn, because what is chosen lane by lane and stored where it came
/// from becomes a masked store, which some processors take a hundred cycles for.
#[derive(Debug, Clone, Default)]
pub struct Watched {
    pub now: Vec<EventState>,
    pub before: Vec<EventState>,
}

/// What a factor's step is made from. Kept in memory on purpose: as locals the compiler cuts these arrays into parts that
/// are written and read at different offsets, for which processors wait.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// Correlated normals.
    pub z: Lanes,
    /// What jumps: on entry of a regime, and jumps.
    pub shock: Lanes,
    pub drift: Lanes,
    pub diffusion: Lanes,
}

/// Jumps whose normals are computed at once: a vector register or two.
pub const JUMPS: usize = 8;
/// Room for the places of all that could jump in four periods, a power of two so that no index is out of it.
pub const PLACES: usize = (4 * LANES + JUMPS).next_power_of_two();

/// What the jumps of a factor in four periods are made from.
#[derive(Debug, Clone)]
pub struct Jumping {
    /// First the words, then the number of jumps.
    pub counts: Draw,
    /// Period and lane of those that jump.
    pub places: [u32; PLACES],
}

impl Default for Jumping {
    fn default() -> Self {
        Jumping { counts: Draw::default(), places: [0; PLACES] }
    }
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
    /// Independent normals of the four periods, by factor.
    pub normals: Vec<[Lanes; 4]>,
    pub step: Step,
    /// By factor.
    pub varied: Vec<Varied>,
    /// Words on their way to become normals.
    pub words: Draw,
    /// Jumps in the four periods, by factor.
    pub jumps: Vec<[Lanes; 4]>,
    pub jumping: Jumping,
    pub regime_words: Draw,
    /// The chain's state, now and in the period before.
    pub state: Words,
    pub previous_state: Words,
    pub organizations: Vec<OrganizationState>,
    pub contracts: Vec<ContractState>,
    pub watched: Watched,
}

impl Workspace {
    /// Memory for groups of this job's sizes.
    pub fn new(job: &Job) -> Self {
        let sizes = job.sizes;
        let lanes = || vec![same(0.0); sizes.factors];
        let periods = || vec![[same(0.0); 4]; sizes.factors];
        Workspace {
            y: lanes(),
            x: lanes(),
            previous: lanes(),
            normals: periods(),
            jumps: periods(),
            varied: (0..sizes.factors).map(|factor| job.tables.varied(factor)).collect(),
            organizations: vec![OrganizationState::default(); sizes.organizations],
            contracts: vec![ContractState::default(); sizes.contracts],
            watched: Watched {
                now: vec![EventState::START; sizes.events],
                before: vec![EventState::START; sizes.events],
            },
            ..Workspace::default()
        }
    }

    /// The state at τ = 0.
    #[inline(always)]
    pub fn reset(&mut self, job: &Job) {
        for (i, terms) in job.tables.factors.iter().enumerate() {
            self.y[i] = same(terms.state);
            self.x[i] = same(terms.start);
        }
        self.state = same(job.tables.common.start_state);
        self.previous_state = self.state;
        for (state, terms) in self.organizations.iter_mut().zip(&job.tables.organizations) {
            *state = OrganizationState {
                cash: same(terms.opening),
                min_cash: same(terms.opening),
                ..OrganizationState::default()
            };
        }
        for (state, terms) in self.contracts.iter_mut().zip(&job.tables.contracts) {
            *state = ContractState {
                rate: same(twin::UNDEFINED),
                balance: same(terms.prepaid),
                commitment_cost: same(terms.prepaid_value),
                ..ContractState::default()
            };
        }
        self.watched.now.fill(EventState::START);
        self.watched.before.fill(EventState::START);
    }
}
