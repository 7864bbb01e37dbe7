//! The levels and quantiles of a result document.

use super::level::Level;

/// The quantiles and levels of VaR and shortfall to estimate, each from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct EstimateRequest {
    /// Levels of VaR and shortfall; 0.95 looks at the worst 5% of the paths.
    pub levels: Vec<f64>,
    /// Probabilities of quantiles.
    pub quantiles: Vec<f64>,
}

impl EstimateRequest {
    /// Levels and quantiles as a user lists them, without repetitions.
    pub fn new(levels: &[f64], quantiles: &[f64]) -> Self {
        let once = |all: &[f64]| {
            let mut kept: Vec<f64> = Vec::with_capacity(all.len());
            for share in all {
                if !kept.contains(share) {
                    kept.push(*share);
                }
            }
            kept
        };
        EstimateRequest { levels: once(levels), quantiles: once(quantiles) }
    }

    /// The last level, whose shortfalls tables of points show.
    pub fn last_level(&self) -> Option<Level> {
        self.levels.last().map(|&level| Level::new(level))
    }
}

impl Default for EstimateRequest {
    fn default() -> Self {
        EstimateRequest { levels: vec![0.95, 0.99], quantiles: vec![0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_twice_counts_once() {
        let asked = EstimateRequest::new(&[0.95, 0.5, 0.95], &[0.1, 0.1]);
        assert_eq!(asked, EstimateRequest { levels: vec![0.95, 0.5], quantiles: vec![0.1] });
    }
}
