//! The processes that a history is fitted to, with their parameters as a scenario has them.
//!
//! All of them are a Gaussian process, with or without jumps, of a *latent* value: the logarithm of the price, or its logit between
//! two bounds. Steps are those of the scenario's engine, exact at any length.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::draws::Stream;

/// The kind of process, by its name in a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Process {
    /// Geometric Brownian motion.
    Gbm,
    /// An Ornstein–Uhlenbeck process of the logarithm.
    Ou,
    /// An Ornstein–Uhlenbeck process of the logit between two bounds.
    LogitOu,
}

impl Process {
    /// Its name in a scenario.
    pub fn name(self) -> &'static str {
        match self {
            Process::Gbm => "gbm",
            Process::Ou => "ou",
            Process::LogitOu => "logit_ou",
        }
    }
}

/// A process with or without jumps, and the bounds of its values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Model {
    /// The kind of process.
    pub process: Process,
    /// Whether the latent value jumps; never for a `logit_ou`.
    pub jumps: bool,
    /// The bound that values stay above: 0 but for a `logit_ou`.
    pub lower: f64,
    /// The bound that values stay below: infinite but for a `logit_ou`.
    pub upper: f64,
}

impl Model {
    /// A geometric Brownian motion.
    pub fn gbm(jumps: bool) -> Self {
        Model { process: Process::Gbm, jumps, lower: 0.0, upper: f64::INFINITY }
    }

    /// An Ornstein–Uhlenbeck process of the logarithm.
    pub fn ou(jumps: bool) -> Self {
        Model { process: Process::Ou, jumps, lower: 0.0, upper: f64::INFINITY }
    }

    /// An Ornstein–Uhlenbeck process of the logit between two bounds.
    pub fn logit_ou(lower: f64, upper: f64) -> Self {
        Model { process: Process::LogitOu, jumps: false, lower, upper }
    }

    /// Its name in words: `gbm with jumps`.
    pub fn name(&self) -> String {
        format!("{}{}", self.process.name(), if self.jumps { " with jumps" } else { "" })
    }

    /// The parameters that are estimated, as keys of a `[[factor]]`, in the order of every list of them.
    pub fn keys(&self) -> &'static [&'static str] {
        match (self.process, self.jumps) {
            (Process::Gbm, false) => &["drift", "volatility"],
            (Process::Gbm, true) => &["drift", "volatility", "jumps.intensity", "jumps.mean", "jumps.sd"],
            (_, false) => &["level", "reversion", "volatility"],
            (_, true) => &["level", "reversion", "volatility", "jumps.intensity", "jumps.mean", "jumps.sd"],
        }
    }

    /// The open range that a parameter, by its place in [`Model::keys`], lies in.
    pub fn range(&self, parameter: usize) -> (f64, f64) {
        match self.keys()[parameter] {
            "drift" | "jumps.mean" => (f64::NEG_INFINITY, f64::INFINITY),
            "level" => (self.lower, self.upper),
            _ => (0.0, f64::INFINITY),
        }
    }

    /// The latent value of a value within the bounds.
    pub fn latent(&self, value: f64) -> f64 {
        match self.process {
            Process::LogitOu => libm::log((value - self.lower) / (self.upper - value)),
            _ => libm::log(value),
        }
    }

    /// The value of a latent value.
    pub fn value(&self, latent: f64) -> f64 {
        match self.process {
            Process::LogitOu => self.lower + (self.upper - self.lower) / (1.0 + libm::exp(-latent)),
            _ => libm::exp(latent),
        }
    }

    /// The logarithm of the latent value's derivative by the value, which turns densities of the one into those of the other.
    pub fn log_slope(&self, value: f64) -> f64 {
        match self.process {
            Process::LogitOu => libm::log((self.upper - self.lower) / ((value - self.lower) * (self.upper - value))),
            _ => -libm::log(value),
        }
    }

    /// The steps of this process with the parameters in the order of [`Model::keys`].
    pub fn law(&self, parameters: &[f64]) -> Law {
        let (centre, reversion, volatility) = match self.process {
            Process::Gbm => (parameters[0], 0.0, parameters[1]),
            _ => (self.latent(parameters[0]), parameters[1], parameters[2]),
        };
        let first = if self.process == Process::Gbm { 2 } else { 3 };
        let [intensity, mean, sd] = match parameters.get(first..first + 3) {
            Some(&[intensity, mean, sd]) if self.jumps => [intensity, mean, sd],
            _ => [0.0; 3],
        };
        let trend = match self.process {
            Process::Gbm => centre - volatility * volatility / 2.0 - intensity * libm::expm1(mean + sd * sd / 2.0),
            _ => 0.0,
        };
        Law { level: centre, reversion, volatility, trend, intensity, mean, sd }
    }
}

/// How a latent value moves.
///
/// Over a step of dt years it becomes level + (x − level)·e^{−κdt} + σ√((1 − e^{−2κdt})/2κ)·Z + J with reversion κ > 0, and
/// x + trend·dt + σ√dt·Z + J without. J is the sum of a Poisson number, of mean intensity·dt, of normal jumps, which all happen at the
/// end of the step, as in the engine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Law {
    /// What the latent value reverts to; meaningless without reversion.
    pub level: f64,
    /// The speed of reversion per year; 0 is none.
    pub reversion: f64,
    /// The volatility per √year.
    pub volatility: f64,
    /// The drift of the latent value per year, without that of jumps; 0 with reversion.
    pub trend: f64,
    /// The mean number of jumps per year.
    pub intensity: f64,
    /// The mean jump.
    pub mean: f64,
    /// The standard deviation of a jump.
    pub sd: f64,
}

/// The mean of the latent value after a step is `centre + decay·x`, its variance without jumps `variance`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// What is added to the decayed value.
    pub centre: f64,
    /// What is left of the latent value.
    pub decay: f64,
    /// The variance of the diffusion.
    pub variance: f64,
}

impl Law {
    /// A step of `years`.
    pub fn step(&self, years: f64) -> Step {
        let square = self.volatility * self.volatility;
        if self.reversion == 0.0 {
            return Step { centre: self.trend * years, decay: 1.0, variance: square * years };
        }
        let gone = -libm::expm1(-self.reversion * years);
        let variance = square * gone * (2.0 - gone) / (2.0 * self.reversion);
        Step { centre: self.level * gone, decay: 1.0 - gone, variance }
    }

    /// A draw of the latent value a step of `years` after `x`.
    pub fn draw(&self, x: f64, years: f64, stream: &mut Stream) -> f64 {
        let step = self.step(years);
        let diffused = step.centre + step.decay * x + step.variance.sqrt() * stream.normal();
        match self.intensity > 0.0 {
            true => diffused + stream.jumps(self.intensity * years, self.mean, self.sd),
            false => diffused,
        }
    }

    /// Latent values from `start` over the given steps, the start included.
    pub fn path(&self, start: f64, years: &[f64], stream: &mut Stream) -> Vec<f64> {
        let mut path = Vec::with_capacity(years.len() + 1);
        path.push(start);
        for &years in years {
            path.push(self.draw(path[path.len() - 1], years, stream));
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::draws::Purpose;

    #[test]
    fn a_gbm_with_jumps_has_its_drift_in_the_mean() {
        let model = Model::gbm(true);
        let law = model.law(&[-0.1, 0.28, 1.0, -0.15, 0.1]);
        let mut stream = Stream::new(1, Purpose::History, 0);
        let n = 200_000;
        let values: Vec<f64> = (0..n).map(|_| model.value(law.draw(0.0, 2.0, &mut stream))).collect();
        let mean = values.iter().sum::<f64>() / n as f64;
        let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
        // four standard errors
        assert!((mean - (-0.2f64).exp()).abs() < 4.0 * (variance / n as f64).sqrt(), "{mean}");
    }

    #[test]
    fn steps_of_a_reverting_law_compose() {
        let law = Model::ou(false).law(&[2.0, 1.2, 0.4]);
        let (one, two) = (law.step(0.25), law.step(0.5));
        assert!((one.decay * one.decay - two.decay).abs() < 1e-14);
        assert!((one.centre * (1.0 + one.decay) - two.centre).abs() < 1e-14);
        assert!((one.variance * (1.0 + one.decay * one.decay) - two.variance).abs() < 1e-14);
    }

    #[test]
    fn values_and_latent_values_are_inverse() {
        for (model, value) in [(Model::gbm(false), 2.6), (Model::logit_ou(-1.0, 3.0), 2.6)] {
            let latent = model.latent(value);
            assert!((model.value(latent) - value).abs() < 1e-14);
            let slope = (model.latent(value + 1e-6) - model.latent(value - 1e-6)) / 2e-6;
            assert!((model.log_slope(value) - slope.ln()).abs() < 1e-8);
        }
    }
}
