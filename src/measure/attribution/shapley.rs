//! Shapley effects: a share of the variance for each input that is meaningful where inputs are correlated.

use nalgebra::DMatrix;
use ndarray::{Array2, ArrayView2};

use super::copula::{Conditional, joint};
use super::ratio::ratio;
use super::sets::mean;
use crate::measure::estimate::Estimate;

/// Inputs up to which all subsets are evaluated; beyond, random permutations are.
const EXACT_INPUTS: usize = 6;

/// How many evaluations a replicate spends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShapleyPlan {
    /// Values of the inputs outside a subset, for each subset; at least 1.
    pub outer: usize,
    /// Values of the inputs inside it, for each of those; at least 2. Song, Nelson and Staum (2016) take
    /// three, with one outer value.
    pub inner: usize,
    /// Points for the variance of the output; at least 2.
    pub variance: usize,
    /// Random permutations, with more than `EXACT_INPUTS` inputs; at least 1.
    pub permutations: usize,
}

/// The points of a Shapley analysis of one replicate, and how its outputs are put together.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapleyDesign {
    /// Points to evaluate × inputs: standard normal values with the copula's correlation. The value of an input is the
    /// quantile of its distribution at Φ of this.
    pub points: Array2<f64>,
    plan: ShapleyPlan,
    inputs: usize,
    /// For each input which subsets' costs it adds up, by their place among the points, with weights; `WHOLE` stands for all
    /// inputs.
    weights: Vec<Vec<(usize, f64)>>,
}

/// Why there is no design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoDesign {
    /// The correlation matrix is not square, not symmetric with ones on its diagonal, or has more than 63 inputs or none.
    NoCorrelation,
    /// The correlation matrix is not positive definite.
    NotPositiveDefinite,
    /// A count of the plan is too small.
    TooFewPoints,
}

impl std::fmt::Display for NoDesign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            NoDesign::NoCorrelation => "the correlation matrix must be symmetric with ones on its diagonal, for 1 to 63 inputs",
            NoDesign::NotPositiveDefinite => "the correlation matrix is not positive definite",
            NoDesign::TooFewPoints => {
                "a Shapley analysis needs at least 1 outer and 2 inner values, 2 points for the variance and 1 permutation"
            }
        })
    }
}

impl std::error::Error for NoDesign {}

/// The design of one replicate for inputs with a Gaussian copula of such a correlation matrix (of the normal scores, not of
/// ranks).
///
/// The cost of a subset J is c(J) = E[Var(Y | all but J)], and the effect of an input is its average part c(J ∪ {i}) − c(J)
/// over all orders in which inputs may be added (Song, Nelson and Staum 2016, "Shapley effects for global sensitivity
/// analysis: theory and computation", algorithm 1). With at most `EXACT_INPUTS` inputs each subset is evaluated
/// once and weighted by the orders it is part of; with more the subsets are those of random orders. Inputs in J are drawn
/// given the others from their normal conditional distribution.
///
/// `normal` gives independent standard normal draws; replicates take streams of their own. Fails where the matrix
/// is not a correlation matrix or the plan has too few points.
pub fn shapley_design(
    correlation: ArrayView2<f64>,
    plan: ShapleyPlan,
    mut normal: impl FnMut() -> f64,
) -> Result<ShapleyDesign, NoDesign> {
    let matrix = checked(correlation)?;
    if plan.outer < 1 || plan.inner < 2 || plan.variance < 2 || plan.permutations < 1 {
        return Err(NoDesign::TooFewPoints);
    }
    let inputs = matrix.nrows();
    let (subsets, weights) = if inputs <= EXACT_INPUTS {
        all_subsets(inputs)
    } else {
        random_orders(inputs, plan.permutations, &mut normal)
    };
    let root = matrix.clone().cholesky().ok_or(NoDesign::NotPositiveDefinite)?.unpack();
    let mut points = Vec::new();
    for _ in 0..plan.variance {
        points.extend(joint(&root, &mut normal));
    }
    for &subset in &subsets {
        let conditional = Conditional::of(&matrix, subset).ok_or(NoDesign::NotPositiveDefinite)?;
        for _ in 0..plan.outer {
            let given = joint(&root, &mut normal);
            (0..plan.inner).for_each(|_| points.extend(conditional.draw(&given, &mut normal)));
        }
    }
    let points = Array2::from_shape_fn((points.len() / inputs, inputs), |(row, input)| points[row * inputs + input]);
    Ok(ShapleyDesign { points, plan, inputs, weights })
}

/// The Shapley effect of each input as a share of the output's variance; shares add up to 1. Not cut at 0 or 1.
///
/// `replicates` has for each replicate its design and its outputs at the design's points, all with the same plan and
/// number of inputs. Intervals are Fieller's with Student's t between replicates; one replicate has none. `noise` is the
/// variance that paths leave in one output, on average, if each output has paths of its own: it is taken out of all
/// variances. It is 0 where all outputs of a replicate share their random numbers. The result is empty if outputs and points
/// do not match.
pub fn shapley_effects(replicates: &[(&ShapleyDesign, &[f64])], noise: f64) -> Vec<Estimate> {
    let Some((first, _)) = replicates.first() else { return Vec::new() };
    let same = |(design, outputs): &(&ShapleyDesign, &[f64])| {
        design.inputs == first.inputs && design.points.nrows() == outputs.len()
    };
    if !replicates.iter().all(same) {
        return Vec::new();
    }
    let effects: Vec<Vec<f64>> = replicates.iter().map(|(design, outputs)| design.effects(outputs, noise)).collect();
    let totals: Vec<f64> = effects.iter().map(|effects| effects.iter().sum()).collect();
    let of = |input: usize| effects.iter().map(|effects| effects[input]).collect::<Vec<_>>();
    (0..first.inputs).map(|input| ratio(&of(input), &totals)).collect()
}

impl ShapleyDesign {
    /// The effects in the square of the output's unit, which add up to its variance.
    fn effects(&self, outputs: &[f64], noise: f64) -> Vec<f64> {
        let (whole, rest) = outputs.split_at(self.plan.variance);
        let whole = variance(whole) - noise;
        let costs: Vec<f64> = rest
            .chunks(self.plan.outer * self.plan.inner)
            .map(|subset| mean(subset.chunks(self.plan.inner).map(variance)) - noise)
            .collect();
        let cost = |subset: usize| costs.get(subset).copied().unwrap_or(whole);
        self.weights.iter().map(|parts| parts.iter().map(|&(subset, weight)| weight * cost(subset)).sum()).collect()
    }
}

/// With n − 1.
fn variance(values: &[f64]) -> f64 {
    let centre = mean(values.iter().copied());
    values.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}

fn checked(correlation: ArrayView2<f64>) -> Result<DMatrix<f64>, NoDesign> {
    let count = correlation.nrows();
    let symmetric = |(row, column): (usize, usize), value: f64| {
        let ideal = if row == column { 1.0 } else { correlation[[column, row]] };
        (value - ideal).abs() < 1e-12
    };
    let square = (1..=63).contains(&count) && correlation.ncols() == count;
    if !square || !correlation.indexed_iter().all(|(at, &value)| symmetric(at, value)) {
        return Err(NoDesign::NoCorrelation);
    }
    Ok(DMatrix::from_fn(count, count, |row, column| correlation[[row, column]]))
}

/// Marks the cost of all inputs, the variance itself.
const WHOLE: usize = usize::MAX;

type Subsets = (Vec<u64>, Vec<Vec<(usize, f64)>>);

/// All subsets but the empty one, whose cost is 0, and the whole; input i weighs the step from J to J ∪ {i} with |J|!(d − |J|
/// − 1)!/d!.
fn all_subsets(inputs: usize) -> Subsets {
    let all = (1u64 << inputs) - 1;
    let at = |subset: u64| if subset == all { WHOLE } else { subset as usize - 1 };
    let weights = |input: usize| {
        let own = 1u64 << input;
        let steps = (0..=all).filter(|subset| subset & own == 0);
        steps
            .flat_map(|subset| {
                let weight = order_weight(inputs, subset.count_ones() as usize);
                let before = (subset != 0).then(|| (at(subset), -weight));
                before.into_iter().chain([(at(subset | own), weight)])
            })
            .collect()
    };
    ((1..all).collect(), (0..inputs).map(weights).collect())
}

/// The share of orders in which a given input comes after a given set of so many and before all others.
fn order_weight(inputs: usize, before: usize) -> f64 {
    let orders = (1..=before).fold(1.0, |product, k| product * (inputs - k) as f64 / k as f64);
    1.0 / (inputs as f64 * orders)
}

/// The subsets of random orders: those of the first one, two … inputs of each.
fn random_orders(inputs: usize, count: usize, normal: &mut impl FnMut() -> f64) -> Subsets {
    let (mut subsets, mut weights) = (Vec::new(), vec![Vec::new(); inputs]);
    let weight = 1.0 / count as f64;
    for _ in 0..count {
        let mut before: Option<usize> = None;
        let mut subset = 0;
        for (place, input) in random_order(inputs, normal).into_iter().enumerate() {
            subset |= 1 << input;
            let after = if place + 1 == inputs { WHOLE } else { subsets.len() };
            weights[input].extend(before.map(|before| (before, -weight)));
            weights[input].push((after, weight));
            if after != WHOLE {
                subsets.push(subset);
            }
            before = Some(after);
        }
    }
    (subsets, weights)
}

/// All orders are equally likely, because draws are independent and hardly ever equal.
fn random_order(inputs: usize, normal: &mut impl FnMut() -> f64) -> Vec<usize> {
    let keys: Vec<f64> = (0..inputs).map(|_| normal()).collect();
    let mut order: Vec<usize> = (0..inputs).collect();
    order.sort_by(|&a, &b| keys[a].total_cmp(&keys[b]));
    order
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Draws, covers};
    use super::*;
    use ndarray::array;

    const PLAN: ShapleyPlan = ShapleyPlan { outer: 40, inner: 3, variance: 200, permutations: 60 };

    fn effects(correlation: &Array2<f64>, plan: ShapleyPlan, slopes: &[f64], noise: f64, seed: u64) -> Vec<Estimate> {
        let replicate = |replicate: u64| {
            let mut draws = Draws::new(seed * 1000 + replicate);
            let design = shapley_design(correlation.view(), plan, || draws.normal()).unwrap();
            let value = |row: ndarray::ArrayView1<f64>| row.iter().zip(slopes).map(|(z, b)| z * b).sum::<f64>();
            let exact: Vec<f64> = design.points.rows().into_iter().map(value).collect();
            let outputs: Vec<f64> = exact.iter().map(|value| value + noise.sqrt() * draws.normal()).collect();
            (design, outputs)
        };
        let all: Vec<(ShapleyDesign, Vec<f64>)> = (0..16).map(replicate).collect();
        let parts: Vec<(&ShapleyDesign, &[f64])> =
            all.iter().map(|(design, outputs)| (design, outputs.as_slice())).collect();
        shapley_effects(&parts, noise)
    }

    /// Mean effects over seeds, and that their intervals cover.
    fn check(correlation: &Array2<f64>, plan: ShapleyPlan, slopes: &[f64], noise: f64, truth: &[f64]) {
        const SEEDS: u64 = 60;
        let all: Vec<Vec<Estimate>> = (0..SEEDS).map(|seed| effects(correlation, plan, slopes, noise, seed)).collect();
        for (input, &truth) in truth.iter().enumerate() {
            let rate = all.iter().map(|found| covers(&found[input], truth)).sum::<f64>() / SEEDS as f64;
            // 94%, as measured over 1,000 seeds, less four standard errors of 3.1%
            assert!(rate > 0.81, "{input}: covers {rate}");
            let values: Vec<f64> = all.iter().map(|found| found[input].value.unwrap()).collect();
            let centre = mean(values.iter().copied());
            let se = (variance(&values) / SEEDS as f64).sqrt();
            assert!((centre - truth).abs() < 4.0 * se + 1e-12, "{input}: {centre} ± {se}, not {truth}");
        }
        let sum: f64 = all[0].iter().map(|effect| effect.value.unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
    }

    /// Owen and Prieur (2017), "On Shapley value for measuring importance of dependent inputs", with Y = β₁X₁ +
    /// β₂X₂ and unit variances, the first effect is β₁²(1 − ρ²/2) + β₁β₂ρ + β₂²ρ²/2.
    #[test]
    fn two_correlated_normals() {
        let (b, rho) = ([1.0f64, 2.0], 0.6f64);
        let cross = b[0] * b[1] * rho;
        let total = b[0] * b[0] + b[1] * b[1] + 2.0 * cross;
        let half = 0.5 * rho * rho;
        let first = (b[0] * b[0] * (1.0 - half) + cross + b[1] * b[1] * half) / total;
        let correlation = array![[1.0, rho], [rho, 1.0]];
        check(&correlation, PLAN, &b, 0.0, &[first, 1.0 - first]);
        check(&correlation, PLAN, &b, 2.0, &[first, 1.0 - first]);
    }

    /// The same for any number of inputs: a sum over subsets, here by their conditional covariances.
    fn by_subsets(correlation: &Array2<f64>, slopes: &[f64]) -> Vec<f64> {
        let matrix = checked(correlation.view()).unwrap();
        let inputs = slopes.len();
        let whole: f64 = correlation.indexed_iter().map(|((i, j), rho)| slopes[i] * slopes[j] * rho).sum();
        let cost = |subset: u64| {
            if subset == (1 << inputs) - 1 {
                return whole;
            }
            let conditional = Conditional::of(&matrix, subset).unwrap();
            let column = |at: usize| -> f64 {
                conditional
                    .inside
                    .iter()
                    .enumerate()
                    .map(|(row, &input)| slopes[input] * conditional.root[(row, at)])
                    .sum()
            };
            (0..conditional.inside.len()).map(|at| column(at).powi(2)).sum()
        };
        let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
        let effect = |input: usize| -> f64 {
            let others = (0..1u64 << inputs).filter(|subset| (subset >> input) & 1 == 0);
            others
                .map(|subset| {
                    let size = subset.count_ones() as usize;
                    let weight = factorial(size) * factorial(inputs - size - 1) / factorial(inputs);
                    let before = if subset == 0 { 0.0 } else { cost(subset) };
                    weight * (cost(subset | (1 << input)) - before)
                })
                .sum::<f64>()
                / whole
        };
        (0..inputs).map(effect).collect()
    }

    #[test]
    fn four_inputs_by_all_subsets_and_seven_by_random_orders() {
        let chain = |count: usize| {
            Array2::from_shape_fn((count, count), |(i, j): (usize, usize)| 0.5f64.powi(i.abs_diff(j) as i32))
        };
        let slopes = [1.0, -2.0, 0.0, 3.0, 1.0, 0.5, 0.0];
        check(&chain(4), PLAN, &slopes[..4], 0.0, &by_subsets(&chain(4), &slopes[..4]));
        let thin = ShapleyPlan { outer: 1, ..PLAN };
        check(&chain(7), thin, &slopes, 0.0, &by_subsets(&chain(7), &slopes));
    }

    /// Y = X₁² depends on where the given value moves the mean of X₁: E[Var(Y | X₂)] = 2s⁴ + 4ρ²s² with s² = 1 − ρ².
    #[test]
    fn a_square_of_correlated_normals() {
        const SEEDS: u64 = 60;
        let rho = 0.6f64;
        let rest = 1.0 - rho * rho;
        let truth = 0.25 * (2.0 + 2.0 * rest * rest + 4.0 * rho * rho * rest);
        let replicate = |key: u64| {
            let mut draws = Draws::new(key);
            let design = shapley_design(array![[1.0, rho], [rho, 1.0]].view(), PLAN, || draws.normal()).unwrap();
            let outputs: Vec<f64> = design.points.column(0).iter().map(|z| z * z).collect();
            (design, outputs)
        };
        let value = |seed: u64| {
            let all: Vec<(ShapleyDesign, Vec<f64>)> =
                (0..16).map(|replicate_at| replicate(seed * 100 + replicate_at)).collect();
            let parts: Vec<(&ShapleyDesign, &[f64])> = all.iter().map(|(design, y)| (design, y.as_slice())).collect();
            shapley_effects(&parts, 0.0)[0].value.unwrap()
        };
        let values: Vec<f64> = (0..SEEDS).map(value).collect();
        let (centre, se) = (mean(values.iter().copied()), (variance(&values) / SEEDS as f64).sqrt());
        assert!((centre - truth).abs() < 4.0 * se, "{centre} ± {se}, not {truth}");
    }

    #[test]
    fn without_correlation_an_effect_is_the_share_of_the_square() {
        let truth = by_subsets(&Array2::eye(3), &[1.0, 2.0, 3.0]);
        for (found, square) in truth.iter().zip([1.0, 4.0, 9.0]) {
            assert!((found - square / 14.0).abs() < 1e-14);
        }
    }

    #[test]
    fn bad_matrices_and_plans_are_refused() {
        let design = |matrix: Array2<f64>, plan: ShapleyPlan| shapley_design(matrix.view(), plan, || 0.5).err();
        assert_eq!(design(array![[1.0, 0.5], [0.4, 1.0]], PLAN), Some(NoDesign::NoCorrelation));
        assert_eq!(design(array![[1.0, 2.0], [2.0, 1.0]], PLAN), Some(NoDesign::NotPositiveDefinite));
        assert_eq!(design(Array2::eye(2), ShapleyPlan { inner: 1, ..PLAN }), Some(NoDesign::TooFewPoints));
        assert_eq!(shapley_effects(&[], 0.0), Vec::new());
    }
}
