// The words of the generator for a path (model.md §2).

// Four words of a purpose and an index: those of a block of four periods, or whatever else is counted.
fn block_words(purpose: u32, block: u32, index: u32) -> vec4<u32> {
    let counter = Words(path_low, path_high, block, index);
    let words = threefry(counter, Words(chunk.seed_low, chunk.seed_high, chunk.replicate, purpose));
    return vec4<u32>(words.w0, words.w1, words.w2, words.w3);
}

// The words of the four periods that t belongs to.
fn stream(purpose: u32, t: u32, index: u32) -> vec4<u32> {
    return block_words(purpose, (t - 1u) >> 2u, index);
}

// The next period's words; what has been used is given up, so that no register keeps it.
fn next(words: vec4<u32>) -> vec4<u32> {
    return vec4<u32>(words.yzw, 0u);
}

// The word of period t, of a stream that is asked in few periods.
fn word(purpose: u32, t: u32, index: u32) -> u32 {
    let words = stream(purpose, t, index);
    let pair = select(words.xy, words.zw, ((t - 1u) & 2u) != 0u);
    return select(pair.x, pair.y, ((t - 1u) & 1u) != 0u);
}
