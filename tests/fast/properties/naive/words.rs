//! The random words and normals that clauses look at, given like factors.

use statrs::distribution::{ContinuousCDF as _, Normal};

/// Those of one path. Where a scenario has no such clause, nothing is looked at.
#[derive(Default)]
pub struct Words {
    /// [contract, in file order]: the two standard normals of its delay
    pub delays: Vec<[f64; 2]>,
    /// [vendor, in the order in which contracts first name them]: the two that its contracts share
    pub vendor_delays: Vec<[f64; 2]>,
    /// [period]
    pub periods: Vec<PeriodWords>,
}

/// Those of one period.
#[derive(Default)]
pub struct PeriodWords {
    /// [tranche]
    pub tranches: Vec<u32>,
    /// [organization]
    pub workouts: Vec<u32>,
    /// [vendor, in file order]
    pub failures: Vec<u32>,
    /// [vendor, in file order]
    pub novations: Vec<u32>,
    pub crisis: u32,
}

/// Whether something with this probability happens at a word: below ⌊2³²·probability⌋.
pub(super) fn happens(word: u32, probability: f64) -> bool {
    f64::from(word) < (probability * 4_294_967_296.0).floor()
}

/// The probability that something with `rate` a year happens within `years`.
pub(super) fn within(rate: f64, years: f64) -> f64 {
    -(-rate * years).exp_m1()
}

/// Φ⁻¹.
pub(super) fn normal(probability: f64) -> f64 {
    Normal::standard().inverse_cdf(probability)
}
