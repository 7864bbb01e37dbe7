//! A made-up scenario and run for the unit tests of reports.

use nalgebra::DMatrix;

use super::document::{Provenance, ResultDocument, RunInfo, Sampling};
use super::estimates::Estimator;
use super::request::EstimateRequest;
use crate::plan::figure::{FigureSpec, FirstPassage, Frame, Owner};
use crate::registry::{CLAUSE_FIGURES, Figure, MetricKind, OwnerKind, Unit};
use crate::scenario::{
    Bubble, BubbleRule, Condition, Contract, Curve, Demand, Discount, Dispatch, Event, Horizon, Metric, Organization,
    Rate, Scenario, Settlement, Subject, Threshold, Tranche, Vendor, Workout,
};
use crate::tally::testing::{Draws, tally_of};
use crate::tally::{FigureTally, Tally};

const STEPS_PER_YEAR: u32 = 4;
const YEARS: u32 = 6;

/// A scenario with so many organizations, named from `alpha` on, with one contract more than them, the last two of one
/// vendor.
pub fn scenario(organizations: usize) -> Scenario {
    let names = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"];
    let horizon =
        Horizon { start: "2026-07-01".to_owned(), steps_per_year: STEPS_PER_YEAR, periods: YEARS * STEPS_PER_YEAR };
    let rate = Curve::constant(0.1);
    let event = |name: &str, kind| Event {
        name: name.to_owned(),
        label: None,
        organization: None,
        metric: Metric { kind, subject: Subject::Organization },
        threshold: Threshold::Below(Curve::constant(0.0)),
        duration: 0.0,
        after: 0.0,
    };
    Scenario {
        name: "A made-up run".to_owned(),
        description: String::new(),
        currency: "USD".to_owned(),
        capacity_unit: "GW".to_owned(),
        horizon,
        discount: Discount { rate: rate.clone(), liabilities: rate },
        factors: Vec::new(),
        correlation: DMatrix::zeros(0, 0),
        regimes: None,
        organizations: names[..organizations].iter().map(|name| organization(name)).collect(),
        contracts: (0..=organizations).map(|i| contract(i, organizations)).collect(),
        events: vec![event("return_gap", MetricKind::Coverage), event("cash_out", MetricKind::Cash)],
        bubble: Some(Bubble { events: vec![0, 1], rule: BubbleRule::Any, organizations: 1 }),
        tranches: vec![tranche()],
        vendors: vec![vendor()],
        crisis: None,
        delay_correlation: 0.0,
        uncertainty: None,
        is_at_medians: false,
        variant: None,
        hash: "0123456789abcdef".repeat(4),
    }
}

/// Money for the first organization.
fn tranche() -> Tranche {
    Tranche {
        name: "early".to_owned(),
        label: None,
        organization: 0,
        at: 1.0,
        until: 2.0,
        amount: 5e9,
        condition: Condition::Always,
        intensity: None,
        otherwise: 0.0,
        vendor: None,
    }
}

/// The first vendor, which can fail. It can lose by the first organization and by the last ([`exposed`]).
fn vendor() -> Vendor {
    Vendor {
        name: "Vendor0".to_owned(),
        label: None,
        intensity: 0.02,
        crisis: 1.0,
        capital: None,
        recovery: 0.4,
        novation: 0.0,
        relet: None,
        stakes: Vec::new(),
    }
}

/// The organizations that a vendor can lose by.
fn exposed(scenario: &Scenario) -> Vec<usize> {
    let mut all = vec![0, scenario.organizations.len() - 1];
    all.dedup();
    all
}

fn organization(name: &str) -> Organization {
    Organization {
        name: name.to_owned(),
        label: None,
        utilization: 0,
        demand: Demand::Planned,
        performance_return: Some(0),
        diminishing: None,
        burst: None,
        dispatch: Dispatch::Priority,
        cash: None,
        workout: (name == "alpha").then_some(Workout {
            condition: Condition::Always,
            hazard: 0.1,
            pay: 0.4,
            then: Settlement::Exit,
        }),
    }
}

fn contract(index: usize, organizations: usize) -> Contract {
    Contract {
        name: format!("deal-{}", organizations - index),
        label: None,
        organization: index.min(organizations - 1),
        vendor: format!("Vendor{}", index.min(organizations - 1)),
        start: 0.0,
        term: 5.0,
        capacity: Curve::constant(1.0),
        rate: Rate::Fixed { base: 9e9, escalator: 0.02 },
        take_or_pay: 0.9,
        aging: 0.0,
        prepaid: 0.1,
        priority: 0,
        review: None,
        reduction: None,
        extension: None,
        delay: None,
        true_up: None,
        make_up: 0.0,
        resale: None,
    }
}

/// The names of the scenario's vendors.
pub fn vendors(scenario: &Scenario) -> Vec<String> {
    let mut vendors: Vec<String> = scenario.contracts.iter().map(|contract| contract.vendor.clone()).collect();
    vendors.dedup();
    vendors
}

/// What a plan would estimate for the scenario, contracts in another order than the scenario's.
pub fn figures(scenario: &Scenario) -> Vec<FigureSpec> {
    let organizations = scenario.organizations.len();
    let mut owners: Vec<Owner> = (0..organizations).map(Owner::Organization).collect();
    if organizations > 1 {
        owners.push(Owner::System);
    }
    let mut figures = Vec::new();
    let mut push = |owner, figure: Figure, sketched| {
        let frame = match figure.unit() {
            Unit::CapacityYears => Frame { centre: 8.0, scale: 2.0 },
            _ => Frame { centre: 32e9, scale: 2f64.powi(32) },
        };
        let slot = figures.len();
        figures.push(FigureSpec { owner, figure, slot, frame, sketched });
    };
    for owner in owners {
        let all = OwnerKind::Organization.entry().figures.iter().chain(CLAUSE_FIGURES);
        for &figure in all.filter(|&&figure| owner != Owner::System || figure != Figure::MinCash) {
            push(owner, figure, true);
        }
    }
    let contracts = (0..scenario.contracts.len()).rev().map(Owner::Contract);
    for owner in contracts.chain((0..vendors(scenario).len()).map(Owner::Vendor)) {
        push(owner, Figure::CommitmentCost, false);
        push(owner, Figure::StrandedCost, false);
    }
    for counterparty in 0..scenario.vendors.len() {
        push(Owner::Counterparty(counterparty), Figure::Received, true);
        push(Owner::Counterparty(counterparty), Figure::Loss, true);
        for organization in exposed(scenario) {
            push(Owner::Exposure { counterparty, organization }, Figure::Loss, false);
            push(Owner::Exposure { counterparty, organization }, Figure::LossInBubble, false);
        }
    }
    figures
}

/// What a plan would time for the scenario.
pub fn times(scenario: &Scenario) -> Vec<FirstPassage> {
    let organizations = 0..scenario.organizations.len();
    let events = (0..scenario.events.len()).rev();
    let mut times: Vec<FirstPassage> = events
        .flat_map(|event| organizations.clone().map(move |organization| FirstPassage::Event { event, organization }))
        .collect();
    times.extend(organizations.clone().map(|organization| FirstPassage::Bubble { organization }));
    if organizations.len() > 1 {
        times.push(FirstPassage::SystemBubble);
    }
    times.extend((0..scenario.tranches.len()).map(|tranche| FirstPassage::Tranche { tranche }));
    times.extend((0..scenario.vendors.len()).map(|vendor| FirstPassage::Failure { vendor }));
    let settling = organizations.filter(|&organization| scenario.organizations[organization].workout.is_some());
    times.extend(settling.map(|organization| FirstPassage::Workout { organization }));
    times
}

/// A tally of random figures: most are normal or lognormal, `unserved` is mostly 0, `burst_cost` always, and
/// `unit_cost` is undefined in some paths.
pub fn tally(scenario: &Scenario, paths: u64) -> Tally {
    let (figures, times) = (figures(scenario), times(scenario));
    let mut draws = Draws::new(71);
    let mut tally = Tally::new(&figures, times.len(), scenario.horizon.periods);
    tally.paths = paths;
    for (spec, tally) in figures.iter().zip(&mut tally.figures) {
        let count = if spec.figure == Figure::UnitCost { paths - paths / 100 } else { paths };
        let values: Vec<f64> = (0..count).map(|_| value(spec.figure, &mut draws)).collect();
        let full = tally_of(&values, spec.frame);
        *tally = if spec.sketched { full } else { FigureTally { sketch: None, ..full } };
    }
    for (i, time) in tally.times.iter_mut().enumerate() {
        for _ in 0..paths {
            let period = (60.0 * (0.4 * draws.normal()).exp() / (i as f64 + 2.0) * draws.uniform().sqrt()) as u32 + 1;
            if draws.uniform() < 0.3 && period <= scenario.horizon.periods {
                time.add(period, 1);
            }
        }
    }
    tally
}

fn value(figure: Figure, draws: &mut Draws) -> f64 {
    let z = draws.normal();
    match figure {
        Figure::BurstCost => 0.0,
        Figure::ResidualCommitment => 3e6 * (0.2 * z).exp(),
        Figure::CommitmentCost => 31.4e9 + 2.1e9 * z.max(-1.2),
        Figure::Unserved => (z - 1.5).max(0.0),
        Figure::Used => 9.0 + z,
        Figure::NetValue | Figure::MinCash => -4e9 + 12e9 * z,
        Figure::LossInBubble => 8e9 * (z - 0.5).max(0.0),
        _ => 12e9 * (0.4 * z).exp(),
    }
}

/// The document of a run of so many organizations and paths.
pub fn document(organizations: usize, paths: u64, asked: &EstimateRequest) -> ResultDocument {
    let scenario = scenario(organizations);
    document_of(&scenario, &tally(&scenario, paths), asked)
}

/// The document of a tally.
pub fn document_of(scenario: &Scenario, tally: &Tally, asked: &EstimateRequest) -> ResultDocument {
    let sampling = Sampling {
        seed: 42,
        replicate: 0,
        paths: tally.paths,
        sampling: tally.design.name().to_owned(),
        trajectories: None,
        backend: "cpu".to_owned(),
        precision: "f32".to_owned(),
        ..Sampling::default()
    };
    let run = RunInfo {
        threads: Some(2),
        instruction_set: Some("AVX-512".to_owned()),
        wall_seconds: Some(0.4213),
        kernel_seconds: Some(0.4012),
        date: Some("2026-11-22T12:00:00Z".to_owned()),
        ..RunInfo::default()
    };
    let (figures, times) = (figures(scenario), times(scenario));
    let vendors: Vec<_> = vendors(scenario).into_iter().zip((0..).map(Owner::Vendor)).collect();
    let (figures, times) = (figures.as_slice(), times.as_slice());
    Estimator { scenario, figures, times, vendors, tally, asked }.result(Provenance::new(scenario, sampling), run)
}
