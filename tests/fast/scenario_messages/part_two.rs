//! What is read of the reference case with clauses, tranches, vendors and crises.

use overhang::registry::MetricKind;
use overhang::scenario::{
    Condition, Crisis, Curve, Delay, Extension, Metric, Reduction, Relet, Resale, Review, Scenario, Settlement, Stake,
    Subject, Threshold, Tranche, Trigger, Vendor, Workout, parse,
};

use super::loaded;

fn case() -> Scenario {
    let loaded = loaded(include_str!("../../cases/part-two.toml"));
    assert_eq!(loaded.render(false), "");
    loaded.scenario
}

fn event(scenario: &Scenario, name: &str, organization: usize) -> Trigger {
    let event = scenario.events.iter().position(|event| event.name == name).expect("it is there");
    Trigger::Event { event, organization }
}

#[test]
fn clauses_of_contracts_are_read() {
    let scenario = case();
    let [aging, late, index, year, make_up, resale] = &scenario.contracts[..] else { panic!("six contracts") };
    let fee = Curve(vec![[0.0, 0.5], [5.0, 0.2]]);
    let gap = Condition::When(event(&scenario, "gap", 0));
    let ends =
        Reduction { condition: gap, market_below: None, earliest: 1.5, notice: 0.5, share: 1.0, fee, refund: 0.3 };
    assert_eq!(aging.reduction, Some(ends));
    assert!(aging.review.is_none() && aging.extension.is_none() && aging.delay.is_none() && aging.resale.is_none());
    assert_eq!((aging.aging, aging.true_up, aging.make_up), (0.12, None, 0.0));
    let (damages, damages_cap) = (0.4, Some(0.03));
    let delay = Delay { probability: 0.5, median: 0.6, sigma: 0.6, damages, damages_cap, long_stop: Some(1.6) };
    assert_eq!(late.delay, Some(delay));
    assert_eq!(late.review, Some(Review { every: 1.0, index: 0, scale: 6.1e9, discount: 0.1, floor: 0.6 }));
    let condition = Condition::Unless(event(&scenario, "milestone", 0));
    assert_eq!(late.reduction.as_ref().map(|reduction| reduction.condition), Some(condition));
    let condition = Condition::Unless(event(&scenario, "gap", 0));
    assert_eq!(late.extension, Some(Extension { condition, market_above: Some(0.9), years: 1.0, rate: 0.9 }));
    let delay = index.delay.as_ref().expect("it may be late");
    assert_eq!((delay.damages, delay.damages_cap, delay.long_stop), (0.0, None, None));
    assert_eq!(index.resale, Some(Resale { price: 0, scale: 6.1e9, discount: 0.4, limit: 0.4 }));
    assert_eq!((year.true_up, year.make_up), (Some(1.0), 0.8));
    assert_eq!((make_up.true_up, make_up.make_up), (None, 1.0));
    let always = Extension { condition: Condition::Always, market_above: None, years: 1.0, rate: 0.8 };
    assert_eq!(make_up.extension, Some(always));
    assert_eq!(resale.resale.as_ref().map(|resale| resale.limit), Some(1.0));
    let reduction = resale.reduction.as_ref().expect("it may step down");
    assert_eq!((reduction.condition, reduction.market_below), (Condition::Always, Some(0.9)));
    assert_eq!(reduction.fee, Curve::constant(0.2));
    assert_eq!(scenario.delay_correlation, 0.35);
}

#[test]
fn workouts_tranches_vendors_and_crises_are_read() {
    let scenario = case();
    let broke = Condition::When(event(&scenario, "alpha_broke", 0));
    let workout = Workout { condition: broke, hazard: 0.6, pay: 0.37, then: Settlement::Exit };
    assert_eq!(scenario.organizations[0].workout, Some(workout));
    let bubble = Condition::When(Trigger::Bubble { organization: 1 });
    let workout = Workout { condition: bubble, hazard: 1.0, pay: 0.5, then: Settlement::Market };
    assert_eq!(scenario.organizations[1].workout, Some(workout));
    let ipo = Tranche {
        name: "ipo".into(),
        label: None,
        organization: 0,
        at: 0.5,
        until: 3.0,
        amount: 10e9,
        condition: Condition::Unless(event(&scenario, "gap", 0)),
        intensity: Some(vec![0.6, 0.1]),
        otherwise: 0.0,
        vendor: None,
    };
    assert_eq!(scenario.tranches[0], ipo);
    let milestone = &scenario.tranches[1];
    assert_eq!((milestone.until, milestone.otherwise, milestone.vendor), (2.0, 1e9, Some(0)));
    assert_eq!(milestone.intensity, None);
    assert_eq!(scenario.tranches[2].condition, Condition::Unless(event(&scenario, "b_crisis", 1)));
    let relet = |share| Some(Relet { price: 0, scale: 6.1e9, share });
    let stake = |organization, value, loss, condition| Stake { organization, value, loss, condition };
    let [v1, v2, v3] = &scenario.vendors[..] else { panic!("three vendors") };
    let first = Vendor {
        name: "V1".into(),
        label: None,
        intensity: 0.03,
        crisis: 3.0,
        capital: Some(25e9),
        recovery: 0.4,
        novation: 0.0,
        relet: relet(0.6),
        stakes: vec![stake(0, 20e9, 0.7, Condition::When(Trigger::Bubble { organization: 0 }))],
    };
    assert_eq!(*v1, first);
    assert_eq!((v2.crisis, v2.capital, v2.novation, &v2.relet), (1.0, None, 0.4, &None));
    let stakes = [stake(1, 10e9, 1.0, Condition::When(Trigger::SystemBubble)), stake(0, 5e9, 0.5, broke)];
    assert_eq!((v3.intensity, &v3.relet, &v3.stakes[..]), (0.0, &relet(0.5), &stakes[..]));
    let crisis = Crisis {
        hazard: 0.04,
        sensitivity: 2.0,
        contagion: 0.7,
        recovery: 0.5,
        price: 0.7,
        utilization: 0.9,
        performance_return: 0.8,
        fund: 0.25,
    };
    assert_eq!(scenario.crisis, Some(crisis));
    let metric = |name: &str| scenario.events.iter().find(|event| event.name == name).expect("it is there").metric;
    assert_eq!(metric("dear"), Metric { kind: MetricKind::ContractPremium, subject: Subject::Contract(0) });
    assert_eq!(metric("idle_late"), Metric { kind: MetricKind::ContractUtilization, subject: Subject::Contract(1) });
    assert_eq!(metric("v1_gone"), Metric { kind: MetricKind::Failed, subject: Subject::Vendor(0) });
    assert_eq!(metric("b_crisis"), Metric { kind: MetricKind::Crisis, subject: Subject::Organization });
    assert_eq!(scenario.events[3].threshold, Threshold::Above(Curve::constant(0.5)));
}

#[test]
fn a_single_intensity_holds_in_every_state() {
    let text = include_str!("../../cases/part-two.toml");
    let by_state = "intensity = { boom = 0.6, bust = 0.1 }";
    let intensity = |written: &str| {
        let scenario = parse(&text.replace(by_state, written), super::FILE).expect("it is good").scenario;
        scenario.tranches[0].intensity.clone()
    };
    assert_eq!(intensity("intensity = 0.5"), Some(vec![0.5, 0.5]));
    assert_eq!(intensity("intensity = { bust = 0.5 }"), Some(vec![0.0, 0.5]));
}
