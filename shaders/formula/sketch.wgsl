// The bins of the quantile sketch, keyed by the bits of y = (figure − centre) / scale.
//
// Every binade 2^e ≤ |y| < 2^(e+1) from SKETCH_MIN_EXPONENT to SKETCH_MAX_EXPONENT is cut into 2^SKETCH_MANTISSA_BITS bins
// of equal width; smaller |y| share the bin in the middle, larger ones the outermost. Bins are numbered in the order of y.

const SKETCH_MANTISSA_BITS: u32 = 11u;
const SKETCH_MIN_EXPONENT: i32 = -11;
const SKETCH_MAX_EXPONENT: i32 = 16;
// bins of one sign: 28 binades of 2^11
const SKETCH_HALF: u32 = 57344u;
// all bins: both signs and the one in the middle
const SKETCH_BINS: u32 = 114689u;

const SKETCH_FLOOR_BITS: u32 = 0x3a000000u; // the bits of 2^SKETCH_MIN_EXPONENT

// The bin of y, 0 … SKETCH_BINS − 1.
fn sketch_bin(y: f32) -> u32 {
    let bits = bitcast<u32>(y);
    let magnitude = bits & 0x7fffffffu;
    let inner = magnitude < SKETCH_FLOOR_BITS;
    let above = (max(magnitude, SKETCH_FLOOR_BITS) - SKETCH_FLOOR_BITS) >> (23u - SKETCH_MANTISSA_BITS);
    let key = select(min(above + 1u, SKETCH_HALF), 0u, inner);
    return select(SKETCH_HALF + key, SKETCH_HALF - key, (bits >> 31u) == 1u);
}
