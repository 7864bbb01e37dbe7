//! Lists as Parquet tables of whatever program wrote them.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use super::refusal::List;
use crate::scenario::{Setting, date};
use crate::storage::foreign::{ForeignError, ForeignTable, Values};
use crate::sweep::design::Points;
use crate::sweep::error::SweepError;

/// Bytes of a table on standard input at most.
const LARGEST_STREAM: u64 = 4 << 30;

impl List {
    /// Reads a file.
    pub fn parquet_file(&self, path: &Path) -> Result<Points, SweepError> {
        let file = File::open(path).map_err(|error| SweepError::unreadable(path, error))?;
        self.table(file)
    }

    /// Reads a stream through a temporary file, since a table can only be read from its end.
    pub fn parquet_stream(&self, input: impl Read) -> Result<Points, SweepError> {
        let copied = tempfile::tempfile().and_then(|mut file| {
            let length = io::copy(&mut input.take(LARGEST_STREAM + 1), &mut file)?;
            file.rewind()?;
            Ok((file, length))
        });
        match copied {
            Ok((file, length)) if length <= LARGEST_STREAM => self.table(file),
            Ok(_) => Err(SweepError::usage(
                format!("{} is larger than {} GiB", self.name, LARGEST_STREAM >> 30),
                "split the list",
            )),
            Err(error) => Err(self.unreadable(error)),
        }
    }

    fn table(&self, file: File) -> Result<Points, SweepError> {
        let wrong = |error: ForeignError| match error {
            ForeignError::Broken(cause) => self.unreadable(cause),
            other => SweepError::usage(format!("{} {other}", self.name), other.hint()),
        };
        let table = ForeignTable::open(file).map_err(wrong)?;
        let paths: Vec<String> = table.names().map(str::to_owned).collect();
        self.refuse_columns(paths.len())?;
        (0..paths.len()).try_for_each(|column| table.kind(column).map(drop)).map_err(wrong)?;
        let count = table.groups().iter().fold(0u64, |sum, rows| sum.saturating_add(*rows));
        if let Some(last) = count.checked_sub(1) {
            self.refuse_row(usize::try_from(last).unwrap_or(usize::MAX), paths.len())?;
        }
        let mut rows: Vec<Vec<Setting>> = Vec::new();
        for (group, &count) in table.groups().iter().enumerate() {
            let first = rows.len();
            rows.resize_with(first + count as usize, || Vec::with_capacity(paths.len()));
            for (column, name) in paths.iter().enumerate() {
                let values = table.read(group, column).map_err(wrong)?;
                for (at, (row, value)) in rows[first..].iter_mut().zip(settings(values)).enumerate() {
                    let value = value.ok_or_else(|| {
                        let message =
                            format!("{}, row {}: `{name}` is infinite or not a number", self.name, first + at);
                        SweepError::usage(message, "every point needs a finite number, a text or a date in each column")
                    })?;
                    row.push(value);
                }
            }
        }
        Ok(Points { paths, rows })
    }
}

/// Values of a column, by row; `None` where a number is not finite.
fn settings(values: Values) -> Box<dyn Iterator<Item = Option<Setting>>> {
    let word = |text: String| date(&text).map_or(Setting::Text(text), Setting::Date);
    match values {
        Values::Numbers(all) => Box::new(all.into_iter().map(|x| x.is_finite().then_some(Setting::Number(x)))),
        Values::Dates(all) => Box::new(all.into_iter().map(move |date| Some(word(date.to_string())))),
        Values::Texts { words, rows } => {
            let words: Vec<Setting> = words.iter().map(|text| word(text.to_string())).collect();
            Box::new(rows.into_iter().map(move |row| Some(words[row as usize].clone())))
        }
    }
}
