// Elementary functions in f32 from additions, multiplications and bit operations alone, so that every device gives the
// same figures (WGSL's own may be off by 2⁻¹¹). The f64 twin takes the standard library's instead.
// Polynomials are minimax fits (Lawson's iteration) of the relative error that each comment states; their terms are added
// in pairs (Estrin's scheme), which waits for half as many results as Horner's.

const LOG2_E: f32 = 1.44269504;
// ln 2 in two parts: the first has trailing zeros, so that k × LN2_HIGH is exact for the exponents that occur
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

// e^x; 2·10⁻⁷ relative. Below −87 it gives e^−87, above 88 e^88.
fn exponential(x: f32) -> f32 {
    let bounded = min(max(x, -87.0), 88.0);
    let k = round(bounded * LOG2_E);
    let r = fma(k, -LN2_LOW, fma(k, -LN2_HIGH, bounded));
    let r2 = r * r;
    let low = fma(r, 0.166665196, 0.499999940);
    let high = fma(r2, 1.38144672e-3, fma(r, 8.36878084e-3, 4.16683927e-2));
    let series = fma(r2, fma(r2, high, low), r) + 1.0;
    return series * power_of_two(i32(k));
}

// 2^k for −126 ≤ k ≤ 127.
fn power_of_two(k: i32) -> f32 {
    return bitcast<f32>(u32(k + 127) << 23u);
}

// ln x for normal x > 0; 1.5·10⁻⁷ relative away from 1, absolute near it.
fn logarithm(x: f32) -> f32 {
    // x = m·2^k with √½ ≤ m < √2
    let offset = wrapping_sub(bitcast<u32>(x), 0x3f3504f3u);
    let k = i32(offset) >> 23u;
    let m = bitcast<f32>(wrapping_sub(bitcast<u32>(x), u32(k) << 23u));
    let f = m - 1.0;
    let f2 = f * f;
    let p01 = fma(f, 0.333339512, -0.499999911);
    let p23 = fma(f, 0.199620724, -0.250017554);
    let p45 = fma(f, 0.149179742, -0.165705085);
    let p67 = fma(f, 8.73484313e-2, -0.143075213);
    let p = fma(f2 * f2, fma(f2, p67, p45), fma(f2, p23, p01));
    let exponent = f32(k);
    return fma(exponent, LN2_HIGH, fma(f2, p, fma(exponent, LN2_LOW, f)));
}

// The standard normal quantile at (word + ½)/2³², by 32 bits folded at ½, so that both tails keep full resolution:
// 5·10⁻⁷ of max(1, |z|) from the median to ±6.34, beyond which no word reaches.
//
// With x = |1 − 2p| and w = −ln(1 − x²), z/x is smooth in w (Giles 2010, "Approximating the erfinv function"); here
// one rational of degree 5 over 5 serves all w of 32-bit words (1.1·10⁻⁷ relative), where Giles takes two polynomials.
fn normal_quantile(word: u32) -> f32 {
    let upper = (word >> 31u) == 1u;
    let folded = select(word, ~word, upper);
    // 2p and 1 − 2p from the integer, each with its own full precision
    let tail = fma(f32(i32(folded)), 4.65661287e-10, 2.32830644e-10);
    let x = fma(f32(i32(wrapping_sub(0x7fffffffu, folded))), 4.65661287e-10, 2.32830644e-10);
    let w = -logarithm(fma(tail, x, tail));
    let w2 = w * w;
    let w4 = w2 * w2;
    let n01 = fma(w, 0.452392340, 1.25331426);
    let n23 = fma(w, 1.18748844e-2, 8.98294300e-2);
    let n45 = fma(w, 2.92885543e-5, 9.99400974e-4);
    let n = fma(w4, n45, fma(w2, n23, n01));
    let d01 = fma(w, 9.91602316e-2, 1.0);
    let d23 = fma(w, 2.27977452e-3, 3.26706134e-2);
    let d45 = fma(w, 1.00842703e-6, 1.69785402e-4);
    let d = fma(w4, d45, fma(w2, d23, d01));
    let z = x * n / d;
    return select(-z, z, upper);
}

// Whether x is a number: neither infinite nor NaN, seen by its bits, since devices may assume that there are none.
fn finite(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}
