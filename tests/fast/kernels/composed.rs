//! Every kernel, written out and nested, of every scenario here and of random ones can be composed and is valid, so that no
//! user meets an error of composing one.

use std::cell::Cell;

use crate::modules::{files, modules, parse};
use crate::properties::generator;
use overhang::engine::prepare;
use overhang::plan::profile::Profile;
use overhang::scenario::Scenario;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// Random scenarios.
const CASES: u32 = 60;

/// Composes and validates all kernels; fails on a loop that is left where all are to be written out.
fn compose(scenario: &Scenario) -> Result<usize, String> {
    let plan = prepare(scenario);
    let modules = modules(&plan, &Profile::of(scenario, &plan));
    for (name, text) in &modules {
        let marks = text.matches("// unroll").count();
        if !name.contains("nested") && marks > 0 {
            return Err(format!("{name}: {marks} loops are not written out"));
        }
        super::validate(&parse(text));
    }
    Ok(modules.len())
}

#[test]
fn kernels_of_all_scenarios_can_be_composed() {
    for file in files() {
        let loaded = overhang::scenario::load(file.as_ref()).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(compose(&loaded.scenario), Ok(12), "{file}");
    }
}

#[test]
fn kernels_of_random_scenarios_can_be_composed() {
    let config = Config { cases: CASES, max_global_rejects: 8 * CASES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let tried = Cell::new(0);
    let outcome = runner.run(&generator::scenarios(), |text| {
        let loaded = overhang::scenario::parse(&text, "random.toml");
        let scenario = loaded.map_err(|failure| TestCaseError::reject(failure.to_string()))?.scenario;
        tried.set(tried.get() + 1);
        compose(&scenario).map(|_| ()).map_err(|why| TestCaseError::fail(format!("{why}\n\n{text}")))
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    assert!(tried.get() >= CASES, "only {} scenarios were tried", tried.get());
}
