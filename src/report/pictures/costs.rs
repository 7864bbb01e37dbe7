//! The cost by contract, and the payments by year.

use super::reading;
use crate::registry::Figure;
use crate::report::chart::{Axis, By, Chart, Colour, Mark, Reading, Readings};
use crate::report::numbers::unit_in;
use crate::result::{CheckDocument, ResultDocument};
use crate::text::harmless::short;
use crate::text::titles::{Named, Titles};
use crate::text::units::Unit;

/// Contracts of a timetable that have a colour of their own.
const OWN_COLOUR: usize = 5;
/// Characters of a name in rows.
const NAME: usize = 28;

/// A step of the waterfall: what it is, where it begins, and its parts.
struct Step {
    name: String,
    from: f64,
    parts: Vec<(usize, f64)>,
}

/// The parts of a step, by place.
const PARTS: [(&str, Colour); 4] = [
    ("used", Colour::Blue),
    ("stranded (paid for, not used)", Colour::Orange),
    ("burst", Colour::Yellow),
    ("total", Colour::Grey),
];

/// The mean compute cost, contract by contract with what of it is used and stranded, then burst; `None` without contracts and
/// burst.
pub fn waterfall(document: &ResultDocument, titles: &Titles) -> Option<Chart> {
    let total = document.of_system(Figure::ComputeCost)?.mean?;
    let (factor, label) = unit_in(document, Unit::Money);
    let mut steps: Vec<Step> = Vec::new();
    let mut at = 0.0;
    let mut step = |name: &str, parts: Vec<(usize, f64)>| {
        let sum: f64 = parts.iter().map(|(_, size)| size).sum();
        steps.push(Step { name: short(name, NAME), from: at, parts });
        at += sum;
    };
    for (name, figures) in &document.contracts {
        let mean = |figure| figures.get(&figure).and_then(|figure| figure.mean).unwrap_or(0.0) / factor;
        let (cost, stranded) = (mean(Figure::CommitmentCost), mean(Figure::StrandedCost));
        step(titles.get(Named::Contract, name), vec![(0, cost - stranded), (1, stranded)]);
    }
    let burst = document.of_system(Figure::BurstCost).and_then(|figure| figure.mean).unwrap_or(0.0) / factor;
    if burst != 0.0 {
        step("burst", vec![(2, burst)]);
    }
    steps.push(Step { name: "compute cost".into(), from: 0.0, parts: vec![(3, total / factor)] });
    Some(rows(&steps, &label))
}

fn rows(steps: &[Step], label: &str) -> Chart {
    let ends = steps.iter().flat_map(|step| {
        let mut at = step.from;
        let parts = step.parts.iter().map(move |(_, size)| {
            at += size;
            at
        });
        std::iter::once(step.from).chain(parts)
    });
    let x = Axis::over(format!("Present value, {label}"), ends).from_zero();
    let y = Axis::names(steps.iter().map(|step| step.name.clone()).collect());
    let mut bars: [Vec<[f64; 4]>; PARTS.len()] = Default::default();
    let mut readings = Vec::new();
    for (row, step) in steps.iter().enumerate() {
        let (row, mut at) = (row as f64, step.from);
        for &(part, size) in &step.parts {
            bars[part].push([at, row - 0.32, at + size, row + 0.32]);
            at += size;
        }
        let size = |part: usize| step.parts.iter().find(|(own, _)| *own == part).map(|(_, size)| *size);
        let texts = std::iter::once(step.name.clone())
            .chain([size(0).or(size(2)).or(size(3)), size(1)].map(reading))
            .chain([reading(Some(at - step.from))]);
        readings.push(Reading { x: at, y: row, texts: texts.collect() });
    }
    let total = reading(steps.last().map(|step| step.parts[0].1));
    let summary = format!("Waterfall by contract and for burst, in {label}, with a total of {total}");
    let mut chart = Chart::new("Mean compute cost by contract", summary, x, y);
    chart.rows = Some(steps.len());
    chart.readings = Readings {
        columns: ["", "used or burst", "stranded", "total"].map(String::from).to_vec(),
        by: By::Y,
        rows: readings,
    };
    let named = PARTS.into_iter().zip(bars).filter(|(_, bars)| !bars.is_empty());
    chart.marks = named.map(|((name, colour), bars)| Mark::Bars { name: name.into(), colour, bars }).collect();
    chart
}

/// Minimum payments by year and contract, and what all of the capacity costs; the years after the horizon together.
pub fn timetable(check: &CheckDocument, document: &ResultDocument, titles: &Titles) -> Option<Chart> {
    let first = check.contracts.values().next()?;
    let years: Vec<f64> = first.by_year.iter().map(|year| year.year).collect();
    let later: Vec<f64> = check.contracts.values().map(|contract| contract.minimum_after.unwrap_or(0.0)).collect();
    let sums: Vec<f64> =
        check.contracts.values().map(|contract| contract.by_year.iter().map(|y| y.minimum).sum()).collect();
    let mut order: Vec<usize> = (0..sums.len()).collect();
    order.sort_by(|&a, &b| (sums[b] + later[b]).total_cmp(&(sums[a] + later[a])));
    let whole = |at: usize| check.contracts.values().map(|contract| contract.by_year[at].full).sum::<f64>();
    let (factor, label) = unit_in(document, Unit::Money);
    let has_later = later.iter().any(|&sum| sum > 0.0);
    let mut names: Vec<String> = years
        .iter()
        .map(|year| {
            let period = (year * f64::from(check.steps_per_year)).round() as u32;
            format!("to {}", document.provenance.date(period))
        })
        .collect();
    names.extend(has_later.then(|| "later".to_owned()));
    let size = |contract: usize, column: usize| {
        check.contracts[contract].by_year.get(column).map_or(later[contract], |year| year.minimum) / factor
    };
    let name = |place: usize| check.contracts.get_index(order[place]).map_or("", |(name, _)| name.as_str());
    let contract_name = |place: usize| titles.get(Named::Contract, name(place));
    let series: Vec<(String, Colour, Vec<usize>)> = (0..order.len().min(OWN_COLOUR))
        .map(|place| (short(contract_name(place), NAME), Colour::of_series(place), vec![order[place]]))
        .chain((order.len() > OWN_COLOUR).then(|| ("others".into(), Colour::Grey, order[OWN_COLOUR..].to_vec())))
        .collect();
    let full: Vec<f64> = (0..years.len()).map(|at| whole(at) / factor).collect();
    let column_sum = |column: usize| (0..order.len()).map(|contract| size(contract, column)).sum::<f64>();
    let highest = (0..names.len()).map(column_sum).chain(full.iter().copied());
    let y = Axis::over(format!("Minimum payments, {label}, undiscounted"), highest.chain([0.0])).from_zero();
    let columns = std::iter::once("year".to_owned())
        .chain(series.iter().map(|(name, ..)| name.clone()))
        .chain(["minimum".into(), "at full use".into()])
        .collect();
    let texts = |column: usize| {
        let sums =
            series.iter().map(|(_, _, of)| reading(Some(of.iter().map(|&contract| size(contract, column)).sum())));
        let ends = [reading(Some(column_sum(column))), reading(full.get(column).copied())];
        std::iter::once(names[column].clone()).chain(sums).chain(ends).collect()
    };
    let rows: Vec<_> = (0..names.len()).map(|column| (column as f64, texts(column))).collect();
    let summary = format!("Minimum payments by year of {} contracts, stacked, and payments at full use", order.len());
    let x = Axis::columns(names.clone());
    let mut chart = Chart::new("Minimum payments by year", summary, x, y).reading(columns, rows);
    let mut tops = vec![0.0; names.len()];
    for (name, colour, of) in series {
        let bars = tops.iter_mut().enumerate().map(|(column, top)| {
            let from = *top;
            *top += of.iter().map(|&contract| size(contract, column)).sum::<f64>();
            [column as f64 - 0.38, from, column as f64 + 0.38, *top]
        });
        chart.marks.push(Mark::Bars { name, colour, bars: bars.collect() });
    }
    let points = full.iter().enumerate().map(|(column, &y)| [column as f64, y, y, y]).collect();
    chart.marks.push(Mark::Points { name: "at full use".into(), colour: Colour::Ink, upright: true, points });
    Some(chart)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::EstimateRequest;
    use crate::result::testing::document;

    #[test]
    fn steps_follow_each_other_and_end_with_the_whole() {
        let document = document(2, 2_000, &EstimateRequest::default());
        let chart = waterfall(&document, &Titles::default()).expect("there are contracts");
        let bars: Vec<[f64; 4]> = chart
            .marks
            .iter()
            .flat_map(|mark| if let Mark::Bars { bars, .. } = mark { bars.clone() } else { Vec::new() })
            .collect();
        let row = |wanted: usize| bars.iter().filter(move |bar| (0.5 * (bar[1] + bar[3])).round() as usize == wanted);
        let contracts = document.contracts.len();
        let mut at = 0.0;
        for (place, figures) in document.contracts.values().enumerate() {
            let begins = row(place).map(|bar| bar[0]).fold(f64::INFINITY, f64::min);
            let ends = row(place).map(|bar| bar[2]).fold(f64::NEG_INFINITY, f64::max);
            let cost = figures[&Figure::CommitmentCost].mean.unwrap() / 1e9;
            assert!(
                (begins - at).abs() < 1e-9 && (ends - begins - cost).abs() < 1e-9,
                "{place}: {begins} {ends} {cost}"
            );
            at = ends;
        }
        let whole = row(contracts).next().expect("the sum");
        assert_eq!([whole[0], whole[2]], [0.0, document.figures["system"][&Figure::ComputeCost].mean.unwrap() / 1e9]);
        assert_eq!(chart.readings.rows.len(), contracts + 1);
    }
}
