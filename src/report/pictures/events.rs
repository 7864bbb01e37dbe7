//! When bubbles burst and events happen: probabilities by period.

use indexmap::IndexMap;

use super::{dates, or_nan, owners, years};
use crate::report::chart::{Axis, Chart, Colour, Mark};
use crate::result::{Occurrence, ResultDocument};
use crate::text::harmless::short;
use crate::text::numbers::{NOTHING, percent};
use crate::text::titles::{Named, Titles};

/// Characters of the names on one line.
const NAMES: usize = 80;
/// Series that can be told apart.
const MOST: usize = 6;

/// The bubble-risk probability by period, by organization and of the system; `None` without a bubble.
pub fn bubbles(document: &ResultDocument, titles: &Titles) -> Option<Chart> {
    let named = |name| Some((titles.get(Named::Organization, name), document.bubble.get(name)?));
    let all: Vec<_> = owners(document).into_iter().filter_map(named).collect();
    let title = "Probability that the bubble has burst";
    (!all.is_empty()).then(|| timeline(document, title, &all))
}

/// The bubble-risk probability of the system in several results by period, of those with the first one's periods; `None` without a
/// bubble.
pub fn compared_bubbles(results: &[(String, &ResultDocument)]) -> Option<Chart> {
    let (_, first) = results.first()?;
    let grid = |result: &ResultDocument| {
        let of = &result.provenance;
        (of.start.clone(), of.periods, of.steps_per_year)
    };
    let alike = results.iter().filter(|(_, result)| grid(result) == grid(first));
    let all: Vec<_> = alike.filter_map(|(name, result)| Some((name.as_str(), result.system_bubble()?))).collect();
    (!all.is_empty()).then(|| timeline(first, "Probability that the bubble has burst", &all))
}

/// The probabilities of an organization's events by period; `None` without any.
pub fn events(document: &ResultDocument, organization: &str, titles: &Titles) -> Option<Chart> {
    let events = document.events.get(organization)?.iter();
    let all: Vec<_> = events.map(|(name, event)| (titles.get(Named::Event, name), event)).collect();
    let title = format!("Probability of events, {}", titles.get(Named::Organization, organization));
    (!all.is_empty()).then(|| timeline(document, &title, &all))
}

/// The probabilities by period that tranches have been paid, vendors have failed and organizations have settled. Those that
/// happen on no path are left out, and where there are too many for a chart, several show them.
pub fn others(document: &ResultDocument, titles: &Titles) -> Vec<Chart> {
    let all: [(&str, Named, &IndexMap<String, Occurrence>); 3] = [
        ("Probability that tranches have been paid", Named::Tranche, &document.tranches),
        ("Probability that vendors have failed", Named::Vendor, &document.failures),
        ("Probability that organizations have had a workout", Named::Organization, &document.workouts),
    ];
    let mut charts = Vec::new();
    for (title, kind, found) in all {
        let lines = lines(found, |name| titles.get(kind, name));
        let count = lines.len().div_ceil(MOST);
        for (place, some) in lines.chunks(lines.len().div_ceil(count.max(1)).max(1)).enumerate() {
            let of = if count > 1 { format!(", {} of {count}", place + 1) } else { String::new() };
            let some: Vec<_> = some.iter().map(|(name, found)| (name.as_str(), *found)).collect();
            charts.push(timeline(document, &format!("{title}{of}"), &some));
        }
    }
    charts
}

/// What happens on any path. Those that happen together on all paths have one line, as they would hide each other.
fn lines<'a>(
    all: &'a IndexMap<String, Occurrence>,
    called: impl Fn(&'a str) -> &'a str,
) -> Vec<(String, &'a Occurrence)> {
    let mut lines: Vec<(String, &Occurrence)> = Vec::new();
    for (name, found) in all.iter().filter(|(_, found)| found.probability.is_some_and(|p| p > 0.0)) {
        let name = called(name);
        match lines.iter_mut().find(|(_, other)| other.by_period == found.by_period) {
            Some((names, _)) => *names = short(&format!("{names}, {name}"), NAMES),
            None => lines.push((name.to_owned(), found)),
        }
    }
    lines
}

/// Probabilities of several things by period, the likeliest where there are too many.
fn timeline(document: &ResultDocument, title: &str, all: &[(&str, &Occurrence)]) -> Chart {
    let mut shown: Vec<_> = all.to_vec();
    shown.sort_by(|a, b| or_nan(b.1.probability).total_cmp(&or_nan(a.1.probability)));
    shown.truncate(MOST);
    let kept: Vec<_> = all.iter().filter(|(name, _)| shown.iter().any(|(other, _)| other == name)).collect();
    let x: Vec<f64> = years(&document.provenance).collect();
    let highest = kept.iter().flat_map(|(_, found)| &found.by_period).filter_map(|found| found.high);
    let x_axis =
        Axis::over("", [0.0, x.last().copied().unwrap_or(1.0)].into_iter()).written(dates(&document.provenance));
    let y_axis = Axis::shares("Cumulative probability", highest);
    let texts = |period: usize| {
        let of = |found: &Occurrence| {
            let found = found.by_period[period];
            let text = percent(found.probability, found.low, found.high);
            text.map_or_else(|| NOTHING.to_owned(), |(value, low, high)| format!("{value}% [{low}, {high}]"))
        };
        let date = document.provenance.date(period as u32 + 1);
        std::iter::once(date).chain(kept.iter().map(|(_, found)| of(found))).collect()
    };
    let columns = std::iter::once("by".to_owned()).chain(kept.iter().map(|(name, _)| (*name).to_owned())).collect();
    let rows: Vec<_> = x.iter().enumerate().map(|(period, &year)| (year, texts(period))).collect();
    let ends: Vec<String> = kept
        .iter()
        .map(|(name, found)| {
            format!(
                "{name} {}",
                percent(found.probability, found.low, found.high)
                    .map_or_else(|| NOTHING.into(), |p| format!("{}%", p.0))
            )
        })
        .collect();
    let summary = format!("Cumulative probabilities by period with 95% bands; by the horizon: {}", ends.join(", "));
    let mut chart = Chart::new(title, summary, x_axis, y_axis).reading(columns, rows);
    for (place, (name, found)) in kept.into_iter().enumerate() {
        let colour = Colour::of_series(place);
        let of = |part: fn(&crate::measure::Probability) -> Option<f64>| {
            // nothing has happened at the start date
            std::iter::once(0.0).chain(found.by_period.iter().map(|found| or_nan(part(found)))).collect::<Vec<f64>>()
        };
        let x: Vec<f64> = std::iter::once(0.0).chain(x.iter().copied()).collect();
        let (low, high, y) = (of(|p| p.low), of(|p| p.high), of(|p| p.probability));
        let band = Mark::Band { name: String::new(), colour, strength: 0.25, x: x.clone(), low, high };
        let line = Mark::Line { name: (*name).to_owned(), colour, dashed: false, x, y };
        chart.marks.extend([band, line]);
    }
    chart
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::EstimateRequest;
    use crate::result::testing::document;

    /// The lines of a chart, by name.
    fn drawn(chart: &Chart) -> Vec<(&str, &[f64])> {
        let all = chart.marks.iter();
        all.filter_map(
            |mark| if let Mark::Line { name, y, .. } = mark { Some((name.as_str(), y.as_slice())) } else { None },
        )
        .collect()
    }

    #[test]
    fn payments_failures_and_workouts_have_timelines() {
        let mut document = document(2, 2_000, &EstimateRequest::default());
        let charts = others(&document, &Titles::default());
        let found: Vec<_> = charts.iter().flat_map(drawn).collect();
        let expected = [&document.tranches["early"], &document.failures["Vendor0"], &document.workouts["alpha"]];
        assert_eq!(found.len(), expected.len());
        for ((name, y), of) in found.iter().zip(expected) {
            assert_eq!((y[0], y.last().copied()), (0.0, of.probability), "{name}");
            assert_eq!(y.len(), of.by_period.len() + 1);
        }
        document.failures["Vendor0"].probability = Some(0.0);
        document.tranches.clear();
        assert_eq!(others(&document, &Titles::default()).len(), 1, "what never happens is not drawn");
    }

    #[test]
    fn many_take_several_charts_with_all_of_them() {
        let mut document = document(2, 2_000, &EstimateRequest::default());
        let of = |i: usize| {
            let mut one = document.failures["Vendor0"].clone();
            one.by_period[0].probability = Some(0.001 * i as f64);
            (format!("Vendor{i}"), one)
        };
        document.failures = (0..8).map(of).collect();
        (document.tranches, document.workouts) = Default::default();
        let charts = others(&document, &Titles::default());
        let names: Vec<Vec<&str>> =
            charts.iter().map(|chart| drawn(chart).iter().map(|(name, _)| *name).collect()).collect();
        assert_eq!(names.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4]);
        assert_eq!(names.concat().len(), 8);
        assert!(charts[1].title.ends_with(", 2 of 2"), "{}", charts[1].title);
        document.failures["Vendor1"] = document.failures["Vendor0"].clone();
        let charts = others(&document, &Titles::default());
        assert_eq!(drawn(&charts[0])[0].0, "Vendor0, Vendor1", "lines that would hide each other are one");
    }
}
