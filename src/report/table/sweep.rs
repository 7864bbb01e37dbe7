//! The points of a sweep as a table: their values, and what came out.

use super::layout::{Align, Column, grid};
use crate::measure::Estimate;
use crate::registry::Figure;
use crate::report::numbers::{error_text, estimate_error};
use crate::result::ResultDocument;
use crate::text::numbers::{NOTHING, TABLE_DIGITS, percent, percentage, supported};
use crate::text::units::{Labels, Unit};

/// A point and its main results.
#[derive(Debug, Clone, PartialEq)]
pub struct PointSummary {
    pub point: usize,
    /// By axis, as they are shown.
    pub values: Vec<String>,
    /// The label of its money; `None` if it failed.
    pub currency: Option<String>,
    /// Total commitment cost of the system: mean and its error.
    pub cost: (Option<f64>, Option<f64>),
    /// Its shortfall at the last level.
    pub shortfall: Estimate,
    /// Bubble-risk probability of the system, and its interval.
    pub bubble: Estimate,
    /// Why it has none of these.
    pub failed: Option<String>,
}

/// The table of some points of a design on these axes; `document` is a result of any of them. Where they have several currencies,
/// `currency` is empty.
pub fn sweep_table(
    document: &ResultDocument,
    currency: &str,
    axes: &[String],
    points: &[PointSummary],
    width: u16,
) -> String {
    let cost = document.of_system(Figure::CommitmentCost);
    let labels = Labels { currency, ..document.provenance.labels() };
    let largest = points.iter().filter_map(|point| point.cost.0).fold(0.0, |most: f64, x| most.max(x.abs()));
    let (factor, label) = labels.scaled(Unit::Money, largest);
    let (cost_title, level) = (format!("cost, {label}"), cost.and_then(|figure| figure.shortfall.keys().last()));
    let tail = level.map(|level| format!("ES {}", percentage(level.share()))).unwrap_or_default();
    let bubble = document.system_bubble().is_some();
    let mut columns: Vec<Column> = vec![("point", Align::Right)];
    columns.extend(axes.iter().map(|axis| (axis.as_str(), Align::Right)));
    columns.extend([(cost_title.as_str(), Align::Right), ("± se", Align::Beside), (tail.as_str(), Align::Right)]);
    if bubble {
        columns.push(("bubble risk, %", Align::Left));
    }
    let rows = points.iter().map(|point| {
        let mut row = vec![point.point.to_string()];
        row.extend(point.values.clone());
        if let Some(why) = &point.failed {
            row.extend([format!("failed: {why}"), String::new(), String::new()]);
            row.extend(bubble.then(String::new));
            return row;
        }
        let scaled = |x: Option<f64>| x.map(|x| x / factor);
        let (mean, se) = point.cost;
        row.extend([
            supported(scaled(mean), scaled(se), TABLE_DIGITS),
            error_text(scaled(se)),
            supported(scaled(point.shortfall.value), scaled(estimate_error(&point.shortfall)), TABLE_DIGITS),
        ]);
        if bubble {
            let Estimate { value, low, high, .. } = point.bubble;
            let text = percent(value, low, high).map(|(value, low, high)| format!("{value} [{low}, {high}]"));
            row.push(text.unwrap_or_else(|| NOTHING.to_owned()));
        }
        row
    });
    grid(&columns, rows.collect(), width)
}
