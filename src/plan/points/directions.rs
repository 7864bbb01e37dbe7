//! Sobol's direction numbers.

/// Dimensions that there are direction numbers for.
pub const MOST_DIMENSIONS: usize = 21_201;

/// What each binary digit of a point's number adds to a coordinate, by exclusive or; the coordinate's digits in reverse, the first of them
/// lowest, as scrambling takes them.
pub type Directions = [u32; 32];

/// Polynomials and initial numbers of dimensions from the second on (see NOTICE), in bits, the highest first: 5 for the degree d; d − 1
/// for the polynomial's inner coefficients; and for i = 1 … d the initial number mᵢ without its last bit, which is 1, in i − 1 bits.
const NUMBERS: &[u8] = include_bytes!("joe-kuo.bin");

/// The direction numbers of the first dimensions, at most [`MOST_DIMENSIONS`]: those of Joe and Kuo (2008), "Constructing Sobol sequences
/// with better two-dimensional projections".
pub fn directions(dimensions: usize) -> Vec<Directions> {
    let mut bits = Bits { at: 0 };
    // the first dimension is van der Corput's sequence
    let first = std::array::from_fn(|bit| 1 << bit);
    let mut found = vec![first];
    found.extend((1..dimensions.min(MOST_DIMENSIONS)).map(|_| next(&mut bits)));
    found.truncate(dimensions);
    found
}

struct Bits {
    at: usize,
}

impl Bits {
    fn take(&mut self, count: u32) -> u32 {
        let bit = |at: usize| u32::from(NUMBERS[at / 8] >> (7 - at % 8) & 1);
        let value = (0..count as usize).fold(0, |value, k| value << 1 | bit(self.at + k));
        self.at += count as usize;
        value
    }
}

/// The direction numbers of the next dimension, by the recurrence of its polynomial (Joe and Kuo 2003, equation 2).
fn next(bits: &mut Bits) -> Directions {
    let degree = bits.take(5) as usize;
    let inner = bits.take(degree as u32 - 1);
    let mut numbers = [0u32; 32];
    for (i, number) in numbers.iter_mut().enumerate().take(degree) {
        let initial = bits.take(i as u32) << 1 | 1;
        *number = initial << (31 - i);
    }
    for i in degree..32 {
        let first = numbers[i - degree] ^ numbers[i - degree] >> degree;
        let used = (1..degree).filter(|back| inner >> (degree - 1 - back) & 1 == 1);
        numbers[i] = used.fold(first, |sum, back| sum ^ numbers[i - back]);
    }
    numbers.map(u32::reverse_bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// References: SciPy 1.17's `qmc.Sobol(21201, bits=32)`, which takes the same numbers from the same source.
    #[test]
    fn they_are_those_of_joe_and_kuo() {
        let all = directions(MOST_DIMENSIONS);
        assert_eq!(all.len(), MOST_DIMENSIONS);
        let at = [0, 1, 2, 5, 12, 17, 18, 25, 31];
        for (dimension, expected) in [
            (0, [0x8000_0000u32, 0x4000_0000, 0x2000_0000, 0x400_0000, 0x8_0000, 0x4000, 0x2000, 0x40, 0x1]),
            (
                1,
                [
                    0x8000_0000,
                    0xc000_0000,
                    0xa000_0000,
                    0xcc00_0000,
                    0x8888_0000,
                    0xc000_c000,
                    0xa000_a000,
                    0xc0c0_c0c0,
                    0xffff_ffff,
                ],
            ),
            (
                10,
                [
                    0x8000_0000,
                    0x4000_0000,
                    0xa000_0000,
                    0x6c00_0000,
                    0x4988_0000,
                    0x3317_c000,
                    0x5fb0_6000,
                    0xbdc3_c2c0,
                    0x81d0_0a2d,
                ],
            ),
            (
                1000,
                [
                    0x8000_0000,
                    0xc000_0000,
                    0x2000_0000,
                    0xac00_0000,
                    0xaf08_0000,
                    0x4f52_c000,
                    0xf9ef_2000,
                    0xd710_b6c0,
                    0x3ef3_e5d7,
                ],
            ),
            (
                21200,
                [
                    0x8000_0000,
                    0x4000_0000,
                    0xe000_0000,
                    0x1c00_0000,
                    0xe5e8_0000,
                    0x544b_4000,
                    0x6da1_e000,
                    0x9150_2940,
                    0xd956_5cdd,
                ],
            ),
        ] {
            assert_eq!(at.map(|bit| all[dimension][bit].reverse_bits()), expected, "dimension {dimension}");
        }
    }

    /// Dimensions of the first prefix of the table, and points, of a net.
    const NET: (usize, u32) = (10, 12);

    fn coordinate(directions: &Directions, point: u32) -> u32 {
        let set = (0..32).filter(|bit| point >> bit & 1 == 1);
        set.fold(0, |sum, bit| sum ^ directions[bit]).reverse_bits()
    }

    /// Every pair of dimensions is a (t, m, 2)-net with the t that the ranks of its direction numbers give, and single ones are (0, m, 1)-nets:
    /// an elementary interval of volume 2^{t−m} has 2ᵗ of 2ᵐ points.
    #[test]
    fn pairs_are_nets() {
        let (dimensions, m) = NET;
        let all = directions(dimensions);
        // the t of pairs of the first dimensions; 0 for the first two, as Sobol proved
        for (a, b) in (0..dimensions).flat_map(|a| (0..a).map(move |b| (a, b))) {
            let t = (0..=m).find(|&t| is_net(&all[a], &all[b], m, t)).expect("2ᵐ points are a net with t = m");
            // degrees of the polynomials bound it: t ≤ Σ(dᵢ − 1), the first dimension having none (Sobol 1967)
            let degree = |dimension: usize| [1, 1, 2, 3, 3, 4, 4, 5, 5, 5][dimension];
            let bound = degree(a) + degree(b) - 2;
            assert!(t <= bound, "{a}, {b}: t = {t}");
        }
    }

    fn is_net(a: &Directions, b: &Directions, m: u32, t: u32) -> bool {
        (0..=m - t).all(|first| {
            let second = m - t - first;
            let mut counts = vec![0u32; 1 << (m - t)];
            for point in 0..1 << m {
                let digits = |x: u32, count: u32| x.checked_shr(32 - count).unwrap_or(0);
                let at = digits(coordinate(a, point), first) << second | digits(coordinate(b, point), second);
                counts[at as usize] += 1;
            }
            counts.iter().all(|&count| count == 1 << t)
        })
    }
}
