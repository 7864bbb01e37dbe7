//! The keys of scenario files, as the JSON Schema has them.

use std::sync::LazyLock;

use serde_json::Value;

use crate::scenario::SCHEMA;

/// A table that some of its keys say the kind of, such as `process = "gbm"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    pub key: &'static str,
    pub value: String,
}

/// A key of scenario files.
#[derive(Debug)]
pub struct SchemaKey {
    /// Its steps. `*` is the name of an entry, and `[N]` behind a step its number.
    pub path: Vec<String>,
    pub form: Option<Form>,
    pub schema: Value,
    pub is_required: bool,
    /// Keys of which the table needs one if it lacks this one.
    pub alternatives: Vec<String>,
}

/// Keys that say which keys an entry of a list has.
const FORMS: [&str; 2] = ["process", "distribution"];

/// All keys, in the order of the schema.
pub static KEYS: LazyLock<Vec<SchemaKey>> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let mut keys = Vec::new();
    table(&schema, &[], None, &mut keys);
    keys
});

fn table(whole: &Value, path: &[String], form: Option<&Form>, keys: &mut Vec<SchemaKey>) {
    let required: Vec<&str> = whole["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (key, schema) in whole["properties"].as_object().into_iter().flatten() {
        let path = [path, std::slice::from_ref(key)].concat();
        let is_required = required.contains(&key.as_str());
        let alternatives = alternatives(whole, key);
        keys.push(SchemaKey {
            path: path.clone(),
            form: form.cloned(),
            schema: schema.clone(),
            is_required,
            alternatives,
        });
        inside(schema, &path, form, keys);
    }
}

/// The keys that may stand instead of one, where a table needs one or the other.
fn alternatives(table: &Value, key: &str) -> Vec<String> {
    let choices = choices(table).filter_map(|choice| choice["required"][0].as_str());
    let choices: Vec<&str> = choices.collect();
    let is_one = choices.contains(&key);
    choices.into_iter().filter(|choice| is_one && *choice != key).map(str::to_owned).collect()
}

/// The tables of a value: itself, its entries, or one of its choices.
fn inside(schema: &Value, path: &[String], form: Option<&Form>, keys: &mut Vec<SchemaKey>) {
    if schema["properties"].is_object() {
        table(schema, path, form, keys);
    }
    for choice in choices(schema) {
        inside(choice, path, form, keys);
    }
    let entry = &schema["items"];
    if entry["properties"].is_object() {
        table(entry, &entry_path(path, entry), form, keys);
    }
    for choice in choices(entry).filter(|choice| choice["properties"].is_object()) {
        table(choice, &entry_path(path, choice), form_of(choice).as_ref().or(form), keys);
    }
}

pub fn choices(schema: &Value) -> impl Iterator<Item = &Value> {
    schema["oneOf"].as_array().into_iter().flatten()
}

/// Entries with names are found by them, others by their number.
fn entry_path(path: &[String], entry: &Value) -> Vec<String> {
    let (list, before) = path.split_last().expect("a list has a key");
    if entry["properties"]["name"].is_object() {
        [path, &["*".to_owned()]].concat()
    } else {
        [before, &[format!("{list}[N]")]].concat()
    }
}

fn form_of(entry: &Value) -> Option<Form> {
    FORMS.iter().find_map(|key| {
        let value = entry["properties"][*key]["const"].as_str()?.to_owned();
        Some(Form { key, value })
    })
}

/// What a value may be, in words.
pub fn kind(schema: &Value) -> String {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(quoted).collect::<Vec<_>>().join(", ");
    }
    if !schema["const"].is_null() {
        return quoted(&schema["const"]);
    }
    let mut kinds: Vec<String> = choices(schema).filter(|choice| has_kind(choice)).map(kind).collect();
    kinds.dedup();
    if !kinds.is_empty() {
        return kinds.join(" or ");
    }
    match schema["type"].as_str() {
        Some("integer") => "whole number".into(),
        Some("string") if schema["format"] == "date" => "date".into(),
        Some("string") => if schema["pattern"].is_string() { "name" } else { "text" }.into(),
        Some("array") => list(&schema["items"]),
        Some("object") => "table".into(),
        Some(other) => other.to_owned(),
        None => "value".into(),
    }
}

/// Whether it says what a value is, and not only which keys a table must have.
fn has_kind(schema: &Value) -> bool {
    ["type", "const", "enum", "oneOf"].iter().any(|key| !schema[*key].is_null())
}

fn list(items: &Value) -> String {
    let parts = items["prefixItems"].as_array().map_or(0, Vec::len);
    match parts {
        2 if items["prefixItems"][0]["title"] == "year" => "list of [year, value]".into(),
        2 => "list of pairs".into(),
        3 => "list of triples".into(),
        _ if items["properties"].is_object() || !items["oneOf"].is_null() => "list of tables".into(),
        _ if items["type"] == "number" => "list of numbers".into(),
        _ => "list of texts".into(),
    }
}

/// The range of the numbers in a value: of itself, of a curve's values, of the last parts of a list.
pub fn range(schema: &Value) -> Option<String> {
    let number = number(schema)?;
    let bounds = [("exclusiveMinimum", ">"), ("minimum", "≥"), ("exclusiveMaximum", "<"), ("maximum", "≤")];
    let bounds = bounds.iter().filter(|(key, _)| !number[*key].is_null());
    let bounds: Vec<String> = bounds.map(|(key, sign)| format!("{sign} {}", plain(&number[*key]))).collect();
    Some(if bounds.is_empty() { "any number".into() } else { bounds.join(", ") })
}

fn number(schema: &Value) -> Option<&Value> {
    if ["number", "integer"].iter().any(|kind| schema["type"] == *kind) {
        return Some(schema);
    }
    let parts = schema["items"]["prefixItems"].as_array().and_then(|parts| parts.last());
    let items = Some(&schema["items"]).filter(|items| items["type"] == "number");
    choices(schema).chain(parts).chain(items).find_map(number)
}

/// A value of the schema as files have it.
pub fn quoted(value: &Value) -> String {
    match value {
        Value::String(text) => format!("\"{text}\""),
        other => plain(other),
    }
}

fn plain(value: &Value) -> String {
    value.as_f64().map_or_else(|| value.to_string(), |number| number.to_string())
}
