// What shapes a simulation: sizes, and who uses what. Plans of the same structure have the same kernels, and take the place of
// this file in them: sizes, rooms and lists as constants (src/engine/gpu/kernel/compose.rs). The lanes of the CPU engine read them
// from memory. Rust has the declarations below as `Counts`, `Rooms` and `Lists` in src/plan/structure.rs.

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
const PERIOD_ROOM: u32 = 1u;
const FACTOR_ROOM: u32 = 1u;
const EFFECT_ROOM: u32 = 1u;
const CHOLESKY_ROOM: u32 = 1u;
const REGIME_ROOM: u32 = 1u;
const JUMP_ROOM: u32 = 1u;     // in fours
const ORGANIZATION_ROOM: u32 = 1u;
const CONTRACT_ROOM: u32 = 1u;
const AGING_ROOM: u32 = 1u;
const EVENT_ROOM: u32 = 1u;
const MOVING_ROOM: u32 = 1u;
const BUBBLE_ROOM: u32 = 1u;

// Indices that may be none come as a flag and an index that is always valid.

// By factor: its process, whether it jumps, where its row of the Cholesky factor ends, and whether a regime changes its drift
// or diffusion, or moves it on entry.
var<private> FACTOR_KIND: array<u32, FACTOR_ROOM>;
var<private> JUMPING: array<u32, FACTOR_ROOM>;
var<private> ROW_END: array<u32, FACTOR_ROOM>;
var<private> DRIFTS: array<u32, FACTOR_ROOM>;
var<private> DIFFUSIONS: array<u32, FACTOR_ROOM>;
var<private> ENTERED: array<u32, FACTOR_ROOM>;

// By organization: the factors it uses, its clauses, its contracts, the events of its bubble, and which of its sums and averages
// an event watches.
var<private> UTILIZATION: array<u32, ORGANIZATION_ROOM>;
var<private> PERFORMING: array<u32, ORGANIZATION_ROOM>;
var<private> PERFORMANCE: array<u32, ORGANIZATION_ROOM>;
var<private> DIMINISHING: array<u32, ORGANIZATION_ROOM>;
var<private> PRICED: array<u32, ORGANIZATION_ROOM>;
var<private> PRICE: array<u32, ORGANIZATION_ROOM>;
var<private> MERIT: array<u32, ORGANIZATION_ROOM>;
var<private> CONTRACTS_FIRST: array<u32, ORGANIZATION_ROOM>;
var<private> CONTRACTS_END: array<u32, ORGANIZATION_ROOM>;
var<private> BUBBLE_FIRST: array<u32, ORGANIZATION_ROOM>;
var<private> BUBBLE_END: array<u32, ORGANIZATION_ROOM>;
var<private> BUBBLE_ALL: array<u32, ORGANIZATION_ROOM>;
var<private> CAPACITY_WATCHED: array<u32, ORGANIZATION_ROOM>;
var<private> USEFUL_WATCHED: array<u32, ORGANIZATION_ROOM>;
var<private> LOCK_IN_WATCHED: array<u32, ORGANIZATION_ROOM>;
var<private> OVERHANG_WATCHED: array<u32, ORGANIZATION_ROOM>;
var<private> USE_WATCHED: array<u32, ORGANIZATION_ROOM>;
var<private> UNSERVED_WATCHED: array<u32, ORGANIZATION_ROOM>;

// By contract: the factor of an indexed rate, the vendor among those with several contracts, or NONE, and whether its hardware
// ages, with its place among those of which it does.
var<private> INDEXED: array<u32, CONTRACT_ROOM>;
var<private> INDEX: array<u32, CONTRACT_ROOM>;
var<private> VENDOR: array<u32, CONTRACT_ROOM>;
var<private> AGING: array<u32, CONTRACT_ROOM>;
var<private> AGED: array<u32, CONTRACT_ROOM>;

// By event: its metric, whom it is watched for, the factor that it watches, its organization's price, and whether its
// threshold moves, with its place among those that do.
var<private> METRIC: array<u32, EVENT_ROOM>;
var<private> EVENT_ORGANIZATION: array<u32, EVENT_ROOM>;
var<private> EVENT_FACTOR: array<u32, EVENT_ROOM>;
var<private> EVENT_PRICED: array<u32, EVENT_ROOM>;
var<private> EVENT_PRICE: array<u32, EVENT_ROOM>;
var<private> MOVING: array<u32, EVENT_ROOM>;
var<private> MOVING_THRESHOLD: array<u32, EVENT_ROOM>;

// Events of the bubbles.
var<private> BUBBLE_EVENT: array<u32, BUBBLE_ROOM>;
