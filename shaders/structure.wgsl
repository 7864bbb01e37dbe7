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
override CHAIN_WATCHED: u32;   // whether an event watches the chain

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

// By contract: the factor of an indexed rate, the vendor among those with several contracts, or NONE, and whether its hardware
// ages, with its place among those of which it does.
var<private> INDEXED: array<u32, CONTRACT_LENGTH>;
var<private> INDEX: array<u32, CONTRACT_LENGTH>;
var<private> VENDOR: array<u32, CONTRACT_LENGTH>;
var<private> AGING: array<u32, CONTRACT_LENGTH>;
var<private> AGED: array<u32, CONTRACT_LENGTH>;

// By event: its metric, whom it is watched for, the factor that it watches, its organization's price, and whether its
// threshold moves, with its place among those that do.
var<private> METRIC: array<u32, EVENT_LENGTH>;
var<private> EVENT_ORGANIZATION: array<u32, EVENT_LENGTH>;
var<private> EVENT_FACTOR: array<u32, EVENT_LENGTH>;
var<private> EVENT_PRICED: array<u32, EVENT_LENGTH>;
var<private> EVENT_PRICE: array<u32, EVENT_LENGTH>;
var<private> MOVING: array<u32, EVENT_LENGTH>;
var<private> MOVING_THRESHOLD: array<u32, EVENT_LENGTH>;

// Events of the bubbles.
var<private> BUBBLE_EVENT: array<u32, BUBBLE_LENGTH>;
