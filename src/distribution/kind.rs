//! The distributions, by their quantile functions and distribution functions.

use statrs::distribution::{ContinuousCDF, LogNormal, Normal, Triangular};
use statrs::function::beta::beta_reg;

use super::metalog::Metalog;
use super::quantile::{beta, truncated_normal};

/// Shapes of a beta whose quantiles are accurate.
pub const SHAPES: std::ops::RangeInclusive<f64> = 0.01..=10_000.0;

/// Shares below the low and the high value of a distribution, unless something else is said.
pub const USUAL_SHARES: [f64; 2] = [0.1, 0.9];

/// A distribution of a number. Whoever makes one checks its parameters.
#[derive(Debug, Clone, PartialEq)]
pub enum Distribution {
    /// `sd` above 0.
    Normal {
        mean: f64,
        sd: f64,
    },
    /// The logarithm is normal with this mean and this standard deviation, above 0.
    LogNormal {
        location: f64,
        scale: f64,
    },
    /// `low` below `high`, here and below.
    Uniform {
        low: f64,
        high: f64,
    },
    /// Uniform in the logarithm; both ends above 0.
    LogUniform {
        low: f64,
        high: f64,
    },
    /// The mode lies between the ends.
    Triangular {
        low: f64,
        mode: f64,
        high: f64,
    },
    /// Beta of shapes `a` and `b` within [`SHAPES`], stretched from 0…1 to `low`…`high`.
    Beta {
        a: f64,
        b: f64,
        low: f64,
        high: f64,
    },
    Metalog(Metalog),
    Discrete(Discrete),
    Empirical(Empirical),
    /// Another distribution given that it lies between two numbers, which may be infinite; it does with some probability.
    Truncated {
        of: Box<Distribution>,
        lower: f64,
        upper: f64,
    },
}

/// Some values with their probabilities.
#[derive(Debug, Clone, PartialEq)]
pub struct Discrete {
    values: Vec<f64>,
    /// Probability of this value or one before it; the last is 1.
    cumulative: Vec<f64>,
}

/// A sample, whose quantile function runs straight between its ordered values.
#[derive(Debug, Clone, PartialEq)]
pub struct Empirical {
    /// In ascending order, at least one.
    values: Vec<f64>,
}

impl Distribution {
    /// PERT: the beta on `low`…`high` whose mean is (low + 4·mode + high)/6.
    ///
    /// Source: Malcolm, Roseboom, Clark and Fazar (1959), "Application of a technique for research and development program
    /// evaluation"; shapes as in Vose (2008), "Risk Analysis", 3rd ed.
    pub fn pert(low: f64, mode: f64, high: f64) -> Self {
        let share = (mode - low) / (high - low);
        Distribution::Beta { a: 1.0 + 4.0 * share, b: 1.0 + 4.0 * (1.0 - share), low, high }
    }

    /// The lognormal of this mean and standard deviation, both above 0.
    pub fn log_normal(mean: f64, sd: f64) -> Self {
        let variance = (sd / mean).powi(2).ln_1p();
        Distribution::LogNormal { location: mean.ln() - variance / 2.0, scale: variance.sqrt() }
    }

    /// This distribution given that it lies from `lower` to `upper`; `None` if it practically never does.
    pub fn truncated(self, lower: f64, upper: f64) -> Option<Self> {
        let is_normal = matches!(self, Distribution::Normal { .. });
        // the quantiles of a truncated normal are accurate however far out it is cut
        let possible =
            lower < upper && (is_normal || self.probability_to(upper) - self.probability_below(lower) > 1e-9);
        possible.then(|| Distribution::Truncated { of: Box::new(self), lower, upper })
    }

    /// The value below which a share `u` of the distribution lies, 0 < u < 1.
    pub fn quantile(&self, u: f64) -> f64 {
        let between = |low: f64, high: f64, share: f64| low + (high - low) * share;
        match *self {
            Distribution::Normal { mean, sd } => normal(mean, sd).inverse_cdf(u),
            Distribution::LogNormal { location, scale } => normal(location, scale).inverse_cdf(u).exp(),
            Distribution::Uniform { low, high } => between(low, high, u),
            Distribution::LogUniform { low, high } => between(low.ln(), high.ln(), u).exp().clamp(low, high),
            Distribution::Triangular { low, mode, high } => triangular(low, mode, high).inverse_cdf(u).clamp(low, high),
            Distribution::Beta { a, b, low, high } => between(low, high, beta(a, b, u)),
            Distribution::Metalog(ref metalog) => metalog.quantile(u),
            Distribution::Discrete(ref discrete) => discrete.quantile(u),
            Distribution::Empirical(ref empirical) => empirical.quantile(u),
            Distribution::Truncated { ref of, lower, upper } => match **of {
                Distribution::Normal { mean, sd } => truncated_normal(mean, sd, (lower, upper), u),
                ref of => {
                    let (below, to) = (of.probability_below(lower), of.probability_to(upper));
                    of.quantile(between(below, to, u).clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON)).clamp(lower, upper)
                }
            },
        }
    }

    /// The median.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The low and the high value, with [`USUAL_SHARES`] of the distribution below them.
    pub fn usual_range(&self) -> [f64; 2] {
        USUAL_SHARES.map(|share| self.quantile(share))
    }

    /// The probability of a value of at most `x`.
    pub fn probability_to(&self, x: f64) -> f64 {
        match *self {
            Distribution::Normal { mean, sd } => normal(mean, sd).cdf(x),
            Distribution::LogNormal { location, scale } => {
                LogNormal::new(location, scale).map_or(0.0, |law| law.cdf(x.max(0.0)))
            }
            Distribution::Uniform { low, high } => ((x - low) / (high - low)).clamp(0.0, 1.0),
            Distribution::LogUniform { low, high } => {
                let x = x.clamp(low, high);
                (x.ln() - low.ln()) / (high.ln() - low.ln())
            }
            Distribution::Triangular { low, mode, high } => triangular(low, mode, high).cdf(x),
            Distribution::Beta { a, b, low, high } => beta_reg(a, b, ((x - low) / (high - low)).clamp(0.0, 1.0)),
            Distribution::Metalog(ref metalog) => metalog.probability_to(x),
            Distribution::Discrete(ref discrete) => discrete.probability(|value| value <= x),
            Distribution::Empirical(ref empirical) => empirical.probability_to(x),
            Distribution::Truncated { ref of, lower, upper } => {
                let (below, to) = (of.probability_below(lower), of.probability_to(upper));
                ((of.probability_to(x) - below) / (to - below)).clamp(0.0, 1.0)
            }
        }
    }

    /// The probability of a value below `x`, which differs from [`Distribution::probability_to`] where values have
    /// probabilities of their own.
    fn probability_below(&self, x: f64) -> f64 {
        match self {
            Distribution::Discrete(discrete) => discrete.probability(|value| value < x),
            of => of.probability_to(x),
        }
    }
}

fn normal(mean: f64, sd: f64) -> Normal {
    Normal::new(mean, sd).expect("checked when it was made")
}

fn triangular(low: f64, mode: f64, high: f64) -> Triangular {
    Triangular::new(low, high, mode).expect("checked when it was made")
}

impl Discrete {
    /// Values with their weights, which are above 0 and need not sum to 1. There is at least one, and as many of both.
    pub fn new(values: &[f64], weights: &[f64]) -> Self {
        let mut both: Vec<(f64, f64)> = values.iter().copied().zip(weights.iter().copied()).collect();
        // in order, so that the quantile function rises
        both.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let total: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let mut cumulative: Vec<f64> = both.iter().map(|(_, weight)| (sum += weight, sum / total).1).collect();
        if let Some(last) = cumulative.last_mut() {
            *last = 1.0;
        }
        Discrete { values: both.into_iter().map(|(value, _)| value).collect(), cumulative }
    }

    fn quantile(&self, u: f64) -> f64 {
        let place = self.cumulative.partition_point(|&to| to <= u);
        self.values[place.min(self.values.len() - 1)]
    }

    fn probability(&self, counts: impl Fn(f64) -> bool) -> f64 {
        let place = self.values.partition_point(|&value| counts(value));
        place.checked_sub(1).map_or(0.0, |last| self.cumulative[last])
    }
}

impl Empirical {
    /// A sample of at least one value.
    pub fn new(values: &[f64]) -> Self {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        Empirical { values }
    }

    /// Straight lines between the shares (k − ½)/n of the k-th of n values, flat beyond them.
    ///
    /// Source: Hyndman and Fan (1996), "Sample quantiles in statistical packages", definition 5 (Hazen).
    fn quantile(&self, u: f64) -> f64 {
        let last = self.values.len() - 1;
        let place = (u * self.values.len() as f64 - 0.5).clamp(0.0, last as f64);
        let (low, share) = (place.floor() as usize, place.fract());
        self.values[low] + share * (self.values[(low + 1).min(last)] - self.values[low])
    }

    fn probability_to(&self, x: f64) -> f64 {
        let count = self.values.len() as f64;
        let above = self.values.partition_point(|&value| value <= x);
        let (Some(below), Some(&next)) = (above.checked_sub(1), self.values.get(above)) else {
            return if above == 0 { 0.0 } else { 1.0 };
        };
        let from = self.values[below];
        (below as f64 + 0.5 + (x - from) / (next - from)) / count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distributions of every kind with continuous distribution functions.
    fn continuous() -> Vec<Distribution> {
        let quantiles = [(0.1, 0.2), (0.5, 0.28), (0.9, 0.4)];
        vec![
            Distribution::Normal { mean: 3.0, sd: 2.0 },
            Distribution::log_normal(5.0, 3.0),
            Distribution::Uniform { low: -1.0, high: 4.0 },
            Distribution::LogUniform { low: 0.5, high: 8.0 },
            Distribution::Triangular { low: 0.0, mode: 1.0, high: 4.0 },
            Distribution::pert(1.0, 2.0, 7.0),
            Distribution::Metalog(Metalog::new(&quantiles).unwrap()),
            Distribution::Metalog(Metalog::new(&quantiles).unwrap()).truncated(0.1, 0.5).unwrap(),
            Distribution::Empirical(Empirical::new(&[3.0, 1.0, 2.0, 7.0, 4.0])),
            Distribution::Normal { mean: 0.0, sd: 1.0 }.truncated(0.5, 2.0).unwrap(),
            Distribution::log_normal(5.0, 3.0).truncated(2.0, f64::INFINITY).unwrap(),
        ]
    }

    #[test]
    fn quantiles_invert_distribution_functions() {
        for distribution in continuous() {
            for u in [0.13, 0.5, 0.77, 0.88] {
                let found = distribution.probability_to(distribution.quantile(u));
                assert!((found - u).abs() < 1e-7, "{distribution:?}: {found} at {u}");
            }
        }
    }

    #[test]
    fn moments_are_those_that_were_asked_for() {
        let mean = |distribution: &Distribution, power: i32| {
            let count = 200_000;
            let at = |i: usize| distribution.quantile((i as f64 + 0.5) / count as f64).powi(power);
            (0..count).map(at).sum::<f64>() / count as f64
        };
        let log_normal = Distribution::log_normal(5.0, 3.0);
        // the midpoint rule leaves some of the far tail out
        assert!((mean(&log_normal, 1) - 5.0).abs() < 1e-3);
        assert!((mean(&log_normal, 2) - 34.0).abs() < 0.05);
        assert!((mean(&Distribution::pert(1.0, 2.0, 7.0), 1) - 16.0 / 6.0).abs() < 1e-6);
    }

    #[test]
    fn discrete_values_have_their_weights() {
        let discrete = Distribution::Discrete(Discrete::new(&[5.0, 1.0, 3.0], &[1.0, 2.0, 1.0]));
        let found: Vec<f64> = [0.01, 0.49, 0.51, 0.74, 0.76, 0.99].map(|u| discrete.quantile(u)).to_vec();
        assert_eq!(found, [1.0, 1.0, 3.0, 3.0, 5.0, 5.0]);
        assert_eq!([0.0, 1.0, 4.0, 5.0].map(|x| discrete.probability_to(x)), [0.0, 0.5, 0.75, 1.0]);
        // both ends are possible
        let cut = discrete.truncated(1.0, 3.0).unwrap();
        assert_eq!([0.1, 0.6, 0.7, 0.9].map(|u| cut.quantile(u)), [1.0, 1.0, 3.0, 3.0]);
    }

    #[test]
    fn samples_are_interpolated_as_numpy_does() {
        // numpy.quantile([3, 1, 2, 7, 4], u, method="hazen")
        let sample = Empirical::new(&[3.0, 1.0, 2.0, 7.0, 4.0]);
        assert_eq!([0.05, 0.3, 0.5, 0.8, 0.99].map(|u| sample.quantile(u)), [1.0, 2.0, 3.0, 5.5, 7.0]);
    }

    #[test]
    fn what_cannot_be_is_not_cut_out() {
        assert_eq!(Distribution::Uniform { low: 0.0, high: 1.0 }.truncated(2.0, 3.0), None);
        assert_eq!(Distribution::Normal { mean: 0.0, sd: 1.0 }.truncated(3.0, 2.0), None);
        let far = Distribution::Normal { mean: 0.0, sd: 1.0 }.truncated(40.0, 41.0).unwrap();
        assert!((40.0..40.1).contains(&far.quantile(0.5)));
    }
}
