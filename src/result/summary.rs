//! What was understood of a scenario, as a document: means of factors, and contracts year by year.

use indexmap::IndexMap;
use serde::Serialize;

use super::document::SCHEMA_VERSION;
use super::terms::{Change, Terms, changes, terms};
use crate::engine::forecast::{Forecast, Mean};
use crate::plan::Plan;
use crate::scenario::{
    Contract, Diagnostic, Horizon, Loaded, MOST_CONTRACTS, MOST_EVENTS, MOST_FACTORS, MOST_ORGANIZATIONS, MOST_PERIODS,
    MOST_STAKES, MOST_TRANCHES, MOST_VENDORS, Process, Rate, Scenario, UncertainInput, Variant,
};

/// A scenario as it was understood.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckDocument {
    pub schema_version: u32,
    pub file: String,
    pub scenario: String,
    /// BLAKE3 of the file, in hexadecimal.
    pub scenario_hash: String,
    pub currency: String,
    pub capacity_unit: String,
    pub start: String,
    pub years: f64,
    pub steps_per_year: u32,
    /// How much of what a scenario may have this one has.
    pub limits: IndexMap<String, Limit>,
    /// Uncertain inputs, by key; all else is at their medians.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub uncertain: IndexMap<String, UncertainOutlook>,
    pub factors: IndexMap<String, FactorOutlook>,
    pub contracts: IndexMap<String, ContractForecast>,
    /// Workouts of organizations in words, by organization.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub workouts: IndexMap<String, String>,
    /// Tranches in words, by name.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub tranches: IndexMap<String, String>,
    /// Vendors that can fail in words, by name.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub vendors: IndexMap<String, String>,
    /// Crises in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crisis: Option<String>,
    /// Variants that were asked for, by name.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub variants: IndexMap<String, VariantOutlook>,
    /// What is accepted but rarely meant, in the order of the file.
    pub warnings: Vec<Warning>,
}

/// What the contracts of a variant amount to, and how it differs from the file as it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VariantOutlook {
    pub label: Option<String>,
    pub contracts: IndexMap<String, VariantContract>,
    pub differs: Vec<Change>,
}

/// A contract of a variant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VariantContract {
    /// As in [`ContractForecast`].
    pub index: Option<String>,
    pub rate: Option<f64>,
    #[serde(flatten)]
    pub terms: Terms,
}

/// A warning and its place in the file; line and column count from 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Warning {
    pub line: usize,
    pub column: usize,
    pub key: String,
    pub title: String,
    pub label: String,
    pub hint: String,
}

/// How many there are, and how many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Limit {
    pub used: usize,
    pub most: usize,
}

/// An uncertain input and quantiles of its distribution.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UncertainOutlook {
    pub label: Option<String>,
    pub reason: Option<String>,
    /// 10%.
    pub low: f64,
    pub median: f64,
    /// 90%.
    pub high: f64,
}

/// A factor's process, start, and sampled mean at the end of each year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactorOutlook {
    pub process: &'static str,
    pub start: f64,
    pub by_year: Vec<YearMean>,
}

/// A mean at the end of a year, regimes and jumps included, and its standard error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct YearMean {
    pub year: f64,
    pub mean: f64,
    pub se: f64,
}

/// A contract's terms, given or derived. Money undiscounted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContractForecast {
    pub organization: String,
    pub vendor: String,
    /// Years from the start date.
    pub start: f64,
    pub term: f64,
    /// The factor that the rate follows; none for a fixed rate.
    pub index: Option<String>,
    /// Rate of the first contract year; none for an indexed rate.
    pub rate: Option<f64>,
    /// Nominal total of the whole term; none for an indexed rate.
    pub commitment: Option<f64>,
    /// Over the whole term; along the forward curve of the index where the rate is indexed.
    #[serde(flatten)]
    pub terms: Terms,
    pub take_or_pay: f64,
    /// Per year.
    pub aging: f64,
    pub prepaid: f64,
    /// Its clauses in words, by the keys that give them.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub clauses: IndexMap<&'static str, String>,
    /// Of the years of the horizon.
    pub by_year: Vec<ContractYear>,
    /// Capacity-unit-years after the horizon.
    pub units_after: f64,
    /// Minimum payments after the horizon; none for an indexed rate.
    pub minimum_after: Option<f64>,
}

/// A year of a contract. Where the rate is indexed, its sampled mean stands for it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ContractYear {
    /// The end of the year.
    pub year: f64,
    /// Mean capacity.
    pub capacity: f64,
    /// Mean of what is left of the capacity as hardware ages.
    pub useful: f64,
    /// Mean rate over what is contracted.
    pub rate: Option<f64>,
    /// The bills if all is used.
    pub full: f64,
    /// The bills if nothing is.
    pub minimum: f64,
}

/// The document of a scenario.
pub fn check(file: &str, scenario: &Scenario, plan: &Plan, forecast: &Forecast) -> CheckDocument {
    let horizon = &scenario.horizon;
    let limit = |name: &str, used, most| (name.to_owned(), Limit { used, most });
    // most scenarios have none of these
    let rare = [
        limit("tranches", scenario.tranches.len(), MOST_TRANCHES),
        limit("vendors", scenario.vendors.len(), MOST_VENDORS),
        limit("stakes", scenario.vendors.iter().map(|vendor| vendor.stakes.len()).sum(), MOST_STAKES),
    ];
    let rare = rare.into_iter().filter(|(_, limit)| limit.used > 0);
    let sampled = scenario.factors.iter().zip(&plan.single.factors).zip(&forecast.factors);
    let factors = sampled.map(|((factor, terms), means)| {
        let start = f64::from(terms.start);
        let by_year = years(horizon)
            .map(|(year, periods)| {
                let Mean { mean, se } = means[*periods.end() as usize - 1];
                YearMean { year, mean, se }
            })
            .collect();
        (factor.name.clone(), FactorOutlook { process: process_name(&factor.process), start, by_year })
    });
    let contracts = scenario.contracts.iter().enumerate().map(|(index, contract)| {
        let position = plan.contract_order.iter().position(|&c| c == index).expect("all contracts are in the plan");
        (contract.name.clone(), contract_forecast(scenario, contract, &forecast.rates[position]))
    });
    let organizations = scenario.organizations.iter().enumerate();
    let workouts = organizations
        .filter_map(|(place, organization)| Some((organization.name.clone(), scenario.workout_text(place)?)));
    let tranches = scenario.tranches.iter().map(|tranche| (tranche.name.clone(), scenario.tranche_text(tranche)));
    let vendors = scenario.vendors.iter().map(|vendor| (vendor.name.clone(), scenario.vendor_text(vendor)));
    CheckDocument {
        schema_version: SCHEMA_VERSION,
        file: file.to_owned(),
        scenario: scenario.name.clone(),
        scenario_hash: scenario.hash.clone(),
        currency: scenario.currency.clone(),
        capacity_unit: scenario.capacity_unit.clone(),
        start: horizon.start.clone(),
        years: horizon.years(),
        steps_per_year: horizon.steps_per_year,
        limits: [
            limit("factors", scenario.factors.len(), MOST_FACTORS),
            limit("organizations", scenario.organizations.len(), MOST_ORGANIZATIONS),
            limit("contracts", scenario.contracts.len(), MOST_CONTRACTS),
            limit("events", plan.sizes.events, MOST_EVENTS),
            limit("periods", horizon.periods as usize, MOST_PERIODS as usize),
        ]
        .into_iter()
        .chain(rare)
        .collect(),
        uncertain: IndexMap::new(),
        factors: factors.collect(),
        contracts: contracts.collect(),
        workouts: workouts.collect(),
        tranches: tranches.collect(),
        vendors: vendors.collect(),
        crisis: scenario.crisis.as_ref().map(|crisis| scenario.crisis_text(crisis)),
        variants: IndexMap::new(),
        warnings: Vec::new(),
    }
}

impl CheckDocument {
    /// The same with the inputs that are uncertain.
    pub fn with_uncertain(self, inputs: &[UncertainInput]) -> Self {
        let outlook = |input: &UncertainInput| {
            let UncertainInput { key, label, reason, distribution } = input;
            let [low, high] = distribution.usual_range();
            let (label, reason) = (label.clone(), reason.clone());
            (key.clone(), UncertainOutlook { label, reason, low, median: distribution.median(), high })
        };
        CheckDocument { uncertain: inputs.iter().map(outlook).collect(), ..self }
    }

    /// The same with the warnings about its file.
    pub fn with_warnings(self, warnings: &[Diagnostic]) -> Self {
        CheckDocument { warnings: warnings.iter().map(warning).collect(), ..self }
    }
}

fn warning(of: &Diagnostic) -> Warning {
    Warning {
        line: of.line,
        column: of.column,
        key: of.key.clone(),
        title: of.title.clone(),
        label: of.label.clone(),
        hint: of.hint.clone(),
    }
}

/// A variant beside the scenario of its file.
pub fn variant(loaded: &Loaded, variant: &Variant) -> VariantOutlook {
    let scenario = &variant.scenario;
    let contracts = scenario.contracts.iter().map(|contract| {
        let (index, rate) = price(scenario, contract);
        (contract.name.clone(), VariantContract { index, rate, terms: terms(scenario, contract) })
    });
    VariantOutlook {
        label: variant.label.clone(),
        contracts: contracts.collect(),
        differs: changes((&loaded.scenario, &loaded.template), (scenario, &variant.template)),
    }
}

/// The index that a rate follows, or the rate of the first contract year.
fn price(scenario: &Scenario, contract: &Contract) -> (Option<String>, Option<f64>) {
    match contract.rate {
        Rate::Fixed { base, .. } => (None, Some(base)),
        Rate::Indexed { factor, .. } => (Some(scenario.factors[factor].name.clone()), None),
    }
}

fn process_name(process: &Process) -> &'static str {
    match process {
        Process::Gbm { .. } => "gbm",
        Process::Ou { .. } => "ou",
        Process::LogitOu { .. } => "logit_ou",
        Process::Table { .. } => "table",
    }
}

/// The years of the horizon by their ends, the last one possibly shorter, and the periods of each.
fn years(horizon: &Horizon) -> impl Iterator<Item = (f64, std::ops::RangeInclusive<u32>)> + '_ {
    let per_year = horizon.steps_per_year;
    (0..horizon.periods.div_ceil(per_year)).map(move |k| {
        let last = ((k + 1) * per_year).min(horizon.periods);
        (horizon.end(last), k * per_year + 1..=last)
    })
}

fn contract_forecast(scenario: &Scenario, contract: &Contract, indexed: &[Option<Mean>]) -> ContractForecast {
    let horizon = &scenario.horizon;
    let dt = horizon.dt();
    let rate = |t: u32| match contract.rate {
        Rate::Fixed { .. } => contract.fixed_rate_in(i64::from(t), horizon),
        Rate::Indexed { .. } => indexed[t as usize - 1].map(|mean| mean.mean),
    };
    let year = |(year, periods): (f64, std::ops::RangeInclusive<u32>)| {
        let length = f64::from(periods.end() - periods.start() + 1);
        let units: f64 = periods.clone().map(|t| contract.capacity_in(i64::from(t), horizon)).sum();
        let useful: f64 = periods.clone().map(|t| contract.useful_capacity_in(i64::from(t), horizon)).sum();
        let full: f64 =
            periods.map(|t| rate(t).unwrap_or(0.0) * contract.capacity_in(i64::from(t), horizon) * dt).sum();
        ContractYear {
            year,
            capacity: units / length,
            useful: useful / length,
            rate: (units > 0.0).then(|| full / (units * dt)),
            full,
            minimum: contract.take_or_pay * full,
        }
    };
    let first_after = i64::from(horizon.periods) + 1;
    let after = first_after..=(*contract.term_periods(horizon).end()).max(first_after - 1);
    let bill = |t: i64| Some(contract.fixed_rate_in(t, horizon)? * contract.capacity_in(t, horizon) * dt);
    let (index, base) = price(scenario, contract);
    ContractForecast {
        organization: scenario.organizations[contract.organization].name.clone(),
        vendor: contract.vendor.clone(),
        start: contract.start,
        term: contract.term,
        index,
        rate: base,
        commitment: contract.commitment(horizon),
        terms: terms(scenario, contract),
        take_or_pay: contract.take_or_pay,
        aging: contract.aging,
        prepaid: contract.prepaid,
        clauses: scenario.clauses_of(contract).into_iter().collect(),
        by_year: years(horizon).map(year).collect(),
        units_after: after.clone().map(|t| contract.capacity_in(t, horizon) * dt).sum(),
        minimum_after: after.map(bill).sum::<Option<f64>>().map(|full| contract.take_or_pay * full),
    }
}
