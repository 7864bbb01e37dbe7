//! The terms of contracts in the base scenario and each variant, and how the variants differ from it.

use super::changes::{NOTE, changes, has_note};
use super::check_page::Page;
use super::layout::{Align, Column, grid};
use crate::result::Terms;
use crate::result::summary::{CheckDocument, VariantOutlook};
use crate::text::harmless::harmless;
use crate::text::numbers::significant;
use crate::text::units::Unit;

const DIGITS: i32 = 4;

/// A contract of the file or of a variant.
struct Row<'d> {
    contract: &'d str,
    variant: Option<(&'d str, &'d VariantOutlook)>,
    index: &'d Option<String>,
    rate: Option<f64>,
    terms: Terms,
}

impl Row<'_> {
    /// The mark of a number that follows from a change of another key.
    fn mark(&self, key: &str) -> &'static str {
        let place = format!("contract.{}.{key}", self.contract);
        let differs = self.variant.map(|(_, of)| of.differs.as_slice()).unwrap_or_default();
        if differs.iter().any(|change| change.follows && change.place == place) { " *" } else { "  " }
    }

    /// Rate, total and minimum.
    fn numbers(&self, divisor: f64) -> [String; 3] {
        let number = |x: f64, key: &str| significant(x / divisor, DIGITS) + self.mark(key);
        let rate = self.rate.map(|rate| number(rate, "rate"));
        let rate = rate.or_else(|| self.index.as_ref().map(|index| format!("index {index}  ")));
        let total = number(self.terms.total, "commitment");
        let total = if self.index.is_some() { format!("≈ {total}") } else { total };
        [rate.unwrap_or_default(), total, number(self.terms.minimum, "minimum")]
    }
}

/// The table and the lists, or nothing if no variant was asked for.
pub fn variants(page: &Page) -> String {
    let &Page { document, width } = page;
    if document.variants.is_empty() {
        return String::new();
    }
    let lists = document.variants.iter().map(|(name, of)| list(name, of, width));
    let mut parts = vec![table(page), lists.collect::<Vec<_>>().join("\n")];
    if has_note(document.variants.values().flat_map(|of| &of.differs)) {
        parts.push(NOTE.to_owned());
    }
    parts.join("\n\n")
}

fn table(page: &Page) -> String {
    let (divisor, unit) = page.money(Unit::Money);
    let titles = [format!("rate, {}", page.rate()), format!("total, {unit}"), format!("minimum, {unit}")];
    let mut columns: Vec<Column> = vec![("contract", Align::Left), ("variant", Align::Left)];
    columns.extend(titles.iter().map(|title| (title.as_str(), Align::Right)));
    let rows = rows(page.document);
    let cells = rows.iter().enumerate().map(|(place, row)| {
        let repeated = place > 0 && rows[place - 1].contract == row.contract;
        let contract = if repeated { "" } else { row.contract };
        let variant = row.variant.map_or("(base)", |(name, _)| name);
        [contract.to_owned(), variant.to_owned()].into_iter().chain(row.numbers(divisor)).collect()
    });
    grid(&columns, cells.collect(), page.width)
}

/// Contract by contract, the file first; those that only variants have come last.
fn rows(document: &CheckDocument) -> Vec<Row<'_>> {
    let own = document.contracts.iter().map(|(contract, of)| Row {
        contract,
        variant: None,
        index: &of.index,
        rate: of.rate,
        terms: of.terms,
    });
    let others = document.variants.iter().flat_map(|(name, variant)| {
        variant.contracts.iter().map(move |(contract, of)| Row {
            contract,
            variant: Some((name, variant)),
            index: &of.index,
            rate: of.rate,
            terms: of.terms,
        })
    });
    let mut rows: Vec<Row> = own.chain(others).collect();
    let mut order: Vec<&str> = Vec::new();
    for row in &rows {
        if !order.contains(&row.contract) {
            order.push(row.contract);
        }
    }
    rows.sort_by_key(|row| order.iter().position(|known| *known == row.contract));
    rows
}

fn list(name: &str, of: &VariantOutlook, width: u16) -> String {
    let label = of.label.as_ref().map(|label| format!(": {label}")).unwrap_or_default();
    format!(" {}\n{}", harmless(&format!("variant {name}{label}")), changes(&of.differs, width))
}
