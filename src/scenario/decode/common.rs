//! What the sections have in common: how many entries there may be, and how tables, texts and labels are read.

use crate::registry::Registered;
use crate::scenario::item::{Fields, Item};
use crate::scenario::limits::Limits;
use crate::scenario::names::is_addressable;
use crate::scenario::source::Syntax;
use crate::scenario::tree::{Node, Value};

/// Factors of a scenario.
pub const MOST_FACTORS: usize = 32;
/// Organizations of a scenario.
pub const MOST_ORGANIZATIONS: usize = 16;
/// Contracts of a scenario.
pub const MOST_CONTRACTS: usize = 64;
/// Events, each counted once for every organization it concerns.
pub const MOST_EVENTS: usize = 64;
/// Tranches of a scenario.
pub const MOST_TRANCHES: usize = 64;
/// Vendors that a scenario describes.
pub const MOST_VENDORS: usize = 64;
/// Stakes of all vendors.
pub const MOST_STAKES: usize = 64;
/// Variants of a scenario.
pub const MOST_VARIANTS: usize = 256;
/// Characters of a name or label for people.
pub(super) const LONGEST_LABEL: usize = 200;
pub(super) const LONGEST_DESCRIPTION: usize = 10_000;
/// Characters of a unit.
pub(super) const LONGEST_UNIT: usize = 20;

/// A section that must be there.
pub(super) fn section<'a>(fields: &Fields<'a>, key: &'static str, meaning: &str) -> Option<Fields<'a>> {
    fields.required(key, meaning)?.table(meaning)
}

pub(super) fn optional_section<'a>(fields: &Fields<'a>, key: &'static str, meaning: &str) -> Option<Fields<'a>> {
    fields.optional(key)?.table(meaning)
}

/// The tables of an array of tables, of which at most `most` are read; none if the key is absent.
pub(super) fn entries<'a>(fields: &Fields<'a>, key: &'static str, header: &str, most: usize) -> Vec<Fields<'a>> {
    let Some(item) = fields.optional(key) else { return Vec::new() };
    let hint = match item.context.source.syntax() {
        Syntax::Toml => item.context.name(format_args!("write each as {header}")),
        Syntax::Json => item.context.name(format_args!("write \"{key}\": [{{ … }}, …]")),
    };
    let Value::Array(elements) = &item.node.value else {
        item.wrong_type("an array of tables", hint);
        return Vec::new();
    };
    if let Some(first) = elements.get(most) {
        let item = Item { node: first, ..item.clone() };
        let title = format!("the file has {} {header} entries", elements.len());
        item.fail(title, format!("must be at most {most}"), format!("this is number {}", most + 1));
    }
    let named = |name: std::fmt::Arguments| item.context.name(name);
    let table = |(i, node): (usize, &'a Node)| {
        let path = match &node.value {
            Value::Table(table) => match table.get("name").map(|entry| &entry.node.value) {
                Some(Value::Text(name)) if is_addressable(name) => named(format_args!("{}.{name}", item.path)),
                _ => named(format_args!("{}[{}]", item.path, i + 1)),
            },
            _ => named(format_args!("{}[{}]", item.path, i + 1)),
        };
        let subject = named(format_args!("{key}[{}]", i + 1));
        Item { context: item.context, node, path, subject }.table(&hint)
    };
    elements.iter().take(most).enumerate().filter_map(table).collect()
}

pub(super) fn text(fields: &Fields, key: &'static str, meaning: &str, longest: usize) -> Option<String> {
    fields.required(key, meaning)?.label(meaning, longest, false)
}

/// The names of what the registry declares, in its order.
pub(super) fn names<T: Registered>() -> Vec<&'static str> {
    T::ALL.iter().map(|one| one.name()).collect()
}

/// The free label that every named thing may have.
pub(super) fn label(fields: &Fields) -> Option<String> {
    fields.optional("label")?.label("free text that results show beside the name", LONGEST_LABEL, false)
}

/// What may be absent (`Some(None)`), but not wrong (`None`).
pub(super) fn sound<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        Some(None) => None,
        Some(value) => Some(value),
        None => Some(None),
    }
}

/// All of a list, if none is wrong.
pub(super) fn all<T>(read: Vec<Option<T>>) -> Option<Vec<T>> {
    read.into_iter().collect()
}

/// A multiplier that turns a factor into a price.
pub(super) const SCALE: Limits =
    Limits::positive("the multiplier that converts the factor to currency per capacity-unit-year");

/// Something that happens by chance, per year.
pub(super) const fn hazard(meaning: &'static str) -> Limits {
    Limits::between(0.0, 1_000.0, meaning)
}

/// Something from 0 to 1.
pub(super) const fn share(meaning: &'static str) -> Limits {
    Limits::between(0.0, 1.0, meaning)
}
