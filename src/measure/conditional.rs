//! The mean of a figure over the paths on which something happens.

use super::error::{NoError, Pivot, StandardError};
use super::sample::{FirstPassageSample, Sample, Times};
use super::units::{PartSum, variance_between};
use crate::plan::figure::Frame;
use crate::tally::FigureTally;

/// A mean over some of the paths, with its error; undefined without any of them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ConditionalMean {
    /// In the figure's unit.
    pub mean: Option<f64>,
    /// Standard error of the mean; `None` where [`conditional_error`] has none, as with a single path.
    pub se: Option<f64>,
    /// What an interval of the mean takes its width from.
    pub pivot: Pivot,
}

/// The mean of x over the paths on which something happens, from a figure z that is x there and 0 elsewhere: R = Σ z / k with k
/// those paths.
///
/// # Panics
/// If the two samples are not of one design.
pub fn conditional_mean(sample: &Sample, times: &FirstPassageSample) -> ConditionalMean {
    let Some(mean) = ratio(&joined(sample.whole, &times.whole, sample.frame)) else {
        return ConditionalMean::default();
    };
    let error = conditional_error(sample, times).ok();
    let pivot = error.map(|error| error.pivot).unwrap_or_default();
    ConditionalMean { mean: Some(mean), se: error.map(|error| error.se), pivot }
}

/// The standard error of [`conditional_mean`]. Both sums of the ratio vary, and by the delta method its variance is that of the mean of
/// (z − R·1)/p over n paths, p being the share k/n:
///
/// - of independent paths `(E[z²] − R²·p)/(n·p²)`, which is the variance of x where it happens over k; here over k − 1, as the spread of
///   k paths about their own mean is a little too small;
/// - of replicates and clusters that between them (`variance_between` in units.rs), with k of each part for its weight.
///
/// Source: Cochran (1977), "Sampling Techniques", 3rd ed., ch. 2.11 and 6 (domains and ratio estimators).
pub fn conditional_error(sample: &Sample, times: &FirstPassageSample) -> Result<StandardError, NoError> {
    let whole = joined(sample.whole, &times.whole, sample.frame);
    let mean = ratio(&whole).ok_or(NoError::Undefined)?;
    let (Some(figures), Some(happened)) = (sample.units.parts(), times.units.parts()) else {
        if whole.weight < 2.0 {
            return Err(NoError::TooFewPaths);
        }
        // rounding may take a spread of nothing below 0
        let variance = (squares(sample.whole, sample.frame) / whole.weight - mean * mean).max(0.0);
        return finite((variance / (whole.weight - 1.0)).sqrt(), Pivot::Normal);
    };
    assert_eq!(figures.len(), happened.len(), "samples of one design have the same parts");
    let parts: Vec<PartSum> =
        figures.iter().zip(happened).map(|(figure, times)| joined(figure, times, sample.frame)).collect();
    let (variance, pivot) = variance_between(&parts)?;
    finite(variance.sqrt(), pivot)
}

/// Σ z and how many paths it happened on.
fn joined(figure: &FigureTally, times: &Times, frame: Frame) -> PartSum {
    let total = if figure.min == figure.max {
        figure.count as f64 * figure.min
    } else {
        figure.count as f64 * frame.centre + frame.scale * figure.powers[0].to_f64()
    };
    PartSum { total: if figure.count == 0 { 0.0 } else { total }, weight: times.tally.happened() as f64 }
}

/// Σ z².
fn squares(figure: &FigureTally, frame: Frame) -> f64 {
    let n = figure.count as f64;
    if figure.min == figure.max {
        return n * figure.min * figure.min;
    }
    let [first, second] = [0, 1].map(|power: usize| figure.powers[power].to_f64());
    let Frame { centre, scale } = frame;
    n * centre * centre + 2.0 * centre * scale * first + scale * scale * second
}

fn ratio(of: &PartSum) -> Option<f64> {
    (of.weight > 0.0).then(|| of.total / of.weight).filter(|mean| mean.is_finite())
}

fn finite(se: f64, pivot: Pivot) -> Result<StandardError, NoError> {
    if se.is_finite() { Ok(StandardError { se, pivot }) } else { Err(NoError::NotFinite) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::testing::{Draws, tally_of};
    use crate::tally::{FirstPassageTally, SampleDesign, Tally};

    const FRAME: Frame = Frame { centre: 3.0, scale: 4.0 };

    /// Paths of which `Some` is the figure where it happens.
    fn run(paths: &[Option<f64>]) -> Tally {
        let values: Vec<f64> = paths.iter().map(|x| x.unwrap_or(0.0)).collect();
        let mut time = FirstPassageTally::new(1);
        time.add(1, paths.iter().flatten().count() as u64);
        Tally {
            paths: paths.len() as u64,
            figures: vec![tally_of(&values, FRAME)],
            times: vec![time],
            invalid: Default::default(),
            design: SampleDesign::Independent,
        }
    }

    fn of(tally: &Tally) -> ConditionalMean {
        conditional_mean(&Sample::new(tally, 0, FRAME), &FirstPassageSample::new(tally, 0))
    }

    fn close(found: Option<f64>, expected: f64) {
        let found = found.expect("it is defined");
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found}, not {expected}");
    }

    #[test]
    fn the_mean_is_that_of_the_paths_on_which_it_happens() {
        // 2, 4, 9: mean 5, squares about it 26
        let found = of(&run(&[None, Some(2.0), Some(4.0), None, None, Some(9.0)]));
        close(found.mean, 5.0);
        close(found.se, (26.0f64 / 3.0 / 2.0).sqrt());
        assert_eq!(found.pivot, Pivot::Normal);
    }

    #[test]
    fn nothing_is_known_of_what_does_not_happen() {
        assert_eq!(of(&run(&[None, None])), ConditionalMean::default());
        assert_eq!(of(&run(&[])), ConditionalMean::default());
        let once = of(&run(&[None, Some(2.5)]));
        close(once.mean, 2.5);
        assert_eq!(once.se, None);
        let certain = of(&run(&[None, Some(7.0), Some(7.0), None]));
        close(certain.mean, 7.0);
        assert!(certain.se.expect("two paths") < 1e-6);
        assert_eq!(of(&run(&[Some(0.0), None, Some(0.0)])).mean, Some(0.0));
    }

    #[test]
    fn parts_weigh_by_how_often_it_happens_in_them() {
        // sums 6 and 9 over 2 and 1 paths, and a part in which it never happens: R = 5, residuals −4 and 4
        let parts = [vec![Some(2.0), Some(4.0), None], vec![Some(9.0)], vec![None, None]];
        for design in [Tally::as_scramble, Tally::as_set] {
            let parts = (0..).zip(&parts).map(|(number, paths)| design(run(paths), number));
            let whole = parts.reduce(|mut all, part| {
                all.merge(&part);
                all
            });
            let found = of(&whole.expect("there are parts"));
            close(found.mean, 5.0);
            close(found.se, (1.5f64 * 32.0 / 9.0).sqrt());
            assert_eq!(found.pivot, Pivot::Student { degrees: 2 });
        }
    }

    #[test]
    fn intervals_cover_as_often_as_they_say() {
        let (repetitions, mut draws) = (2000, Draws::new(91));
        let mut covered = 0;
        for _ in 0..repetitions {
            // it happens the sooner the larger the figure: the mean over those paths is 1 + 3·E[u²]/E[u] = 3
            let path = |_| {
                let u = draws.uniform();
                (draws.uniform() < u).then(|| 1.0 + 3.0 * u + 0.5 * draws.normal())
            };
            let found = of(&run(&(0..400).map(path).collect::<Vec<_>>()));
            let half = found.pivot.width() * found.se.expect("many paths");
            covered += i32::from((found.mean.expect("many paths") - 3.0).abs() <= half);
        }
        let share = f64::from(covered) / f64::from(repetitions);
        // four standard errors of √(0.95·0.05/2000) = 0.0049
        assert!((share - 0.95).abs() < 0.02, "covered {share}");
    }
}
