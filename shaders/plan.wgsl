// The tables of a plan: one list of fields for the kernels and, through codegen/, for Rust (f32 and f64).
// Fields are 32 bits wide (f64 in the double-precision twin), so that there is no padding.

// Not a factor, not an index.
const NONE: u32 = 0xffffffffu;

// Figures of an organization, and the slots of two of them, as in src/plan/figure.rs.
const FIGURE_COUNT: u32 = 14u;
const COMPUTE_COST_SLOT: u32 = 2u;
const UNIT_COST_SLOT: u32 = 11u;

// What all periods share.
struct CommonTerms {
    dt: f32,            // years
    smoothing: f32,     // weight of a period in trailing averages: 1 − e^{−dt}
    start_state: u32,
    bubble_count: u32,  // organizations whose bubbles must burst for the system's
}

const KIND_LOG: u32 = 0u;
const KIND_LOGIT: u32 = 1u;
const KIND_TABLE: u32 = 2u;

// By factor.
struct FactorTerms {
    kind: u32,
    start: f32,         // X(0)
    state: f32,         // y(0)
    decay: f32,
    lower: f32,         // logit only
    width: f32,
    jump_mean: f32,
    jump_sd: f32,
    jumps_first: u32,   // its thresholds among jump_thresholds
    jumps_end: u32,
}

// By regime and factor.
struct EffectTerms {
    drift: f32,
    diffusion: f32,
    entry: f32,
}

// By organization.
struct OrganizationTerms {
    utilization: u32,        // factors
    performance: u32,
    price: u32,
    contracts_first: u32,    // its contracts, in the order of dispatch
    contracts_end: u32,
    bubble_first: u32,       // its events among bubble_events
    bubble_end: u32,
    bubble_all: u32,
    merit: u32,
    burst_scale: f32,        // burst price = scale × (1 + premium) × factor
    market_scale: f32,       // price without premium = scale × factor
    max_price: f32,
    exponent: f32,
    inverse_reference: f32,
    margin: f32,
    opening: f32,            // balance before period 1
    interest: f32,           // per period
    borrowing: f32,
}

// By contract, in the order of dispatch within its organization.
struct ContractTerms {
    index: u32,              // factor of an indexed rate, or NONE
    vendor: u32,             // among the vendors with several contracts, or NONE
    share: f32,              // (1 − discount) × scale
    floor: f32,
    cap: f32,
    prepaid: f32,            // balance before period 1
    prepaid_value: f32,      // present value of prepayments not yet paid at τ = 0
    residual_value: f32,     // fixed rate: present value of minimum bills past the horizon
    residual_units: f32,     // indexed rate: discounted minimum unit-years past the horizon
}

const METRIC_CASH: u32 = 0u;
const METRIC_COVERAGE: u32 = 1u;
const METRIC_UTILIZATION: u32 = 2u;
const METRIC_STRANDED_SHARE: u32 = 3u;
const METRIC_LOCK_IN: u32 = 4u;
const METRIC_OVERHANG: u32 = 5u;
const METRIC_FACTOR: u32 = 6u;
const METRIC_REGIME: u32 = 7u;

// By event and organization that it is watched for.
struct EventTerms {
    organization: u32,
    metric: u32,
    index: u32,              // the factor or the state
    below: u32,
    threshold: f32,
    first_period: u32,       // the first that counts
    needed: u32,             // consecutive periods
}

// By period.
struct PeriodTerms {
    discount: f32,
    liability_discount: f32,
}

// By period and organization.
struct OrganizationPeriod {
    demand: f32,
    burst_limit: f32,
    efficiency: f32,         // effective units per unit
    cash_flow: f32,          // income, opex and funding, less prepayments
    minimum_after: f32,      // minimum bills due after this period under fixed rates
}

// By period and contract.
struct ContractPeriod {
    capacity: f32,
    minimum: f32,            // take_or_pay × capacity
    rate: f32,               // fixed rate, escalated
    reset: u32,              // an indexed rate is set
    units_after: f32,        // indexed rate: minimum unit-years due after this period
}

// A chunk of consecutive paths, as the kernels take it.
struct ChunkTerms {
    seed_low: u32,
    seed_high: u32,
    replicate: u32,
    first_low: u32,          // number of the first path
    first_high: u32,
    count: u32,              // paths that count
    stride: u32,             // paths computed and stored: whole blocks
    periods: u32,
}

// How a figure is reduced.
struct FigureTerms {
    slot: u32,
    optional: u32,
    centre: f32,
    inverse_scale: f32,
    sketch: u32,             // its first bin among all, or NONE
}

// A block's sums of a figure.
struct BlockTotals {
    count: u32,
    at_min: u32,
    at_max: u32,
    power1: f32,
    power2: f32,
    power3: f32,
    power4: f32,
    lowest: f32,
    highest: f32,
}

// A block's paths with a figure that is not a number.
struct BlockFaults {
    count: u32,
    first: u32,              // place of the first of them within the block, or NONE
}

// What a course watches, as in src/plan/course.rs.
const QUANTITY_FACTOR: u32 = 0u;
const QUANTITY_SERVED: u32 = 1u;
const QUANTITY_COVERAGE: u32 = 2u;
const QUANTITY_CASH: u32 = 3u;

// How a row of a course, a quantity at a date, is added up.
struct RowTerms {
    centre: f32,
    inverse_scale: f32,
    optional: u32,
    bubble: u32,             // an organization's, or behind them the system's
}

// A chunk's sums of a row: of the paths whose bubble does not burst (0), and of those whose does (1).
struct RowTotals {
    count0: u32,
    count1: u32,
    first0: f32,
    first1: f32,
    second0: f32,
    second1: f32,
    lowest: f32,
    highest: f32,
}
