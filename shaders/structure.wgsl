// What shapes a simulation: sizes, and who uses what. Plans of the same structure have the same kernels, and take the place of
// this file in them: sizes, lengths and lists as constants (src/engine/gpu/kernel/compose.rs). The lanes of the CPU engine read them
// from memory. Rust has the declarations below as `Counts`, `ArrayLengths` and `Lists` in src/plan/structure.rs.

override PERIODS: u32;
override FACTORS: u32;
override STATES: u32;          // of the chain; 1 without regimes
override LAST_STATE: u32;      // STATES − 1
override ORGANIZATIONS: u32;
override CONTRACTS: u32;
override AGING_CONTRACTS: u32; // contracts whose hardware ages
override EVENTS: u32;          // by organization that they are watched for
override VENDORS: u32;         // with several contracts
override MOVING_THRESHOLDS: u32; // events whose threshold moves
override CHAIN_WATCHED: u32;   // whether an event or a tranche watches the chain
override CRISES: u32;          // 1 with a crisis, 0 without
override TRANCHES: u32;
override LOOKS_BACK: u32;      // whether anything depends on what had happened before the period
override CONDITIONS: u32;      // of clauses, each once
override CHANGING: u32;        // contracts that clauses change
override LATE_CONTRACTS: u32;  // contracts that may be late
override WORKOUTS: u32;        // organizations that may settle
override COUNTERPARTIES: u32;  // vendors that can fail
override EXPOSURES: u32;       // pairs of such a vendor and an organization that it can lose by
override STAKES: u32;
override BUBBLES_SEEN: u32;    // whether anything depends on whether bubbles have burst
override SYSTEM_BUBBLE_SEEN: u32; // whether on the system's
override CLAUSE_FIGURES: u32;  // 1 if there are figures of clauses
override POINTS: u32;          // 1 if paths are quasi-random
override CLAUSE_WORDS: u32;    // words of clauses that come with quasi-random paths
override CLAUSE_SLOT: u32;     // the first slot of what clauses add

// Whether metrics are kept for whoever follows a path: never on a GPU.
override TRACED: bool;
// Whether events are looked at even in periods that do not count, which spares a branch: always on a GPU.
override BRANCHLESS: bool;

// Lengths of arrays, at least 1 each, since WGSL has no empty ones; placeholders here.
const PERIOD_LENGTH: u32 = 1u;
const FACTOR_LENGTH: u32 = 1u;
const EFFECT_LENGTH: u32 = 1u;
const CHOLESKY_LENGTH: u32 = 1u;
const REGIME_LENGTH: u32 = 1u;
const JUMP_LENGTH: u32 = 1u;     // in fours
const ORGANIZATION_LENGTH: u32 = 1u;
const CONTRACT_LENGTH: u32 = 1u;
const AGING_LENGTH: u32 = 1u;
const EVENT_LENGTH: u32 = 1u;
const MOVING_LENGTH: u32 = 1u;
const BUBBLE_LENGTH: u32 = 1u;
const CRISIS_LENGTH: u32 = 1u;
const TRANCHE_LENGTH: u32 = 1u;
const TRANCHE_THRESHOLD_LENGTH: u32 = 1u; // by tranche and state
const FUNDING_LENGTH: u32 = 1u; // organizations, with a crisis
const CONDITION_LENGTH: u32 = 1u;
const CHANGE_LENGTH: u32 = 1u;
const CLAUSE_LENGTH: u32 = 1u;  // organizations, with contracts that change or figures of clauses
const LATE_LENGTH: u32 = 1u;
const WORKOUT_LENGTH: u32 = 1u;
const COUNTERPARTY_LENGTH: u32 = 1u;
const EXPOSURE_LENGTH: u32 = 1u;
const STAKE_LENGTH: u32 = 1u;

// Indices that may be none come as a flag and an index that is always valid.

// By factor: its process, whether it jumps, where its row of the Cholesky factor ends, and whether a regime changes its drift
// or diffusion, or moves it on entry.
var<private> FACTOR_KIND: array<u32, FACTOR_LENGTH>;
var<private> JUMPING: array<u32, FACTOR_LENGTH>;
var<private> ROW_END: array<u32, FACTOR_LENGTH>;
var<private> DRIFTS: array<u32, FACTOR_LENGTH>;
var<private> DIFFUSIONS: array<u32, FACTOR_LENGTH>;
var<private> ENTERED: array<u32, FACTOR_LENGTH>;

// By organization: the factors it uses, its clauses, its contracts, the events of its bubble, and which of its sums and averages
// an event watches.
var<private> UTILIZATION: array<u32, ORGANIZATION_LENGTH>;
var<private> PERFORMING: array<u32, ORGANIZATION_LENGTH>;
var<private> PERFORMANCE: array<u32, ORGANIZATION_LENGTH>;
var<private> DIMINISHING: array<u32, ORGANIZATION_LENGTH>;
var<private> PRICED: array<u32, ORGANIZATION_LENGTH>;
var<private> PRICE: array<u32, ORGANIZATION_LENGTH>;
var<private> MERIT: array<u32, ORGANIZATION_LENGTH>;
var<private> CONTRACTS_FIRST: array<u32, ORGANIZATION_LENGTH>;
var<private> CONTRACTS_END: array<u32, ORGANIZATION_LENGTH>;
var<private> BUBBLE_FIRST: array<u32, ORGANIZATION_LENGTH>;
var<private> BUBBLE_END: array<u32, ORGANIZATION_LENGTH>;
var<private> BUBBLE_ALL: array<u32, ORGANIZATION_LENGTH>;
var<private> CAPACITY_WATCHED: array<u32, ORGANIZATION_LENGTH>;
var<private> USEFUL_WATCHED: array<u32, ORGANIZATION_LENGTH>;
var<private> LOCK_IN_WATCHED: array<u32, ORGANIZATION_LENGTH>;
var<private> OVERHANG_WATCHED: array<u32, ORGANIZATION_LENGTH>;
var<private> USE_WATCHED: array<u32, ORGANIZATION_LENGTH>;
var<private> UNSERVED_WATCHED: array<u32, ORGANIZATION_LENGTH>;

// By contract: the factor of an indexed rate, the vendor among those with several contracts, or NONE, whether anything is prepaid, and
// whether its hardware ages, with its place among those of which it does.
var<private> INDEXED: array<u32, CONTRACT_LENGTH>;
var<private> INDEX: array<u32, CONTRACT_LENGTH>;
var<private> VENDOR: array<u32, CONTRACT_LENGTH>;
var<private> PREPAYS: array<u32, CONTRACT_LENGTH>;
var<private> AGING: array<u32, CONTRACT_LENGTH>;
var<private> AGED: array<u32, CONTRACT_LENGTH>;

// By event: its metric, whom it is watched for, the factor or contract that it watches, its organization's price, whether its
// condition has to hold for more than a period, and whether its threshold moves, with its place among those that do.
var<private> METRIC: array<u32, EVENT_LENGTH>;
var<private> EVENT_ORGANIZATION: array<u32, EVENT_LENGTH>;
var<private> EVENT_FACTOR: array<u32, EVENT_LENGTH>;
var<private> EVENT_CONTRACT: array<u32, EVENT_LENGTH>;
var<private> EVENT_COUNTERPARTY: array<u32, EVENT_LENGTH>;
var<private> EVENT_PRICED: array<u32, EVENT_LENGTH>;
var<private> EVENT_PRICE: array<u32, EVENT_LENGTH>;
var<private> LASTING: array<u32, EVENT_LENGTH>;
var<private> MOVING: array<u32, EVENT_LENGTH>;
var<private> MOVING_THRESHOLD: array<u32, EVENT_LENGTH>;

// Events of the bubbles.
var<private> BUBBLE_EVENT: array<u32, BUBBLE_LENGTH>;

// By tranche: who is paid, its condition, whether a vendor that can fail pays it, and which, and whether it is drawn.
var<private> TRANCHE_ORGANIZATION: array<u32, TRANCHE_LENGTH>;
var<private> TRANCHE_CONDITION: array<u32, TRANCHE_LENGTH>;
var<private> TRANCHE_PAID: array<u32, TRANCHE_LENGTH>;
var<private> TRANCHE_PAYER: array<u32, TRANCHE_LENGTH>;
var<private> TRANCHE_DRAWN: array<u32, TRANCHE_LENGTH>;

// By condition: what it waits for and of what, and whether it holds until then.
var<private> TRIGGER: array<u32, CONDITION_LENGTH>;
var<private> TRIGGER_SUBJECT: array<u32, CONDITION_LENGTH>;
var<private> HOLDS_UNTIL: array<u32, CONDITION_LENGTH>;

// By organization: whether any of its contracts changes, whether it may settle, and its place among those that may.
var<private> CHANGEABLE: array<u32, ORGANIZATION_LENGTH>;
var<private> SETTLES: array<u32, ORGANIZATION_LENGTH>;
var<private> WORKOUT: array<u32, ORGANIZATION_LENGTH>;

// By contract: whose it is, whether clauses change it, and its place among those; whether its vendor can fail, which that is, what it gets
// elsewhere, and its exposure to the organization; whether what it still owes matters, and whether its hardware ages; and which clauses
// it has.
var<private> OWNER: array<u32, CONTRACT_LENGTH>;
var<private> CHANGES: array<u32, CONTRACT_LENGTH>;
var<private> CHANGED: array<u32, CONTRACT_LENGTH>;
var<private> SOLD: array<u32, CONTRACT_LENGTH>;
var<private> COUNTERPARTY: array<u32, CONTRACT_LENGTH>;
var<private> RELETS: array<u32, CONTRACT_LENGTH>;
var<private> RELET_PRICE: array<u32, CONTRACT_LENGTH>;
var<private> EXPOSURE: array<u32, CONTRACT_LENGTH>;
var<private> OWES: array<u32, CONTRACT_LENGTH>;
var<private> AGES: array<u32, CONTRACT_LENGTH>;
var<private> LATE: array<u32, CONTRACT_LENGTH>;
var<private> LATENESS: array<u32, CONTRACT_LENGTH>;
var<private> STOPS: array<u32, CONTRACT_LENGTH>;
var<private> CREDITED: array<u32, CONTRACT_LENGTH>;
var<private> REVIEWED: array<u32, CONTRACT_LENGTH>;
var<private> REVIEW_INDEX: array<u32, CONTRACT_LENGTH>;
var<private> REDUCED: array<u32, CONTRACT_LENGTH>;
var<private> REDUCTION_CONDITION: array<u32, CONTRACT_LENGTH>;
var<private> REDUCTION_PRICED: array<u32, CONTRACT_LENGTH>;
var<private> WHOLE: array<u32, CONTRACT_LENGTH>;
var<private> EXTENDED: array<u32, CONTRACT_LENGTH>;
var<private> EXTENSION_CONDITION: array<u32, CONTRACT_LENGTH>;
var<private> EXTENSION_PRICED: array<u32, CONTRACT_LENGTH>;
var<private> WINDOWED: array<u32, CONTRACT_LENGTH>;
var<private> RESOLD: array<u32, CONTRACT_LENGTH>;
var<private> RESALE_PRICE: array<u32, CONTRACT_LENGTH>;

// By contract that clauses change: its place among all.
var<private> CHANGING_CONTRACT: array<u32, CHANGE_LENGTH>;

// By contract that may be late: its place among those that change, and among all.
var<private> LATE_CHANGE: array<u32, LATE_LENGTH>;
var<private> LATE_CONTRACT: array<u32, LATE_LENGTH>;

// By organization that may settle: which it is, its condition, and whether its contracts go on at market rates.
var<private> WORKOUT_ORGANIZATION: array<u32, WORKOUT_LENGTH>;
var<private> WORKOUT_CONDITION: array<u32, WORKOUT_LENGTH>;
var<private> TO_MARKET: array<u32, WORKOUT_LENGTH>;

// By vendor that can fail: whether at random, whether for losses, and whether its contracts may be taken over.
var<private> FAILING: array<u32, COUNTERPARTY_LENGTH>;
var<private> CAPITALISED: array<u32, COUNTERPARTY_LENGTH>;
var<private> NOVATED: array<u32, COUNTERPARTY_LENGTH>;

// By exposure: its vendor.
var<private> EXPOSURE_COUNTERPARTY: array<u32, EXPOSURE_LENGTH>;

// By stake: its vendor, its exposure, and its condition.
var<private> STAKE_COUNTERPARTY: array<u32, STAKE_LENGTH>;
var<private> STAKE_EXPOSURE: array<u32, STAKE_LENGTH>;
var<private> STAKE_CONDITION: array<u32, STAKE_LENGTH>;
