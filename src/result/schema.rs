//! The JSON Schemas of result documents and comparisons, made from their types.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use super::comparison::{COMPARISON_VERSION, CompareDocument};
use super::document::{ResultDocument, SCHEMA_VERSION};

/// JSON Schema (2020-12) of the result document, ending with a line feed.
pub fn schema() -> String {
    of::<ResultDocument>("result", SCHEMA_VERSION)
}

/// JSON Schema (2020-12) of the document of a comparison, ending with a line feed.
pub fn comparison_schema() -> String {
    of::<CompareDocument>("comparison", COMPARISON_VERSION)
}

fn of<T: JsonSchema>(name: &str, version: u32) -> String {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    schema.insert("$id".into(), format!("urn:overhang:{name}:{version}").into());
    schema.insert("title".into(), format!("overhang {name}, version {version}").into());
    format!("{:#}\n", schema.as_value())
}
