//! Errors and intervals of the parameters, and the distributions that a scenario draws them from.

use super::bootstrap::{Sample, sorted};
use super::correlation::{Copula, printable, rank_correlation};
use super::distribution::{normal_share, of_draws, quantile};
use super::draws::{Purpose, Stream};
use super::model::{Law, Model, Process};
use crate::distribution::Distribution;

/// The shares between which the middle of a normal is two standard deviations wide.
const ONE_SIGMA: (f64, f64) = (0.158_655_253_931, 0.841_344_746_069);
/// Years ahead at which the distributions are held against the draws.
const AHEAD: f64 = 2.0;
/// Parameter sets for that.
const SETS: u64 = 1_000;
/// How much narrower and wider the level's distribution may become.
const WIDTHS: (f64, f64) = (0.05, 2.0);

/// A parameter with what is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its key in a `[[factor]]`, such as `volatility` or `jumps.mean`.
    pub key: &'static str,
    /// The estimate, corrected for its bias.
    pub value: f64,
    /// The standard error: half the width of the middle 68.3% of the draws, which is the standard deviation of a normal and does
    /// not depend on rare draws.
    pub se: f64,
    /// The lower end of the 95% interval.
    pub low: f64,
    /// The upper end of the 95% interval.
    pub high: f64,
    /// The distribution that a scenario draws it from; `None` where all draws are the same.
    pub distribution: Option<Distribution>,
}

/// The parameters of a fitted process and how they depend on each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertainty {
    /// In the order of the model's keys.
    pub parameters: Vec<Parameter>,
    /// Rank correlations, rounded to hundredths and positive definite.
    pub correlation: Vec<Vec<f64>>,
}

impl Uncertainty {
    /// What draws say about the parameters of a model, for a scenario that begins at the latent value `last`.
    pub fn new(model: Model, sample: &Sample, last: f64) -> Self {
        let correlation = printable(&rank_correlation(&sample.sets));
        let parameter = |at: usize| {
            let draws = sorted(&sample.sets, at);
            Parameter {
                key: model.keys()[at],
                value: sample.estimates[at],
                se: (quantile(&draws, ONE_SIGMA.1) - quantile(&draws, ONE_SIGMA.0)) / 2.0,
                low: quantile(&draws, 0.025),
                high: quantile(&draws, 0.975),
                distribution: of_draws(&draws, model.range(at)),
            }
        };
        let parameters = (0..model.keys().len()).map(parameter).collect();
        let mut made = Uncertainty { parameters, correlation };
        if model.process != Process::Gbm {
            made.fit_level(model, sample, last);
        }
        made
    }

    /// Parameter set number `index` of a seed, drawn as a scenario draws it: from the distributions and a Gaussian copula.
    pub fn draw(&self, copula: &Copula, seed: u64, index: u64) -> Vec<f64> {
        let shares = copula.draw(&mut Stream::new(seed, Purpose::Parameters, index));
        let one =
            |(of, share): (&Parameter, &f64)| of.distribution.as_ref().map_or(of.value, |known| known.quantile(*share));
        self.parameters.iter().zip(&shares).map(one).collect()
    }

    /// The copula of the correlation.
    pub fn copula(&self) -> Option<Copula> {
        Copula::new(&self.correlation)
    }

    /// Chooses the width of the level's distribution for the price two years ahead to be as uncertain as by the draws.
    ///
    /// The slower the reversion, the less is known about the level, and the less it matters. A copula has no such dependence: it would put
    /// levels far away together with fast reversion, and make the price too uncertain.
    fn fit_level(&mut self, model: Model, sample: &Sample, last: f64) {
        let Some(copula) = self.copula() else { return };
        let wanted = width(sample.sets.iter().map(|set| moments(&model.law(set), last)).collect());
        let draws: Vec<f64> = sorted(&sample.sets, 0).iter().map(|&value| model.latent(value)).collect();
        let centre = quantile(&draws, 0.5);
        let (mut narrow, mut wide) = WIDTHS;
        for _ in 0..8 {
            let scale = f64::midpoint(narrow, wide);
            let scaled: Vec<f64> = draws.iter().map(|draw| model.value(centre + scale * (draw - centre))).collect();
            self.parameters[0].distribution = of_draws(&scaled, model.range(0));
            let sets = (0..SETS).map(|index| self.draw(&copula, 0, index));
            let found = width(sets.map(|set| moments(&model.law(&set), last)).collect());
            if found < wanted { narrow = scale } else { wide = scale }
        }
    }
}

/// Mean and standard deviation of the latent value two years after it was `last`.
fn moments(law: &Law, last: f64) -> (f64, f64) {
    let step = law.step(AHEAD);
    let jumps = law.intensity * (law.mean * law.mean + law.sd * law.sd) / (law.volatility * law.volatility);
    let drift = law.intensity * law.mean * (1.0 - step.decay) / law.reversion;
    (step.centre + step.decay * last + drift, (step.variance * (1.0 + jumps)).sqrt())
}

/// The width of the middle 90% of a mixture of normals.
fn width(normals: Vec<(f64, f64)>) -> f64 {
    let share =
        |x: f64| normals.iter().map(|(mean, sd)| normal_share((x - mean) / sd)).sum::<f64>() / normals.len() as f64;
    let mut means: Vec<f64> = normals.iter().map(|normal| normal.0).collect();
    means.sort_by(f64::total_cmp);
    let reach = 8.0 * normals.iter().map(|normal| normal.1).fold(0.0, f64::max);
    let at = |wanted: f64| {
        let (mut low, mut high) = (means[0] - reach, means[means.len() - 1] + reach);
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            if share(middle) < wanted { low = middle } else { high = middle }
        }
        low
    };
    at(0.95) - at(0.05)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::bootstrap::sample;
    use crate::fit::estimate::series::Series;

    /// The share of synthetic histories of 36 months whose 90% interval for the price two years on holds it: with parameters drawn
    /// from the entries, and with the estimates alone.
    fn coverage(model: Model, truth: &[f64], histories: u64, bootstrap: usize) -> (f64, f64) {
        let law = model.law(truth);
        let years = vec![1.0 / 12.0; 35];
        let deviation = if law.reversion > 0.0 { law.volatility / (2.0 * law.reversion).sqrt() } else { 0.0 };
        let (mut entries, mut plug_in) = (0.0, 0.0);
        for number in 0..histories {
            let mut stream = Stream::new(21, Purpose::History, number);
            let start = if law.reversion > 0.0 { law.level + deviation * stream.normal() } else { 0.0 };
            let series = Series::new(law.path(start, &years, &mut stream), years.clone());
            let future = law.draw(series.last(), AHEAD, &mut stream);
            let sample = sample(model, &series, bootstrap, number);
            let known = Uncertainty::new(model, &sample, series.last());
            let copula = known.copula().expect("it is positive definite");
            let holds = |set: &dyn Fn(u64) -> Vec<f64>| {
                let end = |index| {
                    model.law(&set(index)).draw(series.last(), AHEAD, &mut Stream::new(number, Purpose::Future, index))
                };
                let mut ends: Vec<f64> = (0..600).map(end).collect();
                ends.sort_by(f64::total_cmp);
                f64::from(u8::from(quantile(&ends, 0.05) < future && future < quantile(&ends, 0.95)))
            };
            entries += holds(&|index| known.draw(&copula, number, index)) / histories as f64;
            plug_in += holds(&|_| sample.estimates.clone()) / histories as f64;
        }
        (entries, plug_in)
    }

    #[test]
    fn predictive_intervals_cover() {
        // the bar is 88 to 92%, measured with 1,000 histories (docs/validation.md); here four standard errors more, √(0.09/n) each
        for (model, truth, histories) in [
            (Model::gbm(false), &[-0.1, 0.28][..], 300),
            (Model::ou(false), &[2.0, 1.2, 0.4], 80),
            (Model::logit_ou(0.0, 1.0), &[0.6, 1.2, 0.6], 80),
            (Model::gbm(true), &[-0.1, 0.28, 1.0, -0.15, 0.1], 40),
        ] {
            let (entries, plug_in) = coverage(model, truth, histories, 200);
            let margin = 4.0 * (0.09 / histories as f64).sqrt();
            let name = model.name();
            assert!(entries > 0.88 - margin && entries < (0.92 + margin).min(1.0 - 1e-9), "{name}: {entries}");
            assert!(plug_in < entries, "{name}: {plug_in} against {entries}");
        }
    }

    #[test]
    fn the_price_two_years_ahead_is_as_uncertain_by_the_entries_as_by_the_draws() {
        let model = Model::ou(false);
        let law = model.law(&[2.0, 1.2, 0.4]);
        let series = Series::new(
            law.path(0.9, &[1.0 / 12.0; 35], &mut Stream::new(22, Purpose::History, 0)),
            vec![1.0 / 12.0; 35],
        );
        let sample = sample(model, &series, 1_000, 1);
        let known = Uncertainty::new(model, &sample, series.last());
        let copula = known.copula().expect("it is positive definite");
        let of = |sets: Vec<Vec<f64>>| width(sets.iter().map(|set| moments(&model.law(set), series.last())).collect());
        let (wanted, found) =
            (of(sample.sets.clone()), of((0..4_000).map(|index| known.draw(&copula, 5, index)).collect()));
        // quantiles of 1,000 draws, and eight halvings of the scale
        assert!((found / wanted - 1.0).abs() < 0.06, "{found} {wanted}");
        let free: Vec<f64> = sorted(&sample.sets, 0);
        let level = known.parameters[0].distribution.clone().expect("levels differ");
        assert!(level.quantile(0.9) - level.quantile(0.1) < 0.95 * (quantile(&free, 0.9) - quantile(&free, 0.1)));
    }

    #[test]
    fn errors_are_those_of_the_draws() {
        let sets: Vec<Vec<f64>> = (0..1001).map(|k| vec![f64::from(k) / 1000.0, 1.0 + f64::from(1000 - k)]).collect();
        let sample = Sample { estimates: vec![0.5, 501.0], sets, without_reversion: None };
        let found = Uncertainty::new(Model::gbm(false), &sample, 0.0);
        let drift = &found.parameters[0];
        assert!((drift.low - 0.025).abs() < 1e-12 && (drift.high - 0.975).abs() < 1e-12 && drift.key == "drift");
        assert!((drift.se - 0.341_344_746).abs() < 1e-9);
        // perfect dependence is weakened until it can be drawn from
        assert!(found.correlation[0][1] < -0.97 && found.copula().is_some());
    }

    #[test]
    fn the_width_of_a_mixture_is_right() {
        assert!((width(vec![(1.0, 2.0); 5]) - 2.0 * 2.0 * 1.644_853_627).abs() < 1e-6);
        // two far normals: the outer 5% are the outer tenths of each
        assert!((width(vec![(-100.0, 1.0), (100.0, 1.0)]) - 200.0 - 2.0 * 1.281_551_566).abs() < 1e-6);
    }
}
