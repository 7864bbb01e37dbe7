// The bins of the quantile sketch, keyed by y = (figure − centre) / scale.
//
// Where |y| < 1, which is most paths, bins are 2^−SKETCH_BITS wide, the one in the middle around 0. Beyond, each binade
// 2^e ≤ |y| < 2^(e+1) up to SKETCH_MAX_EXPONENT is cut into 2^SKETCH_BITS bins of equal width; larger |y| share the outermost.
// So what most paths fall into stays in a processor's cache. Bins are numbered in the order of y.

const SKETCH_BITS: u32 = 11u;
const SKETCH_INNER: f32 = 2048.0; // 2^SKETCH_BITS
const SKETCH_MAX_EXPONENT: i32 = 16;
// bins of one sign beside the middle one: those below 1 and 17 binades of 2^11
const SKETCH_HALF: u32 = 36864u;
// all bins: both signs and the one in the middle
const SKETCH_BINS: u32 = 73729u;

const SKETCH_ONE_BITS: u32 = 0x3f800000u; // the bits of 1

// The bin of y, 0 … SKETCH_BINS − 1.
fn sketch_bin(y: f32) -> u32 {
    let bits = bitcast<u32>(y);
    let magnitude = bits & 0x7fffffffu;
    let near = u32(i32(round(bitcast<f32>(min(magnitude, SKETCH_ONE_BITS)) * SKETCH_INNER)));
    let beyond = ((max(magnitude, SKETCH_ONE_BITS) - SKETCH_ONE_BITS) >> (23u - SKETCH_BITS)) + (1u << SKETCH_BITS) + 1u;
    let key = select(min(beyond, SKETCH_HALF), near, magnitude < SKETCH_ONE_BITS);
    return select(SKETCH_HALF + key, SKETCH_HALF - key, (bits >> 31u) == 1u);
}
