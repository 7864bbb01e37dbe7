//! Parameters of a geometric Brownian motion that agree with an estimate.
//!
//! For the shocks of each draw, volatility and drift are solved for, as in the bootstrap of reverting processes. The volatilities are
//! the estimate by √(χ²/(n − 1)), the drifts of the logarithm have Student's distribution, so that intervals are exact.

use super::super::draws::{Purpose, Stream};
use super::super::estimate::diffusion::Moments;
use super::super::estimate::series::Series;

/// Draw number `index` of a seed: the drift of the mean, and the volatility.
pub fn draw(series: &Series, found: &Moments, seed: u64, index: u64) -> [f64; 2] {
    let mut stream = Stream::new(seed, Purpose::Bootstrap, index);
    let mut path = Vec::with_capacity(series.x.len());
    path.push(0.0);
    for years in &series.years {
        path.push(path[path.len() - 1] + years.sqrt() * stream.normal());
    }
    let of_shocks = Moments::new(&path, &series.years);
    let volatility = (found.variance / of_shocks.variance).sqrt();
    let trend = found.trend - volatility * of_shocks.trend;
    [trend + volatility * volatility / 2.0, volatility]
}
