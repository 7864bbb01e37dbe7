//! Parameters of a reverting process that agree with an estimate: the parametric bootstrap, solved for the parameters.
//!
//! Every draw is a sequence of shocks, for which the speed of reversion is found at which the history made of these shocks would have
//! had the estimate at hand. Level and volatility follow, since estimates move with the latent value's place and scale. As the
//! quantiles of these draws are those of tests of each speed by its own bootstrap, they are the grid bootstrap of Hansen (1999), "The
//! grid bootstrap and the autoregressive model"; together they are draws of a fiducial distribution (Hannig, Iyer, Lai and Lee 2016,
//! "Generalized fiducial inference"). A bootstrap at one estimate would be centred on a biased value and too narrow near 0.

use super::super::draws::{Purpose, Stream};
use super::super::estimate::reverting::{Profile, Search, Weights};
use super::super::estimate::series::Series;

/// Speeds of reversion on the grid.
const GRID: usize = 96;
/// Stationary standard deviations from the level beyond which a history starts far from it, and no longer by chance.
const FAR: f64 = 3.0;
/// The lowest speed at which the correction is computed, in units of 1/T: below, most estimates are raised to the floor, and what would
/// make up for that grows without limit.
const LEAST_PILOT: f64 = 3.0;
/// Step of the score's difference, relative.
const DIFFERENCE: f64 = 1e-4;

/// Draws of level (latent), reversion and volatility.
pub struct Reverting<'a> {
    series: &'a Series,
    grid: Vec<Node>,
    /// Around the estimate, for the score.
    around: [Weights; 2],
    at: Weights,
    observed: Observed,
}

/// A speed of reversion on the grid.
struct Node {
    weights: Weights,
    /// The standard deviation of each step.
    roots: Vec<f64>,
    /// Mean and standard deviation of the first latent value's distance from the level, in volatilities.
    start: (f64, f64),
}

/// The estimates of the history.
struct Observed {
    score: f64,
    level: f64,
    deviation: f64,
}

/// A synthetic history at a speed of reversion.
struct Trial {
    excess: f64,
    level: f64,
    deviation: f64,
}

impl<'a> Reverting<'a> {
    /// Prepares draws around the estimate `found` of a history, with speeds of reversion from `floor` on.
    pub fn new(series: &'a Series, search: &Search, found: &Profile, floor: f64) -> Self {
        let steps = series.steps();
        let highest = 2.0 * search.highest();
        let node = |at: usize| {
            let share = at as f64 / (GRID - 1) as f64;
            let weights = Weights::new(series, floor * libm::exp(share * libm::log(highest / floor)));
            let profile = weights.profile(&series.x);
            let start = start_of(&profile, steps);
            let roots = weights.variance.iter().map(|variance| variance.sqrt()).collect();
            Node { weights, roots, start }
        };
        let h = DIFFERENCE * found.reversion.abs().max(LEAST_PILOT / series.span());
        let around = [found.reversion - h, found.reversion + h].map(|speed| Weights::new(series, speed));
        let at = Weights::new(series, found.reversion.max(floor));
        let profile = at.profile(&series.x);
        let score = score(&around, &series.x);
        let observed = Observed { score, level: profile.level(), deviation: profile.variance.sqrt() };
        Reverting { series, grid: (0..GRID).map(node).collect(), around, at, observed }
    }

    /// Draw number `index` of a seed: latent level, reversion, volatility; and whether not even the lowest speed of reversion is low
    /// enough for the estimate.
    pub fn draw(&self, seed: u64, index: u64) -> ([f64; 3], bool) {
        let mut stream = Stream::new(seed, Purpose::Bootstrap, index);
        let shocks: Vec<f64> = (0..=self.series.steps()).map(|_| stream.normal()).collect();
        let mut path = vec![0.0; shocks.len()];
        let (mut low, mut high) = (0, GRID - 1);
        let mut below = self.trial(low, &shocks, &mut path);
        if below.excess >= 0.0 {
            // any speed down to none would do; they differ in nothing that the history tells
            let reversion = self.grid[low].weights.reversion * stream.uniform();
            return (self.solved(reversion, below.level, below.deviation), true);
        }
        let mut above = self.trial(high, &shocks, &mut path);
        if above.excess < 0.0 {
            return (self.solved(self.grid[high].weights.reversion, above.level, above.deviation), false);
        }
        while high - low > 1 {
            let middle = usize::midpoint(low, high);
            let trial = self.trial(middle, &shocks, &mut path);
            if trial.excess >= 0.0 {
                (high, above) = (middle, trial);
            } else {
                (low, below) = (middle, trial);
            }
        }
        let share = -below.excess / (above.excess - below.excess);
        let between = |a: f64, b: f64| a + (b - a) * share;
        let reversion = between(self.grid[low].weights.reversion, self.grid[high].weights.reversion);
        let level = between(below.level, above.level);
        (self.solved(reversion, level, between(below.deviation, above.deviation)), false)
    }

    /// Parameters under which a history of the observed estimates has the given ones at a level of 0 and a volatility of 1.
    fn solved(&self, reversion: f64, level: f64, deviation: f64) -> [f64; 3] {
        let volatility = self.observed.deviation / deviation;
        [self.observed.level - volatility * level, reversion, volatility]
    }

    fn trial(&self, node: usize, shocks: &[f64], path: &mut [f64]) -> Trial {
        let node = &self.grid[node];
        path[0] = node.start.0 + node.start.1 * shocks[0];
        for (at, shock) in shocks[1..].iter().enumerate() {
            path[at + 1] = node.weights.decay[at] * path[at] + node.roots[at] * shock;
        }
        let profile = self.at.profile(path);
        let excess = score(&self.around, path) - self.observed.score;
        Trial { excess, level: profile.level(), deviation: profile.variance.sqrt() }
    }
}

/// The derivative of the profile likelihood by the speed of reversion.
fn score([below, above]: &[Weights; 2], x: &[f64]) -> f64 {
    let rise = above.profile(x).log_likelihood - below.profile(x).log_likelihood;
    rise / (above.reversion - below.reversion)
}

/// An estimate of the speed of reversion that is corrected for its bias, at least `floor`.
///
/// Short histories seem to revert faster than the process does, by about 4/T with a known start (Tang and Chen 2009, "Parameter
/// estimation and bias correction for diffusion processes"; Yu 2012, "Bias in the estimation of the mean reversion parameter in
/// continuous time models") and 5/T with an unknown level. The bootstrap of Tang and Chen subtracts the mean bias at the estimate. As
/// what is below the floor is raised to it, which is a bias again, a second bootstrap at the first result finds what must be
/// subtracted for the mean of the estimates, raised ones included, to be right.
pub fn corrected(series: &Series, search: &Search, found: &Profile, floor: f64, count: usize, seed: u64) -> f64 {
    let first = found.reversion.max(floor);
    let estimates = synthetic(series, search, first, count, seed);
    let bias = estimates.iter().sum::<f64>() / count as f64 - first;
    let second = (found.reversion - bias).max(LEAST_PILOT / series.span());
    let estimates = synthetic(series, search, second, count, seed);
    let scale = 1.0 / series.span();
    raised(found.reversion - excess(&estimates, second, floor, scale), floor, scale)
}

/// What must be subtracted from estimates, raised to the floor afterwards, for their mean to be `truth`.
fn excess(estimates: &[f64], truth: f64, floor: f64, scale: f64) -> f64 {
    let mean =
        |less: f64| estimates.iter().map(|of| raised(of - less, floor, scale)).sum::<f64>() / estimates.len() as f64;
    let most = estimates.iter().copied().fold(f64::MIN, f64::max);
    let (mut low, mut high) = (-most.abs() - truth, most + 10.0 * scale);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if mean(middle) > truth { low = middle } else { high = middle }
    }
    low
}

/// A speed that is kept above the floor: it bends smoothly over about `scale`, so that close estimates stay close.
fn raised(speed: f64, floor: f64, scale: f64) -> f64 {
    let above = (speed - floor) / scale;
    floor + scale * (above.max(0.0) + libm::log1p(libm::exp(-above.abs())))
}

/// Estimates from synthetic histories of a speed of reversion.
fn synthetic(series: &Series, search: &Search, truth: f64, count: usize, seed: u64) -> Vec<f64> {
    let weights = Weights::new(series, truth);
    let profile = weights.profile(&series.x);
    let distance = (profile.first - profile.level()) / profile.volatility(series.steps(), 1);
    let stationary = 1.0 / (2.0 * truth).sqrt();
    let start = if is_far(distance, truth) { (distance, 0.0) } else { (0.0, stationary) };
    let roots: Vec<f64> = weights.variance.iter().map(|variance| variance.sqrt()).collect();
    let mut path = vec![0.0; series.x.len()];
    let one = |index: usize| {
        let mut stream = Stream::new(seed, Purpose::Bias, index as u64);
        path[0] = start.0 + start.1 * stream.normal();
        for (at, root) in roots.iter().enumerate() {
            path[at + 1] = weights.decay[at] * path[at] + root * stream.normal();
        }
        search.maximum(&path).reversion
    };
    (0..count).map(one).collect()
}

/// Mean and standard deviation of the first value's distance from the level, in volatilities.
///
/// The distance at which the likelihood is highest is too large, as it follows the noise. What the steps tell of it is put together
/// with the stationary distribution of the first value, unless that lies so far out that the history must have begun elsewhere.
fn start_of(profile: &Profile, steps: usize) -> (f64, f64) {
    let distance = (profile.first - profile.level()) / profile.volatility(steps, 1);
    let known = profile.information * profile.reversion * profile.reversion;
    let prior = if is_far(distance, profile.reversion) { 0.0 } else { 2.0 * profile.reversion };
    (distance * known / (known + prior), 1.0 / (known + prior).sqrt())
}

/// Whether a distance from the level, in volatilities, is too large for chance.
fn is_far(distance: f64, reversion: f64) -> bool {
    distance.abs() * (2.0 * reversion).sqrt() > FAR
}
