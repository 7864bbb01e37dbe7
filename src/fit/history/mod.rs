//! Histories of prices: dates and values, sorted, each date once.

mod dates;
mod file;
mod numbers;
mod table;

use chrono::{Days, NaiveDate};

pub use file::read;
pub use table::{Table, columns};

use super::error::FitError;
use super::estimate::series::Series;
use super::model::Model;

/// Observations that a history needs.
pub const FEWEST: usize = 8;
/// Days of a year, on which the years between dates are counted.
pub const DAYS_PER_YEAR: f64 = 365.25;
/// Largest size of a price, and smallest of a positive one, as in scenarios.
const LARGEST: f64 = 1e30;
const SMALLEST: f64 = 1e-30;

/// Years from a date to another.
pub fn years_between(from: NaiveDate, to: NaiveDate) -> f64 {
    (to - from).num_days() as f64 / DAYS_PER_YEAR
}

/// A price at a date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// The date.
    pub date: NaiveDate,
    /// The price, of whatever unit.
    pub value: f64,
    /// Where it stands: the line of a text, or the row of another file, from 1.
    pub place: u64,
}

/// A column of prices: at least eight, at increasing dates.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The file's name, as messages give it.
    pub file: String,
    /// The column's name.
    pub column: String,
    /// What `place` counts: `line` or `row`.
    pub place: &'static str,
    /// The prices.
    pub observations: Vec<Observation>,
    /// What was odd about the column, in sentences.
    pub remarks: Vec<String>,
}

impl History {
    /// Puts a column of dates and numbers in order. Rows from files other than text are accepted as well: `place` says what
    /// their numbers count. A missing price is `None`.
    ///
    /// # Errors
    ///
    /// A date has two prices, a price is 0, negative or too large, or there are fewer than eight.
    pub fn new(
        file: &str,
        column: &str,
        place: &'static str,
        rows: impl IntoIterator<Item = (u64, NaiveDate, Option<f64>)>,
    ) -> Result<Self, FitError> {
        let mut history = History {
            file: file.to_owned(),
            column: column.to_owned(),
            place,
            observations: Vec::new(),
            remarks: Vec::new(),
        };
        let mut missing = 0;
        for (place, date, value) in rows {
            match value {
                Some(value) => history.observations.push(Observation { date, value, place }),
                None => missing += 1,
            }
        }
        if missing > 0 {
            history.remarks.push(match missing {
                1 => format!("`{column}`: 1 missing price is left out."),
                _ => format!("`{column}`: {missing} missing prices are left out."),
            });
        }
        history.sort();
        history.unite()?;
        history.check()?;
        Ok(history)
    }

    fn sort(&mut self) {
        if !self.observations.is_sorted_by_key(|of| of.date) {
            // a file from new to old is no surprise
            if !self.observations.is_sorted_by_key(|of| std::cmp::Reverse(of.date)) {
                self.remarks.push(format!("`{}`: the dates are not in order and were sorted.", self.column));
            }
            self.observations.sort_by_key(|of| (of.date, of.place));
        }
    }

    /// Keeps one of several equal prices of a date.
    fn unite(&mut self) -> Result<(), FitError> {
        for pair in self.observations.windows(2) {
            if pair[0].date == pair[1].date && pair[0].value != pair[1].value {
                return Err(FitError::usage(
                    format!(
                        "{}: `{}` has two prices on {}, {} on {} {} and {} on {} {}",
                        self.file,
                        self.column,
                        pair[0].date,
                        pair[0].value,
                        self.place,
                        pair[0].place,
                        pair[1].value,
                        self.place,
                        pair[1].place
                    ),
                    "keep one price for each date",
                ));
            }
        }
        let before = self.observations.len();
        self.observations.dedup_by_key(|of| of.date);
        match before - self.observations.len() {
            0 => (),
            1 => self.remarks.push(format!("`{}`: 1 repeated date was dropped.", self.column)),
            more => self.remarks.push(format!("`{}`: {more} repeated dates were dropped.", self.column)),
        }
        Ok(())
    }

    fn check(&self) -> Result<(), FitError> {
        let sound = |value: f64| value.is_finite() && value.abs() <= LARGEST;
        if let Some(wrong) = self.observations.iter().find(|of| !sound(of.value)) {
            return Err(self.wrong(
                wrong,
                "which is too large",
                "prices must be at most 1e30; check the decimal separator",
            ));
        }
        if self.observations.len() < FEWEST {
            return Err(FitError::usage(
                format!(
                    "{}: `{}` has {} prices at different dates, but a fit needs {FEWEST}",
                    self.file,
                    self.column,
                    self.observations.len()
                ),
                "take a longer history, or a shorter interval between prices",
            ));
        }
        Ok(())
    }

    fn wrong(&self, of: &Observation, what: &str, hint: &str) -> FitError {
        FitError::usage(
            format!("{}, {} {}: `{}` is {}, {what}", self.file, self.place, of.place, self.column, of.value),
            hint,
        )
    }

    /// The latent values of a model and the years between them.
    ///
    /// # Errors
    ///
    /// A price that the model cannot have, or prices that never move.
    pub fn series(&self, model: Model) -> Result<Series, FitError> {
        for of in &self.observations {
            let inside = of.value > model.lower && of.value < model.upper;
            if model.upper == f64::INFINITY && of.value < SMALLEST {
                let what = format!("but a {} stays above 0", model.process.name());
                return Err(self.wrong(of, &what, "remove the line, or fit a logit_ou with --lower and --upper"));
            }
            if !inside {
                let what = format!("but a logit_ou stays between its bounds {} and {}", model.lower, model.upper);
                return Err(self.wrong(of, &what, "set --lower and --upper beyond all prices"));
            }
        }
        let x: Vec<f64> = self.observations.iter().map(|of| model.latent(of.value)).collect();
        if x.windows(2).all(|pair| pair[0] == pair[1]) {
            return Err(FitError::usage(
                format!("{}: `{}` never changes", self.file, self.column),
                "write it as a table, which has no volatility",
            ));
        }
        let years = self.observations.windows(2).map(|pair| years_between(pair[0].date, pair[1].date)).collect();
        Ok(Series::new(x, years))
    }

    /// The first date.
    pub fn first(&self) -> NaiveDate {
        self.observations[0].date
    }

    /// The last observation.
    pub fn last(&self) -> Observation {
        self.observations[self.observations.len() - 1]
    }

    /// The date so many years after the last one, or that of the last one where calendars end before.
    pub fn date_after(&self, years: f64) -> NaiveDate {
        let last = self.last().date;
        last.checked_add_days(Days::new((years * DAYS_PER_YEAR).round() as u64)).unwrap_or(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(place: u64, day: u32, value: f64) -> (u64, NaiveDate, Option<f64>) {
        let date = NaiveDate::from_ymd_opt(2026, 1, day).expect("January has this day");
        (place, date, value.is_finite().then_some(value))
    }

    fn eight() -> Vec<(u64, NaiveDate, Option<f64>)> {
        (1..=8).map(|k| row(u64::from(k), k, 2.0 + f64::from(k))).collect()
    }

    #[test]
    fn rows_are_sorted_and_united() {
        let mut rows = eight();
        rows.swap(0, 3);
        rows.push(row(9, 8, 10.0));
        rows.push(row(10, 9, f64::NAN));
        let found = History::new("p.csv", "a", "line", rows).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(found.observations.len(), 8);
        assert!(found.observations.is_sorted_by_key(|of| of.date));
        assert_eq!(
            found.remarks,
            [
                "`a`: 1 missing price is left out.",
                "`a`: the dates are not in order and were sorted.",
                "`a`: 1 repeated date was dropped.",
            ]
        );
        let reversed: Vec<_> = eight().into_iter().rev().collect();
        let found = History::new("p.csv", "a", "line", reversed).unwrap_or_else(|error| panic!("{error}"));
        assert!(found.remarks.is_empty() && found.first().to_string() == "2026-01-01");
    }

    #[test]
    fn what_no_history_can_have_is_refused() {
        let refused = |rows: Vec<_>| History::new("p.csv", "a", "line", rows).expect_err("it is wrong").message;
        let mut twice = eight();
        twice.push(row(9, 8, 10.5));
        assert_eq!(refused(twice), "p.csv: `a` has two prices on 2026-01-08, 10 on line 8 and 10.5 on line 9");
        assert!(refused(eight()[1..].to_vec()).contains("has 7 prices"));
        let mut huge = eight();
        huge[2].2 = Some(1e31);
        assert!(refused(huge).starts_with("p.csv, line 3: `a` is 1"));
    }

    #[test]
    fn a_model_refuses_prices_that_it_cannot_have() {
        let mut rows = eight();
        rows[4].2 = Some(-0.5);
        let found = History::new("p.csv", "a", "line", rows).unwrap_or_else(|error| panic!("{error}"));
        let refused = |model: Model| found.series(model).expect_err("it is wrong").message;
        assert_eq!(refused(Model::gbm(false)), "p.csv, line 5: `a` is -0.5, but a gbm stays above 0");
        assert!(
            refused(Model::logit_ou(-1.0, 9.0))
                .contains("line 7: `a` is 9, but a logit_ou stays between its bounds -1 and 9")
        );
        let series = found.series(Model::logit_ou(-1.0, 11.0)).unwrap_or_else(|error| panic!("{error}"));
        assert!((series.span() - 7.0 / 365.25).abs() < 1e-14);
        let flat = (1..=8).map(|k| row(u64::from(k), k, 2.0));
        let flat = History::new("p.csv", "a", "line", flat).unwrap_or_else(|error| panic!("{error}"));
        assert!(flat.series(Model::ou(false)).expect_err("it is flat").message.contains("never changes"));
    }
}
