//! One path's periods as tables: factors, then each organization's flows and events, then its contracts' bills.

use super::layout::{Align, Column, grid, titled};
use crate::result::TraceDocument;
use crate::result::trace::{EventPeriod, Period};
use crate::text::numbers::{exact, significant};
use crate::text::units::{Labels, Unit, large};

/// Digits of amounts.
const DIGITS: i32 = 5;

/// The tables of a path, for a terminal `width` characters wide.
pub fn trace_table(document: &TraceDocument, width: u16) -> String {
    let mut text = format!(
        " {}, path {} of seed {}\n Money in {}, capacity in {}. Flows are dated at the end of their period.\n\n",
        document.scenario,
        document.path,
        document.seed,
        money_unit(document).1,
        document.capacity_unit
    );
    text += &factors(document, width);
    let Some(first) = document.periods.first() else { return text };
    for name in first.organizations.keys() {
        text += &organization(document, name, width);
    }
    text += &contracts(document, width);
    text += &acts(document, width);
    text
}

/// A cell: a number with a mark behind it, or a word.
enum Cell {
    Number(Option<f64>, &'static str),
    /// Money, or money per capacity-unit-year.
    Money(Option<f64>, &'static str),
    Word(String),
}

impl Cell {
    /// A number that is not money.
    fn plain(&self) -> Option<f64> {
        match self {
            Cell::Number(value, _) => *value,
            Cell::Money(..) | Cell::Word(_) => None,
        }
    }
}

fn number(value: f64) -> Cell {
    Cell::Number(Some(value), "")
}

fn money(value: f64) -> Cell {
    Cell::Money(Some(value), "")
}

/// A row for each period, which starts with its year. Money is in the unit of the heading; large numbers that are not money
/// share a unit of their own.
fn table(document: &TraceDocument, headers: &[&str], width: u16, cells: impl Fn(&Period) -> Vec<Cell>) -> String {
    let rows: Vec<Vec<Cell>> = document.periods.iter().map(cells).collect();
    let common = large(largest(rows.iter().flatten().filter_map(Cell::plain)));
    let money = money_unit(document).0;
    let scales: Vec<(f64, &str)> = (0..headers.len()).map(|column| scale(&rows, column, money, common)).collect();
    let titles: Vec<String> = headers.iter().zip(&scales).map(|(header, (_, unit))| titled(header, unit)).collect();
    let mut columns: Vec<Column> = vec![("year", Align::Right)];
    columns.extend(titles.iter().map(|title| (title.as_str(), Align::Right)));
    let text = |cell: &Cell, divisor: f64| match cell {
        Cell::Number(value, mark) | Cell::Money(value, mark) => {
            value.map_or("–".into(), |x| significant(x / divisor, DIGITS)) + mark
        }
        Cell::Word(word) => word.clone(),
    };
    let written = document.periods.iter().zip(&rows).map(|(period, row)| {
        let cells = row.iter().zip(&scales).map(|(cell, &(divisor, _))| text(cell, divisor));
        [format!("{:.2}", period.year)].into_iter().chain(cells).collect()
    });
    grid(&columns, written.collect(), width) + "\n\n"
}

/// The divisor of a column, and its name for the header.
fn scale(rows: &[Vec<Cell>], column: usize, money: f64, common: (f64, &'static str)) -> (f64, &'static str) {
    let cells = || rows.iter().map(|row| &row[column]);
    if cells().any(|cell| matches!(cell, Cell::Money(..))) {
        return (money, "");
    }
    let own = large(largest(cells().filter_map(Cell::plain)));
    if own.0 == 1.0 { own } else { common }
}

/// The unit of all money, that of its largest amount.
fn money_unit(document: &TraceDocument) -> (f64, String) {
    let amounts = document.periods.iter().flat_map(|period| {
        let contracts = period.contracts.values().flat_map(|of| [of.bill, of.rate.unwrap_or(0.0)]);
        let organizations = period.organizations.values();
        let organizations = organizations.flat_map(|of| [of.bills, of.burst_bill, of.cash.unwrap_or(0.0)]);
        contracts.chain(organizations)
    });
    let labels = Labels { currency: &document.currency, capacity: &document.capacity_unit };
    labels.scaled(Unit::Money, largest(amounts))
}

fn largest(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(0.0, |most: f64, x| most.max(x.abs()))
}

fn factors(document: &TraceDocument, width: u16) -> String {
    let Some(first) = document.periods.first() else { return String::new() };
    let mut headers: Vec<&str> = first.factors.keys().map(String::as_str).collect();
    headers.extend(first.regime.is_some().then_some("regime"));
    table(document, &headers, width, |period| {
        let numbers = period.factors.values().map(|&x| number(x));
        numbers.chain(period.regime.clone().map(Cell::Word)).collect()
    })
}

fn organization(document: &TraceDocument, name: &str, width: u16) -> String {
    let headers = ["wanted", "served", "burst", "unserved", "bills", "stranded", "burst bill", "value", "cash"];
    let flows = table(document, &headers, width, |period| {
        let of = &period.organizations[name];
        let used = [of.wanted, of.served, of.burst, of.unserved].into_iter().map(number);
        let paid = [of.bills, of.stranded, of.burst_bill, of.value].into_iter().map(money);
        used.chain(paid).chain([Cell::Money(of.cash, "")]).collect()
    });
    format!(" {name}\n\n{flows}{}", events(document, name, width))
}

/// Metrics of an organization's events; a star marks an event that has happened.
fn events(document: &TraceDocument, name: &str, width: u16) -> String {
    let Some(first) = document.periods.first().map(|period| &period.organizations[name]) else {
        return String::new();
    };
    if first.events.is_empty() {
        return String::new();
    }
    let headers: Vec<String> = first.events.iter().map(|(event, of)| format!("{event}\n{}", of.metric)).collect();
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let metrics = table(document, &headers, width, |period| {
        let events = period.organizations[name].events.values();
        let cell = |event: &EventPeriod| {
            let mark = if event.happened { " *" } else { "  " };
            if event.metric == "cash" { Cell::Money(event.value, mark) } else { Cell::Number(event.value, mark) }
        };
        events.map(cell).collect()
    });
    format!(" {name}: event metrics (* the event has happened)\n\n{metrics}")
}

/// What clauses did, a line for each.
fn acts(document: &TraceDocument, width: u16) -> String {
    let labels = Labels { currency: &document.currency, capacity: &document.capacity_unit };
    let all = document.periods.iter().flat_map(|period| period.acts.iter().map(move |act| (period.year, act)));
    let rows = all.map(|(year, act)| {
        let write = |x: f64| exact(x, DIGITS);
        let value = act.value.map_or_else(String::new, |x| labels.amount(x, act.measure, x.abs(), write));
        vec![format!("{year:.2}"), act.clause.to_owned(), act.of.clone(), act.what.to_owned(), value]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return String::new();
    }
    let columns: [Column; 5] = [
        ("year", Align::Right),
        ("clause", Align::Left),
        ("of", Align::Left),
        ("what", Align::Left),
        ("", Align::Right),
    ];
    format!(" What clauses did\n\n{}\n\n", grid(&columns, rows, width))
}

fn contracts(document: &TraceDocument, width: u16) -> String {
    let Some(first) = document.periods.first() else { return String::new() };
    let one = |name: &String| {
        let flows = table(document, &["rate", "served", "bill", "paid"], width, |period| {
            let of = &period.contracts[name];
            vec![Cell::Money(of.rate, ""), number(of.served), money(of.bill), money(of.paid)]
        });
        format!(" contract {name}\n\n{flows}")
    };
    first.contracts.keys().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_the_unit_of_the_largest() {
        let unit = |numbers: &[f64]| {
            let (divisor, name) = large(largest(numbers.iter().copied()));
            (divisor, titled("", name))
        };
        assert_eq!(
            [unit(&[1.0, 2.5]), unit(&[1.0, -2.5e6]), unit(&[2.5e11])],
            [(1.0, String::new()), (1e6, ", m".to_owned()), (1e9, ", bn".to_owned())]
        );
    }
}
