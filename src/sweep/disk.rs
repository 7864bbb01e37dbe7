//! Files that appear whole or not at all, and whose names say what is in them.

use std::fs;
use std::path::{Path, PathBuf};

use super::SweepError;
use crate::report::{UNFINISHED, write_whole};

/// Hexadecimal digits of a part's hash in its name.
const DIGITS: usize = 16;

/// Writes a file: under another name, to the disk, and then in its place, where it replaces what was there.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), SweepError> {
    write_whole(path, bytes).map_err(|error| SweepError::unwritable(path, error))
}

/// Makes a folder and those above it.
pub fn make_folder(path: &Path) -> Result<(), SweepError> {
    fs::create_dir_all(path).map_err(|error| SweepError::unwritable(path, error))
}

/// The files of a folder by name, without those under construction.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, SweepError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| SweepError::unreadable(folder, error))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| SweepError::unreadable(folder, error))?;
        if !entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// Removes what killed processes left unfinished. Only for who holds the store's lock.
pub fn clean(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The name of a part: what it is of, and its hash.
pub fn part_name(kind: &str, first: usize, last: usize, bytes: &[u8]) -> String {
    format!("{kind}-{first:08}-{last:08}-{}.parquet", &blake3::hash(bytes).to_hex()[..DIGITS])
}

/// Whether a part's content is what its name says.
pub fn is_whole(path: &Path) -> Result<bool, SweepError> {
    let bytes = fs::read(path).map_err(|error| SweepError::unreadable(path, error))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Ok(name.rsplit('-').next() == Some(&blake3::hash(&bytes).to_hex()[..DIGITS]))
}
