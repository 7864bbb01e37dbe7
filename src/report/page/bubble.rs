//! When bubbles burst and events happen, with their conditions in words.

use maud::{Markup, html};

use super::{Entry, figures, table};
use crate::report::pictures;
use crate::result::{Key, Occurrence, Part, ResultDocument, Statistic, Subject};
use crate::scenario::{Event, Scenario};
use crate::text::harmless::short;
use crate::text::numbers::{NOTHING, percent};
use crate::text::titles::{Named, Titles};
use crate::text::words::duration;

/// Characters of a name.
const NAME: usize = 100;
/// Characters of a list of names.
const LIST: usize = 300;

/// Charts over time, and a table of what happens by the horizon.
pub fn bubbles(document: &ResultDocument, scenario: &Scenario) -> Markup {
    let titles = &Titles::of(scenario);
    let charts: Vec<_> = pictures::bubbles(document, titles)
        .into_iter()
        .chain(document.events.keys().filter_map(|organization| pictures::events(document, organization, titles)))
        .chain(pictures::others(document, titles))
        .collect();
    let rows = rows(document, scenario, titles);
    let headings = ["event", "when it happens", "probability, %", "95% interval", "mean time if it happens, years"]
        .map(String::from);
    html! {
        @if rows.is_empty() { p { "This scenario defines no events." } }
        (figures(&charts))
        @if let Some(kinks) = kinks(scenario) { p { (kinks) } }
        @if !rows.is_empty() { (table("Probabilities by the horizon", &headings, &rows, true)) }
    }
}

/// Why curves turn where they do: conditions that do not count before a date, or must hold for some time.
fn kinks(scenario: &Scenario) -> Option<String> {
    let of = |applies: fn(&Event) -> bool| {
        let named = scenario.events.iter().filter(|event| applies(event));
        let named = named.map(|event| format!("“{}”", event.label.as_deref().unwrap_or(&event.name).trim()));
        let named: Vec<String> = named.collect();
        (!named.is_empty()).then(|| short(&named.join(", "), LIST))
    };
    let late = of(|event| event.after > 0.0).map(|names| {
        format!(
            "A curve starts late, sometimes with a jump, if its condition does not count in the first years: {names}."
        )
    });
    let long = of(|event| event.duration > 0.0)
        .map(|names| format!("A condition that must last for some time is met at the end of that time: {names}."));
    let all: Vec<String> = [late, long].into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join(" "))
}

fn rows(document: &ResultDocument, scenario: &Scenario, titles: &Titles) -> Vec<Vec<Entry>> {
    let several = document.figures.len() > 2;
    let of = |name: String, owner: &str| {
        if several { format!("{name} ({})", titles.get(Named::Organization, owner)) } else { name }
    };
    let bubbles = pictures::owners(document).into_iter().filter_map(|name| {
        let subject = Subject::Bubble { owner: name.to_owned() };
        let title = format!("Bubble of {}", titles.get(Named::Organization, name));
        Some(row(title, "", document.bubble.get(name)?, subject))
    });
    let events = document.events.iter().flat_map(|(owner, events)| {
        events.iter().map(move |(name, event)| {
            let condition = scenario.events.iter().find(|of| of.name == *name).map(|event| scenario.event_words(event));
            let subject = Subject::Event { organization: owner.clone(), event: name.clone() };
            let title = of(titles.get(Named::Event, name).to_owned(), owner);
            row(title, &condition.unwrap_or_default(), event, subject)
        })
    });
    let tranches = document.tranches.iter().map(|(name, payment)| {
        let title = format!("{} paid", titles.get(Named::Tranche, name));
        row(title, "", payment, Subject::Tranche { name: name.clone() })
    });
    let failures = document.failures.iter().map(|(vendor, found)| {
        let title = format!("{} fails", titles.get(Named::Vendor, vendor));
        row(title, "", found, Subject::Failure { vendor: vendor.clone() })
    });
    let workouts = document.workouts.iter().map(|(owner, found)| {
        let title = format!("Workout of {}", titles.get(Named::Organization, owner));
        row(title, "", found, Subject::Workout { organization: owner.clone() })
    });
    bubbles.chain(events).chain(tranches).chain(failures).chain(workouts).collect()
}

fn row(name: String, condition: &str, found: &Occurrence, subject: Subject) -> Vec<Entry> {
    let shown = percent(found.probability, found.low, found.high);
    let (value, interval) = shown
        .map_or_else(|| (NOTHING.to_owned(), String::new()), |(value, low, high)| (value, format!("[{low}, {high}]")));
    let time = found.time.mean.map_or_else(|| NOTHING.to_owned(), duration);
    vec![
        Entry::text(short(&name, NAME)),
        Entry::text(condition),
        Entry::placed(value, found.probability, Key::new(subject.clone(), Statistic::Probability(Part::Value))),
        Entry::text(interval),
        Entry::placed(time, found.time.mean, Key::new(subject, Statistic::TimeMean)),
    ]
}
