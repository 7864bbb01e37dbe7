//! What the estimates of a tally are.

use super::*;
use crate::measure::probability;
use crate::registry::{Figure, Registered as _, Side};
use crate::result::testing::{document, document_of, figures, scenario, tally, times};

fn keys<K: ToString, T>(map: &IndexMap<K, T>) -> Vec<String> {
    map.keys().map(K::to_string).collect()
}

fn names<T>(map: &IndexMap<Figure, T>) -> Vec<Figure> {
    map.keys().copied().collect()
}

#[test]
fn names_are_in_the_order_of_the_scenario() {
    let found = document(3, 300, &EstimateRequest::default());
    assert_eq!(keys(&found.figures), ["alpha", "beta", "gamma", "system"]);
    assert_eq!(names(&found.figures["beta"]), Figure::ALL[..16]);
    assert_eq!(keys(&found.contracts), ["deal-3", "deal-2", "deal-1", "deal-0"]);
    assert_eq!(names(&found.contracts["deal-2"]), [Figure::CommitmentCost, Figure::StrandedCost]);
    assert_eq!(keys(&found.vendors), ["Vendor0", "Vendor1", "Vendor2"]);
    assert_eq!(names(&found.vendors["Vendor0"].costs), [Figure::CommitmentCost, Figure::StrandedCost]);
    assert!(found.vendors["Vendor0"].whole().map(|(name, _)| name).eq([Figure::Received, Figure::Loss]));
    assert_eq!(found.vendors["Vendor1"].whole().count(), 0, "nothing describes it");
    assert_eq!(keys(&found.losses), ["Vendor0"]);
    assert_eq!(keys(&found.losses["Vendor0"]), ["alpha", "gamma"]);
    assert_eq!((keys(&found.tranches), keys(&found.failures)), (vec!["early".into()], vec!["Vendor0".into()]));
    assert_eq!(keys(&found.workouts), ["alpha"]);
    assert_eq!(keys(&found.events), ["alpha", "beta", "gamma"]);
    assert_eq!(keys(&found.events["gamma"]), ["return_gap", "cash_out"]);
    assert_eq!(keys(&found.bubble), ["alpha", "beta", "gamma", "system"]);
    let figure = &found.figures["alpha"][&Figure::Used];
    assert_eq!(keys(&figure.quantiles), ["0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99"]);
    assert_eq!(keys(&figure.var), ["0.95", "0.99"]);
}

#[test]
fn means_of_replicates_carry_their_degrees_of_freedom() {
    let scenario = scenario(2);
    let parts = (0..4).map(|scramble| tally(&scenario, 200 + 20 * u64::from(scramble)).as_scramble(scramble));
    let whole = parts.reduce(|mut all, part| {
        all.merge(&part);
        all
    });
    let found = document_of(&scenario, &whole.expect("there are parts"), &EstimateRequest::default());
    let figure = &found.figures["alpha"][&Figure::Value];
    let (mean, se, high) = (figure.mean.unwrap(), figure.se.unwrap(), figure.interval().high.unwrap());
    // t₀.₉₇₅ with 3 degrees of freedom
    assert!((high - mean - 3.182_446_305 * se).abs() <= 1e-6 * se, "{high} {mean} {se}");
    let text = serde_json::to_value(figure).expect("it is JSON");
    assert_eq!(text["degrees_of_freedom"], 3);
    let alone = document(2, 300, &EstimateRequest::default());
    let text = serde_json::to_value(&alone.figures["alpha"][&Figure::Value]).expect("it is JSON");
    assert!(text.get("degrees_of_freedom").is_none(), "documents of independent paths stay as they were");
}

#[test]
fn every_number_is_its_own_figures() {
    let scenario = scenario(3);
    let tally = tally(&scenario, 500);
    let found = document_of(&scenario, &tally, &EstimateRequest::default());
    let mut seen = 0;
    for (place, spec) in figures(&scenario).iter().enumerate() {
        let name = &spec.figure;
        let expected = moments(&Sample::new(&tally, place, spec.frame)).mean;
        let mean = match spec.owner {
            Owner::System => found.figures["system"][name].mean,
            Owner::Organization(i) => found.figures[&scenario.organizations[i].name][name].mean,
            Owner::Contract(i) => found.contracts[&scenario.contracts[i].name][name].mean,
            Owner::Vendor(i) => found.vendors[["Vendor0", "Vendor1", "Vendor2"][i]].costs[name].mean,
            Owner::Counterparty(i) => {
                found.vendors[&scenario.vendors[i].name].whole().find(|(figure, _)| figure == name).unwrap().1.mean
            }
            Owner::Exposure { counterparty, organization } => {
                let vendor = &scenario.vendors[counterparty].name;
                let loss = &found.losses[vendor][&scenario.organizations[organization].name];
                let burst = found.bubble["system"].probability.unwrap();
                match name {
                    Figure::Loss => loss.loss.mean,
                    _ => loss.given_bubble.unwrap().mean.map(|mean| mean * burst),
                }
            }
        };
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs();
        let found = mean.zip(expected);
        assert!(found.is_some_and(|(a, b)| close(a, b)), "{:?} {name:?}: {found:?}", spec.owner);
        seen += 1;
    }
    assert_eq!(seen, 4 * 16 - 1 + 2 * (4 + 3) + 2 + 2 * 2);
    for (place, spec) in times(&scenario).into_iter().enumerate() {
        let occurrence = match spec {
            FirstPassage::Event { event, organization } => {
                &found.events[&scenario.organizations[organization].name][&scenario.events[event].name]
            }
            FirstPassage::Bubble { organization } => &found.bubble[&scenario.organizations[organization].name],
            FirstPassage::SystemBubble => &found.bubble["system"],
            FirstPassage::Tranche { tranche } => &found.tranches[&scenario.tranches[tranche].name],
            FirstPassage::Failure { vendor } => &found.failures[&scenario.vendors[vendor].name],
            FirstPassage::Workout { organization } => &found.workouts[&scenario.organizations[organization].name],
        };
        let expected = probability(&FirstPassageSample::new(&tally, place));
        assert_eq!(
            (occurrence.probability, occurrence.low, occurrence.high),
            (expected.probability, expected.low, expected.high)
        );
        assert_eq!(occurrence.by_period.len(), 24);
        assert_eq!(occurrence.by_period[23], expected);
    }
}

#[test]
fn an_event_of_one_organization_is_not_the_others() {
    let scenario = scenario(2);
    let figures = figures(&scenario);
    let times = [FirstPassage::Event { event: 1, organization: 0 }];
    let tally = Tally::new(&figures, 1, 24);
    let provenance = document(1, 10, &EstimateRequest::default()).provenance;
    let asked = EstimateRequest::default();
    let (figures, times) = (figures.as_slice(), times.as_slice());
    let vendors = Vec::new();
    let estimator = Estimator { scenario: &scenario, figures, times, vendors, tally: &tally, asked: &asked };
    let found = estimator.result(provenance, RunInfo::default());
    assert_eq!(keys(&found.events), ["alpha"]);
    assert_eq!(keys(&found.events["alpha"]), ["cash_out"]);
}

#[test]
fn a_figure_looks_to_its_bad_side() {
    let scenario = scenario(1);
    let tally = tally(&scenario, 5_000);
    let found = document_of(&scenario, &tally, &EstimateRequest::default());
    for (name, side) in [(Figure::CommitmentCost, Side::High), (Figure::NetValue, Side::Low)] {
        let index = Figure::ALL.iter().position(|figure| *figure == name).unwrap();
        let order = Sample::new(&tally, index, figures(&scenario)[index].frame).order().unwrap();
        let figure = &found.figures["alpha"][&name];
        assert_eq!(figure.side, side);
        assert_eq!(figure.var[&Level::new(0.95)], value_at_risk(&order, side, 0.95));
        assert_eq!(figure.shortfall[&Level::new(0.99)], expected_shortfall(&order, side, 0.99));
        assert_eq!(figure.quantiles[&Level::new(0.25)], quantile(&order, 0.25));
        assert_eq!(figure.histogram.counts.iter().sum::<u64>(), 5_000);
    }
}

#[test]
fn a_single_organization_is_the_system() {
    let found = document(1, 300, &EstimateRequest::default());
    let (alone, system) = (&found.figures["alpha"], &found.figures["system"]);
    assert_eq!((alone.len(), system.len()), (16, 15));
    assert!(!system.contains_key(&Figure::MinCash));
    assert!(system.iter().all(|(name, figure)| alone[name] == *figure));
    assert_eq!(found.bubble["system"], found.bubble["alpha"]);
    let several = document(2, 300, &EstimateRequest::default());
    assert_ne!(several.figures["system"][&Figure::Value], several.figures["alpha"][&Figure::Value]);
}

#[test]
fn units_are_spelt_out() {
    let found = document(1, 10, &EstimateRequest::default());
    let unit = |figure| found.figures["alpha"][&figure].unit.as_str();
    assert_eq!(
        (unit(Figure::Value), unit(Figure::Used), unit(Figure::UnitCost)),
        ("USD", "GW-year", "USD per GW-year")
    );
    assert_eq!(found.contracts["deal-0"][&Figure::StrandedCost].unit, "USD");
}

#[test]
fn undefined_and_invalid_paths_are_counted() {
    let scenario = scenario(1);
    let mut tally = tally(&scenario, 1_000);
    tally.paths += 2;
    tally.invalid.add(9);
    tally.invalid.add(4);
    let found = document_of(&scenario, &tally, &EstimateRequest::default());
    assert_eq!(found.invalid_paths, InvalidPaths { count: 2, first: Some(4) });
    let figure = &found.figures["alpha"][&Figure::UnitCost];
    assert_eq!((figure.count, figure.undefined), (990, 10));
    let happened = tally.times[2].happened();
    assert_eq!(found.bubble["alpha"].probability, Some(happened as f64 / 1_000.0), "of the valid paths");
}

#[test]
fn without_bubble_or_paths_there_is_nothing_and_no_nan() {
    let mut scenario = scenario(1);
    scenario.bubble = None;
    scenario.events.clear();
    let (figures, asked) =
        (figures(&scenario), EstimateRequest { levels: vec![0.5, 1.0], quantiles: vec![0.0, 0.5, 1.0] });
    let tally = Tally::new(&figures, 0, 24);
    let provenance = document(1, 10, &asked).provenance;
    let (figures, times) = (figures.as_slice(), &[]);
    let vendors = Vec::new();
    let estimator = Estimator { scenario: &scenario, figures, times, vendors, tally: &tally, asked: &asked };
    let found = estimator.result(provenance, RunInfo::default());
    assert!(found.bubble.is_empty() && found.events.is_empty() && found.failures.is_empty());
    assert_eq!(
        (found.losses["Vendor0"]["alpha"].given_bubble, found.losses["Vendor0"]["alpha"].loss.mean),
        (None, None)
    );
    let figure = &found.figures["system"][&Figure::Used];
    assert_eq!((figure.mean, figure.min, figure.quantiles[&Level::new(0.5)]), (None, None, Estimate::default()));
    assert!(figure.histogram.counts.is_empty() && figure.exceedance.x.is_empty());
}
