//! Vendors that can fail, on the page of a run: what they received and lost, and by which organizations.

use maud::{Markup, html};

use super::distribution::distribution_table;
use super::{Entry, table};
use crate::registry::Unit;
use crate::report::numbers::{error_text, unit_in};
use crate::result::{Key, ResultDocument, Statistic, Subject};
use crate::text::numbers::{TABLE_DIGITS, percentage, supported};

/// Their tables; `None` without such vendors.
pub fn vendors(document: &ResultDocument) -> Option<Markup> {
    let figures = document.vendors.iter().flat_map(|(vendor, figures)| {
        figures.whole().map(move |(name, figure)| {
            let subject = Subject::Vendor { name: vendor.clone(), figure: name };
            (format!("{vendor}: {}", name.name()), subject, figure)
        })
    });
    let figures: Vec<_> = figures.collect();
    (!figures.is_empty()).then(|| {
        let caption =
            "What vendors received and lost, in present value. ↓ Lower is worse: VaR and ES measure the lower tail";
        html! { (distribution_table(document, caption, &figures)) (losses(document)) }
    })
}

/// Losses by vendor and organization.
fn losses(document: &ResultDocument) -> Markup {
    let (factor, label) = unit_in(document, Unit::Money);
    let by = |x: Option<f64>| x.map(|x| x / factor);
    let all = || document.losses.iter().flat_map(|(vendor, losses)| losses.iter().map(move |one| (vendor, one)));
    let given = all().any(|(_, (_, loss))| loss.given_bubble.is_some());
    let mut headings = ["vendor", "by", "unit", "mean loss", "± se", "standard deviation"].map(String::from).to_vec();
    if given {
        headings.extend(["mean loss if the bubble bursts", "± se"].map(String::from));
    }
    let rows = all().map(|(vendor, (organization, found))| {
        let subject = Subject::Loss { vendor: vendor.clone(), organization: organization.clone() };
        let at = |statistic| Key::new(subject.clone(), statistic);
        let number = |value: Option<f64>, error: Option<f64>, statistic| {
            Entry::placed(supported(by(value), by(error), TABLE_DIGITS + 2), value, at(statistic))
        };
        let error = |se: Option<f64>, statistic| Entry::placed(error_text(by(se)), se, at(statistic));
        let mut row = vec![
            Entry::text(vendor),
            Entry::text(organization),
            Entry::text(&label),
            number(found.loss.mean, found.loss.se, Statistic::Mean),
            error(found.loss.se, Statistic::Se),
            number(found.loss.sd, found.loss.se, Statistic::Sd),
        ];
        if given {
            let given = found.given_bubble.unwrap_or_default();
            row.push(number(given.mean, given.se, Statistic::MeanGivenBubble));
            row.push(error(given.se, Statistic::SeGivenBubble));
        }
        row
    });
    let rows: Vec<Vec<Entry>> = rows.collect();
    let burst = document.system_bubble().and_then(|found| found.probability);
    html! {
        @if let (true, Some(burst)) = (given, burst) {
            p { "The bubble bursts on " (percentage((burst * 1e3).round() / 1e3)) " of all paths; the last columns are means over those." }
        }
        @if !rows.is_empty() { (table("Losses of vendors by organization, in present value", &headings, &rows, true)) }
    }
}
