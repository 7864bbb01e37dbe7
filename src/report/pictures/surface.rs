//! The points of a sweep as heat maps over two of its axes.

use super::groups::Groups;
use super::sweep::{Explained, Told, plain};
use crate::report::chart::{Axis, By, Chart, Mark, Reading, Readings};
use crate::result::SweepTable;
use crate::text::harmless::short;

/// Cells of a heat map along each axis.
const MOST_CELLS: usize = 48;

/// The results over the two numeric axes that explain most of them, averaged over the other axes; nothing without two. `ranked` are the
/// axes by what they explain, as [`ranked`](super::ranked) has them.
pub fn surface(table: &SweepTable, ranked: &[Explained]) -> Vec<Chart> {
    if table.points.is_empty() {
        return Vec::new();
    }
    let numeric = ranked.iter().filter_map(|(name, _)| {
        let axis = table.axes.iter().position(|axis| axis == name)?;
        let (positions, words) = table.positions(axis);
        let varies = positions.iter().any(|x| *x != positions[0]);
        (words.is_none() && varies).then_some((axis, positions))
    });
    let mut chosen: Vec<(usize, Vec<f64>)> = numeric.take(2).collect();
    chosen.sort_by_key(|(axis, _)| *axis);
    let [(x_axis, x), (y_axis, y)] = chosen.as_slice() else { return Vec::new() };
    let (columns, rows) = (Groups::of(x, MOST_CELLS), Groups::of(y, MOST_CELLS));
    // a line of points is no surface
    if table.points.len() < columns.centres.len() * rows.centres.len() / 4 {
        return Vec::new();
    }
    let axes = ((*x_axis, columns), (*y_axis, rows));
    table.told_of_all().into_iter().map(|what| heat_map(table, what, &axes)).collect()
}

/// An axis with its groups of points.
type Grouped = (usize, Groups);

fn heat_map(table: &SweepTable, what: Told, ((x_axis, columns), (y_axis, rows)): &(Grouped, Grouped)) -> Chart {
    let width = columns.centres.len();
    let (mut sums, mut counts) = (vec![0.0; width * rows.centres.len()], vec![0u32; width * rows.centres.len()]);
    for ((found, &column), &row) in table.told(what).iter().zip(&columns.of).zip(&rows.of) {
        if let Some(value) = found.value {
            sums[row * width + column] += value;
            counts[row * width + column] += 1;
        }
    }
    let values: Vec<f64> = sums.iter().zip(&counts).map(|(sum, &count)| sum / f64::from(count)).collect();
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (lowest, highest) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let text = |x: f64| plain(what, x);
    let (x_name, y_name) = (short(&table.axes[*x_axis], 40), short(&table.axes[*y_axis], 40));
    let reading_of = |at: usize| {
        let (column, row) = (at % width, at / width);
        let place = format!("{x_name} = {}, {y_name} = {}", columns.names[column], rows.names[row]);
        let of = if counts[at] > 1 { format!("mean of {} points", counts[at]) } else { String::new() };
        Reading { x: columns.centres[column], y: rows.centres[row], texts: vec![place, text(values[at]), of] }
    };
    let others = if table.axes.len() > 2 { ", averaged over the other axes" } else { "" };
    let summary = format!("Heat map over {x_name} and {y_name} from {} to {}{others}", text(lowest), text(highest));
    let axis = |name: &str, edges: &[f64]| Axis::over(name, edges.iter().copied());
    let title = format!("{}{others}", table.label(what));
    let mut chart = Chart::new(title, summary, axis(&x_name, &columns.edges), axis(&y_name, &rows.edges));
    let readings = (0..values.len()).filter(|&at| values[at].is_finite()).map(reading_of).collect();
    let columns_read = ["place", "value", ""].map(String::from).to_vec();
    chart.readings = Readings { columns: columns_read, by: By::Both, rows: readings };
    let scale = (0..=4).map(|i| text(lowest + (highest - lowest) * f64::from(i) / 4.0)).collect();
    let (x_edges, y_edges) = (columns.edges.clone(), rows.edges.clone());
    chart.marks.push(Mark::Cells { x_edges, y_edges, values, lowest, highest, scale });
    chart
}
