//! How often the intervals of Shapley effects, of the value of learning and of the inputs' share hold what is known of linear functions of
//! normal inputs.

use ndarray::{Array2, array};
use overhang::measure::{
    Estimate, InputDependence, SetMoments, ShapleyDesign, ShapleyPlan, shapley_design, shapley_effects,
    value_of_learning, variance_parts,
};
use statrs::distribution::{Continuous, ContinuousCDF, Normal};

use crate::indices::{REPLICATES, SEEDS, SETS, shares};

/// Paths of each parameter set.
const PATHS: usize = 40;
/// What the inputs are multiplied by.
const SLOPES: [f64; 3] = [2.0, 1.0, 0.5];
/// Base points of each replicate, of which `--indices 1024` has as many.
const POINTS: usize = 64;

/// Seeded random numbers (Steele, Lea and Flood 2014, SplitMix64).
struct Draws(u64);

impl Draws {
    fn normal(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Normal::standard().inverse_cdf((((z ^ (z >> 31)) >> 11) as f64 + 0.5) / (1u64 << 53) as f64)
    }
}

fn holds(found: &Estimate, truth: f64) -> bool {
    found.low.zip(found.high).is_some_and(|(low, high)| low <= truth + 1e-12 && truth <= high + 1e-12)
}

/// The row of an estimator, from which estimate holds its truth by seed.
fn row(estimator: &str, case: &str, truth: f64, held: usize) -> String {
    format!("| {estimator} | {case} | {truth:.4} | {:.1}% |", 100.0 * held as f64 / SEEDS as f64)
}

/// A row for each case of each estimator.
pub fn rows() -> Vec<String> {
    let mut rows = shapley_rows();
    for (noise, mean) in [(1.0, 0.5), (10.0, 0.5), (10.0, -2.0)] {
        rows.extend(set_rows(noise, mean));
    }
    rows
}

/// Shapley effects of b₁·X₁ + b₂·X₂ + b₃·X₃, of which the first two are correlated: the pair's variance less that of its halves is theirs
/// in equal parts.
///
/// Source: Owen and Prieur (2017), "On Shapley value for measuring importance of dependent inputs", section 4.
fn shapley_rows() -> Vec<String> {
    let mut rows = Vec::new();
    for rho in [0.5, -0.3, 0.9] {
        let [one, two, three] = SLOPES;
        let variance = one * one + two * two + three * three + 2.0 * rho * one * two;
        let of = |own: f64, other: f64| {
            (own * own * (1.0 - rho * rho / 2.0) + rho * own * other + rho * rho * other * other / 2.0) / variance
        };
        let truths = [of(one, two), of(two, one), three * three / variance];
        let mut held = [0; 3];
        for seed in 1..=SEEDS {
            for (held, (found, truth)) in held.iter_mut().zip(shapley(rho, seed).iter().zip(truths)) {
                *held += usize::from(holds(found, truth));
            }
        }
        rows.extend((0..3).map(|input| {
            let case = format!("input {} of three, correlation {rho} of the first two", input + 1);
            row("Shapley effect", &case.replace('-', "−"), truths[input], held[input])
        }));
    }
    rows
}

fn shapley(rho: f64, seed: u64) -> Vec<Estimate> {
    let plan = ShapleyPlan { outer: POINTS / 4, inner: 3, variance: 4 * POINTS, permutations: POINTS };
    let correlation = array![[1.0, rho, 0.0], [rho, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let mut draws = Draws(seed.wrapping_mul(0xd134_2543_de82_ef95));
    let designs: Vec<ShapleyDesign> = (0..REPLICATES)
        .map(|_| shapley_design(correlation.view(), plan, || draws.normal()).expect("it is a correlation"))
        .collect();
    let value = |design: &ShapleyDesign| -> Vec<f64> {
        design.points.rows().into_iter().map(|row| row.iter().zip(SLOPES).map(|(x, slope)| x * slope).sum()).collect()
    };
    let values: Vec<Vec<f64>> = designs.iter().map(value).collect();
    let replicates: Vec<(&ShapleyDesign, &[f64])> = designs.iter().zip(values.iter().map(Vec::as_slice)).collect();
    shapley_effects(&replicates, 0.0)
}

/// E[max(0, X)] − max(0, μ) for X normal with mean μ, by the unit normal loss function φ(x) − x·Φ(−x) (Raiffa and Schlaifer 1961, "Applied
/// Statistical Decision Theory").
fn value(mean: f64, deviation: f64) -> f64 {
    let (normal, x) = (Normal::standard(), mean.abs() / deviation);
    deviation * (normal.pdf(x) - x * normal.cdf(-x))
}

/// The share of the inputs and the values of learning, from 256 parameter sets whose paths have such a deviation around their mean.
fn set_rows(noise: f64, mean: f64) -> Vec<String> {
    let between: f64 = SLOPES.iter().map(|slope| slope * slope).sum();
    let share = between / (between + noise * noise);
    let learning: Vec<f64> = SLOPES.iter().copied().chain([between.sqrt()]).map(|b| value(mean, b)).collect();
    let (mut held_share, mut held) = (0, [0; 4]);
    for seed in 1..=SEEDS {
        let (inputs, sets) = sets(noise, mean, seed);
        held_share += usize::from(holds(&variance_parts(&sets, REPLICATES).share, share));
        let outputs = Array2::from_shape_fn((sets.len(), 2), |(set, choice)| match choice {
            0 => sets[set],
            _ => SetMoments::exact(0.0),
        });
        let found = value_of_learning(inputs.view(), outputs.view(), REPLICATES, InputDependence::Independent);
        for (held, (of, truth)) in held.iter_mut().zip(found.inputs.iter().chain([&found.all]).zip(&learning)) {
            *held += usize::from(holds(of, *truth));
        }
    }
    let case = |what: &str| format!("{what}, mean {mean}, paths with deviation {noise}").replace('-', "−");
    let names = ["input 1", "input 2", "input 3", "all inputs"];
    let values = names.iter().zip(&learning).zip(held);
    let values = values.map(|((name, truth), held)| row("value of learning", &case(name), *truth, held));
    std::iter::once(row("share of the inputs", &case("three inputs"), share, held_share)).chain(values).collect()
}

/// Inputs by set, and the moments of the paths of each.
fn sets(noise: f64, mean: f64, seed: u64) -> (Array2<f64>, Vec<SetMoments>) {
    let inputs = shares(SLOPES.len(), SETS, seed).mapv(|share| Normal::standard().inverse_cdf(share));
    let mut draws = Draws(seed);
    let mut moments = |centre: f64| {
        let paths: Vec<f64> = (0..PATHS).map(|_| centre + noise * draws.normal()).collect();
        let mean = paths.iter().sum::<f64>() / PATHS as f64;
        let square: f64 = paths.iter().map(|x| (x - mean) * (x - mean)).sum();
        SetMoments { count: PATHS as f64, mean, variance: square / (PATHS - 1) as f64 }
    };
    let centres = inputs.rows().into_iter().map(|row| mean + row.iter().zip(SLOPES).map(|(x, b)| x * b).sum::<f64>());
    let sets = centres.map(&mut moments).collect();
    (inputs, sets)
}
