//! Documents that earlier commands wrote, read again.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{BenchDocument, CompareDocument, ResultDocument};

/// A document in JSON, told by its keys.
pub enum Document {
    Result(Box<ResultDocument>),
    Comparison(Box<CompareDocument>),
    Bench(Box<BenchDocument>),
}

/// Why a document could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    #[error("{0}")]
    Malformed(#[from] serde_json::Error),
    #[error("it is none of our documents")]
    Unknown,
}

/// Reads a document of `run`, `compare` or `bench`.
pub fn read_document(path: &Path) -> Result<Document, ReadError> {
    let value: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
    let has = |key: &str| value.get(key).is_some();
    if has("contenders") {
        Ok(Document::Bench(serde_json::from_value(value)?))
    } else if has("differences") {
        Ok(Document::Comparison(serde_json::from_value(value)?))
    } else if has("figures") {
        Ok(Document::Result(serde_json::from_value(value)?))
    } else {
        Err(ReadError::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::result::Asked;
    use crate::report::{json, testing};

    #[test]
    fn a_result_comes_back_as_it_was() {
        let folder = tempfile::tempdir().expect("there is room");
        let path = folder.path().join("result.json");
        let document = testing::document(2, 500, &Asked::default());
        fs::write(&path, json(&document)).expect("there is room");
        let Ok(Document::Result(found)) = read_document(&path) else { panic!("it is a result") };
        assert_eq!(*found, document);
        for other in ["", "{", "[]", "{\"a\": 1}", "{\"figures\": 7}", "{\"contenders\": {}}"] {
            fs::write(&path, other).expect("there is room");
            assert!(read_document(&path).is_err(), "{other}");
        }
        assert!(matches!(read_document(folder.path()), Err(ReadError::Unreadable(_))));
    }
}
