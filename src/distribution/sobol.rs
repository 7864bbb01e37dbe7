//! Owen-scrambled Sobol points beyond the 65,536 that the library gives: the same sequence, continued.
//!
//! The library keeps 16 direction numbers for each dimension. Those that follow are determined by the 16, since each is made of those
//! before it by the recurrence of the dimension's primitive polynomial, which is found again here. A test compares them with
//! another implementation.

use sobol_burley::parts::{hash, owen_scramble_rev, sobol_rev};

/// Axes of a sequence at most.
pub const MOST_DIMENSIONS: usize = 256;
/// Direction numbers that the library keeps.
const KEPT: usize = 16;
/// Points of the library's sequence.
const LIBRARY: u32 = 1 << KEPT;
/// The highest degree among the polynomials of the dimensions.
const HIGHEST_DEGREE: usize = 11;
/// What the library mixes into seeds for the order of points, and for the scrambling of a dimension by its place among four.
const ORDER: u32 = 0x79c6_8e4a;
const SEED: u32 = 0x9c8f_2d3b;
const DIMENSION: [u32; 4] = [0x912f_69ba, 0x174f_18ab, 0x691e_72ca, 0xb40c_c1b8];

/// A dimension of a scrambled sequence.
#[derive(Debug, Clone)]
pub struct Dimension {
    dimension: u32,
    seed: u32,
    /// Direction numbers, the first bit of a share highest.
    directions: [u32; 32],
}

impl Dimension {
    /// A dimension below [`MOST_DIMENSIONS`]. The seed is folded to the 32 bits that the sequence takes.
    pub fn new(dimension: u32, seed: u64) -> Self {
        Dimension { dimension, seed: (seed ^ (seed >> 32)) as u32, directions: directions(dimension) }
    }

    /// The same dimension under another scramble.
    pub fn scrambled_by(&self, seed: u64) -> Self {
        Dimension { seed: (seed ^ (seed >> 32)) as u32, ..self.clone() }
    }

    /// A share strictly between 0 and 1: of 24 bits for the points that the library gives, of 33 for those behind them.
    pub fn share(&self, point: u32) -> f64 {
        match point < LIBRARY {
            true => f64::from(sobol_burley::sample(point, self.dimension, self.seed)) + 2f64.powi(-25),
            false => f64::from(self.scrambled(point)) * 2f64.powi(-32) + 2f64.powi(-33),
        }
    }

    /// As the library scrambles its points.
    fn scrambled(&self, point: u32) -> u32 {
        let order = hash(self.seed ^ ORDER);
        // the library leaves the upper half of the shuffled number out, which is the same for all of its points
        let shuffled = owen_scramble_rev(point.reverse_bits(), order) ^ (owen_scramble_rev(0, order) & 0xffff);
        let set = |bit: &usize| shuffled & (1 << (31 - bit)) != 0;
        let sum = (0..32).filter(set).fold(0, |sum, bit| sum ^ self.directions[bit]);
        let scramble = (self.dimension >> 2) ^ self.seed.wrapping_mul(SEED) ^ DIMENSION[self.dimension as usize % 4];
        owen_scramble_rev(sum.reverse_bits(), hash(scramble)).reverse_bits()
    }
}

/// All direction numbers of a dimension.
fn directions(dimension: u32) -> [u32; 32] {
    let mut found = [0; 32];
    for (bit, direction) in found.iter_mut().enumerate().take(KEPT) {
        *direction = sobol_rev(1 << (31 - bit), dimension).reverse_bits();
    }
    let polynomial = (0..=HIGHEST_DEGREE).find_map(|degree| {
        let inner = 0..1 << degree.saturating_sub(1);
        inner
            .map(|inner| (degree, inner))
            .find(|&(degree, inner)| (degree.max(1)..KEPT).all(|at| following(&found, at, degree, inner) == found[at]))
    });
    let (degree, inner) = polynomial.expect("the library's numbers follow a recurrence");
    for at in KEPT..32 {
        found[at] = following(&found, at, degree, inner);
    }
    found
}

/// The direction number at a place, from those before it, by a polynomial of a degree; `inner` are its coefficients between the
/// highest and the lowest. Degree 0 stands for the first dimension, whose numbers are halved.
///
/// Source: Joe and Kuo (2003), "Remark on Algorithm 659: Implementing Sobol's quasirandom sequence generator".
fn following(before: &[u32; 32], at: usize, degree: usize, inner: usize) -> u32 {
    if degree == 0 {
        return before[at - 1] >> 1;
    }
    let first = before[at - degree] ^ (before[at - degree] >> degree);
    let used = (1..degree).filter(|back| inner >> (degree - 1 - back) & 1 == 1);
    used.fold(first, |sum, back| sum ^ before[at - back])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_goes_on_where_the_library_s_ends() {
        for (dimension, seed) in [(0, 1), (1, 1), (7, 0), (255, 3 << 40)] {
            let of = Dimension::new(dimension, seed);
            for point in (0..LIBRARY).step_by(977).chain([LIBRARY - 1]) {
                let library = sobol_burley::sample(point, dimension, of.seed);
                assert_eq!((of.scrambled(point) >> 9) as f32 / 8_388_608.0, library, "{dimension} {point}");
            }
            // every block of 2ᵏ points has one in each of 2ᵏ parts, also where the library's points end
            for size in [1u32 << 10, 1 << 17] {
                let first = LIBRARY / size.min(LIBRARY) * size % (4 * LIBRARY);
                let first = if size > LIBRARY { 0 } else { first };
                let mut parts: Vec<u32> =
                    (first..first + size).map(|point| (of.share(point) * f64::from(size)) as u32).collect();
                parts.sort_unstable();
                assert!(parts.into_iter().eq(0..size), "{dimension}, {size} points from {first}");
            }
        }
    }

    /// References: SciPy 1.17's unscrambled `qmc.Sobol`, points 2ᵏ − 1 and 2ᵏ, whose difference is direction number k.
    #[test]
    fn direction_numbers_are_those_of_joe_and_kuo() {
        for (dimension, at, expected) in [
            (0, 16, 0x8000u32),
            (0, 29, 0x4),
            (1, 20, 0x8800_8800),
            (2, 16, 0xe880_8000),
            (2, 20, 0x6868_e800),
            (10, 16, 0x3e0d_8000),
            (10, 29, 0xedc0_081c),
            (55, 20, 0xdba8_0800),
            (55, 29, 0xe114_1d44),
            (160, 16, 0xde84_8000),
            (160, 29, 0x8cd4_0d0c),
            (255, 16, 0xce14_8000),
            (255, 20, 0x7ea0_8800),
        ] {
            // SciPy was asked for 30 bits
            assert_eq!(directions(dimension)[at] & !3, expected & !3, "dimension {dimension}, number {at}");
        }
    }
}
