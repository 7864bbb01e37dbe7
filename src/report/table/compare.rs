//! A comparison as tables: what was compared, then the differences of each scenario from the first.

use super::changes::{NOTE, changes, has_note};
use super::layout::{Align, Column, grid, paragraphs};
use super::page::Page;
use super::run;
use super::targets::targets;
use crate::measure::{CONFIDENCE, Difference};
use crate::registry;
use crate::report::differences::difference_sentences;
use crate::report::numbers::{error_text, figure_name, money_size};
use crate::result::{CompareDocument, ComparedScenario, Figure, Key, Part, SYSTEM, Statistic, Subject};
use crate::text::harmless::harmless;
use crate::text::numbers::{NOTHING, TABLE_DIGITS, count, percentage, significant, supported};

/// Where common random numbers divide the variance by more, the paths differ by rounding alone.
const ONLY_ROUNDING: f64 = 1e6;

/// The tables of a comparison, for a terminal `width` characters wide.
pub fn compare_table(document: &CompareDocument, width: u16) -> String {
    let Some((_, base)) = document.scenarios.first() else { return String::new() };
    let page = Page { document: &base.result, width };
    let sentences = paragraphs(&difference_sentences(document), width);
    let mut parts = vec![run::heading(&page), sentences, compared(document, width)];
    for name in document.differences.keys() {
        for owner in owners(&page) {
            parts.push(figures(&page, document, name, owner));
        }
        parts.push(vendors(&page, document, name));
        parts.push(losses(&page, document, name));
        parts.push(probabilities(&page, document, name));
    }
    parts.push(targets(document.convergence.as_ref(), width));
    parts.push(notes(&page, document));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n") + "\n"
}

/// Whose figures are shown.
fn owners<'p>(page: &'p Page) -> Vec<&'p str> {
    page.shown(&page.document.figures).into_iter().map(|(name, _)| name).collect()
}

/// Names and files, and what differs from the base.
fn compared(document: &CompareDocument, width: u16) -> String {
    let described = |(name, scenario): (&String, &ComparedScenario)| {
        let what = scenario.label.as_ref().unwrap_or(&scenario.file);
        format!(" {}\n   {}", harmless(name), harmless(what))
    };
    let differs =
        |pair: (&String, &ComparedScenario)| format!("{}\n{}", described(pair), changes(&pair.1.differs, width));
    let mut parts: Vec<String> = document.scenarios.first().map(described).into_iter().collect();
    parts.push(format!("\n What differs from {}:", harmless(&document.base)));
    parts.extend(document.scenarios.iter().skip(1).map(differs));
    if has_note(document.scenarios.values().flat_map(|scenario| &scenario.differs)) {
        parts.push(NOTE.to_owned());
    }
    parts.join("\n")
}

/// Means and the last level's shortfalls of an owner's figures.
fn figures(page: &Page, document: &CompareDocument, name: &str, owner: &str) -> String {
    let (base, other) = (&document.scenarios[&document.base].result, &document.scenarios[name].result);
    let (Some(ours), Some(theirs)) = (base.figures.get(owner), other.figures.get(owner)) else {
        return format!(" {owner} is in only one of {} and {name}", document.base);
    };
    let rows = ours.iter().filter_map(|(&figure, ours)| {
        let subject = Subject::Figure { owner: owner.to_owned(), figure };
        Some(Compared { label: figure_name(figure), subject, ours, theirs: theirs.get(&figure)? })
    });
    distributions(page, document, name, owner, &rows.collect::<Vec<_>>())
}

/// What vendors received and lost, where both scenarios describe them.
fn vendors(page: &Page, document: &CompareDocument, name: &str) -> String {
    let (base, other) = (&document.scenarios[&document.base].result, &document.scenarios[name].result);
    let rows = base.vendors.iter().flat_map(|(vendor, ours)| {
        let theirs = other.vendors.get(vendor);
        ours.whole().filter_map(move |(figure, ours)| {
            let theirs = theirs?.whole().find(|(theirs, _)| *theirs == figure)?.1;
            let subject = Subject::Vendor { name: vendor.clone(), figure };
            Some(Compared { label: format!("{vendor}: {}", figure_name(figure)), subject, ours, theirs })
        })
    });
    let rows: Vec<Compared> = rows.collect();
    if rows.is_empty() { String::new() } else { distributions(page, document, name, "vendor", &rows) }
}

/// A figure in the base and in the other scenario.
struct Compared<'d> {
    label: String,
    subject: Subject,
    ours: &'d Figure,
    theirs: &'d Figure,
}

/// Means and the last level's shortfalls of figures of one owner, or of some.
fn distributions(page: &Page, document: &CompareDocument, name: &str, owner: &str, figures: &[Compared]) -> String {
    let size = money_size(document.scenarios.values().map(|scenario| &scenario.result));
    let labels = page.document.provenance.labels();
    let common = figures.first().map_or((1.0, String::new()), |first| labels.scaled(first.subject.unit(), size));
    let level = figures.iter().find_map(|figure| figure.ours.shortfall.keys().last().copied());
    let title = format!("{owner}, {}", common.1);
    let tail = level.map(|level| format!("ES {}", percentage(level.share()))).unwrap_or_default();
    let columns: [Column; 9] = [
        (&title, Align::Left),
        (&document.base, Align::Right),
        (name, Align::Right),
        ("difference", Align::Right),
        ("± se", Align::Beside),
        ("variance", Align::Right),
        (&tail, Align::Right),
        ("difference", Align::Right),
        ("± se", Align::Beside),
    ];
    let rows = figures.iter().filter_map(|Compared { label, subject, ours, theirs }| {
        let own = labels.scaled(subject.unit(), size);
        let label = if own == common { label.clone() } else { format!("{label}, {}", own.1) };
        let difference = |statistic| {
            let key = Key::new(subject.clone(), statistic);
            document.differences[name].get(&key).map(|placed| placed.difference).unwrap_or_default()
        };
        let scaled = |x: Option<f64>| x.map(|x| x / own.0);
        let (mean, level) = (difference(Statistic::Mean), level?);
        let tail = difference(Statistic::Shortfall(level, Part::Value));
        let shortfall = theirs.shortfall.get(&level)?.value;
        let mut row = vec![
            label,
            supported(scaled(ours.mean), scaled(ours.se), TABLE_DIGITS),
            supported(scaled(theirs.mean), scaled(theirs.se), TABLE_DIGITS),
        ];
        row.extend(cells(&mean, own.0));
        row.push(variance(&mean));
        row.push(supported(scaled(shortfall), scaled(tail.se), TABLE_DIGITS));
        row.extend(cells(&tail, own.0));
        Some(row)
    });
    grid(&columns, rows.collect(), page.width)
}

/// Losses of vendors by organization, over all paths and over those on which the bubble bursts.
fn losses(page: &Page, document: &CompareDocument, name: &str) -> String {
    let size = money_size(document.scenarios.values().map(|scenario| &scenario.result));
    let (factor, unit) = page.document.provenance.labels().scaled(registry::Unit::Money.into(), size);
    let title = format!("mean loss, {unit}");
    let columns: [Column; 6] = [
        (&title, Align::Left),
        (&document.base, Align::Right),
        (name, Align::Right),
        ("difference", Align::Right),
        ("± se", Align::Beside),
        ("variance", Align::Right),
    ];
    let rows = document.differences[name].iter().filter_map(|(key, placed)| {
        let Subject::Loss { vendor, organization } = &key.subject else { return None };
        let given = if key.statistic == Statistic::MeanGivenBubble { " if the bubble bursts" } else { "" };
        let of = |name: &str| document.scenarios[name].result.get(key).flatten().map(|x| x / factor);
        let found = &placed.difference;
        let se = found.se.map(|se| se / factor);
        let mut row = vec![format!("{vendor} by {organization}{given}")];
        row.extend([of(&document.base), of(name)].map(|x| supported(x, se, TABLE_DIGITS)));
        row.extend(cells(found, factor));
        row.push(variance(found));
        Some(row)
    });
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() { String::new() } else { grid(&columns, rows, page.width) }
}

/// A difference and its error; in brackets if it is not significant.
fn cells(difference: &Difference, factor: f64) -> [String; 2] {
    if !difference.significant && difference.variance_reduction.is_some_and(|times| times > ONLY_ROUNDING) {
        return ["(0)".to_owned(), String::new()];
    }
    let scaled = |x: Option<f64>| x.map(|x| x / factor);
    let text = supported(scaled(difference.value), scaled(difference.se), TABLE_DIGITS);
    let sign = if difference.value.is_some_and(|value| value > 0.0) { "+" } else { "" };
    let text = if difference.significant { format!("{sign}{text}") } else { format!("({sign}{text})") };
    [text, error_text(scaled(difference.se))]
}

/// By how much common random numbers divide the variance; beyond a million only rounding is left.
fn variance(difference: &Difference) -> String {
    match difference.variance_reduction {
        Some(times) if times > ONLY_ROUNDING => "÷ > 10⁶".to_owned(),
        Some(times) => format!("÷ {}", significant(times, 2)),
        None => String::new(),
    }
}

/// Events' and bubbles' probabilities.
fn probabilities(page: &Page, document: &CompareDocument, name: &str) -> String {
    let columns: [Column; 7] = [
        ("probability, %", Align::Left),
        (&document.base, Align::Right),
        (name, Align::Right),
        ("difference", Align::Right),
        ("± se", Align::Beside),
        ("95% interval", Align::Left),
        ("variance", Align::Right),
    ];
    let single = page.is_single();
    let rows = document.differences[name].iter().filter_map(|(key, placed)| {
        let what = match &key.subject {
            Subject::Bubble { owner } => format!("{owner} / bubble"),
            Subject::Event { organization, event } => format!("{organization} / {event}"),
            Subject::Tranche { name } => format!("{name} paid"),
            Subject::Failure { vendor } => format!("{vendor} fails"),
            Subject::Workout { organization } => format!("{organization} / workout"),
            Subject::Figure { .. } | Subject::Contract { .. } | Subject::Vendor { .. } | Subject::Loss { .. } => {
                return None;
            }
        };
        if single && key.subject.owner() == SYSTEM {
            return None;
        }
        let of = |name: &str| document.scenarios[name].result.get(key).flatten();
        let found = &placed.difference;
        let percent = |x: Option<f64>| supported(x.map(|x| 100.0 * x), found.se.map(|se| 100.0 * se), TABLE_DIGITS);
        let mut row = vec![what, percent(of(&document.base)), percent(of(name))];
        row.extend(cells(found, 0.01));
        row.push(match (found.low, found.high) {
            (Some(low), Some(high)) => format!("[{}, {}]", percent(Some(low)), percent(Some(high))),
            _ => NOTHING.to_owned(),
        });
        row.push(variance(found));
        Some(row)
    });
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() { String::new() } else { grid(&columns, rows, page.width) }
}

fn notes(page: &Page, document: &CompareDocument) -> String {
    let sampling = &page.document.provenance.sampling;
    format!(
        " Each scenario minus {}, on the same simulated futures; standard errors come from {}.\n \
         In brackets: not significant (Holm's test at {} over all differences) or within rounding.\n \
         Variance: the factor by which common random numbers reduce the variance of the difference.\n {} paths, seed {}, {} {}",
        document.base,
        document.error_source(),
        percentage(1.0 - CONFIDENCE),
        count(sampling.paths),
        sampling.seed,
        sampling.backend,
        sampling.precision,
    )
}
