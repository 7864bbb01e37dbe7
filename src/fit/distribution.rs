//! Distributions of uncertain parameters, in forms that a scenario's `[[uncertain]]` has, fitted to draws.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::distribution::{Distribution, Metalog, log_normal_between};

/// Shares at which a metalog goes through the draws' quantiles, with fewer if these make no distribution.
const SHARES: [&[f64]; 2] = [&[0.05, 0.25, 0.5, 0.75, 0.95], &[0.1, 0.5, 0.9]];

/// The form closest to sorted draws of a parameter that lies between `lower` and `upper`, which may be infinite: the one whose
/// distribution function is nowhere far from the draws' (Kolmogorov's distance). `None` if the draws have fewer than three different
/// values.
pub fn of_draws(sorted: &[f64], (lower, upper): (f64, f64)) -> Option<Distribution> {
    let mut candidates = Vec::new();
    let (low, high) = (quantile(sorted, 0.1), quantile(sorted, 0.9));
    if lower == 0.0 && upper == f64::INFINITY && low > 0.0 && low < high {
        candidates.push(log_normal_between((0.1, low), (0.9, high)));
    }
    candidates.extend(truncated_normal(sorted, lower, upper));
    let through = |shares: &&[f64]| {
        let quantiles: Vec<(f64, f64)> = shares.iter().map(|&share| (share, quantile(sorted, share))).collect();
        let rises = quantiles.windows(2).all(|pair| pair[0].1 < pair[1].1);
        let metalog = rises.then(|| Metalog::new(&quantiles).ok()).flatten()?;
        cut(Distribution::Metalog(metalog), lower, upper)
    };
    candidates.extend(SHARES.iter().find_map(through));
    candidates.into_iter().min_by(|a, b| distance(a, sorted).total_cmp(&distance(b, sorted)))
}

/// A distribution between bounds, of which none is a bound if it is infinite.
fn cut(of: Distribution, lower: f64, upper: f64) -> Option<Distribution> {
    if lower.is_infinite() && upper.is_infinite() { Some(of) } else { of.truncated(lower, upper) }
}

/// The largest distance in shares between a distribution and sorted draws, at forty shares.
fn distance(of: &Distribution, sorted: &[f64]) -> f64 {
    let off = |k: i32| {
        let share = (f64::from(k) + 0.5) / 40.0;
        let value = of.quantile(share);
        let below = sorted.partition_point(|&draw| draw < value) as f64;
        let upto = sorted.partition_point(|&draw| draw <= value) as f64;
        let count = sorted.len() as f64;
        (below / count - share).max(share - upto / count)
    };
    (0..40).map(off).fold(0.0, f64::max)
}

/// The normal, cut off at the bounds, that is closest to sorted draws: means from far below to the draws' 90% quantile are tried, each
/// with the standard deviation that gives the 80% quantile.
fn truncated_normal(sorted: &[f64], lower: f64, upper: f64) -> Option<Distribution> {
    let (low, high) = (quantile(sorted, 0.1), quantile(sorted, 0.8));
    let at = |k: i32| {
        let mean = high - (high - low) * (0.2 + 0.05 * f64::from(k));
        // draws that differ in their last digits only leave no width
        if high - mean < f64::MIN_POSITIVE || !(high - mean).is_finite() {
            return None;
        }
        let (mut narrow, mut wide) = (1e-3 * (high - mean), 10.0 * (high - mean));
        for _ in 0..50 {
            let sd = f64::midpoint(narrow, wide);
            let below = cut(Distribution::Normal { mean, sd }, lower, upper).is_some_and(|of| of.quantile(0.8) < high);
            if below { narrow = sd } else { wide = sd }
        }
        cut(Distribution::Normal { mean, sd: narrow }, lower, upper)
    };
    if low >= high {
        return None;
    }
    (0..40).filter_map(at).min_by(|a, b| distance(a, sorted).total_cmp(&distance(b, sorted)))
}

/// A quantile of sorted values, linear between them.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * (sorted.len() - 1) as f64;
    let below = at.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (at - below as f64)
}

/// The standard normal's quantile.
pub fn normal_quantile(share: f64) -> f64 {
    Normal::standard().inverse_cdf(share)
}

/// The standard normal's distribution function.
pub fn normal_share(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::draws::{Purpose, Stream};

    const SHARES_LOOKED_AT: [f64; 7] = [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98];

    /// The largest distance in shares between a form and the distribution that draws are from.
    fn distance(draw: impl Fn(&mut Stream) -> f64, range: (f64, f64)) -> (Distribution, f64) {
        let mut stream = Stream::new(2, Purpose::History, 0);
        let mut draws: Vec<f64> = (0..20_000).map(|_| draw(&mut stream)).collect();
        draws.sort_by(f64::total_cmp);
        let form = of_draws(&draws, range).expect("draws differ");
        let off = |&share: &f64| {
            let value = form.quantile(share);
            assert!(value >= range.0 && value <= range.1);
            (draws.partition_point(|&x| x < value) as f64 / draws.len() as f64 - share).abs()
        };
        let most = SHARES_LOOKED_AT.iter().map(off).fold(0.0, f64::max);
        (form, most)
    }

    #[test]
    fn forms_are_close_to_draws_of_all_shapes() {
        let real = (f64::NEG_INFINITY, f64::INFINITY);
        let positive = (0.0, f64::INFINITY);
        let (form, off) = distance(|s| libm::exp(0.8 * s.normal() - 1.0), positive);
        assert!(matches!(form, Distribution::LogNormal { .. }) && off < 0.01, "{form:?} {off}");
        let (form, off) = distance(|s| (1.0 + 2.0 * s.normal()).abs(), positive);
        assert!(matches!(form, Distribution::Truncated { .. }) && off < 0.03, "{form:?} {off}");
        // Student's with 5 degrees of freedom
        let student = |s: &mut Stream| {
            let square: f64 = (0..5).map(|_| s.normal().powi(2)).sum();
            s.normal() / (square / 5.0).sqrt()
        };
        let (form, off) = distance(student, real);
        assert!(matches!(form, Distribution::Metalog(_)) && off < 0.015, "{form:?} {off}");
        let (_, off) = distance(|s| s.uniform(), (0.0, 1.0));
        assert!(off < 0.02, "{off}");
    }

    #[test]
    fn draws_that_are_all_the_same_have_no_distribution() {
        assert_eq!(of_draws(&[0.5; 100], (0.0, 1.0)), None);
    }
}
