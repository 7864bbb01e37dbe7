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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Estimate;
    use crate::result::testing::document;
    use crate::result::{CentralOutput, ClassicOutput, EstimateRequest, SENSITIVITY_VERSION};

    #[test]
    fn lines_are_means_over_tenths_of_the_inputs_that_move_them_most() {
        let result = document(1, 1_000, &EstimateRequest::default());
        let key = Key::system_bubble();
        let measures = |slope: f64| {
            let bin_means: Vec<f64> = (0..10).map(|bin| 0.3 + slope * f64::from(bin)).collect();
            let mean_range = Some([bin_means[0].min(bin_means[9]), bin_means[0].max(bin_means[9])]);
            let (regression, correlation, rank_correlation) = (None, None, None);
            let (partial_rank_correlation, contribution) = (None, None);
            ClassicMeasures {
                regression,
                correlation,
                rank_correlation,
                partial_rank_correlation,
                contribution,
                mean_range,
                bin_means,
            }
        };
        let slopes = [0.001, -0.02, 0.01, 0.0, 0.002, 0.003];
        let inputs = slopes.iter().map(|&slope| (format!("input {slope}"), measures(slope))).collect();
        let estimate = Estimate { value: Some(0.3), low: None, high: None, atom: false };
        let of = SensitivityDocument {
            schema_version: SENSITIVITY_VERSION,
            provenance: result.provenance.clone(),
            outputs: [(key.clone(), CentralOutput { unit: String::new(), estimate })].into(),
            inputs: Default::default(),
            tornado: None,
            derivatives: None,
            indices: None,
            chance: None,
            classic: Some([(key.clone(), ClassicOutput { r_squared: None, inputs })].into()),
            targets: None,
            run: result.run.clone(),
        };
        let chart = spider(&of, &key).expect("there are means");
        let lines: Vec<(&str, &[f64], &[f64])> = chart
            .marks
            .iter()
            .filter_map(
                |mark| if let Mark::Line { name, x, y, .. } = mark { Some((&name[..], &x[..], &y[..])) } else { None },
            )
            .collect();
        let names: Vec<&str> = lines.iter().map(|line| line.0).collect();
        assert_eq!(names, ["input -0.02", "input 0.01", "input 0.003", "input 0.002", "input 0.001"]);
        assert_eq!((lines[0].1[0], lines[0].1[9]), (0.05, 0.95));
        // in per cent
        assert!((lines[0].2[9] - 12.0).abs() < 1e-9 && (lines[1].2[0] - 30.0).abs() < 1e-9, "{lines:?}");
        assert_eq!(chart.readings.rows[9].texts[0], "90–100%");
        let none = SensitivityDocument { classic: None, ..of };
        assert!(spider(&none, &key).is_none());
    }
}
