//! How often the intervals of Sobol indices hold those of functions with known ones.

use std::f64::consts::PI;

use ndarray::Array2;
use overhang::distribution::Dimension;
use overhang::measure::{Estimate, InputDependence, SetMoments, first_order, saltelli_points, sobol_indices};

/// Seeds of the scrambles.
pub const SEEDS: u64 = 1000;
/// As in a run and in an analysis.
pub const REPLICATES: usize = 16;
/// Points of each replicate: 1,024 base points of `--indices`, and 256 parameter sets of a run.
const DESIGNED: usize = 64;
pub const SETS: usize = 16;
const G: [f64; 6] = [0.0, 0.5, 3.0, 9.0, 99.0, 99.0];

/// A function of independent uniform inputs with its indices.
struct Known {
    name: &'static str,
    value: fn(&[f64]) -> f64,
    first: Vec<f64>,
    total: Vec<f64>,
}

/// Ishigami and Homma (1990), "An importance quantification technique in uncertainty analysis for computer models", with a = 7 and
/// b = 0.1.
fn ishigami() -> Known {
    let value = |shares: &[f64]| {
        let x: Vec<f64> = shares.iter().map(|share| PI * (2.0 * share - 1.0)).collect();
        x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
    };
    let (one, two) = ((1.0 + 0.1 * PI.powi(4) / 5.0).powi(2) / 2.0, 49.0 / 8.0);
    let both = 0.01 * PI.powi(8) * 8.0 / 225.0;
    let variance = one + two + both;
    let first = [one, two, 0.0].map(|part| part / variance).to_vec();
    let total = [one + both, two, both].map(|part| part / variance).to_vec();
    Known { name: "Ishigami", value, first, total }
}

/// The g function of Saltelli and Sobol (1995), "About the use of rank transformation in sensitivity analysis of model output".
fn sobol_g() -> Known {
    let value = |shares: &[f64]| shares.iter().zip(G).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product();
    let parts = G.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
    let all: f64 = parts.iter().map(|part| 1.0 + part).product();
    let first = parts.map(|part| part / (all - 1.0)).to_vec();
    let total = parts.map(|part| part * all / (1.0 + part) / (all - 1.0)).to_vec();
    Known { name: "Sobol's g", value, first, total }
}

/// Shares of scrambled Sobol points, replicate by replicate.
pub fn shares(columns: usize, points: usize, seed: u64) -> Array2<f64> {
    let plain: Vec<Dimension> = (0..columns).map(|column| Dimension::new(column as u32, 0)).collect();
    let scrambled = |replicate: usize| -> Vec<Dimension> {
        let seed = (seed * REPLICATES as u64 + replicate as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        plain.iter().map(|dimension| dimension.scrambled_by(seed)).collect()
    };
    let all: Vec<Vec<Dimension>> = (0..REPLICATES).map(scrambled).collect();
    Array2::from_shape_fn((REPLICATES * points, columns), |(row, column)| {
        all[row / points][column].share((row % points) as u32)
    })
}

/// First-order and total indices by a design of base points.
fn designed(of: &Known, seed: u64) -> [Vec<Estimate>; 2] {
    let inputs = of.first.len();
    let points = saltelli_points(shares(2 * inputs, DESIGNED, seed).view());
    let outputs: Vec<f64> = points.rows().into_iter().map(|row| (of.value)(&row.to_vec())).collect();
    let found = sobol_indices(&outputs, None, inputs, REPLICATES);
    [found.first, found.total]
}

/// First-order indices from parameter sets.
fn given(of: &Known, seed: u64) -> Vec<Estimate> {
    let inputs = shares(of.first.len(), SETS, seed);
    let sets: Vec<SetMoments> =
        inputs.rows().into_iter().map(|row| SetMoments::exact((of.value)(&row.to_vec()))).collect();
    first_order(inputs.view(), &sets, REPLICATES, InputDependence::Independent)
}

fn holds(found: &Estimate, truth: f64) -> bool {
    // what has no effect is 0 but for rounding
    found.low.zip(found.high).is_some_and(|(low, high)| low <= truth + 1e-12 && truth <= high + 1e-12)
}

/// A row for each input and kind of index.
pub fn rows() -> Vec<String> {
    let mut rows = Vec::new();
    for of in [ishigami(), sobol_g()] {
        let inputs = of.first.len();
        let mut counts = vec![[0u64; 3]; inputs];
        for seed in 1..=SEEDS {
            let ([first, total], given) = (designed(&of, seed), given(&of, seed));
            for (input, count) in counts.iter_mut().enumerate() {
                count[0] += u64::from(holds(&given[input], of.first[input]));
                count[1] += u64::from(holds(&first[input], of.first[input]));
                count[2] += u64::from(holds(&total[input], of.total[input]));
            }
        }
        rows.extend(counts.iter().enumerate().map(|(input, count)| {
            let [given, first, total] = count.map(|count| 100.0 * count as f64 / SEEDS as f64);
            let (alone, all) = (of.first[input], of.total[input]);
            format!("| {}, {} | {alone:.4} | {given:.1}% | {first:.1}% | {all:.4} | {total:.1}% |", of.name, input + 1)
        }));
    }
    rows
}
