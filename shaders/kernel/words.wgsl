// Random words of clauses (model.md §2): drawn wherever factors come from, since they are no part of them.

// Four periods' words of each stream, the present one first.
var<private> tranche_streams: array<vec4<u32>, TRANCHE_LENGTH>;
var<private> crisis_stream: vec4<u32>;

fn stream(purpose: u32, t: u32, index: u32) -> vec4<u32> {
    let counter = Words(path_low, path_high, (t - 1u) >> 2u, index);
    let words = threefry(counter, Words(chunk.seed_low, chunk.seed_high, chunk.replicate, purpose));
    return vec4<u32>(words.w0, words.w1, words.w2, words.w3);
}

// Draws the words of period t; periods come in order.
fn draw_words(t: u32) {
    let anew = ((t - 1u) & 3u) == 0u;
    for (var i = 0u; i < TRANCHES; i++) {
        if (TRANCHE_DRAWN[i] != 0u) {
            tranche_streams[i] = tranche_streams[i].yzwx;
            if (anew) {
                tranche_streams[i] = stream(PURPOSE_TRANCHE, t, i);
            }
            tranche_words[i] = tranche_streams[i].x;
        }
    }
    if (CRISES != 0u) {
        crisis_stream = crisis_stream.yzwx;
        if (anew) {
            crisis_stream = stream(PURPOSE_CRISIS, t, 0u);
        }
        crisis_words[0u] = crisis_stream.x;
    }
}
