//! Runs with uncertain inputs against closed forms: predictive results, how their variance is told apart, and first-order indices.

pub mod measure;

use overhang::run::{CompareBuilder, RunBuilder};
use overhang::scenario::parse;
use statrs::distribution::{ContinuousCDF, Normal};

use measure::{COST, Coverage, ONE_PERIOD, SPREADS, case, coverage, run};

/// Four standard errors of a share of 0.95 over so many seeds, √(0.95·0.05/200) = 0.0154.
const TOLERANCE: f64 = 0.0616;

#[test]
fn intervals_cover_closed_forms() {
    // the spread of the start is that of its 10% and 90% quantiles
    let spread = (2.5f64 / 1.6).ln() / (2.0 * Normal::standard().inverse_cdf(0.9));
    assert!((spread - SPREADS.0).abs() < 1e-6, "{spread}");
    let found = coverage();
    for of in &found {
        // an index of 1 is the end of its range, where intervals may cover more often
        let most = if of.truth == 1.0 { 1.0 } else { 0.95 + TOLERANCE };
        assert!((0.95 - TOLERANCE..=most).contains(&of.covered), "{}", of.row());
    }
    crate::has_rows("uncertain inputs", &found.iter().map(Coverage::row).collect::<Vec<_>>());
}

#[test]
fn results_at_the_centre_are_those_of_a_file_with_the_medians() {
    let loaded = case();
    let normal = Normal::standard();
    let median = (1.6f64.ln() - normal.inverse_cdf(0.1) * SPREADS.0).exp();
    let start = loaded.scenario.uncertainty.as_ref().expect("it is").medians()[0];
    assert!((start - median).abs() < 1e-5, "{start}");
    let (certain, _) = ONE_PERIOD.split_once("[[uncertain]]").expect("it has some");
    let plain = certain.replace("start = 9.0", &format!("start = {start}"));
    let plain = plain.replace("premium = 0.9", "premium = 0.25").replace("demand = 1.0", "demand = 1.5");
    let plain = parse(&plain, "plain.toml").unwrap_or_else(|failure| panic!("{failure}"));
    let centre = loaded.scenario.at_centre().expect("it is valid");
    let [ours, theirs] =
        [&centre, &plain.scenario].map(|of| RunBuilder::new(of).paths(20_000).run().expect("no faults"));
    assert_eq!(ours.document.figures, theirs.document.figures);
    assert_eq!(ours.document.events, theirs.document.events);
    // the centre beside predictive results is the same run, of as many paths as a replicate has
    let predictive = run(&loaded, 1);
    let beside = &predictive.uncertainty.as_ref().expect("inputs are uncertain").outputs[COST].centre;
    let short = RunBuilder::new(&plain.scenario).paths(640).run().expect("no faults").document;
    assert_eq!(short.interval(&COST.parse().expect("it is a key")), Some(*beside));
}

/// In the variant the price of all capacity is a quarter lower, on every path of every parameter set.
#[test]
fn comparisons_have_the_same_sets_in_all_scenarios() {
    let files = [case()];
    let found = CompareBuilder::new(&files).expect("it has a variant").paths(10_240).run().expect("no faults").document;
    let key = COST.parse().expect("it is a key");
    let base = found.scenarios["case"].result.get(&key).flatten().expect("it has a mean");
    let difference = found.differences["cheaper"][&key].difference;
    assert!((difference.value.expect("it has one") / base + 0.25).abs() < 1e-6, "{difference:?} of {base}");
    // its error is a quarter of that of the mean itself, with all that the inputs leave open
    let interval = found.scenarios["case"].result.interval(&key).expect("it has an interval");
    let half = (interval.high.unwrap() - interval.low.unwrap()) / 2.0;
    let (low, high) = (difference.low.unwrap(), difference.high.unwrap());
    assert!(((high - low) / 2.0 / half - 0.25).abs() < 1e-4, "{low} {high} {half}");
    assert!(difference.variance_reduction.expect("it has one") > 1.0);
}
