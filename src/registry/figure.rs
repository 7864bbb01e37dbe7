//! The figures of a path (model.md §7).

use super::registered;

/// What is declared of a side.
#[derive(Debug)]
pub struct SideEntry {
    pub name: &'static str,
    pub description: &'static str,
}

registered! {
    /// Which end of a figure's distribution is bad.
    Side: SideEntry, "SIDE";
    High = 0, "high", "The more, the worse: costs", {};
    Low = 1, "low", "The less, the worse: what comes in", {};
}

/// What a figure is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The scenario's currency.
    Money,
    /// Capacity-unit-years.
    CapacityYears,
    /// Currency per capacity-unit-year.
    Rate,
}

impl Unit {
    /// All of them.
    pub const ALL: [Unit; 3] = [Unit::Money, Unit::CapacityYears, Unit::Rate];

    /// Its key in templates.
    pub const fn key(self) -> &'static str {
        match self {
            Unit::Money => "money",
            Unit::CapacityYears => "capacity_years",
            Unit::Rate => "rate",
        }
    }

    /// In a description, where scenarios name their own currency and capacity unit.
    pub const fn words(self) -> &'static str {
        match self {
            Unit::Money => "currency",
            Unit::CapacityYears => "capacity-unit-years",
            Unit::Rate => "currency per capacity-unit-year",
        }
    }
}

/// How a figure's flows are discounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discounting {
    /// As what is paid: by `liabilities`.
    Liabilities,
    /// As what comes in: by `rate`.
    Rate,
    /// What comes in by `rate`, what is paid by `liabilities`.
    Both,
    /// Not at all.
    Undiscounted,
}

/// What an organization must have for a figure or a metric to have a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Every organization has it.
    Nothing,
    /// A burst price.
    Burst,
    /// A factor of performance return.
    PerformanceReturn,
    /// A cash balance.
    Cash,
}

impl Requirement {
    /// The key of `[[organization]]` that must be given; `None` where nothing is needed.
    pub const fn key(self) -> Option<&'static str> {
        match self {
            Requirement::Nothing => None,
            Requirement::Burst => Some("burst"),
            Requirement::PerformanceReturn => Some("performance_return"),
            Requirement::Cash => Some("cash"),
        }
    }
}

/// What is declared of a figure.
#[derive(Debug)]
pub struct FigureEntry {
    pub name: &'static str,
    pub description: &'static str,
    /// Of one path. Sums run over periods; D and D̃ are the discount factors of income and of payments.
    pub formula: &'static str,
    pub unit: Unit,
    pub side: Side,
    pub discounting: Discounting,
    pub needs: Requirement,
    /// Whether paths may lack it: those without use have no unit cost.
    pub is_optional: bool,
    /// Whether figures of organizations add up to the system's or have a ratio of sums there; others the system lacks.
    pub is_of_system: bool,
}

registered! {
    /// A figure of one path. Money is discounted except cash; use is not. Organizations keep them in this order.
    Figure: FigureEntry, "FIGURE";
    CommitmentCost = 0, "commitment_cost",
        "Present value of prepayments and of bills net of what they drew from prepayments",
        { formula: "Σ D̃·(prepayments + bills − drawn from prepayments + fees + settlements − refunds − credits)",
          unit: Unit::Money, side: Side::High, discounting: Discounting::Liabilities, needs: Requirement::Nothing,
          is_optional: false, is_of_system: true };
    BurstCost = 1, "burst_cost",
        "Present value of bills for capacity bought on demand",
        { formula: "Σ D̃·burst·price·(1 + premium)·dt",
          unit: Unit::Money, side: Side::High, discounting: Discounting::Liabilities, needs: Requirement::Nothing,
          is_optional: false, is_of_system: true };
    ComputeCost = 2, "compute_cost",
        "Commitment and burst cost",
        { formula: "commitment_cost + burst_cost",
          unit: Unit::Money, side: Side::High, discounting: Discounting::Liabilities, needs: Requirement::Nothing,
          is_optional: false, is_of_system: true };
    StrandedCost = 3, "stranded_cost",
        "Present value of what was billed for capacity that stood idle, a part of commitment cost",
        { formula: "Σ D̃·rate·max(take_or_pay·capacity − served, 0)·dt",
          unit: Unit::Money, side: Side::High, discounting: Discounting::Liabilities, needs: Requirement::Nothing,
          is_optional: false, is_of_system: true };
    MarketCost = 4, "market_cost",
        "Present value of the use at the burst price and premium",
        { formula: "Σ D̃·used·price·(1 + premium)·dt",
          unit: Unit::Money, side: Side::High, discounting: Discounting::Liabilities, needs: Requirement::Burst,
          is_optional: false, is_of_system: true };
    LockInCost = 5, "lock_in_cost",
        "Compute cost less market cost",
        { formula: "compute_cost − market_cost",
          unit: Unit::Money, side: Side::High, discounting: Discounting::Liabilities, needs: Requirement::Burst,
          is_optional: false, is_of_system: true };
    ResidualCommitment = 6, "residual_commitment",
        "Present value of the minimum bills due after the horizon",
        { formula: "Σ D̃·rate·take_or_pay·capacity·dt over the periods after the horizon",
          unit: Unit::Money, side: Side::High, discounting: Discounting::Liabilities, needs: Requirement::Nothing,
          is_optional: false, is_of_system: true };
    Value = 7, "value",
        "Present value of what use brings in",
        { formula: "Σ D·return·effective·(1 + (K + effective·dt/2)/reference)^(−exponent)·dt, K the effective use so far",
          unit: Unit::Money, side: Side::Low, discounting: Discounting::Rate, needs: Requirement::PerformanceReturn,
          is_optional: false, is_of_system: true };
    NetValue = 8, "net_value",
        "Margin × value less compute cost",
        { formula: "margin·value + resale_income − compute_cost",
          unit: Unit::Money, side: Side::Low, discounting: Discounting::Both, needs: Requirement::PerformanceReturn,
          is_optional: false, is_of_system: true };
    Used = 9, "used",
        "Capacity-unit-years served and bought, undiscounted",
        { formula: "Σ (served + burst)·dt",
          unit: Unit::CapacityYears, side: Side::Low, discounting: Discounting::Undiscounted, needs: Requirement::Nothing,
          is_optional: false, is_of_system: true };
    Unserved = 10, "unserved",
        "Capacity-unit-years wanted and neither served nor bought, undiscounted",
        { formula: "Σ (wanted − served − burst)·dt",
          unit: Unit::CapacityYears, side: Side::High, discounting: Discounting::Undiscounted, needs: Requirement::Nothing,
          is_optional: false, is_of_system: true };
    UnitCost = 11, "unit_cost",
        "Compute cost over the present value of use, undefined without use",
        { formula: "compute_cost / Σ D̃·used·dt",
          unit: Unit::Rate, side: Side::High, discounting: Discounting::Liabilities, needs: Requirement::Nothing,
          is_optional: true, is_of_system: true };
    MinCash = 12, "min_cash",
        "The lowest balance, undiscounted",
        { formula: "min of cash over all periods and the time before the first one",
          unit: Unit::Money, side: Side::Low, discounting: Discounting::Undiscounted, needs: Requirement::Cash,
          is_optional: false, is_of_system: false };
    FinalCash = 13, "final_cash",
        "The balance at the horizon, undiscounted",
        { formula: "cash at the end of the last period",
          unit: Unit::Money, side: Side::Low, discounting: Discounting::Undiscounted, needs: Requirement::Cash,
          is_optional: false, is_of_system: true };
    ExitCost = 14, "exit_cost",
        "Present value of fees for capacity given back and of settlements, before what they drew from prepayments",
        { formula: "Σ D̃·(fees + settlements)",
          unit: Unit::Money, side: Side::High, discounting: Discounting::Liabilities, needs: Requirement::Nothing,
          is_optional: false, is_of_system: true };
    ResaleIncome = 15, "resale_income",
        "Present value of what idle capacity was sold for",
        { formula: "Σ D·idle capacity sold·(1 − discount)·scale·price·dt",
          unit: Unit::Money, side: Side::Low, discounting: Discounting::Rate, needs: Requirement::Nothing,
          is_optional: false, is_of_system: true };
    Received = 16, "received",
        "Present value of what a vendor's contracts paid: bills, prepayments, fees and settlements, less refunds and credits",
        { formula: "Σ D̃·(bills + prepayments + fees + settlements − refunds − credits)",
          unit: Unit::Money, side: Side::Low, discounting: Discounting::Liabilities, needs: Requirement::Nothing,
          is_optional: false, is_of_system: false };
    Loss = 17, "loss",
        "Present value of what a vendor lost with contracts given back or settled and with stakes, until it failed",
        { formula: "Σ D̃·losses by reductions, workouts and stakes, until the vendor fails",
          unit: Unit::Money, side: Side::High, discounting: Discounting::Liabilities, needs: Requirement::Nothing,
          is_optional: false, is_of_system: false };
    LossInBubble = 18, "loss_in_bubble",
        "The loss where the system's bubble bursts, and 0 where it does not",
        { formula: "loss where the system's bubble bursts, else 0",
          unit: Unit::Money, side: Side::High, discounting: Discounting::Liabilities, needs: Requirement::Nothing,
          is_optional: false, is_of_system: false };
}

impl Figure {
    /// The bad side: high for costs, low for what comes in.
    pub const fn side(self) -> Side {
        self.entry().side
    }

    /// What the figure is measured in.
    pub const fn unit(self) -> Unit {
        self.entry().unit
    }

    /// Whether paths may lack it.
    pub const fn is_optional(self) -> bool {
        self.entry().is_optional
    }
}
