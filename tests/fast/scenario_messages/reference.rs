//! What is read of the reference cases.

use std::path::{Path, PathBuf};

use overhang::registry::MetricKind;
use overhang::scenario::{
    BubbleRule, Curve, Demand, Dispatch, GbmMean, Metric, Process, Rate, Steps, Subject, Threshold, load,
};

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

fn fixed_rate(rate: &Rate) -> f64 {
    match rate {
        Rate::Fixed { base, .. } => *base,
        Rate::Indexed { .. } => panic!("an indexed rate"),
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * b.abs()
}

#[test]
fn the_first_reference_case_is_read() {
    let loaded = load(&reference("one-lab.toml")).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(loaded.render(false), "");
    let bytes = std::fs::read(reference("one-lab.toml")).expect("the case");
    let scenario = loaded.scenario;
    assert_eq!(scenario.hash, blake3::hash(&bytes).to_hex().as_str());
    assert_eq!((scenario.horizon.start.as_str(), scenario.horizon.periods), ("2026-01-01", 24));
    assert_eq!(scenario.correlation[(0, 1)], 0.25);
    assert_eq!(scenario.correlation[(2, 1)], 0.4);
    assert_eq!(scenario.correlation[(0, 2)], 0.0);
    let Process::Gbm { mean: GbmMean::Drift(Steps(drift)), .. } = &scenario.factors[0].process else { panic!("gbm") };
    assert_eq!(drift, &[[0.0, -0.18], [2.0, -0.08]]);
    let regimes = scenario.regimes.as_ref().expect("regimes");
    assert_eq!(regimes.generator.as_slice(), [-0.2, 0.6, 0.2, -0.6], "by columns");
    assert!(matches!(scenario.organizations[0].demand, Demand::Planned));
    // 55e9 / Σ k(mid)·1.02^year·¼ over 28 quarters, the sum being 6.908116715797331 unit-years
    let base = fixed_rate(&scenario.contracts[0].rate);
    assert!(near(base, 7_961_648_921.511), "{base}");
    // the ramp's 16 quarters hold 2·0.6 + 2·1 = 3.2 unit-years, 20e9 buys 20/9
    assert_eq!(fixed_rate(&scenario.contracts[1].rate), 9e9);
    assert!(near(scenario.contracts[1].capacity.at(3.0), 20.0 / 9.0 / 3.2));
    for (contract, total) in scenario.contracts.iter().zip([Some(55e9), Some(20e9), None]) {
        let commitment = contract.commitment(&scenario.horizon);
        assert_eq!(commitment.is_some(), total.is_some());
        assert!(commitment.zip(total).is_none_or(|(a, b)| near(a, b)), "{commitment:?}");
    }
    let events: Vec<_> = scenario.events.iter().map(|event| (event.metric, event.threshold.clone())).collect();
    let of = |kind, subject| Metric { kind, subject };
    assert_eq!(events[0], (of(MetricKind::Cash, Subject::Organization), Threshold::Below(Curve::constant(0.0))));
    assert_eq!(events[4], (of(MetricKind::Overhang, Subject::Organization), Threshold::Above(Curve::constant(5.0))));
    assert_eq!(events[5], (of(MetricKind::Factor, Subject::Factor(0)), Threshold::Below(Curve::constant(4e9))));
    assert_eq!(scenario.bubble.expect("bubble").events, [0, 1]);
}

#[test]
fn the_second_reference_case_is_read() {
    let loaded = load(&reference("two-labs.toml")).unwrap_or_else(|failure| panic!("{failure}"));
    let scenario = loaded.scenario;
    assert_eq!((scenario.horizon.steps_per_year, scenario.horizon.periods), (12, 48));
    assert_eq!(scenario.discount.liabilities, Curve::constant(0.04));
    assert_eq!(scenario.organizations[0].dispatch, Dispatch::Merit);
    // 60 units × (1 + 1.1 + 1.21 + 1.331) years × 16e6
    let old = &scenario.contracts[0];
    assert!(near(old.commitment(&scenario.horizon).expect("fixed"), 60.0 * 4.641 * 16e6));
    assert_eq!((old.start, old.priority), (-1.3, 2));
    // 5e9 over 2·100 + 2·150 unit-years
    assert!(near(fixed_rate(&scenario.contracts[3].rate), 1e7));
    // the ramp holds 0.35 + 4·0.8 unit-years
    assert!(near(scenario.contracts[1].capacity.at(5.0), 8e9 / 11e6 / 3.55));
    assert!(matches!(scenario.contracts[2].rate, Rate::Indexed { factor: 0, reset: 0.5, .. }));
    assert_eq!(scenario.events[2].metric, Metric { kind: MetricKind::Regime, subject: Subject::State(2) });
    assert_eq!(scenario.events[2].threshold, Threshold::Above(Curve::constant(0.5)));
    assert_eq!(scenario.events[5].organization, Some(1));
    let bubble = scenario.bubble.expect("bubble");
    assert_eq!((bubble.events, bubble.rule, bubble.organizations), (vec![3, 2], BubbleRule::All, 2));
}
