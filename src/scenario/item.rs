//! One value under its dotted key, and what it can be read as. Whatever does not fit is reported and read as `None`. The keys of
//! a table are asked for one by one, so that those nobody asked for are known to be wrong.

use std::cell::RefCell;
use std::ops::Range;

use super::context::Context;
use super::diagnostic::{Diagnostic, Severity};
use super::limits::{Limits, number};
use super::source::{is_misleading, shown};
use super::spelling::nearest;
use super::tree::{Entry, Node, Table, Value};

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
        let hint = || format!("`{}` is {meaning}", self.subject);
        let Value::Number { value, whole } = self.node.value else {
            self.wrong_type("a whole number", hint());
            return None;
        };
        let label = || match range.start() == range.end() {
            true => format!("must be {}", range.start()),
            false => format!("must be a whole number from {} to {}", range.start(), range.end()),
        };
        match whole {
            Some(whole) if range.contains(&whole) => return Some(whole),
            None if value.abs() < 1e15 => {
                let title = format!("`{}` is {}, not a whole number", self.subject, self.written());
                self.fail_alone(title, label(), hint());
            }
            _ => {
                let side = if value > *range.end() as f64 { "above" } else { "below" };
                self.fail_alone(format!("`{}` is {}, {side} its range", self.subject, self.written()), label(), hint());
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
        let hint = || format!("`{}` is {meaning}", self.subject);
        let allowed = |c: char| lines && matches!(c, '\n' | '\r' | '\t');
        if text.trim().is_empty() && !lines {
            self.fail_alone(format!("`{}` is empty", self.subject), "must not be empty", hint());
        } else if let Some(bad) = text.chars().find(|&c| is_misleading(c) && !allowed(c)) {
            let title = format!("`{}` contains the invisible character {}", self.subject, bad.escape_unicode());
            self.fail_alone(title, "must not contain control or bidirectional characters", hint());
        } else if text.chars().nth(longest).is_some() {
            let title = format!("`{}` is longer than {longest} characters", self.subject);
            self.fail_alone(title, format!("must be at most {longest} characters long"), hint());
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
            path: self.context.name(format_args!("{}[{}]", self.path, i + 1)),
            subject: self.context.name(format_args!("{}[{}]", self.subject, i + 1)),
        };
        Some(elements.iter().enumerate().map(element).collect())
    }

    /// The elements of an array of exactly `N`, whose parts are named in messages.
    pub fn parts<const N: usize>(&self, names: [&str; N]) -> Option<[Item<'a>; N]> {
        let shape = || format!("[{}]", names.join(", "));
        let Value::Array(elements) = &self.node.value else {
            self.wrong_type("an array", format!("write {}", shape()));
            return None;
        };
        let elements: Option<&[Node; N]> = elements.as_slice().try_into().ok();
        let Some(elements) = elements else {
            let title = format!("`{}` does not have {N} parts", self.subject);
            self.fail_alone(
                title,
                format!("must be {}", shape()),
                format!("write {}, with a comma between the parts", shape()),
            );
            return None;
        };
        Some(std::array::from_fn(|i| Item {
            context: self.context,
            node: &elements[i],
            path: self.path.clone(),
            subject: self.context.name(format_args!("{}: {}", self.subject, names[i])),
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

/// A table being decoded.
pub(super) struct Fields<'a> {
    pub context: &'a Context<'a>,
    /// Where missing keys are reported: the header, or the whole table on one line.
    pub span: Range<usize>,
    /// The dotted key of the table; empty for the file.
    pub path: String,
    table: &'a Table,
    asked: RefCell<Vec<&'static str>>,
}

/// Which of two keys that exclude each other is there.
pub(super) enum Either<'a> {
    First(Item<'a>),
    Second(Item<'a>),
}

impl<'a> Fields<'a> {
    pub fn new(context: &'a Context<'a>, table: &'a Table, span: Range<usize>, path: String) -> Self {
        Fields { context, span, path, table, asked: RefCell::default() }
    }

    /// The value of a key that may be absent.
    pub fn optional(&self, key: &'static str) -> Option<Item<'a>> {
        self.know(key);
        self.table.get(key).map(|entry| self.item(entry))
    }

    /// The value of a key that must be there.
    pub fn required(&self, key: &'static str, meaning: &str) -> Option<Item<'a>> {
        let item = self.optional(key);
        if item.is_none() {
            self.fail_key(
                key,
                format!("`{key}` is missing"),
                format!("needs `{key}`"),
                format!("`{key}` is {meaning}"),
            );
        }
        item
    }

    /// Accepts keys whatever they say, because what they should say is not known.
    pub fn skip(&self, keys: &[&'static str]) {
        keys.iter().for_each(|key| self.know(key));
    }

    /// Remembers a key of this table; one that is asked for again stands in hints once.
    fn know(&self, key: &'static str) {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
    }

    /// Whether a key is there, right or wrong.
    pub fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// The text of a key, if it has one; what is wrong with it is reported where the key is read.
    pub fn peek(&self, key: &str) -> Option<&'a str> {
        match &self.table.get(key)?.node.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// An optional number; wrong ones count as absent, once reported.
    pub fn number(&self, key: &'static str, limits: &Limits) -> Option<f64> {
        self.optional(key)?.number(limits)
    }

    /// A number with a default.
    pub fn number_or(&self, key: &'static str, limits: &Limits, default: f64) -> f64 {
        self.number(key, limits).unwrap_or(default)
    }

    /// A number that must be there.
    pub fn required_number(&self, key: &'static str, limits: &Limits) -> Option<f64> {
        self.required(key, limits.meaning)?.number(limits)
    }

    /// Exactly one of two keys. Both are an error; the first is then returned, so that its value is checked as well.
    pub fn either(&self, first: &'static str, second: &'static str, hint: &str) -> Option<Either<'a>> {
        match (self.optional(first), self.optional(second)) {
            (Some(item), None) => Some(Either::First(item)),
            (None, Some(item)) => Some(Either::Second(item)),
            (Some(first_item), Some(second_item)) => {
                let title = format!("both `{first}` and `{second}` are given");
                second_item.fail(title, format!("must be one of `{first}` and `{second}`"), hint);
                Some(Either::First(first_item))
            }
            (None, None) => {
                let title = format!("neither `{first}` nor `{second}` is given");
                self.fail(title, format!("needs one of `{first}` and `{second}`"), hint);
                None
            }
        }
    }

    /// Reports a key that must not be here because of what else the table says.
    pub fn refuse(&self, key: &'static str, because: &str, hint: &str) {
        if let Some(item) = self.optional(key) {
            item.fail(format!("`{key}` cannot be combined with {because}"), "must be left out", hint);
        }
    }

    /// Reports an error about the table.
    pub fn fail(&self, title: impl Into<String>, label: impl Into<String>, hint: impl Into<String>) {
        self.context.report(Diagnostic::error(self.span.clone(), &self.path, title, label, hint));
    }

    /// Reports a warning about the value of a key, or the table where the key is absent.
    pub fn warn(&self, key: &str, title: impl Into<String>, label: impl Into<String>, hint: impl Into<String>) {
        let span = self.table.get(key).map_or(self.span.clone(), |entry| entry.node.span.clone());
        let diagnostic = Diagnostic::error(span, self.path_of(key), title, label, hint);
        self.context.report(Diagnostic { severity: Severity::Warning, ..diagnostic });
    }

    /// Reports every key that was never asked for.
    pub fn finish(&self) {
        self.finish_knowing(&[], "");
    }

    /// As [`Fields::finish`], where some keys do exist, but not for a table of this `kind`.
    pub fn finish_knowing(&self, elsewhere: &[&str], kind: &str) {
        let asked = self.asked.borrow();
        let mut unknown = self.table.0.iter().filter(|entry| !asked.contains(&entry.key.as_str()));
        while !self.context.is_full() {
            let Some(entry) = unknown.next() else { return };
            self.report_unknown(entry, &asked, elsewhere, kind);
        }
        self.context.omit(unknown.count());
    }

    fn report_unknown(&self, entry: &Entry, known: &[&str], elsewhere: &[&str], kind: &str) {
        let key = shown(&entry.key);
        let all = || known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let (title, label, hint) = if elsewhere.contains(&entry.key.as_str()) {
            (
                format!("`{key}` cannot be combined with {kind}"),
                "must be left out",
                format!("the keys of this table are {}", all()),
            )
        } else {
            let hint = match nearest(self.context, &entry.key, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys of this table are {}", all()),
            };
            (format!("unknown key `{key}`"), "not a key of this table", hint)
        };
        let diagnostic = Diagnostic::error(entry.key_span.clone(), self.path_of(&key), title, label, hint);
        self.context.report(Diagnostic { local: true, ..diagnostic });
    }

    fn fail_key(&self, key: &str, title: String, label: String, hint: String) {
        self.context.report(Diagnostic::error(self.span.clone(), self.path_of(key), title, label, hint));
    }

    fn item(&self, entry: &'a Entry) -> Item<'a> {
        let (path, subject) = (self.path_of(&entry.key), self.context.name(format_args!("{}", entry.key)));
        Item { context: self.context, node: &entry.node, path, subject }
    }

    /// The dotted key of a key of this table.
    fn path_of(&self, key: &str) -> String {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.context.name(format_args!("{}{dot}{key}", self.path))
    }
}
