//! How much of an output's variance comes from its parameters and how much from its paths.

use super::effects::variance_between;
use super::sets::{SetMoments, mean, units};
use crate::measure::error::Pivot;
use crate::measure::estimate::Estimate;

/// The law of total variance over parameter sets θ: Var(X) = Var(E[X | θ]) + E[Var(X | θ)]. Variances are in the square of the
/// output's unit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct VarianceParts {
    /// Var(X).
    pub total: Estimate,
    /// Var(E[X | θ]), what the parameters contribute; not below 0.
    pub between: Estimate,
    /// E[Var(X | θ)], what the paths contribute.
    pub within: Estimate,
    /// between/total, in 0…1; null where nothing varies.
    pub share: Estimate,
}

/// The sums that the parts are made of, over some replicates.
#[derive(Debug, Clone, Copy)]
struct Sums {
    /// Var(E[X | θ]) without bias, which may be below 0.
    between: f64,
    within: f64,
    /// The variance that paths leave in the mean of a set.
    noise: f64,
}

/// The parts of the variance of an output with such moments in each parameter set.
///
/// The variance of the set means has the paths' noise in it: E[(m̂ₖ − m̂ₗ)²]/2 = Var(m) + E[σ²/n]. So the noise is
/// subtracted, and the square of the overall mean is taken as products of different replicates, which makes the result
/// unbiased for quasi-random sets too. Intervals are the jackknife's over replicates (Miller 1974, "The jackknife: a review")
/// with Student's t on R − 1 degrees of freedom, on the scales log(between + noise), log(within), log(total) and log(odds +
/// noise/within) with the noise as estimated, which make the spread nearly independent of the value, and lead to the bounds
/// of the analysis of variance (Searle, Casella and McCulloch 1992, "Variance Components") near a share of 0.
///
/// `sets` come replicate by replicate. Without three replicates there are no intervals; where the moments of a set are
/// undefined, as with one path, there are no estimates.
pub fn variance_parts(sets: &[SetMoments], replicates: usize) -> VarianceParts {
    let complete = sets.iter().all(|set| set.mean.is_finite() && set.noise().is_finite());
    if !complete || sets.len() < 2 {
        return VarianceParts::default();
    }
    let units = units(sets.len(), replicates);
    let groups: Vec<&[SetMoments]> = units.iter().map(|unit| &sets[unit.clone()]).collect();
    let whole = Sums::of(&groups, None);
    let left_out: Vec<Sums> = (0..groups.len()).map(|out| Sums::of(&groups, Some(out))).collect();
    // with two replicates, leaving one out leaves one, from which no variance can be estimated
    let pivot = Pivot::between(replicates).ok().filter(|_| replicates > 2 && groups.len() == replicates);
    let jackknife = Jackknife { whole, left_out, pivot };
    let positive = |x: f64| x.max(0.0);
    let (noise, odds_noise) = (whole.noise, whole.noise / whole.within);
    let share = |odds: f64| if odds.is_infinite() { 1.0 } else { odds / (1.0 + odds) };
    VarianceParts {
        total: jackknife.estimate(0.0, |sums| positive(sums.between) + sums.within, |x| x),
        between: jackknife.estimate(noise, |sums| sums.between, positive),
        within: jackknife.estimate(0.0, |sums| sums.within, |x| x),
        share: if whole.within == 0.0 {
            certain_share(whole.between, pivot.is_some())
        } else {
            jackknife.estimate(odds_noise, |sums| sums.between / sums.within, |odds| share(positive(odds)))
        },
    }
}

/// The share of parameters where paths of one set do not differ: all, or undefined if nothing varies.
fn certain_share(between: f64, has_error: bool) -> Estimate {
    let value = (between > 0.0).then_some(1.0);
    let bound = value.filter(|_| has_error);
    Estimate { value, low: bound, high: bound, atom: false }
}

/// Estimates from all replicates, and from all but one.
struct Jackknife {
    whole: Sums,
    left_out: Vec<Sums>,
    pivot: Option<Pivot>,
}

impl Jackknife {
    /// `shown` of a quantity, with its interval on the scale log(quantity + shift).
    fn estimate(&self, shift: f64, quantity: impl Fn(&Sums) -> f64, shown: impl Fn(f64) -> f64) -> Estimate {
        let value = quantity(&self.whole);
        let scale = |sums: &Sums| (quantity(sums) + shift).max(f64::MIN_POSITIVE).ln();
        let bounds = self.pivot.map(|pivot| {
            if value + shift <= 0.0 {
                return [shown(value); 2];
            }
            let half = pivot.width() * jackknife_error(&self.left_out.iter().map(scale).collect::<Vec<_>>());
            [-half, half].map(|step| shown((scale(&self.whole) + step).exp() - shift))
        });
        let [low, high] = bounds.map_or([None; 2], |bounds| bounds.map(Some));
        Estimate { value: Some(shown(value)), low, high, atom: false }
    }
}

/// The standard error from the values that leave out one of G parts each: √((G − 1)/G · Σ (v − v̄)²).
pub(super) fn jackknife_error(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let centre = mean(values.iter().copied());
    ((count - 1.0) / count * values.iter().map(|value| (value - centre).powi(2)).sum::<f64>()).sqrt()
}

impl Sums {
    /// Over all groups, or all but one.
    fn of(groups: &[&[SetMoments]], out: Option<usize>) -> Sums {
        let kept = || groups.iter().enumerate().filter(|&(at, _)| Some(at) != out).map(|(_, group)| *group);
        let all: Vec<SetMoments> = kept().flatten().copied().collect();
        let units = kept().scan(0, |end, group| {
            let start = *end;
            *end += group.len();
            Some(start..*end)
        });
        let over = |value: fn(&SetMoments) -> f64| mean(all.iter().map(value));
        let centre = over(|set| set.mean);
        let values: Vec<f64> = all.iter().map(|set| set.mean - centre).collect();
        let squares: Vec<f64> = values.iter().zip(&all).map(|(value, set)| value * value - set.noise()).collect();
        Sums {
            between: variance_between(&values, &squares, &units.collect::<Vec<_>>()),
            within: over(|set| set.variance),
            noise: over(SetMoments::noise),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Draws, covers, noisy, uniforms};
    use super::*;
    use statrs::distribution::{ContinuousCDF, Normal};

    fn average(values: impl ExactSizeIterator<Item = f64>) -> (f64, f64) {
        let values: Vec<f64> = values.collect();
        let centre = mean(values.iter().copied());
        let spread = mean(values.iter().map(|value| (value - centre).powi(2)));
        (centre, (spread / values.len() as f64).sqrt())
    }

    #[test]
    fn four_sets_by_hand() {
        let set = |mean: f64, variance: f64| SetMoments { count: 10.0, mean, variance };
        let sets = [set(1.0, 2.0), set(3.0, 4.0), set(5.0, 6.0), set(7.0, 8.0)];
        // replicates {1, 3} and {5, 7} have means 2 and 6; squares of the means average to 21, noise is 5/10
        let parts = variance_parts(&sets, 2);
        assert!((parts.between.value.unwrap() - (21.0 - 0.5 - 12.0)).abs() < 1e-12);
        assert_eq!(parts.within.value, Some(5.0));
        assert!((parts.share.value.unwrap() - 8.5 / 13.5).abs() < 1e-12);
        // four sets on their own: the sample variance 20/3 less the noise
        let alone = variance_parts(&sets, 1);
        assert!((alone.between.value.unwrap() - (20.0 / 3.0 - 0.5)).abs() < 1e-12);
        assert_eq!((alone.between.low, alone.share.high), (None, None));
    }

    #[test]
    fn normal_means_with_normal_paths() {
        const SEEDS: u32 = 200;
        for (within, share) in [(0.25, 0.8), (400.0, 1.0 / 401.0)] {
            let of = |seed: u32| {
                let u = uniforms(256, 3, 16, seed);
                let means: Vec<f64> = u.column(1).iter().map(|&u| Normal::standard().inverse_cdf(u)).collect();
                variance_parts(&noisy(&means, 200.0, within, u64::from(seed)), 16)
            };
            let found: Vec<VarianceParts> = (0..SEEDS).map(of).collect();
            let (centre, se) = average(found.iter().map(|parts| parts.between.value.unwrap()));
            assert!((centre - 1.0).abs() < 4.0 * se, "between {centre} ± {se}");
            for (what, truth) in [(0, within + 1.0), (1, 1.0), (2, within), (3, share)] {
                let pick = |parts: &VarianceParts| [parts.total, parts.between, parts.within, parts.share][what];
                let (rate, _) = average(found.iter().map(|parts| covers(&pick(parts), truth)));
                // 93% less four standard errors of the rate over 200 seeds
                assert!(rate > 0.93 - 4.0 * 0.0154, "{what} of {share}: covers {rate}");
            }
        }
    }

    #[test]
    fn probabilities_that_are_uniform() {
        // p uniform: between 1/12, total 1/4
        const SEEDS: u32 = 200;
        let of = |seed: u32| {
            let u = uniforms(256, 1, 16, seed);
            let mut draws = Draws::new(u64::from(seed) + 1000);
            let mut bursts = |p: f64| (0..40).filter(|_| draws.uniform() < p).count() as f64 / 40.0;
            let set = |&p: &f64| {
                let rate = bursts(p);
                SetMoments { count: 40.0, mean: rate, variance: rate * (1.0 - rate) * 40.0 / 39.0 }
            };
            variance_parts(&u.column(0).iter().map(set).collect::<Vec<_>>(), 16)
        };
        let found: Vec<VarianceParts> = (0..SEEDS).map(of).collect();
        let (centre, se) = average(found.iter().map(|parts| parts.between.value.unwrap()));
        assert!((centre - 1.0 / 12.0).abs() < 4.0 * se, "between {centre} ± {se}");
        let (rate, _) = average(found.iter().map(|parts| covers(&parts.share, 1.0 / 3.0)));
        assert!(rate > 0.93 - 4.0 * 0.0154, "covers {rate}");
    }

    #[test]
    fn what_is_undefined_has_no_estimate() {
        let one = SetMoments { count: 1.0, mean: 3.0, variance: f64::NAN };
        assert_eq!(variance_parts(&[one; 8], 4), VarianceParts::default());
        assert_eq!(variance_parts(&[], 4), VarianceParts::default());
        let nothing = variance_parts(&[SetMoments::exact(2.0); 8], 4);
        assert_eq!((nothing.total.value, nothing.share.value), (Some(0.0), None));
        let parameters: Vec<SetMoments> = (0..8).map(|k| SetMoments::exact(f64::from(k))).collect();
        let all = variance_parts(&parameters, 4);
        assert_eq!((all.share.value, all.share.low), (Some(1.0), Some(1.0)));
    }
}
