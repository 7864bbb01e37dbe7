//! `[[variant]]`: the same scenario with some values changed.

use std::sync::Arc;

use super::super::certain::without_removed;
use super::super::changes::changed;
use super::super::context::Context;
use super::super::diagnostic::Diagnostic;
use super::super::edit::Edit;
use super::super::item::Item;
use super::super::model::Scenario;
use super::super::names::of_entries;
use super::super::template::Template;
use super::super::tree::{Node, Value};
use super::super::variant::{Change, Variant};
use super::centre::whole;
use super::common::{MOST_VARIANTS, entries, label};
use crate::scenario::item::Fields;

/// Places that a variant changes at most.
const MOST_CHANGES: usize = 1_000;

/// Reads all variants, each as the whole scenario that it makes. What was said of the file as it
/// stands is not repeated.
pub fn variants(context: &Context, root: &Node) -> Option<Vec<Variant>> {
    let Value::Table(table) = &root.value else { return Some(Vec::new()) };
    let fields = Fields::new(context, table, root.span.clone(), String::new());
    let tables = entries(&fields, "variant", "[[variant]]", MOST_VARIANTS);
    let names = of_entries("variant", &tables);
    if table.get("variant").is_some_and(|entry| is_longer(&entry.node, MOST_VARIANTS)) {
        // said above; each variant is a whole scenario, which so many might not fit into memory
        return None;
    }
    let source = Arc::new(context.source.clone());
    let base = root.without("variant");
    let read = |(place, fields): (usize, &Fields)| {
        let (label, changes, tree) = edited(context, fields, &base);
        let (name, tree) = (names.name(place).to_owned(), tree?);
        let scenario = decoded(context, &name, &without_removed(tree.clone()))?;
        let template = Template::new(Arc::clone(&source), tree);
        Some(Variant { name, label, scenario, changes: changes?, template })
    };
    // without short-circuit: every variant's messages are wanted
    let read: Vec<Option<Variant>> = tables.iter().enumerate().map(read).collect();
    read.into_iter().collect()
}

fn is_longer(node: &Node, most: usize) -> bool {
    matches!(&node.value, Value::Array(elements) if elements.len() > most)
}

/// What the table says, and the tree with its changes.
fn edited(context: &Context, fields: &Fields, root: &Node) -> (Option<String>, Option<Vec<Change>>, Option<Node>) {
    let label = label(fields);
    let removed = fields.optional("remove").map(|item| item.list(MOST_CHANGES, "the keys to remove"));
    let set = fields.optional("set");
    fields.finish();
    if set.is_none() && removed.is_none() {
        let hint = "write set = { \"contract.aws.take_or_pay\" = 0.5 } or remove = [\"contract.aws\"]";
        fields.fail("the variant changes nothing", "needs `set` or `remove`", hint);
        return (label, None, None);
    }
    let removed: Option<Vec<Item>> = removed.unwrap_or(Some(Vec::new()));
    let removals = removed.and_then(|items| items.iter().map(removal).collect::<Option<Vec<Edit>>>());
    let settings = set.as_ref().map_or(Some(Vec::new()), settings);
    let (Some(removals), Some(mut settings)) = (removals, settings) else { return (label, None, None) };
    let tree = changed(context, root, &removals, &mut settings);
    let change = |edit: &Edit| Change {
        path: edit.path.to_owned(),
        value: edit.value.map(|value| context.source.quote(&value.span)),
    };
    (label, Some(removals.iter().chain(&settings).map(change).collect()), tree)
}

fn removal<'a>(item: &Item<'a>) -> Option<Edit<'a>> {
    let path = item.text("a key of the scenario")?;
    Some(Edit { path, span: item.node.span.clone(), value: None })
}

fn settings<'a>(item: &Item<'a>) -> Option<Vec<Edit<'a>>> {
    let meaning = "a table of keys and their new values";
    let Value::Table(table) = &item.node.value else {
        item.wrong_type("a table", format!("`set` is {meaning}: {{ \"contract.aws.take_or_pay\" = 0.5 }}"));
        return None;
    };
    if table.0.len() > MOST_CHANGES {
        item.fail("`set` changes too many keys", format!("must be at most {MOST_CHANGES}"), "use a separate file");
        return None;
    }
    let edit = |entry: &'a super::super::tree::Entry| Edit {
        path: &entry.key,
        span: entry.key_span.clone(),
        value: Some(&entry.node),
    };
    Some(table.0.iter().map(edit).collect())
}

/// Decodes the changed tree; what is new about it is said with the variant's name.
fn decoded(context: &Context, name: &str, tree: &Node) -> Option<Scenario> {
    let own = Context::new(context.source);
    let decoded = whole(&own, tree);
    for found in own.finish().diagnostics {
        if context.knows(&found) {
            continue;
        }
        let title = format!("variant `{name}`: {}", found.title);
        context.report(Diagnostic { title, ..found });
    }
    let mut decoded = decoded?;
    decoded.variant = Some(name.to_owned());
    let text = [context.source.text.as_bytes(), b"\0", name.as_bytes()].concat();
    decoded.hash = blake3::hash(&text).to_hex().to_string();
    Some(decoded)
}
