//! U-statistics of order two over replicates: unbiased estimates of squares and products of means.

use ndarray::{Array2, ArrayView1, Axis, aview1};

use crate::measure::error::{NoError, Pivot};

/// A symmetric kernel h(r, s) of two different replicates; its mean over all pairs is the estimate (Hoeffding 1948, "A class
/// of statistics with asymptotically normal distribution"). The square of a mean is estimated without bias by products of
/// different replicates, because noise in one is independent of noise in the other.
#[derive(Debug, Clone)]
pub(super) struct PairKernel {
    /// Square and symmetric; the diagonal is 0 and unused.
    values: Array2<f64>,
}

impl PairKernel {
    /// The kernel over `count` replicates.
    pub fn new(count: usize, kernel: impl Fn(usize, usize) -> f64) -> Self {
        let values = Array2::from_shape_fn((count, count), |(r, s)| if r == s { 0.0 } else { kernel(r, s) });
        PairKernel { values }
    }

    fn count(&self) -> f64 {
        self.values.nrows() as f64
    }

    /// The mean over all pairs; NaN with fewer than two replicates.
    pub fn mean(&self) -> f64 {
        self.values.sum() / (self.count() * (self.count() - 1.0))
    }

    /// The mean of a kernel over `count` replicates, to the bit that of [`PairKernel::mean`], without its values in memory.
    pub fn mean_of(count: usize, kernel: impl Fn(usize, usize) -> f64) -> f64 {
        let (mut sum, mut row) = (Unrolled::new(count * count), vec![0.0; count]);
        for r in 0..count {
            row.iter_mut().enumerate().for_each(|(s, h)| *h = kernel(r, s));
            row[r] = 0.0;
            sum.add(&row);
        }
        sum.total() / (count as f64 * (count as f64 - 1.0))
    }

    /// The mean and the variance of this kernel less `factor` times another, to the bit those of their difference.
    fn rest(&self, factor: f64, other: &PairKernel) -> (f64, f64) {
        let rows = self.values.rows().into_iter().zip(other.values.rows());
        let rest = |(row, other): (ArrayView1<f64>, ArrayView1<f64>)| {
            row.iter().zip(other).map(|(a, b)| a - factor * b).collect::<Vec<f64>>()
        };
        mean_and_variance(self.values.nrows(), rows.map(rest))
    }

    /// The variance of the mean.
    fn variance(&self) -> f64 {
        mean_and_variance(self.values.nrows(), self.values.rows().into_iter().map(|row| row.to_vec())).1
    }
}

/// The mean of a kernel, and its variance: the mean's square less the unbiased estimate of that square from disjoint pairs, which may be
/// below 0 by chance. With fewer than eight replicates that difference is too noisy, and the jackknife is used instead, which is
/// too wide where the mean is near 0.
///
/// Source: Hoeffding (1948), section 5, for the variance; Efron and Stein (1981), "The jackknife estimate of variance",
/// for the bias of the jackknife.
fn mean_and_variance(count: usize, rows: impl Iterator<Item = Vec<f64>>) -> (f64, f64) {
    let (mut sum, mut squares, mut sums) = (Unrolled::new(count * count), 0.0, Vec::with_capacity(count));
    for row in rows {
        sum.add(&row);
        row.iter().for_each(|h| squares += h * h);
        sums.push(aview1(&row).sum());
    }
    let n = count as f64;
    let (mean, pairs) = (sum.total() / (n * (n - 1.0)), n * (n - 1.0));
    if n < MANY {
        let spread: f64 = sums.iter().map(|row| (row / (n - 1.0) - mean).powi(2)).sum();
        return (mean, 4.0 * (n - 1.0) / (n * (n - 2.0).max(1.0).powi(2)) * spread);
    }
    let total = pairs * mean;
    let row_squares: f64 = sums.iter().map(|row| row * row).sum();
    let disjoint = (total * total - 4.0 * row_squares + 2.0 * squares) / (pairs * (n - 2.0) * (n - 3.0));
    (mean, mean * mean - disjoint)
}

/// Replicates from which on variances come from disjoint pairs.
const MANY: f64 = 8.0;

/// A sum in eight parts, every eighth number in each: in the order in which `ndarray` adds up the elements of a whole array, so that the
/// numbers need not be in memory at once.
struct Unrolled {
    parts: [f64; 8],
    /// Numbers so far, and those that fill the parts evenly; the others come last.
    seen: usize,
    even: usize,
    rest: Vec<f64>,
}

impl Unrolled {
    fn new(count: usize) -> Self {
        Unrolled { parts: [0.0; 8], seen: 0, even: count / 8 * 8, rest: Vec::new() }
    }

    fn add(&mut self, values: &[f64]) {
        let (values, rest) = values.split_at(values.len().min(self.even.saturating_sub(self.seen)));
        self.parts.rotate_left(self.seen % 8);
        let (eights, last) = values.as_chunks::<8>();
        for eight in eights {
            self.parts.iter_mut().zip(eight).for_each(|(part, x)| *part += x);
        }
        self.parts.iter_mut().zip(last).for_each(|(part, x)| *part += x);
        self.parts.rotate_right(self.seen % 8);
        self.seen += values.len() + rest.len();
        self.rest.extend(rest);
    }

    fn total(&self) -> f64 {
        let pairs: f64 = (0..4).fold(0.0, |sum, k| sum + (self.parts[k] + self.parts[k + 4]));
        self.rest.iter().fold(pairs, |sum, x| sum + x)
    }
}

/// The mean and the variance of a kernel less any multiple of another, up to rounding: the sums that they are made of are polynomials in the
/// factor.
struct Rests {
    count: f64,
    totals: [f64; 2],
    /// Products of the sums of rows, and of the values themselves: of the first kernel, of both, of the second.
    rows: [f64; 3],
    values: [f64; 3],
}

/// Errors of these moments and of the exact ones, in units of the precision for each replicate: rounding adds up as a random walk, whose standard
/// deviation is less than a tenth of this.
const ROUNDING: f64 = 4.0;

impl Rests {
    fn new(first: &PairKernel, second: &PairKernel) -> Self {
        let products = |pairs: &mut dyn Iterator<Item = (f64, f64)>| {
            pairs.fold([0.0; 3], |[aa, ab, bb], (a, b)| [aa + a * a, ab + a * b, bb + b * b])
        };
        let both = || first.values.rows().into_iter().zip(second.values.rows());
        let sums: Vec<(f64, f64)> = both().map(|(a, b)| (a.sum(), b.sum())).collect();
        let by_row = both().map(|(a, b)| products(&mut a.iter().copied().zip(b.iter().copied())));
        Rests {
            count: first.count(),
            totals: sums.iter().fold([0.0; 2], |[a, b], (own, other)| [a + own, b + other]),
            rows: products(&mut sums.iter().copied()),
            values: by_row.fold([0.0; 3], |sum, row| [sum[0] + row[0], sum[1] + row[1], sum[2] + row[2]]),
        }
    }

    /// Mean, variance, and how far the mean's square and the variance may be off.
    fn at(&self, factor: f64) -> (f64, f64, f64) {
        let (n, pairs) = (self.count, self.count * (self.count - 1.0));
        let quadratic = |[aa, ab, bb]: [f64; 3]| aa - 2.0 * factor * ab + factor * factor * bb;
        let total = self.totals[0] - factor * self.totals[1];
        let (mean, others) = (total / pairs, pairs * (n - 2.0) * (n - 3.0));
        let disjoint = (total * total - 4.0 * quadratic(self.rows) + 2.0 * quadratic(self.values)) / others;
        // the sizes of the terms, by the inequality of Cauchy and Schwarz
        let size = (self.values[0].sqrt() + factor.abs() * self.values[2].sqrt()).powi(2);
        let terms = size * ((n * n + 4.0 * n + 2.0) / others + 2.0 * n * n / (pairs * pairs));
        (mean, mean * mean - disjoint, ROUNDING * n * f64::EPSILON * terms)
    }
}

/// The squared length of a mean vector and its error, from one vector a replicate.
#[derive(Debug, Clone)]
pub(super) struct SquaredLength {
    /// Products of the vectors of two replicates, whose mean is the squared length without bias.
    pub products: PairKernel,
    /// Variance of the squared length if the mean vector is 0.
    null_variance: f64,
    /// What the variance grows by with the squared length.
    slope: f64,
}

impl SquaredLength {
    /// Of vectors in the rows of `vectors`, one a replicate.
    pub fn of(vectors: &Array2<f64>) -> Self {
        let count = vectors.nrows();
        let products = PairKernel::new(count, |r, s| vectors.row(r).dot(&vectors.row(s)));
        let centre = vectors.mean_axis(Axis(0)).unwrap_or_default();
        let residuals = vectors - &centre;
        let n = count as f64;
        let spread = residuals.iter().map(|x| x * x).sum::<f64>() / (n - 1.0);
        let shared = PairKernel::new(count, |r, s| residuals.row(r).dot(&residuals.row(s)).powi(2)).mean();
        let slope = 4.0 * spread / (n * vectors.ncols().max(1) as f64);
        SquaredLength { products, null_variance: 2.0 * shared / (n * (n - 1.0)), slope }
    }

    /// The same with values by replicate whose mean is 0, which add to its error and nothing to the estimate.
    pub fn with_surplus(self, surplus: &[f64]) -> Self {
        let added = PairKernel::new(surplus.len(), |r, s| 0.5 * (surplus[r] + surplus[s]));
        SquaredLength { products: PairKernel { values: self.products.values + added.values }, ..self }
    }

    /// The interval of the ratio of the squared length to the mean of `whole` within 0…1: all ratios ρ for which length² −
    /// ρ·whole is within t standard errors of 0 (Fieller 1954, "Some problems in interval estimation"), with Student's t
    /// between replicates.
    ///
    /// The error of a squared length grows with the length. So each ρ is tested with the error that it would have if ρ were
    /// true, as score intervals do, and not with that of the estimate, which is too small whenever the estimate is.
    pub fn share_interval(&self, whole: &PairKernel) -> Result<(f64, f64), NoError> {
        let pivot = Pivot::between(self.products.values.nrows())?;
        let (length, size) = (self.products.mean(), whole.mean());
        let (rests, width) = (Rests::new(&self.products, whole), pivot.width());
        // what the test compares: the mean's square, and its bound
        let sides = |share: f64, (mean, variance): (f64, f64)| {
            let distance = share * size - length;
            let slope = if distance < 0.0 { LOWER_SLOPE * self.slope } else { self.slope };
            (mean.powi(2), width.powi(2) * (variance + slope * distance).max(self.null_variance))
        };
        let outside = |share: f64| {
            let (mean, variance, rounding) = rests.at(share);
            let (square, bound) = sides(share, (mean, variance));
            // only near the edge does rounding matter: all pairs are looked at once more
            if rests.count >= MANY && (square - bound).abs() > rounding * (1.0 + width.powi(2)) {
                return square > bound;
            }
            let (square, bound) = sides(share, self.products.rest(share, whole));
            square > bound
        };
        let centre = (length / size).clamp(0.0, 1.0);
        if !centre.is_finite() {
            return Err(NoError::Undefined);
        }
        let low = if outside(centre) { centre } else { edge(centre, 0.0, &outside) };
        Ok((low, edge(centre, 1.0, &outside)))
    }

    /// The squared length, and its interval not below 0 by the same test as for shares.
    pub fn interval(&self) -> Result<(f64, f64), NoError> {
        let width = Pivot::between(self.products.values.nrows())?.width();
        let (length, variance) = (self.products.mean(), self.products.variance());
        let least = width * self.null_variance.sqrt();
        // where x² = width²·(variance + slope·x)
        let reach = |slope: f64| {
            let linear = width * width * slope;
            (0.5 * (linear + (linear * linear + 4.0 * width * width * variance).max(0.0).sqrt())).max(least)
        };
        Ok(((length - reach(-LOWER_SLOPE * self.slope)).max(0.0), (length + reach(self.slope)).max(0.0)))
    }
}

/// How much of the slope counts below the estimate. All of it would make lower ends too high, because the slope has an
/// error of its own; none would make intervals of small shares too wide.
const LOWER_SLOPE: f64 = 0.5;

/// The first point from `inside` towards `end` that is outside, to 2⁻⁴⁰; `end` if there is none.
fn edge(inside: f64, end: f64, outside: &impl Fn(f64) -> bool) -> f64 {
    const STEPS: usize = 64;
    let at = |step: usize| inside + (end - inside) * step as f64 / STEPS as f64;
    let Some(step) = (1..=STEPS).find(|&step| outside(at(step))) else { return end };
    let (mut near, mut far) = (at(step - 1), at(step));
    for _ in 0..34 {
        let middle = 0.5 * (near + far);
        if outside(middle) { far = middle } else { near = middle }
    }
    0.5 * (near + far)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Draws;
    use super::*;

    /// Sixteen vectors of four with such a mean in their first component and unit variances.
    fn vectors(first: f64, draws: &mut Draws) -> Array2<f64> {
        Array2::from_shape_fn((16, 4), |(_, at)| draws.normal() + if at == 0 { first } else { 0.0 })
    }

    #[test]
    fn kernels_need_not_be_in_memory() {
        let mut draws = Draws::new(12);
        for count in [2, 3, 7, 8, 16, 17, 61] {
            let numbers: Vec<f64> = (0..2 * count).map(|_| draws.normal()).collect();
            let [one, other] = [0, count].map(|first| {
                let of = &numbers[first..];
                PairKernel::new(count, move |r, s| of[r] * of[s] + 0.3 * (of[r] + of[s]))
            });
            assert_eq!(PairKernel::mean_of(count, |r, s| one.values[[r, s]]), one.mean(), "{count}");
            let difference = PairKernel { values: &one.values - &(0.7 * &other.values) };
            let (mean, variance) = one.rest(0.7, &other);
            assert_eq!((mean, variance), (difference.mean(), difference.variance()), "{count}");
            if count >= 8 {
                let (near, its_variance, off) = Rests::new(&one, &other).at(0.7);
                let errors = [(near * near - mean * mean).abs(), (its_variance - variance).abs()];
                assert!(errors[0].max(errors[1]) <= off && off < 1e-9, "{count}: {errors:?}, {off}");
            }
        }
    }

    #[test]
    fn a_squared_length_by_hand() {
        // the only pair of different vectors has the product 1·3 + 2·6
        let length = SquaredLength::of(&ndarray::array![[1.0, 2.0], [3.0, 6.0]]);
        assert_eq!(length.products.mean(), 15.0);
        assert_eq!(length.with_surplus(&[1.0, -1.0]).products.mean(), 15.0);
    }

    #[test]
    fn squared_lengths_have_no_bias_and_are_covered() {
        const SEEDS: usize = 2000;
        for first in [0.0, 0.3, 0.5, 1.0, 4.0] {
            let mut draws = Draws::new(11);
            let (mut sum, mut variances, mut below, mut above) = (0.0, 0.0, 0, 0);
            for _ in 0..SEEDS {
                let length = SquaredLength::of(&vectors(first, &mut draws));
                let (low, high) = length.interval().unwrap();
                sum += length.products.mean();
                variances += length.products.variance();
                below += usize::from(high < first * first);
                above += usize::from(low > first * first);
            }
            // 4·c²/R, and 2/(R·(R − 1)) for each of four components
            let variance = 4.0 * first * first / 16.0 + 8.0 / 240.0;
            let off = sum / SEEDS as f64 - first * first;
            assert!(off.abs() < 4.0 * (variance / SEEDS as f64).sqrt(), "{first}: off by {off}");
            let found = variances / SEEDS as f64;
            assert!((found / variance - 1.0).abs() < 0.1, "{first}: variance {found}, not {variance}");
            // at most 4% at either end, as measured, and four standard errors of 0.5%
            assert!(below < SEEDS * 6 / 100 && above < SEEDS * 6 / 100, "{first}: {below} too low, {above} too high");
        }
    }
}
