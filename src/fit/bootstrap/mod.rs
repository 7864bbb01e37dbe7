//! Draws of the parameters that agree with a history, and the estimates that the scenario gets.

pub mod diffusion;
pub mod posterior;
pub mod reverting;

use super::distribution::quantile;
use super::estimate::diffusion::Moments;
use super::estimate::jumps::Mixture;
use super::estimate::reverting::Search;
use super::estimate::series::Series;
use super::model::{Model, Process};

/// Estimates, and draws around them.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The estimates, corrected for their bias, in the order of the model's keys.
    pub estimates: Vec<f64>,
    /// Parameter sets in the same order.
    pub sets: Vec<Vec<f64>>,
    /// The share of draws for which even a process without reversion gives estimates like that of the history: the p-value of
    /// a test for reversion. `None` for a `gbm` and with jumps.
    pub without_reversion: Option<f64>,
}

/// Draws `count` parameter sets that agree with a history of latent values; the same sets for the same seed.
///
/// - `gbm`: the drift by maximum likelihood, the volatility with n − 1 in place of n.
/// - `ou` and `logit_ou`: the speed of reversion is corrected for its bias ([`reverting::corrected`]). Level and volatility are the
///   medians of the draws: at a corrected speed that is low, the level that fits best may lie far from all prices.
/// - with jumps: the medians of all parameters.
pub fn sample(model: Model, series: &Series, count: usize, seed: u64) -> Sample {
    if model.jumps {
        let mixture = Mixture::new(model, series);
        let sets = posterior::draws(&mixture, &mixture.best(), count, seed);
        let estimates = (0..model.keys().len()).map(|at| median(&sets, at)).collect();
        return Sample { estimates, sets, without_reversion: None };
    }
    match model.process {
        Process::Gbm => brownian(series, count, seed),
        _ => reverting(model, series, count, seed),
    }
}

fn brownian(series: &Series, count: usize, seed: u64) -> Sample {
    let found = Moments::new(&series.x, &series.years);
    let volatility = found.volatility(series.steps());
    let estimates = vec![found.trend + volatility * volatility / 2.0, volatility];
    let sets = (0..count).map(|index| diffusion::draw(series, &found, seed, index as u64).to_vec()).collect();
    Sample { estimates, sets, without_reversion: None }
}

fn reverting(model: Model, series: &Series, count: usize, seed: u64) -> Sample {
    let search = Search::new(series);
    let found = search.maximum(&series.x);
    let floor = series.slowest();
    let reversion = reverting::corrected(series, &search, &found, floor, count, seed);
    let draws = reverting::Reverting::new(series, &search, &found, floor);
    let drawn: Vec<_> = (0..count).map(|index| draws.draw(seed, index as u64)).collect();
    let unresolved = drawn.iter().filter(|(_, unresolved)| *unresolved).count();
    let sets: Vec<Vec<f64>> = drawn
        .iter()
        .map(|&([level, reversion, volatility], _)| vec![model.value(level), reversion, volatility])
        .collect();
    let estimates = vec![median(&sets, 0), reversion, median(&sets, 2)];
    Sample { estimates, sets, without_reversion: Some(unresolved as f64 / count as f64) }
}

fn median(sets: &[Vec<f64>], parameter: usize) -> f64 {
    quantile(&sorted(sets, parameter), 0.5)
}

/// The draws of a parameter, sorted.
pub fn sorted(sets: &[Vec<f64>], parameter: usize) -> Vec<f64> {
    let mut values: Vec<f64> = sets.iter().map(|set| set[parameter]).collect();
    values.sort_by(f64::total_cmp);
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::draws::{Purpose, Stream};

    /// Synthetic histories of 36 months from a start.
    fn histories(model: Model, truth: &[f64], start: f64, count: u64) -> Vec<Series> {
        let law = model.law(truth);
        let years = vec![1.0 / 12.0; 35];
        let one = |index| law.path(start, &years, &mut Stream::new(11, Purpose::History, index));
        (0..count).map(|index| Series::new(one(index), years.clone())).collect()
    }

    #[test]
    fn draws_of_a_gbm_are_students_and_chi_squares() {
        let series = &histories(Model::gbm(false), &[-0.1, 0.28], 0.0, 1)[0];
        let found = sample(Model::gbm(false), series, 20_000, 3);
        let moments = Moments::new(&series.x, &series.years);
        let (n, span) = (35.0f64, series.span());
        let volatility = moments.volatility(35);
        let trends: Vec<f64> = found.sets.iter().map(|set| set[0] - set[1] * set[1] / 2.0).collect();
        let mut standard: Vec<f64> = trends.iter().map(|t| (t - moments.trend) / (volatility / span.sqrt())).collect();
        standard.sort_by(f64::total_cmp);
        // SciPy 1.17.1: t.ppf(0.975, 34), chi2.ppf(0.1, 34); four standard errors of a quantile, √(p(1 − p)/n)/density
        assert!((quantile(&standard, 0.975) - 2.032245).abs() < 4.0 * 0.018, "{}", quantile(&standard, 0.975));
        let squares: Vec<f64> =
            sorted(&found.sets, 1).iter().rev().map(|v| (n - 1.0) * (volatility / v).powi(2)).collect();
        assert!((quantile(&squares, 0.1) - 23.952253).abs() < 4.0 * 0.1, "{}", quantile(&squares, 0.1));
        assert_eq!(found.estimates, [moments.trend + volatility * volatility / 2.0, volatility]);
    }

    #[test]
    fn intervals_of_reversion_cover_and_its_bias_is_small() {
        // 120 histories: four standard errors of a coverage of 95% are 8%, of the mean estimate 4·1.9/√120 = 0.69, against a bias of
        // 1.85 without correction
        let (trials, truth) = (120, 1.2);
        let model = Model::ou(false);
        let (mut covered, mut corrected, mut raw) = (0.0, 0.0, 0.0);
        for (index, series) in histories(model, &[2.0, truth, 0.4], 2f64.ln() + 0.2, trials).iter().enumerate() {
            let found = sample(model, series, 300, index as u64);
            let speeds = sorted(&found.sets, 1);
            covered += f64::from(u8::from(quantile(&speeds, 0.025) <= truth && truth <= quantile(&speeds, 0.975)));
            corrected += found.estimates[1] / trials as f64;
            raw += Search::new(series).maximum(&series.x).reversion / trials as f64;
        }
        assert!(covered / trials as f64 > 0.87, "{covered}");
        assert!((corrected - truth).abs() < 0.69 && raw - truth > 1.0, "{corrected} {raw}");
    }

    #[test]
    fn the_test_for_reversion_has_its_size_and_power() {
        let p = |truth: &[f64], model, count| -> Vec<f64> {
            let all = histories(model, truth, 0.7, count);
            let one = |(index, series): (usize, &Series)| {
                sample(Model::ou(false), series, 200, index as u64).without_reversion
            };
            all.iter().enumerate().filter_map(one).collect()
        };
        let share = |of: Vec<f64>| of.iter().filter(|&&p| p < 0.1).count() as f64 / of.len() as f64;
        // four standard errors of 10% among 100 are 12%
        let size = share(p(&[0.04, 0.28], Model::gbm(false), 100));
        assert!(size < 0.22, "{size}");
        let power = share(p(&[2.0, 12.0, 0.8], Model::ou(false), 40));
        assert!(power > 0.9, "{power}");
    }

    #[test]
    fn samples_are_fixed_by_their_seed() {
        for (model, truth) in
            [(Model::gbm(true), &[-0.1, 0.28, 1.0, -0.15, 0.1][..]), (Model::logit_ou(0.0, 1.0), &[0.6, 1.2, 0.6])]
        {
            let series = &histories(model, truth, 0.1, 1)[0];
            let first = sample(model, series, 100, 1);
            assert_eq!(first, sample(model, series, 100, 1));
            assert_ne!(first.sets, sample(model, series, 100, 2).sets);
            assert!(first.sets.iter().flatten().all(|value| value.is_finite()));
        }
    }

    #[test]
    fn jumps_that_are_plain_are_found() {
        // ten years of weeks with three falls a year, five standard deviations each
        let model = Model::gbm(true);
        let law = model.law(&[0.0, 0.28, 3.0, -0.25, 0.05]);
        let years = vec![7.0 / 365.25; 521];
        let series = Series::new(law.path(0.0, &years, &mut Stream::new(12, Purpose::History, 4)), years);
        let found = sample(model, &series, 400, 1);
        for (place, truth) in [(1, 0.28), (2, 3.0), (3, -0.25), (4, 0.05)] {
            let draws = sorted(&found.sets, place);
            // 99.8% intervals
            assert!(
                quantile(&draws, 0.001) < truth && truth < quantile(&draws, 0.999),
                "{}: {draws:?}",
                model.keys()[place]
            );
            assert!(draws[399] - draws[0] < 8.0 * truth.abs());
        }
    }
}
