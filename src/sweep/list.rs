//! Points that are listed in a file: CSV or Parquet, a column for each place and a row for each point.

use std::fs::File;
use std::path::Path;

use super::SweepError;
use super::design::{MOST_POINTS, Points};
use super::distribution::setting;
use crate::report::foreign::{ForeignError, ForeignTable, Values};
use crate::scenario::Setting;

/// Reads a list of points; Parquet if the name ends with `.parquet`, otherwise CSV.
pub fn read(path: &Path) -> Result<Points, SweepError> {
    let parquet = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"));
    let points = if parquet { read_parquet(path)? } else { read_csv(path)? };
    if points.rows.is_empty() || points.paths.is_empty() {
        let message = format!("`{}` has no points", path.display());
        return Err(SweepError::usage(
            message,
            "write a column for each place of the scenario, and a row for each point",
        ));
    }
    Ok(points)
}

fn read_csv(path: &Path) -> Result<Points, SweepError> {
    let wrong = |error: csv::Error| {
        let line = error.position().map(|position| format!(", line {}", position.line())).unwrap_or_default();
        SweepError::usage(
            format!("`{}`{line}: {error}", path.display()),
            "write the places of the scenario as the first line, and a line of values for each point",
        )
    };
    let file = File::open(path).map_err(|error| SweepError::unreadable(path, error))?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(file);
    let paths: Vec<String> = reader.headers().map_err(wrong)?.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        if let Some(empty) = record.iter().position(str::is_empty) {
            let line = record.position().map_or(0, |position| position.line());
            let message = format!("`{}`, line {line}: `{}` has no value", path.display(), paths[empty]);
            return Err(SweepError::usage(message, "every point needs a value for each place"));
        }
        refuse_more(path, rows.len())?;
        rows.push(record.iter().map(setting).collect());
    }
    Ok(Points { paths, rows })
}

fn read_parquet(path: &Path) -> Result<Points, SweepError> {
    let wrong = |error: ForeignError| match error {
        ForeignError::Broken(cause) => SweepError::unreadable(path, cause),
        other => SweepError::usage(format!("`{}` {other}", path.display()), other.hint()),
    };
    let file = File::open(path).map_err(|error| SweepError::unreadable(path, error))?;
    let table = ForeignTable::open(file).map_err(wrong)?;
    let paths: Vec<String> = table.names().map(str::to_owned).collect();
    (0..paths.len()).try_for_each(|column| table.kind(column).map(drop)).map_err(wrong)?;
    let mut rows: Vec<Vec<Setting>> = Vec::new();
    for (group, &count) in table.groups().iter().enumerate() {
        let first = rows.len();
        refuse_more(path, (first as u64 + count).saturating_sub(1) as usize)?;
        rows.resize(first + count as usize, Vec::with_capacity(paths.len()));
        for (column, name) in paths.iter().enumerate() {
            let values = table.read(group, column).map_err(wrong)?;
            for (at, (row, value)) in rows[first..].iter_mut().zip(settings(values)).enumerate() {
                let value = value.ok_or_else(|| {
                    let message =
                        format!("`{}`, row {}: `{name}` is infinite or not a number", path.display(), first + at);
                    SweepError::usage(message, "every point needs a finite number, a text or a date for each place")
                })?;
                row.push(value);
            }
        }
    }
    Ok(Points { paths, rows })
}

/// Values of a column, by row; `None` where a number is not finite.
fn settings(values: Values) -> Box<dyn Iterator<Item = Option<Setting>>> {
    match values {
        Values::Numbers(all) => Box::new(all.into_iter().map(|x| x.is_finite().then_some(Setting::Number(x)))),
        Values::Dates(all) => Box::new(all.into_iter().map(|date| Some(Setting::Text(date.to_string())))),
        Values::Texts { words, rows } => {
            Box::new(rows.into_iter().map(move |row| Some(Setting::Text(words[row as usize].clone()))))
        }
    }
}

fn refuse_more(path: &Path, rows: usize) -> Result<(), SweepError> {
    if rows < MOST_POINTS {
        return Ok(());
    }
    let message = format!("`{}` has more than {MOST_POINTS} points", path.display());
    Err(SweepError::usage(message, "split the list"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Column, parquet};

    #[test]
    fn csv_and_parquet_list_the_same_points() {
        let place = tempfile::tempdir().unwrap();
        let (csv, table) = (place.path().join("points.csv"), place.path().join("points.parquet"));
        std::fs::write(&csv, "a.b, c.d,e\n# both\n0.5, merit, 3\n1e9,\"priority\",-1\n").unwrap();
        let columns = [
            ("a.b".to_string(), Column::Real(vec![Some(0.5), Some(1e9)])),
            ("c.d".to_string(), Column::Text(vec!["merit".into(), "priority".into()])),
            ("e".to_string(), Column::Whole(vec![3, -1])),
        ];
        parquet::write(&table, &columns).unwrap();
        let (one, other) = (read(&csv).unwrap(), read(&table).unwrap());
        assert_eq!(one, other);
        assert_eq!(one.rows[1], [Setting::Number(1e9), Setting::Text("priority".into()), Setting::Number(-1.0)]);
    }

    #[test]
    fn what_is_no_list_is_refused_with_its_place() {
        let place = tempfile::tempdir().unwrap();
        for (name, text, expected) in [
            ("short.csv", "a,b\n1,2\n1\n", "line 3"),
            ("gap.csv", "a,b\n1,\n", "line 2: `b` has no value"),
            ("empty.csv", "a,b\n", "has no points"),
            ("text.parquet", "a,b\n1,2\n", "could not be read"),
        ] {
            let path = place.path().join(name);
            std::fs::write(&path, text).unwrap();
            let error = read(&path).expect_err(name);
            assert!(error.message.contains(expected), "{name}: {error}");
        }
        assert!(read(&place.path().join("none.csv")).is_err());
    }
}
