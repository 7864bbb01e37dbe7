//! Files of prices: text, or Parquet of whatever program wrote it.

use std::fs::File;
use std::path::Path;

use chrono::NaiveDate;

use super::super::error::FitError;
use super::History;
use super::dates::DateFormat;
use super::table::{Table, columns};
use crate::input;
use crate::storage::foreign::{ForeignError, ForeignTable, Values};

/// Reads the histories of the wanted columns of a file: Parquet if its name ends with `.parquet`, otherwise text; `-` is standard input.
///
/// # Errors
///
/// The file cannot be read, or as [`columns`], with line or row and column.
pub fn read(path: &Path, table: &Table) -> Result<Vec<History>, FitError> {
    let unreadable = |error: &dyn std::fmt::Display| {
        FitError::failed(format!("{} cannot be read: {error}", table.file), "check the path and its permissions")
    };
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet")) {
        return parquet(File::open(path).map_err(|error| unreadable(&error))?, table);
    }
    columns(table, input::open(path).map_err(|error| unreadable(&error))?)
}

fn parquet(file: File, table: &Table) -> Result<Vec<History>, FitError> {
    let of = ForeignTable::open(file).map_err(|error| wrong(table, &error))?;
    let names: Vec<String> = of.names().map(str::to_owned).collect();
    let dates = dates(&of, table.date_column(&names)?, table)?;
    let history = |name: &String| {
        let column = table.place(&names, name)?;
        let mut values = Vec::with_capacity(dates.len());
        for group in 0..of.groups().len() {
            match of.read(group, column).map_err(|error| wrong(table, &error))? {
                Values::Numbers(all) => values.extend(all),
                _ => {
                    let message = format!("{}: the column `{name}` has no numbers", table.file);
                    return Err(FitError::usage(message, "choose a column of prices"));
                }
            }
        }
        // a number that is none stands for a missing price
        let rows =
            (1..).zip(&dates).zip(values).map(|((row, &date), x)| (row, date, Some(x).filter(|x| x.is_finite())));
        History::new(table.file, name, "row", rows)
    };
    table.columns.iter().map(history).collect()
}

fn wrong(table: &Table, error: &ForeignError) -> FitError {
    FitError::usage(format!("{} {error}", table.file), error.hint())
}

/// The dates of all rows, which may also be texts.
fn dates(of: &ForeignTable, column: usize, table: &Table) -> Result<Vec<NaiveDate>, FitError> {
    let format = DateFormat::new(table.date_format)?;
    let mut found = Vec::new();
    for group in 0..of.groups().len() {
        match of.read(group, column).map_err(|error| wrong(table, &error))? {
            Values::Dates(all) => found.extend(all),
            Values::Texts { words, rows } => {
                for row in rows {
                    let date = format.date(&words[row as usize]).map_err(|(what, hint)| {
                        FitError::usage(format!("{}, row {}: {what}", table.file, found.len() + 1), hint)
                    })?;
                    found.push(date);
                }
            }
            Values::Numbers(_) => {
                let message = format!("{}: the column of dates has numbers", table.file);
                return Err(FitError::usage(
                    message,
                    "name the column of dates `date`, and store dates or texts in it",
                ));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::{Column, parquet};

    #[test]
    fn text_and_parquet_have_the_same_history() {
        let place = tempfile::tempdir().expect("there is room");
        let dates: Vec<String> = (1..=10).map(|month| format!("2026-{month:02}-01")).collect();
        let prices: Vec<f64> = (0..10).map(|at| 2.0 + 0.1 * f64::from(at * at % 7)).collect();
        let lines = dates.iter().zip(&prices).map(|(date, price)| format!("{date},{price}\n"));
        let text = format!("date,h100\n{}", lines.collect::<String>());
        let (csv, table) = (place.path().join("prices.csv"), place.path().join("prices.parquet"));
        std::fs::write(&csv, text).expect("there is room");
        let columns = [
            ("date".to_string(), Column::Text(dates)),
            ("h100".to_string(), Column::Real(prices.into_iter().map(Some).collect())),
        ];
        parquet::write(&table, &columns).expect("there is room");
        let wanted = ["h100".to_owned()];
        let of = Table { file: "prices", columns: &wanted, dates: None, date_format: None };
        let [one, other] = [csv, table].map(|path| read(&path, &of).unwrap_or_else(|error| panic!("{error}")));
        assert_eq!(one[0].observations.len(), 10);
        let values = |history: &History| history.observations.iter().map(|of| (of.date, of.value)).collect::<Vec<_>>();
        assert_eq!(values(&one[0]), values(&other[0]));
        assert!(read(&place.path().join("none.csv"), &of).is_err());
    }
}
