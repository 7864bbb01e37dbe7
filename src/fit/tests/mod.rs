//! Fits of whole histories, from a table to a scenario's text.

mod odd;
mod said;
mod whole;

use chrono::{Days, NaiveDate};

use super::estimate::series::Series;
use super::{History, Model, Purpose, Stream};

/// A history that a process drew, at so many steps of so many days.
fn drawn(column: &str, model: Model, truth: &[f64], (steps, days): (usize, u64), seed: u64) -> History {
    let law = model.law(truth);
    let years = vec![days as f64 / 365.25; steps];
    let start = if law.reversion > 0.0 { law.level } else { 0.7 };
    let series = Series::new(law.path(start, &years, &mut Stream::new(seed, Purpose::History, 0)), years);
    history(column, &series.x.iter().map(|&x| model.value(x)).collect::<Vec<_>>(), days)
}

/// A history of prices, so many days apart.
fn history(column: &str, prices: &[f64], days: u64) -> History {
    let first = NaiveDate::from_ymd_opt(2024, 1, 1).expect("the year begins");
    let row = |(at, &price): (usize, &f64)| (at as u64 + 2, first + Days::new(at as u64 * days), Some(price));
    History::new("prices.csv", column, "line", prices.iter().enumerate().map(row))
        .unwrap_or_else(|error| panic!("{error}"))
}
