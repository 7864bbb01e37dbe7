//! One value under its dotted key, and what it can be read as. Whatever does not fit is reported and read as `None`.

use std::ops::Range;

use super::context::Context;
use super::diagnostic::Diagnostic;
use super::fields::Fields;
use super::limits::{Limits, number};
use super::names::nearest;
use super::source::{is_misleading, shown};
use super::tree::{Node, Value};

/// A value of the file.
#[derive(Clone)]
pub(super) struct Item<'a> {
    pub context: &'a Context<'a>,
    pub node: &'a Node,
    /// The dotted key, such as `contract.aws.take_or_pay`.
    pub path: String,
    /// What messages call it: the last part of the dotted key.
    pub subject: String,
}

impl<'a> Item<'a> {
    /// Reports an error about this value.
    pub fn fail(&self, title: impl Into<String>, label: impl Into<String>, hint: impl Into<String>) {
        let diagnostic = Diagnostic::error(self.node.span.clone(), &self.path, title, label, hint);
        self.context.report(diagnostic);
    }

    /// As [`Item::fail`], for what can be judged from this value alone.
    fn fail_alone(&self, title: String, label: impl Into<String>, hint: impl Into<String>) {
        let diagnostic = Diagnostic::error(self.node.span.clone(), &self.path, title, label, hint);
        self.context.report(Diagnostic { local: true, ..diagnostic });
    }

    /// Reports a value of the wrong type.
    pub fn wrong_type(&self, wanted: &str, hint: impl Into<String>) {
        let title = format!("`{}` is {}, not {wanted}", self.subject, self.node.value.kind());
        self.fail_alone(title, format!("must be {wanted}"), hint);
    }

    /// The value as it is written, safe to repeat.
    pub fn written(&self) -> String {
        self.context.source.quote(&self.node.span)
    }

    /// A finite number within limits.
    pub fn number(&self, limits: &Limits) -> Option<f64> {
        let hint = || format!("`{}` is {}", self.subject, limits.meaning);
        let value = match &self.node.value {
            Value::Number { value, .. } => *value,
            Value::Text(text) if text.trim().parse::<f64>().is_ok() => {
                self.wrong_type("a number", "write it without quotes");
                return None;
            }
            _ => {
                self.wrong_type("a number", hint());
                return None;
            }
        };
        if !value.is_finite() {
            let title = format!("`{}` is {}, not a finite number", self.subject, self.written());
            self.fail_alone(title, limits.describe(), hint());
            return None;
        }
        if let Some(side) = limits.side(value) {
            let title = format!("`{}` is {}, {side} its range", self.subject, number(value));
            self.fail_alone(title, limits.describe_for(value), hint());
            return None;
        }
        Some(value)
    }

    /// A number written without fraction or exponent, within a range.
    pub fn whole(&self, range: std::ops::RangeInclusive<i64>, meaning: &str) -> Option<i64> {
        let hint = format!("`{}` is {meaning}", self.subject);
        let Value::Number { value, whole } = self.node.value else {
            self.wrong_type("a whole number", hint);
            return None;
        };
        let label = match range.start() == range.end() {
            true => format!("must be {}", range.start()),
            false => format!("must be a whole number from {} to {}", range.start(), range.end()),
        };
        match whole {
            Some(whole) if range.contains(&whole) => return Some(whole),
            None if value.abs() < 1e15 => {
                let title = format!("`{}` is {}, not a whole number", self.subject, self.written());
                self.fail_alone(title, label, hint);
            }
            _ => {
                let side = if value > *range.end() as f64 { "above" } else { "below" };
                self.fail_alone(format!("`{}` is {}, {side} its range", self.subject, self.written()), label, hint);
            }
        }
        None
    }

    /// Text.
    pub fn text(&self, meaning: &str) -> Option<&'a str> {
        match &self.node.value {
            Value::Text(text) => Some(text),
            _ => {
                self.wrong_type("text", format!("`{}` is {meaning}, in double quotes", self.subject));
                None
            }
        }
    }

    /// Text for people, of one line unless `lines`: not blank, not too long, and without characters that could mislead.
    pub fn label(&self, meaning: &str, longest: usize, lines: bool) -> Option<String> {
        let text = self.text(meaning)?;
        let hint = format!("`{}` is {meaning}", self.subject);
        let allowed = |c: char| lines && matches!(c, '\n' | '\r' | '\t');
        if text.trim().is_empty() && !lines {
            self.fail_alone(format!("`{}` is empty", self.subject), "must not be empty", hint);
        } else if let Some(bad) = text.chars().find(|&c| is_misleading(c) && !allowed(c)) {
            let title = format!("`{}` contains the invisible character {}", self.subject, bad.escape_unicode());
            self.fail_alone(title, "must not contain control or bidirectional characters", hint);
        } else if text.chars().nth(longest).is_some() {
            let title = format!("`{}` is longer than {longest} characters", self.subject);
            self.fail_alone(title, format!("must be at most {longest} characters long"), hint);
        } else {
            return Some(text.to_owned());
        }
        None
    }

    /// One of a few words, as its place among them.
    pub fn choice(&self, words: &[&str], meaning: &str) -> Option<usize> {
        let text = self.text(meaning)?;
        let place = words.iter().position(|&word| word == text);
        if place.is_none() {
            let title = format!("`{}` is \"{}\", which does not exist", self.subject, shown(text));
            let label = format!("must be {}", any_of(words));
            let hint = match nearest(self.context, text, words.iter().copied()) {
                Some(word) => format!("did you mean \"{word}\"?"),
                None => format!("`{}` is {meaning}", self.subject),
            };
            self.fail_alone(title, label, hint);
        }
        place
    }

    /// The elements of an array of at most `most` elements.
    pub fn list(&self, most: usize, meaning: &str) -> Option<Vec<Item<'a>>> {
        let Value::Array(elements) = &self.node.value else {
            self.wrong_type("an array", format!("`{}` is {meaning}", self.subject));
            return None;
        };
        if elements.len() > most {
            let title = format!("`{}` has {} elements", self.subject, elements.len());
            self.fail_alone(title, format!("must have at most {most}"), format!("`{}` is {meaning}", self.subject));
            return None;
        }
        let element = |(i, node)| Item {
            context: self.context,
            node,
            path: format!("{}[{}]", self.path, i + 1),
            subject: format!("{}[{}]", self.subject, i + 1),
        };
        Some(elements.iter().enumerate().map(element).collect())
    }

    /// The elements of an array of exactly `N`, whose parts are named in messages.
    pub fn parts<const N: usize>(&self, names: [&str; N]) -> Option<[Item<'a>; N]> {
        let shape = format!("[{}]", names.join(", "));
        let Value::Array(elements) = &self.node.value else {
            self.wrong_type("an array", format!("write {shape}"));
            return None;
        };
        let elements: Option<&[Node; N]> = elements.as_slice().try_into().ok();
        let Some(elements) = elements else {
            let title = format!("`{}` does not have {N} parts", self.subject);
            self.fail_alone(
                title,
                format!("must be {shape}"),
                format!("write {shape}, with a comma between the parts"),
            );
            return None;
        };
        Some(std::array::from_fn(|i| Item {
            context: self.context,
            node: &elements[i],
            path: self.path.clone(),
            subject: format!("{}: {}", self.subject, names[i]),
        }))
    }

    /// A table; `span` is where missing keys are reported.
    pub fn table(&self, meaning: &str) -> Option<Fields<'a>> {
        match &self.node.value {
            Value::Table(table) => Some(Fields::new(self.context, table, self.node.span.clone(), self.path.clone())),
            _ => {
                self.wrong_type("a table", format!("`{}` is {meaning}", self.subject));
                None
            }
        }
    }

    /// The bytes of the value.
    pub fn span(&self) -> Range<usize> {
        self.node.span.clone()
    }
}

/// Words as a sentence offers them: "a", "b" or "c".
fn any_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
