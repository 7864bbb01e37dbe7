//! The folder of a run: whole, or not at all.

use std::path::Path;

use super::document::ResultDocument;
use super::json::json;
use super::parquet_tables;
use super::profile::ProfileDocument;
use super::read::{Document, read_document};
use crate::scenario::{Source, Syntax};
use crate::storage::{self, FolderError, Table};
use crate::text::units::Labels;

/// What a run's folder may have.
const NAMES: [&str; 9] = [
    RESULT,
    Syntax::Toml.stored(),
    Syntax::Json.stored(),
    "distributions.parquet",
    "term_structures.parquet",
    "courses.parquet",
    "paths.parquet",
    PARAMETERS,
    Folder::TALLIES,
];
const RESULT: &str = "result.json";
const PARAMETERS: &str = "parameters.parquet";

/// A folder of a run under construction. Dropped unfinished, it leaves nothing.
pub struct Folder(storage::Folder);

impl Folder {
    /// The file of the tallies that a run with targets goes on from.
    pub const TALLIES: &'static str = "tallies.parquet";

    /// Whether a folder could be written, by making one and putting it in its place. The target must not exist, or be an
    /// empty folder, or, to be replaced, the folder of a run.
    pub fn check(target: &Path, replace: bool) -> Result<(), FolderError> {
        storage::Folder::check(target, replace.then_some(refusal))
    }

    /// Begins the folder.
    pub fn begin(target: &Path, replace: bool) -> Result<Self, FolderError> {
        storage::Folder::begin(target, replace.then_some(refusal)).map(Folder)
    }

    /// Writes what a run found: result.json, the scenario as read, distributions.parquet, term_structures.parquet.
    pub fn write_result(&self, document: &ResultDocument, scenario: &Source) -> Result<(), FolderError> {
        self.0.write_text(RESULT, &json(document))?;
        self.0.write_text(scenario.syntax().stored(), &scenario.text)?;
        self.0.write_table("distributions.parquet", &parquet_tables::distributions(document))?;
        self.0.write_table("term_structures.parquet", &parquet_tables::term_structures(document))
    }

    /// Writes what a second pass watched over time: courses.parquet.
    pub fn write_profile(&self, profile: &ProfileDocument, labels: Labels) -> Result<(), FolderError> {
        self.0.write_table("courses.parquet", &parquet_tables::profile(profile, labels))
    }

    /// Writes what each parameter set of a run gave: parameters.parquet.
    pub fn write_parameters(&self, sets: &Table) -> Result<(), FolderError> {
        self.0.write_table(PARAMETERS, sets)
    }

    /// Writes single paths batch by batch, as they come: paths.parquet.
    pub fn write_paths<E: From<FolderError>>(&self, batches: impl Iterator<Item = Result<Table, E>>) -> Result<(), E> {
        self.0.write_batches("paths.parquet", batches)
    }

    /// Writes what a run with targets goes on from: tallies.parquet.
    pub fn write_tallies(&self, content: &[u8]) -> Result<(), FolderError> {
        self.0.write_bytes(Folder::TALLIES, content)
    }

    /// Puts the folder in its place.
    pub fn finish(self) -> Result<(), FolderError> {
        self.0.finish()
    }
}

/// Only the folder of a run is replaced: it has a result, and nothing that a run does not write.
fn refusal(place: &Path, names: &[String]) -> Option<String> {
    if let Some(other) = names.iter().find(|name| !NAMES.contains(&name.as_str())) {
        return Some(format!("it contains `{other}`"));
    }
    match read_document(&place.join(RESULT)) {
        Ok(Document::Result(_)) => None,
        _ if names.is_empty() => None,
        _ => Some(format!("its `{RESULT}` is not the result of a run")),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::result::request::EstimateRequest;
    use crate::result::testing;

    fn finished(target: &Path, replace: bool) -> Result<(), FolderError> {
        Folder::check(target, replace)?;
        let folder = Folder::begin(target, replace)?;
        folder.0.write_text(RESULT, &json(&testing::document(2, 500, &EstimateRequest::default())))?;
        folder.finish()
    }

    #[test]
    fn a_folder_stands_where_its_name_leads() {
        let place = tempfile::tempdir().expect("there is room");
        let path = |name: &str| place.path().join(name);
        fs::create_dir(path("empty")).expect("there is room");
        for (link, to) in [("to-empty", "empty"), ("dangling", "new")] {
            symlink(to, path(link)).expect("there is room");
            finished(&path(link), false).expect("it is empty");
            assert!(path(link).is_symlink() && path(to).join(RESULT).is_file());
        }
        finished(&path("a/b"), false).expect("folders above it are made");
        assert_eq!(fs::read_dir(place.path()).expect("it is there").count(), 5, "nothing is left beside them");
        assert!(matches!(finished(&path("empty"), false), Err(FolderError::Exists(_))));
        assert!(Folder::check(Path::new("."), true).is_err(), "the current folder is no run's");
    }

    #[test]
    fn only_the_folder_of_a_run_is_replaced() {
        let place = tempfile::tempdir().expect("there is room");
        let target = place.path().join("out");
        finished(&target, true).expect("nothing is there");
        fs::write(target.join("paths.parquet"), "old").expect("there is room");
        finished(&target, true).expect("it is a run's");
        assert!(!target.join("paths.parquet").exists(), "nothing of the old run is left");
        fs::write(target.join("notes.txt"), "three weeks of work").expect("there is room");
        let error = finished(&target, true).expect_err("it has something else");
        assert!(error.to_string().ends_with("it contains `notes.txt`"), "{error}");
        fs::remove_file(target.join("notes.txt")).expect("it is there");
        fs::write(target.join(RESULT), "{}").expect("there is room");
        assert!(matches!(finished(&target, true), Err(FolderError::NotOurs { .. })));
        assert_eq!(fs::read_dir(place.path()).expect("it is there").count(), 1);
    }

    #[test]
    fn a_race_that_is_lost_is_told_as_such() {
        let place = tempfile::tempdir().expect("there is room");
        let target = place.path().join("out");
        let folder = Folder::begin(&target, false).expect("there is room");
        finished(&target, false).expect("nothing is there");
        assert!(matches!(folder.finish(), Err(FolderError::Taken(_))));
    }
}
