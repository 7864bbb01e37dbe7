//! What a place of a scenario is set to, and words as settings.

use toml::value::Datetime;

/// What a place is set to by a program.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    Number(f64),
    Text(String),
    /// A calendar date as `2026-01-01`.
    Date(String),
}

impl Setting {
    /// What a word means: a finite number, a date, or else text, which may stand in quotes.
    pub fn of(word: &str) -> Self {
        let word = word.trim();
        if let Some(number) = number(word) {
            return Setting::Number(number);
        }
        match date(word) {
            Some(date) => Setting::Date(date),
            None => {
                let bare = word.strip_prefix('"').and_then(|word| word.strip_suffix('"'));
                Setting::Text(bare.unwrap_or(word).to_owned())
            }
        }
    }
}

/// A calendar date without a time, as it is written in TOML.
pub fn date(word: &str) -> Option<String> {
    let found: Datetime = word.parse().ok()?;
    (found.date.is_some() && found.time.is_none()).then(|| found.to_string())
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Setting::Number(number) => write!(f, "{number}"),
            Setting::Text(text) => write!(f, "\"{text}\""),
            Setting::Date(date) => f.write_str(date),
        }
    }
}

/// A finite number, whose digits may be grouped by `_`.
pub fn number(word: &str) -> Option<f64> {
    word.trim().replace('_', "").parse::<f64>().ok().filter(|x| x.is_finite())
}
