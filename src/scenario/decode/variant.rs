//! `[[variant]]`: the same scenario with some values changed.

use std::sync::Arc;

use super::super::certain::{drop_removed, renumbered, settle, without_removed};
use super::super::context::Context;
use super::super::diagnostic::Diagnostic;
use super::super::edit::Edit;
use super::super::item::Item;
use super::super::model::Scenario;
use super::super::names::of_entries;
use super::super::same::clashes;
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
        let scenario = decoded(context, &name, &without_removed(&tree))?;
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

/// What the table says, and the tree with its changes: removals first, then whole entries before what is inside them. Numbers
/// of elements are those of the file, whatever is removed.
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
    let before = context.errors();
    refuse_twice(context, root, &removals);
    refuse_twice(context, root, &settings);
    settings.sort_by_key(Edit::depth);
    let mut tree = root.clone();
    let edits: Vec<Edit> = removals.into_iter().chain(settings).collect();
    let places = || edits.iter().map(|edit| edit.path);
    settle(&mut tree, places());
    edits.iter().for_each(|edit| edit.apply(context, &mut tree));
    settle(&mut tree, places());
    refuse_renumbered(context, &tree);
    drop_removed(&mut tree);
    let change = |edit: &Edit| Change {
        path: edit.path.to_owned(),
        value: edit.value.map(|value| context.source.quote(&value.span)),
    };
    let sound = context.errors() == before;
    (label, Some(edits.iter().map(change).collect()), sound.then_some(tree))
}

/// Reports places that are changed twice, under one name or two.
fn refuse_twice(context: &Context, root: &Node, edits: &[Edit]) {
    for clash in clashes(root, edits.iter().map(|edit| edit.path)).filter(|clash| clash.same) {
        let (first, second) = (&edits[clash.first], &edits[clash.second]);
        let title = match first.path == second.path {
            true => format!("`{}` is given twice", second.path),
            false => format!("`{}` and `{}` refer to the same value", first.path, second.path),
        };
        let hint = format!("line {} already changes it", context.line(&first.span));
        context.report(Diagnostic::error(second.span.clone(), second.path, title, "must be given once", hint));
    }
}

/// Reports uncertain inputs whose keys would mean other entries, since the variant removes some in front of them.
fn refuse_renumbered(context: &Context, tree: &Node) {
    for key in renumbered(tree) {
        let written = context.source.quote(&key.span);
        let written = written.trim_matches(['"', '\'']);
        context.report(Diagnostic::error(
            key.span.clone(),
            written,
            format!("`{written}` would mean another entry: a variant removes one in front of it"),
            "must not count entries that a variant removes",
            "use the name of the entry if it has one, or move it in front of the entry that is removed",
        ));
    }
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
