// The tables of a plan: one list of fields for the kernels and, through codegen/, for Rust (f32 and f64).
// Fields are 32 bits wide (f64 in the double-precision twin), so that there is no padding. Each says its unit: money is the
// scenario's currency, capacity its capacity unit, 1 a plain number; words are numbers of things, counted from 0. Numbers of
// figures, metrics and the like are constants from src/registry. Above each structure stands how many of it there are.

// Not a factor, not an index.
const NONE: u32 = 0xffffffffu;

// Where in its life a contract that changes is: before its first row, in its term, in the row in which an extension is decided, behind
// that row in the extension, and past all of it.
const STAGE_BEFORE: u32 = 0u;
const STAGE_TERM: u32 = 1u;
const STAGE_DECISION: u32 = 2u;
const STAGE_EXTENDED: u32 = 3u;
const STAGE_PAST: u32 = 4u;

// The table of quasi-random points, a list of words: in front, where its parts begin and how many exits and factors that jump there are.
const POINT_SCRAMBLES: u32 = 0u;
const POINT_COORDINATES: u32 = 1u;
const POINT_NODE_RANGES: u32 = 2u;
const POINT_JUMPERS: u32 = 3u;
const POINT_JUMPER_COUNT: u32 = 4u;
const POINT_STAYS: u32 = 5u;
const POINT_LEAVES: u32 = 6u;
const POINT_EXITS: u32 = 7u;
const POINT_EXIT_COUNT: u32 = 8u;
const POINT_CLAUSE_DIMENSIONS: u32 = 9u;
const POINT_HEAD: u32 = 10u;      // words in front
const POINT_DIGITS: u32 = 1024u;  // words of a dimension: 256 for each byte of a point's number, what it adds to the coordinate's digits
const POINT_NODE: u32 = 5u;       // words of a node
const POINT_JUMPER: u32 = 5u;     // words of a factor that jumps

// What all periods share: one.
struct CommonTerms {
    dt: f32,           // years: the length of a period
    smoothing: f32,    // 1: weight of a period in trailing averages, 1 − e^{−dt}
    start_state: u32,  // state of the chain at τ = 0
    bubble_count: u32, // organizations whose bubbles must burst for the system's to burst
}

// [factor]
struct FactorTerms {
    kind: u32,        // KIND_LOG, KIND_LOGIT or KIND_TABLE
    start: f32,       // unit of the factor: X(0)
    state: f32,       // 1: y(0), relative logarithm or logit
    decay: f32,       // 1: what a period leaves of y
    lower: f32,       // unit of the factor: lower bound; KIND_LOGIT alone
    width: f32,       // unit of the factor: upper less lower bound; KIND_LOGIT alone
    jump_mean: f32,   // 1: mean jump of y
    jump_sd: f32,     // 1: standard deviation of a jump of y
    jumps_first: u32, // first of its thresholds among jump_thresholds
    jumps_end: u32,   // end of its thresholds; the first if it never jumps
}

// [regime, factor]
struct EffectTerms {
    drift: f32,     // 1: added to y in a period
    diffusion: f32, // 1: y's standard deviation over a period
    entry: f32,     // 1: added to y once, in the period of entry
}

// [organization]
struct OrganizationTerms {
    utilization: u32,       // factor u
    performance: u32,       // factor r, or NONE
    price: u32,             // factor of the burst price, or NONE
    contracts_first: u32,   // first of its contracts, in the order of dispatch
    contracts_end: u32,     // end of its contracts
    bubble_first: u32,      // first of its events among bubble_events
    bubble_end: u32,        // end of its events there
    bubble_all: u32,        // 0: the first of its events bursts the bubble; 1: the last does
    merit: u32,             // 1: dispatch in merit order; 0: by priority
    on_demand_scale: f32,   // money/(capacity·year) per unit of the factor: scale × (1 + premium)
    market_scale: f32,      // money/(capacity·year) per unit of the factor: scale
    max_price: f32,         // money/(capacity·year): highest burst price that is paid
    exponent: f32,          // 1: of diminishing returns; 0 without
    inverse_reference: f32, // 1/(capacity·year): of diminishing returns
    margin: f32,            // 1: share of value that becomes cash
    opening: f32,           // money: balance before period 1
    interest: f32,          // 1: per period, while the balance is positive
    borrowing: f32,         // 1: per period, while it is not
}

// [contract], by organization and in its order of dispatch
struct ContractTerms {
    index: u32,            // factor of an indexed rate, or NONE
    vendor: u32,           // place among the vendors with several contracts, or NONE
    aged: u32,             // place among the contracts whose hardware ages, or NONE
    index_multiplier: f32, // money/(capacity·year) per unit of the index: (1 − discount) × scale
    floor: f32,            // money/(capacity·year): lowest indexed rate
    cap: f32,              // money/(capacity·year): highest indexed rate
    prepaid: f32,          // money: balance of the prepayment before period 1
    prepaid_value: f32,    // money: present value of prepayments not yet paid at τ = 0
    residual_value: f32,   // money: fixed rate, present value of minimum bills past the horizon
    residual_units: f32,   // capacity·years: indexed rate, discounted minimum units past the horizon
}

// [event], once for each organization that it is watched for
struct EventTerms {
    organization: u32, // whose event it is
    metric: u32,       // METRIC_…
    index: u32,        // the factor or the state that the metric is of, or 0
    below: u32,        // 1: happens below the threshold; 0: above
    threshold: f32,    // unit of the metric; where it moves, at τ(1)
    moving: u32,       // place among the thresholds that move, or NONE
    first_period: u32, // the first period that counts, from 1
    needed: u32,       // consecutive periods in which the condition must hold
}

// [crisis], at most one
struct CrisisTerms {
    hazard: f32,             // 1/year: of a crisis where returns cover costs and no bubble has burst
    sensitivity: f32,        // 1: of the hazard's logarithm to the share of costs that returns do not cover
    contagion: f32,          // 1: added to the hazard's logarithm for each organization whose bubble has burst
    recovery_threshold: u32, // a random word below it ends a crisis
    price: f32,              // 1: multiplier of all prices while it lasts
    utilization: f32,        // 1: multiplier of use
    performance_return: f32, // 1: multiplier of returns
    fund: f32,               // 1: multiplier of what is raised
}

// [tranche], in file order
struct TrancheTerms {
    organization: u32, // who is paid
    condition: u32,    // place among the conditions
    payer: u32,        // place among the counterparties, or NONE
    drawn: u32,        // 1: paid at random, by its thresholds; 0: at once
    first_period: u32, // the first period in which it may be paid, from 1
    last_period: u32,  // the last one
    amount: f32,       // money: what is paid
    otherwise: f32,    // money: what is paid in the last period if nothing was
}

// [condition], each once
struct ConditionTerms {
    trigger: u32, // TRIGGER_…: what it waits for
    subject: u32, // the event or organization that the trigger is of, or 0
    until: u32,   // 1: it holds until then; 0: from then on
}

// [contract that changes], in the order of dispatch
struct ChangeTerms {
    contract: u32,               // place among all contracts
    counterparty: u32,           // place among the vendors that can fail, or NONE
    exposure: u32,               // place among the exposures of these, or NONE
    take_or_pay: f32,            // 1: share of capacity that is paid for in any case
    ages: u32,                   // 1: its hardware ages
    late: u32,                   // place among the contracts that may be late, or NONE
    long_stop_period: u32,       // the period in which it is known that it never begins, or NONE
    review_index: u32,           // factor that reviews read, or NONE
    review_floor: f32,           // 1: lowest multiplier of the rate
    reduction_condition: u32,    // place among the conditions, or NONE without a reduction
    reduction_priced: u32,       // 1: notice depends on the burst price
    market_below: f32,           // 1: of the contract's rate, what the burst price must be below
    notice: u32,                 // periods from notice to effect
    share: f32,                  // 1: of capacity that a reduction takes
    whole: u32,                  // 1: it takes all, and ends the contract
    refund: f32,                 // 1: share of the prepayment that comes back then
    extension_condition: u32,    // place among the conditions, or NONE without an extension
    extension_priced: u32,       // 1: it depends on the burst price
    market_above: f32,           // 1: of the extension's rate, what the burst price must be above
    extension_rate: f32,         // 1: multiplier of an indexed rate from the extension on
    windowed: u32,               // 1: take-or-pay is tested over windows, or what is paid for and not used is made up
    make_up: f32,                // 1: share of a shortfall that enters the bank
    resale_price: u32,           // factor at whose price idle capacity is sold, or NONE
    resale_multiplier: f32,      // money/(capacity·year) per unit of the factor: (1 − discount) × scale
    resale_limit: f32,           // 1: share of capacity that can be sold
    credited: u32,               // 1: lateness is credited
    credit_limit: f32,           // money: most that is credited
    prepaid_period: u32,         // the period at whose end the prepayment is paid, or 0 where none is to come
    prepaid: f32,                // money: that prepayment
    bills: f32,                  // money: all minimum bills of the term at the scheduled rate; indexed: 0
    units: f32,                  // capacity·years: all minimum units of the term
    residual_at_start: f32,      // as ChangePeriod's, where row 0 is yet to come by as many periods as the first one is late
    residual_before_start: f32,  // the same by one period more
}

// [contract that may be late]
struct DelayTerms {
    change: u32,           // place among the contracts that change
    contract: u32,         // index of its own draws
    vendor: u32,           // index of its vendor's
    vendor_weight: f32,    // 1: square root of the correlation
    own_weight: f32,       // 1: square root of the rest
    quantile: f32,         // 1: late if the normal is above it
    median: f32,           // years of lateness
    sigma: f32,            // 1: standard deviation of their logarithm
    long_stop: f32,        // years of lateness beyond which it never begins
    most_periods: f32,     // periods of lateness that count: one more than the horizon has
}

// [organization that may settle]
struct WorkoutTerms {
    organization: u32, // who settles
    condition: u32,    // place among the conditions
    threshold: u32,    // a random word below it settles
    pay: f32,          // 1: share of its claim that a vendor is paid
    to_market: u32,    // 1: contracts go on at market rates; 0: they end
}

// [vendor that can fail], in file order
struct CounterpartyTerms {
    threshold: u32,          // a random word below it makes it fail
    crisis_threshold: u32,   // the same in a crisis
    novation_threshold: u32, // a random word below it has its contracts taken over
    capitalised: u32,        // 1: fails once its losses exceed its capital
    capital: f32,            // money
    recovery: f32,           // 1: share of prepayments that comes back
    relet_price: u32,        // factor of what it gets for capacity that comes back, or NONE
    relet_multiplier: f32,   // money/(capacity·year) per unit of the factor: share × scale
}

// [vendor that can fail, organization], where it has contracts or stakes
struct ExposureTerms {
    counterparty: u32, // the vendor's place
    organization: u32, // whose failings it suffers from
}

// [stake], by vendor
struct StakeTerms {
    exposure: u32,  // place among the exposures
    condition: u32, // place among the conditions
    loss: f32,      // money: lost when the condition first holds
}

// [period]
struct PeriodTerms {
    discount: f32,           // 1: of what comes in, D
    liability_discount: f32, // 1: of what is paid, D̃
}

// [period, organization]
struct OrganizationPeriod {
    demand: f32,          // capacity: use at u = 1
    on_demand_limit: f32, // capacity: most that is bought on demand
    efficiency: f32,      // 1: effective units per unit used
    cash_flow: f32,       // money: income, opex and funding of the period, less prepayments
    minimum_after: f32,   // money: minimum bills due after this period under fixed rates, undiscounted
}

// [period, contract]
struct ContractPeriod {
    capacity: f32,    // capacity: useful, which is what is left of it as hardware ages; 0 outside the term
    minimum: f32,     // capacity: take_or_pay × useful capacity
    rate: f32,        // money/(capacity·year): fixed rate, escalated; indexed: not read
    reset: u32,       // 1: an indexed rate is set in this period
    units_after: f32, // capacity·years: indexed rate, minimum units due after this period
}

// [period, contract whose hardware ages]
struct AgingPeriod {
    capacity: f32,     // capacity, as signed; 0 outside the term
    obsolescence: f32, // 1: units as signed that do what one did when new; 1 outside the term
}

// [period, contract that changes]: the row of its schedule that applies if it is not late
struct ChangePeriod {
    capacity: f32,     // capacity: useful; 0 outside the term and its extension
    obsolescence: f32, // 1: units as signed that do what one did when new
    rate: f32,         // money/(capacity·year): fixed rate, escalated; indexed: not read
    reset: u32,        // 1: an indexed rate is set
    stage: u32,        // STAGE_…: where in its life it is
    bills_from: f32,   // money: fixed rate, minimum bills from this row to the end of the term, or else of the extension
    units_from: f32,   // capacity·years: minimum units of the same rows
    bills_after: f32,  // money: the same of the rows behind this one
    units_after: f32,  // capacity·years
    residual: f32,     // in the last period: present value of bills_after, or of units_after with an indexed rate
    leaving: u32,      // 1: notice can be given
    fee: f32,          // 1: share of the minimum bills given back that is due
    review: f32,       // 1 per unit of the index: market rate over scheduled rate; 0 without a review in this row
    closes: u32,       // 1: a window of take-or-pay ends
    credit: f32,       // money: credited for lateness in this period
}

// [period, event whose threshold moves]
struct EventPeriod {
    threshold: f32, // unit of the metric: at τ(t)
}

// A chunk of consecutive paths, as the kernels take it: one.
struct ChunkTerms {
    seed_low: u32,   // low word of the seed
    seed_high: u32,  // high word of the seed
    replicate: u32,  // number of the replicate
    first_low: u32,  // low word of the first path's number
    first_high: u32, // high word of the first path's number
    count: u32,      // paths that count
    stride: u32,     // paths computed and stored: whole blocks
    periods: u32,    // periods of the horizon
}

// How a figure is reduced: [figure]
struct FigureTerms {
    slot: u32,          // place among the figures of a path
    optional: u32,      // 1: UNDEFINED on some paths, which are left out
    centre: f32,        // unit of the figure: subtracted
    inverse_scale: f32, // 1/unit of the figure: then multiplied by, a power of two
    sketch: u32,        // its first bin among all, or NONE
}

// A block's sums of a figure: [block, figure]
struct BlockTotals {
    count: u32,   // paths with the figure
    at_min: u32,  // of them at the lowest value
    at_max: u32,  // of them at the highest value
    power1: f32,  // Σ y, y = (x − centre) × inverse_scale
    power2: f32,  // Σ y²
    power3: f32,  // Σ y³
    power4: f32,  // Σ y⁴
    lowest: f32,  // unit of the figure
    highest: f32, // unit of the figure
}

// A block's paths with a figure that is not a number: [block]
struct BlockFaults {
    count: u32, // such paths
    first: u32, // place of the first of them within the block, or NONE
}

// How a row of a profile, a quantity at a date, is added up: [row]
struct RowTerms {
    centre: f32,        // unit of the quantity: subtracted
    inverse_scale: f32, // 1/unit of the quantity: then multiplied by, a power of two
    optional: u32,      // 1: UNDEFINED on some paths, which are left out
    bubble: u32,        // an organization's bubble, or behind them the system's
}

// A chunk's sums of a row, of the paths whose bubble does not burst (0) and of those whose does (1): [row]
struct RowTotals {
    count0: u32,  // paths
    count1: u32,  // paths
    first0: f32,  // Σ y, y = (x − centre) × inverse_scale
    first1: f32,  // Σ y
    second0: f32, // Σ y²
    second1: f32, // Σ y²
    lowest: f32,  // unit of the quantity
    highest: f32, // unit of the quantity
}
