// A chunk's rows of a profile added up: one workgroup to a row. The host puts PROFILE_ROWS, PROFILE_BINS and PROFILE_SHIFT
// (src/plan/profile.rs) in front, and profile.wgsl's WORKGROUP.

const INVOCATIONS: u32 = 256u;

@group(0) @binding(0) var<uniform> chunk: ChunkTerms;
@group(0) @binding(1) var<storage, read> row_terms: array<RowTerms>;
@group(0) @binding(2) var<storage, read> observed: array<f32>;            // as profile.wgsl has it
@group(0) @binding(3) var<storage, read> parts: array<u32>;              // [bubble, 16 paths]: as `qualify` marks them
@group(0) @binding(4) var<storage, read_write> totals: array<RowTotals>; // [row]
@group(0) @binding(5) var<storage, read_write> bins: array<u32>;         // [row, bin]: of all chunks

var<workgroup> shared_bins: array<atomic<u32>, PROFILE_BINS + 1u>;
// Of half of the invocations at a time: of all of them they would not fit beside the bins.
var<workgroup> shared_totals: array<RowTotals, 128>;

// next to the largest number, whose shortest decimal is beyond it and so refused by some compilers
const LARGEST: f32 = 3.4028233e38;

fn profile_bin(y: f32) -> u32 {
    return sketch_bin(y) >> PROFILE_SHIFT;
}

fn joined(a: RowTotals, b: RowTotals) -> RowTotals {
    return RowTotals(
        a.count0 + b.count0, a.count1 + b.count1, a.first0 + b.first0, a.first1 + b.first1,
        a.second0 + b.second0, a.second1 + b.second1, min(a.lowest, b.lowest), max(a.highest, b.highest),
    );
}

// Each invocation adds up every INVOCATIONS-th path, then halves are joined: always the same tree.
@compute @workgroup_size(INVOCATIONS)
fn add_rows(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let row = group.x;
    let terms = row_terms[row];
    let optional = terms.optional != 0u;
    for (var bin = lane; bin < PROFILE_BINS; bin += INVOCATIONS) {
        atomicStore(&shared_bins[bin], 0u);
    }
    workgroupBarrier();
    var own = RowTotals(0u, 0u, 0.0, 0.0, 0.0, 0.0, LARGEST, -LARGEST);
    var word = terms.bubble * ((chunk.stride + 4095u) / 4096u) * INVOCATIONS + lane;
    for (var first = lane; first < chunk.stride; first += 16u * INVOCATIONS) {
        var marks = parts[word];
        word += INVOCATIONS;
        let end = min(first + 16u * INVOCATIONS, chunk.stride);
        for (var place = first; place < end; place += INVOCATIONS) {
            let value = observed[(place / WORKGROUP * PROFILE_ROWS + row) * WORKGROUP + place % WORKGROUP];
            let part = marks & 3u;
            marks >>= 2u;
            // without branches, which software drivers take one by one: what does not count has a bin of its own
            let used = (part != 0u) & finite(value) & defined(value, optional);
            let bubble_burst = part == 2u;
            let y = select(0.0, centred(value, terms.centre, terms.inverse_scale), used);
            let square = y * y;
            own.count0 += u32(used & !bubble_burst);
            own.count1 += u32(used & bubble_burst);
            own.first0 += select(y, 0.0, bubble_burst);
            own.first1 += select(0.0, y, bubble_burst);
            own.second0 += select(square, 0.0, bubble_burst);
            own.second1 += select(0.0, square, bubble_burst);
            own.lowest = min(own.lowest, select(LARGEST, value, used));
            own.highest = max(own.highest, select(-LARGEST, value, used));
            atomicAdd(&shared_bins[select(PROFILE_BINS, profile_bin(y), used)], 1u);
        }
    }
    for (var half = INVOCATIONS / 2u; half > 0u; half >>= 1u) {
        if (lane >= half && lane < 2u * half) {
            shared_totals[lane - half] = own;
        }
        workgroupBarrier();
        if (lane < half) {
            own = joined(own, shared_totals[lane]);
        }
        workgroupBarrier();
    }
    if (lane == 0u) {
        totals[row] = own;
        shared_totals[0] = own;
    }
    workgroupBarrier();
    // bins are in the order of the values: there is nothing beyond the extremes', nor beyond a neighbour of theirs
    let lowest = profile_bin(centred(shared_totals[0].lowest, terms.centre, terms.inverse_scale));
    let highest = profile_bin(centred(shared_totals[0].highest, terms.centre, terms.inverse_scale));
    for (var bin = max(lowest, 1u) - 1u + lane; bin < min(highest + 2u, PROFILE_BINS); bin += INVOCATIONS) {
        bins[row * PROFILE_BINS + bin] += atomicLoad(&shared_bins[bin]);
    }
}
