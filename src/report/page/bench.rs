//! The page of a benchmark.

use maud::html;

use super::{Entry, Section, WIDE, definitions, figure, sentences, table};
use crate::report::bench::bench_sentences;
use crate::report::pictures;
use crate::result::{BenchDocument, program};
use crate::text::numbers::{count, significant};

/// The section of a benchmark.
pub fn bench_section(document: &BenchDocument) -> Section {
    let headings = [
        "engine",
        "paths",
        "ns per path and period",
        "median, s",
        "cold, s",
        "differing paths, %",
        "mean to 0.1%, s",
        "ES 99% to 0.1%, s",
    ]
    .map(String::from);
    let number = |x: f64| Entry::number(significant(x, 4), Some(x));
    let maybe = |x: Option<f64>| x.map_or_else(|| Entry::text("–"), number);
    let rows: Vec<Vec<Entry>> = document
        .contenders
        .iter()
        .filter(|contender| !contender.seconds.is_empty())
        .map(|contender| {
            let median = contender.warm().median;
            let steps = contender.paths as f64 * f64::from(document.periods);
            vec![
                Entry::text(&contender.name),
                Entry::number(count(contender.paths), Some(contender.paths as f64)),
                number(1e9 * median / steps),
                number(median),
                number(contender.cold_seconds),
                number(100.0 * contender.different),
                maybe(contender.seconds_to_mean),
                maybe(contender.seconds_to_shortfall),
            ]
        })
        .collect();
    let speed = html! {
        (sentences(&bench_sentences(document)))
        p { "Medians of " (document.rounds) " interleaved warm runs, with the range over the runs. Lower is faster. Before timing, all engines agreed on "
            (count(document.compared_paths)) " paths." }
        @if let Some(chart) = pictures::speeds(document) { (figure(&chart, WIDE, true)) }
        (table("Engines", &headings, &rows, true))
    };
    let pairs = [
        ("Scenario hash (BLAKE3)", document.scenario_hash.clone()),
        ("Seed", document.seed.to_string()),
        (
            "System",
            format!(
                "{}, {}, {} threads",
                document.machine.system, document.machine.architecture, document.machine.threads
            ),
        ),
        (
            "Program version",
            program::described(
                &document.program_version,
                document.program_commit.as_deref(),
                document.program_date.as_deref(),
            ),
        ),
    ];
    Section {
        title: format!("Speed: {}", document.scenario),
        lead: String::new(),
        parts: vec![
            ("speed", "Speed by engine and number of paths", speed),
            ("provenance", "Provenance", definitions(&pairs)),
        ],
    }
}
