//! The folder of a run: whole, or not at all.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use ::parquet::errors::ParquetError;

use super::course::CourseDocument;
use super::parquet::{self, TableWriter};
use super::tables::{self, Table};
use super::{ResultDocument, json};
use crate::scenario::{Source, Syntax};

/// Why a folder could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("`{0}` exists already and is not empty")]
    Exists(PathBuf),
    #[error("`{path}` could not be written: {cause}")]
    Unwritable { path: PathBuf, cause: String },
}

/// A folder under construction, beside the place where it will stand. Dropped unfinished, it leaves nothing.
pub struct Folder {
    building: tempfile::TempDir,
    target: PathBuf,
}

impl Folder {
    /// Whether a folder could be written: the target must not exist, or be an empty folder.
    pub fn check(target: &Path) -> Result<(), FolderError> {
        if fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_some()) || target.is_file() {
            return Err(FolderError::Exists(target.into()));
        }
        Self::begin(target).map(drop)
    }

    /// Begins the folder.
    pub fn begin(target: &Path) -> Result<Self, FolderError> {
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let failed = |cause: std::io::Error| unwritable(target, cause);
        fs::create_dir_all(parent).map_err(failed)?;
        let building = tempfile::Builder::new().prefix(".overhang-").tempdir_in(parent).map_err(failed)?;
        Ok(Self { building, target: target.into() })
    }

    /// Writes what a run found: result.json, the scenario as read, distributions.parquet, term_structures.parquet.
    pub fn write_result(&self, document: &ResultDocument, scenario: &Source) -> Result<(), FolderError> {
        self.write_text("result.json", &json(document))?;
        let name = match scenario.syntax() {
            Syntax::Toml => "scenario.toml",
            Syntax::Json => "scenario.json",
        };
        self.write_text(name, &scenario.text)?;
        self.write_table("distributions.parquet", &tables::distributions(document))?;
        self.write_table("term_structures.parquet", &tables::term_structures(document))
    }

    /// Writes what a second pass watched over time: courses.parquet.
    pub fn write_courses(&self, courses: &CourseDocument) -> Result<(), FolderError> {
        self.write_table("courses.parquet", &tables::courses(courses))
    }

    /// Writes a table batch by batch, as they come.
    pub fn write_batches<E: From<FolderError>>(
        &self,
        name: &str,
        batches: impl Iterator<Item = Result<Table, E>>,
    ) -> Result<(), E> {
        let failed = |cause: ParquetError| unwritable(&self.target, cause);
        let mut writer = None;
        for batch in batches {
            let batch = batch?;
            if writer.is_none() {
                let path = self.building.path().join(name);
                writer = Some(TableWriter::create(&path, &batch).map_err(failed)?);
            }
            if let Some(writer) = &mut writer {
                writer.append(&batch).map_err(failed)?;
            }
        }
        writer.map_or(Ok(()), |writer| writer.finish().map_err(failed))?;
        Ok(())
    }

    /// Puts the folder in its place.
    pub fn finish(self) -> Result<(), FolderError> {
        let failed = |cause: std::io::Error| unwritable(&self.target, cause);
        File::open(self.building.path()).and_then(|folder| folder.sync_all()).map_err(failed)?;
        share(self.building.path()).map_err(failed)?;
        fs::rename(self.building.path(), &self.target).map_err(failed)?;
        // it stands elsewhere now
        let _ = self.building.keep();
        Ok(())
    }

    fn write_text(&self, name: &str, text: &str) -> Result<(), FolderError> {
        let write = || {
            let mut file = File::create_new(self.building.path().join(name))?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(|cause| unwritable(&self.target, cause))
    }

    fn write_table(&self, name: &str, table: &Table) -> Result<(), FolderError> {
        parquet::write(&self.building.path().join(name), table).map_err(|cause| unwritable(&self.target, cause))
    }
}

fn unwritable(path: &Path, cause: impl ToString) -> FolderError {
    FolderError::Unwritable { path: path.into(), cause: cause.to_string() }
}

/// Temporary folders are their owner's alone; a result is as readable as other new folders.
#[cfg(unix)]
fn share(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn share(_: &Path) -> std::io::Result<()> {
    Ok(())
}
