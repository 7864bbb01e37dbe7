//! Single files: whole, or not at all.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::unfinished::{Unfinished, parent};

/// How parts of a store under construction are called; a killed process may leave some.
pub const UNFINISHED: &str = ".unfinished-";

/// Links that are followed to one that leads nowhere, at most.
const MOST_LINKS: usize = 40;

/// Writes a file of a store: under another name, to the disk, and then in its place, where it replaces what was there.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = parent(path);
    let mut file = builder().prefix(UNFINISHED).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

/// Temporary files are their owner's alone unless they are made like other new files, from which the umask takes its bits.
#[cfg(unix)]
fn builder() -> tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = tempfile::Builder::new();
    builder.permissions(fs::Permissions::from_mode(0o666));
    builder
}

#[cfg(not(unix))]
fn builder() -> tempfile::Builder<'static, 'static> {
    tempfile::Builder::new()
}

/// Where the bytes of an output go.
#[derive(Debug, PartialEq)]
enum Place {
    /// To a file that appears whole.
    File(PathBuf),
    /// Into something that is there and is no file, such as a terminal or a pipe.
    Stream,
}

/// Writes an output that the user named. A file is replaced as a whole and keeps its permissions; of a link the file behind it.
/// Devices and pipes are written to.
pub fn write_output(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = match place(path)? {
        Place::Stream => return write_stream(path, bytes),
        Place::File(target) => target,
    };
    let unfinished = Unfinished::beside(&target)?;
    let content = unfinished.content();
    let mut file = File::create_new(&content)?;
    file.write_all(bytes)?;
    if let Ok(before) = fs::metadata(&target) {
        file.set_permissions(before.permissions())?;
    }
    file.sync_all()?;
    drop(file);
    fs::rename(&content, &target)?;
    sync_folder(parent(&target));
    Ok(())
}

fn write_stream(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // standard output may be a file that has something already
    match File::options().append(true).open(path)?.write_all(bytes) {
        // a reader that closes a pipe early has seen enough
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Whether [`write_output`] would have a place for the file, as far as can be known before. What it is made from is not
/// replaced.
pub fn check_output(path: &Path, inputs: &[&Path]) -> io::Result<()> {
    let Place::File(target) = place(path)? else { return Ok(()) };
    if inputs.iter().any(|input| is_same(input, &target)) {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is an input of this command"));
    }
    let unfinished = Unfinished::beside(&target)?;
    let content = unfinished.content();
    File::create_new(&content)?;
    if !target.exists() {
        fs::rename(&content, &target)?;
        fs::remove_file(&target)?;
    }
    Ok(())
}

/// Writes a file where nothing is yet.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        // half a file is worse than none; what cannot be removed either is told by the error
        let _ = fs::remove_file(path);
    }
    written
}

/// Opens a file to add lines to its end.
pub fn append(path: &Path) -> io::Result<File> {
    File::options().create(true).append(true).open(path)
}

/// Writes an output into a folder, which is made if it is not there.
pub fn write_into(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    write_output(&folder.join(name), bytes)
}

/// Puts a file where nothing is yet.
pub fn place_new(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // not every file system has hard links
        Err(_) if fs::symlink_metadata(to).is_ok() => Err(ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(from, to),
        Ok(()) => Ok(()),
    }
}

fn place(path: &Path) -> io::Result<Place> {
    let found = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return followed(path).map(Place::File),
        found => found?,
    };
    if found.is_dir() {
        return Err(io::Error::new(ErrorKind::IsADirectory, "it is a folder"));
    }
    if found.is_file() && !is_open_file(path) {
        return fs::canonicalize(path).map(Place::File);
    }
    if is_disk(&found) {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is a block device or a socket"));
    }
    Ok(Place::Stream)
}

/// Whether a name such as /dev/stdout stands for a file that a process has open.
fn is_open_file(path: &Path) -> bool {
    let is_link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    let folder = fs::canonicalize(parent(path));
    is_link && folder.is_ok_and(|folder| ["/dev", "/proc"].iter().any(|system| folder.starts_with(system)))
}

#[cfg(unix)]
fn is_disk(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    found.file_type().is_block_device() || found.file_type().is_socket()
}

#[cfg(not(unix))]
fn is_disk(_: &fs::Metadata) -> bool {
    false
}

/// Where a link that leads nowhere yet leads to.
pub(super) fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = parent(&path).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::new(ErrorKind::InvalidInput, "its symbolic links form a loop"))
}

/// Whether two names are of the same file, which may have several.
#[cfg(unix)]
fn is_same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
    identity(one).is_some_and(|one| Some(one) == identity(other))
}

#[cfg(not(unix))]
fn is_same(one: &Path, other: &Path) -> bool {
    fs::canonicalize(one).is_ok_and(|one| fs::canonicalize(other).is_ok_and(|other| one == other))
}

/// So that the new name survives a loss of power, where the file system can do that. What was written is there either way.
pub(super) fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_link_stays_and_its_file_is_replaced() {
        let folder = tempfile::tempdir().expect("there is room");
        let [file, link, dangling, new] = ["file", "link", "dangling", "new"].map(|name| folder.path().join(name));
        fs::write(&file, "old").expect("there is room");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("it is ours");
        symlink("file", &link).expect("there is room");
        symlink("new", &dangling).expect("there is room");
        for path in [&link, &dangling] {
            check_output(path, &[]).expect("there is room");
            write_output(path, b"page").expect("there is room");
            assert!(fs::symlink_metadata(path).expect("it is there").is_symlink());
        }
        for path in [&file, &new] {
            assert_eq!(fs::read_to_string(path).expect("it is there"), "page");
        }
        assert_eq!(fs::metadata(&file).expect("it is there").mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 4);
    }

    #[test]
    fn what_is_read_is_not_replaced_under_any_name() {
        let folder = tempfile::tempdir().expect("there is room");
        let [file, link, hard] = ["deal", "link", "hard"].map(|name| folder.path().join(name));
        fs::write(&file, "schema = 1").expect("there is room");
        symlink(&file, &link).expect("there is room");
        fs::hard_link(&file, &hard).expect("there is room");
        for path in [&file, &link, &hard] {
            let error = check_output(path, &[&file]).expect_err("it is an input");
            assert_eq!(error.to_string(), "it is an input of this command");
        }
        assert!(check_output(&folder.path().join("page"), &[&file]).is_ok());
        assert!(check_output(folder.path(), &[&file]).is_err());
        symlink("round", folder.path().join("round")).expect("there is room");
        assert!(check_output(&folder.path().join("round"), &[]).is_err());
    }

    #[test]
    fn a_new_file_replaces_none() {
        let folder = tempfile::tempdir().expect("there is room");
        let [one, two, place] = ["one", "two", "place"].map(|name| folder.path().join(name));
        fs::write(&one, "1").expect("there is room");
        fs::write(&two, "2").expect("there is room");
        place_new(&one, &place).expect("nothing is there");
        assert_eq!(place_new(&two, &place).expect_err("the first is there").kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&place).expect("it is there"), "1");
    }
}
