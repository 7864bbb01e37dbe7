//! The points of a sweep: responses along axes, and efficient frontiers.

use super::{or_nan, reading, with_interval};
use crate::measure::Estimate;
use crate::report::chart::{Axis, By, Chart, Colour, Mark, Numbers, Reading, Readings};
use crate::result::{SweepTable, SweptPoint};
use crate::text::harmless::short;
use crate::text::numbers::{NOTHING, percent, percentage};
use crate::text::units::Labels;

use super::distribution::spoken;
use super::groups::{Groups, mean_of, quantile_of};

/// Points that are drawn one by one along an axis, and the groups of more.
const MOST_DRAWN: usize = 400;
const MOST_GROUPS: usize = 40;
/// Groups that tell how much an axis explains.
const RANKING_GROUPS: usize = 12;
/// Dots of a chart of efficient points, beside the efficient ones.
const MOST_DOTS: usize = 2000;

/// Something that is told of every point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Mean,
    Shortfall,
    Bubble,
}

impl SweepTable {
    /// What money and capacity are called, and the largest mean, by which numbers are scaled.
    fn labels(&self) -> (Labels<'_>, f64) {
        let size = self.points.iter().filter_map(|point| point.mean.value).fold(0.0, |most: f64, x| most.max(x.abs()));
        (Labels { currency: &self.currency, capacity: &self.capacity_unit }, size)
    }

    /// What the figure's numbers are divided by, and their unit then.
    pub fn scale(&self) -> (f64, String) {
        let (labels, size) = self.labels();
        labels.scaled(self.figure.unit().into(), size)
    }

    /// A number of the figure with its unit, as numbers of this table are scaled.
    pub fn amount(&self, x: f64, write: impl Fn(f64) -> String) -> String {
        let (labels, size) = self.labels();
        labels.amount(x, self.figure.unit().into(), size, write)
    }

    /// The level of the shortfall in per cent.
    pub fn level_text(&self) -> String {
        self.level.map(|level| percentage(level.share())).unwrap_or_default()
    }

    fn has_bubble(&self) -> bool {
        self.points.iter().any(|point| point.bubble.value.is_some())
    }

    /// A number of every point with its interval, scaled.
    pub(super) fn told(&self, what: Told) -> Vec<Estimate> {
        let factor = self.scale().0;
        let of = |point: &SweptPoint| match what {
            Told::Mean => point.mean.over(factor),
            Told::Shortfall => point.shortfall.over(factor),
            Told::Bubble => point.bubble,
        };
        self.points.iter().map(of).collect()
    }

    pub(super) fn label(&self, what: Told) -> String {
        let (figure, unit) = (spoken(self.figure).to_lowercase(), self.scale().1);
        match what {
            Told::Mean => format!("Mean {figure}, {unit}"),
            Told::Shortfall => {
                format!("Expected shortfall {} of {figure}, {unit}", self.level_text())
            }
            Told::Bubble => "Bubble-risk probability".into(),
        }
    }

    pub(super) fn told_of_all(&self) -> Vec<Told> {
        let mut all = vec![Told::Mean, Told::Shortfall];
        all.extend(self.has_bubble().then_some(Told::Bubble));
        all
    }

    /// The place of an axis whose values are all numbers, or those of its words.
    pub(super) fn positions(&self, axis: usize) -> (Vec<f64>, Option<Vec<String>>) {
        let numeric: Option<Vec<f64>> = self.points.iter().map(|point| point.values[axis].1).collect();
        if let Some(numbers) = numeric {
            return (numbers, None);
        }
        let mut words: Vec<String> = Vec::new();
        let place = |point: &SweptPoint| {
            let text = &point.values[axis].0;
            let known = words.iter().position(|word| word == text);
            known.unwrap_or_else(|| {
                words.push(text.clone());
                words.len() - 1
            }) as f64
        };
        let positions = self.points.iter().map(place).collect();
        (positions, Some(words))
    }

    fn place_text(&self, point: &SweptPoint) -> String {
        let values = self
            .axes
            .iter()
            .zip(&point.values)
            .map(|(axis, (text, _))| format!("{} = {}", short(axis, 24), short(text, 20)));
        format!("point {}: {}", point.point, values.collect::<Vec<_>>().join(", "))
    }
}

/// A number with its interval, for readings.
fn text(what: Told, found: &Estimate) -> String {
    let Estimate { value, low, high, .. } = *found;
    match what {
        Told::Bubble => percent(value, low, high)
            .map_or_else(|| NOTHING.into(), |(value, low, high)| format!("{value}% [{low}, {high}]")),
        _ => with_interval(value, low, high),
    }
}

/// A number without an interval, for readings.
pub(super) fn plain(what: Told, x: f64) -> String {
    if what == Told::Bubble { percentage((1e4 * x).round() / 1e4) } else { reading(Some(x)) }
}

fn numbers(what: Told) -> Numbers {
    if what == Told::Bubble { Numbers::Percent } else { Numbers::Plain }
}

/// The results along one axis: points with intervals, joined by a line where it is the only axis; of many points, the means of groups
/// and the range of 90% of their points.
pub fn responses(table: &SweepTable, axis: usize) -> Vec<Chart> {
    let (positions, words) = table.positions(axis);
    if table.points.len() > MOST_DRAWN {
        let groups = Groups::of(&positions, MOST_GROUPS);
        let names = words.as_deref().unwrap_or(&groups.names);
        return table
            .told_of_all()
            .into_iter()
            .map(|what| grouped(table, axis, what, &groups, (names, words.is_some())))
            .collect();
    }
    let chart = |what: Told| {
        let found = table.told(what);
        let ends = found.iter().flat_map(|found| [found.value, found.low, found.high]).map(or_nan);
        let y = Axis::over("", ends).roomy().written(numbers(what));
        let name = short(&table.axes[axis], 60);
        let x = match &words {
            Some(words) => {
                Axis { label: name.clone(), ..Axis::columns(words.iter().map(|word| short(word, 16)).collect()) }
            }
            None => Axis::over(name.clone(), positions.iter().copied()).roomy(),
        };
        let summary = format!("{} points by {name}, with 95% intervals", table.points.len());
        let mut chart = Chart::new(table.label(what), summary, x, y);
        let rows = table.points.iter().zip(&found).zip(&positions).map(|((point, found), &x)| {
            let texts = vec![table.place_text(point), text(what, found)];
            Reading { x, y: or_nan(found.value), texts }
        });
        chart.readings = Readings {
            columns: vec!["point".into(), "value [95% interval]".into()],
            by: if table.axes.len() == 1 { By::X } else { By::Both },
            rows: rows.filter(|row| row.y.is_finite()).collect(),
        };
        let colour = if what == Told::Bubble { Colour::Orange } else { Colour::Blue };
        if table.axes.len() == 1 && words.is_none() {
            let mut order: Vec<usize> = (0..positions.len()).collect();
            order.sort_by(|&a, &b| positions[a].total_cmp(&positions[b]));
            let x = order.iter().map(|&i| positions[i]).collect();
            let y = order.iter().map(|&i| or_nan(found[i].value)).collect();
            chart.marks.push(Mark::Line { name: String::new(), colour, dashed: false, x, y });
        }
        let points = found
            .iter()
            .zip(&positions)
            .map(|(found, &x)| [x, or_nan(found.value), or_nan(found.low), or_nan(found.high)]);
        chart.marks.push(Mark::Points { name: String::new(), colour, upright: true, points: points.collect() });
        chart
    };
    table.told_of_all().into_iter().map(chart).collect()
}

/// The means of groups of points along an axis, with the range of 90% of the points of each.
fn grouped(
    table: &SweepTable,
    axis: usize,
    what: Told,
    groups: &Groups,
    (names, is_words): (&[String], bool),
) -> Chart {
    let values: Vec<f64> = table.told(what).iter().map(|found| or_nan(found.value)).collect();
    let found = groups.values(&values);
    let [low, mean, high] = [0.05, f64::NAN, 0.95].map(|p| {
        let of = |group: &Vec<f64>| if p.is_nan() { mean_of(group) } else { quantile_of(group, p) };
        found.iter().map(of).collect::<Vec<f64>>()
    });
    let name = short(&table.axes[axis], 60);
    let y = Axis::over("", low.iter().chain(&high).copied()).roomy().written(numbers(what));
    let x = match is_words {
        true => Axis { label: name.clone(), ..Axis::columns(names.iter().map(|word| short(word, 16)).collect()) },
        false => Axis::over(name.clone(), groups.edges.iter().copied()),
    };
    let others = if table.axes.len() > 1 { ", averaged over the other axes" } else { "" };
    let summary =
        format!("Means of {} groups of points by {name}{others}, and the range of 90% of their points", found.len());
    let mut chart = Chart::new(format!("{}{others}", table.label(what)), summary, x, y);
    let text = |x: f64| plain(what, x);
    let row = |place: usize| {
        let range = format!("{} … {}", text(low[place]), text(high[place]));
        let texts = vec![format!("{name}: {}", names[place]), text(mean[place]), range, found[place].len().to_string()];
        Reading { x: groups.centres[place], y: mean[place], texts }
    };
    let columns = ["", "mean", "90% of the points", "points"].map(String::from).to_vec();
    chart.readings =
        Readings { columns, by: By::X, rows: (0..found.len()).filter(|&i| mean[i].is_finite()).map(row).collect() };
    let colour = if what == Told::Bubble { Colour::Orange } else { Colour::Blue };
    if is_words {
        let points = (0..found.len()).map(|i| [groups.centres[i], mean[i], low[i], high[i]]).collect();
        chart.marks.push(Mark::Points { name: "mean and 90% of the points".into(), colour, upright: true, points });
    } else {
        let kept: Vec<usize> = (0..found.len()).filter(|&i| mean[i].is_finite()).collect();
        let of = |all: &[f64]| kept.iter().map(|&i| all[i]).collect::<Vec<f64>>();
        let x = of(&groups.centres);
        let band = Mark::Band {
            name: "90% of the points".into(),
            colour,
            strength: 0.2,
            x: x.clone(),
            low: of(&low),
            high: of(&high),
        };
        chart.marks.extend([band, Mark::Line { name: "mean".into(), colour, dashed: false, x, y: of(&mean) }]);
    }
    chart
}

/// An axis, and the share of each of [`told_names`] that it explains alone.
pub type Explained = (String, Vec<Option<f64>>);

/// How much of each result every axis explains alone, those that explain most of the last result first.
pub fn ranked(table: &SweepTable) -> Vec<Explained> {
    let of = |what: Told| table.told(what).iter().map(|found| or_nan(found.value)).collect::<Vec<f64>>();
    let told: Vec<Vec<f64>> = table.told_of_all().into_iter().map(of).collect();
    let row = |axis: usize| {
        let groups = Groups::of(&table.positions(axis).0, RANKING_GROUPS);
        (table.axes[axis].clone(), told.iter().map(|values| groups.explained(values)).collect())
    };
    let mut rows: Vec<Explained> = (0..table.axes.len()).map(row).collect();
    let last = |row: &Explained| row.1.last().copied().flatten().unwrap_or(0.0);
    rows.sort_by(|a, b| last(b).total_cmp(&last(a)));
    rows
}

/// What is told of every point, in words.
pub fn told_names(table: &SweepTable) -> Vec<String> {
    table.told_of_all().into_iter().map(|what| table.label(what)).collect()
}

/// The mean against the shortfall and against the bubble-risk probability, with the efficient points marked.
pub fn frontier(table: &SweepTable) -> Vec<Chart> {
    let chart = |what: Told| {
        let (means, others) = (table.told(Told::Mean), table.told(what));
        let both: Vec<(usize, f64, f64)> = means
            .iter()
            .zip(&others)
            .enumerate()
            .map(|(i, (mean, other))| (i, or_nan(mean.value), or_nan(other.value)))
            .filter(|(_, x, y)| x.is_finite() && y.is_finite())
            .collect();
        let best = undominated(&both);
        let step = both.len().div_ceil(MOST_DOTS).max(1);
        let is_drawn = |place: usize| best.contains(&place) || place.is_multiple_of(step);
        let x = Axis::over(table.label(Told::Mean), both.iter().map(|(_, x, _)| *x)).roomy();
        let y = Axis::over(table.label(what), both.iter().map(|(.., y)| *y)).roomy().written(numbers(what));
        let summary =
            format!("Efficient points: {} of {}. No other point is lower on both measures", best.len(), both.len());
        let title = format!(
            "Efficient frontier: mean against {}",
            if what == Told::Bubble { "bubble risk" } else { "expected shortfall" }
        );
        let mut chart = Chart::new(title, summary, x, y);
        let rows = both.iter().filter(|(i, ..)| is_drawn(*i)).map(|&(i, x, y)| {
            let efficient = if best.contains(&i) { "efficient" } else { "" };
            let point = &table.points[i];
            let texts = vec![table.place_text(point), reading(Some(x)), text(what, &others[i]), efficient.to_owned()];
            Reading { x, y, texts }
        });
        chart.readings = Readings {
            columns: ["point", "mean", "value [95% interval]", ""].map(String::from).to_vec(),
            by: By::Both,
            rows: rows.collect(),
        };
        let dot = |(_, x, y): &(usize, f64, f64)| [*x, *y, *y, *y];
        let drawn = both.iter().filter(|(i, ..)| is_drawn(*i));
        let (inside, out): (Vec<_>, Vec<_>) = drawn.partition(|(i, ..)| best.contains(i));
        let front: Vec<[f64; 4]> = {
            let mut front: Vec<[f64; 4]> = inside.into_iter().map(dot).collect();
            front.sort_by(|a, b| a[0].total_cmp(&b[0]));
            front
        };
        let all = out.into_iter().map(dot).collect();
        chart.marks.push(Mark::Points {
            name: if step > 1 { format!("points, one in {step}") } else { "points".into() },
            colour: Colour::Grey,
            upright: true,
            points: all,
        });
        let (x, y) = front.iter().map(|[x, y, ..]| (*x, *y)).unzip();
        chart.marks.push(Mark::Line { name: String::new(), colour: Colour::Orange, dashed: false, x, y });
        chart.marks.push(Mark::Points {
            name: "efficient".into(),
            colour: Colour::Orange,
            upright: true,
            points: front,
        });
        chart
    };
    table.told_of_all().into_iter().skip(1).map(chart).collect()
}

/// The points of which no other is as low in both and lower in one.
fn undominated(points: &[(usize, f64, f64)]) -> std::collections::BTreeSet<usize> {
    let mut order: Vec<&(usize, f64, f64)> = points.iter().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.2.total_cmp(&b.2)));
    let mut best = std::collections::BTreeSet::new();
    let (mut lowest, mut at) = (f64::INFINITY, f64::NAN);
    for &&(i, x, y) in &order {
        // equal points are as good as each other
        if y < lowest || (y == lowest && x == at) {
            (lowest, at) = (y, x);
            best.insert(i);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frontier_has_what_cannot_be_bettered() {
        let points =
            [(0, 1.0, 5.0), (1, 2.0, 3.0), (2, 2.0, 4.0), (3, 3.0, 3.0), (4, 4.0, 1.0), (5, 4.0, 1.0), (6, 5.0, 2.0)];
        assert_eq!(undominated(&points).into_iter().collect::<Vec<_>>(), [0, 1, 4, 5]);
    }
}
