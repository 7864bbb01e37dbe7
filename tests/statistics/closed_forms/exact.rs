//! Exact values: partial expectations, quadrature, matrix exponentials, first passage.

use statrs::distribution::{Continuous, ContinuousCDF, Normal};

/// A lognormal by its mean and the deviation of its logarithm.
pub struct Lognormal {
    pub mean: f64,
    pub deviation: f64,
}

impl Lognormal {
    /// E[min(X, cap)] = mean·Φ(−d₁) + cap·Φ(d₂), with d₁ = (ln(mean/cap) + s²/2)/s and d₂ = d₁ − s (Black 1976).
    pub fn capped(&self, cap: f64) -> f64 {
        if self.deviation == 0.0 {
            return self.mean.min(cap);
        }
        let normal = Normal::standard();
        let d1 = ((self.mean / cap).ln() + 0.5 * self.deviation.powi(2)) / self.deviation;
        self.mean * normal.cdf(-d1) + cap * normal.cdf(d1 - self.deviation)
    }

    /// P(X < bound).
    pub fn below(&self, bound: f64) -> f64 {
        let z = ((bound / self.mean).ln() + 0.5 * self.deviation.powi(2)) / self.deviation;
        Normal::standard().cdf(z)
    }

    /// E[Y; X < bound] / E[Y] of a lognormal Y with Cov(ln X, ln Y) = `covariance`: P(X < bound) where the drift of ln X is
    /// greater by it.
    pub fn below_weighted(&self, bound: f64, covariance: f64) -> f64 {
        Lognormal { mean: self.mean * covariance.exp(), deviation: self.deviation }.below(bound)
    }

    /// The quantile at probability `p`.
    pub fn quantile(&self, p: f64) -> f64 {
        let z = Normal::standard().inverse_cdf(p);
        self.mean * (self.deviation * z - 0.5 * self.deviation.powi(2)).exp()
    }

    /// The mean of what lies above the quantile at `level`.
    pub fn shortfall(&self, level: f64) -> f64 {
        let normal = Normal::standard();
        self.mean * normal.cdf(self.deviation - normal.inverse_cdf(level)) / (1.0 - level)
    }
}

/// E[f(Z)] of a standard normal, by the trapezoidal rule from −9 to 9, whose error is below 10⁻¹⁰ for smooth f and 10⁻⁷
/// of the slope for kinked f.
pub fn expectation(f: impl Fn(f64) -> f64) -> f64 {
    let normal = Normal::standard();
    let (steps, from, to) = (36_000, -9.0, 9.0);
    let width = (to - from) / f64::from(steps);
    (0..=steps)
        .map(|i| {
            let z = from + f64::from(i) * width;
            f(z) * normal.pdf(z) * width
        })
        .sum()
}

/// start·e^{∫μ} with a step table of drifts by year.
pub fn forward(start: f64, drifts: &[(f64, f64)], year: f64) -> f64 {
    let ends = drifts.iter().skip(1).map(|&(from, _)| from).chain([f64::INFINITY]);
    let exponent: f64 = drifts.iter().zip(ends).map(|(&(from, mu), end)| mu * (year.min(end) - from).max(0.0)).sum();
    start * exponent.exp()
}

/// Φ.
pub fn normal(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

/// e^{Q·dt} by its power series.
pub fn transition(generator: &[[f64; 3]; 3], dt: f64) -> [[f64; 3]; 3] {
    let mut sum: [[f64; 3]; 3] = std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))));
    let mut term = sum;
    for k in 1..40 {
        let product =
            |i: usize, j: usize| (0..3).map(|m| term[i][m] * generator[m][j]).sum::<f64>() * dt / f64::from(k);
        term = std::array::from_fn(|i| std::array::from_fn(|j| product(i, j)));
        for i in 0..3 {
            for j in 0..3 {
                sum[i][j] += term[i][j];
            }
        }
    }
    sum
}

/// Probabilities that a Gaussian walk from 0 with this mean and deviation a step has been below the barrier at a date, by
/// date: its density above the barrier convolved step by step, on a grid whose trapezoids begin at the barrier.
pub fn first_passage_below(barrier: f64, mean: f64, deviation: f64, dates: usize) -> Vec<f64> {
    let normal = Normal::new(mean, deviation).expect("a deviation above 0");
    let top = 6.0 * deviation * (dates as f64).sqrt() + mean.abs() * dates as f64;
    let points = 2400;
    let width = (top - barrier) / f64::from(points);
    let at = |i: i32| barrier + f64::from(i) * width;
    let weight = |i: i32| if i == 0 || i == points { 0.5 * width } else { width };
    let mut density: Vec<f64> = (0..=points).map(|i| normal.pdf(at(i))).collect();
    let mut below = vec![normal.cdf(barrier)];
    for _ in 1..dates {
        let mass = |i: i32| density[i as usize] * weight(i);
        let fallen: f64 = (0..=points).map(|i| mass(i) * normal.cdf(barrier - at(i))).sum();
        below.push(below.last().expect("the first date") + fallen);
        density = (0..=points).map(|j| (0..=points).map(|i| mass(i) * normal.pdf(at(j) - at(i))).sum()).collect();
    }
    below
}
