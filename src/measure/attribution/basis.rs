//! Ranks of an input, and orthonormal functions of it that main effects are made of.

use ndarray::{Array2, ArrayView1};

/// Ranks from 1 of finite values, the mean of theirs for tied ones.
pub(super) fn mean_ranks(values: ArrayView1<f64>) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    for ties in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let first = order.partition_point(|&at| values[at] < values[ties[0]]);
        let rank = first as f64 + 0.5 * (ties.len() as f64 + 1.0);
        ties.iter().for_each(|&at| ranks[at] = rank);
    }
    ranks
}

/// Functions of an input, sets × functions, with mean 0, variance 1 and no correlation over the sets: the input itself, and
/// shifted Legendre polynomials of degrees 1 to `degree` in (rank − ½)/K, orthonormalized in this order. An input with few
/// values has fewer, as many as its values less one; one whose extreme values would outweigh the others is left to its
/// ranks.
pub(super) fn functions(values: ArrayView1<f64>, degree: usize) -> Array2<f64> {
    let count = values.len() as f64;
    let points: Vec<f64> = mean_ranks(values).iter().map(|rank| 2.0 * (rank - 0.5) / count - 1.0).collect();
    let mut columns = vec![vec![1.0; points.len()]];
    let own = orthonormal(values.to_vec(), &columns).filter(|column| leverage(column) < LEVERAGE);
    columns.extend(own);
    for n in 1..=degree {
        let next = orthonormal(legendre(&points, n), &columns);
        columns.extend(next);
    }
    Array2::from_shape_fn((points.len(), columns.len() - 1), |(at, column)| columns[column + 1][at])
}

/// The most that one set may weigh in the effect of the input itself.
const LEVERAGE: f64 = 0.1;

/// A smaller part than this that is new in a function is left out: it is the unevenness of the draws, or rounding.
const NEW: f64 = 0.05;

/// The part of a function that others do not span, with variance 1; `None` if there is hardly any.
fn orthonormal(mut column: Vec<f64>, known: &[Vec<f64>]) -> Option<Vec<f64>> {
    let mut whole = 0.0;
    for (pass, known) in (0..2).flat_map(|pass| known.iter().map(move |known| (pass, known))) {
        let shared = inner(known, &column);
        column.iter_mut().zip(known).for_each(|(x, k)| *x -= shared * k);
        // the constant comes first: what remains is the function's deviation
        if pass == 0 && whole == 0.0 {
            whole = inner(&column, &column).sqrt();
        }
    }
    let norm = inner(&column, &column).sqrt();
    let usable = norm.is_finite() && norm > NEW * whole;
    usable.then(|| column.iter().map(|x| x / norm).collect())
}

/// The largest weight of one set in the projection onto a function.
fn leverage(column: &[f64]) -> f64 {
    column.iter().map(|x| x * x).fold(0.0, f64::max) / column.len() as f64
}

fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / a.len() as f64
}

/// The Legendre polynomial of degree n times √(2n + 1), by Bonnet's recursion.
fn legendre(points: &[f64], n: usize) -> Vec<f64> {
    let value = |&x: &f64| {
        let (mut last, mut this) = (1.0, x);
        for k in 1..n {
            let k = k as f64;
            (last, this) = (this, ((2.0 * k + 1.0) * x * this - k * last) / (k + 1.0));
        }
        this * (2.0 * n as f64 + 1.0).sqrt()
    };
    points.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{array, aview1};

    #[test]
    fn tied_values_share_the_mean_of_their_ranks() {
        assert_eq!(mean_ranks(aview1(&[3.0, 1.0, 3.0, -2.0, 3.0])), [4.0, 2.0, 4.0, 1.0, 4.0]);
    }

    #[test]
    fn functions_are_orthonormal_over_the_sets() {
        let values: Vec<f64> = (0..256).map(|k| ((k * 37) % 256) as f64).collect();
        let basis = functions(aview1(&values), 8);
        assert_eq!(basis.ncols(), 8);
        let gram = basis.t().dot(&basis) / 256.0;
        for ((i, j), &entry) in gram.indexed_iter() {
            assert!((entry - f64::from(u8::from(i == j))).abs() < 1e-12, "{i} {j}: {entry}");
        }
        // degree 1 is linear in the ranks: √12 times the distance from the middle, but for the sample's variance
        assert!((basis[[0, 0]] + 3f64.sqrt()).abs() < 0.02, "{}", basis[[0, 0]]);
    }

    #[test]
    fn an_input_with_three_values_has_two_functions() {
        let basis = functions(array![1.0, 2.0, 2.0, 3.0, 3.0, 3.0].view(), 8);
        assert_eq!(basis.ncols(), 2);
        assert_eq!(functions(array![7.0, 7.0, 7.0].view(), 8).ncols(), 0);
    }
}
