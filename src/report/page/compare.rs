//! The page of a comparison.

use indexmap::IndexMap;
use maud::{Markup, html};

use super::glossary::term;
use super::targets::targets;
use super::{Entry, Section, WIDE, figure, figures, large_figure, provenance, sentences, table};
use crate::registry::Figure;
use crate::report::chart::Chart;
use crate::report::differences::{difference_sentences, main_differences, title};
use crate::report::numbers::{estimate_error, money_size};
use crate::report::pictures;
use crate::result::profile::ProfileDocument;
use crate::result::{
    CompareDocument, ComparisonKey, DifferencePart, Key, Part, ResultDocument, SYSTEM, Statistic, Subject,
};
use crate::text::harmless::short;
use crate::text::numbers::{ANSWER_DIGITS, NOTHING, TABLE_DIGITS, count, percent, percentage, significant, supported};
use crate::text::units::Unit;

/// Keys that a page shows without being asked.
const MOST_KEYS: usize = 12;

/// Scenarios and quantities whose fans stand beside each other.
const MOST_FANS: usize = 4;
const MOST_QUANTITIES: usize = 10;

/// The section of a comparison; with fan charts, if the scenarios' first paths over time are there, by their names.
pub fn compare_section(document: &CompareDocument, profiles: &[(String, ProfileDocument)], command: &str) -> Section {
    let results: Vec<(String, &ResultDocument)> =
        document.scenarios.iter().map(|(name, scenario)| (title(document, name), &scenario.result)).collect();
    let keys: Vec<&str> = document.scenarios.keys().map(String::as_str).collect();
    let base = title(document, &document.base);
    let answer = html! {
        (sentences(&difference_sentences(document)))
        (answers(&results, &keys))
        p.note { "Changes are from " b { (base) } ", on the same simulated futures (" (term("crn", "common random numbers")) "), with 95% "
            (term("interval", "intervals")) " from " (document.error_source()) "." }
        (main_table(document))
    };
    let mut parts = vec![("answer", "Summary", answer), ("changes", "What differs", changes(document))];
    parts.extend(
        pictures::compared_bubbles(&results).map(|chart| ("bubble", "Bubble risk over time", large_figure(&chart))),
    );
    parts.extend(fans(document, profiles).map(|fans| ("over-time", "Prices, use, returns and cash over time", fans)));
    parts.extend([
        ("distributions", "Distributions", distributions(&results)),
        ("differences", "All differences", differences(document)),
    ]);
    parts.extend(document.convergence.as_ref().map(|of| ("convergence", "Convergence", targets(of))));
    parts.extend(document.scenarios.values().next().map(|scenario| {
        ("provenance", "Provenance", provenance(&scenario.result.provenance, &scenario.result.run, command))
    }));
    let names: Vec<String> = results.iter().map(|(name, _)| name.clone()).collect();
    Section { title: format!("Comparison: {}", names.join(", ")), lead: String::new(), parts }
}

/// The main differences, with what their test says in words.
fn main_table(document: &CompareDocument) -> Markup {
    let rows = document.differences.keys().flat_map(|name| {
        let scenario = title(document, name);
        main_differences(document, name).into_iter().map(move |of| {
            let sign = match of.found.value {
                Some(by) if by < 0.0 => "-",
                Some(by) if by > 0.0 => "+",
                _ => "",
            };
            let at =
                ComparisonKey::Difference { scenario: name.clone(), key: of.key.clone(), part: DifferencePart::Value };
            vec![
                Entry::text(scenario.clone()),
                Entry::text(of.what.trim_start_matches("the ")),
                Entry::placed(format!("{sign}{}", of.size), of.found.value, at),
                Entry::text(of.value.clone()),
                Entry::text(of.significance()),
            ]
        })
    });
    let rows: Vec<Vec<Entry>> = rows.collect();
    let headings = ["scenario", "figure", "change", "to", "test"].map(String::from);
    html! { @if !rows.is_empty() { (table("Main differences", &headings, &rows, false)) } }
}

/// The fans of each quantity, scenario by scenario on one scale; `None` without any.
fn fans(document: &CompareDocument, profiles: &[(String, ProfileDocument)]) -> Option<Markup> {
    let shown: Vec<_> = profiles.iter().take(MOST_FANS).collect();
    let (_, first) = shown.first()?;
    let of_quantity = |name: &String| {
        let drawn = shown.iter().filter_map(|(scenario, profile)| {
            let result = &document.scenarios.get(scenario)?.result;
            Some((scenario, pictures::fan(result, profile, profile.quantities.get(name)?)))
        });
        let drawn: Vec<(&String, Chart)> = drawn.collect();
        // the label has the unit, which may be another for much larger amounts
        let alike = drawn.windows(2).all(|pair| pair[0].1.title == pair[1].1.title);
        let titled = drawn.into_iter().map(|(scenario, mut chart)| {
            chart.title = format!("{}: {}", chart.title, title(document, scenario));
            chart
        });
        let mut charts: Vec<Chart> = titled.collect();
        let ends = charts.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), chart| {
            (low.min(chart.y.low), high.max(chart.y.high))
        });
        charts.iter_mut().filter(|_| alike).for_each(|chart| (chart.y.low, chart.y.high) = ends);
        charts
    };
    let left_out = profiles.len() - shown.len();
    Some(html! {
        p { "Medians, quartiles and 5–95% bands over the first " (count(first.paths)) " paths, on one scale for each quantity."
            @if left_out > 0 { " The last " (left_out) " scenarios are left out." } }
        @for name in first.quantities.keys().take(MOST_QUANTITIES) { (figures(&of_quantity(name))) }
    })
}

/// Charts of differences, and all of them as tables, folded.
fn differences(document: &CompareDocument) -> Markup {
    let found = [pictures::differences(document), pictures::probability_differences(document)];
    html! {
        p { "A difference is " (term("significant", "significant")) " if Holm's test over all differences rejects zero at the 5% level." }
        @for chart in found.iter().flatten() { (figure(chart, WIDE, true)) }
        @for name in document.differences.keys() { (difference_tables(document, name)) }
    }
}

/// The section of separate runs: their results side by side, without errors of differences.
pub fn runs_section(runs: &[&ResultDocument]) -> Section {
    let names: Vec<String> = runs.iter().enumerate().map(|(place, run)| run_name(place, run)).collect();
    let keys: Vec<&str> = names.iter().map(String::as_str).collect();
    let results: Vec<(String, &ResultDocument)> = names.iter().cloned().zip(runs.iter().copied()).collect();
    let mut parts = vec![("runs", "Summary", answers(&results, &keys))];
    parts.extend(
        pictures::compared_bubbles(&results)
            .map(|chart| ("runs-bubble", "Bubble risk over time", large_figure(&chart))),
    );
    parts.push(("runs-distributions", "Distributions", distributions(&results)));
    let lead = "Separate runs side by side. `overhang compare` gives differences with standard errors.".to_owned();
    Section { title: format!("{} runs", runs.len()), lead, parts }
}

/// A run by its place, its scenario and variant.
fn run_name(place: usize, run: &ResultDocument) -> String {
    let variant = run.provenance.variant.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
    format!("{}: {}{variant}", place + 1, run.provenance.scenario)
}

fn distributions(results: &[(String, &ResultDocument)]) -> Markup {
    let results: Vec<(&str, &ResultDocument)> = results.iter().map(|(name, result)| (name.as_str(), *result)).collect();
    let shown = [Figure::CommitmentCost, Figure::ComputeCost, Figure::StrandedCost, Figure::NetValue];
    let charts: Vec<_> = shown.into_iter().filter_map(|figure| pictures::overlaid(&results, SYSTEM, figure)).collect();
    figures(&charts)
}

/// The main figures of each result, named as `names` and in the document as `keys`.
fn answers(results: &[(String, &ResultDocument)], keys: &[&str]) -> Markup {
    let size = money_size(results.iter().map(|(_, result)| *result));
    let Some((_, first)) = results.first() else { return html! {} };
    let level = first.of_system(Figure::CommitmentCost).and_then(|cost| cost.shortfall.keys().last().copied());
    let unit = first.provenance.labels().scaled(Unit::Money, size).1;
    let money = |name: &str| format!("{name}, {unit}");
    let mut headings = ["scenario", "bubble risk, %", "95% interval"].map(String::from).to_vec();
    headings.extend(["net value", "total commitment cost"].map(money));
    headings.extend(level.map(|level| money(&format!("expected shortfall {}", percentage(level.share())))));
    headings.push(money("stranded cost"));
    let rows = results.iter().zip(keys).map(|((name, result), key)| {
        let factor = result.provenance.labels().scaled(Unit::Money, size).0;
        let at = |subject, statistic| ComparisonKey::Result {
            scenario: (*key).to_owned(),
            key: Key::new(subject, statistic),
        };
        let number = |value: Option<f64>, error: Option<f64>, figure, statistic| {
            let shown = supported(value.map(|x| x / factor), error.map(|x| x / factor), TABLE_DIGITS);
            Entry::placed(shown, value, at(Subject::system(figure), statistic))
        };
        let mean = |figure| {
            let found = result.of_system(figure);
            number(found.and_then(|of| of.mean), found.and_then(|of| of.se), figure, Statistic::Mean)
        };
        let bubble = result.system_bubble();
        let text = bubble.and_then(|found| percent(found.probability, found.low, found.high));
        let mut row = vec![
            Entry::text(name.clone()),
            Entry::placed(
                text.as_ref().map_or_else(|| NOTHING.into(), |(value, ..)| value.clone()),
                bubble.and_then(|found| found.probability),
                at(Subject::system_bubble(), Statistic::Probability(Part::Value)),
            ),
            Entry::text(text.map_or_else(String::new, |(_, low, high)| format!("[{low}, {high}]"))),
            mean(Figure::NetValue),
            mean(Figure::CommitmentCost),
        ];
        row.extend(level.map(|level| {
            let found = result.of_system(Figure::CommitmentCost).and_then(|cost| cost.shortfall.get(&level)).copied();
            let found = found.unwrap_or_default();
            number(
                found.value,
                estimate_error(&found),
                Figure::CommitmentCost,
                Statistic::Shortfall(level, Part::Value),
            )
        }));
        row.push(mean(Figure::StrandedCost));
        row
    });
    let rows: Vec<Vec<Entry>> = rows.collect();
    html! {
        (table(&format!("Main figures, means in {unit} of present value"), &headings, &rows, true))
        p.note { "Money is in " (unit) " of " (term("present-value", "present value")) "." }
    }
}

/// What a difference is of, for a table of its own.
fn group(key: &Key) -> String {
    match &key.subject {
        Subject::Figure { owner, .. } if owner == SYSTEM => "All organizations together".to_owned(),
        Subject::Figure { owner, .. } => format!("Figures of {}", short(owner, 40)),
        Subject::Contract { .. } => "Contracts".to_owned(),
        Subject::Vendor { .. } | Subject::Loss { .. } => "Vendors".to_owned(),
        Subject::Bubble { .. }
        | Subject::Event { .. }
        | Subject::Tranche { .. }
        | Subject::Failure { .. }
        | Subject::Workout { .. } => "Probabilities and times".to_owned(),
    }
}

/// All differences of one scenario from the base, by what they are of.
fn difference_tables(document: &CompareDocument, name: &str) -> Markup {
    let Some(labels) = document.scenarios.values().next().map(|scenario| scenario.result.provenance.labels()) else {
        return html! {};
    };
    let size = money_size(document.scenarios.values().map(|scenario| &scenario.result));
    let headings =
        ["statistic", "unit", "difference", "95% interval", "significant", "variance reduction"].map(String::from);
    let mut groups: IndexMap<String, Vec<Vec<Entry>>> = IndexMap::new();
    for (key, placed) in &document.differences[name] {
        let found = &placed.difference;
        if found.value.is_none_or(|value| value == 0.0) {
            continue;
        }
        let (factor, label) = labels.scaled(key.unit(), size);
        let at = ComparisonKey::Difference { scenario: name.to_owned(), key: key.clone(), part: DifferencePart::Value };
        let by = |x: Option<f64>| x.map(|x| x / factor);
        let bound = |x: Option<f64>| by(x).map_or_else(|| NOTHING.into(), |x| significant(x, 4));
        let reduction = found.variance_reduction;
        groups.entry(group(key)).or_default().push(vec![
            Entry::text(key.to_string()),
            Entry::text(label),
            Entry::placed(supported(by(found.value), by(found.se), ANSWER_DIGITS), found.value, at),
            Entry::text(format!("[{}, {}]", bound(found.low), bound(found.high))),
            Entry::text(if found.significant { "yes" } else { "no" }),
            Entry::number(reduction.map_or_else(|| NOTHING.into(), |times| significant(times, 3)), reduction),
        ]);
    }
    let title = title(document, name);
    html! {
        @for (group, rows) in &groups {
            @let caption = format!("{title}: {group}, {} differences", count(rows.len() as u64));
            details { summary { (caption) } (table(&caption, &headings, rows, true)) }
        }
    }
}

/// The keys that differ from the base, and folded under them what follows from those.
fn changes(document: &CompareDocument) -> Markup {
    let base = format!("in {}", title(document, &document.base));
    let others = || document.scenarios.iter().filter(|(name, _)| **name != document.base);
    let several = others().nth(1).is_some();
    let mut headings = vec!["key".to_owned(), base, "in this scenario".to_owned()];
    if several {
        headings.insert(0, "scenario".to_owned());
    }
    let rows = |follows: bool| -> Vec<Vec<Entry>> {
        let of = others().flat_map(|(name, scenario)| {
            let changed = scenario.differs.iter().filter(move |change| change.follows == follows);
            changed.map(move |change| {
                let text = |value: &Option<String>, nothing: &str| value.clone().unwrap_or_else(|| nothing.to_owned());
                let values = [text(&change.base, NOTHING), text(&change.value, "removed")];
                let scenario = several.then(|| title(document, name));
                scenario.into_iter().chain([change.place.clone()]).chain(values).map(Entry::text).collect()
            })
        });
        of.collect()
    };
    let (own, follows) = (rows(false), rows(true));
    html! {
        p { @for (place, (name, scenario)) in others().enumerate() { @if place > 0 { " " }
            bdi { (title(document, name)) } " is " code { (short(name, 60)) } " of " code { (short(&scenario.file, 80)) } "." } }
        @if own.is_empty() { p { "No key of the files differs." } } @else {
            details open[own.len() <= MOST_KEYS] { summary { "Keys that differ (" (count(own.len() as u64)) ")" }
                (table("Keys that differ", &headings, &own, false)) }
        }
        @if !follows.is_empty() {
            details { summary { "What follows from them (" (count(follows.len() as u64)) " values)" }
                (table("Values that follow", &headings, &follows, false)) }
        }
    }
}
