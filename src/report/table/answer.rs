//! The answer: the total commitment cost and the bubble-risk probability of the system.

use super::layout::{Align, grid, paragraphs};
use super::page::Page;
use crate::registry::Figure;
use crate::report::answer::answer_sentences;
use crate::report::numbers::{error_text, unit_in, with_interval};
use crate::result;
use crate::text::numbers::{ANSWER_DIGITS, NOTHING, percent, percentage, supported};
use crate::text::titles::Titles;
use crate::text::units::Unit;

/// The answer in two sentences.
pub fn sentences(page: &Page) -> String {
    paragraphs(&answer_sentences(page.document, None, &Titles::default()), page.width)
}

/// The answer, or nothing if the system has no commitments.
pub fn answer(page: &Page) -> String {
    let document = page.document;
    let Some(cost) = document.of_system(Figure::CommitmentCost) else {
        return String::new();
    };
    let (factor, unit) = unit_in(document, Unit::Money);
    let mut rows = vec![
        with_error("mean", cost.mean, cost.se, factor),
        with_error("standard deviation", cost.sd, cost.sd_se, factor),
    ];
    rows.extend(tails(cost, factor));
    if let Some(bubble) = document.system_bubble() {
        let label = format!("bubble-risk probability by {}", page.date(document.provenance.periods));
        rows.push(match percent(bubble.probability, bubble.low, bubble.high) {
            Some((value, low, high)) => vec![label, format!("{value}%"), format!("[{low}, {high}]")],
            None => vec![label, NOTHING.to_owned(), String::new()],
        });
    }
    let confidence = format!("± se or {} interval", percentage(document.provenance.confidence));
    let title = if page.is_single() { "total commitment cost" } else { "total commitment cost of all organizations" };
    grid(&[(title, Align::Left), (&unit, Align::Right), (&confidence, Align::Left)], rows, page.width)
}

/// Value at risk and expected shortfall, level by level.
fn tails(cost: &result::Figure, factor: f64) -> Vec<Vec<String>> {
    let levels = cost.var.iter().zip(cost.shortfall.values());
    let rows = levels.map(|((level, var), shortfall)| {
        let label = |name: &str| format!("{name} {}", percentage(level.share()));
        [("value at risk", var), ("expected shortfall", shortfall)].map(|(name, found)| {
            let [value, interval] = with_interval(found, factor);
            vec![label(name), value, interval]
        })
    });
    rows.flatten().collect()
}

fn with_error(label: &str, value: Option<f64>, error: Option<f64>, factor: f64) -> Vec<String> {
    let (value, error) = (value.map(|x| x / factor), error.map(|x| x / factor));
    vec![label.to_owned(), supported(value, error, ANSWER_DIGITS), error_text(error)]
}
