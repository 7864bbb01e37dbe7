//! The metrics that events watch (model.md §6).

use super::{Requirement, registered};

/// What else an event must name for a metric to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// Nothing.
    Nothing,
    /// A factor.
    Factor,
    /// A state of the regimes.
    State,
}

impl Operand {
    /// The key of `[[event]]` that names it.
    pub const fn key(self) -> Option<&'static str> {
        match self {
            Operand::Nothing => None,
            Operand::Factor => Some("factor"),
            Operand::State => Some("state"),
        }
    }
}

/// Of what size a metric is, and in what unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Magnitude {
    /// The scenario's currency; may be negative.
    Money,
    /// A ratio that is negative only where what use brings in is.
    Return,
    /// A ratio from 0.
    Ratio,
    /// From 0 to 1.
    Share,
    /// The unit and range of the factor.
    Factor,
    /// Holds or does not: there is no threshold.
    Indicator,
}

/// A sum over an organization's contracts, which is made where a metric needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sum {
    /// Capacity.
    Capacity,
    /// Rate × capacity.
    LockedIn,
    /// Minimum bills due after the period.
    MinimumAfter,
}

/// What is declared of a metric.
#[derive(Debug)]
pub struct MetricEntry {
    pub name: &'static str,
    /// Numerator / denominator.
    pub description: &'static str,
    /// In running text.
    pub label: &'static str,
    pub operand: Operand,
    pub needs: Requirement,
    pub magnitude: Magnitude,
    /// Sums over an organization's contracts that it is made of.
    pub sums: &'static [Sum],
}

registered! {
    /// What an event compares with its threshold at the end of every period.
    MetricKind: MetricEntry, "METRIC";
    Cash = 0, "cash",
        "Balance at the period's end",
        { label: "cash", operand: Operand::Nothing, needs: Requirement::Cash, magnitude: Magnitude::Money, sums: &[] };
    Coverage = 1, "coverage",
        "Trailing margin·value / trailing cost",
        { label: "coverage", operand: Operand::Nothing, needs: Requirement::PerformanceReturn, magnitude: Magnitude::Return, sums: &[] };
    Utilization = 2, "utilization",
        "Σ served / Σ k; 1 without capacity",
        { label: "utilization", operand: Operand::Nothing, needs: Requirement::Nothing, magnitude: Magnitude::Share, sums: &[Sum::Capacity] };
    StrandedShare = 3, "stranded_share",
        "Trailing stranded cost / trailing cost",
        { label: "stranded share", operand: Operand::Nothing, needs: Requirement::Nothing, magnitude: Magnitude::Share, sums: &[] };
    LockIn = 4, "lock_in",
        "Σ rate·k / (P(τ(t))·Σ k), P without premium; 1 without capacity or without burst",
        { label: "lock-in", operand: Operand::Nothing, needs: Requirement::Nothing, magnitude: Magnitude::Ratio, sums: &[Sum::Capacity, Sum::LockedIn] };
    Overhang = 5, "overhang",
        "Undiscounted minimum bills due after the period under all contracts, started or not, to the ends of their terms, before prepayments / trailing margin·value. Indexed ones at their present rate, or as if set now where not yet set",
        { label: "overhang", operand: Operand::Nothing, needs: Requirement::PerformanceReturn, magnitude: Magnitude::Return, sums: &[Sum::MinimumAfter] };
    Factor = 6, "factor",
        "The factor's value",
        { label: "factor", operand: Operand::Factor, needs: Requirement::Nothing, magnitude: Magnitude::Factor, sums: &[] };
    Regime = 7, "regime",
        "1 while the chain is in `state`, or else 0",
        { label: "regime", operand: Operand::State, needs: Requirement::Nothing, magnitude: Magnitude::Indicator, sums: &[] };
}
