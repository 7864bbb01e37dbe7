//! A file as a tree of values, each with its place in the text: what every syntax is read into and every decoder reads.

use std::ops::Range;

/// Values nested deeper than this are not read; no scenario needs more than five levels, so they are errors anyway.
pub(super) const DEEPEST: usize = 16;

/// A value and the bytes it stands in. Of a table with a header, the bytes of the header.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub span: Range<usize>,
    pub value: Value,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    /// Any number; `whole` where it was written as an integer of 64 bits.
    Number {
        value: f64,
        whole: Option<i64>,
    },
    Boolean,
    /// The null of JSON.
    Null,
    /// A calendar date as `2026-01-01`. In JSON dates are text.
    Date(String),
    /// A time, or a date with a time.
    Moment,
    Array(Vec<Node>),
    Table(Table),
    /// An element of a list that a variant removes, until all of its changes are made: numbers count the elements of the file.
    Removed,
}

/// Keys and values; no key stands here twice.
#[derive(Debug, Clone, Default)]
pub(super) struct Table(pub Vec<Entry>);

/// One key of a table.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub key: String,
    pub key_span: Range<usize>,
    pub node: Node,
}

impl Table {
    /// The entry of a key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.key == key)
    }
}

impl Node {
    /// The tree without a key of its table.
    pub fn without(&self, key: &str) -> Self {
        let mut node = self.clone();
        if let Value::Table(table) = &mut node.value {
            table.0.retain(|entry| entry.key != key);
        }
        node
    }

    /// Takes out all elements that are marked as removed.
    pub fn drop_removed(&mut self) {
        match &mut self.value {
            Value::Array(elements) => {
                elements.retain(|element| !matches!(element.value, Value::Removed));
                elements.iter_mut().for_each(Node::drop_removed);
            }
            Value::Table(table) => table.0.iter_mut().for_each(|entry| entry.node.drop_removed()),
            _ => (),
        }
    }
}

impl Value {
    /// A number; one without a fraction may stand where an integer must.
    pub fn number(value: f64) -> Self {
        let whole = (value.fract() == 0.0 && value.abs() < 1e15).then_some(value as i64);
        Value::Number { value, whole }
    }

    /// What a value is called in messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "text",
            Value::Number { whole: Some(_), .. } => "a whole number",
            Value::Number { whole: None, .. } => "a number",
            Value::Boolean => "a boolean",
            Value::Null => "null",
            Value::Date(_) => "a date",
            Value::Moment => "a time",
            Value::Array(_) => "an array",
            Value::Table(_) => "a table",
            Value::Removed => "removed",
        }
    }
}
