//! The expected value of learning inputs before the decision.

use std::ops::Range;

use ndarray::{Array2, ArrayView2};

use super::effects::{bases, effects_on, variance_between};
use super::pairs::SquaredLength;
use super::parts::jackknife_error;
use super::sets::{InputDependence, SetMoments, is_complete, mean, units};
use crate::measure::error::Pivot;
use crate::measure::estimate::Estimate;

/// What it is worth to know inputs exactly before choosing between alternatives, in the unit of the outputs; not below 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ValueOfLearning {
    /// Of each input on its own (expected value of partial perfect information): `E[max_d E[X_d | θᵢ]] − max_d E[X_d]`.
    pub inputs: Vec<Estimate>,
    /// Of all inputs (expected value of perfect information on the parameters): `E[max_d E[X_d | θ]] − max_d E[X_d]`.
    pub all: Estimate,
}

/// The value of learning each input, and all of them, where the alternative with the highest expected output is chosen.
///
/// `inputs` are sets × inputs, best as the values that the model uses; monotone transforms of them do nearly as well. `outputs`
/// are sets × alternatives, and both come replicate by replicate. An alternative without risk, such as not signing, is
/// [`SetMoments::exact`]. The lead of each alternative over the one with the best mean is regressed on each input (Strong,
/// Oakley and Brennan 2014, "Estimating multiparameter partial expected value of perfect information from a probabilistic
/// sensitivity analysis sample"), by the functions that first-order indices use.
///
/// Noise in the regression would make the maximum too high on average. So the fitted effect is scaled to the variance that
/// products of different replicates give it, which noise does not raise; an effect whose variance comes out below 0 is
/// taken for none. Likewise the set means are scaled towards their mean to the variance that remains without path noise
/// before they stand for E[X_d | θ]. The noise of a difference of two alternatives is taken as if their paths were independent:
/// with common random numbers and two risky alternatives, `all` may come out too low.
///
/// The interval of an input adds up the squares of three errors (the method of variance estimates recovery of Donner and Zou
/// 2012, "Closed-form confidence intervals for functions of the normal mean and standard deviation"): how far the value moves
/// with the mean lead and the size of the effect on the edge of their joint interval, the jackknife's error of the effect's
/// shape, and the error from the input values that happened to be drawn. That of `all` is the jackknife's over replicates.
/// Both use Student's t and end at 0. A value of less than a hundredth of the lead's standard deviation may come out as 0
/// without error, because no draw reaches the point where the choice changes.
///
/// Without three replicates there are no intervals; where an input or the moments of a set are undefined there are no
/// estimates.
pub fn value_of_learning(
    inputs: ArrayView2<f64>,
    outputs: ArrayView2<SetMoments>,
    replicates: usize,
    dependence: InputDependence,
) -> ValueOfLearning {
    let complete = is_complete(inputs, outputs.iter());
    if !complete || outputs.nrows() != inputs.nrows() || outputs.nrows() < 2 || outputs.ncols() == 0 {
        return ValueOfLearning { inputs: vec![Estimate::default(); inputs.ncols()], all: Estimate::default() };
    }
    let units = units(outputs.nrows(), replicates);
    let bases = bases(inputs);
    let leads: Vec<Lead> = leads(outputs).map(|sets| Lead::of(&sets, &bases, &units, dependence)).collect();
    let pivot = Pivot::between(replicates).ok().filter(|_| replicates > 2 && units.len() == replicates);
    let one = |input: usize| {
        let spreads: Vec<Spread> = leads.iter().map(|lead| lead.spread(input, &bases[input])).collect();
        partial(&spreads, &units, pivot)
    };
    ValueOfLearning { inputs: (0..inputs.ncols()).map(one).collect(), all: perfect(&leads, &units, pivot) }
}

/// The value of learning all inputs.
fn perfect(leads: &[Lead], units: &[Range<usize>], pivot: Option<Pivot>) -> Estimate {
    let value = |out: Option<usize>| {
        let around: Vec<Vec<f64>> = leads.iter().map(|lead| lead.denoised(units, out)).collect();
        let scaled = leads.iter().zip(&around).map(|(lead, around)| (lead.mean(out), 1.0, around.as_slice()));
        gain(&scaled.collect::<Vec<_>>())
    };
    let se = pivot.map(|_| jackknife_error(&(0..units.len()).map(|out| value(Some(out))).collect::<Vec<_>>()));
    let around = Estimate::around(Some(value(None)), se, pivot.unwrap_or_default());
    Estimate { low: around.low.map(|low| low.max(0.0)), ..around }
}

/// What an input moves a lead by.
struct Spread {
    /// Its mean, and the interval of that.
    mean: [f64; 3],
    /// The standard deviation of the effect, and the interval of that.
    deviation: [f64; 3],
    /// The effect in each set, over its standard deviation.
    shape: Vec<f64>,
    /// The same without one of the replicates each.
    shapes: Vec<Vec<f64>>,
}

/// The value of learning one input.
fn partial(spreads: &[Spread], units: &[Range<usize>], pivot: Option<Pivot>) -> Estimate {
    let fitted: Vec<Scaled> =
        spreads.iter().map(|spread| (spread.mean[0], spread.deviation[0], spread.shape.as_slice())).collect();
    let at = |which: usize, (mean, deviation): (f64, f64), shape: &[f64]| {
        let mut changed = fitted.clone();
        changed[which] = (mean, deviation, shape);
        gain(&changed)
    };
    let value = gain(&fitted);
    let Some(pivot) = pivot else { return Estimate { value: Some(value), ..Estimate::default() } };
    let by_unit: Vec<f64> = units.iter().map(|unit| mean(unit.clone().map(|set| best(&fitted, set)))).collect();
    let drawn = pivot.width().powi(2) * mean_and_noise(&by_unit).1;
    let (mut below, mut above) = (drawn, drawn);
    for (d, spread) in spreads.iter().enumerate() {
        let own: Vec<f64> = spread.around().map(|point| at(d, point, &spread.shape)).collect();
        let centre = (spread.mean[0], spread.deviation[0]);
        let shapes: Vec<f64> = spread.shapes.iter().map(|shape| at(d, centre, shape)).collect();
        let shape = (pivot.width() * jackknife_error(&shapes)).powi(2);
        below += (own.iter().copied().fold(value, f64::min) - value).powi(2) + shape;
        above += (own.iter().copied().fold(value, f64::max) - value).powi(2) + shape;
    }
    let bound = |step: f64| Some((value + step).max(0.0));
    Estimate { value: Some(value), low: bound(-below.sqrt()), high: bound(above.sqrt()), atom: false }
}

impl Spread {
    /// Means and deviations on the edge of their joint interval, an ellipse whose axes end where their intervals do.
    fn around(&self) -> impl Iterator<Item = (f64, f64)> {
        const POINTS: u32 = 16;
        let between = |[centre, low, high]: [f64; 3], step: f64| {
            centre + step * if step < 0.0 { centre - low } else { high - centre }
        };
        (0..4 * POINTS).map(move |point| {
            // a quarter of the circle at a time, by its rational parametrization
            let t = f64::from(point % POINTS) / f64::from(POINTS);
            let (x, y) = ((1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t));
            let (x, y) = [(x, y), (-y, x), (-x, -y), (y, -x)][(point / POINTS) as usize];
            (between(self.mean, x), between(self.deviation, y))
        })
    }
}

/// For each alternative but the one with the best mean, its lead over that one in each set.
fn leads(outputs: ArrayView2<SetMoments>) -> impl Iterator<Item = Vec<SetMoments>> {
    let average = |d: usize| mean(outputs.column(d).iter().map(|set| set.mean));
    let best = (0..outputs.ncols()).fold(0, |best, d| if average(d) > average(best) { d } else { best });
    let lead = move |d: usize| {
        let less = |(a, b): (&SetMoments, &SetMoments)| SetMoments {
            count: 1.0,
            mean: a.mean - b.mean,
            variance: a.noise() + b.noise(),
        };
        outputs.column(d).iter().zip(outputs.column(best)).map(less).collect()
    };
    (0..outputs.ncols()).filter(move |&d| d != best).map(lead)
}

/// A lead's mean, and a factor with what it multiplies in each set.
type Scaled<'a> = (f64, f64, &'a [f64]);

/// The best lead in a set, or 0 if none is ahead.
fn best(leads: &[Scaled], set: usize) -> f64 {
    leads.iter().map(|(mean, factor, around)| mean + factor * around[set]).fold(0.0, f64::max)
}

/// The mean over sets of the best lead, less the same of the mean leads.
fn gain(leads: &[Scaled]) -> f64 {
    let sets = leads.first().map_or(0, |(_, _, around)| around.len());
    let known = mean((0..sets).map(|set| best(leads, set)));
    (known - leads.iter().map(|(mean, _, _)| *mean).fold(0.0, f64::max)).max(0.0)
}

/// An alternative's lead over the one with the best mean.
struct Lead {
    sets: Vec<SetMoments>,
    /// By replicate.
    means: Vec<f64>,
    /// For each input replicates × functions.
    effects: Vec<Array2<f64>>,
}

impl Lead {
    fn of(sets: &[SetMoments], bases: &[Array2<f64>], units: &[Range<usize>], dependence: InputDependence) -> Lead {
        let centre = mean(sets.iter().map(|set| set.mean));
        let values: Vec<f64> = sets.iter().map(|set| set.mean - centre).collect();
        let effects = effects_on(bases, &values, units, dependence);
        let means = units.iter().map(|unit| mean(sets[unit.clone()].iter().map(|set| set.mean))).collect();
        Lead { sets: sets.to_vec(), means, effects: effects.into_iter().map(|effect| effect.coefficients).collect() }
    }

    fn mean(&self, out: Option<usize>) -> f64 {
        mean(without(&self.means, out).into_iter())
    }

    /// What an input moves the lead by.
    fn spread(&self, input: usize, basis: &Array2<f64>) -> Spread {
        let length = SquaredLength::of(&self.effects[input]);
        let shape = |out: Option<usize>| {
            let coefficients = shape(&self.effects[input], out);
            basis.rows().into_iter().map(|row| row.iter().zip(&coefficients).map(|(x, c)| x * c).sum()).collect()
        };
        let (mean, noise) = mean_and_noise(&self.means);
        let half = Pivot::between(self.means.len()).map_or(0.0, |pivot| pivot.width() * noise.sqrt());
        let variance = length.products.mean();
        let (low, high) = length.interval().unwrap_or((variance, variance));
        Spread {
            mean: [mean, mean - half, mean + half],
            deviation: [variance, low, high].map(|variance| variance.max(0.0).sqrt()),
            shape: shape(None),
            shapes: (0..self.means.len()).map(|out| shape(Some(out))).collect(),
        }
    }

    /// The lead in each set less its mean, scaled to its variance without path noise.
    fn denoised(&self, units: &[Range<usize>], out: Option<usize>) -> Vec<f64> {
        let kept = |unit: usize| Some(unit) != out;
        let sets: Vec<SetMoments> = (0..units.len())
            .filter(|&unit| kept(unit))
            .flat_map(|unit| self.sets[units[unit].clone()].to_vec())
            .collect();
        let centre = mean(sets.iter().map(|set| set.mean));
        let values: Vec<f64> = sets.iter().map(|set| set.mean - centre).collect();
        let squares: Vec<f64> = values.iter().zip(&sets).map(|(value, set)| value * value - set.noise()).collect();
        let sizes = (0..units.len()).filter(|&unit| kept(unit)).map(|unit| units[unit].len());
        let kept_units: Vec<Range<usize>> = sizes
            .scan(0, |end, size| {
                *end += size;
                Some(*end - size..*end)
            })
            .collect();
        let between = variance_between(&values, &squares, &kept_units);
        let noise = mean(sets.iter().map(SetMoments::noise));
        let scale = if between > 0.0 { (between / (between + noise)).sqrt() } else { 0.0 };
        values.iter().map(|value| scale * value).collect()
    }
}

fn without(values: &[f64], out: Option<usize>) -> Vec<f64> {
    values.iter().enumerate().filter(|&(at, _)| Some(at) != out).map(|(_, value)| *value).collect()
}

/// Mean coefficients over replicates, those that are mostly noise shrunk most, over their length; if all are shrunk to 0 then
/// as they are.
fn shape(coefficients: &Array2<f64>, out: Option<usize>) -> Vec<f64> {
    let columns = coefficients.columns();
    let parts: Vec<(f64, f64)> =
        columns.into_iter().map(|column| mean_and_noise(&without(&column.to_vec(), out))).collect();
    let shrunk: Vec<f64> = parts.iter().map(|&(c, noise)| if noise < c * c { c - noise / c } else { 0.0 }).collect();
    let plain: Vec<f64> = parts.iter().map(|(c, _)| *c).collect();
    let length = |c: &[f64]| c.iter().map(|c| c * c).sum::<f64>().sqrt();
    let chosen = if length(&shrunk) > 0.0 { shrunk } else { plain };
    let norm = length(&chosen);
    chosen.iter().map(|c| if norm > 0.0 { c / norm } else { 0.0 }).collect()
}

/// The mean of some values and its variance.
fn mean_and_noise(values: &[f64]) -> (f64, f64) {
    let (count, centre) = (values.len() as f64, mean(values.iter().copied()));
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    (centre, squares / (count * (count - 1.0)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{covers, noisy, uniforms};
    use super::*;
    use statrs::distribution::{Continuous, ContinuousCDF, Normal};

    const SEEDS: u32 = 100;
    const SLOPES: [f64; 3] = [2.0, 1.0, 0.0];

    /// E[max(0, μ + b·Z)] − max(0, μ), with the unit normal loss function φ(x) − x·Φ(−x) (Raiffa and Schlaifer 1961, "Applied
    /// Statistical Decision Theory").
    fn value(mu: f64, b: f64) -> f64 {
        let (normal, x) = (Normal::standard(), mu.abs() / b);
        if b == 0.0 { 0.0 } else { b * (normal.pdf(x) - x * normal.cdf(-x)) }
    }

    fn found(mu: f64, noise: f64, seed: u32) -> ValueOfLearning {
        let z = uniforms(256, 3, 16, seed).mapv(|u| Normal::standard().inverse_cdf(u));
        let mean = |row: ndarray::ArrayView1<f64>| mu + row.iter().zip(SLOPES).map(|(z, b)| z * b).sum::<f64>();
        let means: Vec<f64> = z.rows().into_iter().map(mean).collect();
        let sets = noisy(&means, 64.0, noise * 5.0 * 64.0, u64::from(seed));
        let none = SetMoments::exact(0.0);
        let outputs = Array2::from_shape_fn((256, 2), |(set, d)| if d == 0 { sets[set] } else { none });
        value_of_learning(z.view(), outputs.view(), 16, InputDependence::Independent)
    }

    #[test]
    fn linear_normal_case() {
        for (mu, noise) in [(0.5, 0.3), (-1.0, 0.3), (-1.0, 2.0), (2.0, 0.0)] {
            let all: Vec<ValueOfLearning> = (0..SEEDS).map(|seed| found(mu, noise, seed)).collect();
            let pick =
                |input: usize| move |found: &ValueOfLearning| found.inputs.get(input).copied().unwrap_or(found.all);
            for (input, slope) in SLOPES.into_iter().chain([5f64.sqrt()]).enumerate() {
                let truth = value(mu, slope);
                let rate =
                    all.iter().map(pick(input)).map(|found| covers(&found, truth)).sum::<f64>() / f64::from(SEEDS);
                // 90%, as measured over 1,000 seeds, less three standard errors of 3%; values that are next to nothing
                // may come out as 0 exactly
                assert!(rate > 0.81 || truth < 0.01, "{mu} {noise} {input}: covers {rate}");
                let mean = all.iter().map(pick(input)).filter_map(|found| found.value).sum::<f64>() / f64::from(SEEDS);
                // the error of one estimate is at most 0.12, of the mean of 100 0.012
                assert!((mean - truth).abs() < 0.04, "{mu} {noise} {input}: {mean}, not {truth}");
            }
        }
    }

    #[test]
    fn nothing_is_worth_learning_if_one_alternative_is_always_best() {
        let found = found(60.0, 0.3, 5);
        assert!(found.inputs.iter().chain([&found.all]).all(|found| found.value == Some(0.0)), "{found:?}");
    }

    #[test]
    fn three_alternatives() {
        // X₁ = 2z₁, X₂ = −2z₁, X₃ = 0: learning z₁ is worth E|2z₁| = 2·√(2/π), learning z₂ nothing
        let z = uniforms(256, 2, 16, 3).mapv(|u| Normal::standard().inverse_cdf(u));
        let slopes = [2.0, -2.0, 0.0];
        let outputs = Array2::from_shape_fn((256, 3), |(set, d)| SetMoments::exact(slopes[d] * z[[set, 0]]));
        let found = value_of_learning(z.view(), outputs.view(), 16, InputDependence::Independent);
        let truth = 2.0 * (2.0 / std::f64::consts::PI).sqrt();
        // 256 stratified sets leave an error of about 1%
        assert!((found.inputs[0].value.unwrap() - truth).abs() < 0.06, "{:?}", found.inputs[0]);
        assert!((found.all.value.unwrap() - truth).abs() < 0.06, "{:?}", found.all);
        assert!(found.inputs[1].value.unwrap() < 0.02, "{:?}", found.inputs[1]);
    }
}
