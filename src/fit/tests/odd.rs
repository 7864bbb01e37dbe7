//! Histories that hardly are one: a fit says something finite about each.

use super::history;
use crate::fit::{FitsDocument, Model, Options, fit};

#[test]
fn odd_histories_have_finite_fits() {
    let steps = |of: &dyn Fn(usize) -> f64, count: usize| (0..count).map(of).collect::<Vec<_>>();
    let wave = |at: usize| 0.5 + 0.2 * libm::sin(at as f64 * at as f64);
    for (name, prices) in [
        ("eight", steps(&wave, 8)),
        ("growth", steps(&|at| 0.1 * 1.02f64.powi(at as i32), 36)),
        ("sawtooth", steps(&|at| 0.4 + 0.2 * (at % 2) as f64, 36)),
        ("one change", steps(&|at| if at < 20 { 0.5 } else { 0.6 }, 36)),
        ("tiny", steps(&|at| 1e-25 * wave(at), 36)),
        ("huge", steps(&|at| 1e25 * wave(at), 36)),
        ("still", steps(&|at| 0.5 + 1e-13 * wave(at), 36)),
        ("wild", steps(&|at| 10f64.powf(-20.0 * wave(at)), 36)),
    ] {
        let history = history(name, &prices, 30);
        for model in [Model::gbm(false), Model::ou(false), Model::logit_ou(0.0, 1.0), Model::gbm(true), Model::ou(true)]
        {
            if model.upper.is_finite() && prices.iter().any(|&price| price >= model.upper) {
                continue;
            }
            let options =
                Options { process: Some(model.process), jumps: model.jumps, bootstrap: 100, ..Options::default() };
            let found = fit(&history, &options).unwrap_or_else(|error| panic!("{name}: {error}"));
            let document = FitsDocument::new(&[found]);
            let toml: toml::Table = document.toml.parse().unwrap_or_else(|error| panic!("{error}: {}", document.toml));
            assert!(toml.contains_key("factor"));
            for (_, of) in document.fits.values().flat_map(|fit| &fit.parameters) {
                let all = [of.value, of.se, of.low, of.high];
                assert!(all.iter().all(|x| x.is_finite()) && of.low <= of.high, "{name} {}: {of:?}", model.name());
            }
        }
    }
}
