//! A factor's jumps by their number over the horizon, then each one's period and size.

use statrs::function::gamma::ln_gamma;

use crate::plan::double::twin::NONE;
use crate::plan::factor::threshold;

/// Tables of a factor's jumps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Jumps {
    /// The factor's place.
    pub factor: u32,
    /// Words of the distribution function of the number of jumps: it counts those that the draw reaches.
    pub totals: Vec<u32>,
    /// The dimension of the number.
    pub total_dimension: u32,
    /// Jumps that have dimensions of their own, each for its period and its size.
    pub dimensions: Vec<[u32; 2]>,
}

/// The share of paths that have no more jumps than have dimensions.
const COMMON: f64 = 0.999;
/// What is left of the distribution when no word tells it from 1.
const REST: f64 = 0.25 / 4_294_967_296.0;

impl Jumps {
    /// Of a factor that jumps so often on average over the horizon, with room for so many jumps at most.
    pub fn new(factor: usize, mean: f64, most: usize) -> Self {
        let totals = totals(mean);
        // more jumps than these are rare
        let wanted = totals.partition_point(|&word| word < threshold(COMMON)).min(most);
        Jumps { factor: factor as u32, totals, total_dimension: NONE, dimensions: vec![[NONE; 2]; wanted] }
    }
}

/// The Poisson distribution function as words, up to where it rounds to 1.
fn totals(mean: f64) -> Vec<u32> {
    let mut words = Vec::new();
    let mut cumulative = 0.0;
    for k in 0.. {
        let k = f64::from(k);
        cumulative += (k * mean.ln() - mean - ln_gamma(k + 1.0)).exp();
        let word = threshold(cumulative);
        if word == u32::MAX || (k > mean && 1.0 - cumulative < REST) {
            break;
        }
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{DiscreteCDF, Poisson};

    use super::*;

    const TWO_32: f64 = 4_294_967_296.0;

    #[test]
    fn numbers_are_poisson() {
        for mean in [1e-3, 0.7, 12.0, 900.0] {
            let exact = Poisson::new(mean).unwrap();
            let words = totals(mean);
            for (k, &word) in words.iter().enumerate() {
                assert!((f64::from(word) / TWO_32 - exact.cdf(k as u64)).abs() < 1e-9, "mean {mean}, {k}");
            }
            assert!(exact.sf(words.len() as u64) < 1e-9, "mean {mean}: cut after {}", words.len());
        }
    }
}
