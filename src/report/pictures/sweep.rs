//! The points of a sweep: responses along axes, surfaces over two of them, and efficient frontiers.

use super::{or_nan, reading, with_interval};
use crate::measure::Estimate;
use crate::report::chart::{Axis, By, Chart, Colour, Mark, Numbers, Reading, Readings};
use crate::result::{SweepTable, SweptPoint};
use crate::text::harmless::short;
use crate::text::numbers::{NOTHING, percent, percentage};
use crate::text::units::Labels;

use super::distribution::spoken;

/// Something that is told of every point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Mean,
    Shortfall,
    Bubble,
}

impl SweepTable {
    /// What the figure's numbers are divided by, and their unit then.
    pub fn scale(&self) -> (f64, String) {
        let size = self.points.iter().filter_map(|point| point.mean.value).fold(0.0, |most: f64, x| most.max(x.abs()));
        let labels = Labels { currency: &self.currency, capacity: &self.capacity_unit };
        labels.scaled(self.figure.unit().into(), size)
    }

    /// The level of the shortfall in per cent.
    pub fn level_text(&self) -> String {
        self.level.map(|level| percentage(level.share())).unwrap_or_default()
    }

    fn has_bubble(&self) -> bool {
        self.points.iter().any(|point| point.bubble.value.is_some())
    }

    /// A number of a point with its interval, scaled.
    fn told(&self, point: &SweptPoint, what: Told) -> Estimate {
        let factor = self.scale().0;
        match what {
            Told::Mean => point.mean.over(factor),
            Told::Shortfall => point.shortfall.over(factor),
            Told::Bubble => point.bubble,
        }
    }

    fn label(&self, what: Told) -> String {
        let (figure, unit) = (spoken(self.figure).to_lowercase(), self.scale().1);
        match what {
            Told::Mean => format!("Mean {figure}, {unit}"),
            Told::Shortfall => {
                format!("Expected shortfall {} of {figure}, {unit}", self.level_text())
            }
            Told::Bubble => "Bubble-risk probability".into(),
        }
    }

    fn told_of_all(&self) -> Vec<Told> {
        let mut all = vec![Told::Mean, Told::Shortfall];
        all.extend(self.has_bubble().then_some(Told::Bubble));
        all
    }

    /// The place of an axis whose values are all numbers, or those of its words.
    fn positions(&self, axis: usize) -> (Vec<f64>, Option<Vec<String>>) {
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

fn numbers(what: Told) -> Numbers {
    if what == Told::Bubble { Numbers::Percent } else { Numbers::Plain }
}

/// The results along one axis: points with intervals, joined by a line where it is the only axis.
pub fn responses(table: &SweepTable, axis: usize) -> Vec<Chart> {
    let (positions, words) = table.positions(axis);
    let chart = |what: Told| {
        let found: Vec<Estimate> = table.points.iter().map(|point| table.told(point, what)).collect();
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

/// The results over two numeric axes, if every combination of their values is there; otherwise nothing.
pub fn surface(table: &SweepTable) -> Vec<Chart> {
    let [x_name, y_name] = table.axes.as_slice() else { return Vec::new() };
    let ((x, None), (y, None)) = (table.positions(0), table.positions(1)) else { return Vec::new() };
    let distinct = |values: &[f64]| {
        let mut all = values.to_vec();
        all.sort_by(f64::total_cmp);
        all.dedup();
        all
    };
    let (columns, rows) = (distinct(&x), distinct(&y));
    if columns.len() < 2 || rows.len() < 2 || columns.len() * rows.len() != table.points.len() {
        return Vec::new();
    }
    let chart = |what: Told| {
        let mut values = vec![f64::NAN; table.points.len()];
        let mut readings = Vec::new();
        for ((point, &x), &y) in table.points.iter().zip(&x).zip(&y) {
            let (column, row) = (columns.partition_point(|&other| other < x), rows.partition_point(|&other| other < y));
            let found = table.told(point, what);
            values[row * columns.len() + column] = or_nan(found.value);
            let texts = vec![table.place_text(point), text(what, &found)];
            readings.push(Reading { x, y, texts });
        }
        let (lowest, highest) = values
            .iter()
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
        let (x_edges, y_edges) = (edges(&columns), edges(&rows));
        let axis = |name: &str, edges: &[f64]| Axis::over(short(name, 60), edges.iter().copied());
        let end = |x: f64| if what == Told::Bubble { percentage((1e4 * x).round() / 1e4) } else { reading(Some(x)) };
        let ends = format!("{} (light) to {} (dark)", end(lowest), end(highest));
        let summary =
            format!("Heat map of {} points over {} and {}", table.points.len(), short(x_name, 40), short(y_name, 40));
        let title = format!("{}: {ends}", table.label(what));
        let mut chart = Chart::new(title, summary, axis(x_name, &x_edges), axis(y_name, &y_edges));
        chart.marks.push(Mark::Cells { x_edges, y_edges, values, lowest, highest });
        chart.readings =
            Readings { columns: vec!["point".into(), "value [95% interval]".into()], by: By::Both, rows: readings };
        chart
    };
    table.told_of_all().into_iter().map(chart).collect()
}

/// Borders half-way between neighbours, and as far beyond the ends.
fn edges(values: &[f64]) -> Vec<f64> {
    let middle = values.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]));
    let last = values.len() - 1;
    let first_edge = values[0] - 0.5 * (values[1] - values[0]);
    let last_edge = values[last] + 0.5 * (values[last] - values[last - 1]);
    std::iter::once(first_edge).chain(middle).chain([last_edge]).collect()
}

/// The mean against the shortfall and against the bubble-risk probability, with the efficient points marked.
pub fn frontier(table: &SweepTable) -> Vec<Chart> {
    let chart = |what: Told| {
        let both: Vec<(usize, f64, f64)> = table
            .points
            .iter()
            .enumerate()
            .map(|(i, point)| (i, or_nan(table.told(point, Told::Mean).value), or_nan(table.told(point, what).value)))
            .filter(|(_, x, y)| x.is_finite() && y.is_finite())
            .collect();
        let best = undominated(&both);
        let x = Axis::over(table.label(Told::Mean), both.iter().map(|(_, x, _)| *x)).roomy();
        let y = Axis::over(table.label(what), both.iter().map(|(.., y)| *y)).roomy().written(numbers(what));
        let summary =
            format!("Efficient points: {} of {}. No other point is lower on both measures", best.len(), both.len());
        let title = format!(
            "Efficient frontier: mean against {}",
            if what == Told::Bubble { "bubble risk" } else { "expected shortfall" }
        );
        let mut chart = Chart::new(title, summary, x, y);
        let rows = both.iter().map(|&(i, x, y)| {
            let efficient = if best.contains(&i) { "efficient" } else { "" };
            let point = &table.points[i];
            let found = table.told(point, what);
            let texts = vec![table.place_text(point), reading(Some(x)), text(what, &found), efficient.to_owned()];
            Reading { x, y, texts }
        });
        chart.readings = Readings {
            columns: ["point", "mean", "value [95% interval]", ""].map(String::from).to_vec(),
            by: By::Both,
            rows: rows.collect(),
        };
        let dot = |(_, x, y): &(usize, f64, f64)| [*x, *y, *y, *y];
        let (inside, out): (Vec<_>, Vec<_>) = both.iter().partition(|(i, ..)| best.contains(i));
        let front: Vec<[f64; 4]> = {
            let mut front: Vec<[f64; 4]> = inside.into_iter().map(dot).collect();
            front.sort_by(|a, b| a[0].total_cmp(&b[0]));
            front
        };
        let all = out.into_iter().map(dot).collect();
        chart.marks.push(Mark::Points { name: "points".into(), colour: Colour::Grey, upright: true, points: all });
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

    #[test]
    fn edges_lie_between() {
        assert_eq!(edges(&[1.0, 2.0, 4.0]), [0.5, 1.5, 3.0, 5.0]);
    }
}
