//! Dates, times, probabilities and ranges as one would say them.

use super::numbers::{fixed, significant};

/// Months by name.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The month of a date: `November 2032` for `2032-11` or `2032-11-01`, and any other text as it is.
pub fn month(date: &str) -> String {
    let named = |date: &str| {
        let mut parts = date.split('-');
        let year = parts.next().filter(|year| year.len() == 4)?;
        let month: usize = parts.next()?.parse().ok()?;
        Some(format!("{} {year}", MONTHS.get(month.checked_sub(1)?)?))
    };
    named(date).unwrap_or_else(|| date.to_owned())
}

/// The year and month so many months after a date: `2032-11`; `None` if it is no date.
pub fn months_after(date: &str, months: u32) -> Option<String> {
    let (year, rest) = date.split_once('-')?;
    let (year, month): (u32, u32) = (year.parse().ok()?, rest.get(..2)?.parse().ok()?);
    let all = month.checked_sub(1)? + months;
    Some(format!("{}-{:02}", year + all / 12, all % 12 + 1))
}

/// A time: `4 years 3 months`, `1 year`, `2 weeks`.
pub fn duration(years: f64) -> String {
    let counted = |n: u64, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    let months = (12.0 * years).round();
    if months < 1.0 {
        return counted((52.0 * years).round() as u64, "week");
    }
    let (years, months) = (months as u64 / 12, months as u64 % 12);
    match (years, months) {
        (0, months) => counted(months, "month"),
        (years, 0) => counted(years, "year"),
        (years, months) => format!("{} {}", counted(years, "year"), counted(months, "month")),
    }
}

/// A probability in whole per cent, with a digit more next to 0 and 1, and as `1 in 12,000` where per cent say nothing.
pub fn chance(probability: f64) -> String {
    let rest = 1.0 - probability;
    let one_in = |p: f64| format!("1 in {}", significant(1.0 / p, 2));
    if probability <= 0.0 {
        "0%".to_owned()
    } else if rest <= 0.0 {
        "100%".to_owned()
    } else if probability < 1e-3 {
        one_in(probability)
    } else if rest < 1e-3 {
        format!("all but {}", one_in(rest))
    } else if probability.min(rest) < 0.0095 {
        format!("{}%", fixed(100.0 * probability, 1))
    } else {
        format!("{}%", fixed(100.0 * probability, 0))
    }
}

/// The digits after the point that tell the ends of a range apart: none for a width of 4 or more, one from 0.4 on, and so forth.
pub fn range_decimals(low: f64, high: f64) -> i32 {
    let quarter = (high - low) / 4.0;
    if quarter.is_finite() && quarter > 0.0 { (-quarter.log10().floor()).clamp(0.0, 6.0) as i32 } else { 0 }
}

/// With a capital letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A text in lines of at most `room` characters; longer words have lines of their own. There is a line at least.
pub fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("there is a line");
        if last.is_empty() {
            last.push_str(word);
        } else if last.chars().count() + 1 + word.chars().count() <= room {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// Several things in a sentence: `a`, `a or b`, `a, b or c`.
pub fn listed(all: &[String], last: &str) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_months_and_years() {
        assert_eq!(month("2032-11"), "November 2032");
        assert_eq!(month("2026-01-15"), "January 2026");
        for other in ["year 3.50", "2032-13", "soon", "", "32-11"] {
            assert_eq!(month(other), other);
        }
    }

    #[test]
    fn months_go_on_over_the_ends_of_years() {
        let later = |date, months| months_after(date, months);
        assert_eq!(later("2026-11-15", 0).as_deref(), Some("2026-11"));
        assert_eq!(later("2026-11-15", 14).as_deref(), Some("2028-01"));
        assert_eq!([later("soon", 1), later("2026-00-01", 1), later("2026", 1)], [None, None, None]);
    }

    #[test]
    fn times_are_years_and_months() {
        let cases = [
            (4.25, "4 years 3 months"),
            (1.0, "1 year"),
            (0.5, "6 months"),
            (2.999, "3 years"),
            (1.0 / 12.0, "1 month"),
            (1.0 / 52.0, "1 week"),
            (0.0, "0 weeks"),
        ];
        for (years, text) in cases {
            assert_eq!(duration(years), text, "{years}");
        }
    }

    #[test]
    fn chances_have_the_digits_that_say_something() {
        let cases = [
            (0.3688, "37%"),
            (0.0, "0%"),
            (1.0, "100%"),
            (0.004, "0.4%"),
            (0.9959, "99.6%"),
            (0.000_083, "1 in 12,000"),
            (0.999_9, "all but 1 in 10,000"),
        ];
        for (probability, text) in cases {
            assert_eq!(chance(probability), text, "{probability}");
        }
    }

    #[test]
    fn ranges_have_as_many_digits_as_tell_them_apart() {
        let cases = [(29.54, 30.08, 1), (-11.5, 24.7, 0), (0.0, 3.0, 1), (1.0, 1.0, 0), (4.0, 8.0, 0), (0.1, 0.13, 3)];
        for (low, high, decimals) in cases {
            assert_eq!(range_decimals(low, high), decimals, "{low} … {high}");
        }
    }

    #[test]
    fn lists_end_with_a_word() {
        let list = |n: usize| listed(&["a", "b", "c"].map(String::from)[..n], "or");
        assert_eq!([list(0), list(1), list(2), list(3)], ["", "a", "a or b", "a, b or c"]);
    }
}
