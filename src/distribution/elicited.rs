//! Distributions from two quantiles, as experts give them: low and high values with the shares below them.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::beta::beta_reg;

use super::kind::{Distribution, SHAPES};
use super::quantile::beta;

/// Steps of a bisection, after which a double has no more digits to gain.
const STEPS: usize = 100;

/// A share and the value that it lies below.
type Quantile = (f64, f64);

/// The normal with two quantiles, the first below the second.
pub fn normal_between(low: Quantile, high: Quantile) -> Distribution {
    let (mean, sd) = line(low, high);
    Distribution::Normal { mean, sd }
}

/// The lognormal with two quantiles, both above 0.
pub fn log_normal_between(low: Quantile, high: Quantile) -> Distribution {
    let (location, scale) = line((low.0, low.1.ln()), (high.0, high.1.ln()));
    Distribution::LogNormal { location, scale }
}

/// The line through two points over the quantiles of a standard normal: its height at 0, and its slope.
fn line(low: Quantile, high: Quantile) -> (f64, f64) {
    let [from, to] = [low.0, high.0].map(|share| Normal::standard().inverse_cdf(share));
    let slope = (high.1 - low.1) / (to - from);
    (low.1 - from * slope, slope)
}

/// The uniform distribution with two quantiles.
pub fn uniform_between(low: Quantile, high: Quantile) -> Distribution {
    let slope = (high.1 - low.1) / (high.0 - low.0);
    let from = low.1 - low.0 * slope;
    Distribution::Uniform { low: from, high: from + slope }
}

/// The triangular distribution with two quantiles and a mode; `None` if there is none.
pub fn triangular_between(low: Quantile, mode: f64, high: Quantile) -> Option<Distribution> {
    let quantile = |share: f64, u: f64| match u < share {
        true => (u * share).sqrt(),
        false => 1.0 - ((1.0 - u) * (1.0 - share)).sqrt(),
    };
    let (from, to) = stretched(low, mode, high, quantile)?;
    Some(Distribution::Triangular { low: from, mode: mode.clamp(from, to), high: to })
}

/// The PERT distribution with two quantiles and a mode; `None` if there is none.
pub fn pert_between(low: Quantile, mode: f64, high: Quantile) -> Option<Distribution> {
    let quantile = |share: f64, u: f64| beta(1.0 + 4.0 * share, 1.0 + 4.0 * (1.0 - share), u);
    let (from, to) = stretched(low, mode, high, quantile)?;
    Some(Distribution::pert(from, mode.clamp(from, to), to))
}

/// The ends of a distribution that is one on 0…1 with a mode at some `share`, stretched so that it has two quantiles and a mode.
///
/// For a given share, the quantiles fix how the distribution is stretched and so where its mode comes to lie, which moves up with
/// the share.
fn stretched(low: Quantile, mode: f64, high: Quantile, quantile: impl Fn(f64, f64) -> f64) -> Option<(f64, f64)> {
    let ends = |share: f64| {
        let [from, to] = [low.0, high.0].map(|u| quantile(share, u));
        let width = (high.1 - low.1) / (to - from);
        (low.1 - from * width, width)
    };
    let mode_at = |share: f64| {
        let (from, width) = ends(share);
        from + share * width
    };
    if !(mode_at(0.0)..=mode_at(1.0)).contains(&mode) {
        return None;
    }
    let share = bisect((0.0, 1.0), |share| mode_at(share) < mode);
    let (from, width) = ends(share);
    Some((from, from + width))
}

/// The beta on `from`…`to` with two quantiles inside; `None` if its shapes would be beyond [`SHAPES`].
///
/// A beta of mean m and concentration c has shapes m·c and (1 − m)·c. For a given concentration the mean follows from the first quantile; the more
/// concentrated it is, the more lies below the second.
pub fn beta_between(low: Quantile, high: Quantile, (from, to): (f64, f64)) -> Option<Distribution> {
    let [first, second] = [low.1, high.1].map(|x| (x - from) / (to - from));
    let shapes = |concentration: f64| {
        // a larger mean leaves less below the first
        let mean = bisect((0.0, 1.0), |m| beta_to(m * concentration, (1.0 - m) * concentration, first) > low.0);
        (mean * concentration, (1.0 - mean) * concentration)
    };
    let spread = |log: f64| {
        let (a, b) = shapes(log.exp());
        beta_to(a, b, second) < high.0
    };
    let (a, b) = shapes(bisect((0.02f64.ln(), 20_000f64.ln()), spread).exp());
    let exact = (beta_to(a, b, first) - low.0).abs() < 1e-6 && (beta_to(a, b, second) - high.0).abs() < 1e-6;
    (exact && SHAPES.contains(&a) && SHAPES.contains(&b)).then_some(Distribution::Beta { a, b, low: from, high: to })
}

/// The probability that a beta is at most `x`, also where one of its shapes is 0.
fn beta_to(a: f64, b: f64, x: f64) -> f64 {
    match (a > 0.0, b > 0.0) {
        (true, true) => beta_reg(a, b, x),
        (mass_above, _) => f64::from(u8::from(!mass_above)),
    }
}

/// Where `is_below` turns false, between two ends.
fn bisect((mut low, mut high): (f64, f64), is_below: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..STEPS {
        let middle = (low + high) / 2.0;
        if is_below(middle) { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_have_the_quantiles() {
        let (low, high) = ((0.1, 0.2), (0.9, 0.4));
        let all = [
            normal_between(low, high),
            log_normal_between(low, high),
            uniform_between(low, high),
            triangular_between(low, 0.25, high).unwrap(),
            triangular_between(low, 0.3, high).unwrap(),
            pert_between(low, 0.27, high).unwrap(),
            beta_between(low, high, (0.0, 1.0)).unwrap(),
            beta_between((0.05, 0.2), (0.75, 0.9), (0.1, 1.1)).unwrap(),
        ];
        for (at, distribution) in all.iter().enumerate() {
            let (low, high) = if at == 7 { ((0.05, 0.2), (0.75, 0.9)) } else { (low, high) };
            for (share, value) in [low, high] {
                let found = distribution.quantile(share);
                assert!((found - value).abs() < 1e-6, "{distribution:?}: {found}, not {value}");
            }
        }
        // half of this triangle is on either side of the middle
        let Distribution::Triangular { low, mode, high } = all[4] else { panic!("{:?}", all[4]) };
        assert!((mode - low - (high - mode)).abs() < 1e-9);
    }

    #[test]
    fn a_mode_that_no_distribution_has_is_refused() {
        assert_eq!(triangular_between((0.1, 0.2), 0.9, (0.9, 0.4)), None);
        assert_eq!(pert_between((0.1, 0.2), 0.05, (0.9, 0.4)), None);
        // so far apart that nearly all of the distribution lies at its ends
        assert_eq!(beta_between((0.49, 1e-9), (0.51, 1.0 - 1e-9), (0.0, 1.0)), None);
    }
}
