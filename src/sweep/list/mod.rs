//! Points that are listed in a file: CSV or Parquet, a column for each place and a row for each point.

mod lines;
mod parquet;
mod text;

use std::path::Path;

use super::SweepError;
use super::design::{MOST_AXES, MOST_POINTS, MOST_VALUES, Points};
use crate::input;

/// What a Parquet file begins with.
const PARQUET: &[u8] = b"PAR1";

/// Reads a list of points: Parquet if the name ends with `.parquet` or standard input (`-`) begins like it, otherwise text.
pub fn read(path: &Path) -> Result<Points, SweepError> {
    let stdin = input::is_stdin(path);
    let name = if stdin { "standard input".to_owned() } else { format!("`{}`", path.display()) };
    let list = List { name };
    let points = match path.extension() {
        Some(extension) if extension.eq_ignore_ascii_case("parquet") => list.parquet_file(path)?,
        _ => {
            let input = input::open(path).map_err(|error| SweepError::unreadable(path, error))?;
            list.stream(input, stdin)?
        }
    };
    if points.rows.is_empty() || points.paths.is_empty() {
        return Err(SweepError::usage(
            format!("{} has no points", list.name),
            "write a column for each scenario key that varies, and a row for each point",
        ));
    }
    Ok(points)
}

/// A list under the name that messages give it.
struct List {
    name: String,
}

impl List {
    /// Something is wrong with a line.
    fn wrong(&self, line: u64, what: impl std::fmt::Display, hint: impl Into<String>) -> SweepError {
        SweepError::usage(format!("{}, line {line}: {what}", self.name), hint)
    }

    fn unreadable(&self, cause: impl std::fmt::Display) -> SweepError {
        SweepError::failed(format!("{} could not be read: {cause}", self.name), "check that it exists and is readable")
    }

    fn refuse_columns(&self, columns: usize) -> Result<(), SweepError> {
        if columns <= MOST_AXES {
            return Ok(());
        }
        let message = format!("{} has {columns} columns; at most {MOST_AXES} are read", self.name);
        Err(SweepError::usage(message, "keep the columns that vary; set the other values in the scenario"))
    }

    /// Refuses a further row behind so many.
    fn refuse_row(&self, rows: usize, columns: usize) -> Result<(), SweepError> {
        if rows >= MOST_POINTS {
            return Err(SweepError::usage(
                format!("{} has more than {MOST_POINTS} points", self.name),
                "split the list",
            ));
        }
        if (rows + 1) * columns > MOST_VALUES {
            let message = format!("{} has more than {MOST_VALUES} values", self.name);
            return Err(SweepError::usage(message, "split the list, or leave out columns that do not vary"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Setting;
    use crate::storage::{Column, parquet};

    #[test]
    fn csv_and_parquet_list_the_same_points() {
        let place = tempfile::tempdir().unwrap();
        let (csv, table) = (place.path().join("points.csv"), place.path().join("points.parquet"));
        std::fs::write(&csv, "a.b, c.d,e,f\n0.5, merit, 3,2027-01-01\n1e9,\"priority\",-1,2028-02-29\n\n").unwrap();
        let columns = [
            ("a.b".to_string(), Column::Real(vec![Some(0.5), Some(1e9)])),
            ("c.d".to_string(), Column::Text(vec!["merit".into(), "priority".into()])),
            ("e".to_string(), Column::Whole(vec![3, -1])),
            ("f".to_string(), Column::Text(vec!["2027-01-01".into(), "2028-02-29".into()])),
        ];
        parquet::write(&table, &columns).unwrap();
        let (one, other) = (read(&csv).unwrap(), read(&table).unwrap());
        assert_eq!(one, other);
        let (text, date) = (Setting::Text("priority".into()), Setting::Date("2028-02-29".into()));
        assert_eq!(one.rows[1], [Setting::Number(1e9), text, Setting::Number(-1.0), date]);
    }

    #[test]
    fn a_file_of_the_wrong_kind_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let (text, table) = (place.path().join("text.parquet"), place.path().join("table.csv"));
        std::fs::write(&text, "a,b\n1,2\n").unwrap();
        parquet::write(&table, &[("a".to_string(), Column::Whole(vec![1]))]).unwrap();
        for (path, expected) in
            [(&text, "could not be read"), (&table, "Parquet"), (&place.path().join("none.csv"), "none")]
        {
            let error = read(path).expect_err("it cannot be read");
            assert!(error.message.contains(expected), "{error}");
        }
    }
}
