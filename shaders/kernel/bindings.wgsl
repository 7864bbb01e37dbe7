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
}

struct PeriodRow {
    period: PeriodTerms,
    factor_bases: array<f32, FACTOR_LENGTH>,
    organizations: array<OrganizationPeriod, ORGANIZATION_LENGTH>,
    contracts: array<ContractPeriod, CONTRACT_LENGTH>,
    aging: array<AgingPeriod, AGING_LENGTH>,
    events: array<EventPeriod, MOVING_LENGTH>,
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
