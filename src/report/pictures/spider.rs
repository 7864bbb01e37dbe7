//! Spider charts: the mean of an output over the tenths of each input's values.

use super::reading;
use crate::report::chart::{Axis, Chart, Colour, Mark, Numbers};
use crate::report::sensitivity::{input_name, output_name};
use crate::result::{ClassicMeasures, Key, SensitivityDocument};
use crate::text::harmless::short;

/// Inputs that are drawn at most: those that move the mean furthest.
const MOST: usize = 5;

/// The mean of an output among the parameter sets in which an input is in a tenth of its values; `None` without these means.
pub fn spider(document: &SensitivityDocument, key: &Key) -> Option<Chart> {
    let of = document.classic.as_ref()?.get(key)?;
    let range = |of: &ClassicMeasures| of.mean_range.map_or(0.0, |[low, high]| high - low);
    let mut inputs: Vec<_> = of.inputs.iter().filter(|(_, of)| !of.bin_means.is_empty()).collect();
    inputs.sort_by(|a, b| range(b.1).total_cmp(&range(a.1)));
    inputs.truncate(MOST);
    let bins = inputs.first()?.1.bin_means.len();
    let (name, factor) = output_name(document, key);
    let lines: Vec<(String, Vec<f64>)> = inputs
        .into_iter()
        .map(|(input, of)| {
            let means = of.bin_means.iter().map(|mean| mean / factor);
            (short(&input_name(input, document.inputs.get(input)), 34), means.collect())
        })
        .collect();
    let shares: Vec<f64> = (0..bins).map(|bin| (bin as f64 + 0.5) / bins as f64).collect();
    let x = Axis::over("Percentile of the input", [0.0, 1.0].into_iter()).written(Numbers::Percent);
    let y = Axis::over(&name, lines.iter().flat_map(|(_, means)| means.iter().copied())).roomy();
    let summary = format!("Mean of {name} over the tenths of {} inputs", lines.len());
    let columns = std::iter::once("percentile".to_owned()).chain(lines.iter().map(|(name, _)| name.clone()));
    let row = |(bin, share): (usize, &f64)| {
        let tenth = format!("{}–{}%", 100 * bin / bins, 100 * (bin + 1) / bins);
        let means = lines.iter().map(|(_, means)| reading(means.get(bin).copied()));
        (*share, std::iter::once(tenth).chain(means).collect())
    };
    let rows = shares.iter().enumerate().map(row).collect();
    let mut chart = Chart::new(format!("Spider: {name}"), summary, x, y).reading(columns.collect(), rows);
    chart.marks = lines
        .into_iter()
        .enumerate()
        .map(|(place, (name, y))| Mark::Line {
            name,
            colour: Colour::of_series(place),
            dashed: false,
            x: shares.clone(),
            y,
        })
        .collect();
    Some(chart)
}
