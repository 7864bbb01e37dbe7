//! Tables of bubbles by year, and of events with their times.

use super::layout::{Align, Column, bar, grid};
use super::page::Page;
use crate::measure::Probability;
use crate::report::numbers::{error_text, shown_quantiles};
use crate::result::Occurrence;
use crate::text::numbers::{NOTHING, fixed, percent, percentage, supported};

/// Year ends shown at most.
const YEARS: u32 = 12;
/// Characters of a date, and of a probability with its interval, at most, with the space around them.
const DATE_WIDTH: u16 = 11;
const PROBABILITY_WIDTH: u16 = 22;
/// Characters of a bar that stands for 100%.
const BAR: u32 = 40;
/// Digits of times in years.
const TIME_DIGITS: i32 = 4;

/// The bubble-risk probability by year end: with a bar for one organization, side by side for several.
pub fn bubbles(page: &Page) -> String {
    let shown = page.shown(&page.document.bubble);
    let periods = shown_periods(page);
    let beside = page.width.saturating_sub(DATE_WIDTH) / PROBABILITY_WIDTH;
    let tables = shown.chunks(beside.max(1).into()).map(|some| {
        let mut columns: Vec<Column> = vec![("by", Align::Left)];
        columns.extend(some.iter().map(|&(name, _)| (name, Align::Left)));
        if let [_] = shown.as_slice() {
            columns.push(("", Align::Left));
        }
        let rows = periods.iter().map(|&period| {
            let mut row = vec![page.date(period)];
            row.extend(some.iter().map(|(_, bubble)| text(at(bubble, period))));
            if let [(_, bubble)] = shown.as_slice() {
                row.push(bar(at(bubble, period).probability.unwrap_or(0.0), BAR));
            }
            row
        });
        grid(&columns, rows.collect(), page.width)
    });
    let tables = tables.collect::<Vec<_>>().join("\n\n");
    if tables.is_empty() { tables } else { format!(" Bubble-risk probability, %\n\n{tables}") }
}

/// The probability by the end of a period.
fn at(occurrence: &Occurrence, period: u32) -> Probability {
    occurrence.by_period[period as usize - 1]
}

/// A probability in per cent with its interval.
fn text(found: Probability) -> String {
    percent(found.probability, found.low, found.high)
        .map_or(NOTHING.to_owned(), |(value, low, high)| format!("{value} [{low}, {high}]"))
}

/// The periods that end a year, thinned out evenly if there are many, and the last.
fn shown_periods(page: &Page) -> Vec<u32> {
    let provenance = &page.document.provenance;
    let years = provenance.periods / provenance.steps_per_year;
    let step = years.div_ceil(YEARS).max(1);
    let mut periods: Vec<u32> =
        (1..=years).rev().step_by(step as usize).map(|y| y * provenance.steps_per_year).collect();
    periods.reverse();
    if periods.last() != Some(&provenance.periods) {
        periods.push(provenance.periods);
    }
    periods
}

/// Events, bubbles and payments of tranches with their probability by the horizon and, where they happen, the years until then.
pub fn events(page: &Page) -> String {
    let document = page.document;
    let name = |owner: &str, what: &str| if page.is_single() { what.to_owned() } else { format!("{owner} / {what}") };
    let events = document
        .events
        .iter()
        .flat_map(|(owner, events)| events.iter().map(move |(event, found)| (name(owner, event), found)));
    let bubbles = page.shown(&document.bubble).into_iter().map(|(owner, found)| (name(owner, "bubble"), found));
    let tranches = document.tranches.iter().map(|(tranche, found)| (format!("{tranche} paid"), found));
    let all: Vec<(String, &Occurrence)> = events.chain(bubbles).chain(tranches).collect();
    let Some((_, first)) = all.first() else {
        return String::new();
    };
    let quantiles = shown_quantiles(&first.time.quantiles);
    let probability = format!("% by {}", page.date(document.provenance.periods));
    let headers: Vec<String> = quantiles.iter().map(|level| percentage(level.share())).collect();
    let mut columns: Vec<Column> = vec![
        ("event", Align::Left),
        (&probability, Align::Left),
        ("time, years", Align::Right),
        ("± se", Align::Beside),
    ];
    columns.extend(headers.iter().map(|header| (header.as_str(), Align::Right)));
    let rows = all.iter().map(|(name, found)| {
        let mean = supported(found.time.mean, found.time.se, TIME_DIGITS);
        let mut row = vec![name.clone(), text(found.by_horizon()), mean, error_text(found.time.se)];
        let times = quantiles.iter().filter_map(|key| found.time.quantiles.get(key));
        row.extend(times.map(|time| time.value.map_or_else(|| NOTHING.to_owned(), |years| fixed(years, 2))));
        row
    });
    grid(&columns, rows.collect(), page.width)
}
