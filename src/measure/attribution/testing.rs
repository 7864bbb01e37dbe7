//! Functions with known indices, and parameter sets that they are evaluated on.

use std::f64::consts::PI;

use ndarray::Array2;

use super::{Estimate, SetMoments};

/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
pub struct Draws(u64);

impl Draws {
    pub fn new(seed: u64) -> Self {
        Draws(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// In (0, 1).
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / 9_007_199_254_740_992.0 + 5e-17
    }

    /// By Box and Muller's method.
    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (2.0 * PI * self.uniform()).cos()
    }
}

/// A function of uniform inputs, with its mean, variance and indices.
pub struct Known {
    pub name: &'static str,
    pub inputs: usize,
    pub value: fn(&[f64]) -> f64,
    pub variance: f64,
    pub first: Vec<f64>,
    pub total: Vec<f64>,
}

/// Ishigami and Homma (1990), "An importance quantification technique in uncertainty analysis for computer models", with
/// a = 7 and b = 0.1.
pub fn ishigami() -> Known {
    let value = |u: &[f64]| {
        let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
        x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
    };
    let (one, two) = (0.5 * (1.0 + 0.1 * PI.powi(4) / 5.0).powi(2), 49.0 / 8.0);
    let cross = 0.01 * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
    let variance = one + two + cross;
    Known {
        name: "ishigami",
        inputs: 3,
        value,
        variance,
        first: vec![one / variance, two / variance, 0.0],
        total: vec![(one + cross) / variance, two / variance, cross / variance],
    }
}

const G: [f64; 6] = [0.0, 0.5, 3.0, 9.0, 99.0, 99.0];

/// Sobol's g function (Saltelli and Sobol 1995) with a = 0, 0.5, 3, 9, 99, 99.
pub fn sobol_g() -> Known {
    let value = |u: &[f64]| u.iter().zip(G).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product::<f64>();
    let parts = G.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
    let product: f64 = parts.iter().map(|v| 1.0 + v).product();
    let variance = product - 1.0;
    Known {
        name: "sobol g",
        inputs: G.len(),
        value,
        variance,
        first: parts.iter().map(|v| v / variance).collect(),
        total: parts.iter().map(|v| v * product / (1.0 + v) / variance).collect(),
    }
}

const SLOPES: [f64; 6] = [5.0, 4.0, 3.0, 2.0, 1.0, 0.0];

/// Linear in six uniforms, the last of which has no effect.
pub fn linear() -> Known {
    let value = |u: &[f64]| u.iter().zip(SLOPES).map(|(u, slope)| u * slope).sum::<f64>();
    let squares: f64 = SLOPES.iter().map(|slope| slope * slope).sum();
    let first: Vec<f64> = SLOPES.iter().map(|slope| slope * slope / squares).collect();
    Known { name: "linear", inputs: 6, value, variance: squares / 12.0, total: first.clone(), first }
}

/// The product of exp(bᵢ·uᵢ): monotone, skewed, with interactions.
pub fn monotone() -> Known {
    const RATES: [f64; 5] = [2.0, 1.5, 1.0, 0.5, 0.0];
    let value = |u: &[f64]| u.iter().zip(RATES).map(|(u, rate)| (u * rate).exp()).product::<f64>();
    let moment = |rate: f64| if rate == 0.0 { 1.0 } else { (rate.exp() - 1.0) / rate };
    let parts = RATES.map(|rate| moment(2.0 * rate) / moment(rate).powi(2) - 1.0);
    let product: f64 = parts.iter().map(|v| 1.0 + v).product();
    let mean: f64 = RATES.iter().map(|&rate| moment(rate)).product();
    let variance = product - 1.0;
    Known {
        name: "monotone",
        inputs: 5,
        value,
        variance: variance * mean * mean,
        first: parts.iter().map(|v| v / variance).collect(),
        total: parts.iter().map(|v| v * product / (1.0 + v) / variance).collect(),
    }
}

/// Thirteen uniforms, most of them with small effects: a sum of slopes and one product.
pub fn many() -> Known {
    const CROSS: f64 = 6.0;
    let slope = |input: usize| 4.0 / (input + 1) as f64;
    let value = |u: &[f64]| {
        let sum: f64 = u.iter().enumerate().map(|(input, u)| 4.0 * (u - 0.5) / (input + 1) as f64).sum();
        sum + CROSS * (u[0] - 0.5) * (u[1] - 0.5)
    };
    let cross = CROSS * CROSS / 144.0;
    let own: Vec<f64> = (0..13).map(|input| slope(input).powi(2) / 12.0).collect();
    let variance = own.iter().sum::<f64>() + cross;
    let total = |(input, own): (usize, &f64)| (own + if input < 2 { cross } else { 0.0 }) / variance;
    Known {
        name: "many",
        inputs: 13,
        value,
        variance,
        first: own.iter().map(|own| own / variance).collect(),
        total: own.iter().enumerate().map(total).collect(),
    }
}

/// Degree, coefficients of the polynomial and first direction numbers of dimensions 2 to 13 (Joe and Kuo 2008, "Constructing
/// Sobol sequences with better two-dimensional projections").
const DIRECTIONS: [(u32, u32, [u32; 5]); 12] = [
    (1, 0, [1, 0, 0, 0, 0]),
    (2, 1, [1, 3, 0, 0, 0]),
    (3, 1, [1, 3, 1, 0, 0]),
    (3, 2, [1, 1, 1, 0, 0]),
    (4, 1, [1, 1, 3, 3, 0]),
    (4, 4, [1, 3, 5, 13, 0]),
    (5, 2, [1, 1, 5, 5, 17]),
    (5, 4, [1, 1, 5, 5, 5]),
    (5, 7, [1, 1, 7, 11, 19]),
    (5, 11, [1, 1, 5, 1, 1]),
    (5, 13, [1, 1, 1, 3, 11]),
    (5, 14, [1, 3, 5, 5, 31]),
];

/// The direction numbers of one dimension, as binary fractions.
fn directions(dimension: usize) -> [u32; 32] {
    let mut v = std::array::from_fn(|bit| 1 << (31 - bit));
    if dimension > 0 {
        let (degree, polynomial, first) = DIRECTIONS[dimension - 1];
        let degree = degree as usize;
        for bit in 0..32 {
            v[bit] = if bit < degree {
                first[bit] << (31 - bit)
            } else {
                let base = v[bit - degree] ^ (v[bit - degree] >> degree);
                (1..degree).fold(base, |x, k| x ^ (((polynomial >> (degree - 1 - k)) & 1) * v[bit - k]))
            };
        }
    }
    v
}

/// Sets × inputs of uniforms: `replicates` scrambles of a Sobol sequence, for one seed of many. The scrambling is Owen's
/// (1995, "Randomly permuted (t, m, s)-nets and (t, s)-sequences"), each flip from a draw of its own.
pub fn uniforms(sets: usize, inputs: usize, replicates: usize, seed: u32) -> Array2<f64> {
    let size = sets / replicates;
    let tables: Vec<[u32; 32]> = (0..inputs).map(directions).collect();
    Array2::from_shape_fn((sets, inputs), |(set, input)| {
        let point = set % size;
        let plain = (0..32).filter(|bit| point >> bit & 1 == 1).fold(0, |x, bit| x ^ tables[input][bit]);
        let key = (u64::from(seed) << 32) + ((set / size) as u64) * 64 + input as u64;
        (f64::from(scrambled(plain, key)) + 0.5) / 4_294_967_296.0
    })
}

/// Flips each bit by a draw that the key and the higher bits determine.
fn scrambled(x: u32, key: u64) -> u32 {
    let mut own = Draws::new(key);
    let key = (own.uniform() * 9_007_199_254_740_992.0) as u64;
    let flip = |bit: u32| {
        let prefix = if bit == 0 { 0 } else { u64::from(x >> (32 - bit)) };
        let node = Draws::new(key ^ (prefix + (1 << bit)).wrapping_mul(0xd134_2543_de82_ef95)).uniform() < 0.5;
        u32::from(node) << (31 - bit)
    };
    (0..32).fold(x, |scrambled, bit| scrambled ^ flip(bit))
}

/// The moments that `paths` paths with normal noise of such a variance leave of each set.
pub fn noisy(means: &[f64], paths: f64, variance: f64, seed: u64) -> Vec<SetMoments> {
    let mut draws = Draws::new(seed ^ 0x00ab_cdef);
    let mut moments = |mean: &f64| {
        let error = (variance / paths).sqrt() * draws.normal();
        // Wilson and Hilferty's approximation of χ² with n − 1 degrees of freedom
        let scale = 2.0 / (9.0 * (paths - 1.0));
        let chi = (1.0 - scale + scale.sqrt() * draws.normal()).powi(3);
        SetMoments { count: paths, mean: mean + error, variance: variance * chi }
    };
    means.iter().map(&mut moments).collect()
}

/// The set means of a function, exact.
pub fn exact(known: &Known, u: &Array2<f64>) -> Vec<f64> {
    u.rows().into_iter().map(|row| (known.value)(&row.to_vec())).collect()
}

/// Whether an interval holds the truth, 1 or 0, with rounding at its ends allowed for.
pub fn covers(estimate: &Estimate, truth: f64) -> f64 {
    let (low, high) = (estimate.low.unwrap_or(f64::NAN), estimate.high.unwrap_or(f64::NAN));
    f64::from(u8::from(low - 1e-12 <= truth && truth <= high + 1e-12))
}
