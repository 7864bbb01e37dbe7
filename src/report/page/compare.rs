//! The page of a comparison.

use maud::{Markup, html};

use super::targets::targets;
use super::{Entry, Section, WIDE, figure, figures, provenance, table};
use crate::registry::Figure;
use crate::report::numbers::{error_text, estimate_error, money_size};
use crate::report::pictures;
use crate::result::{
    CompareDocument, ComparisonKey, DifferencePart, Key, Part, ResultDocument, SYSTEM, Statistic, Subject,
};
use crate::text::harmless::short;
use crate::text::numbers::{ANSWER_DIGITS, NOTHING, count, percent, percentage, significant, supported};
use crate::text::units::Unit;

/// The section of a comparison.
pub fn compare_section(document: &CompareDocument, command: &str) -> Section {
    let results: Vec<(&str, &ResultDocument)> =
        document.scenarios.iter().map(|(name, scenario)| (name.as_str(), &scenario.result)).collect();
    let found = [pictures::differences(document), pictures::probability_differences(document)];
    let differences = html! {
        p { "Each scenario minus " b { (short(&document.base, 60)) } ", on the same simulated futures, with 95% intervals from "
            (document.error_source()) ". A difference is significant if Holm's test over all differences rejects zero at the 5% level." }
        @for chart in found.iter().flatten() { (figure(chart, WIDE, true)) }
        @for name in document.differences.keys() { (difference_table(document, name)) }
    };
    let mut parts = vec![
        ("answer", "Summary", answers(&results)),
        ("distributions", "Distributions", distributions(&results)),
        ("differences", "Differences", differences),
        ("changes", "What differs", changes(document)),
    ];
    parts.extend(document.convergence.as_ref().map(|of| ("convergence", "Convergence", targets(of))));
    parts.extend(document.scenarios.values().next().map(|scenario| {
        ("provenance", "Provenance", provenance(&scenario.result.provenance, &scenario.result.run, command))
    }));
    let names: Vec<&str> = document.scenarios.keys().map(String::as_str).collect();
    Section { title: format!("Comparison: {}", names.join(", ")), lead: String::new(), parts }
}

/// The section of separate runs: their results side by side, without errors of differences.
pub fn runs_section(runs: &[&ResultDocument]) -> Section {
    let names: Vec<String> = runs.iter().enumerate().map(|(place, run)| run_name(place, run)).collect();
    let results: Vec<(&str, &ResultDocument)> = names.iter().map(String::as_str).zip(runs.iter().copied()).collect();
    let parts =
        vec![("runs", "Summary", answers(&results)), ("runs-distributions", "Distributions", distributions(&results))];
    let lead = "Separate runs side by side. `overhang compare` gives differences with standard errors.".to_owned();
    Section { title: format!("{} runs", runs.len()), lead, parts }
}

/// A run by its place, its scenario and variant.
fn run_name(place: usize, run: &ResultDocument) -> String {
    let variant = run.provenance.variant.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
    format!("{}: {}{variant}", place + 1, run.provenance.scenario)
}

fn distributions(results: &[(&str, &ResultDocument)]) -> Markup {
    let shown = [Figure::CommitmentCost, Figure::ComputeCost, Figure::StrandedCost, Figure::NetValue];
    let charts: Vec<_> = shown.into_iter().filter_map(|figure| pictures::overlaid(results, SYSTEM, figure)).collect();
    figures(&charts)
}

fn answers(results: &[(&str, &ResultDocument)]) -> Markup {
    let level = results
        .first()
        .and_then(|(_, result)| result.of_system(Figure::CommitmentCost)?.shortfall.keys().last().copied());
    let headings = vec![
        "scenario".into(),
        "unit".into(),
        "total commitment cost".into(),
        "± se".into(),
        level.map_or_else(
            || "expected shortfall".into(),
            |level| format!("expected shortfall {}", percentage(level.share())),
        ),
        "bubble-risk probability, %".into(),
        "95% interval".into(),
    ];
    let size = money_size(results.iter().map(|(_, result)| *result));
    let rows: Vec<Vec<Entry>> = results
        .iter()
        .filter_map(|(name, result)| {
            let cost = result.of_system(Figure::CommitmentCost)?;
            let (factor, label) = result.provenance.labels().scaled(Unit::Money, size);
            let by = |x: Option<f64>| x.map(|x| x / factor);
            let shortfall = level.and_then(|level| cost.shortfall.get(&level)).copied().unwrap_or_default();
            let at = |subject, statistic| ComparisonKey::Result {
                scenario: (*name).to_owned(),
                key: Key::new(subject, statistic),
            };
            let bubble = result.system_bubble();
            let text = bubble.and_then(|found| percent(found.probability, found.low, found.high));
            Some(vec![
                Entry::text(*name),
                Entry::text(label),
                Entry::placed(
                    supported(by(cost.mean), by(cost.se), ANSWER_DIGITS),
                    cost.mean,
                    at(Subject::system(Figure::CommitmentCost), Statistic::Mean),
                ),
                Entry::number(error_text(by(cost.se)), cost.se),
                Entry::number(
                    supported(by(shortfall.value), by(estimate_error(&shortfall)), ANSWER_DIGITS),
                    shortfall.value,
                ),
                Entry::placed(
                    text.as_ref().map_or_else(|| NOTHING.into(), |(value, ..)| value.clone()),
                    bubble.and_then(|found| found.probability),
                    at(Subject::system_bubble(), Statistic::Probability(Part::Value)),
                ),
                Entry::text(text.map_or_else(String::new, |(_, low, high)| format!("[{low}, {high}]"))),
            ])
        })
        .collect();
    table("Scenarios", &headings, &rows, true)
}

/// All differences of one scenario from the base.
fn difference_table(document: &CompareDocument, name: &str) -> Markup {
    let Some(labels) = document.scenarios.values().next().map(|scenario| scenario.result.provenance.labels()) else {
        return html! {};
    };
    let size = money_size(document.scenarios.values().map(|scenario| &scenario.result));
    let headings =
        ["statistic", "unit", "difference", "95% interval", "significant", "variance reduction"].map(String::from);
    let rows: Vec<Vec<Entry>> = document.differences[name]
        .iter()
        .filter(|(_, placed)| placed.difference.value.is_some_and(|value| value != 0.0))
        .map(|(key, placed)| {
            let found = &placed.difference;
            let (factor, label) = labels.scaled(key.unit(), size);
            let at =
                ComparisonKey::Difference { scenario: name.to_owned(), key: key.clone(), part: DifferencePart::Value };
            let by = |x: Option<f64>| x.map(|x| x / factor);
            let bound = |x: Option<f64>| by(x).map_or_else(|| NOTHING.into(), |x| significant(x, 4));
            vec![
                Entry::text(key.to_string()),
                Entry::text(label),
                Entry::placed(supported(by(found.value), by(found.se), ANSWER_DIGITS), found.value, at),
                Entry::text(format!("[{}, {}]", bound(found.low), bound(found.high))),
                Entry::text(if found.significant { "yes" } else { "no" }),
                Entry::number(
                    found.variance_reduction.map_or_else(|| NOTHING.into(), |times| significant(times, 3)),
                    found.variance_reduction,
                ),
            ]
        })
        .collect();
    let caption =
        format!("{}: {} differences from {}", short(name, 60), count(rows.len() as u64), short(&document.base, 60));
    html! { details open[document.differences.len() == 1] { summary { (caption) } (table(&caption, &headings, &rows, true)) } }
}

fn changes(document: &CompareDocument) -> Markup {
    let base = format!("in {}", short(&document.base, 60));
    let headings =
        ["scenario".into(), "file".into(), "key".into(), base, "in this scenario".into(), "follows from".into()];
    let rows: Vec<Vec<Entry>> = document
        .scenarios
        .iter()
        .filter(|(name, _)| **name != document.base)
        .flat_map(|(name, scenario)| {
            let row = |place: &str, base: &str, value: &str, follows: &str| {
                [name.as_str(), scenario.file.as_str(), place, base, value, follows].map(Entry::text).to_vec()
            };
            let changed = scenario.differs.iter().map(|change| {
                let text = |value: &Option<String>, nothing: &str| value.clone().unwrap_or_else(|| nothing.to_owned());
                let follows = if change.follows { "another key" } else { "" };
                row(&change.place, &text(&change.base, NOTHING), &text(&change.value, "removed"), follows)
            });
            let changed: Vec<Vec<Entry>> = changed.collect();
            if changed.is_empty() { vec![row("no differences", "", "", "")] } else { changed }
        })
        .collect();
    table("What differs", &headings, &rows, false)
}
