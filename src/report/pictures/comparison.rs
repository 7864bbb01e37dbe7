//! Comparisons of scenarios.

use indexmap::IndexMap;

use super::distribution::{heights, spoken};
use super::{or_nan, owners, reading, with_interval};
use crate::registry::Figure;
use crate::report::chart::{Axis, By, Chart, Colour, Mark, Reading, Readings};
use crate::report::numbers::money_size;
use crate::result::{self, CompareDocument, Key, Level, Part, PlacedDifference, ResultDocument, Statistic, Subject};
use crate::text::harmless::short;
use crate::text::units::Unit;

/// Distributions that can be told apart over each other.
const MOST: usize = 6;
/// Figures whose means' differences are shown.
const SHOWN: [Figure; 8] = [
    Figure::CommitmentCost,
    Figure::BurstCost,
    Figure::ComputeCost,
    Figure::StrandedCost,
    Figure::ResidualCommitment,
    Figure::Value,
    Figure::NetValue,
    Figure::FinalCash,
];

/// The distributions of a figure of several results as densities over each other: the first, and where there are too many,
/// those whose means differ most from its. `None` if none has the figure.
pub fn overlaid(results: &[(&str, &ResultDocument)], owner: &str, of: Figure) -> Option<Chart> {
    let all: Vec<_> = results.iter().filter_map(|(label, result)| Some((*label, result.figure(owner, of)?))).collect();
    all.first()?;
    let figures = most_different(&all);
    let size = money_size(results.iter().map(|(_, result)| *result));
    let (factor, label) = results.first()?.1.provenance.labels().scaled(of.unit().into(), size);
    // densities, so that bins of different widths compare
    let densities: Vec<Vec<[f64; 3]>> = figures
        .iter()
        .map(|(_, figure)| {
            let bins = heights(figure);
            let inner = if bins.len() > 3 { &bins[1..bins.len() - 1] } else { &bins[..] };
            let density = |[from, to, share, _]: &[f64; 4]| {
                let width = if to > from { (to - from) / factor } else { f64::NAN };
                [from / factor, to / factor, 100.0 * share / width]
            };
            inner.iter().map(density).collect()
        })
        .collect();
    let points = || densities.iter().flatten();
    let means = figures.iter().filter_map(|(_, figure)| figure.mean.map(|x| x / factor));
    let x =
        Axis::over(format!("{}, {label}", spoken(of)), points().flat_map(|[from, to, _]| [*from, *to]).chain(means));
    let y = Axis::over(format!("Share of paths, % per {label}"), points().map(|[.., density]| *density).chain([0.0]));
    let (shown, count) = (figures.len(), all.len());
    let title = format!("Distributions of {}", spoken(of).to_lowercase());
    let (title, summary) = if shown < count {
        let others = shown - 1;
        (
            format!("{title}, {shown} of {count} scenarios"),
            format!("Densities for the base and the {others} of {count} scenarios whose means differ most from it"),
        )
    } else {
        (title, format!("Densities for {shown} scenarios"))
    };
    let mut chart = Chart::new(title, summary, x.roomy(), y.from_zero());
    let mut rows = Vec::new();
    for (place, ((label, figure), density)) in figures.iter().zip(&densities).enumerate() {
        let colour = Colour::of_series(place);
        let mean = figure.mean.map(|x| x / factor);
        let name = format!("{}: mean {}", short(label, 28), reading(mean));
        if density.iter().all(|[.., density]| density.is_finite()) {
            let outline = |[from, to, density]: &[f64; 3]| [(*from, *density), (*to, *density)];
            let (x, y): (Vec<f64>, Vec<f64>) = density.iter().flat_map(outline).unzip();
            let floor = vec![0.0; x.len()];
            let band =
                Mark::Band { name: String::new(), colour, strength: 0.15, x: x.clone(), low: floor, high: y.clone() };
            chart.marks.extend([band, Mark::Line { name, colour, dashed: false, x, y }]);
        } else {
            chart.marks.extend(mean.map(|x| Mark::Rule { name, colour, x }));
        }
        let quantile = |p: f64| figure.quantiles.get(&Level::new(p)).and_then(|found| found.value).map(|x| x / factor);
        let texts = [Some(mean), Some(quantile(0.05)), Some(quantile(0.95))].into_iter().flatten().map(reading);
        let texts: Vec<String> = std::iter::once(short(label, 40)).chain(texts).collect();
        rows.extend(mean.map(|x| (x, texts)));
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    Some(chart.reading(["scenario", "mean", "5%", "95%"].map(String::from).to_vec(), rows))
}

/// The first, and of the others those whose means differ most from its, in their order.
fn most_different<'a>(all: &[(&'a str, &'a result::Figure)]) -> Vec<(&'a str, &'a result::Figure)> {
    let base = or_nan(all[0].1.mean);
    let distance = |place: usize| {
        let distance = (or_nan(all[place].1.mean) - base).abs();
        if distance.is_finite() { distance } else { 0.0 }
    };
    let mut places: Vec<usize> = (1..all.len()).collect();
    places.sort_by(|&a, &b| distance(b).total_cmp(&distance(a)));
    places.truncate(MOST - 1);
    places.sort_unstable();
    std::iter::once(0).chain(places).map(|place| all[place]).collect()
}

/// The differences of the system's mean figures in money from the base, with intervals; `None` without any.
pub fn differences(document: &CompareDocument) -> Option<Chart> {
    let labels = document.scenarios.values().next()?.result.provenance.labels();
    let means = SHOWN.map(|figure| (spoken(figure), Key::new(Subject::system(figure), Statistic::Mean)));
    let size = money_size(document.scenarios.values().map(|scenario| &scenario.result));
    let (factor, label) = labels.scaled(Unit::Money, size);
    forest("Differences in means", &format!("Difference, {label}"), document, &means, factor)
}

/// The differences of bubble-risk probabilities from the base, with intervals; `None` without any.
pub fn probability_differences(document: &CompareDocument) -> Option<Chart> {
    let result = &document.scenarios.values().next()?.result;
    let names = owners(result).into_iter().filter(|name| result.bubble.contains_key(*name));
    let probability = |name: &str| {
        let subject = Subject::Bubble { owner: name.to_owned() };
        (format!("Bubble, {}", short(name, 20)), Key::new(subject, Statistic::Probability(Part::Value)))
    };
    let places: Vec<(String, Key)> = names.map(probability).collect();
    let title = "Differences in bubble-risk probability";
    forest(title, "Difference, percentage points", document, &places, 0.01)
}

/// Differences by number, each with its label, and scenario, with intervals.
fn forest(
    title: &str,
    label: &str,
    document: &CompareDocument,
    places: &[(String, Key)],
    factor: f64,
) -> Option<Chart> {
    let there: Vec<&(String, Key)> = places
        .iter()
        .filter(|(_, key)| {
            document.differences.values().any(|all| all.get(key).is_some_and(|d| d.difference.value.is_some()))
        })
        .collect();
    if there.is_empty() {
        return None;
    }
    let others = document.differences.len() as f64;
    let place_of = |row: usize, other: usize| row as f64 + (other as f64 + 0.5) / others * 0.7 - 0.35;
    let scaled = |x: Option<f64>| or_nan(x) / factor;
    let of = |all: &IndexMap<Key, PlacedDifference>, key: &Key| all.get(key).map(|placed| placed.difference);
    let ends = document.differences.values().flat_map(|all| {
        there.iter().filter_map(|(_, key)| of(all, key)).flat_map(|d| [scaled(d.value), scaled(d.low), scaled(d.high)])
    });
    let x = Axis::over(label, ends.chain([0.0])).roomy();
    let y = Axis::names(there.iter().map(|(name, _)| name.clone()).collect());
    let summary = format!("Differences from {}, with 95% intervals", document.base);
    let mut chart = Chart::new(title, summary, x, y);
    chart.rows = Some(there.len() * document.differences.len().clamp(1, 4));
    chart.marks.push(Mark::Rule { name: String::new(), colour: Colour::Axis, x: 0.0 });
    let mut rows = Vec::new();
    for (other, (name, all)) in document.differences.iter().enumerate() {
        let mut points = Vec::new();
        for (row, (label, key)) in there.iter().enumerate() {
            let Some(found) = of(all, key) else { continue };
            let at = place_of(row, other);
            points.push([scaled(found.value), at, scaled(found.low), scaled(found.high)]);
            let by = |x: Option<f64>| x.map(|x| x / factor);
            let value = with_interval(by(found.value), by(found.low), by(found.high));
            let significance = if found.significant { "significant" } else { "not significant" };
            rows.push(Reading {
                x: scaled(found.value),
                y: at,
                texts: vec![format!("{}: {label}", short(name, 28)), value, significance.into()],
            });
        }
        let colour = Colour::of_series(other + 1);
        chart.marks.push(Mark::Points { name: short(name, 28), colour, upright: false, points });
    }
    let columns = ["", "difference [95% interval]", "Holm's test"].map(String::from).to_vec();
    rows.sort_by(|a, b| a.y.total_cmp(&b.y));
    chart.readings = Readings { columns, by: By::Y, rows };
    Some(chart)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::EstimateRequest;
    use crate::result::testing::document;

    #[test]
    fn of_many_results_the_base_and_the_most_different_are_drawn() {
        let base = document(1, 1_000, &EstimateRequest::default());
        let moved = |by: f64| {
            let mut result = base.clone();
            let figure = result.figures["system"].get_mut(&Figure::CommitmentCost).expect("there is one");
            figure.mean = figure.mean.map(|mean| mean + by);
            result
        };
        let others = [3.0, -9.0, 1.0, 5.0, 0.0, 7.0, -2.0].map(|by| (format!("{by}"), moved(1e9 * by)));
        let mut results = vec![("base", &base)];
        let names = |results: &[(&str, &ResultDocument)]| -> (String, Vec<String>) {
            let chart = overlaid(results, "system", Figure::CommitmentCost).expect("all have it");
            let line = |mark: &Mark| if let Mark::Line { name, .. } = mark { Some(name.clone()) } else { None };
            let name = |name: String| name.split(':').next().unwrap_or_default().to_owned();
            (chart.title, chart.marks.iter().filter_map(line).map(name).collect())
        };
        results.extend(others.iter().map(|(name, result)| (name.as_str(), result)));
        let (title, shown) = names(&results);
        assert_eq!(shown, ["base", "3", "-9", "5", "7", "-2"]);
        assert!(title.ends_with(", 6 of 8 scenarios"), "{title}");
        let (title, shown) = names(&results[..MOST]);
        assert_eq!((title.as_str(), shown.len()), ("Distributions of commitment cost", MOST));
    }
}
