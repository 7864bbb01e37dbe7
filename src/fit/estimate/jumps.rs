//! The likelihood of a process with jumps: a mixture over the number of jumps in each step (Merton 1976, "Option pricing when
//! underlying stock returns are discontinuous"), as in the engine, where all jumps of a step happen at its end.
//!
//! A mixture of normals has no maximum of its likelihood: it grows without limit as the volatility falls to 0 with one observation at
//! the centre (Kiefer 1978; Honoré 1998, "Pitfalls in estimating jump-diffusion models"). Weak prior distributions keep the estimates
//! apart from that, as in Hamilton (1991), "A quasi-Bayesian approach to estimating parameters for mixtures of normal distributions".

use super::super::distribution::normal_share;
use super::super::model::{Law, Model, Process};
use super::diffusion::Moments;
use super::reverting::Search;
use super::series::Series;
use super::simplex;

/// The most jumps of a step, beyond those that have a share of 10⁻⁹.
const MOST_JUMPS: usize = 150;
const RARE: f64 = 1e-9;
/// The size of a usual jump, in volatilities of a year.
const USUAL_JUMP: f64 = 0.3;
/// How much of the spread is the diffusion's, in its logarithm: mean and standard deviation.
const DIFFUSION: (f64, f64) = (-0.15, 0.3);
/// Standard deviations of the logarithms of intensity, around once a year, and size.
const INTENSITY: f64 = 1.0;
const SIZE: f64 = 0.7;
/// The largest intensity and speed of reversion that a scenario takes.
const MOST_INTENSITY: f64 = 50.0;
const MOST_REVERSION: f64 = 1e3;
/// The tolerance of the maximum, in units of the log-likelihood.
const TOLERANCE: f64 = 1e-7;

/// A history with the scale of its moves, of which the likelihood of parameters is asked.
///
/// Parameters are *coordinates* here: the drift of the latent value with its jumps, or the mean it reverts to with them; ln
/// reversion, if it reverts; ln volatility; ln intensity; the mean jump; ln sd.
#[derive(Debug, Clone)]
pub struct Mixture<'a> {
    model: Model,
    series: &'a Series,
    /// The volatility of a fit without jumps.
    scale: f64,
    /// The lowest speed of reversion.
    floor: f64,
    start: Vec<f64>,
}

impl<'a> Mixture<'a> {
    /// Prepares the likelihood of a model with jumps.
    pub fn new(model: Model, series: &'a Series) -> Self {
        let (first, scale) = match model.process {
            Process::Gbm => {
                let found = Moments::new(&series.x, &series.years);
                (vec![found.trend], found.volatility(series.steps()))
            }
            _ => {
                let search = Search::new(series);
                let found = search.maximum(&series.x);
                let reversion = found.reversion.clamp(0.5 / series.span(), search.highest() / 2.0);
                let mean = series.x.iter().sum::<f64>() / series.x.len() as f64;
                (vec![mean, libm::log(reversion)], found.volatility(series.steps(), 1))
            }
        };
        let mut start = first;
        start.extend([libm::log(0.85 * scale), 0.0, 0.0, libm::log(USUAL_JUMP * scale)]);
        Mixture { model, series, scale, floor: series.slowest(), start }
    }

    /// Parameters in the order of the model's keys.
    pub fn parameters(&self, coordinates: &[f64]) -> Vec<f64> {
        let law = self.law(coordinates);
        let jumps = [law.intensity, law.mean, law.sd];
        let others = match self.model.process {
            Process::Gbm => {
                let compensator = law.intensity * libm::expm1(law.mean + law.sd * law.sd / 2.0);
                vec![law.trend + law.volatility * law.volatility / 2.0 + compensator, law.volatility]
            }
            _ => vec![self.model.value(law.level), law.reversion, law.volatility],
        };
        [others.as_slice(), &jumps].concat()
    }

    /// The law of coordinates.
    pub fn law(&self, coordinates: &[f64]) -> Law {
        let reverts = self.model.process != Process::Gbm;
        let first = usize::from(reverts);
        let reversion = if reverts { libm::exp(coordinates[1]) } else { 0.0 };
        let volatility = libm::exp(coordinates[first + 1]);
        let intensity = libm::exp(coordinates[first + 2]);
        let (mean, sd) = (coordinates[first + 3], libm::exp(coordinates[first + 4]));
        let (level, trend) = match reverts {
            true => (coordinates[0] - intensity * mean / reversion, 0.0),
            false => (0.0, coordinates[0] - intensity * mean),
        };
        Law { level, reversion, volatility, trend, intensity, mean, sd }
    }

    /// The logarithm of the likelihood of the latent values, given the first.
    pub fn log_likelihood(&self, coordinates: &[f64]) -> f64 {
        let law = self.law(coordinates);
        let components: Vec<Components> =
            self.series.lengths.iter().map(|&years| Components::new(&law, years)).collect();
        let pairs = self.series.x.windows(2).zip(&self.series.kinds);
        pairs.map(|(pair, &kind)| components[kind].log_density(pair[0], pair[1])).sum()
    }

    /// The same with the logarithm of the prior density of the coordinates, up to a constant.
    ///
    /// The priors are normal: of ln(volatility) around 0.15 below that of a fit without jumps, of ln(intensity) around once a year, of
    /// ln(sd) and the mean jump around 0.3 and 0 of that volatility. That of a reversion κ is 1/√κ from the floor on, which
    /// counteracts the excess of its estimates; the first value has the stationary variance.
    pub fn log_posterior(&self, coordinates: &[f64]) -> f64 {
        let law = self.law(coordinates);
        let reverts = self.model.process != Process::Gbm;
        if law.intensity > MOST_INTENSITY || (reverts && !(self.floor..MOST_REVERSION).contains(&law.reversion)) {
            return f64::NEG_INFINITY;
        }
        let square = |x: f64| -x * x / 2.0;
        let usual = USUAL_JUMP * self.scale;
        let mut prior = square((libm::log(law.volatility / self.scale) - DIFFUSION.0) / DIFFUSION.1)
            + square(libm::log(law.intensity) / INTENSITY)
            + square(law.mean / (2.0 * usual))
            + square(libm::log(law.sd / usual) / SIZE);
        if reverts {
            let variance = law.volatility * law.volatility + law.intensity * (law.mean * law.mean + law.sd * law.sd);
            let distance = self.series.x[0] - coordinates[0];
            let stationary = variance / (2.0 * law.reversion);
            // the 1/√κ of κ is √κ of its logarithm, and the density of the first value is divided by √(1/κ)
            prior += coordinates[1] - libm::log(variance) / 2.0 - distance * distance / (2.0 * stationary);
        }
        self.log_likelihood(coordinates) + prior
    }

    /// The coordinates at which the posterior density is highest, from starts with falls, none and rises.
    pub fn best(&self) -> Vec<f64> {
        let place = self.start.len() - 2;
        let steps: Vec<f64> = (0..self.start.len()).map(|at| self.first_step(at)).collect();
        let from = |direction: f64| {
            let mut start = self.start.clone();
            start[place] = direction * USUAL_JUMP * self.scale;
            simplex::maximum(|point| self.log_posterior(point), &start, &steps, TOLERANCE)
        };
        let found = [-1.0, 0.0, 1.0].map(from);
        found.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or_else(|| self.start.clone(), |best| best.0)
    }

    /// A step along a coordinate that makes a difference.
    pub fn first_step(&self, coordinate: usize) -> f64 {
        match coordinate {
            0 => self.scale / self.series.span().sqrt(),
            at if at == self.start.len() - 2 => USUAL_JUMP * self.scale / 2.0,
            _ => 0.3,
        }
    }
}

/// The normal components of a step of one length, by the number of jumps.
pub struct Components {
    centre: f64,
    decay: f64,
    each: Vec<Component>,
}

/// A component: the logarithms of its share and of its density's height, the shift of its mean, its variance.
struct Component {
    log_share: f64,
    log_height: f64,
    shift: f64,
    variance: f64,
}

impl Components {
    /// The components of a step of `years`.
    pub fn new(law: &Law, years: f64) -> Self {
        let step = law.step(years);
        let expected = law.intensity * years;
        let (mut share, mut rest) = (libm::exp(-expected), 1.0);
        let mut each = Vec::new();
        for count in 0..MOST_JUMPS {
            let jumps = count as f64;
            let variance = step.variance + jumps * law.sd * law.sd;
            let log_share = libm::log(share);
            let log_height = log_share - libm::log(std::f64::consts::TAU * variance) / 2.0;
            each.push(Component { log_share, log_height, shift: jumps * law.mean, variance });
            rest -= share;
            if rest < RARE && jumps > expected {
                break;
            }
            share *= expected / (jumps + 1.0);
        }
        Components { centre: step.centre, decay: step.decay, each }
    }

    fn log_density(&self, from: f64, to: f64) -> f64 {
        let rest = to - self.centre - self.decay * from;
        let exponent = |of: &Component| of.log_height - (rest - of.shift) * (rest - of.shift) / (2.0 * of.variance);
        let most = self.each.iter().map(exponent).fold(f64::MIN, f64::max);
        let sum: f64 = self.each.iter().map(|of| libm::exp(exponent(of) - most)).sum();
        most + libm::log(sum)
    }

    /// The share of steps from `from` that end below `to`.
    pub fn share_below(&self, from: f64, to: f64) -> f64 {
        let rest = to - self.centre - self.decay * from;
        let below = |of: &Component| libm::exp(of.log_share) * normal_share((rest - of.shift) / of.variance.sqrt());
        self.each.iter().map(below).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_coordinates_are_of_the_same_law() {
        let series = Series::new((0..36).map(|k| 0.1 * f64::from(k * k % 7)).collect(), vec![1.0 / 12.0; 35]);
        for (model, coordinates) in [
            (Model::gbm(true), &[-0.2, -1.3, 0.3, -0.2, -2.0][..]),
            (Model::ou(true), &[0.7, 0.4, -1.3, 0.3, -0.2, -2.0]),
        ] {
            let mixture = Mixture::new(model, &series);
            let (a, b) = (mixture.law(coordinates), model.law(&mixture.parameters(coordinates)));
            let each = |law: Law| [law.trend, law.reversion, law.volatility, law.intensity, law.mean, law.sd];
            assert!(each(a).iter().zip(each(b)).all(|(x, y)| (x - y).abs() < 1e-12), "{a:?} {b:?}");
            assert!(model.process == Process::Gbm || (a.level - b.level).abs() < 1e-12);
        }
    }

    #[test]
    fn a_density_is_the_slope_of_its_distribution_function() {
        let law = Model::gbm(true).law(&[-0.1, 0.28, 3.0, -0.25, 0.08]);
        let components = Components::new(&law, 0.25);
        for to in [-0.9, -0.4, 0.0, 0.3] {
            let slope = (components.share_below(0.1, to + 1e-5) - components.share_below(0.1, to - 1e-5)) / 2e-5;
            assert!((slope / libm::exp(components.log_density(0.1, to)) - 1.0).abs() < 1e-6, "{to}");
        }
        assert!((components.share_below(0.1, 9.0) - 1.0).abs() < 1e-8);
    }
}
