//! An exact sum of floating-point numbers, so that the order and grouping of additions cannot matter.

use std::cmp::Ordering;

/// Limbs of an [`ExactSum`]: 2098 bits span the doubles from 2⁻¹⁰⁷⁴ to 2¹⁰²⁴, 64 more hold 2⁶⁴ additions.
const LIMBS: usize = (2098usize + 64).div_ceil(LIMB_BITS);
/// Bits of a limb in canonical form; the other 32 take carries.
const LIMB_BITS: usize = 32;
const LIMB_MASK: i64 = (1 << LIMB_BITS) - 1;
/// Additions after which carries are propagated: 2³⁰ parts below 2³² stay below 2⁶² in size.
const MAX_PENDING: u32 = 1 << 30;

const FRACTION_BITS: usize = 52;
const HIDDEN_ONE: u64 = 1 << FRACTION_BITS;
const MAX_EXPONENT_FIELD: usize = 0x7ff;

/// The exact sum of any doubles, in any unit: a small superaccumulator, a fixed-point number as wide as all of them.
///
/// Adding and merging are exact integer operations, hence associative and commutative, and only [`ExactSum::to_f64`]
/// rounds. Values that are not finite make the sum undefined for good.
///
/// Source: Neal, R. M. (2015), "Fast exact summation using small and large superaccumulators", arXiv:1505.05571.
#[derive(Debug, Clone)]
pub struct ExactSum {
    /// Σ limbᵢ·2^(32i − 1074).
    limbs: [i64; LIMBS],
    /// Additions since carries were propagated.
    pending: u32,
    /// Whether all that was added was finite.
    finite: bool,
}

impl ExactSum {
    /// The empty sum.
    pub fn new() -> Self {
        ExactSum { limbs: [0; LIMBS], pending: 0, finite: true }
    }

    /// Adds one value.
    pub fn add(&mut self, value: f64) {
        if !value.is_finite() {
            self.finite = false;
            return;
        }
        let (mantissa, position) = mantissa_and_position(value);
        let parts = u128::from(mantissa) << (position % LIMB_BITS);
        let first = position / LIMB_BITS;
        for (i, limb) in self.limbs[first..first + 3].iter_mut().enumerate() {
            let part = (parts >> (LIMB_BITS * i)) as i64 & LIMB_MASK;
            *limb += if value < 0.0 { -part } else { part };
        }
        self.note_additions(1);
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &ExactSum) {
        let other = other.canonical();
        for (limb, theirs) in self.limbs.iter_mut().zip(other.limbs) {
            *limb += theirs;
        }
        self.finite &= other.finite;
        self.note_additions(1);
    }

    /// The sum, correctly rounded (to nearest, ties to even); NaN if anything added was not finite.
    pub fn to_f64(&self) -> f64 {
        if !self.finite {
            return f64::NAN;
        }
        let sum = self.canonical();
        match sum.limbs[LIMBS - 1].cmp(&0) {
            Ordering::Less => -round_magnitude(&sum.negated().limbs),
            _ => round_magnitude(&sum.limbs),
        }
    }

    /// The limbs of the canonical form that are not 0, by place.
    pub fn limbs(&self) -> Vec<(usize, i64)> {
        let canonical = self.canonical();
        canonical.limbs.iter().copied().enumerate().filter(|&(_, limb)| limb != 0).collect()
    }

    /// Whether all that was added was finite.
    pub fn is_finite(&self) -> bool {
        self.finite
    }

    /// Sets a limb of a sum in canonical form; false if there is no such limb, or it could not be of that form.
    pub fn set_limb(&mut self, place: usize, limb: i64) -> bool {
        // the uppermost bears the sign, and any sum of doubles leaves most of it free
        let canonical = (if place == LIMBS - 1 { -LIMB_MASK } else { 0 }..=LIMB_MASK).contains(&limb);
        let Some(room) = self.limbs.get_mut(place).filter(|_| canonical) else { return false };
        *room = limb;
        true
    }

    /// Counts additions that are not yet carried on, and carries before a limb could overflow.
    fn note_additions(&mut self, count: u32) {
        self.pending += count;
        if self.pending >= MAX_PENDING {
            self.propagate();
        }
    }

    /// Brings the limbs to canonical form: all in [0, 2³²), except the uppermost, which bears the sign.
    fn propagate(&mut self) {
        let mut carry = 0;
        for limb in &mut self.limbs[..LIMBS - 1] {
            let total = *limb + carry;
            *limb = total & LIMB_MASK;
            carry = total >> LIMB_BITS;
        }
        self.limbs[LIMBS - 1] += carry;
        self.pending = 0;
    }

    /// The same sum in canonical form, which is unique.
    fn canonical(&self) -> ExactSum {
        let mut sum = self.clone();
        sum.propagate();
        sum
    }

    fn negated(&self) -> ExactSum {
        let mut sum = self.clone();
        sum.limbs.iter_mut().for_each(|limb| *limb = -*limb);
        sum.propagate();
        sum
    }
}

impl Default for ExactSum {
    fn default() -> Self {
        Self::new()
    }
}

/// Equal sums, however they came about, compare equal.
impl PartialEq for ExactSum {
    fn eq(&self, other: &Self) -> bool {
        self.finite == other.finite && self.canonical().limbs == other.canonical().limbs
    }
}

/// |value| = mantissa·2^(position − 1074), for finite values.
fn mantissa_and_position(value: f64) -> (u64, usize) {
    let field = (value.to_bits() >> FRACTION_BITS) as usize & MAX_EXPONENT_FIELD;
    let fraction = value.to_bits() & (HIDDEN_ONE - 1);
    // subnormals lack the hidden one and stand where the smallest normal numbers do
    if field == 0 { (fraction, 0) } else { (fraction | HIDDEN_ONE, field - 1) }
}

/// The double nearest to Σ limbᵢ·2^(32i − 1074), limbs from 0 to 2³² − 1.
fn round_magnitude(limbs: &[i64; LIMBS]) -> f64 {
    let Some(top) = limbs.iter().rposition(|&limb| limb != 0) else {
        return 0.0;
    };
    let highest = LIMB_BITS * top + limbs[top].ilog2() as usize;
    if highest <= FRACTION_BITS {
        // too small to need rounding, and laid out as the bits of a double are
        return f64::from_bits((limbs[0] | limbs[1] << LIMB_BITS) as u64);
    }
    let position = highest - FRACTION_BITS;
    if position + 1 >= MAX_EXPONENT_FIELD {
        return f64::INFINITY;
    }
    let mantissa = bits_from(limbs, position);
    let round_up = bit(limbs, position - 1) && (mantissa & 1 == 1 || any_below(limbs, position - 1));
    // a carry out of the mantissa moves on into the exponent, as it should
    let bits = ((position as u64 + 1) << FRACTION_BITS) + (mantissa - HIDDEN_ONE) + u64::from(round_up);
    f64::from_bits(bits)
}

/// The bits from `position` upwards, of which there are at most 53.
fn bits_from(limbs: &[i64; LIMBS], position: usize) -> u64 {
    let first = position / LIMB_BITS;
    let limb = |i: usize| u128::from(limbs.get(first + i).copied().unwrap_or(0) as u64);
    let window = limb(0) | limb(1) << LIMB_BITS | limb(2) << (2 * LIMB_BITS);
    (window >> (position % LIMB_BITS)) as u64
}

fn bit(limbs: &[i64; LIMBS], position: usize) -> bool {
    limbs[position / LIMB_BITS] >> (position % LIMB_BITS) & 1 == 1
}

/// Whether any bit below `position` is set.
fn any_below(limbs: &[i64; LIMBS], position: usize) -> bool {
    let (limb, offset) = (position / LIMB_BITS, position % LIMB_BITS);
    limbs[limb] & ((1 << offset) - 1) != 0 || limbs[..limb].iter().any(|&limb| limb != 0)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Draws;
    use super::*;

    fn sum(values: &[f64]) -> ExactSum {
        let mut sum = ExactSum::new();
        values.iter().for_each(|&value| sum.add(value));
        sum
    }

    /// Doubles of all sizes and signs, subnormal ones too.
    fn wild(draws: &mut Draws, count: usize) -> Vec<f64> {
        let finite = std::iter::repeat_with(|| f64::from_bits(draws.word())).filter(|value| value.is_finite());
        finite.take(count).collect()
    }

    /// Integers below 2⁵³ in size times 2^(0…60), whose sum an i128 holds exactly, with that sum.
    fn integers(draws: &mut Draws, count: usize) -> (Vec<f64>, i128) {
        let mut total = 0i128;
        let values = (0..count).map(|_| {
            let value = i128::from(draws.word() as i64 >> 11) << (draws.word() % 61);
            total += value;
            value as f64
        });
        (values.collect(), total)
    }

    #[test]
    fn one_value_comes_back() {
        let mut draws = Draws::new(1);
        for value in wild(&mut draws, 20_000) {
            assert_eq!(sum(&[value]).to_f64().to_bits(), (value + 0.0).to_bits());
        }
        for value in [0.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, -5e-324, 2f64.powi(-1022) - 5e-324, 1.0] {
            assert_eq!(sum(&[value]).to_f64(), value);
        }
    }

    #[test]
    fn sums_are_rounded_correctly() {
        let mut draws = Draws::new(2);
        for round in 0..5_000 {
            let (values, total) = integers(&mut draws, 1 + round % 9);
            // conversion of an integer rounds to nearest, ties to even
            assert_eq!(sum(&values).to_f64(), total as f64, "{values:?}");
        }
    }

    #[test]
    fn sums_are_rounded_correctly_at_every_scale() {
        let mut draws = Draws::new(3);
        for scale in (-1074..=890).step_by(7) {
            let (values, total) = integers(&mut draws, 5);
            let power = power_of_two(scale);
            let scaled: Vec<f64> = values.iter().map(|value| value * power).collect();
            // at the lowest scale all are whole multiples of the smallest double, so nothing was lost in scaling
            assert_eq!(sum(&scaled).to_f64(), total as f64 * power, "scale 2^{scale}");
        }
    }

    fn power_of_two(exponent: i32) -> f64 {
        if exponent < -1022 { f64::from_bits(1 << (exponent + 1074)) } else { 2f64.powi(exponent) }
    }

    #[test]
    fn ties_go_to_even() {
        let half = 2f64.powi(-53);
        assert_eq!(sum(&[1.0, half]).to_f64(), 1.0);
        assert_eq!(sum(&[1.0 + 2.0 * half, half]).to_f64(), 1.0 + 4.0 * half);
        assert_eq!(sum(&[1.0, half, 5e-324]).to_f64(), 1.0 + 2.0 * half);
        assert_eq!(sum(&[2.0 - 2.0 * half, half]).to_f64(), 2.0);
    }

    #[test]
    fn cancellation_is_exact() {
        assert_eq!(sum(&[1e308, 1.0, 1e308, -1e308, 5e-324, -1e308, -1.0]).to_f64(), 5e-324);
        assert_eq!(sum(&[f64::MAX, f64::MAX, -f64::MAX]).to_f64(), f64::MAX);
        assert_eq!(sum(&[1.5, -1.5]), ExactSum::new());
        assert_eq!(sum(&[f64::MAX, f64::MAX]).to_f64(), f64::INFINITY);
        assert_eq!(sum(&[-f64::MAX, -f64::MAX]).to_f64(), f64::NEG_INFINITY);
    }

    #[test]
    fn order_and_grouping_do_not_matter() {
        let mut draws = Draws::new(4);
        for _ in 0..200 {
            let mut values = wild(&mut draws, 60);
            let expected = sum(&values);
            draws.shuffle(&mut values);
            let (left, right) = values.split_at(draws.word() as usize % values.len());
            let (left, right) = (sum(left), sum(right));
            let (mut one_way, mut other_way) = (left.clone(), right.clone());
            one_way.merge(&right);
            other_way.merge(&left);
            assert_eq!(one_way, expected);
            assert_eq!(other_way, expected);
            assert_eq!(one_way.to_f64().to_bits(), expected.to_f64().to_bits());
        }
    }

    #[test]
    fn carries_go_on_before_limbs_overflow() {
        // the widest parts, so often that limbs would overflow if carries waited
        let value = -(2.0 - f64::EPSILON);
        let mut sum = sum(&[value]);
        for _ in 0..62 {
            let twin = sum.clone();
            sum.merge(&twin);
        }
        assert_eq!(sum.to_f64(), value * 2f64.powi(62));
        sum.pending = MAX_PENDING - 1;
        sum.add(1.0);
        assert_eq!(sum.pending, 0);
        assert_eq!(sum.limbs[..LIMBS - 1].iter().find(|&&limb| !(0..=LIMB_MASK).contains(&limb)), None);
    }

    #[test]
    fn what_is_not_finite_leaves_no_number() {
        let mut one = sum(&[f64::INFINITY]);
        assert!(one.to_f64().is_nan());
        one.merge(&sum(&[1.0]));
        assert_eq!(one, sum(&[1.0, f64::NAN]));
        assert_ne!(one, sum(&[1.0]));
        let mut other = sum(&[1.0]);
        other.merge(&one);
        assert!(other.to_f64().is_nan());
    }
}
