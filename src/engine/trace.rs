//! One path, period by period.

/// What is recorded of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    Everything,
    /// Organizations and events; all other lists are empty.
    Organizations,
}

/// What a period of one path came to. Money undiscounted, in the scenario's units.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodTrace {
    /// 1…n.
    pub period: u32,
    /// X at the period's end, by factor.
    pub factors: Vec<f64>,
    /// The chain's state.
    pub state: u32,
    /// By organization.
    pub organizations: Vec<OrganizationTrace>,
    /// By contract, in the plan's order.
    pub contracts: Vec<ContractTrace>,
    /// By event and organization that it is watched for.
    pub events: Vec<EventTrace>,
    pub clauses: ClauseTrace,
}

/// What clauses came to by the end of a period. Lists are in the order of the plan's tables.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClauseTrace {
    /// `None` without a crisis in the scenario.
    pub crisis: Option<CrisisTrace>,
    /// By condition: whether the period is the first in which it holds.
    pub begun: Vec<bool>,
    /// By vendor that can fail.
    pub vendors: Vec<VendorTrace>,
    /// By organization that may settle: whether it does in the period.
    pub settles: Vec<bool>,
    /// By tranche: the period in which it was paid.
    pub paid: Vec<Option<u32>>,
    /// By contract that clauses change.
    pub changes: Vec<ChangeTrace>,
}

/// A crisis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrisisTrace {
    pub lasts: bool,
    /// Multiplier of tranches and funding lumps.
    pub fund: f64,
}

/// A vendor that can fail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VendorTrace {
    /// The period in which it failed.
    pub failed: Option<u32>,
    /// Whether its contracts end in the period.
    pub ends: bool,
}

/// A contract that clauses change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangeTrace {
    /// Whether it runs in the period: its term has begun, and it has neither run out nor ended.
    pub runs: bool,
    /// Periods by which delivery is late, and whether so much that it never begins.
    pub late: u32,
    pub never_begins: bool,
    /// The period in which its reduction takes effect, if notice was given.
    pub effect: Option<u32>,
    /// Whether it does in the period.
    pub cuts: bool,
    /// The share of capacity that no reduction has taken.
    pub kept: f64,
    /// Of a fixed rate, after reviews.
    pub multiplier: f64,
    /// Whether its extension is taken, it has ended before its time, or it goes on at market rates.
    pub extended: bool,
    pub ended: bool,
    pub settled: bool,
    /// Whether it ends or is settled in the period.
    pub leaves: bool,
    /// Fees and settlements of the period.
    pub exit: f64,
    /// Credits for lateness so far.
    pub credited: f64,
    /// Billed in the period for minimum capacity that was not used.
    pub idle: f64,
    /// A part of it that the contract's end made due.
    pub closing: f64,
    /// What idle capacity was sold for in the period.
    pub resold: f64,
    /// Units to be made up.
    pub bank: f64,
    /// Per unit as signed, in the period.
    pub rate: f64,
}

/// Flows and balance of an organization.
#[derive(Debug, Clone, PartialEq)]
pub struct OrganizationTrace {
    pub wanted: f64,
    pub served: f64,
    pub on_demand: f64,
    pub unserved: f64,
    pub bills: f64,
    pub stranded: f64,
    pub on_demand_bill: f64,
    pub value: f64,
    pub cash: f64,
}

/// Flows of a contract. `rate` is `None` until an indexed rate is first set.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractTrace {
    pub rate: Option<f64>,
    pub served: f64,
    pub bill: f64,
    pub paid: f64,
}

/// A metric and what it led to.
#[derive(Debug, Clone, PartialEq)]
pub struct EventTrace {
    /// The metric; `None` where its denominator is 0.
    pub metric: Option<f64>,
    /// Whether the event has happened by the period's end.
    pub happened: bool,
}
