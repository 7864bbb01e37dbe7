//! Convergence of the main figures by number of paths.

use super::{or_nan, reading};
use crate::measure::Estimate;
use crate::registry::Figure;
use crate::report::chart::{Axis, Chart, Colour, Mark, Numbers};
use crate::report::numbers::unit_in;
use crate::result::ResultDocument;
use crate::result::profile::Milestone;
use crate::text::numbers::{count, percentage};
use crate::text::units::Unit;

/// Mean and shortfall of total commitment cost, and the bubble-risk probability, by the number of paths, each with its interval.
pub fn convergence(document: &ResultDocument, milestones: &[Milestone]) -> Vec<Chart> {
    let Some(cost) = document.of_system(Figure::CommitmentCost) else {
        return Vec::new();
    };
    let (factor, label) = unit_in(document, Unit::Money);
    let level = cost.shortfall.keys().last().map(|level| percentage(level.share())).unwrap_or_default();
    let mean = |milestone: &Milestone| milestone.mean.over(factor);
    let shortfall = |milestone: &Milestone| milestone.shortfall.over(factor);
    let mut charts = vec![
        settling("Mean of total commitment cost", &label, milestones, mean, Numbers::Plain),
        settling(
            &format!("Expected shortfall {level} of total commitment cost"),
            &label,
            milestones,
            shortfall,
            Numbers::Plain,
        ),
    ];
    if document.system_bubble().is_some() {
        charts.push(settling("Bubble-risk probability", "", milestones, |m| m.bubble, Numbers::Percent));
    }
    charts
}

fn settling(
    title: &str,
    unit: &str,
    milestones: &[Milestone],
    of: impl Fn(&Milestone) -> Estimate,
    numbers: Numbers,
) -> Chart {
    let found: Vec<Estimate> = milestones.iter().map(of).collect();
    let x: Vec<f64> = milestones.iter().map(|milestone| milestone.paths as f64).collect();
    let part = |of: fn(&Estimate) -> Option<f64>| found.iter().map(|found| or_nan(of(found))).collect::<Vec<f64>>();
    let (y, low, high) = (part(|e| e.value), part(|e| e.low), part(|e| e.high));
    let label = if unit.is_empty() { title.to_owned() } else { format!("{title}, {unit}") };
    let x_axis = Axis::over("Paths", x.iter().copied()).logarithmic();
    let y_axis = Axis::over("", y.iter().chain(&low).chain(&high).copied()).roomy().written(numbers);
    let columns = ["paths", "estimate", "95% interval"].map(String::from).to_vec();
    let rows: Vec<_> = (0..x.len())
        .map(|i| {
            let interval = format!("[{}, {}]", reading(Some(low[i])), reading(Some(high[i])));
            (x[i], vec![count(milestones[i].paths), reading(Some(y[i])), interval])
        })
        .collect();
    let last = y.last().copied();
    let summary = format!("Estimate and 95% interval by number of paths; the last estimate is {}", reading(last));
    let mut chart = Chart::new(label, summary, x_axis, y_axis).reading(columns, rows);
    chart.marks.push(Mark::Band {
        name: "95% interval".into(),
        colour: Colour::Blue,
        strength: 0.25,
        x: x.clone(),
        low,
        high,
    });
    chart.marks.push(Mark::Line { name: "estimate".into(), colour: Colour::Blue, dashed: false, x, y });
    chart.marks.extend(last.map(|y| Mark::Level { name: String::new(), colour: Colour::Grey, y }));
    chart
}
