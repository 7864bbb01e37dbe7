// What the simulation reads and writes. The structure (shaders/structure.wgsl) stands in front of this file. Where a kernel is
// written out, loops over structure are gone, and the plan's tables are plain lists of numbers in the same places, in
// uniform buffers as far as these have room (src/engine/gpu/kernel/passes).

struct Terms {
    jump_thresholds: array<vec4<u32>, JUMP_LENGTH>,
    common_terms: CommonTerms,
    factors: array<FactorTerms, FACTOR_LENGTH>,
    effects: array<EffectTerms, EFFECT_LENGTH>,
    cholesky: array<f32, CHOLESKY_LENGTH>,
    regime_thresholds: array<u32, REGIME_LENGTH>,
    organizations: array<OrganizationTerms, ORGANIZATION_LENGTH>,
    contracts: array<ContractTerms, CONTRACT_LENGTH>,
    events: array<EventTerms, EVENT_LENGTH>,
    crisis: array<CrisisTerms, CRISIS_LENGTH>,
    tranches: array<TrancheTerms, TRANCHE_LENGTH>,
    tranche_thresholds: array<u32, TRANCHE_THRESHOLD_LENGTH>,
    changes: array<ChangeTerms, CHANGE_LENGTH>,
    delays: array<DelayTerms, LATE_LENGTH>,
    workouts: array<WorkoutTerms, WORKOUT_LENGTH>,
    counterparties: array<CounterpartyTerms, COUNTERPARTY_LENGTH>,
    stakes: array<StakeTerms, STAKE_LENGTH>,
}

struct PeriodRow {
    period: PeriodTerms,
    factor_bases: array<f32, FACTOR_LENGTH>,
    organizations: array<OrganizationPeriod, ORGANIZATION_LENGTH>,
    contracts: array<ContractPeriod, CONTRACT_LENGTH>,
    aging: array<AgingPeriod, AGING_LENGTH>,
    events: array<EventPeriod, MOVING_LENGTH>,
    funding: array<f32, FUNDING_LENGTH>,
    changing: array<ChangePeriod, CHANGE_LENGTH>,
}

@group(0) @binding(0) var<storage, read> terms: Terms;
@group(0) @binding(1) var<storage, read> rows: array<PeriodRow, PERIOD_LENGTH>;
@group(0) @binding(2) var<uniform> chunk: ChunkTerms;
@group(0) @binding(3) var<storage, read_write> figures: array<f32>; // [slot, path]
@group(0) @binding(4) var<storage, read_write> times: array<u32>;   // [time, path]

// The path that this invocation computes: its place in the chunk, and the words of its number.
var<private> place: u32;
var<private> path_low: u32;
var<private> path_high: u32;

fn take_path(index: u32) {
    place = index;
    path_low = wrapping_add(chunk.first_low, place);
    path_high = chunk.first_high + u32(path_low < chunk.first_low);
}

// Factors at the period's end and beginning; the chain's state, now and before.
var<private> x: array<f32, FACTOR_LENGTH>;
var<private> previous: array<f32, FACTOR_LENGTH>;
var<private> state: u32;
var<private> previous_state: u32;

// The period's random words of clauses.
var<private> tranche_words: array<u32, TRANCHE_LENGTH>;
var<private> crisis_words: array<u32, CRISIS_LENGTH>;
var<private> failure_words: array<u32, COUNTERPARTY_LENGTH>;
var<private> novation_words: array<u32, COUNTERPARTY_LENGTH>;
var<private> workout_words: array<u32, WORKOUT_LENGTH>;

// The row in which a contract that may be late is in the period (ChangePeriod in plan.wgsl), and how late it is.
struct LateState {
    periods: u32,
    never_begins: u32,       // 1 if it is too late
    capacity: f32,
    minimum: f32,
    signed_capacity: f32,
    obsolescence: f32,
    rate: f32,
    reset: u32,
    stage: u32,
    bills_from: f32,
    units_from: f32,
    bills_after: f32,
    units_after: f32,
    residual: f32,
    leaving: u32,
    fee: f32,
    review: f32,
    closes: u32,
}

var<private> late: array<LateState, LATE_LENGTH>;
