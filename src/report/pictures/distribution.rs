//! The distribution of a figure: histogram, and the probability of more.

use indexmap::IndexMap;

use super::{or_nan, reading, with_interval};
use crate::measure::Estimate;
use crate::registry::{Figure, Side};
use crate::report::chart::{Axis, Chart, Colour, Mark, Numbers};
use crate::report::numbers::{figure_name, unit_in};
use crate::result::{self, Level, ResultDocument};
use crate::text::harmless::short;
use crate::text::numbers::{percentage, significant};
use crate::text::words::capital;

/// Characters of a vendor's name.
const NAME: usize = 40;

/// A figure, what it is, whose it is if that is told, the factor of its numbers, and the unit that they have then.
struct Found<'a> {
    figure: &'a result::Figure,
    name: Figure,
    whose: String,
    factor: f64,
    label: String,
}

impl<'a> Found<'a> {
    fn new(document: &ResultDocument, figure: &'a result::Figure, name: Figure, whose: String) -> Self {
        let (factor, label) = unit_in(document, name.unit());
        Found { figure, name, whose, factor, label }
    }

    fn of_vendor(document: &'a ResultDocument, vendor: &str, name: Figure) -> Option<Self> {
        let (_, figure) = document.vendors.get(vendor)?.whole().find(|(own, _)| *own == name)?;
        Some(Self::new(document, figure, name, format!(", {}", short(vendor, NAME))))
    }
}

/// A figure's name for people: `commitment_cost` is a commitment cost.
pub fn spoken(figure: Figure) -> String {
    if figure == Figure::Received {
        return "Payments received".to_owned();
    }
    capital(&figure_name(figure))
}

/// The bins of equal width, and the height of every bin such that areas are shares of the paths: (from, to, share, height).
pub(super) fn heights(figure: &result::Figure) -> Vec<[f64; 4]> {
    let (edges, counts) = (&figure.histogram.edges, &figure.histogram.counts);
    let total: u64 = counts.iter().sum();
    let widths: Vec<f64> = edges.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let usual = widths.get(widths.len() / 2).copied().unwrap_or(0.0);
    let bin = |i: usize| {
        let share = counts[i] as f64 / total.max(1) as f64;
        let height = if widths[i] > 0.0 { share * usual / widths[i] } else { share };
        [edges[i], edges[i + 1], share, height]
    };
    (0..counts.len()).map(bin).collect()
}

/// The histogram of a figure with its mean, value at risk and shortfall; `None` without such a figure.
pub fn distribution(document: &ResultDocument, owner: &str, name: Figure) -> Option<Chart> {
    let figure = document.figure(owner, name)?;
    Some(histogram(Found::new(document, figure, name, String::new())))
}

/// The same of what a vendor received or lost.
pub fn vendor_distribution(document: &ResultDocument, vendor: &str, name: Figure) -> Option<Chart> {
    Found::of_vendor(document, vendor, name).map(histogram)
}

fn histogram(Found { figure, name, whose, factor, label }: Found) -> Chart {
    let bins: Vec<[f64; 4]> = heights(figure)
        .into_iter()
        .map(|[from, to, share, height]| [from / factor, to / factor, share, height])
        .collect();
    let rules = rules(figure, factor);
    // tails are drawn as far as the marks go
    let inner = if bins.len() > 3 { &bins[1..bins.len() - 1] } else { &bins[..] };
    let ends = inner.iter().flat_map(|[from, to, ..]| [*from, *to]);
    let x = Axis::over(format!("{}, {label}", spoken(name)), ends.chain(rules.iter().map(|(_, _, at)| *at))).roomy();
    let y = Axis::shares("Share of paths", bins.iter().map(|[.., height]| *height));
    let summary = format!(
        "Histogram of {} paths: mean {}, standard deviation {}",
        figure.count,
        reading(figure.mean.map(|x| x / factor)),
        reading(figure.sd.map(|x| x / factor)),
    );
    let (low, high) = (x.low, x.high);
    // a certain figure is a bar in the middle of its axis
    let least = 0.02 * (high - low);
    let bar = |&[from, to, _, height]: &[f64; 4]| {
        let (from, to) = if to - from > 0.0 { (from, to) } else { (from - least, to + least) };
        [from.max(low), 0.0, to.min(high), height]
    };
    let bars = bins.iter().map(bar).filter(|[from, _, to, _]| to > from).collect();
    let columns = vec![label, "share of paths, %".into()];
    let readings = bins.iter().map(|&[from, to, share, _]| {
        let range = format!("{}–{}", significant(from, 5), significant(to, 5));
        (0.5 * (from.max(low) + to.min(high)), vec![range, reading(Some(100.0 * share))])
    });
    let title = format!("Distribution of {}{whose}", spoken(name).to_lowercase());
    let mut chart = Chart::new(title, summary, x, y).reading(columns, readings.collect());
    chart.marks.push(Mark::Bars { name: String::new(), colour: Colour::Sky, bars });
    chart.marks.extend(rules.into_iter().map(|(name, colour, x)| Mark::Rule { name, colour, x }));
    chart
}

/// Mean, value at risk and shortfall at the last level, each with its number in its name.
fn rules(figure: &result::Figure, factor: f64) -> Vec<(String, Colour, f64)> {
    let last =
        |all: &IndexMap<Level, Estimate>| all.last().map(|(level, found)| (percentage(level.share()), found.value));
    let mut rules = vec![("mean".to_owned(), Colour::Ink, figure.mean)];
    rules.extend(last(&figure.var).map(|(level, value)| (format!("value at risk {level}"), Colour::Blue, value)));
    rules.extend(
        last(&figure.shortfall).map(|(level, value)| (format!("expected shortfall {level}"), Colour::Orange, value)),
    );
    let placed = rules.into_iter().filter_map(|(name, colour, value)| {
        let value = value? / factor;
        Some((format!("{name}: {}", significant(value, 5)), colour, value))
    });
    placed.collect()
}

/// The probability of a worse figure, with its band, value at risk and shortfall, on a logarithmic scale.
pub fn exceedance(document: &ResultDocument, owner: &str, name: Figure) -> Option<Chart> {
    let figure = document.figure(owner, name)?;
    Some(worse(Found::new(document, figure, name, String::new())))
}

/// The same of what a vendor received or lost.
pub fn vendor_exceedance(document: &ResultDocument, vendor: &str, name: Figure) -> Option<Chart> {
    Found::of_vendor(document, vendor, name).map(worse)
}

fn worse(Found { figure, name, whose, factor, label }: Found) -> Chart {
    let curve = &figure.exceedance;
    let high_is_bad = figure.side == Side::High;
    let turned = |p: f64| if high_is_bad { p } else { 1.0 - p };
    let x: Vec<f64> = curve.x.iter().map(|x| x / factor).collect();
    let y: Vec<f64> = curve.probability.iter().map(|&p| turned(p)).collect();
    let (low, high) = if high_is_bad { (&curve.low, &curve.high) } else { (&curve.high, &curve.low) };
    let (low, high): (Vec<f64>, Vec<f64>) =
        (low.iter().map(|&p| turned(p)).collect(), high.iter().map(|&p| turned(p)).collect());
    let least = y.iter().copied().filter(|&p| p > 0.0).fold(1.0, f64::min).min(0.5);
    let what = if high_is_bad { "higher" } else { "lower" };
    let rules = rules(figure, factor);
    let x_axis = Axis::over(format!("{}, {label}", spoken(name)), x.iter().copied()).roomy();
    let y_axis =
        Axis { low: least, high: 1.0, ..Axis::over(format!("Probability of a {what} value"), [0.0, 1.0].into_iter()) };
    let summary = format!("Curve over all values of {}, with its 95% interval", spoken(name).to_lowercase());
    let columns = vec![label, format!("P({what})"), "95% interval".into()];
    let readings = (0..x.len()).map(|i| {
        let interval = format!("[{}, {}]", reading(Some(low[i])), reading(Some(high[i])));
        (x[i], vec![reading(Some(x[i])), reading(Some(y[i])), interval])
    });
    let y_axis = y_axis.logarithmic().written(Numbers::Plain);
    let title = format!("Probability of a {what} {}{whose}", spoken(name).to_lowercase());
    let mut chart = Chart::new(title, summary, x_axis, y_axis).reading(columns, readings.collect());
    let bounded = |values: Vec<f64>| values.into_iter().map(|p| p.max(least)).collect();
    let visible = y.iter().map(|&p| if p > 0.0 { p } else { or_nan(None) }).collect();
    chart.marks = vec![
        Mark::Band {
            name: "95% interval".into(),
            colour: Colour::Blue,
            strength: 0.2,
            x: x.clone(),
            low: bounded(low),
            high: bounded(high),
        },
        Mark::Line {
            name: format!("probability of a {what} value"),
            colour: Colour::Blue,
            dashed: false,
            x,
            y: visible,
        },
    ];
    let marks = rules.into_iter().skip(1).map(|(name, colour, x)| Mark::Rule { name, colour, x });
    chart.marks.extend(marks);
    chart
}

/// An estimate in this unit, for readings.
pub(super) fn estimate_text(found: &Estimate, factor: f64) -> String {
    let Estimate { value, low, high, .. } = found.over(factor);
    with_interval(value, low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::EstimateRequest;
    use crate::result::testing::document;

    #[test]
    fn areas_are_shares_and_marks_are_the_document_s_numbers() {
        let document = document(1, 20_000, &EstimateRequest::default());
        let figure = &document.figures["system"][&Figure::CommitmentCost];
        let bins = heights(figure);
        let usual = bins[bins.len() / 2][1] - bins[bins.len() / 2][0];
        let area: f64 = bins.iter().map(|[from, to, _, height]| height * (to - from) / usual).sum();
        assert!((area - 1.0).abs() < 1e-9, "{area}");
        let chart = distribution(&document, "system", Figure::CommitmentCost).expect("there is one");
        let rules: Vec<f64> = chart
            .marks
            .iter()
            .filter_map(|mark| if let Mark::Rule { x, .. } = mark { Some(*x) } else { None })
            .collect();
        let expected = [figure.mean, figure.var[&Level::new(0.99)].value, figure.shortfall[&Level::new(0.99)].value]
            .map(|x| x.unwrap() / 1e9);
        assert_eq!(rules, expected);
        assert!(
            distribution(&document, "system", Figure::MinCash).is_none()
                && exceedance(&document, "nobody", Figure::Value).is_none()
        );
    }

    #[test]
    fn the_probability_is_that_of_the_bad_side() {
        let document = document(1, 20_000, &EstimateRequest::default());
        for (name, grows) in [(Figure::CommitmentCost, false), (Figure::NetValue, true)] {
            let chart = exceedance(&document, "system", name).expect("there is one");
            let line = chart.marks.iter().find_map(|mark| if let Mark::Line { y, .. } = mark { Some(y) } else { None });
            let there: Vec<f64> = line.expect("a line").iter().copied().filter(|y| y.is_finite()).collect();
            assert!(there.len() > 50 && there.is_sorted_by(|a, b| if grows { a <= b } else { a >= b }), "{name:?}");
        }
    }

    #[test]
    fn vendors_have_the_same_charts() {
        let document = document(2, 20_000, &EstimateRequest::default());
        for (name, draw, title) in [
            (Figure::Received, vendor_distribution as fn(&_, &_, _) -> _, "Distribution of payments received, Vendor0"),
            (Figure::Loss, vendor_exceedance, "Probability of a higher loss, Vendor0"),
        ] {
            let chart: Chart = draw(&document, "Vendor0", name).expect("there is one");
            assert_eq!(chart.title, title);
            let (_, figure) = document.vendors["Vendor0"].whole().find(|(own, _)| *own == name).expect("it is known");
            let at_risk = figure.var[&Level::new(0.99)].value.unwrap() / 1e9;
            let is_it = |mark: &Mark| matches!(mark, Mark::Rule { x, .. } if *x == at_risk);
            assert!(chart.marks.iter().any(is_it), "{title}");
        }
        assert!(vendor_distribution(&document, "Vendor1", Figure::Loss).is_none(), "it is not described");
        assert!(vendor_exceedance(&document, "Vendor0", Figure::Value).is_none());
    }

    #[test]
    fn names_are_spoken() {
        assert_eq!([Figure::CommitmentCost, Figure::Used].map(spoken), ["Commitment cost", "Used"]);
    }
}
