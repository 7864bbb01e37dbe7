//! Maximum likelihood on exact transitions, at steps of any length.

pub mod diffusion;
pub mod jumps;
pub mod reverting;
pub mod series;
pub mod simplex;

use super::distribution::normal_quantile;
use super::model::{Law, Model, Process};
use diffusion::Moments;
use jumps::{Components, Mixture};
use reverting::{Search, Weights};
use series::Series;

/// The most likely process of a kind, without any correction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeliest {
    /// Its law.
    pub law: Law,
    /// The logarithm of the likelihood of the latent values, given the first.
    pub log_likelihood: f64,
}

impl Likeliest {
    /// The most likely process of a model; with jumps the one of the highest posterior density ([`Mixture`]). Reversion is at least
    /// [`Series::slowest`].
    pub fn new(model: Model, series: &Series) -> Self {
        if model.jumps {
            let mixture = Mixture::new(model, series);
            let best = mixture.best();
            return Likeliest { law: mixture.law(&best), log_likelihood: mixture.log_likelihood(&best) };
        }
        let plain = Law { level: 0.0, reversion: 0.0, volatility: 0.0, trend: 0.0, intensity: 0.0, mean: 0.0, sd: 0.0 };
        if model.process == Process::Gbm {
            let found = Moments::new(&series.x, &series.years);
            let law = Law { trend: found.trend, volatility: found.variance.sqrt(), ..plain };
            return Likeliest { law, log_likelihood: found.log_likelihood };
        }
        let reversion = Search::new(series).maximum(&series.x).reversion.max(series.slowest());
        let found = Weights::new(series, reversion).profile(&series.x);
        let law = Law { level: found.level(), reversion, volatility: found.variance.sqrt(), ..plain };
        Likeliest { law, log_likelihood: found.log_likelihood }
    }

    /// The standardized residuals of the steps, standard normals if the process is right. With jumps they are the normal quantiles of
    /// the shares of the mixture below.
    pub fn residuals(&self, series: &Series) -> Vec<f64> {
        let law = &self.law;
        let one = |(pair, &years): (&[f64], &f64)| {
            if law.intensity > 0.0 {
                let share = Components::new(law, years).share_below(pair[0], pair[1]);
                return normal_quantile(share.clamp(1e-15, 1.0 - 1e-15));
            }
            let step = law.step(years);
            (pair[1] - step.centre - step.decay * pair[0]) / step.variance.sqrt()
        };
        series.x.windows(2).zip(&series.years).map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::draws::{Purpose, Stream};

    /// A history at irregular steps.
    fn irregular() -> Series {
        let days = [0, 31, 59, 90, 120, 151, 181, 212, 250, 273, 304, 334, 400, 420, 455, 480, 516];
        let prices = [2.1, 2.3, 2.2, 2.5, 2.8, 2.6, 2.4, 2.45, 2.2, 2.0, 1.9, 2.05, 2.3, 2.4, 2.6, 2.2, 2.1];
        let years = days.windows(2).map(|pair| f64::from(pair[1] - pair[0]) / 365.25).collect();
        Series::new(prices.iter().map(|&price| libm::log(price)).collect(), years)
    }

    #[test]
    fn maxima_are_those_of_scipy() {
        // SciPy 1.17.1: minimize(…, "Nelder-Mead") of the exact transition's likelihood, tolerances 10⁻¹⁰ and 10⁻¹²
        let series = irregular();
        let found = Likeliest::new(Model::ou(false), &series);
        let law = found.law;
        // the search ends at a relative width of 10⁻⁵, where the likelihood is flat to 10⁻¹⁰
        assert!((law.reversion - 6.13527475).abs() < 2e-4 && (law.level - 0.8303126874).abs() < 1e-6, "{law:?}");
        assert!((law.volatility - 0.35677146).abs() < 1e-5 && (found.log_likelihood - 17.3947663533).abs() < 1e-8);
        let found = Likeliest::new(Model::gbm(false), &series);
        assert!(found.law.trend.abs() < 1e-12 && (found.law.volatility.powi(2) - 0.0987316967).abs() < 1e-9);
        assert!((found.log_likelihood - 15.5134623647).abs() < 1e-9);
        // scipy.stats.poisson and norm, 60 terms
        let mixture = Mixture::new(Model::gbm(true), &series);
        let [a, b, c] = [0.28f64, 1.0, 0.1].map(f64::ln);
        let height = mixture.log_likelihood(&[0.05, a, b, -0.15, c]);
        assert!((height - 14.9533540782).abs() < 1e-8, "{height}");
    }

    #[test]
    fn long_histories_give_back_their_parameters() {
        // 60 years of weeks: standard errors are about σ/√(2n) of volatilities, √(2κ/T) of reversions and σ/(κ√T) of levels
        let law = Model::ou(false).law(&[2.0, 1.2, 0.4]);
        let years = vec![7.0 / 365.25; 3130];
        let span: f64 = years.iter().sum();
        let series = Series::new(law.path(law.level, &years, &mut Stream::new(4, Purpose::History, 0)), years);
        let found = Likeliest::new(Model::ou(false), &series).law;
        assert!((found.volatility - 0.4).abs() < 4.0 * 0.4 / (2.0 * 3130f64).sqrt(), "{found:?}");
        assert!((found.reversion - 1.2).abs() < 4.0 * (2.4 / span).sqrt(), "{found:?}");
        assert!((found.level - 2f64.ln()).abs() < 4.0 * 0.4 / (1.2 * span.sqrt()), "{found:?}");
    }

    #[test]
    fn many_jumps_give_back_their_parameters() {
        // 40 years of weeks with some 120 jumps; tolerances of four standard errors: intensity √(λ/T), mean and sd of jumps
        // sd/√120 and sd/√240, and a half more for what small jumps hide
        let law = Model::gbm(true).law(&[-0.1, 0.28, 3.0, -0.25, 0.08]);
        let years = vec![7.0 / 365.25; 2087];
        let series = Series::new(law.path(0.0, &years, &mut Stream::new(5, Purpose::History, 1)), years);
        let found = Likeliest::new(Model::gbm(true), &series).law;
        assert!((found.intensity - 3.0).abs() < 6.0 * (3.0f64 / 40.0).sqrt(), "{found:?}");
        assert!((found.mean + 0.25).abs() < 6.0 * 0.08 / 120f64.sqrt(), "{found:?}");
        assert!((found.sd - 0.08).abs() < 6.0 * 0.08 / 240f64.sqrt(), "{found:?}");
        assert!((found.volatility - 0.28).abs() < 6.0 * 0.28 / (2.0 * 2087f64).sqrt(), "{found:?}");
    }

    #[test]
    fn residuals_are_standard_normals_of_the_right_process() {
        for model in [Model::gbm(false), Model::ou(false), Model::gbm(true)] {
            let parameters: &[f64] = match (model.process, model.jumps) {
                (Process::Gbm, true) => &[-0.1, 0.28, 3.0, -0.25, 0.08],
                (Process::Gbm, false) => &[-0.1, 0.28],
                _ => &[2.0, 1.2, 0.4],
            };
            let law = model.law(parameters);
            let years: Vec<f64> = (0..4_000).map(|k| f64::from(5 + k % 7) / 365.25).collect();
            let series = Series::new(law.path(0.5, &years, &mut Stream::new(6, Purpose::History, 2)), years);
            let residuals = Likeliest { law, log_likelihood: 0.0 }.residuals(&series);
            let n = residuals.len() as f64;
            let moment = |power: i32| residuals.iter().map(|z| z.powi(power)).sum::<f64>() / n;
            // four standard errors of the mean, the square, and the fourth power: 1, √2 and √96 over √n
            assert!(moment(1).abs() < 4.0 / n.sqrt() && (moment(2) - 1.0).abs() < 4.0 * 2f64.sqrt() / n.sqrt());
            assert!((moment(4) - 3.0).abs() < 4.0 * 96f64.sqrt() / n.sqrt(), "{}", moment(4));
        }
    }
}
