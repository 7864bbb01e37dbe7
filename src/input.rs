//! Files and standard input as users name them. A name may stand for anything, such as a device that never ends, so whole files
//! are read up to a limit only, and everything longer as a stream.

pub(crate) mod delimited;
pub(crate) mod lines;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// The name of standard input.
pub const STDIN: &str = "-";

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether standard input was read: what it had is gone, and a second reader would find it empty.
static STDIN_IS_READ: AtomicBool = AtomicBool::new(false);

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    #[error("it is larger than {}", size(*.0))]
    TooLarge(u64),
    #[error("it is UTF-16 text; save it as UTF-8")]
    Utf16,
    #[error("line {line} is not UTF-8 text, at byte {at} of the file")]
    NotText { line: usize, at: usize },
    #[error("it is not a regular file")]
    NotRegular,
    #[error("standard input can be read only once")]
    ReadTwice,
}

/// Whether a path means standard input.
pub fn is_stdin(path: &Path) -> bool {
    path == Path::new(STDIN)
}

/// A file as a stream; `-` is standard input.
pub fn open(path: &Path) -> Result<Box<dyn Read + Send>, InputError> {
    if !is_stdin(path) {
        return Ok(Box::new(File::open(path)?));
    }
    match STDIN_IS_READ.swap(true, Ordering::Relaxed) {
        true => Err(InputError::ReadTwice),
        false => Ok(Box::new(io::stdin())),
    }
}

/// The bytes of a file of at most `most` bytes; `-` is standard input.
pub fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, InputError> {
    limited(open(path)?, most)
}

/// The text of a file of at most `most` bytes, without its byte-order mark; `-` is standard input.
pub fn text(path: &Path, most: u64) -> Result<String, InputError> {
    into_text(bytes(path, most)?)
}

/// The bytes of a file in a folder that the program keeps. Links, pipes and devices are not followed, since the program
/// makes none.
pub fn own_bytes(path: &Path, most: u64) -> Result<Vec<u8>, InputError> {
    match fs::symlink_metadata(path)?.is_file() {
        true => limited(File::open(path)?, most),
        false => Err(InputError::NotRegular),
    }
}

/// Bytes as text, without its byte-order mark.
pub fn into_text(mut bytes: Vec<u8>) -> Result<String, InputError> {
    if bytes.starts_with(UTF8_MARK) {
        bytes.drain(..UTF8_MARK.len());
    }
    into_marked_text(bytes)
}

/// Bytes as text, with its byte-order mark if there is one.
pub fn into_marked_text(bytes: Vec<u8>) -> Result<String, InputError> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(InputError::Utf16);
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
        InputError::NotText { line, at }
    })
}

fn limited(input: impl Read, most: u64) -> Result<Vec<u8>, InputError> {
    let mut bytes = Vec::new();
    input.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(InputError::TooLarge(most)) } else { Ok(bytes) }
}

fn size(bytes: u64) -> String {
    match bytes >> 20 {
        0 => format!("{bytes} bytes"),
        mebibytes => format!("{mebibytes} MiB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("there is room")
    }

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = folder();
        let path = folder.path().join("file");
        for length in [0u64, 1, 100_000] {
            let content: Vec<u8> = (0..length).map(|i| i as u8).collect();
            fs::write(&path, &content).expect("there is room");
            assert_eq!(bytes(&path, length).expect("it is as large as it may be"), content);
            assert_eq!(own_bytes(&path, u64::MAX).expect("it is ours"), content);
            let less = length.checked_sub(1);
            assert!(
                less.is_none_or(|less| matches!(bytes(&path, less), Err(InputError::TooLarge(most)) if most == less))
            );
        }
        assert!(matches!(bytes(&folder.path().join("none"), 9), Err(InputError::Unreadable(_))));
        assert!(matches!(bytes(folder.path(), 9), Err(InputError::Unreadable(_))));
        assert!(matches!(own_bytes(folder.path(), 9), Err(InputError::NotRegular)));
    }

    #[test]
    fn byte_order_marks_are_no_text() {
        let read = |bytes: &[u8]| into_text(bytes.to_vec());
        assert_eq!(read(b"\xef\xbb\xbfa = 1").expect("it is text"), "a = 1");
        assert_eq!(read("ä\u{feff}".as_bytes()).expect("it is text"), "ä\u{feff}");
        assert!(matches!(read(b"\xff\xfea\0"), Err(InputError::Utf16)));
        assert!(matches!(read(b"\xfe\xff\0a"), Err(InputError::Utf16)));
        assert!(matches!(read(b"one\ntwo\xff"), Err(InputError::NotText { line: 2, at: 7 })));
        assert_eq!(InputError::TooLarge(256 << 20).to_string(), "it is larger than 256 MiB");
        assert_eq!(InputError::TooLarge(100).to_string(), "it is larger than 100 bytes");
    }

    #[test]
    #[cfg(unix)]
    fn endless_files_end_and_links_of_ours_are_not_followed() {
        assert!(matches!(bytes(Path::new("/dev/zero"), 3 << 20), Err(InputError::TooLarge(_))));
        assert!(bytes(Path::new("/dev/null"), 0).expect("it is empty").is_empty());
        let folder = folder();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "text").expect("there is room");
        std::os::unix::fs::symlink(&file, &link).expect("there is room");
        assert_eq!(text(&link, 9).expect("links of the user's are followed"), "text");
        assert!(matches!(own_bytes(&link, 9), Err(InputError::NotRegular)));
    }
}
