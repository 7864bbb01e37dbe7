//! The time grid, and what contracts have in its periods.

use super::model::{Contract, Horizon, Rate};

impl Horizon {
    /// The length of a period in years.
    pub fn dt(&self) -> f64 {
        1.0 / f64::from(self.steps_per_year)
    }

    /// τ(t), the end of period `t` = 1…n in years; `t` = 0 is the start.
    pub fn end(&self, t: u32) -> f64 {
        f64::from(t) / f64::from(self.steps_per_year)
    }

    /// The period that an amount dated at `year` ≥ 0 falls into; 0 at the very start.
    pub fn dated(&self, year: f64) -> u32 {
        (year * f64::from(self.steps_per_year) - 1e-9).ceil().max(0.0) as u32
    }

    /// The middle of period `t` = 1…n in years.
    pub fn middle(&self, t: u32) -> f64 {
        (f64::from(t) - 0.5) / f64::from(self.steps_per_year)
    }

    /// The horizon in years.
    pub fn years(&self) -> f64 {
        self.end(self.periods)
    }
}

impl Contract {
    /// The periods of the whole term, t = 1 being the first of the horizon: 0 and below have elapsed before the start date,
    /// those above the number of periods lie past the horizon. A period belongs to the term if its middle lies in
    /// [start, start + term).
    pub fn term_periods(&self, horizon: &Horizon) -> std::ops::RangeInclusive<i64> {
        term_periods(self.start, self.term, horizon.steps_per_year)
    }

    /// Capacity in period `t`, 0 outside the term.
    pub fn capacity_in(&self, t: i64, horizon: &Horizon) -> f64 {
        if self.term_periods(horizon).contains(&t) { self.capacity.at(middle(t, horizon) - self.start) } else { 0.0 }
    }

    /// How many units as signed do in period `t` what one did when new: e^{aging·a}, a the contract's age in years at the
    /// period's middle; 1 outside the term.
    pub fn obsolescence_in(&self, t: i64, horizon: &Horizon) -> f64 {
        let age = middle(t, horizon) - self.start;
        if self.term_periods(horizon).contains(&t) { (self.aging * age).exp() } else { 1.0 }
    }

    /// What is left of the capacity for use in period `t` as hardware ages, 0 outside the term.
    pub fn useful_capacity_in(&self, t: i64, horizon: &Horizon) -> f64 {
        self.capacity_in(t, horizon) / self.obsolescence_in(t, horizon)
    }

    /// Rate in period `t` of a fixed-rate contract, escalated by contract year; `None` for an indexed one.
    pub fn fixed_rate_in(&self, t: i64, horizon: &Horizon) -> Option<f64> {
        match self.rate {
            Rate::Fixed { base, escalator } => Some(base * escalation(escalator, middle(t, horizon) - self.start)),
            Rate::Indexed { .. } => None,
        }
    }

    /// The nominal total over the whole term at full capacity, also past the horizon; `None` for an indexed contract.
    pub fn commitment(&self, horizon: &Horizon) -> Option<f64> {
        self.term_periods(horizon)
            .map(|t| Some(self.fixed_rate_in(t, horizon)? * self.capacity_in(t, horizon) * horizon.dt()))
            .sum()
    }
}

/// Years from the start date to the middle of period `t`, which may be 0 or less.
fn middle(t: i64, horizon: &Horizon) -> f64 {
    (t as f64 - 0.5) / f64::from(horizon.steps_per_year)
}

/// (1 + escalator)^⌊years since the contract's start⌋; years compare with a tolerance of 10⁻⁹.
fn escalation(escalator: f64, since_start: f64) -> f64 {
    (1.0 + escalator).powf((since_start + 1e-9).floor())
}

/// The periods whose middle lies in [start, start + term).
fn term_periods(start: f64, term: f64, steps_per_year: u32) -> std::ops::RangeInclusive<i64> {
    let per_year = f64::from(steps_per_year);
    // (t − ½)/per_year ≥ start ⇔ t ≥ start·per_year + ½, with the tolerance of years
    let first = (start * per_year + 0.5 - 1e-9 * per_year).ceil() as i64;
    let end = ((start + term) * per_year + 0.5 - 1e-9 * per_year).ceil() as i64;
    first..=end - 1
}
