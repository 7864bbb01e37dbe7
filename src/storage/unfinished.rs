//! What is under construction stands in a folder of its own beside its place, so that it can be put there by a rename.
//!
//! A process that is killed leaves its folder. The next one that writes to the same place removes it, if it can be sure that
//! nobody works in it: the folder has our name and the user's ownership, and its file `lock` names this host and is locked by
//! nobody. Locks end with their process, whatever ended it.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::TempDir;

use super::host::host;

const PREFIX: &str = ".overhang-unfinished-";
const LOCK: &str = "lock";
/// How often another name is tried when a folder is taken for an abandoned one while it is being made.
const TRIES: usize = 100;

/// The folders of this process.
static OURS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Something under construction. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct Unfinished {
    // dropped before the folder: an open file could not be removed everywhere
    _lock: File,
    folder: TempDir,
}

impl Unfinished {
    /// Begins something beside its place, and removes what killed processes left there.
    pub fn beside(place: &Path) -> io::Result<Self> {
        let parent = parent(place);
        for _ in 0..TRIES {
            let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
            if let Some(lock) = lock(folder.path())? {
                OURS.lock().unwrap_or_else(PoisonError::into_inner).push(folder.path().to_owned());
                remove_abandoned(parent, folder.path());
                return Ok(Unfinished { _lock: lock, folder });
            }
        }
        Err(io::Error::other("another process keeps removing the temporary folder"))
    }

    /// Where to construct it: a file or a folder of this name, which does not exist yet.
    pub fn content(&self) -> PathBuf {
        self.folder.path().join("content")
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let mut ours = OURS.lock().unwrap_or_else(PoisonError::into_inner);
        ours.retain(|folder| folder != self.folder.path());
    }
}

/// Removes all that this process has under construction, for a process that is about to end.
pub fn remove_unfinished() {
    for folder in OURS.try_lock().iter().flat_map(|ours| ours.iter()) {
        let _ = fs::remove_dir_all(folder);
    }
}

/// The folder in which something stands.
pub fn parent(place: &Path) -> &Path {
    place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What the lock of a folder of this host says.
fn label() -> String {
    format!("overhang {}\n", host().unwrap_or_default())
}

/// Locks a new folder; `None` if another process took it for an abandoned one in the meantime.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    let path = folder.join(LOCK);
    let mut lock = match File::create_new(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        lock => lock?,
    };
    lock.write_all(label().as_bytes())?;
    // where files cannot be locked nobody finds them unlocked either
    let taken = matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) || !path.exists();
    Ok((!taken).then_some(lock))
}

fn remove_abandoned(parent: &Path, own: &Path) {
    let Ok(like) = fs::symlink_metadata(own) else { return };
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_candidate = entry.file_name().to_string_lossy().starts_with(PREFIX) && path != own;
        if is_candidate && entry.metadata().is_ok_and(|found| found.is_dir() && same_owner(&found, &like)) {
            remove_if_abandoned(&path);
        }
    }
}

fn remove_if_abandoned(folder: &Path) {
    let path = folder.join(LOCK);
    match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // only if it is empty; whoever is just making it makes another one
            let _ = fs::remove_dir(folder);
        }
        Ok(found) if found.is_file() => {
            let Ok(lock) = File::open(&path) else { return };
            let mut said = String::new();
            let read = (&lock).take(1024).read_to_string(&mut said);
            if read.is_ok() && said == label() && lock.try_lock().is_ok() {
                let _ = fs::remove_dir_all(folder);
            }
        }
        _ => (),
    }
}

#[cfg(unix)]
fn same_owner(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.uid() == other.uid()
}

#[cfg(not(unix))]
fn same_owner(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abandoned_folders_are_removed_and_no_others() {
        let place = tempfile::tempdir().expect("there is room");
        let make = |name: &str, label: Option<&str>| {
            let folder = place.path().join(name);
            fs::create_dir(&folder).expect("there is room");
            fs::write(folder.join("content"), "half").expect("there is room");
            if let Some(label) = label {
                fs::write(folder.join(LOCK), label).expect("there is room");
            }
            folder
        };
        let abandoned = make(&format!("{PREFIX}dead"), Some(&label()));
        let empty = place.path().join(format!("{PREFIX}empty"));
        fs::create_dir(&empty).expect("there is room");
        let kept = [
            make(&format!("{PREFIX}elsewhere"), Some("overhang another-host\n")),
            make(&format!("{PREFIX}unknown"), None),
            make("mine", Some(&label())),
        ];
        let alive = Unfinished::beside(&place.path().join("first")).expect("there is room");
        fs::write(alive.content(), "growing").expect("there is room");
        assert!(!abandoned.exists() && !empty.exists());
        let other = Unfinished::beside(&place.path().join("second")).expect("there is room");
        assert!(alive.content().exists(), "its process lives");
        assert!(kept.iter().all(|folder| folder.exists()));
        drop((alive, other));
        assert_eq!(fs::read_dir(place.path()).expect("it is there").count(), kept.len());
    }
}
