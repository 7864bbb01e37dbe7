//! Histories of prices with what a fit says about their future.

use super::reading;
use crate::fit::document::{FitDocument, Point};
use crate::fit::years_between;
use crate::report::chart::{Axis, Chart, Colour, Mark, Numbers};
use crate::text::numbers::significant;

fn years(from: &str, date: &str) -> Option<f64> {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().ok();
    Some(years_between(day(from)?, day(date)?))
}

/// The history, and quantiles of the price over the next two years; `None` without dates.
pub fn history(name: &str, of: &FitDocument) -> Option<Chart> {
    let first = &of.history.first()?.date;
    let at = |points: &[Point]| -> (Vec<f64>, Vec<f64>) {
        points.iter().filter_map(|point| Some((years(first, &point.date)?, point.value))).unzip()
    };
    let (x, y) = at(&of.history);
    let ahead: Vec<f64> = of.fan.iter().filter_map(|point| years(first, &point.date)).collect();
    let quantile = |of_point: fn(&crate::fit::FanPoint) -> &[f64; 5], at: usize| -> Vec<f64> {
        of.fan.iter().map(|point| of_point(point)[at]).collect()
    };
    let wide = |at| quantile(|point| &point.predictive, at);
    let narrow = |at| quantile(|point| &point.plug_in, at);
    let x_axis = Axis::over("", x.iter().chain(&ahead).copied()).written(Numbers::Dates(first.clone()));
    let y_axis = Axis::over("", y.iter().copied().chain(wide(0)).chain(wide(4))).roomy();
    let summary = format!("The history of {name} and the 90% intervals of the next two years");
    let mut chart = Chart::new(format!("{name}: history and the next two years"), summary, x_axis, y_axis);
    let colour = Colour::of_series(0);
    let band = |name: &str, strength, low: Vec<f64>, high: Vec<f64>| Mark::Band {
        name: name.into(),
        colour,
        strength,
        x: ahead.clone(),
        low,
        high,
    };
    chart.marks.push(band("90%, parameters unknown", 0.25, wide(0), wide(4)));
    chart.marks.push(band("90%, estimates exact", 0.45, narrow(0), narrow(4)));
    chart.marks.push(Mark::Line { name: "median".into(), colour, dashed: true, x: ahead.clone(), y: wide(2) });
    chart.marks.push(Mark::Line { name: "history".into(), colour: Colour::of_series(1), dashed: false, x, y });
    let columns = ["by", "5%", "median", "95%", "90% interval, estimates exact"].map(String::from).to_vec();
    let rows = ahead.iter().zip(&of.fan).map(|(&year, point)| {
        let number = |at: usize| reading(Some(point.predictive[at]));
        let narrow = format!("[{}, {}]", significant(point.plug_in[0], 4), significant(point.plug_in[4], 4));
        (year, vec![point.date.clone(), number(0), number(2), number(4), narrow])
    });
    Some(chart.reading(columns, rows.collect()))
}

/// The standardized residuals over time; `None` without dates.
pub fn residuals(name: &str, of: &FitDocument) -> Option<Chart> {
    let first = &of.history.first()?.date;
    let points = of.residuals.iter().filter_map(|point| Some((years(first, &point.date)?, point)));
    let points: Vec<(f64, &Point)> = points.collect();
    let x_axis = Axis::over("", points.iter().map(|(x, _)| *x)).written(Numbers::Dates(first.clone()));
    let y_axis = Axis::over("", points.iter().map(|(_, point)| point.value).chain([-3.0, 3.0])).roomy();
    let summary = format!("Standardized residuals of {name}; about one in twenty lies outside ±2");
    let mut chart = Chart::new(format!("{name}: standardized residuals"), summary, x_axis, y_axis);
    let dots = points.iter().map(|&(x, point)| [x, point.value, point.value, point.value]).collect();
    let colour = Colour::of_series(0);
    chart.marks.push(Mark::Points { name: "residual".into(), colour, upright: true, points: dots });
    for y in [-2.0, 2.0] {
        chart.marks.push(Mark::Level { name: "±2".into(), colour: Colour::of_series(2), y });
    }
    let rows = points.iter().map(|&(x, point)| (x, vec![point.date.clone(), reading(Some(point.value))]));
    let rows = rows.collect();
    Some(chart.reading(["date", "residual"].map(String::from).to_vec(), rows))
}
