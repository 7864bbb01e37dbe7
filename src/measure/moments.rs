//! Mean, standard deviation and shape of a figure.

use super::error::{NoError, Pivot, StandardError};
use super::estimate::Estimate;
use super::sample::Sample;
use super::units::{PartSum, variance_between};
use crate::tally::{ExactSum, FigureTally};

/// Moments of a figure, in its unit; skewness and kurtosis are pure numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    /// Paths whose figure is defined.
    pub count: u64,
    /// x̄ = centre + scale·S₁/n; `None` without paths.
    pub mean: Option<f64>,
    /// Standard error of the mean; `None` where [`mean_error`] has none, as with fewer than two paths.
    pub se: Option<f64>,
    /// What an interval of the mean takes its width from.
    pub pivot: Pivot,
    /// Standard deviation s, with n − 1; `None` with fewer than two paths.
    pub sd: Option<f64>,
    /// Standard error of the standard deviation ([`sd_error`]), of independent paths √((μ₄ − μ₂²)/n) / 2√μ₂, 0 where the
    /// figure is deterministic; `None` where it varies by less than the arithmetic resolves, as are the two that follow (see
    /// [`Moments::resolved`]).
    ///
    /// Source: Cramér (1946), "Mathematical Methods of Statistics", ch. 27 (delta method on the variance).
    pub sd_se: Option<f64>,
    /// μ₃/μ₂^(3/2) (g₁ in Joanes and Gill 1998); `None` where nothing varies.
    pub skewness: Option<f64>,
    /// μ₄/μ₂² − 3 (g₂ there), 0 for a normal; `None` where nothing varies.
    pub kurtosis: Option<f64>,
    /// The lowest figure of any path; `None` without paths.
    pub min: Option<f64>,
    /// The highest figure of any path; `None` without paths.
    pub max: Option<f64>,
}

/// The share of its size by which a figure must vary for its shape to be more than rounding, for figures computed in f32.
pub const SINGLE_RESOLUTION: f64 = 5e-6;
/// The same in f64.
pub const DOUBLE_RESOLUTION: f64 = 1e-8;

impl Moments {
    /// The mean with its interval.
    pub fn interval(&self) -> Estimate {
        Estimate::around(self.mean, self.se, self.pivot)
    }

    /// Without what rounding alone decides, where paths are computed to `resolution` of a figure's size: a spread below that
    /// is one of roundings, and so its error and its shape say nothing of the figure. A deterministic figure stays as it is.
    pub fn resolved(mut self, resolution: f64) -> Moments {
        let varies = self.min != self.max;
        let below = |mean: f64, sd: f64| sd < resolution * mean.abs() || sd == 0.0;
        if varies && self.mean.zip(self.sd).is_some_and(|(mean, sd)| below(mean, sd)) {
            (self.sd_se, self.skewness, self.kurtosis) = (None, None, None);
        }
        self
    }
}

/// Moments from the power sums Sₖ = Σ yᵏ of y = (x − centre)/scale, n of them:
///
/// m = S₁/n, μ₂ = S₂/n − m², μ₃ = S₃/n − 3m·S₂/n + 2m³, μ₄ = S₄/n − 4m·S₃/n + 6m²·S₂/n − 3m⁴,
///
/// which lose about as many digits of μₖ as mᵏ is larger than it: few, as long as the frame is near the distribution.
pub fn moments(sample: &Sample) -> Moments {
    let (tally, frame) = (sample.whole, sample.frame);
    let mut result = Moments { count: tally.count, ..Moments::default() };
    let Some(powers) = Powers::of(tally) else { return result };
    (result.min, result.max) = (Some(tally.min), Some(tally.max));
    // where a figure is small beside its frame's centre, rounding may take the mean beyond the extremes, which are exact
    let mean = || finite(frame.centre + frame.scale * powers.mean).map(|mean| mean.max(tally.min).min(tally.max));
    result.mean = if powers.deterministic { Some(tally.min) } else { mean() };
    if tally.count < 2 {
        return result;
    }
    let [second, third, fourth] = powers.central;
    result.sd = finite(frame.scale * powers.sd());
    let error = powers.mean_error(sample).ok();
    (result.se, result.pivot) = (error.map(|error| error.se), error.map(|error| error.pivot).unwrap_or_default());
    result.sd_se = powers.sd_error(sample).ok().map(|error| error.se);
    result.skewness = finite(third / second.powf(1.5));
    result.kurtosis = finite(fourth / (second * second) - 3.0);
    result
}

/// The standard error of a mean: s/√n of independent paths, else from how much the means of replicates or clusters differ
/// (`variance_between` in units.rs).
pub fn mean_error(sample: &Sample) -> Result<StandardError, NoError> {
    Powers::varying(sample)?.mean_error(sample)
}

/// The standard error of a standard deviation: by the delta method on the variance, whose own error is √((μ₄ − μ₂²)/n) of
/// independent paths, else from how much Σ (y − m)² of replicates or clusters differ.
pub fn sd_error(sample: &Sample) -> Result<StandardError, NoError> {
    Powers::varying(sample)?.sd_error(sample)
}

/// Means and central moments of y.
struct Powers {
    n: f64,
    mean: f64,
    /// Second to fourth.
    central: [f64; 3],
    /// Whether all paths have one value; rounded power sums would not give it back.
    deterministic: bool,
}

impl Powers {
    /// `None` without paths.
    fn of(tally: &FigureTally) -> Option<Self> {
        let n = tally.count as f64;
        let raw = tally.powers.each_ref().map(|sum: &ExactSum| sum.to_f64() / n);
        let deterministic = tally.min == tally.max;
        let central = if deterministic { [0.0; 3] } else { central(raw) };
        (tally.count > 0).then_some(Powers { n, mean: raw[0], central, deterministic })
    }

    /// Of paths that are enough to have an error.
    fn varying(sample: &Sample) -> Result<Self, NoError> {
        Self::of(sample.whole).filter(|powers| powers.n >= 2.0).ok_or(NoError::TooFewPaths)
    }

    /// See [`mean_error`].
    fn mean_error(&self, sample: &Sample) -> Result<StandardError, NoError> {
        let scale = sample.frame.scale;
        let Some(parts) = sample.units.parts() else {
            let se = finite(scale * self.sd() / self.n.sqrt()).ok_or(NoError::NotFinite)?;
            return Ok(StandardError { se, pivot: Pivot::Normal });
        };
        let sum = |part: &&FigureTally| PartSum { total: part.powers[0].to_f64(), weight: part.count as f64 };
        self.error(parts, sum, scale)
    }

    /// See [`sd_error`].
    fn sd_error(&self, sample: &Sample) -> Result<StandardError, NoError> {
        let (scale, [second, _, fourth]) = (sample.frame.scale, self.central);
        let Some(parts) = sample.units.parts() else {
            let of = |second: f64| (at_least_zero(fourth - second * second) / self.n / (4.0 * second)).sqrt();
            let error = if second == 0.0 { 0.0 } else { of(second) };
            let se = finite(scale * error).ok_or(NoError::NotFinite)?;
            return Ok(StandardError { se, pivot: Pivot::Normal });
        };
        let squares = |part: &&FigureTally| {
            let (n, [first, second]) = (part.count as f64, [0, 1].map(|power: usize| part.powers[power].to_f64()));
            PartSum { total: second - self.mean * (2.0 * first - self.mean * n), weight: n }
        };
        self.error(parts, squares, scale / (2.0 * second.sqrt()))
    }

    /// With n − 1.
    fn sd(&self) -> f64 {
        (self.central[0] * self.n / (self.n - 1.0)).sqrt()
    }

    /// `scale` times the error of the mean of what the parts sum up; 0 where nothing varies.
    fn error(
        &self,
        parts: &[&FigureTally],
        sum: impl Fn(&&FigureTally) -> PartSum,
        scale: f64,
    ) -> Result<StandardError, NoError> {
        if self.deterministic {
            return Pivot::between(parts.len()).map(|pivot| StandardError { se: 0.0, pivot });
        }
        let (variance, pivot) = variance_between(&parts.iter().map(sum).collect::<Vec<_>>())?;
        let se = finite(scale * variance.sqrt()).ok_or(NoError::NotFinite)?;
        Ok(StandardError { se, pivot })
    }
}

/// Second to fourth central moments from the raw ones, the even ones not below 0.
fn central([first, second, third, fourth]: [f64; 4]) -> [f64; 3] {
    let square = first * first;
    [
        at_least_zero(second - square),
        third - 3.0 * first * second + 2.0 * first * square,
        at_least_zero(fourth - 4.0 * first * third + 6.0 * square * second - 3.0 * square * square),
    ]
}

/// As `max(0)`, which would turn NaN into 0.
fn at_least_zero(x: f64) -> f64 {
    if x < 0.0 { 0.0 } else { x }
}

fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::figure::Frame;
    use crate::tally::testing::{Draws, tally_of};

    fn of(values: &[f64], frame: Frame) -> Moments {
        moments(&Sample::independent(&tally_of(values, frame), frame))
    }

    fn close(found: Option<f64>, expected: f64, tolerance: f64, what: &str) {
        let found = found.unwrap_or_else(|| panic!("{what} is undefined"));
        assert!((found - expected).abs() <= tolerance, "{what} {found}, not {expected} ± {tolerance}");
    }

    #[test]
    fn small_sample_by_hand() {
        // deviations −3, −1, 0, 4: Σd² = 26, Σd³ = 36, Σd⁴ = 338
        let found = of(&[7.0, 9.0, 10.0, 14.0], Frame { centre: 8.0, scale: 4.0 });
        assert_eq!(found.count, 4);
        assert_eq!((found.mean, found.min, found.max), (Some(10.0), Some(7.0), Some(14.0)));
        close(found.sd, (26f64 / 3.0).sqrt(), 1e-14, "sd");
        close(found.se, (26f64 / 12.0).sqrt(), 1e-14, "se");
        close(found.sd_se, ((338.0 / 4.0 - 6.5 * 6.5) / 4.0 / 26.0f64).sqrt(), 1e-14, "sd_se");
        close(found.skewness, 9.0 / 6.5f64.powf(1.5), 1e-14, "skewness");
        close(found.kurtosis, 84.5 / 42.25 - 3.0, 1e-14, "kurtosis");
    }

    #[test]
    fn known_distributions_within_four_standard_errors() {
        let n = 200_000;
        let root = (n as f64).sqrt();
        let frame = Frame { centre: 0.25, scale: 1.0 };
        let mut draws = Draws::new(5);
        let normal: Vec<f64> = (0..n).map(|_| 3.0 + 2.0 * draws.normal()).collect();
        let found = of(&normal, frame);
        close(found.mean, 3.0, 4.0 * 2.0 / root, "mean of a normal");
        close(found.sd, 2.0, 4.0 * 2.0 / (2.0f64.sqrt() * root), "sd of a normal");
        // √(6/n) and √(24/n) are the standard errors of the two for a normal
        close(found.skewness, 0.0, 4.0 * 6f64.sqrt() / root, "skewness of a normal");
        close(found.kurtosis, 0.0, 4.0 * 24f64.sqrt() / root, "kurtosis of a normal");
        close(found.sd_se, 2.0 / (2.0f64.sqrt() * root), 0.02 * 2.0 / root, "error of the sd of a normal");
        let uniform: Vec<f64> = (0..n).map(|_| draws.uniform()).collect();
        let found = of(&uniform, frame);
        close(found.mean, 0.5, 4.0 / 12f64.sqrt() / root, "mean of a uniform");
        // the variance of s² is (μ₄ − μ₂²)/n = (1/80 − 1/144)/n
        close(found.sd, 12f64.sqrt().recip(), 4.0 * (1.0 / 80.0f64 - 1.0 / 144.0).sqrt() * 3f64.sqrt() / root, "sd");
        close(found.kurtosis, -1.2, 0.02, "kurtosis of a uniform");
    }

    #[test]
    fn the_frame_does_not_matter() {
        let mut draws = Draws::new(6);
        let values: Vec<f64> = (0..10_000).map(|_| 40e9 + 5e9 * draws.normal().exp()).collect();
        let near = of(&values, Frame { centre: 48e9, scale: 2f64.powi(33) });
        // 100 scales off: eight digits of the fourth moment are lost, not more
        let far = of(&values, Frame { centre: -800e9, scale: 2f64.powi(33) });
        let same = |a: Option<f64>, b: Option<f64>, relative: f64| {
            let (a, b) = (a.expect("defined"), b.expect("defined"));
            assert!((a - b).abs() <= relative * b.abs(), "{a} {b}");
        };
        same(far.mean, near.mean, 1e-13);
        same(far.sd, near.sd, 1e-10);
        same(far.skewness, near.skewness, 1e-7);
        same(far.kurtosis, near.kurtosis, 1e-5);
    }

    #[test]
    fn too_few_paths_leave_things_undefined() {
        let frame = Frame { centre: 0.0, scale: 1.0 };
        let none = of(&[], frame);
        assert_eq!((none.count, none.mean, none.sd, none.min, none.max), (0, None, None, None, None));
        let one = of(&[3.5], frame);
        assert_eq!((one.mean, one.min, one.max), (Some(3.5), Some(3.5), Some(3.5)));
        assert_eq!((one.se, one.sd, one.sd_se, one.skewness, one.kurtosis), (None, None, None, None, None));
    }

    #[test]
    fn a_deterministic_figure_is_exact() {
        // several, since rounding may by chance leave nothing of one
        for value in [0.1, 0.37, 1.0 / 3.0, 2.7, -1e9 / 7.0] {
            let found = of(&[value; 1000], Frame { centre: 0.3, scale: 0.5 });
            assert_eq!((found.mean, found.se, found.sd, found.sd_se), (Some(value), Some(0.0), Some(0.0), Some(0.0)));
            assert_eq!((found.skewness, found.kurtosis), (None, None));
        }
    }

    #[test]
    fn what_varies_below_the_resolution_has_a_deviation_without_error_and_no_shape() {
        let mut draws = Draws::new(7);
        let frame = Frame { centre: 1e6, scale: 1.0 };
        let values: Vec<f64> = (0..4096).map(|_| 1e6 + draws.normal()).collect();
        let found = of(&values, frame);
        // one part in a million: below what f32 resolves, above what f64 does
        let single = found.resolved(SINGLE_RESOLUTION);
        assert_eq!((single.sd_se, single.skewness, single.kurtosis), (None, None, None));
        assert_eq!((single.mean, single.se, single.sd), (found.mean, found.se, found.sd));
        assert_eq!(found.resolved(DOUBLE_RESOLUTION), found);
        let certain = of(&[0.1; 10], frame).resolved(SINGLE_RESOLUTION);
        assert_eq!((certain.sd, certain.sd_se), (Some(0.0), Some(0.0)));
    }

    #[test]
    fn a_mean_lies_between_the_extremes() {
        // the centre swallows the figure, as it did where the pilot met the mark of an undefined one
        let found = of(&[2.9e-11, 3.5e-11], Frame { centre: -1.0, scale: 2f64.powi(-12) });
        let mean = found.mean.expect("it is defined");
        assert!((2.9e-11..=3.5e-11).contains(&mean), "{mean}");
    }

    #[test]
    fn overflowing_powers_are_undefined_and_no_number() {
        let mut tally = tally_of(&[1.0, 2.0], Frame { centre: 0.0, scale: 1.0 });
        tally.powers[3].add(f64::INFINITY);
        let found = moments(&Sample::independent(&tally, Frame { centre: 0.0, scale: 1.0 }));
        assert_eq!((found.mean, found.kurtosis, found.sd_se), (Some(1.5), None, None));
    }
}
