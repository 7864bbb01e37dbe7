//! Derivatives of expectations by the score of the paths.

/// A value of a path: of what is averaged, and of the score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Whose average has the derivative, less a constant near its mean.
    pub value: f64,
    pub score: f64,
    /// What the square of the score is on average, whichever way the path went before.
    pub information: f64,
    /// Taken from value × score less its own mean, for errors of what the value is made with.
    pub correction: f64,
}

/// Sums over paths, from which a derivative is estimated.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ScoreSums {
    count: f64,
    corrections: f64,
    /// Of the terms: value × score less the correction, the score, and the score's square less its information.
    sums: [f64; TERMS],
    /// Of their products.
    products: [[f64; TERMS]; TERMS],
}

const TERMS: usize = 3;
/// Paths that an error needs at least.
const LEAST: f64 = 16.0;
/// The controls' correlation is so near 1 that one of them is as good as both.
const NEAR: f64 = 1e-9;

impl ScoreSums {
    pub fn add(&mut self, of: &Scored) {
        let squared = of.score * of.score - of.information;
        let terms = [of.value * of.score - of.correction, of.score, squared];
        self.count += 1.0;
        self.corrections += of.correction;
        for (i, x) in terms.iter().enumerate() {
            self.sums[i] += x;
            (0..TERMS).for_each(|j| self.products[i][j] += x * terms[j]);
        }
    }

    /// Adds those of other paths.
    pub fn merge(&mut self, other: &ScoreSums) {
        self.count += other.count;
        self.corrections += other.corrections;
        for i in 0..TERMS {
            self.sums[i] += other.sums[i];
            (0..TERMS).for_each(|j| self.products[i][j] += other.products[i][j]);
        }
    }

    /// The derivative of the mean of the value, with its standard error: the mean of value × score. `None` without enough paths, or where
    /// the likelihood of no path depends on the input.
    ///
    /// The score and its square less the information are 0 on average and serve as control variates: the first makes the constant
    /// that is taken from the value the best one, the second takes away the noise of a value that is linear in the score.
    ///
    /// Source: Glasserman (2003), "Monte Carlo Methods in Financial Engineering", sections 7.3 and 4.1.
    pub fn derivative(&self) -> Option<(f64, f64)> {
        if self.count < LEAST {
            return None;
        }
        let mean = self.sums.map(|sum| sum / self.count);
        let covariance = |i: usize, j: usize| self.products[i][j] / self.count - mean[i] * mean[j];
        let (score, squared, both) = (covariance(1, 1), covariance(2, 2), covariance(1, 2));
        if score <= 0.0 || !score.is_finite() {
            return None;
        }
        let determinant = score * squared - both * both;
        let [first, second] = if determinant > NEAR * score * squared {
            [
                (covariance(0, 1) * squared - covariance(0, 2) * both) / determinant,
                (covariance(0, 2) * score - covariance(0, 1) * both) / determinant,
            ]
        } else {
            [covariance(0, 1) / score, 0.0]
        };
        let value = mean[0] + self.corrections / self.count - first * mean[1] - second * mean[2];
        let variance = covariance(0, 0) - first * covariance(0, 1) - second * covariance(0, 2);
        // as many are lost as there are coefficients
        Some((value, (variance.max(0.0) / (self.count - TERMS as f64)).sqrt()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::testing::Draws;

    /// Derivatives by the mean of a normal with deviation 1, whose score is its distance from the mean.
    fn derivative(count: usize, draws: &mut Draws, value: fn(f64) -> f64) -> (f64, f64) {
        let mut halves = [ScoreSums::default(); 2];
        for path in 0..count {
            let x = draws.normal();
            let scored = Scored { value: value(x), score: x, information: 1.0, correction: 0.0 };
            halves[path % 2].add(&scored);
        }
        let [mut whole, other] = halves;
        whole.merge(&other);
        whole.derivative().expect("there are enough")
    }

    #[test]
    fn derivatives_of_a_normal_by_its_mean() {
        let mut draws = Draws::new(61);
        // a line is known without error, and so is a constant; the error is the root of what rounding leaves of a variance, √10⁻¹⁵
        let (value, se) = derivative(1000, &mut draws, |x| 3.0 * x + 5.0);
        assert!((value - 3.0).abs() < 1e-9 && se < 1e-7, "{value} ± {se}");
        let (value, se) = derivative(1000, &mut draws, |_| 5.0);
        assert!(value.abs() < 1e-9 && se < 1e-7, "{value} ± {se}");
        // E[e^(μ + x)] and its derivative are e^(μ + ½)
        let (value, se) = derivative(100_000, &mut draws, f64::exp);
        assert!((value - 0.5f64.exp()).abs() < 4.0 * se && se < 0.03, "{value} ± {se}");
        assert_eq!(ScoreSums::default().derivative(), None);
    }

    #[test]
    fn intervals_cover_the_derivative_of_a_probability() {
        let mut draws = Draws::new(62);
        let truth = (-0.5f64).exp() / std::f64::consts::TAU.sqrt();
        let repetitions = 1000;
        let covered = (0..repetitions).filter(|_| {
            let (value, se) = derivative(2000, &mut draws, |x| f64::from(u8::from(x > 1.0)));
            (value - truth).abs() <= 1.96 * se
        });
        let share = covered.count() as f64 / f64::from(repetitions);
        // four standard errors of a share of 0.95, √(0.95·0.05/1000) = 0.0069
        assert!((share - 0.95).abs() < 0.028, "covered {share}");
    }
}
