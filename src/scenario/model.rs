//! What a scenario file says, after validation: names resolved to indices, defaults filled in, every value in range.
//!
//! Invariant: values of these types are only made by [`super::load`] and [`super::parse`], which check them, so the rest of
//! the program needs no further checks. Years count from the start date (τ), money is in the scenario's currency,
//! capacity in its capacity unit, rates and prices in currency per capacity-unit-year.

use nalgebra::DMatrix;

use crate::registry::{MetricKind, ProcessKind, Requirement};

/// Stands for "no limit" in [`Burst::limit`] and in the `cap` of [`Rate::Indexed`]: beyond every accepted number, and
/// small enough that single precision can add and double it.
pub const UNLIMITED: f64 = f32::MAX as f64 / 4.0;

/// A curve over years: linear between points, flat outside. Years strictly increase; there is at least one point.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve(pub Vec<[f64; 2]>);

/// A step table over years: a value holds from its year until the next; the first value also holds before its year.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps(pub Vec<[f64; 2]>);

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
    /// Which of the file's variants it is.
    pub variant: Option<String>,
    /// BLAKE3 of the file's bytes, and of the variant's name behind a zero byte, in hexadecimal.
    pub hash: String,
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

impl Curve {
    /// The same value at all times.
    pub fn constant(value: f64) -> Self {
        Curve(vec![[0.0, value]])
    }

    /// The value at `year`.
    pub fn at(&self, year: f64) -> f64 {
        let points = &self.0;
        let after = points.partition_point(|p| p[0] <= year);
        if after == 0 {
            return points[0][1];
        }
        if after == points.len() {
            return points[after - 1][1];
        }
        let ([x0, y0], [x1, y1]) = (points[after - 1], points[after]);
        y0 + (y1 - y0) * ((year - x0) / (x1 - x0))
    }

    /// Least and greatest value.
    pub fn extremes(&self) -> (f64, f64) {
        let values = || self.0.iter().map(|point| point[1]);
        (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
    }

    /// The value, if it is the same at all times.
    pub fn fixed(&self) -> Option<f64> {
        let (low, high) = self.extremes();
        (low == high).then_some(low)
    }

    /// The same curve with all values multiplied.
    pub fn scaled(&self, by: f64) -> Self {
        Curve(self.0.iter().map(|&[x, y]| [x, y * by]).collect())
    }
}

impl Steps {
    /// The value that holds at `year`; years compare with a tolerance of 10⁻⁹.
    pub fn at(&self, year: f64) -> f64 {
        let after = self.0.partition_point(|p| p[0] <= year + 1e-9);
        self.0[after.max(1) - 1][1]
    }
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
