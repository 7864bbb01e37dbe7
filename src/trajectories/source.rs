//! The files that trajectories are read from: what they held when they were opened, and whether they still do.

use std::fs::{File, Metadata};
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::error::{TrajectoryError, fault, unreadable};
use super::folder;
use super::format::Format;
use crate::engine::trajectory_source::TrajectorySource;

/// Trajectories that are ready to be read.
pub struct Opened {
    pub given: Arc<dyn TrajectorySource>,
    source: Source,
}

impl Opened {
    pub(super) fn new(given: Arc<dyn TrajectorySource>, source: Source) -> Self {
        Opened { given, source }
    }

    /// BLAKE3 of what was read, in hexadecimal: of the file, or of the parts of a folder one after the other.
    pub fn hash(&self) -> &str {
        &self.source.hash
    }

    /// Fails if a file was written to since it was opened, so that nobody knows what was read.
    pub fn check_unchanged(&self) -> Result<(), TrajectoryError> {
        self.source.files.iter().try_for_each(|opened| {
            let name = opened.path.display().to_string();
            let now = opened.file.metadata().map_err(|error| unreadable(&name, error))?;
            if Stamp::of(&now) == opened.stamp {
                return Ok(());
            }
            Err(fault(&name, "was changed while it was read", "run again once nothing writes to it"))
        })
    }
}

/// A file or the parts of a folder, open. What is opened stays readable if another file takes the name.
pub struct Source {
    files: Vec<OpenedFile>,
    hash: String,
}

struct OpenedFile {
    path: PathBuf,
    file: File,
    stamp: Stamp,
}

/// What changes when a file is written to.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Stamp { length: metadata.len(), modified: metadata.modified().ok() }
    }
}

impl Source {
    /// Of an array in memory.
    pub fn in_memory(hash: String) -> Self {
        Source { files: Vec::new(), hash }
    }

    /// Opens what a path names and reads it once, for its hash.
    pub fn open(path: &Path) -> Result<(Format, Self), TrajectoryError> {
        let (format, paths) = if path.is_dir() {
            (Format::Parquet, folder::parts(path)?)
        } else {
            (Format::of(path)?, vec![path.to_owned()])
        };
        let mut hasher = blake3::Hasher::new();
        let mut files = Vec::new();
        for path in paths {
            let name = path.display().to_string();
            let failed = |error: std::io::Error| unreadable(&name, error);
            let found = path
                .metadata()
                .map_err(|error| fault(&name, format!("cannot be opened: {error}"), "check its path"))?;
            if !found.is_file() {
                let hint = "trajectories are read at many places at once: write them to a file";
                return Err(fault(&name, "is not a regular file", hint));
            }
            let mut file = File::open(&path)
                .map_err(|error| fault(&name, format!("cannot be opened: {error}"), "check its path"))?;
            let stamp = Stamp::of(&file.metadata().map_err(failed)?);
            hasher.update_reader(&file).map_err(failed)?;
            file.seek(SeekFrom::Start(0)).map_err(failed)?;
            files.push(OpenedFile { path, file, stamp });
        }
        Ok((format, Source { files, hash: hasher.finalize().to_hex().to_string() }))
    }

    /// The only file.
    pub fn first(&self) -> Result<File, TrajectoryError> {
        self.files[0].again()
    }

    /// All files with their names.
    pub fn all(&self) -> Result<Vec<(String, File)>, TrajectoryError> {
        self.files.iter().map(|opened| Ok((opened.path.display().to_string(), opened.again()?))).collect()
    }
}

impl OpenedFile {
    fn again(&self) -> Result<File, TrajectoryError> {
        self.file.try_clone().map_err(|error| unreadable(&self.path.display().to_string(), error))
    }
}
