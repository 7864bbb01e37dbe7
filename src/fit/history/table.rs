//! Tables of prices as text: a first line of names, then a line for each date.
//!
//! Separators, quotes, decimal commas and the line `sep=` are read as in lists of points. Lines that are empty or begin with `#` are
//! skipped, missing prices are told from zeros, and all other words that are no numbers are errors.

use std::io::Read;

use chrono::NaiveDate;

use super::super::error::FitError;
use super::History;
use super::dates::DateFormat;
use super::numbers::{Style, is_missing, number, quoted, style};
use crate::input::delimited::{Fields, named_separator, separator_of};
use crate::input::lines::{LineError, Lines};

/// Lines of a table at most.
const MOST_LINES: usize = 1_000_000;
/// Names of a column of dates, in lower case.
const DATE_NAMES: [&str; 10] =
    ["date", "day", "time", "datetime", "timestamp", "month", "week", "period", "datum", "as_of"];
const HEADER: &str = "write names as the first line, such as date,h100, then a line for each date";

/// How a table is read.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// The file's name, as messages give it.
    pub file: &'a str,
    /// The columns of prices.
    pub columns: &'a [String],
    /// The column of dates; by its name, or else the first column, where not given.
    pub dates: Option<&'a str>,
    /// The dates' format, with strftime's specifiers; ISO 8601 where not given.
    pub date_format: Option<&'a str>,
}

/// A line: its number, date and the words of the wanted columns.
struct Row {
    line: u64,
    date: NaiveDate,
    words: Vec<String>,
}

/// Reads the histories of the wanted columns of a text, in the order asked for.
///
/// # Errors
///
/// The text cannot be read, a column does not exist, a word is not a date or a number, or a column is no history
/// ([`History::new`]); with line and column.
pub fn columns(table: &Table, input: impl Read) -> Result<Vec<History>, FitError> {
    let format = DateFormat::new(table.date_format)?;
    let mut lines = Lines::new(input);
    let (header, named) = table.header(&mut lines)?;
    let separator = match named {
        Some(separator) => separator,
        None => separator_of(&header)
            .map_err(|what| table.wrong(lines.number, what, "use the same separator throughout"))?,
    };
    let mut fields = Fields::new(separator);
    let names = fields.split(&header).ok_or_else(|| table.wrong(lines.number, "a quote is not closed", HEADER))?;
    let dates = table.date_column(&names)?;
    let wanted: Vec<usize> = table.columns.iter().map(|name| table.place(&names, name)).collect::<Result<_, _>>()?;
    let mut rows = Vec::new();
    while let Some(line) = table.next(&mut lines)? {
        let words = table.words(&line, lines.number, &names, &mut fields)?;
        let date = format
            .date(&words[dates])
            .map_err(|(what, hint)| table.wrong(lines.number, format!("`{}`: {what}", names[dates]), hint))?;
        if rows.len() == MOST_LINES {
            return Err(table.wrong(
                lines.number,
                format!("there are more than {MOST_LINES} lines"),
                "shorten the table",
            ));
        }
        rows.push(Row { line: lines.number, date, words: wanted.iter().map(|&at| words[at].clone()).collect() });
    }
    let style = table.style(&rows)?;
    let history = |(at, name): (usize, &String)| {
        let value = |row: &Row| (row.line, row.date, number(&row.words[at], style));
        History::new(table.file, name, "line", rows.iter().map(value))
    };
    table.columns.iter().enumerate().map(history).collect()
}

impl Table<'_> {
    fn wrong(&self, line: u64, what: impl std::fmt::Display, hint: impl Into<String>) -> FitError {
        FitError::usage(format!("{}, line {line}: {what}", self.file), hint)
    }

    /// The next line that has something to read.
    fn next(&self, lines: &mut Lines<impl Read>) -> Result<Option<String>, FitError> {
        loop {
            let number = lines.number + 1;
            match lines.next() {
                Ok(None) => return Ok(None),
                Ok(Some(line)) if line.trim().is_empty() || line.trim_start().starts_with('#') => (),
                Ok(Some(line)) => return Ok(Some(line.to_owned())),
                Err(LineError::Unreadable(cause)) => {
                    let what = format!("{} could not be read: {cause}", self.file);
                    return Err(FitError::failed(what, "check that it exists and is readable"));
                }
                Err(error @ LineError::TooLong) => return Err(self.wrong(number, error, "is this a table of prices?")),
                Err(error) => return Err(self.wrong(number, error, "save the file as UTF-8")),
            }
        }
    }

    /// The line of names, and the separator that a line before it names.
    fn header(&self, lines: &mut Lines<impl Read>) -> Result<(String, Option<char>), FitError> {
        let empty = || FitError::usage(format!("{} is empty", self.file), HEADER);
        let first = self.next(lines)?.ok_or_else(empty)?;
        match named_separator(&first) {
            Some(separator) => Ok((self.next(lines)?.ok_or_else(empty)?, Some(separator))),
            None => Ok((first, None)),
        }
    }

    pub(super) fn date_column(&self, names: &[String]) -> Result<usize, FitError> {
        match self.dates {
            Some(name) => self.place(names, name),
            None => {
                let known = |name: &String| DATE_NAMES.contains(&name.to_lowercase().as_str());
                Ok(names.iter().position(known).unwrap_or(0))
            }
        }
    }

    /// The place of a column by its name, whose case does not matter where that leaves one.
    pub(super) fn place(&self, names: &[String], wanted: &str) -> Result<usize, FitError> {
        let alike = |exact: bool| {
            let same = move |name: &String| name == wanted || (!exact && name.eq_ignore_ascii_case(wanted));
            (0..names.len()).filter(|&at| same(&names[at])).collect::<Vec<_>>()
        };
        let found = Some(alike(true)).filter(|found| !found.is_empty()).unwrap_or_else(|| alike(false));
        match found.as_slice() {
            [place] => Ok(*place),
            [] => {
                let all: Vec<String> = names.iter().map(|name| format!("`{}`", quoted(name))).collect();
                let what = format!("{} has no column `{}`", self.file, quoted(wanted));
                Err(FitError::usage(what, format!("its columns are {}", all.join(", "))))
            }
            _ => {
                let what = format!("{} has {} columns `{}`", self.file, found.len(), quoted(wanted));
                Err(FitError::usage(what, "give columns different names"))
            }
        }
    }

    /// The fields of a line, as many as names; empty ones may be missing at its end.
    fn words(&self, line: &str, number: u64, names: &[String], fields: &mut Fields) -> Result<Vec<String>, FitError> {
        let hint = "write all values of a date on one line";
        let mut words = fields.split(line).ok_or_else(|| self.wrong(number, "a quote is not closed", hint))?;
        while words.len() > names.len() && words.last().is_some_and(String::is_empty) {
            words.pop();
        }
        if words.len() != names.len() {
            let hint = match fields.separator == ',' && words.len() > names.len() {
                true => "write a value for each column; if numbers have decimal commas, separate values by semicolons",
                false => "write a value for each column",
            };
            let what = format!("the number of values is {}, but the number of columns is {}", words.len(), names.len());
            return Err(self.wrong(number, what, hint));
        }
        Ok(words)
    }

    /// The style of the numbers of all wanted columns.
    fn style(&self, rows: &[Row]) -> Result<Style, FitError> {
        let all = rows.iter().flat_map(|row| row.words.iter().enumerate().map(move |(at, word)| (row.line, at, word)));
        let there: Vec<(u64, usize, &String)> = all.filter(|(_, _, word)| !is_missing(word)).collect();
        let words: Vec<&str> = there.iter().map(|(_, _, word)| word.as_str()).collect();
        style(&words).map_err(|(place, what)| {
            let (line, at, _) = there[place];
            let hint = "write numbers as 1234.5, and nothing, NA or - for a missing price";
            self.wrong(line, format!("`{}`: {what}", self.columns[at]), hint)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(text: &str, columns_: &[&str], date_format: Option<&str>) -> Result<Vec<History>, String> {
        let names: Vec<String> = columns_.iter().map(|&name| name.to_owned()).collect();
        let table = Table { file: "p.csv", columns: &names, dates: None, date_format };
        columns(&table, text.as_bytes()).map_err(|error| format!("{} ({})", error.message, error.hint))
    }

    /// Eight months of two columns in a dialect.
    fn text(separator: &str, decimal: &str, date: impl Fn(usize) -> String) -> String {
        let line = |month: usize| {
            let values = [format!("{month}.25"), format!("0.{month}")].map(|value| value.replace('.', decimal));
            format!("{}{separator}{}\n", date(month), values.join(separator))
        };
        format!("date{separator}h100{separator}Use\n{}", (1..=8).map(line).collect::<String>())
    }

    #[test]
    fn dialects_have_the_same_histories() {
        let iso = |month: usize| format!("2026-{month:02}-01");
        let plain = text(",", ".", iso);
        let expected = read_as(&plain, &["h100", "use"], None).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(expected.len(), 2);
        assert_eq!(expected[0].observations[2].value, 3.25);
        assert_eq!(expected[1].observations[7].value, 0.8);
        let day_first = |month: usize| format!("01.{month:02}.2026");
        for (other, format) in [
            (text(";", ",", iso), None),
            (text("\t", ".", |month| format!("2026-{month:02}-01T12:00:00Z")), None),
            (text(";", ",", day_first), Some("%d.%m.%Y")),
            (plain.replace('\n', "\r\n"), None),
            (format!("\u{feff}{plain}"), None),
            (plain.replace(",Use", ",Use,").replace("5\n", "5,\n"), None),
        ] {
            let found = read_as(&other, &["h100", "use"], format);
            if other.contains(",Use,") {
                assert!(found.is_err());
                continue;
            }
            let found = found.unwrap_or_else(|error| panic!("{other}: {error}"));
            for (a, b) in found.iter().zip(&expected) {
                let values = |of: &History| of.observations.iter().map(|o| (o.date, o.value)).collect::<Vec<_>>();
                assert_eq!(values(a), values(b), "{other}");
            }
        }
    }

    #[test]
    fn excel_comments_and_missing_prices_are_understood() {
        let rows: String = (1..=8).map(|month| format!("\"2026-{month:02}-01\";\"1.00{month},5\"\n")).collect();
        let text = format!("sep=;\n# from the market\nDate;p\n\n{rows}2026-09-01;n/a\n2026-10-01;-\n");
        let found = read_as(&text, &["P"], None).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(found[0].observations.len(), 8);
        assert_eq!((found[0].observations[7].value, found[0].observations[7].place), (1008.5, 12));
        assert_eq!(found[0].remarks, ["`P`: 2 missing prices are left out."]);
    }

    #[test]
    fn mistakes_are_told_with_line_and_column() {
        let good = text(",", ".", |month| format!("2026-{month:02}-01"));
        for (wrong, expected) in [
            (good.replace("3.25", "x"), "p.csv, line 4: `h100`: `x` is not a number"),
            (
                good.replace("2026-03-01", "01/03/2026"),
                "line 4: `date`: `01/03/2026` is not a date (write dates as 2027-01-31, or say --date-format %d/%m/%Y)",
            ),
            (good.replace("h100", "a100"), "p.csv has no column `h100` (its columns are `date`, `a100`, `Use`)"),
            (good.replace("Use", "h100"), "has 2 columns `h100`"),
            (good.replace("3.25,", "3,25,"), "line 4: the number of values is 4, but the number of columns is 3"),
            (good.replace("3.25", "\"3,25\""), "line 4: `h100`: `3,25` has a decimal comma"),
            (good.replace("2026-03-01,3.25", "2026-03-01"), "line 4: the number of values is 2"),
            (good.replace("3.25", "\"3.25"), "line 4: a quote is not closed"),
            (String::new(), "p.csv is empty"),
            (good.replace("03-01", "02-01"), "two prices on 2026-02-01, 2.25 on line 3 and 3.25 on line 4"),
        ] {
            let error = read_as(&wrong, &["h100"], None).expect_err(expected);
            assert!(error.contains(expected), "{error}");
        }
    }
}
