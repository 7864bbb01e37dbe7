//! Main effects of inputs on an output's conditional mean, by replicate.

use std::ops::Range;

use ndarray::{Array2, ArrayView2, aview1};

use super::basis::functions;
use super::pairs::{PairKernel, SquaredLength};
use super::sets::{InputDependence, SetMoments, mean};

/// Highest degree in an input's rank of its main effect. Eight describe a kink or two full waves over the range of an input
/// to 0.3% of its variance.
pub(super) const DEGREE: usize = 8;

/// Coefficients of one input's main effect.
#[derive(Debug, Clone)]
pub(super) struct Effect {
    /// Replicates × functions: means of the output times the function over each replicate.
    pub coefficients: Array2<f64>,
    /// By replicate, how much more than over all sets the effect varies there; the mean is 0. This is the error from the values
    /// that happened to be drawn.
    surplus: Vec<f64>,
}

/// The basis functions of all inputs, sets × functions each.
pub(super) fn bases(inputs: ArrayView2<f64>) -> Vec<Array2<f64>> {
    inputs.columns().into_iter().map(|column| functions(column, DEGREE)).collect()
}

/// The main effects of all inputs on an output, and what they say of its variance.
#[derive(Debug, Clone)]
pub(super) struct MainEffects {
    /// By input.
    pub effects: Vec<Effect>,
    /// Kernel of the variance of the conditional mean.
    pub variance: PairKernel,
}

/// The main effect of each input on `values`, one a set with mean 0.
///
/// The coefficients of a replicate are projections, mean of value × function (Li, Wang and Rabitz 2002, "Practical approaches
/// to construct RS-HDMR component functions"). If the inputs are independent the effects of all other inputs, as estimated from
/// the other replicates, are removed first: that takes away noise and leaves the expectation, because those effects are
/// independent of this input, and of the replicate's own noise.
pub(super) fn effects_on(
    bases: &[Array2<f64>],
    values: &[f64],
    units: &[Range<usize>],
    dependence: InputDependence,
) -> Vec<Effect> {
    let mut effects: Vec<Effect> = bases.iter().map(|basis| Effect::of(basis, values, units)).collect();
    if dependence == InputDependence::Independent {
        for _ in 0..PASSES {
            effects = refined(bases, values, units, &effects);
        }
    }
    effects
}

/// The main effects of all inputs on the output's set means, and the variance of the conditional mean. If the inputs are
/// independent, the variance of the sum of effects is replaced by the sum of their variances.
pub(super) fn main_effects(
    bases: &[Array2<f64>],
    sets: &[SetMoments],
    units: &[Range<usize>],
    dependence: InputDependence,
) -> MainEffects {
    let centre = mean(sets.iter().map(|set| set.mean));
    let values: Vec<f64> = sets.iter().map(|set| set.mean - centre).collect();
    let effects = effects_on(bases, &values, units, dependence);
    let squares: Vec<f64> = values.iter().zip(sets).map(|(value, set)| value * value - set.noise()).collect();
    if dependence == InputDependence::Correlated {
        return MainEffects { effects, variance: variance_kernel(&values, &squares, units) };
    }
    let fits = fits(bases, units, &effects);
    let sums = sums_of(&fits);
    let rests: Vec<f64> = values.iter().zip(&sums).map(|(value, sum)| value - sum).collect();
    let known: Vec<f64> = known_variances(units, &effects);
    let squares: Vec<f64> = (0..values.len()).map(|set| squares[set] - sums[set].powi(2) + known[set]).collect();
    MainEffects { effects, variance: variance_kernel(&rests, &squares, units) }
}

/// How often the effects of other inputs are removed; further passes change nothing that shows.
const PASSES: usize = 4;

/// The kernel (qᵣ + qₛ)/2 − ȳᵣ·ȳₛ of the variance, q the means of `squares` and ȳ those of `values` over a replicate.
fn variance_kernel(values: &[f64], squares: &[f64], units: &[Range<usize>]) -> PairKernel {
    let [means, squares] = means(values, squares, units);
    PairKernel::new(units.len(), |r, s| 0.5 * (squares[r] + squares[s]) - means[r] * means[s])
}

/// Its mean, the variance.
pub(super) fn variance_between(values: &[f64], squares: &[f64], units: &[Range<usize>]) -> f64 {
    let [means, squares] = means(values, squares, units);
    PairKernel::mean_of(units.len(), |r, s| 0.5 * (squares[r] + squares[s]) - means[r] * means[s])
}

/// The means of values and of squares by replicate.
fn means(values: &[f64], squares: &[f64], units: &[Range<usize>]) -> [Vec<f64>; 2] {
    let size = values.len() as f64 / units.len() as f64;
    let over = |values: &[f64], unit: &Range<usize>| values[unit.clone()].iter().sum::<f64>() / size;
    [values, squares].map(|of| units.iter().map(|unit| over(of, unit)).collect())
}

/// For each input and set the effect as estimated from all other replicates.
fn fits(bases: &[Array2<f64>], units: &[Range<usize>], effects: &[Effect]) -> Vec<Vec<f64>> {
    bases.iter().zip(effects).map(|(basis, effect)| effect.fitted_elsewhere(basis, units)).collect()
}

fn sums_of(fits: &[Vec<f64>]) -> Vec<f64> {
    let sets = fits.first().map_or(0, Vec::len);
    (0..sets).map(|set| fits.iter().map(|fit| fit[set]).sum()).collect()
}

/// For each set the variance of the sum of the effects as estimated from all other replicates, with what its own replicate
/// has more.
fn known_variances(units: &[Range<usize>], effects: &[Effect]) -> Vec<f64> {
    let known = |out: usize| effects.iter().flat_map(|effect| effect.shrunk_without(out)).map(|c| c * c).sum::<f64>();
    let surplus = |unit: usize| effects.iter().map(|effect| effect.surplus[unit]).sum::<f64>();
    let of = |(at, unit): (usize, &Range<usize>)| std::iter::repeat_n(known(at) + surplus(at), unit.len());
    units.iter().enumerate().flat_map(of).collect()
}

/// The effects with those of other inputs removed, as estimated from other replicates.
fn refined(bases: &[Array2<f64>], values: &[f64], units: &[Range<usize>], effects: &[Effect]) -> Vec<Effect> {
    let fits = fits(bases, units, effects);
    let sums = sums_of(&fits);
    let without =
        |own: &[f64]| -> Vec<f64> { (0..values.len()).map(|set| values[set] - sums[set] + own[set]).collect() };
    bases.iter().zip(&fits).map(|(basis, own)| Effect::of(basis, &without(own), units)).collect()
}

impl Effect {
    /// Projections of `values` in each unit, without the error that the unit's few points make in integrating this very effect.
    /// The mean over all units stays the same, because the functions are orthonormal over all sets.
    pub fn of(basis: &Array2<f64>, values: &[f64], units: &[Range<usize>]) -> Effect {
        let whole = basis.t().dot(&aview1(values)) / values.len() as f64;
        let fit = basis.dot(&whole);
        let rests = &aview1(values) - &fit;
        let size = values.len() as f64 / units.len() as f64;
        let coefficient = |(unit, column): (usize, usize)| {
            let sum: f64 = units[unit].clone().map(|set| rests[set] * basis[[set, column]]).sum();
            whole[column] + sum / size
        };
        let variance = whole.dot(&whole);
        let surplus = |unit: &Range<usize>| unit.clone().map(|set| fit[set] * fit[set]).sum::<f64>() / size - variance;
        Effect {
            coefficients: Array2::from_shape_fn((units.len(), basis.ncols()), coefficient),
            surplus: units.iter().map(surplus).collect(),
        }
    }

    /// Its variance.
    pub fn variance(&self) -> SquaredLength {
        SquaredLength::of(&self.coefficients).with_surplus(&self.surplus)
    }

    /// For each set the effect as estimated from all other replicates, each coefficient shrunk.
    fn fitted_elsewhere(&self, basis: &Array2<f64>, units: &[Range<usize>]) -> Vec<f64> {
        let mut fitted = vec![0.0; basis.nrows()];
        for (out, unit) in units.iter().enumerate() {
            let shrunk = self.shrunk_without(out);
            for set in unit.clone() {
                fitted[set] = basis.row(set).iter().zip(&shrunk).map(|(x, c)| x * c).sum();
            }
        }
        fitted
    }

    /// The coefficients without replicate `out`, each shrunk towards 0 by the share of its square that is noise
    /// (positive-part James and Stein 1961, "Estimation with quadratic loss").
    fn shrunk_without(&self, out: usize) -> Vec<f64> {
        let others = (self.coefficients.nrows() - 1) as f64;
        if others < 2.0 {
            return vec![0.0; self.coefficients.ncols()];
        }
        // row by row: the sums of all columns grow side by side
        let over_others = |term: &dyn Fn(usize, f64) -> f64| {
            let mut sums = vec![0.0; self.coefficients.ncols()];
            for (_, row) in self.coefficients.rows().into_iter().enumerate().filter(|&(at, _)| at != out) {
                sums.iter_mut().zip(row).enumerate().for_each(|(column, (sum, c))| *sum += term(column, *c));
            }
            sums
        };
        let centres: Vec<f64> = over_others(&|_, c| c).iter().map(|sum| sum / others).collect();
        let squares = over_others(&|column, c| (c - centres[column]).powi(2));
        let shrunk = |(centre, square): (&f64, f64)| {
            let noise = square / (others * (others - 1.0));
            if noise >= centre * centre { 0.0 } else { centre - noise / centre }
        };
        centres.iter().zip(squares).map(shrunk).collect()
    }
}
