//! The page of a sweep.

use maud::{Markup, html};

use super::{Entry, Section, definitions, figures, sentences, table};
use crate::report::numbers::{error_text, estimate_error, figure_name};
use crate::report::pictures::{self, Explained};
use crate::report::sweep::sweep_sentences;
use crate::result::SweepReport;
use crate::text::numbers::{NOTHING, TABLE_DIGITS, count, fixed, percent, supported};

/// Points that a page lists.
const MOST_LISTED: usize = 2000;
/// Points that it shows without being asked.
const MOST_OPEN: usize = 40;

/// The section of a sweep.
pub fn sweep_section(sweep: &SweepReport) -> Section {
    let (done, ranked) = (sweep.table.points.len(), pictures::ranked(&sweep.table));
    let responses = html! {
        @for axis in 0..sweep.table.axes.len() {
            @if sweep.table.axes.len() > 1 { h3 { (crate::text::harmless::short(&sweep.table.axes[axis], 100)) } }
            (figures(&pictures::responses(&sweep.table, axis)))
        }
    };
    let surfaces = pictures::surface(&sweep.table, &ranked);
    let frontier = html! {
        p { "Each dot is a point of the sweep. Efficient points are coloured: no other point is lower on both measures." }
        (figures(&pictures::frontier(&sweep.table)))
    };
    let mut parts = vec![("answer", "Summary", summary(sweep, &ranked))];
    if !surfaces.is_empty() {
        parts.push(("surface", "Response surface", html! { (figures(&surfaces)) }));
    }
    parts.push(("responses", "Response by axis", responses));
    parts.push(("frontier", "Efficient frontier", frontier));
    parts.push(("points", "Points", points(sweep)));
    parts.push(("provenance", "Provenance", definitions(&sweep.provenance)));
    let lead = format!("{} of {} points computed", count(done as u64), count(sweep.points as u64));
    Section { title: sweep.title.clone(), lead, parts }
}

/// What comes out over all points, and which axes move it.
fn summary(sweep: &SweepReport, ranked: &[Explained]) -> Markup {
    let table_of = &sweep.table;
    let names = pictures::told_names(table_of);
    let percents = |share: &Option<f64>| match share {
        Some(share) => Entry::number(format!("{}%", fixed(100.0 * share, 0)), Some(*share)),
        None => Entry::text(NOTHING),
    };
    let rows: Vec<Vec<Entry>> = ranked
        .iter()
        .map(|(axis, shares)| std::iter::once(Entry::text(axis)).chain(shares.iter().map(percents)).collect())
        .collect();
    let headings: Vec<String> = std::iter::once("axis".to_owned()).chain(names).collect();
    html! {
        (sentences(&sweep_sentences(table_of, ranked)))
        @if table_of.axes.len() > 1 && table_of.points.len() > 1 {
            p { "The share of the variance between points that each axis explains alone, the most important for the bubble first. "
                "What is left belongs to axes acting together." }
            (table("What moves the results", &headings, &rows, true))
        }
    }
}

fn points(sweep: &SweepReport) -> Markup {
    let of = &sweep.table;
    let (factor, label) = of.scale();
    let mut headings = vec!["point".to_owned()];
    headings.extend(of.axes.iter().cloned());
    headings.extend([
        format!("mean {}, {label}", figure_name(of.figure)),
        "± se".into(),
        format!("expected shortfall {}", of.level_text()),
        "bubble risk, %".into(),
    ]);
    let by = |x: Option<f64>| x.map(|x| x / factor);
    let rows: Vec<Vec<Entry>> = of
        .points
        .iter()
        .take(MOST_LISTED)
        .map(|point| {
            let mut row = vec![Entry::text(point.point.to_string())];
            row.extend(point.values.iter().map(|(text, number)| match number {
                Some(_) => Entry::number(text.clone(), *number),
                None => Entry::text(text),
            }));
            if let Some(why) = &point.failed {
                row.push(Entry::text(format!("failed: {why}")));
                row.extend([""; 3].map(Entry::text));
                return row;
            }
            let bubble = &point.bubble;
            row.extend([
                Entry::number(supported(by(point.mean.value), by(point.se), TABLE_DIGITS + 2), point.mean.value),
                Entry::number(error_text(by(point.se)), point.se),
                Entry::number(
                    supported(by(point.shortfall.value), by(estimate_error(&point.shortfall)), TABLE_DIGITS + 2),
                    point.shortfall.value,
                ),
                Entry::number(
                    percent(bubble.value, bubble.low, bubble.high).map_or_else(|| NOTHING.into(), |(value, ..)| value),
                    bubble.value,
                ),
            ]);
            row
        })
        .collect();
    html! {
        @if of.points.len() > MOST_LISTED {
            p { "The first " (count(MOST_LISTED as u64)) " of " (count(of.points.len() as u64)) " points. The store holds all of them." }
        }
        details open[rows.len() <= MOST_OPEN] { summary { "Table of points" } (table("Points of the sweep", &headings, &rows, true)) }
    }
}
