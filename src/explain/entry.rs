//! What is told of one thing.

use serde::Serialize;

/// An explanation. What does not apply is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Explanation {
    /// As it is written, for example `contract.NAME.take_or_pay`.
    pub name: String,
    /// What kind of thing it is, with its article.
    pub kind: &'static str,
    /// In a sentence without its full stop.
    pub what: String,
    /// What a value is: a number, a curve, a name.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Where it applies, for example with `process = "gbm"`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// What it needs in the scenario file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// The keys of a table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Line>,
    /// Page of the documentation.
    pub more: &'static str,
}

/// A name and what it is, in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    pub name: String,
    pub what: String,
}

impl Explanation {
    /// As one line of a list.
    pub fn line(&self) -> Line {
        Line { name: self.name.clone(), what: self.what.clone() }
    }
}
