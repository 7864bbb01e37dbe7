//! The figures of a path: what they are, who owns them, in what unit, and which side is bad.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A figure of one path (model.md §7). Money is discounted except cash; use is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[repr(u32)]
pub enum Figure {
    /// Present value of prepayments and of bills net of what they drew from prepayments.
    CommitmentCost,
    /// Present value of burst bills.
    BurstCost,
    /// Commitment and burst cost.
    ComputeCost,
    /// Present value of what was billed for capacity that stood idle; a part of commitment cost.
    StrandedCost,
    /// Present value of the use at the burst price and premium.
    MarketCost,
    /// Compute cost less market cost.
    LockInCost,
    /// Present value of the minimum bills due after the horizon.
    ResidualCommitment,
    /// Present value of what use brings in.
    Value,
    /// Margin × value less compute cost.
    NetValue,
    /// Capacity-unit-years served and bought, undiscounted.
    Used,
    /// Capacity-unit-years wanted and neither served nor bought, undiscounted.
    Unserved,
    /// Compute cost over the present value of use; undefined without use.
    UnitCost,
    /// The lowest balance, undiscounted.
    MinCash,
    /// The balance at the horizon, undiscounted.
    FinalCash,
}

/// The figures of an organization, in the order of their slots.
pub const FIGURES: [Figure; 14] = [
    Figure::CommitmentCost,
    Figure::BurstCost,
    Figure::ComputeCost,
    Figure::StrandedCost,
    Figure::MarketCost,
    Figure::LockInCost,
    Figure::ResidualCommitment,
    Figure::Value,
    Figure::NetValue,
    Figure::Used,
    Figure::Unserved,
    Figure::UnitCost,
    Figure::MinCash,
    Figure::FinalCash,
];

/// Which end of a figure's distribution is bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    High,
    Low,
}

/// What a figure is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The scenario's currency.
    Money,
    /// Capacity-unit-years.
    UnitYears,
    /// Currency per capacity-unit-year.
    Rate,
}

impl Figure {
    /// The name in scenario results, for example `commitment_cost`.
    pub fn name(self) -> &'static str {
        match self {
            Figure::CommitmentCost => "commitment_cost",
            Figure::BurstCost => "burst_cost",
            Figure::ComputeCost => "compute_cost",
            Figure::StrandedCost => "stranded_cost",
            Figure::MarketCost => "market_cost",
            Figure::LockInCost => "lock_in_cost",
            Figure::ResidualCommitment => "residual_commitment",
            Figure::Value => "value",
            Figure::NetValue => "net_value",
            Figure::Used => "used",
            Figure::Unserved => "unserved",
            Figure::UnitCost => "unit_cost",
            Figure::MinCash => "min_cash",
            Figure::FinalCash => "final_cash",
        }
    }

    /// The bad side: high for costs, low for what comes in.
    pub fn side(self) -> Side {
        match self {
            Figure::Value | Figure::NetValue | Figure::Used | Figure::MinCash | Figure::FinalCash => Side::Low,
            _ => Side::High,
        }
    }

    /// What the figure is measured in.
    pub fn unit(self) -> Unit {
        match self {
            Figure::Used | Figure::Unserved => Unit::UnitYears,
            Figure::UnitCost => Unit::Rate,
            _ => Unit::Money,
        }
    }
}

/// Whose figure it is; indices into the scenario's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    System,
    Organization(usize),
    Contract(usize),
    Vendor(usize),
}

/// Where a figure's sums are centred and how they are scaled: y = (x − centre) / scale.
///
/// Taken from the plan alone, so that every engine, batch and shard uses the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Exact in f32.
    pub centre: f64,
    /// A power of two, about the figure's standard deviation.
    pub scale: f64,
}

/// A figure that a run estimates.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureSpec {
    pub owner: Owner,
    pub figure: Figure,
    /// Its place among the values that an engine computes for a path.
    pub slot: usize,
    pub frame: Frame,
    /// Whether its quantiles are kept (organizations and the system) or only its moments (contracts and vendors).
    pub sketched: bool,
}

/// What a run times: the period of an event's or a bubble's first happening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeSpec {
    /// Indices of an event in the scenario and of the organization it is watched for.
    Event {
        event: usize,
        organization: usize,
    },
    Bubble {
        organization: usize,
    },
    /// The system's bubble; left out where there is a single organization.
    SystemBubble,
}
