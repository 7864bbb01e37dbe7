//! The lines of a text, one at a time and of limited length, so that no input is too large.

use std::io::{self, BufRead, BufReader, Read};

/// Bytes of a line at most.
pub(crate) const LONGEST: usize = 1 << 20;

/// What can be wrong with a line, whatever it says.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LineError {
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    #[error("the line is longer than {} MiB", LONGEST >> 20)]
    TooLong,
    #[error("the text is UTF-16")]
    Utf16,
    #[error("the line is not UTF-8 text")]
    NotText,
}

/// Reads lines that end with a line feed, a carriage return, or both.
pub(crate) struct Lines<R> {
    input: BufReader<R>,
    bytes: Vec<u8>,
    /// Whether the last line ended with a carriage return, which a line feed may follow.
    returned: bool,
    /// The number of the last line, from 1.
    pub number: u64,
}

impl<R: Read> Lines<R> {
    pub fn new(input: R) -> Self {
        Lines { input: BufReader::with_capacity(1 << 16, input), bytes: Vec::new(), returned: false, number: 0 }
    }

    /// The next line without its end; `None` behind the last one.
    pub fn next(&mut self) -> Result<Option<&str>, LineError> {
        self.bytes.clear();
        let ended = self.fill()?;
        if !ended && self.bytes.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let mut line = self.bytes.as_slice();
        if self.number == 1 {
            if line.starts_with(b"\xff\xfe") || line.starts_with(b"\xfe\xff") {
                return Err(LineError::Utf16);
            }
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        if line.len() > LONGEST {
            return Err(LineError::TooLong);
        }
        std::str::from_utf8(line).map(Some).map_err(|_| LineError::NotText)
    }

    /// Takes bytes up to the end of a line, or a few more than are accepted; whether the line ended.
    fn fill(&mut self) -> io::Result<bool> {
        while self.bytes.len() <= LONGEST + 3 {
            let mut buffer = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            if buffer.is_empty() {
                return Ok(false);
            }
            let skipped = usize::from(std::mem::take(&mut self.returned) && buffer[0] == b'\n');
            buffer = &buffer[skipped..];
            let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            self.bytes.extend_from_slice(&buffer[..end.unwrap_or(buffer.len())]);
            self.returned = end.is_some_and(|end| buffer[end] == b'\r');
            let taken = skipped + end.map_or(buffer.len(), |end| end + 1);
            self.input.consume(taken);
            if end.is_some() {
                return Ok(true);
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<String> {
        let mut lines = Lines::new(bytes);
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap_or_else(|error| panic!("{error}")) {
            found.push(line.to_owned());
        }
        assert_eq!(lines.number, found.len() as u64);
        found
    }

    #[test]
    fn lines_end_as_systems_end_them() {
        for text in ["a\nb\n\nc", "a\r\nb\r\n\r\nc\r\n", "a\rb\r\rc\r", "\u{feff}a\nb\n\nc\n"] {
            assert_eq!(lines(text.as_bytes()), ["a", "b", "", "c"], "{text:?}");
        }
        assert_eq!(lines(b""), [""; 0]);
        assert_eq!(lines(b"\n"), [""]);
    }

    #[test]
    fn what_is_no_line_is_refused() {
        let first = |bytes: &[u8]| Lines::new(bytes).next().map(|line| line.map(str::to_owned));
        assert!(matches!(first(b"\xff\xfea\0\n\0"), Err(LineError::Utf16)));
        assert!(matches!(first(b"a\xff"), Err(LineError::NotText)));
        assert!(matches!(first(&vec![b'a'; LONGEST]), Ok(Some(_))));
        assert!(matches!(first(&vec![b'a'; LONGEST + 1]), Err(LineError::TooLong)));
        assert!(matches!(Lines::new(io::repeat(0)).next(), Err(LineError::TooLong)));
    }
}
