//! One path, period by period.

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
