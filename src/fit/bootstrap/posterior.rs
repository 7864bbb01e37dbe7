//! Parameters of a process with jumps: draws from their posterior distribution, by the adaptive Metropolis algorithm (Haario, Saksman
//! and Tamminen 2001).
//!
//! There is no bootstrap with jumps. Many synthetic histories of a few rare jumps have none, and put estimates on the edge of what is
//! possible, where a bootstrap fails (Andrews 2000, "Inconsistency of the bootstrap when a parameter is on the boundary of the
//! parameter space"). The priors that keep the estimates finite give a posterior distribution, which needs no more than the
//! likelihood.

use nalgebra::{DMatrix, DVector};

use super::super::draws::{Purpose, Stream};
use super::super::estimate::jumps::Mixture;

/// Steps before the first draw, and between two draws.
const BURN_IN: usize = 4_000;
const THINNING: usize = 20;
/// Steps after which the covariance of proposals is learned anew during the burn-in.
const LEARNING: usize = 500;

/// Coordinates of a mixture that are drawn in a chain from its best ones.
struct Chain<'a> {
    mixture: &'a Mixture<'a>,
    stream: Stream,
    point: Vec<f64>,
    height: f64,
    root: DMatrix<f64>,
}

/// Draws of parameters, in the order of the model's keys.
pub fn draws(mixture: &Mixture, best: &[f64], count: usize, seed: u64) -> Vec<Vec<f64>> {
    let steps = DVector::from_fn(best.len(), |at, _| 0.4 * mixture.first_step(at));
    let mut chain = Chain {
        mixture,
        stream: Stream::new(seed, Purpose::Bootstrap, 0),
        point: best.to_vec(),
        height: mixture.log_posterior(best),
        root: DMatrix::from_diagonal(&steps),
    };
    for _ in 0..BURN_IN / LEARNING {
        let visited: Vec<Vec<f64>> = (0..LEARNING).map(|_| chain.step().to_vec()).collect();
        chain.learn(&visited);
    }
    let one = |_| {
        for _ in 1..THINNING {
            chain.step();
        }
        mixture.parameters(chain.step())
    };
    (0..count).map(one).collect()
}

impl Chain<'_> {
    fn step(&mut self) -> &[f64] {
        let normals = DVector::from_fn(self.point.len(), |_, _| self.stream.normal());
        let moved = &self.root * normals;
        let proposal: Vec<f64> = self.point.iter().zip(moved.iter()).map(|(a, b)| a + b).collect();
        let height = self.mixture.log_posterior(&proposal);
        if height.is_finite() && libm::log(self.stream.uniform()) < height - self.height {
            (self.point, self.height) = (proposal, height);
        }
        &self.point
    }

    /// Takes proposals from the covariance of the points visited, scaled by 2.38²/dimensions (Gelman, Roberts and Gilks 1996).
    fn learn(&mut self, visited: &[Vec<f64>]) {
        let (count, size) = (visited.len() as f64, self.point.len());
        let mean = |axis: usize| visited.iter().map(|point| point[axis]).sum::<f64>() / count;
        let means: Vec<f64> = (0..size).map(mean).collect();
        let covariance = DMatrix::from_fn(size, size, |a, b| {
            let product = |point: &Vec<f64>| (point[a] - means[a]) * (point[b] - means[b]);
            let ridge = if a == b { (0.02 * self.mixture.first_step(a)).powi(2) } else { 0.0 };
            (visited.iter().map(product).sum::<f64>() / count + ridge) * 2.38 * 2.38 / size as f64
        });
        if let Some(root) = covariance.cholesky() {
            self.root = root.l();
        }
    }
}
