//! The JSON Schema of the result document, made from its types.

use schemars::generate::SchemaSettings;

use super::{ResultDocument, SCHEMA_VERSION};

/// JSON Schema (2020-12) of the result document, ending with a line feed.
pub fn schema() -> String {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<ResultDocument>();
    schema.insert("$id".into(), format!("urn:overhang:result:{SCHEMA_VERSION}").into());
    schema.insert("title".into(), format!("overhang result, version {SCHEMA_VERSION}").into());
    format!("{:#}\n", schema.as_value())
}
