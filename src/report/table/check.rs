//! The tables of `check`: a scenario as the program understands it.

use super::check_page::{DIGITS, Page};
use super::layout::{Align, grid, named_grid, titled};
use super::run::step_name;
use super::variants::variants;
use crate::result::summary::{CheckDocument, ContractForecast, ContractYear, FactorOutlook, UncertainOutlook};
use crate::text::harmless::harmless;
use crate::text::numbers::{NOTHING, exact, input_number, percentage, significant};
use crate::text::units::{Unit, large};

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
    let parts = [heading, uncertain(&page), factors(&page), contracts(&page), clauses(&page), by_year(&page)];
    let parts = parts.into_iter().chain([variants(&page), limits]);
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("\n\n") + "\n"
}

/// Ranges of uncertain inputs; all that follows is at their medians.
fn uncertain(page: &Page) -> String {
    let inputs = &page.document.uncertain;
    if inputs.is_empty() {
        return String::new();
    }
    let row = |(key, input): (&String, &UncertainOutlook)| {
        let name = harmless(input.label.as_ref().unwrap_or(key));
        std::iter::once(name).chain([input.low, input.median, input.high].map(input_number)).collect()
    };
    let columns = ["uncertain input", "10%", "median", "90%"];
    named_grid(&columns, inputs.iter().map(row).collect(), page.width) + "\n\n Everything below is at the medians."
}

fn factors(page: &Page) -> String {
    if page.document.factors.is_empty() {
        return String::new();
    }
    let years = page.years();
    let columns = page.columns(&["factor, mean", "process", "start"], &years);
    let size = |factor: &FactorOutlook| factor.by_year.iter().map(|year| year.mean).fold(factor.start, f64::max);
    // large factors are mostly money, so they share a unit
    let common = large(page.document.factors.values().map(size).fold(0.0, f64::max));
    let rows = page.document.factors.iter().map(|(name, factor)| {
        let (divisor, unit) = if large(size(factor)).0 == 1.0 { (1.0, "") } else { common };
        let number = |x: f64| significant(x / divisor, DIGITS);
        let by_year = page.shown().into_iter().map(|place| number(factor.by_year[place].mean));
        [titled(name, unit), factor.process.to_owned(), number(factor.start)].into_iter().chain(by_year).collect()
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
    let (divisor, unit) = page.money(Unit::Money);
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

/// Clauses of contracts, and what else depends on what happens.
fn clauses(page: &Page) -> String {
    let CheckDocument { contracts, workouts, tranches, vendors, crisis, .. } = page.document;
    let row = |kind: &str, name: &str, text: &str| vec![kind.to_owned(), harmless(name), harmless(text)];
    let of_contracts =
        contracts.iter().flat_map(|(name, of)| of.clauses.iter().map(move |(kind, text)| (*kind, name, text)));
    let others = [("workout", workouts), ("tranche", tranches), ("vendor", vendors)];
    let others = others.into_iter().flat_map(|(kind, all)| all.iter().map(move |(name, text)| (kind, name, text)));
    let mut rows: Vec<Vec<String>> =
        of_contracts.chain(others).map(|(kind, name, text)| row(kind, name, text)).collect();
    rows.extend(crisis.iter().map(|text| row("crisis", "", text)));
    if rows.is_empty() {
        return String::new();
    }
    let columns = [("clause", Align::Left), ("of", Align::Left), ("terms", Align::Left)];
    grid(&columns, rows, page.width)
}

/// Capacities and minimum payments by contract and year.
fn by_year(page: &Page) -> String {
    let contracts = &page.document.contracts;
    if contracts.is_empty() {
        return String::new();
    }
    let unit = &page.document.capacity_unit;
    let capacity = table(page, &format!("mean capacity, {unit}"), 1.0, |year| year.capacity);
    let useful = if contracts.values().any(|contract| contract.aging > 0.0) {
        let table = table(page, &format!("useful, {unit}"), 1.0, |year| year.useful);
        format!("{table}\n\n Useful capacity is what aging leaves of it.\n\n")
    } else {
        String::new()
    };
    let (divisor, unit) = page.money(Unit::Money);
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
    format!("{capacity}\n\n{useful}{minimum}{after}{note}")
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
    let of = |contract: &ContractForecast, place: usize| value(&contract.by_year[place]);
    let mut rows: Vec<Vec<String>> =
        contracts.iter().map(|(name, contract)| row(name, &|place| of(contract, place))).collect();
    if contracts.len() > 1 {
        rows.push(row("total", &|place| contracts.values().map(|contract| of(contract, place)).sum()));
    }
    grid(&columns, rows, page.width)
}
