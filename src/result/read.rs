//! Documents that earlier commands wrote, read again.

use std::path::Path;

use serde_json::Value;

use super::bench::BenchDocument;
use super::comparison::CompareDocument;
use super::document::ResultDocument;
use super::sound::{self, Unsound};
use crate::input::{self, InputError};

/// Bytes of the largest document that is read: a comparison of 256 scenarios has less than half of this.
const LARGEST: u64 = 1 << 29;

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
    Unreadable(#[from] InputError),
    #[error("{0}")]
    Malformed(#[from] serde_json::Error),
    #[error("it is damaged: {0}")]
    Damaged(#[from] Unsound),
    #[error("it is not a result document of `overhang run`, `compare` or `bench`")]
    Unknown,
}

/// Reads a document of `run`, `compare` or `bench`. What comes back is sound: whoever shows it needs no checks.
pub fn read_document(path: &Path) -> Result<Document, ReadError> {
    let value: Value = serde_json::from_str(&input::text(path, LARGEST)?)?;
    sound::check_numbers(&value, "")?;
    let has = |key: &str| value.get(key).is_some();
    if has("contenders") {
        let document: Box<BenchDocument> = serde_json::from_value(value)?;
        sound::check_bench(&document)?;
        Ok(Document::Bench(document))
    } else if has("differences") {
        let document: Box<CompareDocument> = serde_json::from_value(value)?;
        sound::check_comparison(&document)?;
        Ok(Document::Comparison(document))
    } else if has("figures") {
        let document: Box<ResultDocument> = serde_json::from_value(value)?;
        sound::check_result(&document, "")?;
        Ok(Document::Result(document))
    } else {
        Err(ReadError::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::result::json::json;
    use crate::result::request::EstimateRequest;
    use crate::result::testing;

    #[test]
    fn a_result_comes_back_as_it_was() {
        let folder = tempfile::tempdir().expect("there is room");
        let path = folder.path().join("result.json");
        let document = testing::document(2, 500, &EstimateRequest::default());
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
