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
    /// The scenario's currency per year; negative only where what use brings in is.
    Income,
    /// The scenario's capacity unit, from 0.
    Capacity,
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

/// Something of an organization that is computed only where an event watches a metric made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ingredient {
    /// Capacity of its contracts, as signed.
    Capacity,
    /// Useful capacity of its contracts, which is what is left as hardware ages.
    UsefulCapacity,
    /// Rate × capacity of its contracts.
    LockedIn,
    /// Minimum bills of its contracts due after the period.
    MinimumAfter,
    /// The trailing average of use.
    Use,
    /// The trailing averages of use wanted and of that not served.
    Unserved,
}

/// What is declared of a metric.
#[derive(Debug)]
pub struct MetricEntry {
    pub name: &'static str,
    /// Numerator / denominator.
    pub description: &'static str,
    /// In running text.
    pub label: &'static str,
    /// In a sentence, with its article.
    pub noun: &'static str,
    pub operand: Operand,
    pub needs: Requirement,
    pub magnitude: Magnitude,
    /// What it is made of that is not computed anyway.
    pub ingredients: &'static [Ingredient],
}

registered! {
    /// What an event compares with its threshold at the end of every period.
    MetricKind: MetricEntry, "METRIC";
    Cash = 0, "cash",
        "Balance at the period's end",
        { label: "cash", noun: "the balance", operand: Operand::Nothing, needs: Requirement::Cash,
          magnitude: Magnitude::Money, ingredients: &[] };
    Coverage = 1, "coverage",
        "Trailing margin·value / trailing cost",
        { label: "coverage", noun: "the ratio", operand: Operand::Nothing, needs: Requirement::PerformanceReturn,
          magnitude: Magnitude::Return, ingredients: &[] };
    Utilization = 2, "utilization",
        "Σ served / Σ κ, the capacity that is useful (k without `aging`); 1 without capacity",
        { label: "utilization", noun: "the share", operand: Operand::Nothing, needs: Requirement::Nothing,
          magnitude: Magnitude::Share, ingredients: &[Ingredient::UsefulCapacity] };
    StrandedShare = 3, "stranded_share",
        "Trailing stranded cost / trailing cost",
        { label: "stranded share", noun: "the share", operand: Operand::Nothing, needs: Requirement::Nothing,
          magnitude: Magnitude::Share, ingredients: &[] };
    LockIn = 4, "lock_in",
        "Σ rate·k / (P(τ(t))·Σ k), P without premium; 1 without capacity or without burst",
        { label: "lock-in", noun: "the ratio", operand: Operand::Nothing, needs: Requirement::Nothing,
          magnitude: Magnitude::Ratio, ingredients: &[Ingredient::Capacity, Ingredient::LockedIn] };
    Overhang = 5, "overhang",
        "Undiscounted minimum bills due after the period under all contracts, started or not, to the ends of their terms, before prepayments / trailing margin·value. Indexed ones at their present rate, or as if set now where not yet set",
        { label: "overhang", noun: "the ratio", operand: Operand::Nothing, needs: Requirement::PerformanceReturn,
          magnitude: Magnitude::Return, ingredients: &[Ingredient::MinimumAfter] };
    Factor = 6, "factor",
        "The factor's value",
        { label: "factor", noun: "the factor", operand: Operand::Factor, needs: Requirement::Nothing,
          magnitude: Magnitude::Factor, ingredients: &[] };
    Regime = 7, "regime",
        "1 while the chain is in `state`, or else 0",
        { label: "regime", noun: "the state", operand: Operand::State, needs: Requirement::Nothing,
          magnitude: Magnitude::Indicator, ingredients: &[] };
    Value = 8, "value",
        "Trailing margin·value, per year",
        { label: "value", noun: "the trailing value", operand: Operand::Nothing, needs: Requirement::PerformanceReturn,
          magnitude: Magnitude::Income, ingredients: &[] };
    Use = 9, "use",
        "Trailing use, served and bought",
        { label: "use", noun: "the trailing use", operand: Operand::Nothing, needs: Requirement::Nothing,
          magnitude: Magnitude::Capacity, ingredients: &[Ingredient::Use] };
    UnservedShare = 10, "unserved_share",
        "Trailing use that is neither served nor bought / trailing use wanted",
        { label: "unserved share", noun: "the share", operand: Operand::Nothing, needs: Requirement::Nothing,
          magnitude: Magnitude::Share, ingredients: &[Ingredient::Unserved] };
    Capacity = 11, "capacity",
        "Σ k",
        { label: "capacity", noun: "the capacity", operand: Operand::Nothing, needs: Requirement::Nothing,
          magnitude: Magnitude::Capacity, ingredients: &[Ingredient::Capacity] };
}
