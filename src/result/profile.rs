//! Quantities over time and figures over growing numbers of paths, for pictures.

use indexmap::IndexMap;

use super::document::{Provenance, SYSTEM, Sampling};
use super::estimates::Estimator;
use super::level::Level;
use super::request::EstimateRequest;
use crate::measure::{Estimate, Moment, RowEstimates, RowSample, row_estimates};
use crate::plan::Plan;
use crate::plan::profile::{Observable, Profile};
use crate::registry::Figure;
use crate::scenario::Scenario;
use crate::tally::{ProfileTally, Tally};
use crate::text::units::Unit;

/// Probabilities of a fan's quantiles.
pub const FAN: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// Quantities over time, from a second pass over some of a run's paths.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileDocument {
    /// Paths that were observed: the first ones of the run.
    pub paths: u64,
    /// Years from the start of the dates.
    pub years: Vec<f64>,
    /// Factors by name under `factors.`, what organizations have under `organizations.NAME.`.
    pub quantities: IndexMap<String, ObservableProfile>,
}

/// A quantity by date.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservableProfile {
    /// For people.
    pub label: String,
    /// Money for cash, a number without a unit of its own for all else.
    pub unit: Unit,
    /// At the start date, where it has a value then.
    pub start: Option<f64>,
    /// The organization, or "system", whose bubble divides the paths.
    pub bubble: String,
    /// By probability and date.
    pub quantiles: IndexMap<Level, Vec<Estimate>>,
    /// Over all paths.
    pub all: Vec<Moment>,
    /// Over the paths where the bubble bursts by the horizon.
    pub burst: Vec<Moment>,
    /// Over the others.
    pub otherwise: Vec<Moment>,
}

/// The document of a second pass.
pub fn document(scenario: &Scenario, plan: &Plan, profile: &Profile, tally: &ProfileTally) -> ProfileDocument {
    let count = profile.observed.len();
    let quantities = profile.observed.iter().enumerate().map(|(place, observed)| {
        let by_date = profile.dates.iter().enumerate().map(|(date, &period)| {
            let row = date * count + place;
            let found = row_estimates(&RowSample::new(tally, row, profile.frame(row)), &FAN);
            scaled(found, divisor(plan, observed.observable, period))
        });
        let by_date: Vec<RowEstimates> = by_date.collect();
        let (key, label, unit) = names(scenario, observed.observable);
        let bubble = observed.bubble.map_or(SYSTEM, |organization| &scenario.organizations[organization].name);
        let quantile = |(i, p): (usize, &f64)| (Level::new(*p), by_date.iter().map(|row| row.quantiles[i]).collect());
        let moments = |of: fn(&RowEstimates) -> Moment| by_date.iter().map(of).collect();
        let quantity = ObservableProfile {
            label,
            unit,
            start: start(scenario, plan, observed.observable),
            bubble: bubble.to_owned(),
            quantiles: FAN.iter().enumerate().map(quantile).collect(),
            all: moments(|row| row.all),
            burst: moments(|row| row.burst),
            otherwise: moments(|row| row.otherwise),
        };
        (key, quantity)
    });
    ProfileDocument {
        paths: tally.paths,
        years: profile.dates.iter().map(|&t| scenario.horizon.end(t)).collect(),
        quantities: quantities.collect(),
    }
}

/// Where a quantity stands, what it is, and its unit.
fn names(scenario: &Scenario, quantity: Observable) -> (String, String, Unit) {
    let of = |index: usize, key: &str, what: &str, unit: Unit| {
        let organization = &scenario.organizations[index];
        let owner = organization.label.as_ref().unwrap_or(&organization.name);
        (format!("organizations.{}.{key}", organization.name), format!("{what}, {owner}"), unit)
    };
    match quantity {
        Observable::Factor(index) => {
            let factor = &scenario.factors[index];
            let label = factor.label.as_ref().unwrap_or(&factor.name);
            (format!("factors.{}", factor.name), label.clone(), Unit::Number)
        }
        Observable::Served(index) => of(index, "utilization", "Utilization of contracts", Unit::Number),
        Observable::Coverage(index) => of(index, "coverage", "Coverage of cost by returns", Unit::Number),
        Observable::Cash(index) => of(index, "cash", "Cash", Unit::Money),
    }
}

/// Factors and balances have a value at the start date, averages and use do not.
fn start(scenario: &Scenario, plan: &Plan, quantity: Observable) -> Option<f64> {
    match quantity {
        Observable::Factor(index) => Some(plan.double.factors[index].start),
        Observable::Cash(index) => {
            scenario.organizations[index].cash.as_ref().map(|_| plan.double.organizations[index].opening)
        }
        Observable::Served(_) | Observable::Coverage(_) => None,
    }
}

/// What a kept value is divided by: capacity, for utilization; `None` where there is none.
fn divisor(plan: &Plan, quantity: Observable, period: u32) -> Option<f64> {
    let Observable::Served(organization) = quantity else { return Some(1.0) };
    let terms = &plan.double.organizations[organization];
    let row = &plan.double.contract_periods[(period as usize - 1) * plan.sizes.contracts..];
    let owned = &row[terms.contracts_first as usize..terms.contracts_end as usize];
    Some(owned.iter().map(|period| period.capacity).sum()).filter(|capacity: &f64| *capacity > 0.0)
}

fn scaled(mut found: RowEstimates, divisor: Option<f64>) -> RowEstimates {
    let by = |x: Option<f64>| Some(x? / divisor?);
    for Estimate { value, low, high, .. } in &mut found.quantiles {
        (*value, *low, *high) = (by(*value), by(*low), by(*high));
    }
    for Moment { mean, se, .. } in [&mut found.all, &mut found.burst, &mut found.otherwise] {
        (*mean, *se) = (by(*mean), by(*se));
    }
    found
}

/// The main figures of the system after so many paths.
#[derive(Debug, Clone, PartialEq)]
pub struct Milestone {
    pub paths: u64,
    /// Mean of total commitment cost, with its interval.
    pub mean: Estimate,
    /// Its shortfall at the last level asked for.
    pub shortfall: Estimate,
    /// The bubble-risk probability and its interval.
    pub bubble: Estimate,
}

/// A milestone of a tally.
pub fn milestone(
    scenario: &Scenario,
    plan: &Plan,
    tally: &Tally,
    asked: &EstimateRequest,
    sampling: &Sampling,
) -> Milestone {
    let provenance = Provenance::new(scenario, sampling.clone());
    Milestone::of(&Estimator::new(scenario, plan, tally, asked).numbers(provenance), tally.paths)
}

impl Milestone {
    /// What a result says after so many paths.
    pub fn of(document: &crate::result::document::ResultDocument, paths: u64) -> Self {
        let cost = document.of_system(Figure::CommitmentCost);
        let bubble = document.system_bubble();
        Milestone {
            paths,
            mean: cost.map(crate::result::document::Figure::interval).unwrap_or_default(),
            shortfall: cost.and_then(|cost| cost.shortfall.values().last().copied()).unwrap_or_default(),
            bubble: bubble.map_or_else(Estimate::default, |found| Estimate {
                value: found.probability,
                low: found.low,
                high: found.high,
                atom: false,
            }),
        }
    }
}
