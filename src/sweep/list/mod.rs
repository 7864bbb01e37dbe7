//! Points that are listed in a file: CSV or Parquet, a column for each place and a row for each point.

mod parquet;
mod refusal;
mod text;

use std::path::Path;

use super::design::Points;
use super::error::SweepError;
use crate::input;
use refusal::List;

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
