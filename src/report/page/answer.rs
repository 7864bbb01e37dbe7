//! The top of a run's page: the answer in two sentences, what the bubble is, the main figures, who bears the loss, and what the
//! model leaves out.

use indexmap::IndexMap;
use maud::{Markup, html};

use super::glossary::term;
use super::sentences;
use crate::measure::Estimate;
use crate::registry::Figure;
use crate::report::answer::{amount, answer_sentences, horizon, open_range, range_of};
use crate::result::{
    self, Key, Level, LossFigure, Occurrence, Part, ResultDocument, SensitivityDocument, Statistic, Subject,
};
use crate::scenario::Scenario;
use crate::text::harmless::{harmless, short};
use crate::text::numbers::{count, percentage};
use crate::text::titles::{Named, Titles};
use crate::text::words::{chance, month, range_decimals};

/// Characters of a name.
const NAME: usize = 60;

/// What the model leaves out that a decision may depend on (docs/limits.md).
const LEFT_OUT: [(&str, &str); 5] = [
    (
        "Later decisions",
        "nobody signs new contracts, renegotiates or defaults for a strategic reason; rights follow the rule in the file",
    ),
    ("Creditors", "cash is one balance without bonds, loans, covenants, collateral or seniority"),
    (
        "Price feedback",
        "an organization that gives up or buys capacity does not move prices; only a crisis in the file does",
    ),
    ("Accounting", "no taxes, depreciation or exchange rates: only cash flows count"),
    (
        "Learning",
        "uncertain inputs are drawn once for each simulated future, and nobody learns about them as it unfolds",
    ),
];

/// What the summary is made of.
pub struct Summary<'a> {
    pub document: &'a ResultDocument,
    /// Without it, the definition of the bubble and the box of what is left out are missing.
    pub scenario: Option<&'a Scenario>,
    pub drivers: Option<&'a SensitivityDocument>,
}

/// The summary.
pub fn summary(of: &Summary) -> Markup {
    let document = of.document;
    let titles = of.scenario.map(Titles::of).unwrap_or_default();
    html! {
        (sentences(&answer_sentences(document, of.drivers, &titles)))
        @if document.of_system(Figure::CommitmentCost).is_none() { p { "This scenario has no commitment cost." } }
        (cards(document))
        @if let Some(first) = document.invalid_paths.first {
            @let are = if document.invalid_paths.count == 1 { "path is" } else { "paths are" };
            p { b { "Warning: " } (count(document.invalid_paths.count)) " invalid " (are) " excluded from all results; the first is path " (first) "." }
        }
        @if let Some(words) = of.scenario.and_then(Scenario::bubble_words) {
            p { b { "The bubble" } " of this file: " bdi { (harmless(&words)) } }
        }
        @if let Some(bearer) = bearer(document, &titles) { p { b { "Who bears the loss" } ": " bdi { (bearer) } } }
        p.note { "Costs are " (term("present-value", "present values")) " over " (horizon(&document.provenance))
            ". “90% of futures” leaves out the lowest and the highest 5%. Brackets are " (percentage(document.provenance.confidence)) " "
            (term("interval", "confidence intervals")) " of the simulation." }
        @if of.scenario.is_some() {
            details.left-out { summary { "Not in the model" }
                ul { @for (name, what) in LEFT_OUT { li { b { (name) } ": " (what) "." } } } }
        }
    }
}

/// A main figure: what it is called, its number as the page shows it and as the document has it, and what is known of it.
struct Card {
    name: Markup,
    value: String,
    exact: Option<f64>,
    key: Key,
    known: String,
}

/// The bubble, net value, cost and what of it is stranded, and cash, each if there is one.
fn cards(document: &ResultDocument) -> Markup {
    let mut cards: Vec<Card> = bubble_card(document).into_iter().collect();
    let figures = [
        (Figure::NetValue, "net-value", "Net value, mean"),
        (Figure::CommitmentCost, "commitment-cost", "Total commitment cost, mean"),
        (Figure::StrandedCost, "stranded-cost", "Stranded cost, mean"),
        (Figure::FinalCash, "final-cash", "Cash at the horizon, mean"),
    ];
    let mean = |(figure, id, name)| mean_card(document, figure, term(id, name));
    cards.extend(figures.into_iter().filter_map(mean));
    cards.extend(shortfall_card(document));
    html! {
        dl.answer { @for Card { name, value, exact, key, known } in cards {
            div { dt { (name) } dd {
                @if let Some(exact) = exact { data value=(exact) data-place=(key) { (value) } } @else { (value) }
                small { (known) }
            } }
        } }
    }
}

fn bubble_card(document: &ResultDocument) -> Option<Card> {
    let found = document.system_bubble()?;
    let probability = found.probability?;
    let range = open_range(document).map(|[low, high]| format!("{low} to {high} with other plausible inputs"));
    let by = month(&document.provenance.date(document.provenance.periods));
    Some(Card {
        name: html! { (term("bubble", "Bubble-risk probability")) " by " (by) },
        value: chance(probability),
        exact: found.probability,
        key: Key::system_bubble(),
        known: range.unwrap_or_else(|| sampled(found)),
    })
}

/// The interval of a probability.
fn sampled(found: &Occurrence) -> String {
    let ends = found.low.zip(found.high);
    let percent = |low: f64, high: f64| {
        let decimals = range_decimals(100.0 * low, 100.0 * high).min(2) as usize;
        format!("95% interval {:.decimals$}% to {:.decimals$}%", 100.0 * low, 100.0 * high)
    };
    ends.filter(|(low, high)| low < high).map(|(low, high)| percent(low, high)).unwrap_or_default()
}

fn mean_card(document: &ResultDocument, figure: Figure, name: Markup) -> Option<Card> {
    let found = document.of_system(figure)?;
    let (decimals, range) = range_of(document, figure, found);
    Some(Card {
        name,
        value: amount(document, figure, found.mean?, decimals),
        exact: found.mean,
        key: Key::new(Subject::system(figure), Statistic::Mean),
        known: range.map_or_else(|| certain(found), |[low, high]| format!("90% of futures: {low} to {high}")),
    })
}

fn certain(figure: &result::Figure) -> String {
    if figure.sd == Some(0.0) { "the same on every path".to_owned() } else { String::new() }
}

/// The mean of the costliest futures.
fn shortfall_card(document: &ResultDocument) -> Option<Card> {
    let cost = document.of_system(Figure::CommitmentCost)?;
    let (&level, estimate): (&Level, &Estimate) = cost.shortfall.first()?;
    let (decimals, _) = range_of(document, Figure::CommitmentCost, cost);
    Some(Card {
        name: html! { (term("expected-shortfall", &format!("Expected shortfall {}", percentage(level.share())))) " of commitment cost" },
        value: amount(document, Figure::CommitmentCost, estimate.value?, decimals),
        exact: estimate.value,
        key: Key::new(Subject::system(Figure::CommitmentCost), Statistic::Shortfall(level, Part::Value)),
        known: format!("the mean of the costliest {} of futures", percentage(1.0 - level.share())),
    })
}

/// The vendor with the largest mean loss, and by whom; `None` if no vendor can lose anything.
fn bearer(document: &ResultDocument, titles: &Titles) -> Option<String> {
    let mean = |loss: &LossFigure| loss.loss.mean.unwrap_or(0.0);
    let total = |losses: &IndexMap<String, LossFigure>| losses.values().map(mean).sum::<f64>();
    let (vendor, losses) = document.losses.iter().max_by(|a, b| total(a.1).total_cmp(&total(b.1)))?;
    let (organization, largest) = losses.iter().max_by(|a, b| mean(a.1).total_cmp(&mean(b.1)))?;
    let sum = total(losses);
    let written = |x: f64| amount(document, Figure::Loss, x, None);
    let given = largest.given_bubble.and_then(|given| given.mean);
    let given = given.map(|x| format!(", or {} in the futures in which the bubble bursts", written(x)));
    (sum > 0.0).then(|| {
        format!(
            "of the vendors, {} loses most, {} on average; {} of that by {}{}.",
            short(titles.get(Named::Vendor, vendor), NAME),
            written(sum),
            written(mean(largest)),
            short(titles.get(Named::Organization, organization), NAME),
            given.unwrap_or_default()
        )
    })
}

/// The sentences and main figures of a result alone.
pub fn brief(document: &ResultDocument) -> Markup {
    summary(&Summary { document, scenario: None, drivers: None })
}
