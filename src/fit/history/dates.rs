//! Dates as files write them: ISO 8601, with or without a time, or in a format that the user names.

use chrono::NaiveDate;
use chrono::format::{Item, Parsed, StrftimeItems, parse_and_remainder};

use super::super::error::FitError;

const ISO: &str = "%Y-%m-%d";
const FORMAT_HINT: &str = "use the specifiers of strftime, such as %d/%m/%Y, %d.%m.%y, %b %Y or %m/%d/%Y %H:%M";

/// How dates are read.
#[derive(Debug, Clone)]
pub struct DateFormat {
    /// The format that the user named; ISO 8601 without.
    named: Option<String>,
}

impl DateFormat {
    /// ISO 8601, or a format of `strftime`'s specifiers. A format without a day means the first of the month.
    ///
    /// # Errors
    ///
    /// The format has specifiers that do not exist.
    pub fn new(named: Option<&str>) -> Result<Self, FitError> {
        if let Some(format) = named
            && StrftimeItems::new(format).any(|item| item == Item::Error)
        {
            return Err(FitError::usage(format!("`{format}` is not a date format"), FORMAT_HINT));
        }
        Ok(DateFormat { named: named.map(str::to_owned) })
    }

    /// The date of a word; otherwise what is wrong with it, and a hint.
    pub fn date(&self, word: &str) -> Result<NaiveDate, (String, String)> {
        let word = word.trim();
        let found = match &self.named {
            Some(format) => read(word, format, false),
            None => iso(word),
        };
        found.ok_or_else(|| match &self.named {
            Some(format) => (
                format!("`{word}` is not a date in the format `{format}`"),
                "correct it, or the format after --date-format".to_owned(),
            ),
            None => (
                format!("`{word}` is not a date"),
                match guess(word) {
                    Some(format) => format!("write dates as 2027-01-31, or say --date-format {format}"),
                    None => "write dates as 2027-01-31, or say how they are written, as in --date-format %d/%m/%Y"
                        .to_owned(),
                },
            ),
        })
    }
}

/// A date of ISO 8601, perhaps before a time: 2027-01-31, 2027/01/31, 20270131, 2027-01, 2027-01-31T12:00:00Z.
fn iso(word: &str) -> Option<NaiveDate> {
    let (date, time) = word.find(['T', 't', ' ']).map_or((word, ""), |at| word.split_at(at));
    let is_time = time.chars().skip(1).all(|c| c.is_ascii_digit() || c.is_whitespace() || ":.,+-zZUTC".contains(c));
    if !is_time {
        return None;
    }
    [ISO, "%Y/%m/%d", "%Y%m%d", "%Y-%m"].into_iter().find_map(|format| read(date, format, true))
}

/// A date in a format. Years of an ISO date have four digits, or 20270131 could be the year 2027013.
fn read(word: &str, format: &str, four_digits: bool) -> Option<NaiveDate> {
    let mut parsed = Parsed::new();
    let rest = parse_and_remainder(&mut parsed, word, StrftimeItems::new(format)).ok()?;
    if !rest.is_empty() {
        return None;
    }
    if parsed.day().is_none() && parsed.ordinal().is_none() && parsed.month().is_some() {
        parsed.set_day(1).ok()?;
    }
    let date = parsed.to_naive_date().ok()?;
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let compact = format == "%Y%m%d" && word.len() == 8;
    (!four_digits || digits == 4 || compact).then_some(date)
}

/// A format that a word could be in.
fn guess(word: &str) -> Option<&'static str> {
    const FORMATS: [&str; 8] =
        ["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%d %b %Y", "%b %Y", "%m/%Y"];
    let fits = |format: &&str| read(word, format, false).is_some();
    FORMATS.into_iter().find(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(word: &str, format: Option<&str>) -> Result<String, (String, String)> {
        let format = DateFormat::new(format).unwrap_or_else(|error| panic!("{error}"));
        format.date(word).map(|date| date.to_string())
    }

    #[test]
    fn dates_are_read_as_they_are_written() {
        for (word, format, date) in [
            ("2027-01-31", None, "2027-01-31"),
            (" 2027/01/31 ", None, "2027-01-31"),
            ("20270131", None, "2027-01-31"),
            ("2027-01", None, "2027-01-01"),
            ("2027-01-31T23:59:59.5+02:00", None, "2027-01-31"),
            ("2027-01-31 12:00", None, "2027-01-31"),
            ("2027-01-31T00:00:00Z", None, "2027-01-31"),
            ("31/01/2027", Some("%d/%m/%Y"), "2027-01-31"),
            ("31.1.27", Some("%d.%m.%y"), "2027-01-31"),
            ("31.01.2027 14:30", Some("%d.%m.%Y %H:%M"), "2027-01-31"),
            ("Jan 2027", Some("%b %Y"), "2027-01-01"),
        ] {
            assert_eq!(read_as(word, format), Ok(date.to_owned()), "{word}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused_with_a_format_that_would_fit() {
        for (word, hint) in [
            ("31/01/2027", "%d/%m/%Y"),
            ("01/31/2027", "%m/%d/%Y"),
            ("31.01.2027", "%d.%m.%Y"),
            ("Jan 2027", "%b %Y"),
            ("2027-02-30", "2027-01-31"),
            ("soon", "2027-01-31"),
            ("", "2027-01-31"),
            ("2027-01-31 noon", "2027-01-31"),
        ] {
            let (what, found) = read_as(word, None).expect_err(word);
            assert!(what.contains(word) && found.contains(hint), "{word}: {found}");
        }
        assert!(read_as("2027-01-31", Some("%d/%m/%Y")).is_err());
        assert!(DateFormat::new(Some("%d/%Q")).is_err());
    }
}
