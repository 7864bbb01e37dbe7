//! The speed of engines.

use super::reading;
use crate::report::chart::{Axis, By, Chart, Colour, Mark, Reading, Readings};
use crate::result::{BenchDocument, Contender, Spread};
use crate::text::harmless::short;
use crate::text::numbers::{count, significant};

/// Nanoseconds per path and period.
fn cost(document: &BenchDocument, contender: &Contender) -> Spread {
    let steps = contender.paths as f64 * f64::from(document.periods);
    Spread::of(contender.seconds.iter().map(|seconds| 1e9 * seconds / steps))
}

/// Nanoseconds per path and period by engine and number of paths: medians, with the range of the rounds; `None` without
/// contenders.
pub fn speeds(document: &BenchDocument) -> Option<Chart> {
    let timed: Vec<&Contender> = document.contenders.iter().filter(|contender| !contender.seconds.is_empty()).collect();
    let mut names: Vec<&str> = timed.iter().map(|contender| contender.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    // as in the document, the first being what others are compared with
    names.sort_by_key(|name| timed.iter().position(|contender| contender.name == *name));
    let mut sizes: Vec<u64> = timed.iter().map(|contender| contender.paths).collect();
    sizes.sort_unstable();
    sizes.dedup();
    if timed.is_empty() {
        return None;
    }
    let costs = timed.iter().map(|contender| cost(document, contender));
    let x = Axis::over("ns per path and period, logarithmic", costs.flat_map(|spread| [spread.low, spread.high]));
    let x = Axis { low: 0.9 * x.low.max(f64::MIN_POSITIVE), high: 1.1 * x.high, ..x }.logarithmic();
    let y = Axis::names(names.iter().map(|name| short(name, 28)).collect());
    let summary = format!("Nanoseconds per path and period for {} engines, {} periods", names.len(), document.periods);
    let mut chart = Chart::new("Speed by engine and number of paths", summary, x, y);
    chart.rows = Some(names.len() * sizes.len().clamp(1, 3));
    let mut rows = Vec::new();
    for (place, &paths) in sizes.iter().enumerate() {
        let mut points = Vec::new();
        for contender in timed.iter().filter(|contender| contender.paths == paths) {
            let row = names.iter().position(|name| *name == contender.name).unwrap_or(0) as f64;
            let at = row + (place as f64 + 0.5) / sizes.len() as f64 * 0.7 - 0.35;
            let Spread { median, low, high } = cost(document, contender);
            points.push([median, at, low, high]);
            let range = format!("{} [{}, {}]", significant(median, 3), significant(low, 3), significant(high, 3));
            let texts = vec![short(&contender.name, 40), count(paths), range, reading(Some(contender.cold_seconds))];
            rows.push(Reading { x: median, y: at, texts });
        }
        let name = format!("{} paths", count(paths));
        chart.marks.push(Mark::Points { name, colour: Colour::of_series(place), upright: false, points });
    }
    rows.sort_by(|a, b| a.y.total_cmp(&b.y));
    let columns = ["engine", "paths", "ns [range over runs]", "cold, s"].map(String::from).to_vec();
    chart.readings = Readings { columns, by: By::Y, rows };
    Some(chart)
}
