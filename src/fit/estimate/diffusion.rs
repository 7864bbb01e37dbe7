//! Maximum likelihood of a Brownian motion with drift, in closed form.

/// Estimates of the drift and the variance of a Brownian motion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// The drift per year.
    pub trend: f64,
    /// The variance per year, by maximum likelihood.
    pub variance: f64,
    /// The logarithm of the likelihood, given the first value.
    pub log_likelihood: f64,
}

impl Moments {
    /// The estimates from values and the years between them.
    pub fn new(x: &[f64], years: &[f64]) -> Self {
        let steps = years.len() as f64;
        let trend = (x[x.len() - 1] - x[0]) / years.iter().sum::<f64>();
        let square = |(pair, years): (&[f64], &f64)| {
            let rest = pair[1] - pair[0] - trend * years;
            rest * rest / years
        };
        let sum: f64 = x.windows(2).zip(years).map(square).sum();
        let variance = (sum / steps).max(f64::MIN_POSITIVE);
        let logs: f64 = years.iter().map(|&years| libm::log(years)).sum();
        let log_likelihood = -0.5 * (steps * (libm::log(std::f64::consts::TAU * variance) + 1.0) + logs);
        Moments { trend, variance, log_likelihood }
    }

    /// The volatility with one degree of freedom fewer than steps, for the drift.
    pub fn volatility(&self, steps: usize) -> f64 {
        (self.variance * steps as f64 / (steps - 1) as f64).sqrt()
    }
}
