//! What earlier commands left: folders of runs, stores of sweeps, documents.

use std::path::Path;

use super::failure::Failure;
use crate::engine::Progress;
use crate::result::{BenchDocument, CompareDocument, Document, read_document};
use crate::run::StoredRun;
use crate::scenario::Loaded;
use crate::sweep::{self, Store};

/// Something that was computed before.
pub enum Stored {
    Run(Box<StoredRun>),
    Sweep(Box<Store>, Box<Loaded>),
    Comparison(Box<CompareDocument>),
    Bench(Box<BenchDocument>),
}

/// Reads whatever is there; `go_on` may end it early.
pub fn open(input: &Path, go_on: &Progress) -> Result<Stored, Failure> {
    if input.join("manifest.json").exists() {
        let store = Store::look(input, go_on)?;
        let loaded = sweep::scenario_of(&store)?;
        return Ok(Stored::Sweep(Box::new(store), Box::new(loaded)));
    }
    if input.is_dir() {
        return Ok(Stored::Run(Box::new(StoredRun::read(input)?)));
    }
    match read_document(input).map_err(|error| StoredRun::unusable(input, &error))? {
        Document::Bench(document) => Ok(Stored::Bench(document)),
        Document::Comparison(document) => Ok(Stored::Comparison(document)),
        Document::Result(_) => Err(Failure::Usage {
            message: format!("`{}` is a result without its scenario", input.display()),
            hint: Some("give the folder that `overhang run --out` wrote, which has both".into()),
        }),
    }
}
