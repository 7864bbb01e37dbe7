//! What a scenario says of money with conditions and of crises.

/// When a clause acts, by what had happened at the end of the period before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// At all times.
    Always,
    /// Once it has happened, for good.
    When(Trigger),
    /// Until it happens.
    Unless(Trigger),
}

/// What a condition waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// An event, as it is watched for an organization; indices into the scenario's lists.
    Event { event: usize, organization: usize },
    /// The bursting of an organization's bubble.
    Bubble { organization: usize },
    /// The bursting of the system's bubble.
    SystemBubble,
}

/// Money that an organization is paid once, under a condition.
#[derive(Debug, Clone)]
pub struct Tranche {
    pub name: String,
    pub label: Option<String>,
    /// Who is paid.
    pub organization: usize,
    /// Years from τ = 0, ≥ 0: the first period that counts contains it.
    pub at: f64,
    /// Years, at least `at`: the last period that counts contains it.
    pub until: f64,
    /// ≥ 0.
    pub amount: f64,
    pub condition: Condition,
    /// Of being paid while the condition holds, per year, by state of the chain (one without regimes); `None`: at once.
    pub intensity: Option<Vec<f64>>,
    /// Paid in the last period if nothing was; ≥ 0.
    pub otherwise: f64,
}

/// A market that loses patience.
#[derive(Debug, Clone)]
pub struct Crisis {
    /// Per year where returns cover costs and no bubble has burst, ≥ 0.
    pub hazard: f64,
    /// Of the hazard's logarithm to the share of costs that returns do not cover.
    pub sensitivity: f64,
    /// Added to the hazard's logarithm for each organization whose bubble has burst.
    pub contagion: f64,
    /// Of its end, per year, ≥ 0; 0: it does not end.
    pub recovery: f64,
    /// Multiplier of all prices while it lasts, > 0.
    pub price: f64,
    /// Multiplier of use, ≥ 0.
    pub utilization: f64,
    /// Multiplier of returns, ≥ 0.
    pub performance_return: f64,
    /// Multiplier of tranches and lumps of funding, ≥ 0.
    pub fund: f64,
}
