//! Axes: ranges, ticks at round numbers, and the text beside them.

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};

use crate::text::numbers::{exact, percentage};

/// How positions follow from values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    Linear,
    /// Of values above 0.
    Logarithmic,
}

/// How an axis's numbers are written.
#[derive(Debug, Clone, PartialEq)]
pub enum Numbers {
    Plain,
    /// Shares as per cent.
    Percent,
    /// Years from a start: the year and month that whole ones fall on.
    Dates(String),
    /// Names at 0, 1, 2…
    Names(Vec<String>),
}

/// An axis of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    pub label: String,
    pub scale: Scale,
    pub numbers: Numbers,
    pub low: f64,
    pub high: f64,
}

impl Axis {
    /// A linear axis that holds all these values, with room around them if they are all the same.
    pub fn over(label: impl Into<String>, values: impl Iterator<Item = f64>) -> Self {
        let finite = values.filter(|x| x.is_finite());
        let (mut low, mut high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
        if low > high {
            (low, high) = (0.0, 1.0);
        } else if low == high {
            let room = if low == 0.0 { 1.0 } else { 0.05 * low.abs() };
            (low, high) = (low - room, high + room);
        }
        Axis { label: label.into(), scale: Scale::Linear, numbers: Numbers::Plain, low, high }
    }

    /// The same with 0 in it, and some room at the end that is not 0.
    pub fn from_zero(mut self) -> Self {
        let room = 0.04 * (self.high.max(0.0) - self.low.min(0.0));
        (self.low, self.high) =
            (if self.low < 0.0 { self.low - room } else { 0.0 }, if self.high > 0.0 { self.high + room } else { 0.0 });
        self
    }

    /// The same with a little room at both ends.
    pub fn roomy(mut self) -> Self {
        let room = 0.04 * (self.high - self.low);
        (self.low, self.high) = (self.low - room, self.high + room);
        self
    }

    /// The same with another way to write numbers.
    pub fn written(mut self, numbers: Numbers) -> Self {
        self.numbers = numbers;
        self
    }

    /// The same, logarithmic. All values must be above 0.
    pub fn logarithmic(mut self) -> Self {
        (self.scale, self.low) = (Scale::Logarithmic, self.low.max(f64::MIN_POSITIVE));
        self.high = self.high.max(self.low * 1.001);
        self
    }

    /// Shares from 0 to the highest of these, 1 at most.
    pub fn shares(label: impl Into<String>, values: impl Iterator<Item = f64>) -> Self {
        let most = values.filter(|x| x.is_finite()).fold(0.0, f64::max);
        let high = if most > 0.0 { (1.06 * most).min(1.0) } else { 1.0 };
        Axis { label: label.into(), scale: Scale::Linear, numbers: Numbers::Percent, low: 0.0, high }
    }

    /// Names in rows, the first at the top.
    pub fn names(names: Vec<String>) -> Self {
        let high = names.len().max(1) as f64 - 0.5;
        Axis { label: String::new(), scale: Scale::Linear, numbers: Numbers::Names(names), low: high, high: -0.5 }
    }

    /// Names in columns.
    pub fn columns(names: Vec<String>) -> Self {
        let mut axis = Self::names(names);
        std::mem::swap(&mut axis.low, &mut axis.high);
        axis
    }

    /// Where ticks stand, about so many of them at most.
    pub fn ticks(&self, most: usize) -> Vec<f64> {
        let (low, high) = (self.low.min(self.high), self.low.max(self.high));
        let most = most.max(2);
        match (&self.numbers, self.scale) {
            (Numbers::Names(names), _) => {
                let step = if self.low > self.high { 1 } else { names.len().div_ceil(most).max(1) };
                (0..names.len()).step_by(step).map(|i| i as f64).collect()
            }
            (Numbers::Dates(_), _) => {
                let step = ((high - low) / most as f64).ceil().max(1.0);
                multiples(low, high, step)
            }
            (_, Scale::Logarithmic) => decades(low, high, most),
            (_, Scale::Linear) => multiples(low, high, round_step((high - low) / most as f64)),
        }
    }

    /// What stands beside a tick; `ticks` are all of them.
    pub fn text(&self, value: f64, ticks: &[f64]) -> String {
        match &self.numbers {
            Numbers::Names(names) => names.get(value.round().max(0.0) as usize).cloned().unwrap_or_default(),
            Numbers::Dates(start) => date(start, value),
            Numbers::Percent => percentage(rounded(value, ticks)),
            Numbers::Plain => exact(rounded(value, ticks), 6),
        }
    }

    /// The share of the axis, 0 to 1 from low to high, at which a value stands.
    pub fn share(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Logarithmic => (value.max(f64::MIN_POSITIVE) / self.low).ln() / (self.high / self.low).ln(),
        }
    }
}

/// The year, and the month if years do not begin with January, of a number of years from the start.
fn date(start: &str, years: f64) -> String {
    let (year, month) = start.split_once('-').unwrap_or_default();
    match (year.parse::<i64>(), month.get(..2)) {
        (Ok(year), Some("01")) => (year + years.round() as i64).to_string(),
        (Ok(year), Some(month)) => format!("{}-{month}", year + years.round() as i64),
        _ => format!("year {years:.0}"),
    }
}

/// A tick without the digits that adding up steps leaves.
fn rounded(value: f64, ticks: &[f64]) -> f64 {
    let step = ticks.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(f64::INFINITY, f64::min);
    if step.is_finite() && value.abs() < step * 1e-6 { 0.0 } else { value }
}

/// A step of 1, 2 or 5 times a power of ten, at least as large as asked for.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.abs().max(f64::MIN_POSITIVE).log10().floor());
    let digit = [1.0, 2.0, 5.0].into_iter().find(|digit| digit * power >= least * (1.0 - 1e-9));
    digit.unwrap_or(10.0) * power
}

fn multiples(low: f64, high: f64, step: f64) -> Vec<f64> {
    let slack = 1e-9 * step;
    let (first, last) = (((low - slack) / step).ceil(), ((high + slack) / step).floor());
    if !(step > 0.0 && first.is_finite() && last - first < 1000.0) {
        return vec![low];
    }
    (0..=(last - first).max(0.0) as i32).map(|i| (first + f64::from(i)) * step).collect()
}

fn decades(low: f64, high: f64, most: usize) -> Vec<f64> {
    let (first, last) = (low.log10().ceil() as i32, high.log10().floor() as i32);
    let count = (last - first + 1).max(0) as usize;
    if count < 3 {
        let fine = (first - 1..=last).flat_map(|e| [1.0, 2.0, 5.0].map(|digit| digit * 10f64.powi(e)));
        return fine.filter(|x| (low..=high * (1.0 + 1e-9)).contains(x)).collect();
    }
    (first..=last).step_by(count.div_ceil(most).max(1)).map(|e| 10f64.powi(e)).collect()
}

/// An axis with its ticks, as the plotting library wants it.
#[derive(Debug, Clone)]
pub struct Ticked {
    pub axis: Axis,
    pub ticks: Vec<f64>,
}

impl Ranged for Ticked {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        // what lies far outside is drawn at the edge; the share may be infinite
        let share = self.axis.share(*value).clamp(-0.5, 1.5);
        limit.0 + (share * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.axis.low..self.axis.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        let axis = Axis::over("", [0.0, 29.7].into_iter());
        assert_eq!(axis.ticks(6), [0.0, 5.0, 10.0, 15.0, 20.0, 25.0]);
        let axis = Axis::over("", [-3.2e-4, 4.1e-4].into_iter());
        let ticks = axis.ticks(5);
        assert_eq!(
            ticks.iter().map(|&x| axis.text(x, &ticks)).collect::<Vec<_>>(),
            ["-0.0002", "0", "0.0002", "0.0004"]
        );
        let log = Axis::over("", [1024.0, 2e6].into_iter()).logarithmic();
        assert_eq!(log.ticks(6), [1e4, 1e5, 1e6]);
        let log = Axis::over("", [3.0, 30.0].into_iter()).logarithmic();
        assert_eq!(log.ticks(6), [5.0, 10.0, 20.0]);
    }

    #[test]
    fn dates_are_years_or_months() {
        let axis = Axis::over("", [0.0, 8.0].into_iter()).written(Numbers::Dates("2027-01-01".into()));
        let ticks = axis.ticks(5);
        assert_eq!(
            ticks.iter().map(|&x| axis.text(x, &ticks)).collect::<Vec<_>>(),
            ["2027", "2029", "2031", "2033", "2035"]
        );
        assert_eq!(date("2025-11-01", 2.0), "2027-11");
        assert_eq!(date("soon", 2.0), "year 2");
    }

    #[test]
    fn anything_has_an_axis() {
        for values in [vec![], vec![f64::NAN], vec![0.0], vec![7.0, 7.0], vec![-1e300, 1e300], vec![1e-300]] {
            let axis = Axis::over("", values.iter().copied()).from_zero();
            assert!(axis.low < axis.high && !axis.ticks(6).is_empty(), "{values:?}");
            let log = Axis::over("", values.iter().copied()).logarithmic();
            assert!(log.low < log.high && log.low > 0.0, "{values:?}");
            log.ticks(6);
        }
    }
}
