//! What a fit comes to.

use chrono::NaiveDate;
use toml::{Table as Toml, Value};

use super::{drawn, history};
use crate::fit::document::{FitDocument, FitsDocument};
use crate::fit::{Fit, Model, Options, Process, fit};

fn fitted(history: &crate::fit::History, options: &Options) -> Fit {
    fit(history, options).unwrap_or_else(|error| panic!("{error}"))
}

fn quick() -> Options {
    Options { bootstrap: 200, ..Options::default() }
}

#[test]
fn the_process_that_drew_a_long_history_is_chosen() {
    for (model, truth) in [
        (Model::gbm(false), &[0.1, 0.28][..]),
        (Model::ou(false), &[2.0, 3.0, 0.4]),
        (Model::logit_ou(0.0, 1.0), &[0.8, 3.0, 1.6]),
        (Model::gbm(true), &[0.1, 0.2, 2.0, -0.3, 0.05]),
    ] {
        let bounds = (model.process == Process::LogitOu).then_some(1.0);
        let options = Options { jumps: model.jumps, upper: bounds, ..quick() };
        let found = fitted(&drawn("h100", model, truth, (600, 7), 3), &options);
        assert_eq!(found.model, model, "{:?}", found.criteria);
        let lowest = found.criteria.iter().map(|of| of.bic).fold(f64::INFINITY, f64::min);
        assert!(found.criteria.iter().all(|of| of.chosen == (of.bic == lowest)));
        let gbm = &found.criteria[0];
        assert!((gbm.bic - gbm.aic - 2.0 * (600f64.ln() - 2.0)).abs() < 1e-9);
    }
}

#[test]
fn likelihoods_of_different_processes_are_of_the_same_prices() {
    // far inside very wide bounds a logit is a logarithm up to a constant, so a logit_ou is an ou
    let prices = drawn("h100", Model::ou(false), &[2.0, 3.0, 0.4], (100, 7), 4);
    let found = fitted(&prices, &Options { upper: Some(1e9), ..quick() });
    let of = |process: Process| found.criteria.iter().find(|of| of.process == process).map(|of| of.log_likelihood);
    let (ou, logit) = (of(Process::Ou).unwrap_or(0.0), of(Process::LogitOu).unwrap_or(1.0));
    assert!((ou - logit).abs() < 1e-4, "{ou} {logit}");
}

/// The parsed text of fits.
fn parsed(fits: &[Fit]) -> (FitsDocument, Toml) {
    let document = FitsDocument::new(fits);
    let toml = document.toml.parse().unwrap_or_else(|error| panic!("{error}\n{}", document.toml));
    (document, toml)
}

fn list<'a>(toml: &'a Toml, key: &str) -> &'a [Value] {
    toml.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[test]
fn the_text_has_the_keys_of_a_scenario() {
    for (model, truth) in [
        (Model::gbm(true), &[0.1, 0.2, 2.0, -0.3, 0.05][..]),
        (Model::ou(false), &[2.0, 1.2, 0.4]),
        (Model::logit_ou(0.0, 1.0), &[0.6, 1.2, 0.6]),
    ] {
        let prices = drawn("h100 spot", model, truth, (40, 30), 5);
        let options = Options { process: Some(model.process), jumps: model.jumps, ..quick() };
        let found = fitted(&prices, &options);
        let (document, toml) = parsed(&[found]);
        let factor = list(&toml, "factor")[0].as_table().expect("it is a table");
        assert_eq!(factor["name"].as_str(), Some("h100_spot"));
        assert_eq!(factor["process"].as_str(), Some(model.process.name()));
        assert_eq!(factor["start"].as_float(), Some(prices.last().value));
        let parameters = &document.fits["h100_spot"].parameters;
        for (key, of) in parameters {
            let value =
                key.split('.').try_fold(&Value::Table(factor.clone()), |of, key| of.get(key)).and_then(Value::as_float);
            let value = value.unwrap_or_else(|| panic!("{key}: {}", document.toml));
            assert!((value - of.value).abs() <= 1e-4 * of.value.abs(), "{key}");
        }
        let entries = list(&toml, "uncertain");
        let keys: Vec<&str> = entries.iter().filter_map(|of| of["key"].as_str()).collect();
        let expected: Vec<String> = parameters.keys().map(|key| format!("factor.h100_spot.{key}")).collect();
        assert_eq!(keys, expected);
        for pair in list(toml["uncertain_correlation"].as_table().expect("there are some"), "pairs") {
            assert!(pair.as_array().is_some_and(|of| keys.contains(&of[0].as_str().unwrap_or(""))), "{pair}");
        }
    }
}

#[test]
fn a_name_of_a_file_cannot_leave_its_comment() {
    let mut prices = drawn("h100", Model::gbm(false), &[0.1, 0.28], (40, 30), 5);
    prices.file = "a\n[[factor]]\u{2028}.csv".to_owned();
    let (_, toml) = parsed(&[fitted(&prices, &quick())]);
    assert_eq!(list(&toml, "factor").len(), 1);
}

#[test]
fn a_later_start_has_the_mean_or_median_expected_then() {
    let date = NaiveDate::from_ymd_opt(2028, 1, 1).expect("the year begins");
    let prices = drawn("h100", Model::ou(false), &[2.0, 1.2, 0.4], (40, 30), 5);
    let last = prices.last();
    let years = (date - last.date).num_days() as f64 / 365.25;
    let with = |process| fitted(&prices, &Options { process: Some(process), start: Some(date), ..quick() });
    let gbm = with(Process::Gbm);
    assert!((gbm.start.value - last.value * (gbm.sample.estimates[0] * years).exp()).abs() < 1e-12);
    let ou = with(Process::Ou);
    let [level, reversion, _] = ou.sample.estimates[..] else { panic!("an ou has three parameters") };
    let median = level * ((last.value / level).ln() * (-reversion * years).exp()).exp();
    assert!((ou.start.value - median).abs() < 1e-9 && (ou.start.years - years).abs() < 1e-12);
    assert!(parsed(&[ou]).0.toml.contains("# `start` is the median expected on 2028-01-01."));
    let early = NaiveDate::from_ymd_opt(2023, 1, 1);
    let error = fit(&prices, &Options { start: early, ..quick() }).expect_err("it is before the history");
    assert!(error.message.contains("begins on 2023-01-01"), "{error}");
}

#[test]
fn several_columns_are_correlated_as_their_shocks_are() {
    // shocks with a correlation of 0.7, of one process that reverts fast and one that does not
    let model = Model::ou(false);
    let (slow, fast) = (model.law(&[2.0, 0.1, 0.3]), model.law(&[2.0, 150.0, 0.3]));
    let mut stream = crate::fit::Stream::new(6, crate::fit::Purpose::History, 0);
    let (mut a, mut b) = (vec![slow.level], vec![fast.level]);
    // twenty small steps to each that is seen, so that the Brownian motions are what is correlated
    let years = 7.0 / 365.25;
    for step in 0..600 * 20 {
        let (first, second) = (stream.normal(), stream.normal());
        let (of_slow, of_fast) = (slow.step(years / 20.0), fast.step(years / 20.0));
        let next = |x: f64, of: &crate::fit::Step, shock: f64| of.centre + of.decay * x + of.variance.sqrt() * shock;
        let x = next(a[a.len() - 1], &of_slow, first);
        let y = next(b[b.len() - 1], &of_fast, 0.7 * first + (1.0f64 - 0.49).sqrt() * second);
        if step % 20 == 19 {
            a.push(x);
            b.push(y);
        } else {
            let (end_a, end_b) = (a.len() - 1, b.len() - 1);
            (a[end_a], b[end_b]) = (x, y);
        }
    }
    let fits: Vec<Fit> = [("a", a), ("b", b)]
        .map(|(name, x)| history(name, &x[1..].iter().map(|x| x.exp()).collect::<Vec<_>>(), 7))
        .iter()
        .map(|of| fitted(of, &Options { process: Some(Process::Ou), ..quick() }))
        .collect();
    let (document, toml) = parsed(&fits);
    let pair = &document.correlation[0];
    assert!((pair.value - 0.7).abs() < 4.0 * pair.se && pair.changes == 599, "{pair:?}");
    assert_eq!(list(toml["correlation"].as_table().expect("it is there"), "pairs").len(), 1);
    assert_eq!(list(&toml, "factor").len(), 2);
}

#[test]
fn the_document_is_read_back_and_its_fan_begins_at_the_last_price() {
    let prices = drawn("h100", Model::gbm(false), &[0.1, 0.28], (35, 30), 5);
    let document = FitsDocument::new(&[fitted(&prices, &Options { process: Some(Process::Gbm), ..quick() })]);
    let text = serde_json::to_string(&document).unwrap_or_else(|error| panic!("{error}"));
    let back: FitsDocument = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((&back.toml, &back.fits["h100"].parameters), (&document.toml, &document.fits["h100"].parameters));
    let FitDocument { fan, history, residuals, .. } = &document.fits["h100"];
    assert_eq!((fan.len(), history.len(), residuals.len()), (25, 36, 35));
    assert!(fan[0].predictive.iter().all(|value| (value / prices.last().value - 1.0).abs() < 1e-12));
    for point in &fan[1..] {
        assert!(point.predictive.is_sorted() && point.plug_in.is_sorted());
    }
    let last = &fan[24];
    let width = |of: &[f64; 5]| (of[4] / of[0]).ln();
    // drifts from three years widen the second year's fan by √(1 + 2/2.9) at least
    assert!(width(&last.predictive) > 1.2 * width(&last.plug_in), "{last:?}");
}
