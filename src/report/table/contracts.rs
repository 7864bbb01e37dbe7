//! Tables of contracts and vendors.

use indexmap::IndexMap;

use super::layout::{Align, grid};
use super::page::Page;
use crate::registry::Figure;
use crate::report::numbers::{error_text, unit_in};
use crate::result::ContractFigure;
use crate::text::numbers::{NOTHING, TABLE_DIGITS, percentage, supported};
use crate::text::units::Unit;

type Figures = IndexMap<Figure, ContractFigure>;

/// Contracts, and vendors if one of them has several contracts.
pub fn contracts(page: &Page) -> String {
    let (contracts, vendors) = (&page.document.contracts, &page.document.vendors);
    let mut parts = vec![table(page, "contract", &contracts.iter().collect::<Vec<_>>())];
    let costs = vendors.iter().map(|(name, figures)| (name, &figures.costs)).filter(|(_, costs)| !costs.is_empty());
    let costs: Vec<_> = costs.collect();
    if costs.len() < contracts.len() {
        parts.push(table(page, "vendor", &costs));
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

fn table(page: &Page, kind: &str, figures: &[(&String, &Figures)]) -> String {
    if !figures.iter().any(|(_, figures)| figures.contains_key(&Figure::CommitmentCost)) {
        return String::new();
    }
    let (factor, unit) = unit_in(page.document, Unit::Money);
    let title = format!("{kind}, {unit}");
    let columns = [
        (title.as_str(), Align::Left),
        ("commitment", Align::Right),
        ("± se", Align::Beside),
        ("sd", Align::Right),
        ("stranded", Align::Right),
        ("± se", Align::Beside),
        ("sd", Align::Right),
        ("share", Align::Right),
    ];
    let rows = figures.iter().map(|(name, figures)| {
        let (cost, stranded) = (figures.get(&Figure::CommitmentCost), figures.get(&Figure::StrandedCost));
        let mut row = vec![(*name).clone()];
        row.extend(cells(cost, factor));
        row.extend(cells(stranded, factor));
        row.push(share(stranded, cost));
        row
    });
    grid(&columns, rows.collect(), page.width)
}

/// Mean, its error and the standard deviation.
fn cells(figure: Option<&ContractFigure>, factor: f64) -> [String; 3] {
    let scaled = |x: Option<f64>| x.map(|x| x / factor);
    let Some(figure) = figure else {
        return [NOTHING.to_owned(), String::new(), NOTHING.to_owned()];
    };
    let error = scaled(figure.se);
    [
        supported(scaled(figure.mean), error, TABLE_DIGITS + 2),
        error_text(error),
        supported(scaled(figure.sd), error, TABLE_DIGITS),
    ]
}

/// The stranded share of the mean cost.
fn share(part: Option<&ContractFigure>, whole: Option<&ContractFigure>) -> String {
    match (part.and_then(|figure| figure.mean), whole.and_then(|figure| figure.mean)) {
        (Some(part), Some(whole)) if whole > 0.0 => percentage((part / whole * 1e3).round() / 1e3),
        _ => NOTHING.to_owned(),
    }
}
