//! Lists as text: a first line of places, then a line for each point. Every line is a point or an error.
//!
//! Fields are separated by commas, semicolons, tabs or bars, whichever the first line has; a line `sep=` before it, which Excel
//! writes and reads, names another character. Numbers have decimal points, or decimal commas throughout.

use std::io::{Cursor, Read};

use super::refusal::{List, PARQUET};
use crate::input::delimited::{Fields, named_separator, separator_of};
use crate::input::lines::{LineError, Lines};
use crate::scenario::{Setting, date, number};
use crate::sweep::design::Points;
use crate::sweep::error::SweepError;

/// Empty lines at the end of a list at most, so that none is read without end.
const MOST_EMPTY: u64 = 1_000;
/// Characters of a file that a message repeats at most.
const LONGEST_QUOTE: usize = 40;

const FIRST_LINE: &str = "write scenario keys as the first line, then a line of values for each point";
const NO_COMMENTS: &str = "remove the line; lists cannot have comments (numpy.savetxt omits them with comments=\"\")";

impl List {
    /// Reads a stream; one that may be of either kind is looked at.
    pub fn stream(&self, mut input: impl Read + Send, either: bool) -> Result<Points, SweepError> {
        let mut start = Vec::new();
        input.by_ref().take(PARQUET.len() as u64).read_to_end(&mut start).map_err(|error| self.unreadable(error))?;
        let parquet = start == PARQUET;
        let whole = Cursor::new(start).chain(input);
        match (parquet, either) {
            (true, true) => self.parquet_stream(whole),
            (true, false) => Err(SweepError::usage(
                format!("{} is a Parquet file", self.name),
                "give it a name that ends with .parquet",
            )),
            _ => self.text(whole),
        }
    }

    /// Reads text.
    fn text(&self, input: impl Read) -> Result<Points, SweepError> {
        let mut lines = Lines::new(input);
        let Some(mut header) = self.next(&mut lines)? else {
            return Ok(Points { paths: Vec::new(), rows: Vec::new() });
        };
        let named = named_separator(&header);
        if named.is_some() {
            header = self.next(&mut lines)?.unwrap_or_default();
        }
        if header.trim().is_empty() {
            return Err(self.wrong(lines.number, "the line is empty", FIRST_LINE));
        }
        let separator = match named {
            Some(separator) => separator,
            None => separator_of(&header).map_err(|what| self.wrong(1, what, "use the same separator throughout"))?,
        };
        let mut fields = Fields::new(separator);
        let paths = self.places(fields.split(&header), lines.number)?;
        let mut decimals = Decimals::default();
        let mut rows = Vec::new();
        let mut empty = None;
        while let Some(line) = self.next(&mut lines)? {
            let number = lines.number;
            if line.trim().is_empty() {
                let first = *empty.get_or_insert(number);
                if number - first < MOST_EMPTY {
                    continue;
                }
            }
            if let Some(empty) = empty {
                return Err(self.wrong(empty, "the line is empty", "remove it, or write a value for each column"));
            }
            self.refuse_row(rows.len(), paths.len())?;
            rows.push(self.row(&line, number, &paths, &mut fields, &mut decimals)?);
        }
        if let Some((line, text)) = decimals.unsure() {
            return Err(self.wrong(
                line,
                format!("`{text}` can mean {} or {}", text.replace(',', "."), text.replace(',', "")),
                "write numbers without thousands separators",
            ));
        }
        Ok(Points { paths, rows })
    }

    fn next(&self, lines: &mut Lines<impl Read>) -> Result<Option<String>, SweepError> {
        let number = lines.number + 1;
        let found = lines.next().map(|line| line.map(str::to_owned));
        let line = found.map_err(|error| match error {
            LineError::Unreadable(_) => self.unreadable(error),
            LineError::TooLong => self.wrong(number, error, "is this a list of points?"),
            LineError::Utf16 | LineError::NotText => self.wrong(number, error, "save the file as UTF-8"),
        })?;
        match line {
            Some(line) if line.trim_start().starts_with('#') => {
                Err(self.wrong(number, format!("`{}` is not a point", quoted(&line)), NO_COMMENTS))
            }
            line => Ok(line),
        }
    }

    /// The places that the first line names.
    fn places(&self, fields: Option<Vec<String>>, line: u64) -> Result<Vec<String>, SweepError> {
        let paths = fields.ok_or_else(|| self.wrong(line, "a quote is not closed", FIRST_LINE))?;
        self.refuse_columns(paths.len())?;
        if let Some(nameless) = paths.iter().position(String::is_empty) {
            let hint = "write a scenario key above each column (pandas omits its row numbers with to_csv(index=False))";
            return Err(self.wrong(line, format!("column {} has no heading", nameless + 1), hint));
        }
        if !paths.is_empty() && paths.iter().all(|path| decimal(path).is_some() || date(path).is_some()) {
            return Err(self.wrong(line, "the first line has values instead of scenario keys", FIRST_LINE));
        }
        Ok(paths)
    }

    /// The values of a line.
    fn row(
        &self,
        line: &str,
        number: u64,
        paths: &[String],
        fields: &mut Fields,
        decimals: &mut Decimals,
    ) -> Result<Vec<Setting>, SweepError> {
        let hint = "write all values of a point on one line";
        let words = fields.split(line).ok_or_else(|| self.wrong(number, "a quote is not closed", hint))?;
        if words.len() != paths.len() {
            let hint = match fields.separator == ',' && words.len() > paths.len() {
                true => "write a value for each column; if numbers have decimal commas, separate values by semicolons",
                false => "write a value for each column",
            };
            let what = format!("the number of values is {}, but the number of columns is {}", words.len(), paths.len());
            return Err(self.wrong(number, what, hint));
        }
        let value = |(path, word): (&String, &String)| {
            if word.is_empty() {
                return Err(self.wrong(
                    number,
                    format!("`{path}` has no value"),
                    "every point needs a value in each column",
                ));
            }
            decimals.value(word, number).map_err(|what| {
                self.wrong(number, format!("`{path}`: {what}"), "write numbers as 1234.5 and dates as 2027-01-31")
            })
        };
        paths.iter().zip(&words).map(value).collect()
    }
}

/// Which decimal separator a file has. It has one, so that no number can be read as a thousand times another.
#[derive(Default)]
struct Decimals {
    /// The first number with a point, with a comma, and with a comma that may separate thousands: line and text.
    point: Option<(u64, String)>,
    comma: Option<(u64, String)>,
    thousands: Option<(u64, String)>,
}

impl Decimals {
    /// What a word means, or what is wrong with it.
    fn value(&mut self, word: &str, line: u64) -> Result<Setting, String> {
        let value = Setting::of(word);
        let here = || Some((line, word.to_owned()));
        match &value {
            Setting::Number(_) if word.contains('.') => self.point = self.point.take().or_else(here),
            Setting::Text(text) => {
                let Some(number) = decimal_comma(text) else {
                    return if is_almost_number(text) {
                        Err(format!("`{}` is neither a number nor a date", quoted(text)))
                    } else {
                        Ok(value)
                    };
                };
                let place = if is_thousands(text) { &mut self.thousands } else { &mut self.comma };
                *place = place.take().or_else(here);
                self.refuse_both()?;
                return Ok(Setting::Number(number));
            }
            _ => (),
        }
        self.refuse_both()?;
        Ok(value)
    }

    fn refuse_both(&self) -> Result<(), String> {
        let (Some(point), Some(comma)) = (&self.point, self.comma.as_ref().or(self.thousands.as_ref())) else {
            return Ok(());
        };
        Err(format!(
            "`{}` on line {} has a decimal point, but `{}` on line {} has a decimal comma",
            point.1, point.0, comma.1, comma.0
        ))
    }

    /// A number whose comma may stand for anything, if no other one shows what commas mean here.
    fn unsure(self) -> Option<(u64, String)> {
        self.thousands.filter(|_| self.comma.is_none())
    }
}

/// A number with a point or a comma.
fn decimal(word: &str) -> Option<f64> {
    number(word).or_else(|| decimal_comma(word))
}

/// A number with a decimal comma.
fn decimal_comma(word: &str) -> Option<f64> {
    let digits = |c: char| c.is_ascii_digit() || matches!(c, ',' | '+' | '-' | 'e' | 'E');
    let one = word.chars().filter(|&c| c == ',').count() == 1;
    (one && word.chars().all(digits)).then(|| number(&word.replace(',', ".")))?
}

/// Whether the comma of a number may separate thousands: 1,250 but not 0,125 and 1,25.
fn is_thousands(word: &str) -> bool {
    let Some((whole, rest)) = word.trim_start_matches(['+', '-']).split_once(',') else { return false };
    (1..=3).contains(&whole.len())
        && !whole.starts_with('0')
        && rest.len() == 3
        && rest.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a word has nothing but digits and what people put between them.
fn is_almost_number(word: &str) -> bool {
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | '\'' | '’' | '/' | '-' | '+' | ':');
    word.contains(|c: char| c.is_ascii_digit()) && word.chars().all(|c| c.is_ascii_digit() || between(c))
}

/// The beginning of a word as messages repeat it.
fn quoted(word: &str) -> String {
    let mut short: String = word.trim().chars().take(LONGEST_QUOTE).collect();
    if word.trim().chars().nth(LONGEST_QUOTE).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Points, String> {
        let list = List { name: "list".into() };
        list.text(text.as_bytes()).map_err(|error| format!("{} ({})", error.message, error.hint))
    }

    /// Values as they are shown, by row.
    fn values(text: &str) -> Vec<String> {
        let points = read(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(points.paths, ["a.b", "c"]);
        points.rows.iter().map(|row| format!("{} {}", row[0], row[1])).collect()
    }

    #[test]
    fn dialects_list_the_same_points() {
        let expected = ["0.5 0.08", "0.75 0.09", "1 1000"];
        for text in [
            "a.b,c\n0.5,0.08\n0.75,0.09\n1,1e3\n",
            "\u{feff}a.b;c\r\n0.5;0.08\r\n0.75;0.09\r\n1;1000\r\n\r\n",
            "a.b;c\n0,5;0,08\n0,75;0,09\n1;1,000\n",
            "a.b\tc\n0.5\t0.08\n0.75\t0.09\n1\t1_000\n",
            "a.b|c\r0.5|0.08\r0.75|0.09\r1|1000\r",
            "sep=;\na.b;c\n0.5;0.08\n0.75;0.09\n1;1000\n",
            "\"sep=,\"\na.b,c\n\"0,5\",\"0,08\"\n\"0,75\",\"0,09\"\n1,1000\n",
            "SEP=\t\n\"a.b\"\t\"c\"\n\"0.5\"\t0.08\n 0.75 \t0.09\n1\t1000\n",
        ] {
            let text = if text.contains("1,000") { text.replace("1,000", "1000,0") } else { text.to_owned() };
            assert_eq!(values(&text), expected, "{text:?}");
        }
        assert_eq!(values("a.b, c\t\n2027-01-31,\"x, \"\"y\"\"\"\n"), ["2027-01-31 \"x, \"y\"\""]);
    }

    #[test]
    fn every_line_is_a_point_or_an_error() {
        for (text, expected) in [
            ("a,b\n1,2\n1\n", "line 3: the number of values is 1, but the number of columns is 2"),
            ("a,b\n1,2\n0,5,0,5\n", "semicolons"),
            ("a,b\n1,\n", "line 2: `b` has no value"),
            ("a,b\n# note\n1,2\n", "line 2: `# note` is not a point"),
            ("a,b\n1,2\n  #1,2\n", "line 3: `#1,2` is not a point"),
            ("# a,b\n1,2\n", "line 1: `# a,b` is not a point"),
            ("a,b\n1,2\n\n\n1,2\n", "line 3: the line is empty"),
            ("a\n\n1\n", "line 2: the line is empty"),
            ("\n\n", "line 1: the line is empty"),
            ("sep=;\n\n1\n", "line 2: the line is empty"),
            ("a,b\n1,2\n,\n", "line 3: `a` has no value"),
            (",a\n0,1\n", "line 1: column 1 has no heading"),
            ("0.5,0.08\n0.6,0.08\n", "line 1: the first line has values"),
            ("a,b;c\n1,2\n", "line 1: the first line has both `,` and `;`"),
            ("a,b\n\"1,2\n3,4\n", "line 2: a quote is not closed"),
            ("\"a,b\n1,2\n", "line 1: a quote is not closed"),
            ("sep=;\na,b\n1;2\n", "line 3: the number of values is 2"),
            (
                "a;b\n0,5;1\n1;0.5\n",
                "line 3: `b`: `0.5` on line 3 has a decimal point, but `0,5` on line 2 has a decimal comma",
            ),
            ("a;b\n0.5;1\n1,250;1\n", "line 3: `a`: `0.5` on line 2"),
            ("a;b\n1;1,250\n", "line 2: `1,250` can mean 1.250 or 1250"),
            ("a;b\n1;1.234,5\n", "line 2: `b`: `1.234,5` is neither a number nor a date"),
            ("a;b\n1;1 250\n", "`1 250` is neither"),
            ("a,b\n1,31/12/2027\n", "`31/12/2027` is neither"),
            ("a,b\n1,2027-02-30\n", "`2027-02-30` is neither"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.contains(expected), "{text:?}: {error}");
        }
        assert!(read("").unwrap().rows.is_empty());
        assert!(read("a,b\n").unwrap().rows.is_empty());
    }

    #[test]
    fn a_comma_of_thousands_is_one_where_another_number_shows_it() {
        assert_eq!(values("a.b;c\n1,250;1\n0,5;1\n"), ["1.25 1", "0.5 1"]);
        assert_eq!(values("a.b;c\n0,125;-1,2e3\n"), ["0.125 -1200"]);
    }

    #[test]
    fn lists_have_limits() {
        let wide = vec!["a"; crate::sweep::design::MOST_AXES + 1].join(",");
        assert!(read(&format!("{wide}\n1\n")).expect_err("it is too wide").contains("columns; at most"));
        let list = List { name: "list".into() };
        assert!(list.text(std::io::repeat(b'1')).expect_err("it does not end").message.contains("longer than"));
        let empty = std::iter::repeat_n("\n", 1_000).collect::<String>();
        assert_eq!(values(&format!("a.b,c\n1,2\n{empty}")), ["1 2"]);
        let endless = b"a,b\n1,2\n".chain(std::io::repeat(b'\n'));
        assert!(list.text(endless).expect_err("it does not end").message.contains("line 3: the line is empty"));
        assert!(list.refuse_row(9_999_999, 5).is_ok());
        assert!(list.refuse_row(10_000_000, 1).is_err() && list.refuse_row(9_999_999, 6).is_err());
    }
}
