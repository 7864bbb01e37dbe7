// A chunk's figures and times added up by blocks of 256 paths at fixed places.

const BLOCK: u32 = 256u;
// Invocations that share a block's sums.
const LANES: u32 = 16u;

@group(0) @binding(0) var<uniform> chunk: ChunkTerms;
@group(0) @binding(1) var<storage, read> figure_terms: array<FigureTerms>;
@group(0) @binding(2) var<storage, read> figures: array<f32>;             // [slot, path]
@group(0) @binding(3) var<storage, read> times: array<u32>;               // [time, path]
@group(0) @binding(4) var<storage, read_write> valid: array<u32>;         // [path]
@group(0) @binding(5) var<storage, read_write> faults: array<BlockFaults>;  // [block]
@group(0) @binding(6) var<storage, read_write> totals: array<BlockTotals>;  // [block, figure]
@group(0) @binding(7) var<storage, read_write> counts: array<atomic<u32>>;  // sketches' bins, then [time, period]
@group(0) @binding(8) var<storage, read_write> parts: array<u32>;         // [bubble, 16 paths]

var<workgroup> shared_sums: array<vec4<f32>, BLOCK>;
var<workgroup> shared_extremes: array<vec2<f32>, BLOCK>;
var<workgroup> shared_counts: array<vec3<u32>, BLOCK>;

// next to the largest number, whose shortest decimal is beyond it and so refused by some compilers
const LARGEST: f32 = 3.4028233e38;

fn all_numbers(place: u32) -> bool {
    var numbers = true;
    for (var f = 0u; f < FIGURES; f++) {
        numbers = numbers && finite(figures[figure_terms[f].slot * chunk.stride + place]);
    }
    return numbers;
}

// For a profile: marks by bubble the paths that count and whose figures are all numbers, with 1 where the bubble does not
// burst, and 2 where it does; in each word 16 paths that are BLOCK apart, the first the lowest, so that profile_reduce.wgsl reads
// little.
@compute @workgroup_size(BLOCK)
fn qualify(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let first = group.x * 16u * BLOCK + lane;
    let end = min(first + 16u * BLOCK, chunk.count);
    var good = 0u;
    for (var place = first; place < end; place += BLOCK) {
        good |= u32(all_numbers(place)) << (2u * ((place - first) / BLOCK));
    }
    let words = (chunk.stride + 16u * BLOCK - 1u) / (16u * BLOCK) * BLOCK;
    for (var bubble = 0u; bubble < BUBBLES; bubble++) {
        var marks = good;
        for (var place = first; place < end; place += BLOCK) {
            // 01 becomes 10
            let mark = good & (1u << (2u * ((place - first) / BLOCK)));
            marks += select(mark, 0u, times[(FIRST_BUBBLE + bubble) * chunk.stride + place] == NEVER);
        }
        parts[bubble * words + group.x * BLOCK + lane] = marks;
    }
}

// Marks the paths that count and whose figures are all numbers, and counts their times.
@compute @workgroup_size(BLOCK)
fn classify(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let place = group.x * BLOCK + lane;
    let counted = place < chunk.count;
    let numbers = all_numbers(place);
    let good = counted && numbers;
    valid[place] = u32(good);
    if (good) {
        for (var time = 0u; time < TIMES; time++) {
            let period = times[time * chunk.stride + place];
            if (period != NEVER) {
                atomicAdd(&counts[TIME_COUNTS + time * chunk.periods + period - 1u], 1u);
            }
        }
    }
    shared_counts[lane] = vec3<u32>(u32(counted && !numbers), 0u, 0u);
    workgroupBarrier();
    if (lane == 0u) {
        var fault = BlockFaults(0u, NONE);
        for (var l = 0u; l < BLOCK; l++) {
            if (shared_counts[l].x != 0u) {
                fault = BlockFaults(fault.count + 1u, min(fault.first, l));
            }
        }
        faults[group.x] = fault;
    }
}

// One figure's sums over blocks, and its sketch: LANES invocations to a block, each adding up every LANES-th path, whose
// partial sums are then added in the order of the lanes. The CPU engine adds in the same order.
@compute @workgroup_size(BLOCK)
fn reduce(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    let figure = group.y;
    let lane = index % LANES;
    let block = group.x * (BLOCK / LANES) + index / LANES;
    let inside = block * BLOCK < chunk.stride;
    let row = figure_terms[figure].slot * chunk.stride;
    let optional = figure_terms[figure].optional != 0u;
    let centre = figure_terms[figure].centre;
    let inverse_scale = figure_terms[figure].inverse_scale;
    let sketch = figure_terms[figure].sketch;
    var sums = vec4<f32>();
    var extremes = vec2<f32>(LARGEST, -LARGEST);
    var used = 0u;
    if (inside) {
        for (var place = block * BLOCK + lane; place < (block + 1u) * BLOCK; place += LANES) {
            let value = figures[row + place];
            if (valid[place] != 0u && defined(value, optional)) {
                let y = centred(value, centre, inverse_scale);
                let square = y * y;
                sums += vec4<f32>(y, square, square * y, square * square);
                extremes = vec2<f32>(min(extremes.x, value), max(extremes.y, value));
                used += 1u;
                if (sketch != NONE) {
                    atomicAdd(&counts[sketch + sketch_bin(y)], 1u);
                }
            }
        }
    }
    shared_sums[index] = sums;
    shared_extremes[index] = extremes;
    workgroupBarrier();
    for (var l = 0u; l < LANES; l++) {
        let other = shared_extremes[index - lane + l];
        extremes = vec2<f32>(min(extremes.x, other.x), max(extremes.y, other.y));
    }
    var at_extremes = vec2<u32>();
    if (inside) {
        for (var place = block * BLOCK + lane; place < (block + 1u) * BLOCK; place += LANES) {
            let value = figures[row + place];
            if (valid[place] != 0u && defined(value, optional)) {
                at_extremes += vec2<u32>(u32(value == extremes.x), u32(value == extremes.y));
            }
        }
    }
    shared_counts[index] = vec3<u32>(used, at_extremes);
    workgroupBarrier();
    if (inside && lane == 0u) {
        var total = shared_sums[index];
        var count = shared_counts[index];
        for (var l = 1u; l < LANES; l++) {
            total += shared_sums[index + l];
            count += shared_counts[index + l];
        }
        totals[block * FIGURES + figure] = BlockTotals(
            count.x, count.y, count.z, total.x, total.y, total.z, total.w, extremes.x, extremes.y,
        );
    }
}
