//! What is looked at, what it is held against, and how far it is off.

use crate::scenario::{Doubt, Horizon, Process, Scenario, Template};
use crate::text::numbers::significant;

/// How many times larger or smaller an amount may be than what it is held against.
pub(super) const MOST: f64 = 100.0;

/// What is looked at.
pub(super) struct Case<'a> {
    pub scenario: &'a Scenario,
    pub template: &'a Template,
    pub horizon: &'a Horizon,
}

impl Case<'_> {
    /// The unit of rates and prices.
    pub fn rate_unit(&self) -> String {
        format!("{} per {}-year", self.scenario.currency, self.scenario.capacity_unit)
    }

    /// The forward curve of a factor at the ends of periods 0…n.
    pub fn forward(&self, factor: usize) -> Vec<f64> {
        self.process(factor).forward(self.horizon, self.horizon.periods)
    }

    pub fn process(&self, factor: usize) -> &Process {
        &self.scenario.factors[factor].process
    }
}

/// Between what amounts of a kind lie. Empty until one above 0 was added.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    pub low: f64,
    pub high: f64,
}

impl Range {
    /// The sizes of all finite amounts but 0, which is of any size.
    pub fn of(amounts: impl IntoIterator<Item = f64>) -> Option<Range> {
        let sizes = amounts.into_iter().map(f64::abs).filter(|size| *size > 0.0 && size.is_finite());
        sizes.fold(None, |range: Option<Range>, size| match range {
            None => Some(Range { low: size, high: size }),
            Some(Range { low, high }) => Some(Range { low: low.min(size), high: high.max(size) }),
        })
    }

    pub fn scaled(self, by: f64) -> Range {
        Range { low: self.low * by, high: self.high * by }
    }

    /// The end of `other` that is nearest, and how many times larger or smaller this is, where that is too many.
    pub fn is_off(self, other: Range) -> Option<Off> {
        let one = other.low == other.high;
        if self.low > MOST * other.high {
            let bound = if one { "" } else { "at most " };
            Some(Off { own: self.low, other: other.high, times: self.low / other.high, side: "larger", bound })
        } else if self.high * MOST < other.low {
            let bound = if one { "" } else { "at least " };
            Some(Off { own: self.high, other: other.low, times: other.low / self.high, side: "smaller", bound })
        } else {
            None
        }
    }
}

/// How far an amount is off.
pub(super) struct Off {
    pub own: f64,
    pub other: f64,
    pub times: f64,
    pub side: &'static str,
    /// Which end of a range `other` is.
    pub bound: &'static str,
}

impl Off {
    /// The doubt: `what` the amount is, its key, what it is held against, the unit of both, and what to do.
    pub fn doubt(&self, key: String, what: &str, against: &str, unit: &str, hint: String) -> Doubt {
        let (own, other) = (amount(self.own), amount(self.other));
        let title = format!("{what} is {own}, but {against} {}{other} {unit}", self.bound);
        let label = format!("{} times {}", significant(self.times, 2), self.side);
        Doubt { key, title: title.trim_end().to_owned(), label, hint }
    }
}

/// An amount in a few digits, as a file would write it.
pub(super) fn amount(x: f64) -> String {
    let rounded: f64 = format!("{x:.3e}").parse().unwrap_or(x);
    if x == 0.0 || (1e-4..1e6).contains(&x.abs()) { format!("{rounded}") } else { format!("{rounded:e}") }
}
