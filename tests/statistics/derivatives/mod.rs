//! Derivatives by the score of the paths against closed forms, and the choice between it and central differences.

pub mod measure;

use overhang::result::{Derivative, DerivativeMethod};
use overhang::run::sensitivity::InputRange;
use overhang::run::{PointSet, PointsRequest};

use measure::{COST, DRIFT, analysis, cases, coverage, derivative, derivatives, one_period};

#[test]
fn scores_give_the_derivatives_of_closed_forms() {
    for case in cases() {
        let found = derivatives(&case, Some(DerivativeMethod::Score), (1, 262_144));
        for (of, (input, output, truth)) in found.iter().zip(&case.truths) {
            let (Some(value), Some(se)) = (of.value, of.se) else { panic!("{}, {input}, {output}: none", case.name) };
            let what = format!("{}, {input}, {output}: {value:e} ± {se:e}, not {truth:e}", case.name);
            assert!((value - truth).abs() <= 4.0 * se, "{what}");
            assert!(*truth == 0.0 || se < 0.1 * truth.abs(), "{what}: it is of no use");
            assert_eq!((of.method, of.step), (Some(DerivativeMethod::Score), None));
        }
    }
}

#[test]
fn the_method_with_the_smaller_error_is_taken() {
    let mut methods = Vec::new();
    for case in cases() {
        let [score, difference] = [DerivativeMethod::Score, DerivativeMethod::Difference]
            .map(|method| derivatives(&case, Some(method), (2, 16_384)));
        let chosen = derivatives(&case, None, (2, 16_384));
        for ((chosen, score), difference) in chosen.iter().zip(&score).zip(&difference) {
            let error = |of: &Derivative| of.se.expect("it has one");
            let better = if error(score) < error(difference) { score } else { difference };
            assert_eq!(chosen, better, "{}", case.name);
            methods.push(chosen.method.expect("it has one"));
        }
    }
    for method in [DerivativeMethod::Score, DerivativeMethod::Difference] {
        assert!(methods.contains(&method), "{} is never better", method.name());
    }
}

/// The bench has many more seeds, for docs/validation.md.
#[test]
fn intervals_of_scores_cover_closed_forms() {
    for case in cases() {
        for of in coverage(&case, 60, 4096) {
            // four standard errors of a share of 0.95, √(0.95·0.05/60) = 0.028
            assert!(of.found[0].0 > 0.95 - 0.113, "{}", of.row());
        }
    }
}

#[test]
fn only_inputs_of_the_law_of_independent_paths_have_scores() {
    let case = one_period();
    let ranges = [("factor.price.volatility", 0.4), ("factor.price.start", 2.0), ("organization.lab.demand", 1.5)];
    let mut of = analysis(&case, 1, 4096);
    for (input, value) in ranges {
        of = of.range(InputRange { key: input.to_owned(), low: 0.9 * value, high: 1.1 * value });
    }
    let found = of.clone().derivatives_by(DerivativeMethod::Score).run().expect("it runs").derivatives;
    let found = found.expect("it was asked for");
    assert!(derivative(&found, DRIFT, COST).value.is_some());
    for (input, _) in ranges {
        assert_eq!(derivative(&found, input, COST), Derivative::default(), "{input}");
    }
    // paths do not tell the errors of quasi-random points
    let sobol = of.point_set(PointsRequest { set: PointSet::Sobol, ..PointsRequest::default() });
    let found = sobol.run().expect("it runs").derivatives.expect("it was asked for");
    assert!(found.iter().flat_map(|of| of.outputs.values()).all(|of| of.method == Some(DerivativeMethod::Difference)));
}
