//! Prices as files write them: decimal points or decimal commas, thousands separators, currency signs, and words for nothing.

/// Words for a missing number, in lower case.
const MISSING: [&str; 12] = ["", "-", "–", "—", ".", "na", "n/a", "#n/a", "nan", "null", "none", "nil"];
/// What may stand before or behind a price.
const SIGNS: [char; 4] = ['$', '€', '£', '¥'];

/// How a file writes numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// 1,234.5
    Point,
    /// 1.234,5
    Comma,
}

/// Whether a word stands for a missing number.
pub fn is_missing(word: &str) -> bool {
    MISSING.contains(&word.trim().to_lowercase().as_str())
}

/// A number in a style; `None` if the word is none.
///
/// Thousands may be separated by the style's other character, spaces, apostrophes or underscores, in groups of three digits.
pub fn number(word: &str, style: Style) -> Option<f64> {
    let word = word.trim().trim_matches(SIGNS).trim();
    let (point, comma) = match style {
        Style::Point => ('.', ','),
        Style::Comma => (',', '.'),
    };
    let (digits, exponent) = word.find(['e', 'E']).map_or((word, ""), |at| word.split_at(at));
    let (whole, fraction) = digits.split_once(point).unwrap_or((digits, ""));
    let sign = if whole.starts_with('-') { "-" } else { "" };
    let whole = ungrouped(whole.strip_prefix(['-', '+']).unwrap_or(whole), comma)?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    format!("{sign}{whole}.{fraction}0{exponent}").parse().ok().filter(|number: &f64| number.is_finite())
}

/// The digits of a whole number without what separates thousands; `None` if that stands elsewhere.
fn ungrouped(whole: &str, comma: char) -> Option<String> {
    let between = |c: char| c == comma || c.is_whitespace() || matches!(c, '\'' | '’' | '_');
    let groups: Vec<&str> = whole.split(between).collect();
    let digits = |group: &&str| group.bytes().all(|byte| byte.is_ascii_digit());
    let grouped =
        groups.len() == 1 || ((1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3));
    (grouped && groups.iter().all(digits)).then(|| groups.concat())
}

/// The style in which all numbers of a file can be read.
///
/// # Errors
///
/// The place of a word, and what is wrong with it: it is no number, or has another style than an earlier one, or no number shows
/// whether its comma separates thousands.
pub fn style(words: &[&str]) -> Result<Style, (usize, String)> {
    let fits = |style: Style| words.iter().position(|word| number(word, style).is_none());
    if let Some(place) = words.iter().position(|w| number(w, Style::Point).or(number(w, Style::Comma)).is_none()) {
        return Err((place, format!("`{}` is not a number", quoted(words[place]))));
    }
    match (fits(Style::Point), fits(Style::Comma)) {
        (None, Some(_)) => Ok(Style::Point),
        (Some(_), None) => Ok(Style::Comma),
        (Some(place), Some(_)) => Err((
            place,
            format!("`{}` has a decimal comma, but other numbers have decimal points", quoted(words[place])),
        )),
        (None, None) => match words.iter().position(|word| word.contains(',')) {
            None => Ok(Style::Point),
            Some(place) => {
                let word = quoted(words[place]);
                let (point, comma) = (word.replace(',', ""), word.replace(',', "."));
                Err((place, format!("`{word}` can mean {comma} or {point}")))
            }
        },
    }
}

/// The beginning of a word as messages repeat it.
pub fn quoted(word: &str) -> String {
    let shown = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut short: String = word.trim().chars().take(40).map(shown).collect();
    if word.trim().chars().nth(40).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for (word, style, value) in [
            ("2.10", Style::Point, 2.1),
            ("2,10", Style::Comma, 2.1),
            ("1,234.5", Style::Point, 1234.5),
            ("1.234,5", Style::Comma, 1234.5),
            ("1 234 567", Style::Point, 1_234_567.0),
            ("1'234.50", Style::Point, 1234.5),
            ("$2.10", Style::Point, 2.1),
            ("2,10 €", Style::Comma, 2.1),
            (".5", Style::Point, 0.5),
            ("5.", Style::Point, 5.0),
            ("-1.5e-3", Style::Point, -0.0015),
            ("+3", Style::Comma, 3.0),
        ] {
            assert_eq!(number(word, style), Some(value), "{word}");
        }
        for word in ["", "abc", "1,23", "1.2.3", "12,3456", "1,,234", "e5", "--2", "inf", "1 23", "0x10"] {
            assert_eq!(number(word, Style::Point), None, "{word}");
        }
    }

    #[test]
    fn a_file_has_one_style() {
        assert_eq!(style(&["2.105", "1,998.5", "3"]), Ok(Style::Point));
        assert_eq!(style(&["2.105", "1.998"]), Ok(Style::Point));
        assert_eq!(style(&["2,1", "1.250", "3"]), Ok(Style::Comma));
        assert_eq!(style(&["1,250", "1,250,000"]), Ok(Style::Point));
        assert_eq!(style(&["1,250", "2.5"]), Ok(Style::Point));
        assert_eq!(style(&["2", "1,250"]), Err((1, "`1,250` can mean 1.250 or 1250".into())));
        assert_eq!(style(&["2.5", "2,5"]).map_err(|of| of.0), Err(1));
        assert_eq!(style(&["2.5", "x"]), Err((1, "`x` is not a number".into())));
    }

    #[test]
    fn words_for_nothing_are_known() {
        assert!(["", " ", "NaN", "NA", "n/a", "NULL", "-", "–", "None"].into_iter().all(is_missing));
        assert!(!["0", "-1", "x"].into_iter().any(is_missing));
    }
}
