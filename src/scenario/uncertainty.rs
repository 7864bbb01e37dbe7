//! Numbers of a scenario that are not known: their distributions, and how they depend on each other.

use nalgebra::{Cholesky, DMatrix, DVector};
use ndarray::Array2;
use statrs::distribution::{ContinuousCDF, Normal};

use super::template::Template;
use crate::distribution::Distribution;

/// Uncertain inputs of a scenario.
pub const MOST_UNCERTAIN: usize = 100;

/// A number of the file whose value is not known.
#[derive(Debug, Clone, PartialEq)]
pub struct UncertainInput {
    /// Its dotted key.
    pub key: String,
    pub label: Option<String>,
    /// Where its range comes from, for people.
    pub reason: Option<String>,
    pub distribution: Distribution,
}

/// All uncertain inputs of a scenario, and how they depend on each other.
#[derive(Debug, Clone)]
pub struct Uncertainty {
    pub inputs: Vec<UncertainInput>,
    /// Spearman's rank correlations, inputs × inputs, with ones on the diagonal.
    pub correlation: DMatrix<f64>,
    /// The lower factor of the correlations of the copula's normals.
    factor: DMatrix<f64>,
    /// The file without its uncertain inputs.
    pub(super) template: Template,
}

impl Uncertainty {
    /// Eigenvalues up to this count as 0: such a matrix could not be decomposed reliably.
    pub(super) const LEAST_EIGENVALUE: f64 = 1e-9;

    /// Of correlations whose [`Uncertainty::least_eigenvalue`] is above 0.
    pub(super) fn new(inputs: Vec<UncertainInput>, correlation: DMatrix<f64>, template: Template) -> Self {
        let factor = Cholesky::new(normals(&correlation)).expect("its eigenvalues are above 0").unpack();
        Uncertainty { inputs, correlation, factor, template }
    }

    /// The smallest eigenvalue of the correlations that normals need to have these rank correlations; `None` without inputs.
    pub(super) fn least_eigenvalue(correlation: &DMatrix<f64>) -> Option<f64> {
        normals(correlation).symmetric_eigenvalues().iter().copied().reduce(f64::min)
    }

    /// Values of the inputs from as many independent shares, each between 0 and 1, through a Gaussian copula.
    ///
    /// Source: Nelsen (2006), "An Introduction to Copulas", 2nd ed., section 2.
    pub fn values(&self, shares: &[f64]) -> Vec<f64> {
        let normal = Normal::standard();
        let independent = DVector::from_iterator(shares.len(), shares.iter().map(|&share| normal.inverse_cdf(share)));
        let normals = &self.factor * independent;
        let share = |(input, (z, &own)): (usize, (&f64, &f64))| {
            // an input that depends on none keeps the digits of its share
            let alone = (0..input).all(|other| self.factor[(input, other)] == 0.0);
            if alone { own } else { share_below(*z) }
        };
        let shares = normals.iter().zip(shares).enumerate().map(share);
        self.inputs.iter().zip(shares).map(|(input, share)| input.distribution.quantile(share)).collect()
    }

    /// Values of the inputs from the copula's normals, one for each.
    pub fn values_at(&self, normals: impl IntoIterator<Item = f64>) -> Vec<f64> {
        self.inputs.iter().zip(normals).map(|(input, z)| input.distribution.quantile(share_below(z))).collect()
    }

    /// The correlations of the copula's normals, inputs × inputs.
    pub fn copula(&self) -> Array2<f64> {
        let normals = normals(&self.correlation);
        Array2::from_shape_fn(normals.shape(), |place| normals[place])
    }

    /// Whether no input depends on another.
    pub fn is_independent(&self) -> bool {
        self.correlation == DMatrix::identity(self.inputs.len(), self.inputs.len())
    }

    /// The medians of all inputs.
    pub fn medians(&self) -> Vec<f64> {
        self.inputs.iter().map(|input| input.distribution.median()).collect()
    }
}

/// The share of a standard normal below `z`, short of 0 and 1, where quantiles are infinite.
fn share_below(z: f64) -> f64 {
    Normal::standard().cdf(z).clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON)
}

/// The correlations of normals whose rank correlations are these: 2·sin(π·ρ/6).
///
/// Source: Kruskal (1958), "Ordinal measures of association", equation for the bivariate normal.
fn normals(ranks: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(ranks.nrows(), ranks.ncols(), |i, j| match i == j {
        true => 1.0,
        false => 2.0 * (std::f64::consts::PI * ranks[(i, j)] / 6.0).sin(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    const START: &str = include_str!("../../docs/examples/start.toml");

    /// The uncertainty of a scenario with these lines added to it.
    fn of(lines: &str) -> std::sync::Arc<Uncertainty> {
        let loaded = parse(&format!("{START}\n{lines}"), "start.toml").unwrap_or_else(|failure| panic!("{failure}"));
        loaded.scenario.uncertainty.expect("there are uncertain inputs")
    }

    #[test]
    fn inputs_have_the_rank_correlation_of_their_pair() {
        let uncertainty = of(
            "[[uncertain]]\nkey = \"contract.cloud.take_or_pay\"\ndistribution = \"uniform\"\nmin = 0.5\nmax = 1.0\n\
             [[uncertain]]\nkey = \"discount.rate\"\ndistribution = \"lognormal\"\nlow = 0.04\nhigh = 0.1\n\
             [uncertain_correlation]\npairs = [[\"discount.rate\", \"contract.cloud.take_or_pay\", 0.6]]\n",
        );
        let count = 1 << 14;
        let dimensions = [0, 1].map(|dimension| crate::distribution::Dimension::new(dimension, 7));
        let draw = |point| uncertainty.values(&[0, 1].map(|at: usize| dimensions[at].share(point)));
        let draws: Vec<Vec<f64>> = (0..count).map(draw).collect();
        let ranks = |input: usize| {
            let mut order: Vec<usize> = (0..draws.len()).collect();
            order.sort_by(|&a, &b| draws[a][input].total_cmp(&draws[b][input]));
            let mut ranks = vec![0.0; draws.len()];
            order.into_iter().enumerate().for_each(|(rank, draw)| ranks[draw] = rank as f64);
            ranks
        };
        let middle = (f64::from(count) - 1.0) / 2.0;
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - middle) * (b - middle)).sum::<f64>();
        let (a, b) = (ranks(0), ranks(1));
        let found = product(&a, &b) / product(&a, &a);
        // a random sample of this size has a standard error of 0.006, and these points a smaller one
        assert!((found - 0.6).abs() < 0.01, "{found}");
        assert_eq!(uncertainty.medians()[0], 0.75);
    }
}
