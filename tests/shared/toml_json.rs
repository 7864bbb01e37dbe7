//! Scenarios in TOML as JSON, for tests of both.

use serde_json::Value;

/// A TOML value as JSON: dates are text.
pub fn json(value: &toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(elements) => elements.iter().map(json).collect(),
        toml::Value::Table(table) => table.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
        other => serde_json::to_value(other).expect("plain values are JSON too"),
    }
}
