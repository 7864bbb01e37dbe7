//! Files of a store: written whole or not at all, and read only if they are plain files of a size that a store can have.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::error::SweepError;
use crate::storage::{UNFINISHED, write_whole};

/// Hexadecimal digits of a hash in names and notes.
const DIGITS: usize = 16;
/// Where a store has the tallies of points that are begun.
pub const BEGUN: &str = "begun";
/// Bytes of a file of text at most.
pub const MOST_TEXT: u64 = 64 << 20;
/// Bytes of a part at most. What is written stays far below.
pub const MOST_PART: u64 = 4 << 30;

/// Writes a file: under another name, to the disk, and then in its place, where it replaces what was there.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), SweepError> {
    write_whole(path, bytes).map_err(|error| SweepError::unwritable(path, error))
}

/// Makes the folder of a store and those above it.
pub fn make_root(path: &Path) -> Result<(), SweepError> {
    fs::create_dir_all(path).map_err(|error| SweepError::unwritable(path, error))
}

/// Makes a folder inside a store.
pub fn make_folder(path: &Path) -> Result<(), SweepError> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => is_folder(path).map(drop),
        made => made.map_err(|error| SweepError::unwritable(path, error)),
    }
}

/// Whether there is a folder inside a store. A link in its place is an error, since it leads out of the store.
fn is_folder(path: &Path) -> Result<bool, SweepError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(SweepError::unreadable(path, error)),
        Ok(found) if found.is_dir() => Ok(true),
        Ok(_) => Err(SweepError::failed(
            format!("`{}` is not a folder", path.display()),
            "stores do not follow links; replace it with the folder itself, or remove it",
        )),
    }
}

/// The files of a folder inside a store whose names `ours` accepts, by name. A folder that is missing is empty.
pub fn files(folder: &Path, ours: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>, SweepError> {
    if !is_folder(folder)? {
        return Ok(Vec::new());
    }
    let unreadable = |error| SweepError::unreadable(folder, error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        if name.to_str().is_some_and(&ours) {
            found.push(folder.join(name));
        }
    }
    found.sort();
    Ok(found)
}

/// Removes what killed processes left unfinished. Only for the process that holds the store's lock.
pub fn clean(folder: &Path) {
    for path in files(folder, |name| name.starts_with(UNFINISHED)).unwrap_or_default() {
        let _ = fs::remove_file(path);
    }
}

/// Opens a plain file to read it. Links, devices and pipes are refused: they lead out of the store, or never end.
pub fn open(path: &Path, most: u64) -> io::Result<File> {
    let file = open_as(File::options().read(true), path)?;
    let size = file.metadata()?.len();
    if size > most {
        return Err(io::Error::other(format!("it has {size} bytes; the limit is {most}")));
    }
    Ok(file)
}

/// Opens a plain file with these options.
pub fn open_as(options: &mut fs::OpenOptions, path: &Path) -> io::Result<File> {
    let plain = |found: &fs::Metadata| {
        if found.is_file() {
            Ok(())
        } else {
            Err(io::Error::other("it is not a regular file but a link, folder, device or pipe"))
        }
    };
    match fs::symlink_metadata(path) {
        Ok(found) => plain(&found)?,
        Err(error) if error.kind() == ErrorKind::NotFound => (),
        Err(error) => return Err(error),
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // should the file be exchanged in between, neither a link is followed nor a pipe waited for
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    let file = options.open(path)?;
    plain(&file.metadata()?)?;
    Ok(file)
}

/// The content of a plain file.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // it may grow while it is read
    open(path, most)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The content of a plain file, if it is there.
pub fn read_if_there(path: &Path, most: u64) -> Result<Option<Vec<u8>>, SweepError> {
    match read(path, most) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        bytes => bytes.map(Some).map_err(|error| SweepError::unreadable(path, error)),
    }
}

/// The name of a part: the points that it begins and ends with, and its hash.
pub fn part_name(kind: &str, first: usize, last: usize, bytes: &[u8]) -> String {
    format!("{kind}-{first:08}-{last:08}-{}.parquet", short_hash(bytes))
}

/// Whether a name is one that [`part_name`] gives.
pub fn is_part_name(kind: &str, name: &str) -> bool {
    let inner = name.strip_prefix(kind).and_then(|rest| rest.strip_prefix('-')?.strip_suffix(".parquet"));
    let words: Vec<&str> = inner.unwrap_or_default().split('-').collect();
    let number = |word: &str| word.len() >= 8 && word.bytes().all(|byte| byte.is_ascii_digit());
    let hash = |word: &str| word.len() == DIGITS && word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    matches!(words[..], [first, last, end] if number(first) && number(last) && hash(end))
}

/// Whether a part's content is what its name says.
pub fn is_whole(path: &Path, bytes: &[u8]) -> bool {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    name.rsplit('-').next() == Some(&short_hash(bytes))
}

/// The beginning of the BLAKE3 hash, in hexadecimal.
pub fn short_hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..DIGITS].to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_the_own_pattern_are_parts() {
        let ours = part_name("results", 3, 123_456_789, b"x");
        assert!(is_part_name("results", &ours), "{ours}");
        for other in [
            ".nfs000000000a1b2c3d00000001",
            ".DS_Store",
            "._results-00000003-00000004-0123456789abcdef.parquet",
            ".results-00000003-00000004-0123456789abcdef.parquet.crc",
            "_SUCCESS",
            ".snapshot",
            "results-00000003-00000004-0123456789abcdef.parquet.tmp",
            "results-00000003-00000004-0123456789abcdeg.parquet",
            "results-0-0-0.parquet",
            "tallies-00000003-00000004-0123456789abcdef.parquet",
            "",
        ] {
            assert!(!is_part_name("results", other), "{other}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_plain_files_of_a_bounded_size_are_read() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::write(at("file"), b"12345").unwrap();
        assert_eq!(read(&at("file"), 5).unwrap(), b"12345");
        assert!(read(&at("file"), 4).is_err());
        std::os::unix::fs::symlink(at("file"), at("link")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", at("device")).unwrap();
        let pipe = std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap();
        assert!(pipe.success());
        for name in ["link", "device", "pipe", "."] {
            assert!(read(&at(name), 5).is_err(), "{name}");
        }
        std::os::unix::fs::symlink(place.path(), at("folder")).unwrap();
        assert!(files(&at("folder"), |_| true).is_err() && make_folder(&at("folder")).is_err());
        assert!(read_if_there(&at("nothing"), 5).unwrap().is_none());
    }
}
