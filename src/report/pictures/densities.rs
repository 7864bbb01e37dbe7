//! The distributions of uncertain inputs.

use crate::report::chart::{Axis, Chart, Colour, Mark};
use crate::scenario::{Scenario, UncertainInput};
use crate::text::harmless::short;
use crate::text::numbers::{percentage, significant};
use crate::text::units::large;

/// Inputs that have a chart.
const MOST: usize = 24;
/// Steps of probability that a density is drawn by, and the share of each tail that is left out.
const STEPS: usize = 200;
const TAIL: f64 = 0.001;
/// Probabilities that a chart tells.
const READINGS: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
const DIGITS: i32 = 4;
/// Characters of a name.
const NAME: usize = 80;

/// A chart of each uncertain input: its density, or the probabilities of its values if it has few.
pub fn densities(scenario: &Scenario) -> Vec<Chart> {
    let inputs = scenario.uncertainty.iter().flat_map(|of| &of.inputs);
    inputs.take(MOST).map(density).collect()
}

fn density(input: &UncertainInput) -> Chart {
    let at = |p: f64| input.distribution.quantile(p);
    let share = |step: usize| TAIL + (1.0 - 2.0 * TAIL) * step as f64 / STEPS as f64;
    let (factor, unit) = large(at(0.5).abs());
    let values: Vec<f64> = (0..=STEPS).map(|step| at(share(step)) / factor).collect();
    let title = short(input.label.as_deref().unwrap_or(&input.key), NAME);
    let title = if unit.is_empty() { title } else { format!("{title}, {unit}") };
    let summary = format!("Median {}", significant(at(0.5) / factor, DIGITS));
    let rows = READINGS.map(|p| {
        let value = at(p) / factor;
        (value, vec![significant(value, DIGITS), percentage(p)])
    });
    let columns = ["value", "probability of less"].map(String::from).to_vec();
    let x = Axis::over("", values.iter().copied()).roomy();
    let chart =
        |y: Axis| Chart::new(title.clone(), summary.clone(), x.clone(), y).reading(columns.clone(), rows.to_vec());
    let mut distinct = values.clone();
    distinct.dedup();
    if distinct.len() < STEPS / 2 {
        let weight = |value: f64| values.iter().filter(|&&other| other == value).count() as f64 / values.len() as f64;
        let points: Vec<[f64; 4]> = distinct.iter().map(|&x| [x, weight(x), weight(x), weight(x)]).collect();
        let mut chart = chart(Axis::shares("Probability", points.iter().map(|point| point[1])));
        chart.marks.push(Mark::Points { name: String::new(), colour: Colour::Blue, upright: true, points });
        return chart;
    }
    let step = (1.0 - 2.0 * TAIL) / STEPS as f64;
    let inner = values.windows(2).filter(|pair| pair[1] > pair[0]);
    let (x_values, y_values): (Vec<f64>, Vec<f64>) =
        inner.map(|pair| (0.5 * (pair[0] + pair[1]), step / (pair[1] - pair[0]))).unzip();
    let mut chart = chart(Axis::over("Density", y_values.iter().copied().chain([0.0])).from_zero());
    let floor = vec![0.0; x_values.len()];
    let band = Mark::Band {
        name: String::new(),
        colour: Colour::Blue,
        strength: 0.25,
        x: x_values.clone(),
        low: floor,
        high: y_values.clone(),
    };
    let line = Mark::Line { name: String::new(), colour: Colour::Blue, dashed: false, x: x_values, y: y_values };
    chart.marks.extend([band, line]);
    chart
}
