//! Examples of keys, from the scenario that has them all.

use std::sync::LazyLock;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::schema::{Form, SchemaKey};

/// Where examples are looked for: the scenario with every table, and what it has no room for.
const TEXTS: [&str; 2] = [include_str!("../../docs/examples/full.toml"), include_str!("examples.toml")];

static TABLES: LazyLock<Vec<Spanned<DeTable<'static>>>> = LazyLock::new(|| {
    let read = |text: &'static str| DeTable::parse(text).expect("the examples are TOML");
    TEXTS.map(read).into()
});

/// An example of a key, as it stands in a file.
pub fn of(key: &SchemaKey) -> Option<String> {
    let value = TEXTS.iter().zip(TABLES.iter()).find_map(|(text, table)| {
        let found = within(table.get_ref(), &key.path, key.form.as_ref())?;
        text.get(found).filter(|value| !is_header(value))
    })?;
    Some(placed(key, value))
}

/// The bytes of the first value at a path.
fn within(table: &DeTable, path: &[String], form: Option<&Form>) -> Option<std::ops::Range<usize>> {
    let (step, rest) = path.split_first()?;
    let name = step.trim_end_matches("[N]");
    let value = table.iter().find(|(key, _)| key.get_ref() == name)?.1;
    if rest.is_empty() {
        return Some(value.span());
    }
    match value.get_ref() {
        DeValue::Table(inner) => within(inner, rest, form),
        DeValue::Array(entries) => {
            let rest = rest.strip_prefix(&["*".to_owned()]).unwrap_or(rest);
            entries.iter().find_map(|entry| match entry.get_ref() {
                DeValue::Table(entry) if fits(entry, form) => within(entry, rest, None),
                _ => None,
            })
        }
        _ => None,
    }
}

/// Whether it is the header of a table, and no value.
fn is_header(text: &str) -> bool {
    text.is_empty() || (text.starts_with('[') && text.trim_start_matches('[').starts_with(char::is_alphabetic))
}

fn fits(entry: &DeTable, form: Option<&Form>) -> bool {
    form.is_none_or(|form| {
        let said = entry.iter().find(|(key, _)| key.get_ref() == form.key);
        said.is_some_and(|(_, value)| matches!(value.get_ref(), DeValue::String(word) if *word == form.value))
    })
}

/// The value under the header of its table.
fn placed(key: &SchemaKey, value: &str) -> String {
    let entry = key.path.iter().rposition(|step| step == "*" || step.ends_with("[N]"));
    let (header, inner) = match entry {
        Some(entry) => (Some(format!("[[{}]]\n", headed(&key.path[..=entry]))), entry + 1),
        None if key.path.len() > 1 => (Some(format!("[{}]\n", key.path[0])), 1),
        None => (None, 0),
    };
    let form = key.form.as_ref().filter(|form| key.path.last().is_none_or(|last| last != form.key));
    let form = form.map(|form| form.written() + "\n");
    format!("{}{}{} = {value}", header.unwrap_or_default(), form.unwrap_or_default(), key.path[inner..].join("."))
}

fn headed(path: &[String]) -> String {
    let steps = path.iter().filter(|step| *step != "*").map(|step| step.trim_end_matches("[N]"));
    steps.collect::<Vec<_>>().join(".")
}
