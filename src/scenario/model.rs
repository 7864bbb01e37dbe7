//! What a scenario file says, after validation: names resolved to indices, defaults filled in, every value in range.
//!
//! Invariant: values of these types are only made by [`super::load`] and [`super::parse`], which check them, so the rest of
//! the program needs no further checks. Years count from the start date (τ), money is in the scenario's currency,
//! capacity in its capacity unit, rates and prices in currency per capacity-unit-year.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::clauses::{Crisis, Delay, Extension, Reduction, Resale, Review, Tranche, Vendor, Workout};
pub use super::curve::{Curve, Steps};
use super::uncertainty::Uncertainty;
use crate::registry::{MetricKind, ProcessKind, Requirement};

/// Stands for "no limit" in [`Burst::limit`] and in the `cap` of [`Rate::Indexed`]: beyond every accepted number, and
/// small enough that single precision can add and double it.
pub const UNLIMITED: f64 = f32::MAX as f64 / 4.0;

/// A validated scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub name: String,
    pub description: String,
    /// Label of money, for example `USD`.
    pub currency: String,
    /// Label of capacity, for example `GW`.
    pub capacity_unit: String,
    pub horizon: Horizon,
    pub discount: Discount,
    pub factors: Vec<Factor>,
    /// Correlation of the driving Brownian motions, factors × factors in file order, positive definite, ones on the
    /// diagonal. Deterministic factors (tables) have no correlation.
    pub correlation: DMatrix<f64>,
    pub regimes: Option<Regimes>,
    pub organizations: Vec<Organization>,
    /// In file order. An organization's contracts need not be neighbours.
    pub contracts: Vec<Contract>,
    /// In file order; an event that named no organization stands here once with `organization: None`.
    pub events: Vec<Event>,
    pub bubble: Option<Bubble>,
    /// Money that comes on conditions, in file order.
    pub tranches: Vec<Tranche>,
    /// The vendors that the file describes, in its order. Contracts may name others, which never fail.
    pub vendors: Vec<Vendor>,
    pub crisis: Option<Crisis>,
    /// Correlation in [0, 1) of the delays of one vendor's contracts.
    pub delay_correlation: f64,
    /// Numbers of the file that are not known; the scenario itself has the values of the file.
    pub uncertainty: Option<Arc<Uncertainty>>,
    /// Whether its file has uncertain inputs, which stand at their medians here.
    pub is_at_medians: bool,
    /// Which of the file's variants it is.
    pub variant: Option<String>,
    /// BLAKE3 of the file's bytes, and of the variant's name behind a zero byte, in hexadecimal.
    pub hash: String,
}

impl Scenario {
    /// Whether a contract may become another than was signed: by a clause, by its organization's settlement, or because its vendor can
    /// fail.
    pub fn changes(&self, contract: &Contract) -> bool {
        contract.review.is_some()
            || contract.reduction.is_some()
            || contract.extension.is_some()
            || contract.delay.is_some()
            || contract.true_up.is_some()
            || contract.make_up > 0.0
            || contract.resale.is_some()
            || self.organizations[contract.organization].workout.is_some()
            || self.vendors.iter().any(|vendor| vendor.name == contract.vendor)
    }

    /// Whether an organization may have to pay fees or settlements.
    pub fn may_exit(&self, organization: usize) -> bool {
        let reduced = |contract: &Contract| contract.organization == organization && contract.reduction.is_some();
        self.organizations[organization].workout.is_some() || self.contracts.iter().any(reduced)
    }

    /// Whether an organization sells idle capacity.
    pub fn may_resell(&self, organization: usize) -> bool {
        self.contracts.iter().any(|contract| contract.organization == organization && contract.resale.is_some())
    }
}

#[derive(Debug, Clone)]
pub struct Horizon {
    /// The date of τ = 0, as written (`2026-01-01`).
    pub start: String,
    /// Periods per year: 52, 12, 4 or 1.
    pub steps_per_year: u32,
    /// Number of periods, at least 1: years × steps per year.
    pub periods: u32,
}

#[derive(Debug, Clone)]
pub struct Discount {
    /// Continuously compounded zero rates for what comes in.
    pub rate: Curve,
    /// The same for what is paid; equal to `rate` where the file names none.
    pub liabilities: Curve,
}

#[derive(Debug, Clone)]
pub struct Factor {
    pub name: String,
    pub label: Option<String>,
    pub process: Process,
}

#[derive(Debug, Clone)]
pub enum Process {
    Gbm { start: f64, mean: GbmMean, volatility: f64, jumps: Option<Jumps> },
    Ou { level: Curve, growth: f64, start: f64, reversion: f64, volatility: f64, jumps: Option<Jumps> },
    LogitOu { level: Curve, lower: f64, upper: f64, start: f64, reversion: f64, volatility: f64 },
    Table { values: Curve },
}

#[derive(Debug, Clone)]
pub enum GbmMean {
    /// μ per year, continuously compounded.
    Drift(Steps),
    /// The mean itself, log-linear from (0, start), flat after the last point. Years > 0, values > 0.
    Forward(Vec<[f64; 2]>),
}

/// Compound Poisson jumps of the logarithm.
#[derive(Debug, Clone)]
pub struct Jumps {
    /// Jumps per year, ≥ 0.
    pub intensity: f64,
    pub mean: f64,
    pub sd: f64,
}

#[derive(Debug, Clone)]
pub struct Regimes {
    pub states: Vec<String>,
    pub start: usize,
    /// Generator Q per year, states × states: off-diagonals ≥ 0, rows sum to 0.
    pub generator: DMatrix<f64>,
    pub effects: Vec<Effect>,
}

/// What a state does to a factor; at most one for each (state, factor).
#[derive(Debug, Clone)]
pub struct Effect {
    pub state: usize,
    pub factor: usize,
    /// Added to the drift (gbm only), per year.
    pub drift: f64,
    /// Moves the log or logit level (ou, logit_ou only).
    pub shift: f64,
    /// Multiplier of the volatility.
    pub volatility: f64,
    /// Added once to the log or logit of X in the period of entry.
    pub on_entry: f64,
}

#[derive(Debug, Clone)]
pub struct Organization {
    pub name: String,
    pub label: Option<String>,
    /// Index of the factor u.
    pub utilization: usize,
    pub demand: Demand,
    /// Index of the factor r; without one the organization has no `value`.
    pub performance_return: Option<usize>,
    pub diminishing: Option<Diminishing>,
    pub burst: Option<Burst>,
    pub dispatch: Dispatch,
    pub cash: Option<Cash>,
    pub workout: Option<Workout>,
}

#[derive(Debug, Clone)]
pub enum Demand {
    /// The capacity of the organization's contracts.
    Planned,
    Curve(Curve),
}

#[derive(Debug, Clone)]
pub struct Diminishing {
    pub exponent: f64,
    /// Effective capacity-unit-years, > 0.
    pub reference: f64,
    pub efficiency: f64,
}

#[derive(Debug, Clone)]
pub struct Burst {
    /// Index of the price factor.
    pub price: usize,
    pub scale: f64,
    pub premium: f64,
    /// Capacity units; all 0 is a market price without buying.
    pub limit: Curve,
    pub max_price: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dispatch {
    Priority,
    Merit,
}

#[derive(Debug, Clone)]
pub struct Cash {
    pub opening: f64,
    pub margin: f64,
    pub income: Curve,
    pub opex: Curve,
    pub interest: f64,
    pub borrowing: f64,
    /// Lumps: [year ≥ 0, amount].
    pub funding: Vec<[f64; 2]>,
}

#[derive(Debug, Clone)]
pub struct Contract {
    pub name: String,
    pub label: Option<String>,
    pub organization: usize,
    pub vendor: String,
    pub start: f64,
    pub term: f64,
    /// Over years since the contract's start; a ramp is already scaled, so that Σ rate·k·dt is the commitment.
    pub capacity: Curve,
    pub rate: Rate,
    pub take_or_pay: f64,
    /// Rate at which hardware grows old, per year, continuously compounded: at age a it does e^{−aging·a} of what it did when new.
    pub aging: f64,
    /// Share of the commitment paid at the start; 0 for indexed rates.
    pub prepaid: f64,
    pub priority: i64,
    /// For fixed rates only.
    pub review: Option<Review>,
    pub reduction: Option<Reduction>,
    pub extension: Option<Extension>,
    /// Only with start ≥ 0.
    pub delay: Option<Delay>,
    /// Years over which take-or-pay is tested, a whole number of periods. `None`: every period.
    pub true_up: Option<f64>,
    /// The share in [0, 1] of units paid for and not used that later use may draw.
    pub make_up: f64,
    /// Not with true-up or make-up.
    pub resale: Option<Resale>,
}

#[derive(Debug, Clone)]
pub enum Rate {
    /// `base` is the rate of the first contract year: given, or such that Σ rate·k·dt is the commitment.
    Fixed {
        base: f64,
        escalator: f64,
    },
    Indexed {
        factor: usize,
        scale: f64,
        discount: f64,
        floor: f64,
        cap: f64,
        reset: f64,
    },
}

#[derive(Debug, Clone)]
pub struct Event {
    pub name: String,
    pub label: Option<String>,
    /// `None`: one for every organization.
    pub organization: Option<usize>,
    pub metric: Metric,
    pub threshold: Threshold,
    /// Years.
    pub duration: f64,
    /// Years.
    pub after: f64,
}

/// What an event watches: a metric, and of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    pub kind: MetricKind,
    /// As the kind's [`Operand`](crate::registry::Operand) has it.
    pub subject: Subject,
}

/// What a metric is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The organization that the event is watched for.
    Organization,
    /// A factor, by its index.
    Factor(usize),
    /// A state of the chain, by its index; the threshold is above 0.5 of the indicator.
    State(usize),
    /// A contract, by its index; the event is of its organization.
    Contract(usize),
    /// A vendor that can fail, by its index into [`Scenario::vendors`].
    Vendor(usize),
}

/// What a metric is compared with at τ(t), and from which side the event happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Threshold {
    Below(Curve),
    Above(Curve),
}

impl Threshold {
    /// The threshold over years.
    pub fn curve(&self) -> &Curve {
        match self {
            Threshold::Below(curve) | Threshold::Above(curve) => curve,
        }
    }

    /// The key that names it.
    pub fn key(&self) -> &'static str {
        match self {
            Threshold::Below(_) => "below",
            Threshold::Above(_) => "above",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Bubble {
    /// Indices into [`Scenario::events`].
    pub events: Vec<usize>,
    pub rule: BubbleRule,
    /// The system's bubble has burst once this many organizations' have; 1…organizations.
    pub organizations: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BubbleRule {
    Any,
    All,
}

impl Process {
    /// Which of the processes it is.
    pub const fn kind(&self) -> ProcessKind {
        match self {
            Process::Gbm { .. } => ProcessKind::Gbm,
            Process::Ou { .. } => ProcessKind::Ou,
            Process::LogitOu { .. } => ProcessKind::LogitOu,
            Process::Table { .. } => ProcessKind::Table,
        }
    }
}

impl Organization {
    /// Whether it has what a figure or a metric needs.
    pub const fn meets(&self, requirement: Requirement) -> bool {
        match requirement {
            Requirement::Nothing => true,
            Requirement::Burst => self.burst.is_some(),
            Requirement::PerformanceReturn => self.performance_return.is_some(),
            Requirement::Cash => self.cash.is_some(),
        }
    }
}
