//! The tables of docs/scenario-file.md against the schema of scenario files: every key, with its range and its default.

use std::collections::BTreeMap;

use serde_json::Value;

/// Heading of the page, and where its table is in the schema.
const TABLES: [(&str, &str); 42] = [
    ("## The file", ""),
    ("## `[horizon]`", "/properties/horizon"),
    ("## `[discount]`", "/properties/discount"),
    ("### `process = \"gbm\"`", "/properties/factor/items/oneOf/0"),
    ("### `process = \"ou\"`", "/properties/factor/items/oneOf/1"),
    ("### `process = \"logit_ou\"`", "/properties/factor/items/oneOf/2"),
    ("### `process = \"table\"`", "/properties/factor/items/oneOf/3"),
    ("### `jumps`", "/properties/factor/items/oneOf/0/properties/jumps"),
    ("### `jumps`", "/properties/factor/items/oneOf/1/properties/jumps"),
    ("## `[correlation]`", "/properties/correlation"),
    ("## `[regimes]`", "/properties/regimes"),
    ("## `[[regimes.effect]]`", "/properties/regimes/properties/effect/items"),
    ("## `[[organization]]`", "/properties/organization/items"),
    ("### `diminishing`", "/properties/organization/items/properties/diminishing"),
    ("### `burst`", "/properties/organization/items/properties/burst"),
    ("### `cash`", "/properties/organization/items/properties/cash"),
    ("### `workout`", "/properties/organization/items/properties/workout"),
    ("## `[[contract]]`", "/properties/contract/items"),
    ("### `rate` that follows a factor", "/properties/contract/items/properties/rate/oneOf/1"),
    ("### `review`", "/properties/contract/items/properties/review"),
    ("### `reduction`", "/properties/contract/items/properties/reduction"),
    ("### `extension`", "/properties/contract/items/properties/extension"),
    ("### `delay`", "/properties/contract/items/properties/delay"),
    ("### `resale`", "/properties/contract/items/properties/resale"),
    ("## `[delays]`", "/properties/delays"),
    ("## `[[tranche]]`", "/properties/tranche/items"),
    ("## `[[vendor]]`", "/properties/vendor/items"),
    ("### `relet`", "/properties/vendor/items/properties/relet"),
    ("### `stakes`", "/properties/vendor/items/properties/stakes/items"),
    ("## `[crisis]`", "/properties/crisis"),
    ("## `[[event]]`", "/properties/event/items"),
    ("## `[bubble]`", "/properties/bubble"),
    ("### `distribution = \"normal\"`", "/properties/uncertain/items/oneOf/0"),
    ("### `distribution = \"lognormal\"`", "/properties/uncertain/items/oneOf/1"),
    ("### `distribution = \"uniform\"`", "/properties/uncertain/items/oneOf/2"),
    ("### `distribution = \"triangular\"`", "/properties/uncertain/items/oneOf/3"),
    ("### `distribution = \"pert\"`", "/properties/uncertain/items/oneOf/4"),
    ("### `distribution = \"beta\"`", "/properties/uncertain/items/oneOf/5"),
    ("### `distribution = \"metalog\"`", "/properties/uncertain/items/oneOf/6"),
    ("### `distribution = \"discrete\"`", "/properties/uncertain/items/oneOf/7"),
    ("### `distribution = \"empirical\"`", "/properties/uncertain/items/oneOf/8"),
    ("## `[uncertain_correlation]`", "/properties/uncertain_correlation"),
];
const VARIANT: (&str, &str) = ("## `[[variant]]`", "/properties/variant/items");

/// What the page says of each key: range and default.
type Rows = BTreeMap<String, (String, String)>;

/// What is wrong with the page.
pub fn faults(page: &str, schema: &Value) -> Vec<String> {
    let tables = TABLES.into_iter().chain([VARIANT]);
    let mut faults: Vec<String> = tables
        .clone()
        .flat_map(|(heading, pointer)| {
            let table = schema.pointer(pointer).unwrap_or_else(|| panic!("the schema has no {pointer}"));
            table_faults(heading, &rows(page, heading), table)
        })
        .collect();
    if count_tables(schema) != tables.count() {
        faults.push(format!("the schema has {} tables of keys, not all of which are looked at", count_tables(schema)));
    }
    faults
}

fn count_tables(schema: &Value) -> usize {
    match schema {
        Value::Object(members) => {
            usize::from(members.get("properties").is_some_and(Value::is_object))
                + members.values().map(count_tables).sum::<usize>()
        }
        Value::Array(elements) => elements.iter().map(count_tables).sum(),
        _ => 0,
    }
}

fn table_faults(heading: &str, rows: &Rows, table: &Value) -> Vec<String> {
    let keys = table["properties"].as_object().expect("it has keys");
    let required: Vec<&str> = table["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let unknown = rows.keys().filter(|key| !keys.contains_key(*key));
    let mut faults: Vec<String> = unknown.map(|key| format!("{heading}: there is no `{key}`")).collect();
    for (key, schema) in keys {
        let Some((range, default)) = rows.get(key) else {
            faults.push(format!("{heading}: `{key}` is missing"));
            continue;
        };
        if *range != range_of(schema) {
            faults.push(format!("{heading}: the range of `{key}` is {}, not {range}", range_of(schema)));
        }
        let wanted = default_of(schema, required.contains(&key.as_str()));
        if wanted.as_ref().is_some_and(|wanted| wanted != default) {
            faults.push(format!("{heading}: the default of `{key}` is {wanted:?}, not {default}"));
        }
    }
    faults
}

/// The first table under a heading.
fn rows(page: &str, heading: &str) -> Rows {
    let section = page.lines().skip_while(|line| *line != heading).skip_while(|line| !line.starts_with('|'));
    let lines = section.take_while(|line| line.starts_with('|')).skip(2);
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        (cells[0].trim_matches('`').to_owned(), (cells[3].to_owned(), cells[4].to_owned()))
    };
    lines.map(row).collect()
}

/// A range as the page writes it.
fn range_of(schema: &Value) -> String {
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words.iter().map(|word| format!("`{}`", plain(word))).collect();
        return words.join(", ");
    }
    if !schema["const"].is_null() {
        return format!("`{}`", plain(&schema["const"]));
    }
    let Some(number) = number(schema) else { return "–".to_owned() };
    let bounds = [("exclusiveMinimum", ">"), ("minimum", "≥"), ("exclusiveMaximum", "<"), ("maximum", "≤")];
    let bounds = bounds.iter().filter(|(key, _)| !number[*key].is_null());
    let bounds: Vec<String> = bounds.map(|(key, sign)| format!("{sign} {}", plain(&number[*key]))).collect();
    if bounds.is_empty() { "any".to_owned() } else { bounds.join(", ") }
}

/// The schema of the numbers in it: of a number, of a curve's values, of a list's last parts.
fn number(schema: &Value) -> Option<&Value> {
    if ["number", "integer"].iter().any(|kind| schema["type"] == *kind) {
        return Some(schema);
    }
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    let parts = schema["items"]["prefixItems"].as_array().and_then(|parts| parts.last());
    choices.chain(parts).find_map(number)
}

fn default_of(schema: &Value, required: bool) -> Option<String> {
    match &schema["default"] {
        Value::Null => required.then(|| "required".to_owned()),
        Value::String(word) => Some(format!("`{word}`")),
        value => Some(plain(value)),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.as_f64().map_or_else(|| other.to_string(), |number| number.to_string()),
    }
}

#[test]
fn ranges_and_defaults_are_read_from_schemas() {
    let share = serde_json::json!({"type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.5});
    let curve = serde_json::json!({"type": "array", "items": {"prefixItems": [{"type": "number"}, share]}});
    assert_eq!((range_of(&share), range_of(&curve)), ("≥ 0, < 1".to_owned(), "≥ 0, < 1".to_owned()));
    assert_eq!(default_of(&share, false).as_deref(), Some("0.5"));
    let table = serde_json::json!({"properties": {"a": share, "b": {"type": "string"}}, "required": ["b"]});
    let page = "## T\n\n| key | what | type | range | default |\n|---|---|---|---|---|\n| `a` | x | number | ≥ 0, < 1 | 0.4 |\n";
    let faults = table_faults("## T", &rows(page, "## T"), &table);
    assert_eq!(faults, ["## T: the default of `a` is Some(\"0.5\"), not 0.4", "## T: `b` is missing"]);
}
