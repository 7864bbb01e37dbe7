//! The tables of `check`: a scenario as the program understands it.

use super::layout::{Align, Column, grid};
use super::run::step_name;
use super::variants::variants;
use crate::report::check::{CheckDocument, ContractOutlook, ContractYear, FactorOutlook};
use crate::report::numbers::{NOTHING, exact, percentage, significant, unit};
use crate::report::text::harmless;

const DIGITS: i32 = 4;
/// Years that fit beside each other.
const MOST_YEARS: usize = 8;

/// The tables of a check, for a terminal `width` characters wide.
pub fn check_table(document: &CheckDocument, width: u16) -> String {
    let heading = format!(
        " {}: valid\n {}\n {} years from {} in {}; scenario {}",
        harmless(&document.file),
        document.scenario,
        exact(document.years, DIGITS),
        document.start,
        step_name(document.steps_per_year),
        &document.scenario_hash[..12],
    );
    let limits = document.limits.iter().map(|(name, limit)| format!("{} of {} {name}", limit.used, limit.most));
    let limits = format!(" limits: {}", limits.collect::<Vec<_>>().join(", "));
    let page = Page { document, width };
    let parts = [heading, factors(&page), contracts(&page), by_year(&page), variants(&page), limits];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n") + "\n"
}

pub struct Page<'a> {
    pub document: &'a CheckDocument,
    pub width: u16,
}

impl Page<'_> {
    /// The ends of all years, which factors and contracts have alike.
    fn ends(&self) -> Vec<f64> {
        match (self.document.factors.first(), self.document.contracts.first()) {
            (Some((_, factor)), _) => factor.by_year.iter().map(|year| year.year).collect(),
            (None, Some((_, contract))) => contract.by_year.iter().map(|year| year.year).collect(),
            (None, None) => Vec::new(),
        }
    }

    /// The years shown, by their places.
    fn shown(&self) -> Vec<usize> {
        let count = self.ends().len();
        let step = count.div_ceil(MOST_YEARS).max(1);
        (0..count).filter(|year| (year + 1) % step == 0 || year + 1 == count).collect()
    }

    /// The unit of money per `per` that all amounts of the page share: the divisor and its label.
    pub fn money(&self, per: &str) -> (f64, String) {
        let contracts = self.document.contracts.values();
        let amounts = contracts.flat_map(|of| [of.terms.total, of.rate.unwrap_or(0.0)]);
        let variants = self.document.variants.values().flat_map(|of| of.contracts.values());
        let size = amounts.chain(variants.map(|of| of.terms.total)).fold(0.0, f64::max);
        let currency = &self.document.currency;
        unit(currency, &format!("{currency}{per}"), size)
    }

    /// The unit of rates.
    pub fn rate(&self) -> String {
        self.money(&format!(" per {}-year", self.document.capacity_unit)).1
    }

    fn years(&self) -> Vec<String> {
        let ends = self.ends();
        self.shown().into_iter().map(|place| format!("year {}", exact(ends[place], DIGITS))).collect()
    }

    fn columns<'c>(&self, first: &'c [&'c str], years: &'c [String]) -> Vec<Column<'c>> {
        let named = first.iter().enumerate().map(|(i, name)| (*name, if i == 0 { Align::Left } else { Align::Right }));
        named.chain(years.iter().map(|year| (year.as_str(), Align::Right))).collect()
    }
}

/// The divisor for numbers of a size, and its name.
fn scale(largest: f64) -> (f64, &'static str) {
    match largest {
        size if size >= 1e9 => (1e9, "bn"),
        size if size >= 1e6 => (1e6, "m"),
        _ => (1.0, ""),
    }
}

fn factors(page: &Page) -> String {
    if page.document.factors.is_empty() {
        return String::new();
    }
    let years = page.years();
    let columns = page.columns(&["factor, mean", "process", "start"], &years);
    let size = |factor: &FactorOutlook| factor.by_year.iter().map(|year| year.mean).fold(factor.start, f64::max);
    // large factors are mostly money, so they share a unit
    let common = scale(page.document.factors.values().map(size).fold(0.0, f64::max));
    let rows = page.document.factors.iter().map(|(name, factor)| {
        let (divisor, unit) = if scale(size(factor)).0 == 1.0 { (1.0, "") } else { common };
        let title = if unit.is_empty() { name.clone() } else { format!("{name}, {unit}") };
        let number = |x: f64| significant(x / divisor, DIGITS);
        let by_year = page.shown().into_iter().map(|place| number(factor.by_year[place].mean));
        [title, factor.process.to_owned(), number(factor.start)].into_iter().chain(by_year).collect()
    });
    let note =
        "\n\n Means at the end of each year, sampled with regimes and jumps; --format json adds their standard errors.";
    grid(&columns, rows.collect(), page.width) + note
}

fn contracts(page: &Page) -> String {
    let document = page.document;
    if document.contracts.is_empty() {
        return String::new();
    }
    let (divisor, unit) = page.money("");
    let total = format!("total, {unit}");
    let rate = format!("rate, {}", page.rate());
    let columns = [
        ("contract", Align::Left),
        ("buyer", Align::Left),
        ("vendor", Align::Left),
        ("years", Align::Right),
        (rate.as_str(), Align::Right),
        (total.as_str(), Align::Right),
        ("take-or-pay", Align::Right),
        ("prepaid", Align::Right),
    ];
    let rows = document.contracts.iter().map(|(name, of)| {
        let number = |x: f64| significant(x / divisor, DIGITS);
        let rate = of.rate.map(number).or_else(|| of.index.as_ref().map(|index| format!("index {index}")));
        let total = number(of.terms.total);
        vec![
            name.clone(),
            of.organization.clone(),
            of.vendor.clone(),
            format!("{} – {}", exact(of.start, DIGITS), exact(of.start + of.term, DIGITS)),
            rate.unwrap_or_default(),
            if of.index.is_some() { format!("≈ {total}") } else { total },
            percentage(of.take_or_pay),
            percentage(of.prepaid),
        ]
    });
    let forward = "\n\n ≈ Total at the forward curve of the index.";
    let note = if document.contracts.values().any(|of| of.index.is_some()) { forward } else { "" };
    grid(&columns, rows.collect(), page.width) + note
}

/// Capacities and minimum payments by contract and year.
fn by_year(page: &Page) -> String {
    let contracts = &page.document.contracts;
    if contracts.is_empty() {
        return String::new();
    }
    let capacity = table(page, &format!("mean capacity, {}", page.document.capacity_unit), 1.0, |year| year.capacity);
    let (divisor, unit) = page.money("");
    let minimum = table(page, &format!("minimum, {unit}"), divisor, |year| year.minimum);
    let after: Vec<String> = contracts
        .iter()
        .filter(|(_, contract)| contract.units_after > 0.0)
        .map(|(name, contract)| match contract.minimum_after {
            Some(minimum) => format!("{name} {}", significant(minimum / divisor, DIGITS)),
            None => format!("{name} {} {}-yr", significant(contract.units_after, DIGITS), page.document.capacity_unit),
        })
        .collect();
    let after = if after.is_empty() {
        String::new()
    } else {
        format!("\n\n Due after the horizon, {unit}: {}", after.join(", "))
    };
    let indexed = contracts.values().any(|contract| contract.index.is_some());
    let note = if indexed { "\n\n Minimum payments of indexed contracts are at the sampled mean rates." } else { "" };
    format!("{capacity}\n\n{minimum}{after}{note}")
}

fn table(page: &Page, title: &str, divisor: f64, value: impl Fn(&ContractYear) -> f64) -> String {
    let years = page.years();
    let first = [title];
    let columns = page.columns(&first, &years);
    let places = page.shown();
    let row = |name: &str, values: &dyn Fn(usize) -> f64| {
        let numbers = places.iter().map(|&place| values(place)).map(|x| match x {
            0.0 => NOTHING.to_owned(),
            x => significant(x / divisor, DIGITS),
        });
        [name.to_owned()].into_iter().chain(numbers).collect::<Vec<_>>()
    };
    let contracts = &page.document.contracts;
    let of = |contract: &ContractOutlook, place: usize| value(&contract.by_year[place]);
    let mut rows: Vec<Vec<String>> =
        contracts.iter().map(|(name, contract)| row(name, &|place| of(contract, place))).collect();
    if contracts.len() > 1 {
        rows.push(row("total", &|place| contracts.values().map(|contract| of(contract, place)).sum()));
    }
    grid(&columns, rows, page.width)
}
