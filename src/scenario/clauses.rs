//! What contracts, money and sellers do when something happens on the path, after validation (model.md, Clauses).
//!
//! As in [`super::model`]: names are indices, defaults are filled in, and every value is in range. Years are those of the
//! file, so the grid of periods is applied by whoever lowers them.

use super::curve::Curve;

/// When a clause acts: asked at the beginning of a period, of what has happened by the end of the period before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// No condition was given.
    Always,
    /// Holds once it has happened, for good.
    When(Trigger),
    /// Holds until it happens.
    Unless(Trigger),
}

/// What a condition waits for. It can happen: the event is watched for the organization, the bubble has events there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// The event, an index into [`Scenario::events`](super::Scenario::events), as watched for the organization.
    Event { event: usize, organization: usize },
    /// The bubble of the organization.
    Bubble { organization: usize },
    /// The bubble of the system.
    SystemBubble,
}

/// A fixed rate that follows the market down: m times the scheduled rate from each review on.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// Years of service between reviews, > 0.
    pub every: f64,
    /// Index of the factor that is the market price.
    pub index: usize,
    /// Converts the factor to a rate, > 0.
    pub scale: f64,
    /// Taken off the market price, in (−10, 1).
    pub discount: f64,
    /// The least m, a share of the scheduled rate in [0, 1].
    pub floor: f64,
}

/// A right, or a plan, to give capacity back.
#[derive(Debug, Clone, PartialEq)]
pub struct Reduction {
    pub condition: Condition,
    /// Notice needs a burst price with premium below this multiple of the contract's rate, > 0. The organization has `burst`.
    pub market_below: Option<f64>,
    /// Years of service before notice can be given, ≥ 0 and less than the term.
    pub earliest: f64,
    /// Years from notice to effect, ≥ 0.
    pub notice: f64,
    /// The share of capacity that goes, in [0, 1]; 1 ends the contract.
    pub share: f64,
    /// Due when it takes effect: a share ≥ 0 of the minimum bills given back, over years of service.
    pub fee: Curve,
    /// The share in [0, 1] of the prepayment left that comes back when the contract ends.
    pub refund: f64,
}

/// A right, or a plan, to go on after the term.
#[derive(Debug, Clone, PartialEq)]
pub struct Extension {
    pub condition: Condition,
    /// Needs a burst price with premium above this multiple of the extension's rate, > 0. The organization has `burst`.
    pub market_above: Option<f64>,
    /// How long it goes on: a whole number of periods, at least one.
    pub years: f64,
    /// Multiplier of the last rate, > 0.
    pub rate: f64,
}

/// Delivery that may be late, for a contract with start ≥ 0: with `probability`, by a lognormal time.
#[derive(Debug, Clone, PartialEq)]
pub struct Delay {
    /// In [0, 1].
    pub probability: f64,
    /// Years of delay if late, > 0.
    pub median: f64,
    /// Standard deviation of the logarithm of the delay, ≥ 0.
    pub sigma: f64,
    /// Credited for each late period, a share ≥ 0 of its planned bill at full capacity; 0 for indexed rates.
    pub damages: f64,
    /// The most that is credited, a share in [0, 1] of the commitment.
    pub damages_cap: Option<f64>,
    /// Years of delay, > 0, beyond which the contract never begins.
    pub long_stop: Option<f64>,
}

/// Sale of idle minimum capacity on the market, for a contract without true-up and make-up.
#[derive(Debug, Clone, PartialEq)]
pub struct Resale {
    /// Index of the factor that is the price.
    pub price: usize,
    /// Converts the factor to a rate, > 0.
    pub scale: f64,
    /// Taken off the price, in (−10, 1).
    pub discount: f64,
    /// The most that is sold, a share in [0, 1] of capacity.
    pub limit: f64,
}

/// What becomes of the contracts of an organization that settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// They end.
    Exit,
    /// They go on without a minimum, at no more than the burst price with premium. The organization has `burst`.
    Market,
}

/// An organization's settlement with all its vendors, once.
#[derive(Debug, Clone, PartialEq)]
pub struct Workout {
    pub condition: Condition,
    /// Per year while the condition holds, ≥ 0.
    pub hazard: f64,
    /// The share in [0, 1] of its claim that each vendor is paid.
    pub pay: f64,
    pub then: Settlement,
}

/// Money that comes once, if its condition holds in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Tranche {
    pub name: String,
    pub label: Option<String>,
    /// Whose cash it joins; the organization has `cash`.
    pub organization: usize,
    /// Years: it is paid in a period from the one that contains this…
    pub at: f64,
    /// …to the one that contains this; `at` ≤ `until`. Year 0 counts to period 1.
    pub until: f64,
    /// Currency, ≥ 0.
    pub amount: f64,
    pub condition: Condition,
    /// Payments per year while the condition holds, ≥ 0: one entry for each state of the regimes, one in all without regimes.
    /// `None`: at once.
    pub intensity: Option<Vec<f64>>,
    /// Currency, ≥ 0, paid in the last period if nothing was.
    pub otherwise: f64,
    /// Who pays, an index into [`Scenario::vendors`](super::Scenario::vendors): nothing once it has failed. Payers that no
    /// entry describes cannot fail, and are `None`.
    pub vendor: Option<usize>,
}

/// A seller that can fail.
#[derive(Debug, Clone, PartialEq)]
pub struct Vendor {
    /// As contracts and tranches name it.
    pub name: String,
    pub label: Option<String>,
    /// Failures per year out of a crisis, ≥ 0.
    pub intensity: f64,
    /// Multiplier of the intensity in a crisis, ≥ 0.
    pub crisis: f64,
    /// Fails once its losses exceed this amount of currency, ≥ 0. `None`: never for that reason.
    pub capital: Option<f64>,
    /// The share in [0, 1] of prepayments that comes back if it fails.
    pub recovery: f64,
    /// The chance in [0, 1] that its contracts are taken over as they are.
    pub novation: f64,
    /// What it gets elsewhere for capacity that comes back. `None`: nothing.
    pub relet: Option<Relet>,
    /// What it loses when organizations do badly.
    pub stakes: Vec<Stake>,
}

/// The market for capacity that a vendor gets back.
#[derive(Debug, Clone, PartialEq)]
pub struct Relet {
    /// Index of the factor that is the price.
    pub price: usize,
    /// Converts the factor to a rate, > 0.
    pub scale: f64,
    /// The share in [0, 1] of the price that the vendor gets.
    pub share: f64,
}

/// What a vendor has invested in an organization.
#[derive(Debug, Clone, PartialEq)]
pub struct Stake {
    pub organization: usize,
    /// Currency, ≥ 0.
    pub value: f64,
    /// The share in [0, 1] that is lost in the first period in which the condition holds.
    pub loss: f64,
    pub condition: Condition,
}

/// A market that loses patience. Multipliers hold while it lasts.
#[derive(Debug, Clone, PartialEq)]
pub struct Crisis {
    /// Per year where returns cover costs and no bubble has burst, ≥ 0.
    pub hazard: f64,
    /// How fast the hazard grows with the gap between costs and returns: λ = hazard·e^(sensitivity·gap + contagion·burst); ≥ 0.
    pub sensitivity: f64,
    /// The same for each organization whose bubble has burst, ≥ 0.
    pub contagion: f64,
    /// Ends per year, ≥ 0; 0: it lasts.
    pub recovery: f64,
    /// Multiplier of all prices, ≥ 0.
    pub price: f64,
    /// Multiplier of utilization (the file's `use`), ≥ 0.
    pub utilization: f64,
    /// Multiplier of performance returns, ≥ 0.
    pub performance_return: f64,
    /// Multiplier of tranches and funding lumps, ≥ 0.
    pub fund: f64,
}
