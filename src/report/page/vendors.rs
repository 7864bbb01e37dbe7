//! Vendors that can fail, on the page of a run: what they received and lost, and by which organizations.

use maud::{Markup, html};

use super::distribution::distribution_table;
use super::paper::off_paper;
use super::{Entry, figures, large_figure, table};
use crate::registry::{Figure, Unit};
use crate::report::numbers::{error_text, figure_name, unit_in};
use crate::report::pictures;
use crate::result::{Key, ResultDocument, Statistic, Subject};
use crate::text::numbers::{TABLE_DIGITS, percentage, supported};
use crate::text::titles::{Named, Titles};

/// Vendors that have charts of their own.
const MOST: usize = 6;

/// Their charts and tables; `None` without such vendors.
pub fn vendors(document: &ResultDocument, titles: &Titles) -> Option<Markup> {
    let figures = document.vendors.iter().flat_map(|(vendor, figures)| {
        figures.whole().map(move |(name, figure)| {
            let subject = Subject::Vendor { name: vendor.clone(), figure: name };
            (format!("{}: {}", titles.get(Named::Vendor, vendor), figure_name(name)), subject, figure)
        })
    });
    let figures: Vec<_> = figures.collect();
    (!figures.is_empty()).then(|| {
        let caption =
            "What vendors received and lost, in present value. ↓ Lower is worse: VaR and ES measure the lower tail";
        let mut losses_of = document.losses.values().flat_map(|losses| losses.values());
        let bursts = losses_of.any(|loss| loss.given_bubble.is_some_and(|given| given.mean.is_some()));
        html! {
            @if let Some(chart) = pictures::losses(document, titles) {
                p { "Mean losses by the organization that causes them" @if bursts {
                    ", over all paths and, under that, over those on which the system's bubble bursts"
                } ". Vendors whose bars would be too short to see are in the table only." }
                (large_figure(&chart))
            }
            (losses(document, titles))
            (off_paper(distributions(document)))
            (distribution_table(document, caption, &figures))
        }
    })
}

/// How likely losses are, and what was received, of the vendors that lose the most.
fn distributions(document: &ResultDocument) -> Markup {
    let mean = |vendor: &str| {
        let loss = document.vendors.get(vendor).and_then(|figures| figures.loss.as_ref());
        loss.and_then(|loss| loss.mean).unwrap_or(0.0)
    };
    let described = document.vendors.iter().filter(|(_, figures)| figures.whole().next().is_some());
    let mut names: Vec<&str> = described.map(|(name, _)| name.as_str()).collect();
    names.sort_by(|a, b| mean(b).total_cmp(&mean(a)));
    let count = names.len();
    names.truncate(MOST);
    let varies = |vendor: &str, name: Figure| {
        let mut all = document.vendors[vendor].whole();
        all.any(|(own, figure)| own == name && figure.sd.is_some_and(|sd| sd > 0.0))
    };
    let charts = |name, draw: fn(&ResultDocument, &str, Figure) -> _| {
        let there = names.iter().filter(|vendor| varies(vendor, name));
        there.filter_map(|vendor| draw(document, vendor, name)).collect::<Vec<_>>()
    };
    html! {
        @if count > MOST { p { "Distributions of the " (MOST) " of " (count) " vendors with the largest mean losses; the table has all." } }
        (figures(&charts(Figure::Loss, pictures::vendor_exceedance)))
        (figures(&charts(Figure::Received, pictures::vendor_distribution)))
    }
}

/// Losses by vendor and organization.
fn losses(document: &ResultDocument, titles: &Titles) -> Markup {
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
            Entry::text(titles.get(Named::Vendor, vendor)),
            Entry::text(titles.get(Named::Organization, organization)),
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
