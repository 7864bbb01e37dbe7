//! How often the fan of a fit holds the price two years after a history, and how far its reversion is off.

use chrono::{Days, NaiveDate};
use overhang::fit::{FitsDocument, History, Model, Options, Process, Purpose, Stream, fit};
use rayon::prelude::*;

/// Histories of each process, and of those with jumps, whose fits take longer.
const HISTORIES: u64 = 1000;
const WITH_JUMPS: u64 = 300;
/// Months of a history, and of the future that its fan is held to.
const MONTHS: usize = 36;
const AHEAD: usize = 24;

/// A process that histories are drawn from, and where they begin.
struct Case {
    name: &'static str,
    model: Model,
    truth: Vec<f64>,
    /// Standard deviations from the level.
    away: f64,
}

fn cases() -> Vec<Case> {
    let case = |name, model, truth: &[f64], away| Case { name, model, truth: truth.to_vec(), away };
    vec![
        case("`gbm`, drift −0.1, volatility 0.28", Model::gbm(false), &[-0.1, 0.28], 0.0),
        case("`ou`, reversion 1.2, volatility 0.4", Model::ou(false), &[0.75, 1.2, 0.4], 1.0),
        case("the same from its level", Model::ou(false), &[0.75, 1.2, 0.4], 0.0),
        case("the same from four standard deviations above", Model::ou(false), &[0.75, 1.2, 0.4], 4.0),
        case("`ou`, reversion 0.4", Model::ou(false), &[0.75, 0.4, 0.4], 1.0),
        case("`ou`, reversion 3", Model::ou(false), &[0.75, 3.0, 0.4], 1.0),
        case("`logit_ou`, reversion 1.2, volatility 0.6", Model::logit_ou(0.0, 1.0), &[0.75, 1.2, 0.6], 1.0),
        case("`gbm` with jumps", Model::gbm(true), &[-0.1, 0.2, 1.0, -0.2, 0.1], 0.0),
        case("`ou` with jumps", Model::ou(true), &[0.75, 1.2, 0.3, 1.0, -0.2, 0.1], 1.0),
    ]
}

/// What a history says: whether the predictive and the plug-in interval of 90% hold the price, and the estimated reversion.
struct Told {
    predictive: bool,
    plug_in: bool,
    reversion: Option<f64>,
}

fn told(case: &Case, seed: u64) -> Told {
    let law = case.model.law(&case.truth);
    let start = match law.reversion > 0.0 {
        true => law.level + case.away * law.volatility / (2.0 * law.reversion).sqrt(),
        false => 0.7,
    };
    let drawn = law.path(start, &[1.0 / 12.0; MONTHS - 1], &mut Stream::new(seed, Purpose::History, 0));
    let first = NaiveDate::from_ymd_opt(2024, 1, 1).expect("the year begins");
    let row = |(month, &latent): (usize, &f64)| {
        let days = (month as f64 * 365.25 / 12.0).round() as u64;
        (month as u64 + 2, first + Days::new(days), Some(case.model.value(latent)))
    };
    let history = History::new("prices.csv", "price", "line", drawn.iter().enumerate().map(row));
    let history = history.unwrap_or_else(|error| panic!("{error}"));
    let (process, jumps) = (Some(case.model.process), case.model.jumps);
    let options = Options { process, jumps, seed, ..Options::default() };
    let fitted = fit(&history, &options).unwrap_or_else(|error| panic!("{error}"));
    let reversion = fitted.uncertainty.parameters.iter().find(|of| of.key == "reversion").map(|of| of.value);
    let document = FitsDocument::new(&[fitted]);
    let fan = &document.fits[0].fan[AHEAD];
    let mut future = Stream::new(seed, Purpose::Future, u64::MAX);
    let price = case.model.value(law.draw(drawn[MONTHS - 1], AHEAD as f64 / 12.0, &mut future));
    let holds = |quantiles: [f64; 5]| (quantiles[0]..=quantiles[4]).contains(&price);
    Told { predictive: holds(fan.predictive), plug_in: holds(fan.plug_in), reversion }
}

/// A row for each process.
pub fn rows() -> Vec<String> {
    let row = |case: Case| {
        let histories = if case.model.jumps { WITH_JUMPS } else { HISTORIES };
        let all: Vec<Told> = (1..=histories).into_par_iter().map(|seed| told(&case, seed)).collect();
        let share =
            |of: fn(&Told) -> bool| 100.0 * all.iter().filter(|told| of(told)).count() as f64 / all.len() as f64;
        let (predictive, plug_in) = (share(|told| told.predictive), share(|told| told.plug_in));
        let row = format!("| {} | {histories} | {predictive:.1}% | {plug_in:.1}% | {} |", case.name, bias(&case, &all));
        println!("{row}");
        row
    };
    cases().into_iter().map(row).collect()
}

/// The mean error of the reversion and its standard error, in units of one over the years of a history; empty without one.
fn bias(case: &Case, all: &[Told]) -> String {
    if case.model.process == Process::Gbm {
        return String::new();
    }
    let years = (MONTHS - 1) as f64 / 12.0;
    let errors: Vec<f64> = all.iter().filter_map(|told| Some((told.reversion? - case.truth[1]) * years)).collect();
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    let square = errors.iter().map(|error| (error - mean) * (error - mean)).sum::<f64>() / (errors.len() - 1) as f64;
    format!("{mean:.2} ± {:.2}", (square / errors.len() as f64).sqrt()).replace('-', "−")
}
