//! Accepted ranges of numbers, and how they are put into words.

/// Largest size of any number in a scenario.
const LARGEST: f64 = 1e30;
/// Least value of a number that must be above 0: smaller ones would be 0 in single precision.
const SMALLEST: f64 = 1e-30;

/// The range of a number, and what the number means.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    low: f64,
    low_open: bool,
    high: f64,
    high_open: bool,
    /// Completes the sentence "`key` is …" in hints.
    pub meaning: &'static str,
}

impl Limits {
    /// Any number.
    pub const fn any(meaning: &'static str) -> Self {
        Limits { low: -LARGEST, low_open: false, high: LARGEST, high_open: false, meaning }
    }

    /// From `low` to `high`, both included.
    pub const fn between(low: f64, high: f64, meaning: &'static str) -> Self {
        Limits { low, high, ..Limits::any(meaning) }
    }

    /// `low` or more.
    pub const fn at_least(low: f64, meaning: &'static str) -> Self {
        Limits::between(low, LARGEST, meaning)
    }

    /// More than 0.
    pub const fn positive(meaning: &'static str) -> Self {
        Limits::at_least(SMALLEST, meaning)
    }

    /// The same, but `low` itself is refused.
    pub const fn above(self, low: f64) -> Self {
        Limits { low, low_open: true, ..self }
    }

    /// The same, but `high` itself is refused.
    pub const fn below(self, high: f64) -> Self {
        Limits { high, high_open: true, ..self }
    }

    /// The same up to and including `high`.
    pub const fn up_to(self, high: f64) -> Self {
        Limits { high, high_open: false, ..self }
    }

    /// On which side of the range a finite number lies; `None` inside.
    pub fn side(&self, value: f64) -> Option<&'static str> {
        if value < self.low || (self.low_open && value == self.low) {
            Some("below")
        } else if value > self.high || (self.high_open && value == self.high) {
            Some("above")
        } else {
            None
        }
    }

    /// What a number has to be, in words.
    pub fn describe(&self) -> String {
        let bounded = self.low > -LARGEST && self.low != SMALLEST && self.high < LARGEST;
        if bounded && !self.low_open && !self.high_open {
            return format!("must be from {} to {}", number(self.low), number(self.high));
        }
        let low = if self.low == -LARGEST {
            None
        } else if self.low == SMALLEST {
            Some("above 0".to_owned())
        } else {
            Some(format!("{} {}", if self.low_open { "above" } else { "at least" }, number(self.low)))
        };
        let high = (self.high < LARGEST)
            .then(|| format!("{} {}", if self.high_open { "below" } else { "at most" }, number(self.high)));
        match (low, high) {
            (Some(low), Some(high)) => format!("must be {low} and {high}"),
            (Some(one), None) | (None, Some(one)) => format!("must be {one}"),
            (None, None) => "must be finite".to_owned(),
        }
    }

    /// What a number outside the range has to be: as [`Limits::describe`], but naming the limits that hold for all
    /// numbers where one of those is broken.
    pub fn describe_for(&self, value: f64) -> String {
        if value.abs() > LARGEST {
            format!("{}, and at most {} in size", self.describe(), number(LARGEST))
        } else if self.low == SMALLEST && value > 0.0 && value < SMALLEST {
            format!("must be at least {}", number(SMALLEST))
        } else {
            self.describe()
        }
    }
}

/// A number in words: short, with an exponent where it is very large or small.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e9).contains(&size) { format!("{value:e}") } else { format!("{value}") }
}

/// A computed number in words, to six digits.
pub(super) fn rounded(value: f64) -> String {
    number(format!("{value:.5e}").parse().unwrap_or(value))
}
