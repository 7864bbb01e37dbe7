//! Results as rows: one for each point, owner and figure or event, with all estimates and their errors. Columns are named
//! as in the result document, so that `figures.system.value.quantiles.0.5.low` is column `quantiles.0.5.low` of the row
//! `figures`, `system`, `value`.

use super::design::Points;
use crate::measure::Estimate;
use crate::registry::Side;
use crate::result::{Asked, Figure, Occurrence, ResultDocument};
use crate::scenario::Setting;
use crate::storage::{Column, Table};

/// The kind of the row of a point that failed; its note says why.
pub const FAILED: &str = "failed";

/// Columns that every row has, before the numbers.
pub const TEXTS: [&str; 6] = ["kind", "owner", "name", "unit", "side", "note"];

const FIGURE: [&str; 10] = ["count", "undefined", "mean", "se", "sd", "sd_se", "skewness", "kurtosis", "min", "max"];
const OCCURRENCE: [&str; 8] = [
    "probability",
    "low",
    "high",
    "time.never.probability",
    "time.never.low",
    "time.never.high",
    "time.mean",
    "time.se",
];
const ESTIMATE: [&str; 3] = ["value", "low", "high"];

/// A row: its texts, in the order of [`TEXTS`], and its numbers, in that of [`columns`].
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub texts: [String; 6],
    pub numbers: Vec<Option<f64>>,
}

impl Row {
    /// The row's place in the result document: `figures.system.value`, `bubble.system`.
    pub fn place(&self) -> String {
        let [kind, owner, name, ..] = &self.texts;
        if name.is_empty() { format!("{kind}.{owner}") } else { format!("{kind}.{owner}.{name}") }
    }

    /// The row of a point that failed.
    pub fn failed(note: String, asked: &Asked) -> Self {
        let texts = [FAILED.into(), String::new(), String::new(), String::new(), String::new(), note];
        Row { texts, numbers: vec![None; columns(asked).len()] }
    }
}

/// Whether rows are those of a point that failed.
pub(super) fn is_failed(rows: &[Row]) -> bool {
    rows.iter().any(|row| row.texts[0] == FAILED)
}

/// The currency of a point, as its rows have it; `None` if it failed.
pub fn currency(rows: &[Row]) -> Option<&str> {
    let cost = rows.iter().find(|row| row.place() == "figures.system.commitment_cost")?;
    Some(&cost.texts[3])
}

/// The one currency of all of these points; empty if they have several, whose amounts then have no common label.
pub fn common_currency<'a>(currencies: impl Iterator<Item = &'a str>) -> &'a str {
    let mut common = None;
    for currency in currencies {
        if *common.get_or_insert(currency) != currency {
            return "";
        }
    }
    common.unwrap_or_default()
}

/// Whether a column of the results has this name, so that an axis cannot have it.
pub fn is_taken(name: &str, asked: &Asked) -> bool {
    name == "point" || TEXTS.contains(&name) || columns(asked).iter().any(|column| column == name)
}

/// Names of the numbers.
pub fn columns(asked: &Asked) -> Vec<String> {
    let estimates = |kind: &str, keys: &[f64]| -> Vec<String> {
        keys.iter().flat_map(|key| ESTIMATE.map(|part| format!("{kind}.{key}.{part}"))).collect()
    };
    [
        FIGURE.map(String::from).to_vec(),
        estimates("quantiles", &asked.quantiles),
        estimates("var", &asked.levels),
        estimates("shortfall", &asked.levels),
        OCCURRENCE.map(String::from).to_vec(),
        estimates("time.quantiles", &asked.quantiles),
    ]
    .concat()
}

/// All rows of a result.
pub fn rows(document: &ResultDocument, asked: &Asked) -> Vec<Row> {
    let mut rows = Vec::new();
    let width = columns(asked).len();
    let mut put = |texts: [&str; 6], first: usize, numbers: Vec<Option<f64>>| {
        let mut all = vec![None; width];
        all[first..first + numbers.len()].copy_from_slice(&numbers);
        rows.push(Row { texts: texts.map(String::from), numbers: all });
    };
    for (owner, figures) in &document.figures {
        for (name, figure) in figures {
            let side = if figure.side == Side::High { "high" } else { "low" };
            put(["figures", owner, name, &figure.unit, side, ""], 0, figure_numbers(figure));
        }
    }
    for (kind, owners) in [("contracts", &document.contracts), ("vendors", &document.vendors)] {
        for (owner, figures) in owners {
            for (name, figure) in figures {
                // mean, se and sd follow each other
                put([kind, owner, name, &figure.unit, "high", ""], 2, vec![figure.mean, figure.se, figure.sd]);
            }
        }
    }
    let occurs = FIGURE.len() + 3 * (asked.quantiles.len() + 2 * asked.levels.len());
    for (owner, events) in &document.events {
        for (name, event) in events {
            put(["events", owner, name, "", "high", ""], occurs, occurrence_numbers(event));
        }
    }
    for (owner, bubble) in &document.bubble {
        put(["bubble", owner, "", "", "high", ""], occurs, occurrence_numbers(bubble));
    }
    rows
}

fn figure_numbers(figure: &Figure) -> Vec<Option<f64>> {
    let mut numbers = vec![
        Some(figure.count as f64),
        Some(figure.undefined as f64),
        figure.mean,
        figure.se,
        figure.sd,
        figure.sd_se,
        figure.skewness,
        figure.kurtosis,
        figure.min,
        figure.max,
    ];
    let estimates = figure.quantiles.values().chain(figure.var.values()).chain(figure.shortfall.values());
    numbers.extend(estimates.flat_map(estimate_numbers));
    numbers
}

fn occurrence_numbers(found: &Occurrence) -> Vec<Option<f64>> {
    let (time, never) = (&found.time, &found.time.never);
    let mut numbers =
        vec![found.probability, found.low, found.high, never.probability, never.low, never.high, time.mean, time.se];
    numbers.extend(time.quantiles.values().flat_map(estimate_numbers));
    numbers
}

fn estimate_numbers(estimate: &Estimate) -> [Option<f64>; 3] {
    [estimate.value, estimate.low, estimate.high]
}

/// Rows of some points as a table: the point's number and values, texts, numbers.
pub fn table(points: &Points, results: &[(usize, Vec<Row>)], asked: &Asked) -> Table {
    let each = || results.iter().flat_map(|(point, rows)| rows.iter().map(move |row| (*point, row)));
    let numbers: Vec<usize> = each().map(|(point, _)| point).collect();
    let mut table = point_columns(points, &numbers);
    for (place, name) in TEXTS.iter().enumerate() {
        table.push((name.to_string(), Column::Text(each().map(|(_, row)| row.texts[place].clone()).collect())));
    }
    for (place, name) in columns(asked).into_iter().enumerate() {
        table.push((name, Column::Real(each().map(|(_, row)| row.numbers[place]).collect())));
    }
    table
}

/// The columns `point` and one for each axis: numbers if all its values are, or else text.
pub fn point_columns(points: &Points, chosen: &[usize]) -> Table {
    let mut table = vec![("point".to_string(), Column::Whole(chosen.iter().map(|&point| point as i64).collect()))];
    for (axis, path) in points.paths.iter().enumerate() {
        let known = points.rows.iter().filter_map(|row| row.get(axis));
        let numeric = known.into_iter().all(|value| matches!(value, Setting::Number(_)));
        let values = chosen.iter().map(|&point| &points.rows[point][axis]);
        let column = if numeric {
            Column::Real(values.map(|value| if let Setting::Number(x) = value { Some(*x) } else { None }).collect())
        } else {
            Column::Text(values.map(plain).collect())
        };
        table.push((path.clone(), column));
    }
    table
}

/// A value without quotes.
pub fn plain(value: &Setting) -> String {
    match value {
        Setting::Number(number) => number.to_string(),
        Setting::Text(text) | Setting::Date(text) => text.clone(),
    }
}

/// Whether a column has the values of an axis that these points have.
fn has_values(column: &Column, axis: usize, points: &Points, numbers: &[i64]) -> bool {
    let value = |number: i64| usize::try_from(number).ok().and_then(|point| points.rows.get(point)?.get(axis));
    let is = |at: usize, number: i64| match (value(number), column) {
        (Some(Setting::Number(expected)), Column::Real(found)) => {
            found.get(at).copied().flatten().is_some_and(|found| found.to_bits() == expected.to_bits())
        }
        (Some(expected), Column::Text(found)) => found.get(at).is_some_and(|found| *found == plain(expected)),
        _ => false,
    };
    numbers.iter().enumerate().all(|(at, &number)| is(at, number))
}

/// The rows of a table that [`table`] made of these points, by point in their order; `None` if it is another.
pub fn from_table(table: &Table, points: &Points, asked: &Asked) -> Option<Vec<(usize, Vec<Row>)>> {
    let find = |name: &str| table.iter().find(|(column, _)| column == name).map(|(_, column)| column);
    let Column::Whole(numbers) = find("point")? else { return None };
    let mut axes = points.paths.iter().enumerate();
    if !axes.all(|(axis, path)| find(path).is_some_and(|column| has_values(column, axis, points, numbers))) {
        return None;
    }
    let texts =
        TEXTS.map(|name| find(name).and_then(|column| if let Column::Text(all) = column { Some(all) } else { None }));
    let reals: Option<Vec<&Vec<Option<f64>>>> = columns(asked)
        .iter()
        .map(|name| find(name).and_then(|column| if let Column::Real(all) = column { Some(all) } else { None }))
        .collect();
    let reals = reals.filter(|all| all.iter().all(|column| column.len() == numbers.len()))?;
    let mut results: Vec<(usize, Vec<Row>)> = Vec::new();
    for (at, &number) in numbers.iter().enumerate() {
        let point = usize::try_from(number)
            .ok()
            .filter(|&point| points.rows.get(point).is_some_and(|row| row.len() == points.paths.len()))?;
        let mut row = Row { texts: Default::default(), numbers: reals.iter().map(|column| column[at]).collect() };
        for (text, column) in row.texts.iter_mut().zip(&texts) {
            text.clone_from(column.as_ref()?.get(at)?);
        }
        match results.last_mut() {
            Some((last, rows)) if *last == point => rows.push(row),
            _ => results.push((point, vec![row])),
        }
    }
    Some(results)
}
