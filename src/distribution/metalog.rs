//! The metalog distribution, which runs through any quantiles that a smooth distribution can have.

use nalgebra::{DMatrix, DVector};

/// Quantiles that one is made of, at most.
pub const MOST_TERMS: usize = 6;
/// Shares at which the quantile function must rise: 1/1000, 2/1000, …
const GRID: usize = 1000;
const NONE: &str = "no metalog runs through these quantiles";

/// A metalog through given quantiles.
///
/// The quantile function is M(u) = a₁ + a₂·L + a₃·(u − ½)·L + a₄·(u − ½) + a₅·(u − ½)² + a₆·(u − ½)²·L with L = ln(u/(1 − u)).
///
/// Source: Keelin (2016), "The Metalog Distributions", Decision Analysis 13(4), equation 6.
#[derive(Debug, Clone, PartialEq)]
pub struct Metalog {
    /// Shares and the values that they lie below.
    quantiles: Vec<(f64, f64)>,
    coefficients: Vec<f64>,
}

impl Metalog {
    /// Runs through quantiles (share, value), at least two and at most [`MOST_TERMS`], with shares and values that rise.
    ///
    /// # Errors
    /// If a metalog through them would not rise everywhere, so that there is none.
    pub fn new(quantiles: &[(f64, f64)]) -> Result<Self, &'static str> {
        let terms = quantiles.len();
        let matrix = DMatrix::from_fn(terms, terms, |row, term| basis(quantiles[row].0)[term]);
        let values = DVector::from_iterator(terms, quantiles.iter().map(|&(_, x)| x));
        let solved = matrix.lu().solve(&values).filter(|found| found.iter().all(|a| a.is_finite()));
        let coefficients = solved.ok_or(NONE)?.iter().copied().collect();
        let made = Metalog { quantiles: quantiles.to_vec(), coefficients };
        let middle = (1..GRID).map(|at| at as f64 / GRID as f64);
        // the terms with L decide far out
        let tail = |upper: bool| (4..=12).map(move |k| if upper { 1.0 - 10f64.powi(-k) } else { 10f64.powi(k - 16) });
        let shares: Vec<f64> = tail(false).chain(middle).chain(tail(true)).collect();
        let rises = shares.windows(2).all(|two| made.quantile(two[0]) < made.quantile(two[1]));
        if rises { Ok(made) } else { Err(NONE) }
    }

    /// The quantiles that it was made of.
    pub fn quantiles(&self) -> &[(f64, f64)] {
        &self.quantiles
    }

    /// The value below which a share `u` lies, 0 < u < 1.
    pub fn quantile(&self, u: f64) -> f64 {
        self.coefficients.iter().zip(basis(u)).map(|(a, term)| a * term).sum()
    }

    /// The probability of a value of at most `x`, by bisection.
    pub fn probability_to(&self, x: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if self.quantile(middle) <= x { low = middle } else { high = middle }
        }
        (low + high) / 2.0
    }
}

/// The terms at a share.
fn basis(u: f64) -> [f64; MOST_TERMS] {
    let (logit, centred) = ((u / (1.0 - u)).ln(), u - 0.5);
    [1.0, logit, centred * logit, centred, centred * centred, centred * centred * logit]
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUANTILES: [(f64, f64); 3] = [(0.1, 0.2), (0.5, 0.28), (0.9, 0.4)];

    #[test]
    fn it_runs_through_its_quantiles() {
        let metalog = Metalog::new(&QUANTILES).unwrap();
        for (u, x) in QUANTILES {
            assert!((metalog.quantile(u) - x).abs() < 1e-12, "{}", metalog.quantile(u));
            assert!((metalog.probability_to(x) - u).abs() < 1e-12);
        }
    }

    #[test]
    fn two_terms_are_a_logistic_distribution() {
        let metalog = Metalog::new(&[(0.25, -1.0), (0.75, 1.0)]).unwrap();
        // the scale of a logistic distribution with quartiles ±1 is 1/ln 3
        assert!((metalog.quantile(0.99) - 99f64.ln() / 3f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn quantiles_that_no_metalog_has_are_refused() {
        // far too skewed for three terms
        assert!(Metalog::new(&[(0.1, 0.0), (0.5, 0.01), (0.9, 1.0)]).is_err());
        assert!(Metalog::new(&[(0.1, 0.0), (0.5, 0.2), (0.9, 1.0)]).is_ok());
    }
}
