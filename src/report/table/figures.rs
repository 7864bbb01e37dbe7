//! Tables of figures, one for each organization and for the system.

use indexmap::IndexMap;

use super::layout::{Align, Column, grid};
use super::page::Page;
use crate::measure::Estimate;
use crate::registry::{Figure, Side};
use crate::report::numbers::{error_text, estimate_error, figure_name, shown_quantiles, unit_in};
use crate::result;
use crate::text::numbers::{TABLE_DIGITS, count, percentage, supported};

/// The tables of all organizations with the notes to them.
pub fn figures(page: &Page) -> String {
    let shown = page.shown(&page.document.figures);
    let mut parts: Vec<String> =
        shown.iter().filter(|(_, figures)| !figures.is_empty()).map(|(name, all)| table(page, name, all)).collect();
    let mut notes = vec![
        " ↓ Lower is worse: VaR and ES measure the lower tail. Money is in present value, except cash.".to_owned(),
    ];
    for (name, figures) in shown {
        for (figure, found) in figures.iter().filter(|(_, found)| found.undefined > 0) {
            notes.push(format!(" {name}: {} is undefined in {} paths.", figure_name(*figure), count(found.undefined)));
        }
    }
    if !parts.is_empty() {
        parts.push(notes.join("\n"));
    }
    parts.join("\n\n")
}

fn table(page: &Page, name: &str, figures: &IndexMap<Figure, result::Figure>) -> String {
    let all: Vec<_> = figures.iter().map(|(&name, figure)| (label(name, figure), name, figure)).collect();
    rows(page, name, &all)
}

/// One table of figures with their labels; its first header names the owner, and the unit of rows that name none of their own.
pub fn rows(page: &Page, name: &str, figures: &[(String, Figure, &result::Figure)]) -> String {
    let Some((_, of, first)) = figures.first() else {
        return String::new();
    };
    let common = unit_in(page.document, of.unit());
    let title = format!("{name}, {}", common.1);
    let quantiles = shown_quantiles(&first.quantiles);
    // VaR at a usual level is a usual quantile, so the last level tells more
    let level = first.var.keys().last();
    let tail_headers =
        level.into_iter().flat_map(|key| ["VaR", "ES"].map(|of| format!("{of} {}", percentage(key.share()))));
    let headers: Vec<String> = quantiles.iter().map(|key| percentage(key.share())).chain(tail_headers).collect();
    let mut columns: Vec<Column> =
        vec![(&title, Align::Left), ("mean", Align::Right), ("± se", Align::Beside), ("sd", Align::Right)];
    columns.extend(headers.iter().map(|header| (header.as_str(), Align::Right)));
    let rows = figures.iter().map(|(label, name, figure)| {
        let own = unit_in(page.document, name.unit());
        let estimates = quantiles.iter().filter_map(|key| figure.quantiles.get(key));
        let tails = level.into_iter().flat_map(|key| [figure.var.get(key), figure.shortfall.get(key)]);
        let mut row = vec![if own == common { label.clone() } else { format!("{label}, {}", own.1) }];
        row.extend(moments(figure, own.0));
        row.extend(estimates.chain(tails.flatten()).map(|estimate| cell(estimate, own.0)));
        row
    });
    grid(&columns, rows.collect(), page.width)
}

fn moments(figure: &result::Figure, factor: f64) -> [String; 3] {
    let scaled = |x: Option<f64>| x.map(|x| x / factor);
    [
        supported(scaled(figure.mean), scaled(figure.se), TABLE_DIGITS + 2),
        error_text(scaled(figure.se)),
        supported(scaled(figure.sd), scaled(figure.sd_se), TABLE_DIGITS),
    ]
}

fn cell(estimate: &Estimate, factor: f64) -> String {
    supported(estimate.value.map(|x| x / factor), estimate_error(estimate).map(|x| x / factor), TABLE_DIGITS)
}

/// A figure in words, marked if its lower end is bad.
pub fn label(name: Figure, figure: &result::Figure) -> String {
    format!("{}{}", figure_name(name), if figure.side == Side::Low { " ↓" } else { "" })
}
