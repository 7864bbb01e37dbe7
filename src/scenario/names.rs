//! Identifiers: what may be one, which exist, and which one a misspelt one was meant to be.

use std::ops::Range;

use super::context::Context;
use super::item::{Fields, Item};
use super::source::shown;
use super::spelling::nearest;
use super::tree::Value;

/// Longest identifier, in bytes.
const LONGEST_NAME: usize = 100;
/// Names that a message lists at most.
const MOST_LISTED: usize = 8;

/// The names of one kind of thing, in file order.
pub(super) struct Names {
    kind: &'static str,
    names: Vec<Name>,
}

/// A name as it was written.
struct Name {
    /// Empty where there is none, so that places stay those of the file.
    text: String,
    /// Whether it may be a name. One that may not can still be referred to: its error is reported only once.
    valid: bool,
    span: Range<usize>,
}

impl Names {
    /// No names yet; `kind` in the singular.
    pub fn new(kind: &'static str) -> Self {
        Names { kind, names: Vec::new() }
    }

    /// Reads the name of the next thing, which must be an identifier and new.
    pub fn add(&mut self, item: Option<Item>) {
        let Some(item) = item else {
            self.names.push(Name { text: String::new(), valid: false, span: 0..0 });
            return;
        };
        let text = match &item.node.value {
            Value::Text(text) => text.clone(),
            _ => String::new(),
        };
        let valid = identifier(&item, self.kind).is_some();
        if let Some(first) = self.place(&text).filter(|_| valid) {
            let line = item.context.line(&self.names[first].span);
            let hint = format!("the first {} with that name is on line {line}", self.kind);
            item.fail(format!("{} `{text}` exists twice", self.kind), "must be unique", hint);
        }
        self.names.push(Name { text, valid, span: item.span() });
    }

    /// The place of a name that the file uses.
    pub fn find(&self, item: &Item) -> Option<usize> {
        let wanted = item.text(&item.context.name(format_args!("the name of the {}", self.kind)))?;
        self.find_text(item, wanted)
    }

    /// The place of a name that a value of the file holds, alone or in part.
    pub fn find_text(&self, item: &Item, wanted: &str) -> Option<usize> {
        let place = self.place(wanted);
        if place.is_none() {
            let title = format!("`{}` names the unknown {} `{}`", item.subject, self.kind, shown(wanted));
            item.fail(title, format!("must be a known {}", self.kind), self.hint(item.context, wanted));
        }
        place
    }

    /// The name at a place, if it may be one.
    pub fn name(&self, place: usize) -> &str {
        let name = &self.names[place];
        if name.valid { &name.text } else { "…" }
    }

    /// The number of things, named or not.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// All names, if all may be names.
    pub fn all(&self) -> Option<Vec<String>> {
        self.names.iter().map(|name| name.valid.then(|| name.text.clone())).collect()
    }

    /// The place of a name, if there is one.
    pub fn place(&self, text: &str) -> Option<usize> {
        self.names.iter().position(|known| known.text == text && !text.is_empty())
    }

    /// The name that was meant, or those that there are.
    pub fn hint(&self, context: &Context, wanted: &str) -> String {
        let known: Vec<&str> = self.names.iter().filter(|name| name.valid).map(|name| name.text.as_str()).collect();
        if let Some(near) = nearest(context, wanted, known.iter().copied()) {
            return format!("did you mean `{near}`?");
        }
        if known.is_empty() {
            return format!("the file has no {}", self.kind);
        }
        let mut listed: Vec<String> = known.iter().take(MOST_LISTED).map(|name| format!("`{name}`")).collect();
        if known.len() > MOST_LISTED {
            listed.push(format!("{} more", known.len() - MOST_LISTED));
        }
        format!("the file has {}", listed.join(", "))
    }
}

/// Reads the names of the entries of an array of tables.
pub(super) fn of_entries(kind: &'static str, entries: &[Fields]) -> Names {
    let mut names = Names::new(kind);
    for fields in entries {
        names.add(fields.required("name", "the identifier that the rest of the file and the results use"));
    }
    names
}

/// An identifier, which must not be reserved.
pub(super) fn identifier(item: &Item, kind: &str) -> Option<String> {
    let name = item.text(&format!("the name of the {kind}"))?;
    if name == "system" {
        let hint = "results use `system` for the sum over all organizations";
        item.fail("the name `system` is reserved", "must be another name", hint);
    } else if !is_identifier(name) {
        let title = format!("\"{}\" is not a name", shown(name));
        let hint = "other keys and the results refer to the name; put free text into `label`";
        item.fail(title, "must be a letter, then letters, digits, `_` or `-`", hint);
    } else if name.len() > LONGEST_NAME {
        let title = format!("a name of {} characters is too long", name.len());
        item.fail(title, format!("must have at most {LONGEST_NAME} characters"), "put longer text into `label`");
    } else {
        return Some(name.to_owned());
    }
    None
}

/// Whether a text is `[A-Za-z][A-Za-z0-9_-]*`.
fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Whether a text can stand in a dotted key.
pub(super) fn is_addressable(text: &str) -> bool {
    text.len() <= LONGEST_NAME && is_identifier(text)
}
