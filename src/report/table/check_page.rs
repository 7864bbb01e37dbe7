//! What the tables of `check` have in common: the document, the years that fit, the units.

use super::layout::{Align, Column};
use crate::result::summary::CheckDocument;
use crate::text::numbers::exact;
use crate::text::units::{Labels, Unit};

/// Digits of a number.
pub const DIGITS: i32 = 4;
/// Years that fit beside each other.
const MOST_YEARS: usize = 8;

/// A check, for a terminal `width` characters wide.
pub struct Page<'a> {
    pub document: &'a CheckDocument,
    pub width: u16,
}

impl Page<'_> {
    /// The ends of all years, which factors and contracts have alike.
    pub fn ends(&self) -> Vec<f64> {
        match (self.document.factors.first(), self.document.contracts.first()) {
            (Some((_, factor)), _) => factor.by_year.iter().map(|year| year.year).collect(),
            (None, Some((_, contract))) => contract.by_year.iter().map(|year| year.year).collect(),
            (None, None) => Vec::new(),
        }
    }

    /// The years shown, by their places.
    pub fn shown(&self) -> Vec<usize> {
        let count = self.ends().len();
        let step = count.div_ceil(MOST_YEARS).max(1);
        (0..count).filter(|year| (year + 1) % step == 0 || year + 1 == count).collect()
    }

    /// The divisor and the label of a unit with money, scaled as all amounts of the page are.
    pub fn money(&self, unit: Unit) -> (f64, String) {
        let contracts = self.document.contracts.values();
        let amounts = contracts.flat_map(|of| [of.terms.total, of.rate.unwrap_or(0.0)]);
        let variants = self.document.variants.values().flat_map(|of| of.contracts.values());
        let size = amounts.chain(variants.map(|of| of.terms.total)).fold(0.0, f64::max);
        let CheckDocument { currency, capacity_unit, .. } = self.document;
        Labels { currency, capacity: capacity_unit }.scaled(unit, size)
    }

    /// The unit of rates.
    pub fn rate(&self) -> String {
        self.money(Unit::Rate).1
    }

    pub fn years(&self) -> Vec<String> {
        let ends = self.ends();
        self.shown().into_iter().map(|place| format!("year {}", exact(ends[place], DIGITS))).collect()
    }

    pub fn columns<'c>(&self, first: &'c [&'c str], years: &'c [String]) -> Vec<Column<'c>> {
        let named = first.iter().enumerate().map(|(i, name)| (*name, if i == 0 { Align::Left } else { Align::Right }));
        named.chain(years.iter().map(|year| (year.as_str(), Align::Right))).collect()
    }
}
