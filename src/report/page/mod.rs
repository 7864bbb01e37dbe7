//! Pages: one self-contained HTML file, which opens from disk and asks nothing of any network.
//!
//! Each chart is drawn twice, for wide and for narrow screens; a page shows one of them. The tooltips of a chart and the table
//! under it come from its readings, which are beside it as JSON.

mod again;
mod answer;
mod bench;
mod bubble;
mod compare;
mod distribution;
mod export;
mod fit;
mod glossary;
mod inputs;
mod paper;
mod run;
mod sensitivity;
mod sheet;
mod sources;
mod sweep;
mod targets;
mod uncertainty;
mod vendors;
mod workbook;

use std::fmt::Display;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::{Value, json};

pub use again::verify_section;
pub use bench::bench_section;
pub use compare::{compare_section, runs_section};
pub use fit::fit_section;
pub use run::{RunReport, brief_section, run_section};
pub use sensitivity::sensitivity_section;
pub use sweep::sweep_section;

use super::chart::{By, Chart, svg};
use crate::result::{Provenance, RunInfo, program};
use crate::text::harmless::{harmless, short};
use crate::text::numbers::count;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// The part that computes a run again, and its scripts: estimates, and what finds the forms of a page.
const AGAIN: &str = "again";
const AGAIN_SCRIPTS: [&str; 2] = [include_str!("again_statistics.js"), include_str!("again.js")];

/// Nothing but what is in the file itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
/// Widths of a chart's drawings: over the whole page or half of it, and on narrow screens.
const WIDE: u32 = 760;
const HALF: u32 = 516;
const NARROW: u32 = 360;
/// Rows of a table that become lists on narrow screens.
const MOST_STACKED: usize = 60;
/// Characters of a title.
const TITLE: usize = 160;

/// A part of a page, with a heading of its own.
pub struct Section {
    pub title: String,
    /// A line under the title.
    pub lead: String,
    /// Its parts: an identifier, a heading, and what stands there.
    pub parts: Vec<(&'static str, &'static str, Markup)>,
}

/// The page of some sections.
pub fn page(sections: &[Section]) -> String {
    let title = sections.iter().map(|section| short(&section.title, TITLE)).collect::<Vec<_>>().join("; ");
    let several = sections.len() > 1;
    let anchor = |place: usize, id: &str| if several { format!("{id}-{}", place + 1) } else { id.to_owned() };
    let whole = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(format!("overhang {}", env!("CARGO_PKG_VERSION")));
                title { (short(&title, TITLE)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#content" { "Skip to content" }
                nav aria-label="Contents" {
                    @for (place, section) in sections.iter().enumerate() {
                        @if several { p.part { bdi { (short(&section.title, 60)) } } }
                        ul {
                            @for (id, heading, _) in &section.parts {
                                li { a href=(format!("#{}", anchor(place, id))) { (heading) } }
                            }
                            @if place + 1 == sections.len() { li { a href="#glossary" { "Glossary" } } }
                        }
                    }
                }
                main #content tabindex="-1" {
                    @for (place, section) in sections.iter().enumerate() {
                        @if place == 0 {
                            header { h1 { bdi { (short(&section.title, TITLE)) } } p.lead { bdi { (harmless(&section.lead)) } } }
                        } @else {
                            header { h2.title { bdi { (short(&section.title, TITLE)) } } p.lead { bdi { (harmless(&section.lead)) } } }
                        }
                        @for (id, heading, content) in &section.parts {
                            section #(anchor(place, id)) { h2 { (heading) } (content) }
                        }
                    }
                    (glossary::glossary())
                }
                script { (PreEscaped(SCRIPT)) }
                @if sections.iter().flat_map(|section| &section.parts).any(|(id, ..)| *id == AGAIN) {
                    script { @for script in AGAIN_SCRIPTS { (PreEscaped(script)) } }
                }
            }
        }
    };
    export::offered(whole.into_string()) + "\n"
}

/// The tables of these sections as a workbook (XLSX), a sheet for each.
///
/// # Errors
///
/// Says what a workbook cannot hold, such as more rows than a sheet has.
pub fn workbook(sections: &[Section]) -> Result<Vec<u8>, String> {
    let contents = sections.iter().flat_map(|section| &section.parts).map(|(_, _, content)| content.0.as_str());
    workbook::written(&sheet::sheets(&contents.collect::<String>())).map_err(|error| error.to_string())
}

/// What a section says first.
fn sentences(all: &[String]) -> Markup {
    html! { @for sentence in all { p.sentence { bdi { (harmless(sentence)) } } } }
}

/// Charts side by side where there is room, each with its title.
fn figures(charts: &[Chart]) -> Markup {
    html! { div.charts { @for chart in charts { (figure(chart, HALF, true)) } } }
}

/// A chart over the width of the page, whose title stands above it already.
fn large_figure(chart: &Chart) -> Markup {
    figure(chart, WIDE, false)
}

fn figure(chart: &Chart, width: u32, titled: bool) -> Markup {
    let (wide, narrow) = (svg(chart, width, false), svg(chart, NARROW, false));
    let data = json!({ "wide": wide.frame, "narrow": narrow.frame, "by": by_name(chart.readings.by),
        "columns": chart.readings.columns, "rows": readings(chart) });
    let title = harmless(&chart.title);
    html! {
        figure.chart aria-label=(title) {
            @if titled { figcaption { bdi { (title) } } }
            div.plot tabindex="0" role="group" aria-label=(format!("{title}. Use the arrow keys to read values.")) {
                div.wide { (PreEscaped(wide.text)) }
                div.narrow { (PreEscaped(narrow.text)) }
                div.cursor hidden {}
                div.tip role="status" hidden {}
            }
            details.numbers { summary { "Numbers" } }
            (data_block(&data))
        }
    }
}

fn by_name(by: By) -> &'static str {
    match by {
        By::X => "x",
        By::Y => "y",
        By::Both => "both",
    }
}

/// Readings as shares of the plot's width and height, then texts.
fn readings(chart: &Chart) -> Vec<Value> {
    let place = |share: f64| if share.is_finite() { json!((share * 1e4).round() / 1e4) } else { Value::Null };
    let row = |reading: &super::chart::Reading| {
        let texts: Vec<String> = reading.texts.iter().map(|text| harmless(text)).collect();
        json!([place(chart.x.share(reading.x)), place(1.0 - chart.y.share(reading.y)), texts])
    };
    chart.readings.rows.iter().map(row).collect()
}

/// JSON that no text in it can end.
fn data_block(data: &Value) -> Markup {
    let text = data.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    html! { script type="application/json" { (PreEscaped(text)) } }
}

/// A cell of a table.
#[derive(Debug, Clone)]
enum Entry {
    Text(String),
    /// A number as it is shown, exactly, and its place in the document if it has one.
    Number {
        shown: String,
        value: Option<f64>,
        place: Option<String>,
    },
}

impl Entry {
    fn text(text: impl Into<String>) -> Self {
        Entry::Text(text.into())
    }

    fn number(shown: String, value: Option<f64>) -> Self {
        Entry::Number { shown, value, place: None }
    }

    /// A number of the document, by its key.
    fn placed(shown: String, value: Option<f64>, key: impl Display) -> Self {
        Entry::Number { shown, value, place: Some(key.to_string()) }
    }
}

/// Rows of text alone.
fn texts<R: IntoIterator<Item = String>>(rows: impl IntoIterator<Item = R>) -> Vec<Vec<Entry>> {
    rows.into_iter().map(|row| row.into_iter().map(Entry::text).collect()).collect()
}

/// A table with a caption; `sortable` ones have buttons in their headings.
fn table(caption: &str, headings: &[String], rows: &[Vec<Entry>], sortable: bool) -> Markup {
    let units = headings.iter().position(|heading| heading == "unit");
    let power = |row: &[Entry], column: usize, shown: &str, value: f64| {
        let unit = units.and_then(|place| match row.get(place) {
            Some(Entry::Text(unit)) => Some(unit.as_str()),
            _ => None,
        });
        export::power(shown, value, headings.get(column).map_or("", String::as_str), unit)
    };
    // on a narrow screen each row of a short table is a list, in which every cell says what it is
    let stacks = rows.len() <= MOST_STACKED && headings.len() > 2;
    let label = |column: usize| headings.get(column).filter(|_| stacks).map(|heading| harmless(heading));
    let is_number = |column: usize| rows.iter().any(|row| matches!(row.get(column), Some(Entry::Number { .. })));
    html! {
        div.table.stacks[stacks] role="group" aria-label=(harmless(caption)) tabindex="0" {
            table.sortable[sortable] {
                caption { (harmless(caption)) }
                thead { tr { @for (column, heading) in headings.iter().enumerate() {
                    th.over-numbers[is_number(column)] scope="col" { @if sortable { button type="button" { (harmless(heading)) } } @else { (harmless(heading)) } }
                } } }
                tbody { @for row in rows { tr { @for (column, cell) in row.iter().enumerate() { (cell_markup(cell, label(column), column == 0, |shown, value| power(row, column, shown, value))) } } } }
            }
        }
    }
}

/// `power` says by which power of ten a number is divided where it is shown.
fn cell_markup(cell: &Entry, label: Option<String>, is_heading: bool, power: impl Fn(&str, f64) -> i32) -> Markup {
    match cell {
        Entry::Text(text) if is_heading => html! { th scope="row" { bdi { (short(text, 80)) } } },
        Entry::Text(text) => html! { td data-label=[label] { bdi { (harmless(text)) } } },
        Entry::Number { shown, value, place } => html! {
            td.number data-label=[label] {
                @if let Some(value) = value {
                    data value=(value) data-power=[Some(power(shown, *value)).filter(|power| *power != 0)] data-place=[place.as_ref().map(|place| harmless(place))] { (shown) }
                } @else { (shown) }
            }
        },
    }
}

/// Where a result came from: pairs of what and which.
fn provenance(of: &Provenance, run: &RunInfo, command: &str) -> Markup {
    let sampling = &of.sampling;
    let mut pairs = vec![
        ("Command to reproduce", command.to_owned()),
        ("Scenario hash (BLAKE3)", of.scenario_hash.clone()),
        ("Seed", sampling.seed.to_string()),
        ("Paths", format!("{} × {} periods, {}", count(sampling.paths), of.periods, sampling.sampling)),
        ("Engine", format!("{} {}", sampling.backend, sampling.precision)),
    ];
    pairs.extend(sampling.parameter_sets.map(|sets| ("Parameter sets", count(sets.into()))));
    pairs.extend(sampling.inputs.as_ref().map(|_| ("Uncertain inputs", "at their medians".to_owned())));
    if sampling.replicate > 0 {
        pairs.push(("Replicate", sampling.replicate.to_string()));
    }
    pairs.extend(of.variant.clone().map(|variant| ("Variant", variant)));
    pairs.extend(sampling.trajectories.clone().map(|hash| ("Trajectories (BLAKE3)", hash)));
    pairs.extend(run.adapter.clone().map(|adapter| ("Adapter", adapter)));
    pairs.extend(run.driver.clone().map(|driver| ("Driver", driver)));
    pairs.extend(run.instruction_set.clone().map(|set| ("Instruction set", set)));
    pairs.extend(run.threads.map(|threads| ("Threads", threads.to_string())));
    pairs.extend(run.wall_seconds.map(|seconds| ("Seconds", format!("{seconds:.3}"))));
    pairs.extend(run.host.clone().map(|host| ("Machine", host)));
    pairs.extend(run.date.clone().map(|date| ("Date", date)));
    pairs.extend(run.incidents.iter().map(|incident| ("Incident", incident.clone())));
    pairs.push((
        "Program version",
        program::described(&of.program_version, of.program_commit.as_deref(), of.program_date.as_deref()),
    ));
    definitions(&pairs)
}

fn definitions(pairs: &[(&str, String)]) -> Markup {
    html! { dl { @for (name, value) in pairs { dt { (name) } dd { bdi { (harmless(value)) } } } } }
}
