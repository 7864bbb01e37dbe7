//! The keys of one table: asked for one by one, so that those nobody asked for are known to be wrong.

use std::cell::RefCell;
use std::ops::Range;

use super::context::Context;
use super::diagnostic::{Diagnostic, Severity};
use super::item::Item;
use super::limits::Limits;
use super::names::nearest;
use super::source::shown;
use super::tree::{Entry, Table};

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
        let subject = entry.key.clone();
        Item { context: self.context, node: &entry.node, path: self.path_of(&entry.key), subject }
    }

    /// The dotted key of a key of this table.
    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}
