//! Charts of documents: one file for each family of pictures.

mod bench;
mod choice;
mod comparison;
mod convergence;
mod costs;
mod delays;
mod densities;
mod distribution;
mod events;
mod fan;
mod groups;
mod history;
mod losses;
mod spider;
mod surface;
mod sweep;
mod tornado;

pub use bench::speeds;
pub use choice::{Kind, NoChart, chart, chart_over_time};
pub use comparison::{differences, overlaid, probability_differences};
pub use convergence::convergence;
pub use costs::{timetable, waterfall};
pub use delays::delays;
pub use densities::densities;
pub use distribution::{distribution, exceedance, vendor_distribution, vendor_exceedance};
pub use events::{bubbles, compared_bubbles, events, others};
pub use fan::{bursting, fan};
pub use history::{history, residuals};
pub use losses::losses;
pub use spider::spider;
pub use surface::surface;
pub use sweep::{Explained, frontier, ranked, responses, told_names};
pub use tornado::tornado;

use super::chart::Numbers;
use crate::result::{Provenance, ResultDocument};
use crate::text::numbers::significant;

/// Digits of readings.
const DIGITS: i32 = 5;

/// A number for a reading; empty where there is none.
fn reading(x: Option<f64>) -> String {
    x.filter(|x| x.is_finite()).map_or_else(|| "–".into(), |x| significant(x, DIGITS))
}

/// A value and its interval for a reading.
fn with_interval(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (None, None) => reading(value),
        _ => format!("{} [{}, {}]", reading(value), reading(low), reading(high)),
    }
}

/// Dates from a run's start.
fn dates(provenance: &Provenance) -> Numbers {
    Numbers::Dates(provenance.start.clone())
}

/// Periods' ends in years.
fn years(provenance: &Provenance) -> impl Iterator<Item = f64> + use<> {
    let per_year = f64::from(provenance.steps_per_year);
    (1..=provenance.periods).map(move |t| f64::from(t) / per_year)
}

/// A number that is not there is not drawn.
fn or_nan(x: Option<f64>) -> f64 {
    x.unwrap_or(f64::NAN)
}

/// The names of those whose bubbles, events or figures are told: the system only if there are several organizations.
pub fn owners(document: &ResultDocument) -> Vec<&str> {
    let all: Vec<&str> = document.figures.keys().map(String::as_str).collect();
    if all.len() <= 2 { all.into_iter().take(1).collect() } else { all }
}
