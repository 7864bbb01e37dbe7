//! Maximum likelihood of an Ornstein–Uhlenbeck process, of which level and volatility are profiled out.
//!
//! For a speed of reversion κ the exact transition is a regression without an intercept: with b = 1 − e^{−κΔ}, v = (1 − e^{−2κΔ})/2κ
//! and y the latent value less the first one, y′ − (1 − b)·y = β·b/κ + σ√v·Z, where β = κ·(level − first value). In this form the
//! likelihood runs smoothly through κ = 0, a Brownian motion of drift β, to processes that explode.

use super::series::Series;

/// The speeds of reversion that are searched: e^{−κΔ} of a typical step is at least 0.02.
const MOST_DECAY: f64 = 4.0;
/// The lowest speed, in units of 1/T, for a history of T years.
const LOWEST: f64 = -4.0;
/// Speeds at which the search begins.
const COARSE: usize = 20;
/// Relative width at which the search ends.
const TOLERANCE: f64 = 1e-5;
/// The golden section.
const GOLDEN: f64 = 0.381_966_011_250_105_1;

/// What the steps of a history come to at one speed of reversion.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// The speed of reversion.
    pub reversion: f64,
    /// e^{−κΔ} of each step.
    pub decay: Vec<f64>,
    /// (1 − e^{−κΔ})/κ of each step.
    pub gain: Vec<f64>,
    /// The variance of each step at a volatility of 1.
    pub variance: Vec<f64>,
    log_variances: f64,
}

impl Weights {
    /// The weights of the steps at a speed of reversion, which may be 0 or negative.
    pub fn new(series: &Series, reversion: f64) -> Self {
        let of_length = |&years: &f64| {
            let gone = -libm::expm1(-reversion * years);
            let gain = if (reversion * years).abs() < 1e-9 { years } else { gone / reversion };
            let variance = gain * (2.0 - gone) / 2.0;
            (1.0 - gone, gain, variance, libm::log(variance))
        };
        let known: Vec<_> = series.lengths.iter().map(of_length).collect();
        Weights {
            reversion,
            decay: series.kinds.iter().map(|&kind| known[kind].0).collect(),
            gain: series.kinds.iter().map(|&kind| known[kind].1).collect(),
            variance: series.kinds.iter().map(|&kind| known[kind].2).collect(),
            log_variances: series.kinds.iter().map(|&kind| known[kind].3).sum(),
        }
    }

    /// The best fit at this speed of reversion.
    pub fn profile(&self, x: &[f64]) -> Profile {
        let first = x[0];
        let (mut cross, mut square, mut total) = (0.0, 0.0, 0.0);
        for (at, pair) in x.windows(2).enumerate() {
            let y = (pair[1] - first) - self.decay[at] * (pair[0] - first);
            let weighted = self.gain[at] / self.variance[at];
            cross += weighted * y;
            square += weighted * self.gain[at];
            total += y * y / self.variance[at];
        }
        let slope = cross / square;
        let steps = self.decay.len() as f64;
        let variance = ((total - slope * cross) / steps).max(f64::MIN_POSITIVE);
        let log_likelihood = -0.5 * (steps * (libm::log(std::f64::consts::TAU * variance) + 1.0) + self.log_variances);
        Profile { reversion: self.reversion, first, slope, variance, log_likelihood, information: square }
    }
}

/// The best fit at one speed of reversion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    /// The speed of reversion κ.
    pub reversion: f64,
    /// The first latent value.
    pub first: f64,
    /// κ·(level − first value).
    pub slope: f64,
    /// The volatility's square, by maximum likelihood.
    pub variance: f64,
    /// The logarithm of the likelihood of the latent values, given the first.
    pub log_likelihood: f64,
    /// What the square of the volatility is divided by in the variance of `slope`.
    pub information: f64,
}

impl Profile {
    /// The level; only where the speed of reversion is not 0.
    pub fn level(&self) -> f64 {
        self.first + self.slope / self.reversion
    }

    /// The volatility with as many degrees of freedom as steps less the `fitted` coefficients of their regression.
    pub fn volatility(&self, steps: usize, fitted: usize) -> f64 {
        (self.variance * steps as f64 / (steps - fitted) as f64).sqrt()
    }
}

/// Speeds of reversion with their weights, for many series of the same steps.
#[derive(Debug, Clone)]
pub struct Search<'a> {
    series: &'a Series,
    coarse: Vec<Weights>,
}

impl<'a> Search<'a> {
    /// A search over the speeds that the steps of a history can tell apart.
    pub fn new(series: &'a Series) -> Self {
        let (low, high) = (LOWEST / series.span(), MOST_DECAY / series.typical_step());
        let point = |at: usize| {
            // even in the square root, since likelihoods are narrower at low speeds
            let share = at as f64 / (COARSE - 1) as f64;
            low + (high - low) * share * share
        };
        let coarse = (0..COARSE).map(|at| Weights::new(series, point(at))).collect();
        Search { series, coarse }
    }

    /// The highest speed that is searched.
    pub fn highest(&self) -> f64 {
        self.coarse[COARSE - 1].reversion
    }

    /// The maximum of the likelihood: the best of the coarse points, improved between its neighbours by golden sections.
    pub fn maximum(&self, x: &[f64]) -> Profile {
        let found: Vec<Profile> = self.coarse.iter().map(|weights| weights.profile(x)).collect();
        let better = |a: usize, b: usize| if found[b].log_likelihood > found[a].log_likelihood { b } else { a };
        let best = (1..COARSE).fold(0, better);
        let (mut low, mut high) =
            (found[best.saturating_sub(1)].reversion, found[(best + 1).min(COARSE - 1)].reversion);
        let at = |reversion| Weights::new(self.series, reversion).profile(x);
        let (mut left, mut right) = (at(low + GOLDEN * (high - low)), at(high - GOLDEN * (high - low)));
        while high - low > TOLERANCE * (1.0 + high.abs()) {
            if left.log_likelihood >= right.log_likelihood {
                (high, right) = (right.reversion, left);
                left = at(low + GOLDEN * (high - low));
            } else {
                (low, left) = (left.reversion, right);
                right = at(high - GOLDEN * (high - low));
            }
        }
        let best_of = |a: Profile, b: Profile| if b.log_likelihood > a.log_likelihood { b } else { a };
        best_of(best_of(left, right), found[best])
    }
}
