// Threefry-4x32 with 13 rounds (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
//
// Layout, pinned by golden draws (docs/randomness.md):
//   key     = (seed's low word, seed's high word, replicate, purpose)
//   counter = (path's low word, path's high word, ⌊(t − 1)/4⌋, index)
// and period t takes word (t − 1) mod 4 of the result. The index is the factor's place in the file; the chain's is 0. Purposes are constants from src/registry.

struct Words {
    w0: u32,
    w1: u32,
    w2: u32,
    w3: u32,
}

fn rotate_left(x: u32, by: u32) -> u32 {
    return (x << by) | (x >> (32u - by));
}

// The words joined with others of the same key, one round: (w0, w1) and (w2, w3) are mixed.
fn mix_even(x: Words, first: u32, second: u32) -> Words {
    let w0 = wrapping_add(x.w0, x.w1);
    let w2 = wrapping_add(x.w2, x.w3);
    return Words(w0, rotate_left(x.w1, first) ^ w0, w2, rotate_left(x.w3, second) ^ w2);
}

// The other kind of round: (w0, w3) and (w2, w1) are mixed.
fn mix_odd(x: Words, first: u32, second: u32) -> Words {
    let w0 = wrapping_add(x.w0, x.w3);
    let w2 = wrapping_add(x.w2, x.w1);
    return Words(w0, rotate_left(x.w1, second) ^ w2, w2, rotate_left(x.w3, first) ^ w0);
}

// Adds four of the five words of the key schedule and, to the last, the injection's number.
fn inject(x: Words, k0: u32, k1: u32, k2: u32, k3: u32, number: u32) -> Words {
    return Words(
        wrapping_add(x.w0, k0),
        wrapping_add(x.w1, k1),
        wrapping_add(x.w2, k2),
        wrapping_add(x.w3, wrapping_add(k3, number)),
    );
}

fn threefry(counter: Words, key: Words) -> Words {
    let parity = 0x1bd11bdau ^ key.w0 ^ key.w1 ^ key.w2 ^ key.w3;
    let s0 = inject(counter, key.w0, key.w1, key.w2, key.w3, 0u);
    let r0 = mix_even(s0, 10u, 26u);
    let r1 = mix_odd(r0, 11u, 21u);
    let r2 = mix_even(r1, 13u, 27u);
    let r3 = mix_odd(r2, 23u, 5u);
    let s1 = inject(r3, key.w1, key.w2, key.w3, parity, 1u);
    let r4 = mix_even(s1, 6u, 20u);
    let r5 = mix_odd(r4, 17u, 11u);
    let r6 = mix_even(r5, 25u, 10u);
    let r7 = mix_odd(r6, 18u, 20u);
    let s2 = inject(r7, key.w2, key.w3, parity, key.w0, 2u);
    let r8 = mix_even(s2, 10u, 26u);
    let r9 = mix_odd(r8, 11u, 21u);
    let r10 = mix_even(r9, 13u, 27u);
    let r11 = mix_odd(r10, 23u, 5u);
    let s3 = inject(r11, key.w3, parity, key.w0, key.w1, 3u);
    return mix_even(s3, 6u, 20u);
}
