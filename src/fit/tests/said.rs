//! Warnings: each one where it belongs, and none elsewhere.

use super::{drawn, history};
use crate::fit::{History, Model, Options, Process, fit};

/// All that a fit says, in one text.
fn said(history: &History, options: Options) -> String {
    fit(history, &Options { bootstrap: 200, ..options }).unwrap_or_else(|error| panic!("{error}")).warnings.join("\n")
}

fn only(process: Process) -> Options {
    Options { process: Some(process), ..Options::default() }
}

#[test]
fn short_histories_say_little() {
    let prices = drawn("h100", Model::gbm(false), &[-0.1, 0.28], (35, 30), 7);
    let text = said(&prices, only(Process::Gbm));
    assert!(text.contains("2.9 years say little about a drift: its standard error is 0.1"), "{text}");
    let text = said(&prices, only(Process::Ou));
    assert!(text.contains("corrected") && text.contains("not distinguishable from none"), "{text}");
    let text = said(&drawn("h100", Model::gbm(false), &[-0.1, 0.28], (11, 30), 7), only(Process::Gbm));
    assert!(text.contains("12 prices are few"), "{text}");
}

#[test]
fn fast_reversion_is_told_from_none_but_not_below_a_step() {
    let text = said(&drawn("h100", Model::ou(false), &[2.0, 6.0, 0.6], (300, 7), 7), only(Process::Ou));
    assert!(text.contains("corrected") && !text.contains("not distinguishable"), "{text}");
    let text = said(&drawn("h100", Model::ou(false), &[2.0, 40.0, 0.6], (60, 30), 7), only(Process::Ou));
    assert!(text.contains("shorter than the step between prices"), "{text}");
}

#[test]
fn odd_prices_are_pointed_out() {
    let plain = drawn("h100", Model::gbm(false), &[0.0, 0.28], (120, 7), 8);
    let prices: Vec<f64> = plain.observations.iter().map(|of| of.value).collect();
    let silent = said(&plain, only(Process::Gbm));
    assert!(["look like jumps", "stale", "gaps"].iter().all(|word| !silent.contains(word)), "{silent}");
    let fallen: Vec<f64> = prices.iter().enumerate().map(|(at, &x)| if at < 60 { x } else { 0.6 * x }).collect();
    let text = said(&history("h100", &fallen, 7), only(Process::Gbm));
    assert!(text.contains("Changes that look like jumps: 2025-02-24 (-") && text.contains("--jumps"), "{text}");
    let stale: Vec<f64> = (0..prices.len()).map(|at| prices[at - at % 3]).collect();
    let text = said(&history("h100", &stale, 7), only(Process::Gbm));
    assert!(text.contains("80 of 120 changes are 0"), "{text}");
    let mut holes = plain;
    holes.observations.drain(50..60);
    let text = said(&holes, only(Process::Gbm));
    assert!(text.contains("gaps: 2024-12-09 to 2025-02-24"), "{text}");
}

#[test]
fn weekends_are_no_gaps() {
    let mut daily = drawn("h100", Model::gbm(false), &[0.0, 0.28], (140, 1), 8);
    // 2024-01-01 is a Monday
    let mut day = 0;
    daily.observations.retain(|_| {
        day += 1;
        (day - 1) % 7 < 5
    });
    assert!(!said(&daily, only(Process::Gbm)).contains("gaps"));
}

#[test]
fn a_choice_is_explained() {
    let prices = drawn("h100", Model::ou(false), &[2.0, 8.0, 0.4], (300, 7), 9);
    let text = said(&prices, Options::default());
    assert!(text.contains("ou has the lowest BIC and was chosen."), "{text}");
    let text = said(&prices, only(Process::Gbm));
    assert!(text.contains("ou fits better: its BIC is lower by") && !text.contains("was chosen"), "{text}");
    let text = said(&prices, Options { jumps: true, ..only(Process::Gbm) });
    assert!(text.contains("prior distributions"), "{text}");
}

#[test]
fn estimates_that_no_scenario_accepts_are_told() {
    let wild: Vec<f64> = (0..36).map(|at| if at % 3 == 0 { 1e-9 } else { 1e9 * f64::from(at) }).collect();
    let text = said(&history("h100", &wild, 1), only(Process::Gbm));
    assert!(text.contains("A scenario does not accept these estimates: `drift`"), "{text}");
}
