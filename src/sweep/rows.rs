//! Results as rows: one for each point, owner and figure or event, with all estimates and their errors.

use crate::registry::Figure;
use crate::result::{Key, ResultDocument, Statistic, Subject};
use crate::scenario::Setting;

/// Characters of a value beyond which it is rounded to five digits.
const SHOWN_DIGITS: usize = 8;

/// The kind of the row of a point that failed; its note says why.
pub(super) const FAILED: &str = "failed";

/// A row of a point's results.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// The only row of a point that failed: why it did.
    Failed(String),
    /// What is known of a subject.
    Known(Known),
}

/// The numbers of a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    pub subject: Subject,
    /// The unit of the subject's amounts with the labels of its point's scenario; empty for events.
    pub(super) unit: String,
    /// Those that are defined, in the order of the columns of tables.
    pub(super) numbers: Vec<(Statistic, f64)>,
    /// What its targets decided; `None` in a sweep without targets.
    pub sampled: Option<Sampled>,
}

/// The paths of a point with targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampled {
    pub paths: u64,
    /// Whether all its targets are met.
    pub met: bool,
}

impl Known {
    /// A number, if it is defined.
    pub fn get(&self, statistic: Statistic) -> Option<f64> {
        self.numbers.iter().find(|(known, _)| *known == statistic).map(|(_, number)| *number)
    }
}

impl Row {
    /// Kind, owner, name, unit, side and note.
    pub(super) fn texts(&self) -> [&str; 6] {
        match self {
            Row::Failed(note) => [FAILED, "", "", "", "", note],
            Row::Known(Known { subject, unit, .. }) => {
                [subject.kind(), subject.owner(), subject.name(), unit, subject.side().name(), ""]
            }
        }
    }

    pub(super) fn sampled(&self) -> Option<Sampled> {
        match self {
            Row::Failed(_) => None,
            Row::Known(known) => known.sampled,
        }
    }

    /// The defined numbers.
    pub(super) fn numbers(&self) -> &[(Statistic, f64)] {
        match self {
            Row::Failed(_) => &[],
            Row::Known(known) => &known.numbers,
        }
    }
}

/// What is known of a subject of a point.
pub fn find<'r>(rows: &'r [Row], subject: &Subject) -> Option<&'r Known> {
    rows.iter().find_map(|row| match row {
        Row::Known(known) if known.subject == *subject => Some(known),
        Row::Known(_) | Row::Failed(_) => None,
    })
}

/// A number of a point, if it is defined.
pub fn get(rows: &[Row], key: &Key) -> Option<f64> {
    find(rows, &key.subject)?.get(key.statistic)
}

/// Why a point failed, if it did.
pub fn failure(rows: &[Row]) -> Option<&str> {
    rows.iter().find_map(|row| match row {
        Row::Failed(note) => Some(note.as_str()),
        Row::Known(_) => None,
    })
}

/// The paths of a point with targets, unless it failed.
pub fn sampled(rows: &[Row]) -> Option<Sampled> {
    rows.iter().find_map(|row| match row {
        Row::Known(known) => known.sampled,
        Row::Failed(_) => None,
    })
}

/// The currency of a point, as its rows have it; `None` if it failed.
pub fn currency(rows: &[Row]) -> Option<&str> {
    find(rows, &Subject::system(Figure::CommitmentCost)).map(|cost| cost.unit.as_str())
}

/// The one currency of all of these points; empty if they have several, whose amounts then have no common label.
pub fn common_currency<'a>(currencies: impl Iterator<Item = &'a str>) -> &'a str {
    let mut common = None;
    for currency in currencies {
        if *common.get_or_insert(currency) != currency {
            return "";
        }
    }
    common.unwrap_or_default()
}

/// All rows of a result, which has no probabilities by period.
pub fn rows(document: &ResultDocument, sampled: Option<Sampled>) -> Vec<Row> {
    let labels = document.provenance.labels();
    // a copy has no room left, and rows wait until they are written
    let mut found = Vec::new();
    let known = document.subjects().map(|(subject, statistics)| {
        found.clear();
        statistics.for_each(&mut |statistic, number| found.extend(number.map(|number| (statistic, number))));
        Row::Known(Known { unit: labels.text(subject.unit()), subject, numbers: found.clone(), sampled })
    });
    known.collect()
}

/// A value without quotes.
pub fn plain(value: &Setting) -> String {
    match value {
        Setting::Number(number) => number.to_string(),
        Setting::Text(text) | Setting::Date(text) => text.clone(),
    }
}

/// A value as tables show it: the store has all its digits.
pub fn shown(value: &Setting) -> String {
    match value {
        Setting::Number(x) if x.to_string().len() > SHOWN_DIGITS => {
            format!("{x:.4e}").parse::<f64>().unwrap_or(*x).to_string()
        }
        value => plain(value),
    }
}
