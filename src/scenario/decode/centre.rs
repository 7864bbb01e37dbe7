//! A file with uncertain inputs as a whole: it must be a scenario as it is written, and with these inputs at their medians.

use super::super::context::Context;
use super::super::diagnostic::Diagnostic;
use super::super::edit::Edit;
use super::super::model::Scenario;
use super::super::tree::{Node, Value};
use super::scenario;

/// Reads the whole file; `None` if anything is wrong, which is then reported to `context`.
pub fn whole(context: &Context, root: &Node) -> Option<Scenario> {
    let read = scenario(context, root)?;
    let Some(uncertainty) = &read.uncertainty else { return Some(read) };
    let spans = key_spans(root);
    let mut tree = uncertainty.template.tree().clone();
    for ((input, value), span) in uncertainty.inputs.iter().zip(uncertainty.medians()).zip(spans) {
        let node = Node { span: span.clone(), value: Value::number(value) };
        Edit { path: &input.key, span, value: Some(&node) }.apply(context, &mut tree);
    }
    if context.has_errors() {
        return None;
    }
    let own = context.fresh();
    let centre = scenario(&own, &tree);
    let found = own.finish().diagnostics;
    if centre.is_none() && found.is_empty() {
        context.report(Diagnostic::about_file("the medians of the uncertain inputs make no scenario", ""));
    }
    for found in found.into_iter().filter(|found| !context.knows(found)) {
        let title = format!("with uncertain inputs at their medians: {}", found.title);
        context.report(Diagnostic { title, ..found });
    }
    (!context.has_errors()).then_some(read)
}

/// Where the keys of the uncertain inputs stand.
fn key_spans(root: &Node) -> Vec<std::ops::Range<usize>> {
    let Some(Value::Array(entries)) = at(root, "uncertain").map(|node| &node.value) else { return Vec::new() };
    entries.iter().filter_map(|entry| at(entry, "key").map(|node| node.span.clone())).collect()
}

fn at<'t>(table: &'t Node, key: &str) -> Option<&'t Node> {
    let Value::Table(table) = &table.value else { return None };
    table.get(key).map(|entry| &entry.node)
}
