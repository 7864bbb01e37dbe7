//! Where two files, or a file and its variant, say different things.

use super::certain::key_of;
use super::place::named;
use super::source::{Source, shown};
use super::template::Template;
use super::tree::{Node, Table, Value};

/// Keys that only describe a scenario.
const DESCRIPTIVE: [&str; 6] = ["schema", "$schema", "name", "description", "variant", "label"];

/// A place where two files differ, and what each of them says there; `None` where it says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The dotted key.
    pub place: String,
    pub base: Option<String>,
    pub other: Option<String>,
}

impl Template {
    /// Where `other` says something else than this, in the order of this file; what only `other` has comes last in its table.
    /// Entries of lists are told apart by their names, other lists are compared as a whole.
    pub fn differences(&self, other: &Template) -> Vec<Difference> {
        let mut walk = Walk { sources: [self.source(), other.source()], found: Vec::new() };
        walk.nodes("", Some(self.tree()), Some(other.tree()));
        walk.found
    }
}

struct Walk<'a> {
    sources: [&'a Source; 2],
    found: Vec<Difference>,
}

impl Walk<'_> {
    fn nodes(&mut self, place: &str, base: Option<&Node>, other: Option<&Node>) {
        if let (Some(a), Some(b)) = (base, other) {
            match (&a.value, &b.value) {
                (Value::Table(ours), Value::Table(theirs)) => return self.tables(place, ours, theirs),
                (Value::Array(ours), Value::Array(theirs)) if has_names(ours) && has_names(theirs) => {
                    return self.entries(place, ours, theirs);
                }
                (Value::Array(ours), Value::Array(theirs)) if are_tables(ours, theirs) => {
                    let pairs = ours.iter().zip(theirs).enumerate();
                    return pairs.for_each(|(i, (a, b))| self.nodes(&format!("{place}[{}]", i + 1), Some(a), Some(b)));
                }
                (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() && has_gaps(ours, theirs) => {
                    let pairs = ours.iter().zip(theirs).enumerate();
                    return pairs.for_each(|(i, (a, b))| self.kept(&format!("{place}[{}]", i + 1), a, b));
                }
                _ if same(a, b) => return,
                _ => {}
            }
        }
        let text = |side: usize, node: &Node| shown(&written(self.sources[side], node));
        let (base, other) = (base.map(|node| text(0, node)), other.map(|node| text(1, node)));
        self.found.push(Difference { place: place.to_owned(), base, other });
    }

    /// Elements of a list in which some are marked as removed.
    fn kept(&mut self, place: &str, base: &Node, other: &Node) {
        match (&base.value, &other.value) {
            (Value::Removed, Value::Removed) => (),
            (_, Value::Removed) => {
                // an uncertain input is known by its key
                let base = key_of(base).map_or_else(|| written(self.sources[0], base), str::to_owned);
                self.found.push(Difference { place: place.to_owned(), base: Some(shown(&base)), other: None });
            }
            _ => self.nodes(place, Some(base), Some(other)),
        }
    }

    fn tables(&mut self, place: &str, base: &Table, other: &Table) {
        let at = |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
        let counts = |key: &str| !(DESCRIPTIVE.contains(&key) && (place.is_empty() || key == "label"));
        for entry in base.0.iter().filter(|entry| counts(&entry.key)) {
            self.optional(&at(&entry.key), Some(&entry.node), other.get(&entry.key).map(|entry| &entry.node));
        }
        for entry in other.0.iter().filter(|entry| counts(&entry.key) && base.get(&entry.key).is_none()) {
            self.optional(&at(&entry.key), None, Some(&entry.node));
        }
    }

    /// A list of named entries that only one side has differs entry by entry.
    fn optional(&mut self, place: &str, base: Option<&Node>, other: Option<&Node>) {
        let entries = |node: Option<&Node>| match node.map(|node| &node.value) {
            Some(Value::Array(entries)) if !entries.is_empty() && has_names(entries) => Some(entries.clone()),
            _ => None,
        };
        match (base, other) {
            (None, _) | (_, None) if entries(base.or(other)).is_some() => {
                self.entries(place, &entries(base).unwrap_or_default(), &entries(other).unwrap_or_default());
            }
            _ => self.nodes(place, base, other),
        }
    }

    fn entries(&mut self, place: &str, base: &[Node], other: &[Node]) {
        let find = |entries: &[Node], name: Option<&str>| entries.iter().position(|entry| named(entry) == name);
        for entry in base {
            let name = named(entry);
            let theirs = find(other, name).map(|found| &other[found]);
            self.nodes(&format!("{place}.{}", name.unwrap_or_default()), Some(entry), theirs);
        }
        for entry in other.iter().filter(|entry| find(base, named(entry)).is_none()) {
            self.nodes(&format!("{place}.{}", named(entry).unwrap_or_default()), None, Some(entry));
        }
    }
}

/// Whether two lists without names have as many tables, so that they can be told apart by their places.
fn are_tables(ours: &[Node], theirs: &[Node]) -> bool {
    let tables = |all: &[Node]| all.iter().all(|node| matches!(node.value, Value::Table(_)));
    ours.len() == theirs.len() && tables(ours) && tables(theirs)
}

fn has_gaps(ours: &[Node], theirs: &[Node]) -> bool {
    ours.iter().chain(theirs).any(|element| matches!(element.value, Value::Removed))
}

fn has_names(entries: &[Node]) -> bool {
    entries.iter().all(|entry| named(entry).is_some())
}

/// Whether two values say the same, however they are written.
fn same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::Text(a), Value::Text(b)) | (Value::Date(a), Value::Date(b)) => a == b,
        (Value::Number { value: a, .. }, Value::Number { value: b, .. }) => a == b,
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Table(Table(a)), Value::Table(table)) => {
            a.len() == table.0.len()
                && a.iter().all(|ours| table.get(&ours.key).is_some_and(|theirs| same(&ours.node, &theirs.node)))
        }
        _ => false,
    }
}

/// A value on one line, its numbers as the file has them.
fn written(source: &Source, node: &Node) -> String {
    let list = |parts: Vec<String>, [open, close]: [&str; 2]| format!("{open}{}{close}", parts.join(", "));
    match &node.value {
        Value::Array(elements) => list(elements.iter().map(|element| written(source, element)).collect(), ["[", "]"]),
        Value::Table(Table(entries)) => {
            let entry = |entry: &super::tree::Entry| format!("{} = {}", entry.key, written(source, &entry.node));
            // the name of an entry stands in its place
            list(entries.iter().filter(|entry| entry.key != "name").map(entry).collect(), ["{ ", " }"])
        }
        Value::Text(text) => format!("\"{text}\""),
        _ => source.text.get(node.span.clone()).unwrap_or_default().to_owned(),
    }
}
