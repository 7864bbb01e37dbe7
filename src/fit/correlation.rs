//! Rank correlations of draws, and the copula that they stand for.

use nalgebra::{DMatrix, SymmetricEigen};

use super::distribution::normal_share;
use super::draws::Stream;

/// The least eigenvalue of a correlation that is used.
const LEAST: f64 = 1e-3;

/// Spearman's rank correlations between columns of draws, each row of which is a parameter set.
pub fn rank_correlation(sets: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let width = sets.first().map_or(0, Vec::len);
    let ranks: Vec<Vec<f64>> = (0..width).map(|at| ranks(sets.iter().map(|set| set[at]).collect())).collect();
    let of = |a: usize, b: usize| if a == b { 1.0 } else { pearson(&ranks[a], &ranks[b]) };
    (0..width).map(|a| (0..width).map(|b| of(a, b)).collect()).collect()
}

/// Pearson's correlation; 0 where one of the two never varies.
pub fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let count = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / count, b.iter().sum::<f64>() / count);
    let (mut both, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        both += (x - mean_a) * (y - mean_b);
        of_a += (x - mean_a) * (x - mean_a);
        of_b += (y - mean_b) * (y - mean_b);
    }
    if of_a > 0.0 && of_b > 0.0 { both / (of_a * of_b).sqrt() } else { 0.0 }
}

/// Ranks from 0; values that are equal share the mean of theirs.
fn ranks(values: Vec<f64>) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let same = order[from..].iter().take_while(|&&at| values[at] == values[order[from]]).count();
        for &at in &order[from..from + same] {
            ranks[at] = from as f64 + (same - 1) as f64 / 2.0;
        }
        from += same;
    }
    ranks
}

/// Rank correlations rounded to hundredths, and scaled down by a common factor if they would not be positive definite.
pub fn printable(correlation: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let shrunk = |factor: f64| -> Vec<Vec<f64>> {
        let entry = |a: usize, b: usize| match a == b {
            true => 1.0,
            false => (correlation[a][b] * factor * 100.0).round() / 100.0,
        };
        (0..correlation.len()).map(|a| (0..correlation.len()).map(|b| entry(a, b)).collect()).collect()
    };
    let sound = |of: &Vec<Vec<f64>>| SymmetricEigen::new(gaussian(of)).eigenvalues.min() > LEAST;
    (0..100).map(|step| shrunk(1.0 - 0.01 * f64::from(step))).find(sound).unwrap_or_else(|| shrunk(0.0))
}

/// The correlation of normals with these rank correlations (Pearson 1907): 2·sin(πr/6).
fn gaussian(correlation: &[Vec<f64>]) -> DMatrix<f64> {
    let size = correlation.len();
    DMatrix::from_fn(size, size, |a, b| 2.0 * libm::sin(std::f64::consts::FRAC_PI_6 * correlation[a][b]))
}

/// A Gaussian copula of rank correlations that are positive definite.
pub struct Copula {
    root: DMatrix<f64>,
}

impl Copula {
    /// The copula of rank correlations, as `printable` has them; `None` if they are not positive definite.
    pub fn new(correlation: &[Vec<f64>]) -> Option<Self> {
        Some(Copula { root: gaussian(correlation).cholesky()?.l() })
    }

    /// Dependent shares, one for each parameter.
    pub fn draw(&self, stream: &mut Stream) -> Vec<f64> {
        let normals: Vec<f64> = (0..self.root.nrows()).map(|_| stream.normal()).collect();
        let mixed = |row: usize| (0..=row).map(|column| self.root[(row, column)] * normals[column]).sum::<f64>();
        (0..normals.len()).map(|row| normal_share(mixed(row)).clamp(1e-12, 1.0 - 1e-12)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::draws::Purpose;

    #[test]
    fn rank_correlations_are_those_of_scipy() {
        // SciPy 1.17.1: scipy.stats.spearmanr, ties among them
        let sets: Vec<Vec<f64>> =
            [[1.0, 3.0], [2.0, 1.0], [2.0, 4.0], [5.0, 5.0], [4.0, 9.0], [7.0, 9.0]].map(Vec::from).into();
        let found = rank_correlation(&sets);
        assert!((found[0][1] - 0.794_117_647_058_823_6).abs() < 1e-12 && found[0][0] == 1.0, "{found:?}");
        assert_eq!(pearson(&[1.0, 1.0], &[1.0, 2.0]), 0.0);
    }

    #[test]
    fn a_copula_gives_back_its_rank_correlations() {
        let wanted = vec![vec![1.0, 0.6, -0.3], vec![0.6, 1.0, 0.2], vec![-0.3, 0.2, 1.0]];
        let copula = Copula::new(&wanted).expect("it is positive definite");
        let mut stream = Stream::new(1, Purpose::Parameters, 0);
        let sets: Vec<Vec<f64>> = (0..20_000).map(|_| copula.draw(&mut stream)).collect();
        for (row, expected) in rank_correlation(&sets).iter().zip(&wanted) {
            // four standard errors, 1/√n each at most
            assert!(row.iter().zip(expected).all(|(a, b)| (a - b).abs() < 4.0 / 20_000f64.sqrt()), "{row:?}");
        }
    }

    #[test]
    fn correlations_that_do_not_go_together_become_weaker() {
        let sound = vec![vec![1.0, 0.504], vec![0.504, 1.0]];
        assert_eq!(printable(&sound), [[1.0, 0.5], [0.5, 1.0]]);
        let wrong = vec![vec![1.0, 0.9, -0.9], vec![0.9, 1.0, 0.9], vec![-0.9, 0.9, 1.0]];
        let mended = printable(&wrong);
        assert!(Copula::new(&wrong).is_none() && Copula::new(&mended).is_some(), "{mended:?}");
        assert!((mended[0][1] + mended[0][2]).abs() < 1e-12 && mended[0][1] > 0.4, "{mended:?}");
    }
}
