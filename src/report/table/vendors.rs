//! Tables of vendors that can fail: what they received and lost, and by which organizations.

use super::figures::{label, rows};
use super::layout::{Align, Column, grid};
use super::page::Page;
use crate::registry::Unit;
use crate::report::numbers::{error_text, unit_in};
use crate::result::{ContractFigure, GivenBubble};
use crate::text::numbers::{TABLE_DIGITS, supported};

/// What vendors received and lost, then their losses by organization.
pub fn vendors(page: &Page) -> String {
    let mut parts = vec![figures(page), losses(page)];
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

fn figures(page: &Page) -> String {
    let all = page.document.vendors.iter().flat_map(|(vendor, figures)| {
        figures.whole().map(move |(name, figure)| (format!("{vendor}: {}", label(name, figure)), name, figure))
    });
    rows(page, "vendor", &all.collect::<Vec<_>>())
}

fn losses(page: &Page) -> String {
    let document = page.document;
    let found = || document.losses.iter().flat_map(|(vendor, losses)| losses.iter().map(move |one| (vendor, one)));
    if found().next().is_none() {
        return String::new();
    }
    let (factor, unit) = unit_in(document, Unit::Money);
    let title = format!("loss, {unit}");
    let mut columns: Vec<Column> = vec![
        (&title, Align::Left),
        ("by", Align::Left),
        ("mean", Align::Right),
        ("± se", Align::Beside),
        ("sd", Align::Right),
    ];
    let given = found().any(|(_, (_, loss))| loss.given_bubble.is_some());
    columns.extend(given.then_some([("if the bubble bursts", Align::Right), ("± se", Align::Beside)]).iter().flatten());
    let scaled = |x: Option<f64>| x.map(|x| x / factor);
    let all = found().map(|(vendor, (organization, found))| {
        let ContractFigure { mean, se, sd, .. } = &found.loss;
        let mut row = vec![vendor.clone(), organization.clone()];
        row.extend(with_error(scaled(*mean), scaled(*se)));
        row.push(supported(scaled(*sd), scaled(*se), TABLE_DIGITS));
        if given {
            let GivenBubble { mean, se, .. } = found.given_bubble.unwrap_or_default();
            row.extend(with_error(scaled(mean), scaled(se)));
        }
        row
    });
    grid(&columns, all.collect(), page.width)
}

fn with_error(value: Option<f64>, error: Option<f64>) -> [String; 2] {
    [supported(value, error, TABLE_DIGITS + 2), error_text(error)]
}
