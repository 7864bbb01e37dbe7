// Quasi-random points: Sobol's sequence under Owen's nested uniform scrambling, and sums of normals that are split.

// The bits in reverse. WGSL has a function for it, which older Metal lacks.
fn reversed(x: u32) -> u32 {
    let by_one = ((x >> 1u) & 0x55555555u) | ((x & 0x55555555u) << 1u);
    let by_two = ((by_one >> 2u) & 0x33333333u) | ((by_one & 0x33333333u) << 2u);
    let by_four = ((by_two >> 4u) & 0x0f0f0f0fu) | ((by_two & 0x0f0f0f0fu) << 4u);
    let by_eight = ((by_four >> 8u) & 0x00ff00ffu) | ((by_four & 0x00ff00ffu) << 8u);
    return (by_eight >> 16u) | (by_eight << 16u);
}

// The word of a coordinate whose digits come in reverse, the first of them lowest, under the scramble of this seed. Each digit is changed
// by a hash of those before it (Laine and Karras 2011, "Stratified sampling for stochastic transparency"; Burley 2020, "Practical
// hash-based Owen scrambling"), with Vegdahl's multipliers (2021, "Building a better LK hash").
fn scrambled(digits: u32, seed: u32) -> u32 {
    let spread = digits ^ wrapping_mul(digits, 0x3d20adeau);
    let seeded = wrapping_mul(wrapping_add(spread, seed), (seed >> 16u) | 1u);
    let mixed_once = seeded ^ wrapping_mul(seeded, 0x05526c56u);
    return reversed(mixed_once ^ wrapping_mul(mixed_once, 0x53a22864u));
}

// A word that did not fall below a threshold, stretched to all words: given that, it is as random as another one.
fn left_over(word: u32, threshold: u32) -> u32 {
    let rest = f32(wrapping_sub(word, threshold));
    let stretched = rest * (4294967296.0 / (4294967296.0 - f32(threshold)));
    return u32(min(stretched, 4294967040.0));
}

// A word scaled to the numbers 0 … count − 1, all but equally likely, for a count of less than 2¹⁶: the upper half of their product.
fn scaled(word: u32, count: u32) -> u32 {
    return ((word >> 16u) * count + (((word & 0xffffu) * count) >> 16u)) >> 16u;
}

// The first part of a sum of independent standard normals, given the sum: its share of the terms of the sum, and the deviation that is left.
fn first_part(sum: f32, share: f32, deviation: f32, normal: f32) -> f32 {
    return fma(share, sum, deviation * normal);
}
