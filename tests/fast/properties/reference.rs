//! The second writing against the reference case with clauses: what an independent implementation gave with 2,000,000 paths.
//! Figures, probabilities and times within 4 joint standard errors.

use std::collections::BTreeMap;

use overhang::engine::{Draws, Precision};
use overhang::plan::Plan;
use overhang::registry::{Figure, Registered as _};
use overhang::scenario::Scenario;
use rayon::prelude::*;
use serde_json::Value;

use super::{bare, cpu, naive, random};

const PATHS: u64 = 40_000;
const DRAWS: Draws = Draws { seed: 20_261_129, replicate: 0 };
const REFERENCE_PATHS: f64 = 2e6;
/// Rounding, of a number or its deviation: of figures that do not vary and of those that are 0 but for it.
const FLOAT_ERROR: f64 = 1e-9;

/// What single paths came to, by name as in the reference: figures, and 1 or 0 for what happened.
type Samples = BTreeMap<String, Vec<f64>>;

/// One path's numbers by name.
fn numbers(scenario: &Scenario, path: &naive::Path) -> Vec<(String, f64)> {
    let mut found = Vec::new();
    let organizations = scenario.organizations.iter().map(|organization| organization.name.as_str());
    let organizations: Vec<&str> = organizations.collect();
    let mut figure = |owner: &str, name: &str, value: f64| found.push((format!("figures/{owner}/{name}"), value));
    for &kind in &Figure::ALL[..naive::FIGURES] {
        let total: f64 = path.figures.iter().map(|of| of[kind as usize]).sum();
        match kind {
            Figure::UnitCost => {
                let cost: f64 = path.figures.iter().map(|of| of[Figure::ComputeCost as usize]).sum();
                figure("system", kind.name(), cost / path.use_values.iter().sum::<f64>());
            }
            Figure::MinCash => {}
            _ => figure("system", kind.name(), total),
        }
        organizations.iter().zip(&path.figures).for_each(|(name, of)| figure(name, kind.name(), of[kind as usize]));
    }
    for (name, of) in [("exit_cost", &path.exit_costs), ("resale_income", &path.resale_incomes)] {
        figure("system", name, of.iter().sum());
        organizations.iter().zip(of).for_each(|(owner, &value)| figure(owner, name, value));
    }
    for (contract, [paid, idle]) in scenario.contracts.iter().zip(&path.costs) {
        found.push((format!("contracts/{}/commitment_cost", contract.name), *paid));
        found.push((format!("contracts/{}/stranded_cost", contract.name), *idle));
    }
    for (v, vendor) in scenario.vendors.iter().enumerate() {
        found.push((format!("vendors/{}/received", vendor.name), path.received[v]));
        let loss = path.losses[v].iter().map(naive::Loss::total).sum();
        found.push((format!("vendors/{}/loss", vendor.name), loss));
    }
    found
}

/// Whether and when things happened on a path, by name.
fn times(scenario: &Scenario, path: &naive::Path) -> Vec<(String, Option<u32>)> {
    let mut found = vec![("bubble/system".to_owned(), path.system_bubble)];
    for (o, organization) in scenario.organizations.iter().enumerate() {
        let name = &organization.name;
        found.push((format!("bubble/{name}"), path.bubbles[o]));
        found.push((format!("times/workouts/{name}"), path.workouts[o]));
        for (e, event) in scenario.events.iter().enumerate() {
            if event.organization.is_none_or(|at| at == o) {
                found.push((format!("events/{name}/{}", event.name), path.events[e][o]));
            }
        }
    }
    for (tranche, time) in scenario.tranches.iter().zip(&path.tranches) {
        found.push((format!("times/tranches/{}", tranche.name), *time));
    }
    for (vendor, time) in scenario.vendors.iter().zip(&path.failures) {
        found.push((format!("times/vendors/{}", vendor.name), *time));
    }
    found
}

fn sample(scenario: &Scenario) -> (Samples, BTreeMap<String, Vec<u32>>) {
    let engine = cpu(1, Precision::Double);
    let (model, plan) = (naive::Model::new(scenario), Plan::lower(&bare(scenario)));
    let walked: Vec<_> = (0..PATHS)
        .into_par_iter()
        .map(|path| {
            let words = random::words(scenario, DRAWS, path);
            let walked = super::walk(&model, scenario, &engine.trace(&plan, DRAWS, path), &words);
            (numbers(scenario, &walked), times(scenario, &walked))
        })
        .collect();
    let (mut samples, mut moments) = (Samples::new(), BTreeMap::<String, Vec<u32>>::new());
    for (numbers, times) in walked {
        numbers.into_iter().for_each(|(name, value)| samples.entry(name).or_default().push(value));
        for (name, time) in times {
            moments.entry(name).or_default().push(time.unwrap_or(u32::MAX));
        }
    }
    (samples, moments)
}

/// How far everything is, in joint standard errors.
#[derive(Default)]
struct Distances(Vec<(f64, String)>);

impl Distances {
    fn add(&mut self, what: String, found: f64, exact: f64, se: f64, size: f64) {
        let off = ((found - exact).abs() - FLOAT_ERROR * size.max(exact.abs())).max(0.0);
        let shown = format!("{what}: {found:.6e}, not {exact:.6e}");
        self.0.push((if off == 0.0 { 0.0 } else { off / se.max(f64::MIN_POSITIVE) }, shown));
    }

    /// Mean, deviation, quantiles and means of tails of a figure.
    fn figure(&mut self, name: &str, values: &mut [f64], reference: &Value) {
        let number = |key: &str| reference[key].as_f64().unwrap_or_else(|| panic!("{name} has no {key}"));
        let (count, size) = (values.len() as f64, number("sd"));
        let mean = values.iter().sum::<f64>() / count;
        let moment = |k: i32| values.iter().map(|x| (x - mean).powi(k)).sum::<f64>() / count;
        let (sd, fourth) = (moment(2).sqrt(), moment(4));
        self.add(format!("{name}, mean"), mean, number("mean"), (sd / count.sqrt()).hypot(number("se")), size);
        let joint = (1.0 + count / REFERENCE_PATHS).sqrt();
        let sd_se = ((fourth - sd.powi(4)).max(0.0) / count).sqrt() / (2.0 * sd.max(f64::MIN_POSITIVE)) * joint;
        self.add(format!("{name}, sd"), sd, size, sd_se, size);
        values.sort_by(f64::total_cmp);
        for (level, key) in [(0.01, "q01"), (0.05, "q05"), (0.5, "q50"), (0.95, "q95"), (0.99, "q99")] {
            let (exact, se) = (number(key), number(&format!("{key}_se")) * (1.0 + REFERENCE_PATHS / count).sqrt());
            // a quantile at an atom has no error there, but may lie beyond its edge: ranks are within their own error
            let at = |rank: f64| values[(rank.clamp(0.0, 1.0) * (count - 1.0)).round() as usize];
            let spread = 4.0 * (level * (1.0 - level) / count).sqrt() * joint;
            if (at(level - spread)..=at(level + spread)).contains(&exact) {
                self.add(format!("{name}, {key}"), exact, exact, se, size);
            } else {
                self.add(format!("{name}, {key}"), at(level), exact, se, size);
            }
        }
        let ranked = |from: f64, to: f64| &values[(from * count) as usize..(to * count) as usize];
        for (key, tail, start) in [
            ("es01", ranked(0.0, 0.01), 0.01),
            ("es05", ranked(0.0, 0.05), 0.05),
            ("es95", ranked(0.95, 1.0), 0.95),
            ("es99", ranked(0.99, 1.0), 0.99),
        ] {
            let mass = tail.len() as f64;
            let mean = tail.iter().sum::<f64>() / mass;
            let variance = tail.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / mass;
            let begins = mean - values[(start * count) as usize];
            // variance of the mean of a tail: within it, and of where it begins (Manistre and Hancock 2005)
            let se = ((variance + (1.0 - mass / count) * begins * begins) / mass).sqrt() * joint;
            self.add(format!("{name}, {key}"), mean, number(key), se, size);
        }
    }

    fn probability(&mut self, name: String, times: &[u32], by: u32, exact: f64) {
        let count = times.len() as f64;
        let found = times.iter().filter(|&&time| time <= by).count() as f64 / count;
        let p = exact.max(1.0 / REFERENCE_PATHS);
        let se = (p * (1.0 - p).max(1.0 / REFERENCE_PATHS) * (1.0 / count + 1.0 / REFERENCE_PATHS)).sqrt();
        self.add(name, found, exact, se, 0.0);
    }
}

fn at<'v>(reference: &'v Value, name: &str) -> &'v Value {
    let mut parts = name.splitn(2, '/');
    let (kind, rest) = (parts.next().expect("a kind"), parts.next().expect("a name"));
    match kind {
        "events" | "times" => &reference[kind][rest],
        _ => rest.split('/').fold(&reference[kind], |value, key| &value[key]),
    }
}

#[test]
fn the_second_writing_gives_the_reference() {
    let loaded = overhang::scenario::load("tests/cases/part-two.toml".as_ref());
    let scenario = loaded.unwrap_or_else(|failure| panic!("{failure}")).scenario;
    let text = std::fs::read_to_string("tests/cases/part-two.expected.json").expect("it is there");
    let reference: Value = serde_json::from_str(&text).expect("it is JSON");
    let (mut samples, times) = sample(&scenario);
    let mut distances = Distances::default();
    for (name, values) in &mut samples {
        distances.figure(name, values, at(&reference, name));
    }
    for (name, times) in &times {
        let exact = at(&reference, name);
        if let Some(by_period) = exact["by_period"].as_array() {
            for (by, exact) in (1..).zip(by_period) {
                distances.probability(format!("{name} by {by}"), times, by, exact.as_f64().expect("a number"));
            }
        } else {
            let exact = exact.as_f64().unwrap_or_else(|| panic!("the reference has no {name}"));
            distances.probability(name.clone(), times, u32::MAX - 1, exact);
        }
    }
    let mut found = distances.0;
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("{} comparisons, the farthest {:.2} joint errors off: {}", found.len(), found[0].0, found[0].1);
    assert!(found.len() > 700, "only {} comparisons", found.len());
    assert!(found[0].0 <= 4.0, "{:.2} joint errors: {}", found[0].0, found[0].1);
}
