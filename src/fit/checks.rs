//! Tests of residuals: are they normal, and is there anything in their order?

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::distribution::normal_share;

/// P-values below this are reported as findings.
const LEVEL: f64 = 0.05;
/// Lags at most.
const MOST_LAGS: usize = 10;

/// A test of the residuals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// What is tested: `normality`, `autocorrelation` or `volatility_clustering`.
    pub name: String,
    /// The test: `Anderson-Darling` or `Ljung-Box`.
    pub test: String,
    /// Its statistic.
    pub statistic: f64,
    /// Lags that were looked at; left out where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lags: Option<usize>,
    /// The probability of a statistic as large if the process is right.
    pub p_value: f64,
    /// What that means, in a sentence.
    pub reading: String,
}

impl Check {
    /// Whether the test speaks against the process, at 5%.
    pub fn is_finding(&self) -> bool {
        self.p_value < LEVEL
    }
}

/// The tests of standardized residuals, of which `fitted` autocorrelation parameters were estimated.
pub fn checks(residuals: &[f64], fitted: usize) -> Vec<Check> {
    let lags = (residuals.len() / 5).clamp(fitted + 1, MOST_LAGS);
    let squares: Vec<f64> = residuals.iter().map(|z| z * z).collect();
    let (normal, p_normal) = anderson_darling(residuals);
    let (order, p_order) = ljung_box(residuals, lags, fitted);
    let (cluster, p_cluster) = ljung_box(&squares, lags, 0);
    let check = |name: &str, test: &str, statistic, lags, p_value: f64, wrong: &str, right: &str| Check {
        name: name.to_owned(),
        test: test.to_owned(),
        statistic,
        lags,
        p_value,
        reading: if p_value < LEVEL { wrong } else { right }.to_owned(),
    };
    vec![
        check(
            "normality",
            "Anderson-Darling",
            normal,
            None,
            p_normal,
            "Residuals are not normal: large changes are more frequent than the process allows, or the prices are rounded.",
            "Nothing speaks against normal residuals.",
        ),
        check(
            "autocorrelation",
            "Ljung-Box",
            order,
            Some(lags),
            p_order,
            "Residuals depend on those before them, which the process does not allow: changes trend, or prices are averages or stale.",
            "Nothing speaks against independent residuals.",
        ),
        check(
            "volatility_clustering",
            "Ljung-Box",
            cluster,
            Some(lags),
            p_cluster,
            "Large residuals follow large ones: the volatility changes over time, and the fitted one is its average.",
            "Nothing speaks against a constant volatility.",
        ),
    ]
}

/// The statistic of Anderson and Darling for normality with unknown mean and variance, with Stephens' correction for small samples,
/// and its p-value (D'Agostino and Stephens 1986, "Goodness-of-fit techniques").
fn anderson_darling(x: &[f64]) -> (f64, f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let sd = (x.iter().map(|z| (z - mean) * (z - mean)).sum::<f64>() / (n - 1.0)).sqrt();
    let mut sorted: Vec<f64> = x.iter().map(|z| (z - mean) / sd).collect();
    sorted.sort_by(f64::total_cmp);
    let logs = |at: usize| {
        let (low, high) = (normal_share(sorted[at]), normal_share(-sorted[x.len() - 1 - at]));
        (2 * at + 1) as f64 * (libm::log(low.max(1e-300)) + libm::log(high.max(1e-300)))
    };
    let square = -n - (0..x.len()).map(logs).sum::<f64>() / n;
    let a = square * (1.0 + 0.75 / n + 2.25 / (n * n));
    let p = if a < 0.2 {
        1.0 - libm::exp(-13.436 + 101.14 * a - 223.73 * a * a)
    } else if a < 0.34 {
        1.0 - libm::exp(-8.318 + 42.796 * a - 59.938 * a * a)
    } else if a < 0.6 {
        libm::exp(0.9177 - 4.279 * a - 1.38 * a * a)
    } else if a < 13.0 {
        libm::exp(1.2937 - 5.709 * a + 0.0186 * a * a)
    } else {
        0.0
    };
    (square, p)
}

/// The statistic of Ljung and Box (1978) over so many lags, and its p-value.
fn ljung_box(x: &[f64], lags: usize, fitted: usize) -> (f64, f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let product = |lag: usize| x.iter().zip(&x[lag..]).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    let variance = product(0);
    if variance <= 0.0 {
        return (0.0, 1.0);
    }
    let term = |lag: usize| (product(lag) / variance).powi(2) / (n - lag as f64);
    let statistic = n * (n + 2.0) * (1..=lags).map(term).sum::<f64>();
    let p = ChiSquared::new((lags - fitted) as f64).map_or(f64::NAN, |chi| chi.sf(statistic));
    (statistic, p)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::draws::{Purpose, Stream};

    const SAMPLE: [f64; 20] =
        [0.3, -1.2, 0.8, 2.1, -0.4, 0.05, -0.9, 1.4, -2.6, 0.6, 0.2, -0.1, 1.1, -0.7, 0.9, -1.5, 0.4, 3.2, -0.3, 0.0];

    #[test]
    fn statistics_are_those_of_statsmodels() {
        // statsmodels 0.15.0: normal_ad, acorr_ljungbox(lags=[4])
        let close = |found: (f64, f64), expected: (f64, f64), what: &str| {
            assert!((found.0 - expected.0).abs() < 1e-6 && (found.1 - expected.1).abs() < 1e-6, "{what}: {found:?}");
        };
        close(anderson_darling(&SAMPLE), (0.20045875, 0.86329795), "normality");
        close(ljung_box(&SAMPLE, 4, 0), (2.907603, 0.573405), "autocorrelation");
        close(ljung_box(&SAMPLE.map(|z| z * z), 4, 0), (2.022121, 0.73169), "squares");
    }

    #[test]
    fn tests_find_what_is_wrong_and_little_else() {
        let trials = 400;
        let mut found = [[0.0; 3]; 3];
        for trial in 0..trials {
            let mut stream = Stream::new(8, Purpose::History, trial);
            let plain: Vec<f64> = (0..120).map(|_| stream.normal()).collect();
            let heavy: Vec<f64> = plain.iter().map(|z| z * z * z).collect();
            let trending: Vec<f64> = plain.windows(2).map(|pair| pair[1] + 0.6 * pair[0]).collect();
            for (place, sample) in [plain, heavy, trending].iter().enumerate() {
                for (check, count) in checks(sample, 0).iter().zip(&mut found[place]) {
                    *count += f64::from(u8::from(check.is_finding())) / trials as f64;
                }
            }
        }
        // four standard errors of a share of 5% are 4.4%
        assert!(found[0].iter().all(|&share| (share - 0.05).abs() < 0.044), "{found:?}");
        assert!(found[1][0] > 0.99 && found[2][1] > 0.95, "{found:?}");
    }
}
