//! Places of a file by their dotted keys, for warnings that arise only once a scenario is computed with.

use std::ops::Range;

use super::context::Context;
use super::diagnostic::{Diagnostic, Severity};
use super::template::Template;
use super::tree::{Node, Value};

/// Something that is accepted but rarely meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The dotted key that it is about.
    pub key: String,
    /// As in [`Diagnostic`].
    pub title: String,
    pub label: String,
    pub hint: String,
}

impl Template {
    /// Whether the file has the key.
    pub fn has(&self, key: &str) -> bool {
        place(self.tree(), key).1
    }

    /// Doubts as warnings at their lines. Where a key is absent because its default is meant, the warning stands at the table
    /// that lacks it.
    pub fn warnings(&self, doubts: &[Doubt]) -> Vec<Diagnostic> {
        let context = Context::new(self.source());
        for Doubt { key, title, label, hint } in doubts {
            let (span, _) = place(self.tree(), key);
            let diagnostic = Diagnostic::error(span, key, title, label, hint);
            context.report(Diagnostic { severity: Severity::Warning, ..diagnostic });
        }
        context.finish().diagnostics
    }
}

/// The span of the last step of a dotted key that the tree has, and whether that is the whole key.
fn place(root: &Node, key: &str) -> (Range<usize>, bool) {
    let mut node = root;
    for step in key.split('.') {
        let next = match &node.value {
            Value::Table(table) => table.get(step).map(|entry| &entry.node),
            Value::Array(entries) => entries.iter().find(|entry| named(entry) == Some(step)),
            _ => None,
        };
        match next {
            Some(next) => node = next,
            None => return (node.span.clone(), false),
        }
    }
    (node.span.clone(), true)
}

/// The name of an entry of a list.
pub(super) fn named(entry: &Node) -> Option<&str> {
    let Value::Table(table) = &entry.value else { return None };
    match &table.get("name")?.node.value {
        Value::Text(name) => Some(name),
        _ => None,
    }
}
