//! Folders of files: whole, or not at all.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use ::parquet::errors::ParquetError;

use super::atomic::{followed, sync_folder};
use super::parquet::{self, Table, TableWriter};
use super::unfinished::{Unfinished, parent};

/// Why a folder that has entries of these names may not be replaced; `None` if it may.
pub type Refusal = fn(place: &Path, names: &[String]) -> Option<String>;

/// Why a folder could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("`{0}` already exists and is not an empty folder")]
    Exists(PathBuf),
    #[error("`{0}` was written by another process in the meantime; this run's folder was not written")]
    Taken(PathBuf),
    #[error("`{path}` is not a folder that this command wrote, so it is not replaced: {why}")]
    NotOurs { path: PathBuf, why: String },
    #[error("`{path}` could not be written: {cause}")]
    Unwritable { path: PathBuf, cause: String, kind: Option<ErrorKind> },
}

/// A folder under construction, beside the place where it will stand. Dropped unfinished, it leaves nothing.
pub struct Folder {
    unfinished: Unfinished,
    content: PathBuf,
    /// As the user named it.
    target: PathBuf,
    /// Without links.
    place: PathBuf,
    /// Whether it may take the place of another folder, and what forbids that.
    replace: Option<Refusal>,
}

impl Folder {
    /// Whether a folder could be written, by making one and putting it in its place. The target must not exist, or be an
    /// empty folder, or, to be replaced, one that nothing forbids to replace.
    pub fn check(target: &Path, replace: Option<Refusal>) -> Result<(), FolderError> {
        let found = resolve(target)?;
        let is_empty = fs::read_dir(&found).map(|mut entries| entries.next().is_none()).ok();
        match (is_empty, replace) {
            (Some(false), Some(refusal)) => refuse_foreign(target, &found, refusal)?,
            (Some(false), None) => return Err(FolderError::Exists(target.into())),
            (None, _) if fs::symlink_metadata(&found).is_ok() => return Err(FolderError::Exists(target.into())),
            _ => (),
        }
        let folder = Self::begin(target, replace)?;
        let failed = |cause: io::Error| unwritable(target, cause);
        if is_empty.is_none() {
            fs::rename(&folder.content, &found).and_then(|()| fs::remove_dir(&found)).map_err(failed)?;
        } else if is_mounted(&found) || fs::canonicalize(".").is_ok_and(|current| current == found) {
            return Err(failed(io::Error::new(
                ErrorKind::ResourceBusy,
                "the current folder or a mount point cannot be replaced",
            )));
        } else if is_empty == Some(true) {
            let aside = folder.unfinished.content().with_extension("aside");
            fs::rename(&found, &aside).and_then(|()| fs::rename(&aside, &found)).map_err(failed)?;
        }
        Ok(())
    }

    /// Begins the folder.
    pub fn begin(target: &Path, replace: Option<Refusal>) -> Result<Self, FolderError> {
        let failed = |cause: io::Error| unwritable(target, cause);
        let place = resolve(target)?;
        fs::create_dir_all(parent(&place)).map_err(failed)?;
        let unfinished = Unfinished::beside(&place).map_err(failed)?;
        let content = unfinished.content();
        fs::create_dir(&content).map_err(failed)?;
        Ok(Self { unfinished, content, target: target.into(), place, replace })
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
                let path = self.content.join(name);
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
        sync_folder(&self.content);
        let is_there = fs::symlink_metadata(&self.place).is_ok();
        if let (Some(refusal), true) = (self.replace, is_there) {
            // what it is now, not what it was when it was checked
            refuse_foreign(&self.target, &self.place, refusal)?;
            exchange(&self.content, &self.place).map_err(|cause| unwritable(&self.target, cause))?;
        } else {
            fs::rename(&self.content, &self.place).map_err(|cause| match cause.kind() {
                ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
                    FolderError::Taken(self.target.clone())
                }
                _ => unwritable(&self.target, cause),
            })?;
        }
        sync_folder(parent(&self.place));
        Ok(())
    }

    /// Writes a file of text.
    pub fn write_text(&self, name: &str, text: &str) -> Result<(), FolderError> {
        self.write_bytes(name, text.as_bytes())
    }

    /// Writes a file.
    pub fn write_bytes(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let write = || -> io::Result<()> {
            let mut file = File::create_new(self.content.join(name))?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().map_err(|cause| unwritable(&self.target, cause))
    }

    /// Writes a table as a Parquet file.
    pub fn write_table(&self, name: &str, table: &Table) -> Result<(), FolderError> {
        parquet::write(&self.content.join(name), table).map_err(|cause| unwritable(&self.target, cause))
    }
}

fn unwritable(path: &Path, cause: impl Into<Cause>) -> FolderError {
    let Cause { text, kind } = cause.into();
    FolderError::Unwritable { path: path.into(), cause: text, kind }
}

/// What went wrong, and of what kind it is.
struct Cause {
    text: String,
    kind: Option<ErrorKind>,
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        Cause { text: error.to_string(), kind: Some(error.kind()) }
    }
}

impl From<ParquetError> for Cause {
    fn from(error: ParquetError) -> Self {
        let kind = match &error {
            ParquetError::External(cause) => cause.downcast_ref::<io::Error>().map(io::Error::kind),
            _ => None,
        };
        Cause { text: error.to_string(), kind }
    }
}

/// The place that a name stands for, without links. What is there keeps its name and gets other content.
fn resolve(target: &Path) -> Result<PathBuf, FolderError> {
    let found = match fs::canonicalize(target) {
        Err(error) if error.kind() == ErrorKind::NotFound => followed(target),
        found => found,
    };
    found.map_err(|cause| unwritable(target, cause))
}

/// Fails if a folder may not be replaced.
fn refuse_foreign(target: &Path, place: &Path, refusal: Refusal) -> Result<(), FolderError> {
    let refuse = |why: String| Err(FolderError::NotOurs { path: target.into(), why });
    let entries = match fs::read_dir(place) {
        Ok(entries) => entries,
        Err(error) => return refuse(error.to_string()),
    };
    let mut names: Vec<String> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into()).collect();
    names.sort();
    refusal(place, &names).map_or(Ok(()), refuse)
}

/// Whether a folder is the root of another file system than the one it stands in.
#[cfg(unix)]
fn is_mounted(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| fs::metadata(path).map(|found| found.dev()).ok();
    folder.parent().is_none_or(|above| device(above) != device(folder))
}

#[cfg(not(unix))]
fn is_mounted(folder: &Path) -> bool {
    folder.parent().is_none()
}

/// Puts a new folder where an old one is, and the old one where the new one was: at once where the system can do that.
fn exchange(new: &Path, old: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    exchange_in_steps(new, old)
}

/// The same by renames, with the old folder under a name that people find if the process ends in between.
fn exchange_in_steps(new: &Path, old: &Path) -> io::Result<()> {
    let mut name = old.file_name().unwrap_or_default().to_owned();
    name.push(format!(".replaced-{}", std::process::id()));
    let aside = old.with_file_name(name);
    fs::rename(old, &aside)?;
    if let Err(error) = fs::rename(new, old) {
        fs::rename(&aside, old)?;
        return Err(error);
    }
    fs::rename(&aside, new)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn folders_are_exchanged_in_steps_where_it_cannot_be_done_at_once() {
        let place = tempfile::tempdir().expect("there is room");
        let [new, old] = ["new", "old"].map(|name| place.path().join(name));
        for folder in [&new, &old] {
            fs::create_dir(folder).expect("there is room");
            fs::write(folder.join("of"), folder.file_name().expect("it has one").as_encoded_bytes()).expect("room");
        }
        for exchange in [exchange_in_steps, exchange] {
            let before = [&new, &old].map(|folder| fs::read_to_string(folder.join("of")).expect("it is there"));
            exchange(&new, &old).expect("both are there");
            let after = [&old, &new].map(|folder| fs::read_to_string(folder.join("of")).expect("it is there"));
            assert_eq!(before, after);
        }
        assert!(exchange(&place.path().join("missing"), &old).is_err());
        assert!(old.join("of").exists() && fs::read_dir(place.path()).expect("it is there").count() == 2);
    }
}
