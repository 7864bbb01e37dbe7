//! Quantities over time: fans of quantiles, and means given that the bubble bursts.

use super::{dates, or_nan, reading};
use crate::measure::{Estimate, Moment};
use crate::report::chart::{Axis, Chart, Colour, Mark};
use crate::report::numbers::unit_in;
use crate::result::profile::{FAN, ObservableProfile, ProfileDocument};
use crate::result::{Level, Provenance, ResultDocument};
use crate::text::numbers::count;
use crate::text::units::Unit;

/// What a quantity's numbers are divided by, and its label with the unit.
fn scaled(document: &ResultDocument, quantity: &ObservableProfile) -> (f64, String) {
    let sizes = quantity.quantiles.values().flatten().filter_map(|found| found.value);
    let size = sizes.fold(0.0, |most: f64, x| most.max(x.abs()));
    if quantity.unit == Unit::Money {
        let (factor, label) = unit_in(document, quantity.unit);
        return (factor, format!("{}, {label}", quantity.label));
    }
    // factors in money are large numbers without a unit that the file names
    let (factor, power) = match size {
        size if size >= 1e9 => (1e9, "bn"),
        size if size >= 1e6 => (1e6, "m"),
        _ => return (1.0, quantity.label.clone()),
    };
    // a label may end with the unit itself
    let gap = if quantity.label.ends_with(['$', '€', '£', '¥']) { "" } else { ", " };
    (factor, format!("{}{gap}{power}", quantity.label))
}

fn time_axis(document: &ResultDocument, profile: &ProfileDocument) -> Axis {
    let last = profile.years.last().copied().unwrap_or(1.0);
    Axis::over("", [0.0, last].into_iter()).written(dates(&document.provenance))
}

fn value_axis(quantity: &ObservableProfile, values: impl Iterator<Item = f64>) -> Axis {
    let axis = Axis::over("", values).roomy();
    // shares read better from 0
    let is_share = axis.low >= -0.1 && axis.high <= 3.0 && quantity.unit != Unit::Money;
    if is_share { axis.from_zero() } else { axis }
}

/// The 5–95% and the quartile band of a quantity with its median.
pub fn fan(document: &ResultDocument, profile: &ProfileDocument, quantity: &ObservableProfile) -> Chart {
    let (factor, label) = scaled(document, quantity);
    let quantiles: Vec<&Vec<Estimate>> = FAN.iter().filter_map(|p| quantity.quantiles.get(&Level::new(*p))).collect();
    let begin = quantity.start.map(|start| start / factor);
    let values = |at: usize| {
        let later = quantiles[at].iter().map(|found| or_nan(found.value) / factor);
        begin.into_iter().chain(later).collect::<Vec<f64>>()
    };
    let x: Vec<f64> = begin.map(|_| 0.0).into_iter().chain(profile.years.iter().copied()).collect();
    let y = value_axis(quantity, [0, 4].into_iter().flat_map(&values));
    let columns = ["by", "5%", "25%", "median [95% interval]", "75%", "95%", "mean ± se"].map(String::from).to_vec();
    let rows: Vec<_> = profile
        .years
        .iter()
        .enumerate()
        .map(|(date, &year)| {
            let plain = |at: usize| reading(quantiles[at][date].value.map(|x| x / factor));
            let median = super::distribution::estimate_text(&quantiles[2][date], factor);
            let mean = moment_text(quantity.all[date], factor);
            let when = date_text(&document.provenance, year);
            (year, vec![when, plain(0), plain(1), median, plain(3), plain(4), mean])
        })
        .collect();
    let median_at_end = reading(quantiles[2].last().and_then(|found| found.value).map(|x| x / factor));
    let summary = format!(
        "Quantiles of {} paths over time: 5–95%, quartiles and median; the last median is {median_at_end}",
        count(profile.paths)
    );
    let mut chart = Chart::new(label, summary, time_axis(document, profile), y).reading(columns, rows);
    let band = |name: &str, strength, low, high| Mark::Band {
        name: name.into(),
        colour: Colour::Blue,
        strength,
        x: x.clone(),
        low: values(low),
        high: values(high),
    };
    chart.marks.extend([band("5–95%", 0.2, 0, 4), band("25–75%", 0.4, 1, 3)]);
    let median = values(2);
    let line = Mark::Line { name: "median".into(), colour: Colour::Blue, dashed: false, x: x.clone(), y: median };
    chart.marks.push(line);
    chart
}

/// The mean of a quantity given that its bubble bursts by the horizon, and given that it does not, with 95% bands; `None` if
/// one of the two never happens.
pub fn bursting(document: &ResultDocument, profile: &ProfileDocument, quantity: &ObservableProfile) -> Option<Chart> {
    let (factor, label) = scaled(document, quantity);
    let paths = |moments: &[Moment]| moments.iter().map(|moment| moment.count).max().unwrap_or(0);
    let (with, without) = (paths(&quantity.burst), paths(&quantity.otherwise));
    if with < 2 || without < 2 {
        return None;
    }
    let begin = quantity.start.map(|start| start / factor);
    let x: Vec<f64> = begin.map(|_| 0.0).into_iter().chain(profile.years.iter().copied()).collect();
    // a mean without an error is its own interval
    let side = |moments: &[Moment], end: fn(&Estimate) -> Option<f64>| {
        let bound = |moment: &Moment| {
            let found = moment.estimate();
            or_nan(end(&found).or(found.value)) / factor
        };
        begin.into_iter().chain(moments.iter().map(bound)).collect::<Vec<f64>>()
    };
    let (lower, middle, upper) =
        (|found: &Estimate| found.low, |found: &Estimate| found.value, |found: &Estimate| found.high);
    let parts = [
        (format!("bubble bursts ({} paths)", count(with)), Colour::Orange, &quantity.burst),
        (format!("no burst ({} paths)", count(without)), Colour::Blue, &quantity.otherwise),
    ];
    let ends = parts.iter().flat_map(|(_, _, moments)| [side(moments, lower), side(moments, upper)].concat());
    let y = value_axis(quantity, ends);
    let columns = ["by", "bubble bursts: mean ± se", "no burst: mean ± se"].map(String::from).to_vec();
    let rows: Vec<_> = profile
        .years
        .iter()
        .enumerate()
        .map(|(date, &year)| {
            let texts = parts.iter().map(|(_, _, moments)| moment_text(moments[date], factor));
            (year, std::iter::once(date_text(&document.provenance, year)).chain(texts).collect())
        })
        .collect();
    let summary = format!(
        "Means of the paths on which the bubble of {} bursts by the horizon, and of the others",
        quantity.bubble
    );
    let mut chart = Chart::new(label, summary, time_axis(document, profile), y).reading(columns, rows);
    for (name, colour, moments) in parts {
        let (low, high, y) = (side(moments, lower), side(moments, upper), side(moments, middle));
        chart.marks.push(Mark::Band { name: String::new(), colour, strength: 0.3, x: x.clone(), low, high });
        chart.marks.push(Mark::Line { name, colour, dashed: false, x: x.clone(), y });
    }
    Some(chart)
}

fn moment_text(moment: Moment, factor: f64) -> String {
    let by = |x: Option<f64>| x.map(|x| x / factor);
    format!("{} ± {}", reading(by(moment.mean)), reading(by(moment.se)))
}

fn date_text(provenance: &Provenance, year: f64) -> String {
    provenance.date((year * f64::from(provenance.steps_per_year)).round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Pivot;
    use crate::result::EstimateRequest;
    use crate::result::testing::document;

    #[test]
    fn bands_of_few_replicates_have_the_width_of_students_t() {
        let moment = Moment { count: 40, mean: Some(2.0), se: Some(1.0), pivot: Pivot::Student { degrees: 3 } };
        let certain = Moment { count: 1, mean: Some(5.0), ..Moment::default() };
        let quantity = ObservableProfile {
            label: "Price".into(),
            unit: Unit::Number,
            start: None,
            bubble: "system".into(),
            quantiles: Default::default(),
            all: vec![moment; 2],
            burst: vec![moment; 2],
            otherwise: vec![moment, certain],
        };
        let profile = ProfileDocument { paths: 80, years: vec![1.0, 2.0], quantities: Default::default() };
        let chart = bursting(&document(2, 300, &EstimateRequest::default()), &profile, &quantity).expect("both happen");
        let bands: Vec<_> = chart
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Band { low, high, .. } => Some((low[1], high[0] - low[0])),
                _ => None,
            })
            .collect();
        // t₀.₉₇₅ with 3 degrees of freedom is 3.182; one path has a mean and no error
        for (place, (_, width)) in bands.iter().enumerate() {
            assert!((width - 2.0 * 3.182_446).abs() < 1e-5, "band {place}: {width}");
        }
        assert_eq!(bands[1].0, 5.0);
    }
}
