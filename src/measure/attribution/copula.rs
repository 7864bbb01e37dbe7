//! Draws from a Gaussian copula, and from what it leaves of some inputs given the others.

use nalgebra::DMatrix;

/// A draw of all inputs, from the Cholesky root of their correlation.
pub(super) fn joint(root: &DMatrix<f64>, normal: &mut impl FnMut() -> f64) -> Vec<f64> {
    let draws: Vec<f64> = (0..root.nrows()).map(|_| normal()).collect();
    (0..root.nrows()).map(|row| (0..=row).map(|column| root[(row, column)] * draws[column]).sum()).collect()
}

/// The distribution of some inputs given all others: normal, with mean linear in the others and a constant covariance
/// (Anderson 2003, "An Introduction to Multivariate Statistical Analysis", 2.5).
pub(super) struct Conditional {
    pub inside: Vec<usize>,
    outside: Vec<usize>,
    /// Inside × outside.
    slopes: DMatrix<f64>,
    /// Cholesky root of the covariance.
    pub root: DMatrix<f64>,
}

impl Conditional {
    /// `None` where the matrix is not positive definite.
    pub fn of(matrix: &DMatrix<f64>, subset: u64) -> Option<Self> {
        let (inside, outside): (Vec<usize>, Vec<usize>) =
            (0..matrix.nrows()).partition(|input| (subset >> input) & 1 == 1);
        let block = |rows: &[usize], columns: &[usize]| {
            DMatrix::from_fn(rows.len(), columns.len(), |row, column| matrix[(rows[row], columns[column])])
        };
        let across = block(&outside, &inside);
        let slopes = block(&outside, &outside).cholesky()?.solve(&across).transpose();
        let covariance = block(&inside, &inside) - &slopes * across;
        Some(Conditional { root: covariance.cholesky()?.unpack(), inside, outside, slopes })
    }

    /// A draw of all inputs with those outside as given.
    pub fn draw(&self, given: &[f64], normal: &mut impl FnMut() -> f64) -> Vec<f64> {
        let around = joint(&self.root, normal);
        let mut point = given.to_vec();
        for (row, &input) in self.inside.iter().enumerate() {
            let shift: f64 =
                self.outside.iter().enumerate().map(|(at, &other)| self.slopes[(row, at)] * given[other]).sum();
            point[input] = shift + around[row];
        }
        point
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_input_given_two() {
        let matrix = DMatrix::from_row_slice(3, 3, &[1.0, 0.5, 0.0, 0.5, 1.0, 0.4, 0.0, 0.4, 1.0]);
        let conditional = Conditional::of(&matrix, 0b010).unwrap();
        // inputs 1 and 3 are independent, so slopes are the correlations, and the variance 1 − 0.25 − 0.16
        let point = conditional.draw(&[1.0, 9.0, 2.0], &mut || 1.0);
        assert!((point[1] - (0.5 + 0.8 + 0.59f64.sqrt())).abs() < 1e-14, "{point:?}");
        assert_eq!((point[0], point[2]), (1.0, 2.0));
    }
}
