//! What can still be read of a text with broken syntax.
//!
//! A bracket left open makes the TOML reader take the rest of the file for the inside of an array. Section by
//! section, from header line to header line, it finds every error, and all other sections can be read.

use std::ops::Range;

use toml::de::{DeTable, Error};

/// A syntax error and where it is.
pub(super) struct Fault {
    pub span: Range<usize>,
    pub message: String,
}

impl Fault {
    /// An error without a place is at the end of the text.
    pub fn new(error: &Error, text: &str) -> Self {
        let span = error.span().unwrap_or(text.len()..text.len());
        Fault { span, message: error.message().to_owned() }
    }
}

/// The syntax errors of a text section by section, and the text with what is broken blanked, byte for byte as long.
pub(super) fn recover(text: &str) -> (Vec<Fault>, String) {
    let mut faults = Vec::new();
    let mut sound = String::with_capacity(text.len());
    for section in sections(text) {
        let found = faults_in(text, &section);
        let masked = match found.first() {
            None => text[section].to_owned(),
            Some(_) => mask(text, &section, &found),
        };
        sound += &masked;
        faults.extend(found);
    }
    (faults, sound)
}

/// Faults of a whole text as far as each says something new: in order, up to the first that makes the rest meaningless.
pub(super) fn telling(text: &str, errors: &[Error]) -> Vec<Fault> {
    let mut faults: Vec<Fault> =
        errors.iter().filter(|error| !is_structural(error.message())).map(|error| Fault::new(error, text)).collect();
    faults.sort_by_key(|fault| fault.span.start);
    let telling = faults.iter().position(|fault| swallows(&fault.message)).map_or(faults.len(), |last| last + 1);
    faults.truncate(telling);
    faults
}

/// Whether an error is about how tables fit together, so that all values have been read in spite of it.
pub(super) fn is_structural(message: &str) -> bool {
    message == "duplicate key" || message.starts_with("cannot extend value")
}

/// Whether what follows an error is read as something that it is not.
fn swallows(message: &str) -> bool {
    ["array", "table", "comma", "unclosed", "string", "recurs"].iter().any(|word| message.contains(word))
        && !message.starts_with("string values must be quoted")
}

/// The text from header line to header line.
fn sections(text: &str) -> Vec<Range<usize>> {
    let mut sections = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if is_header(line) && at > start {
            sections.push(start..at);
            start = at;
        }
        at += line.len();
    }
    sections.push(start..at);
    sections
}

/// Whether a line can only be the header of a table: `[key]` or `[[key]]`, keys being bare.
fn is_header(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or("").trim();
    let inner = line.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]"));
    let inner = inner.or_else(|| line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')));
    inner.is_some_and(|key| {
        key.trim().starts_with(|c: char| c.is_ascii_alphabetic())
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-. ".contains(&b))
    })
}

fn faults_in(text: &str, section: &Range<usize>) -> Vec<Fault> {
    let part = &text[section.clone()];
    let mut faults = telling(part, &DeTable::parse_recoverable(part).1);
    for fault in &mut faults {
        fault.span = fault.span.start + section.start..fault.span.end + section.start;
    }
    faults
}

/// The section without its broken lines, or without all that a fault swallows; nothing of it, if that is not enough.
fn mask(text: &str, section: &Range<usize>, faults: &[Fault]) -> String {
    let mut masked = String::with_capacity(section.len());
    let mut at = section.start;
    let mut swallowed = false;
    let mut faults = faults.iter().peekable();
    for line in text[section.clone()].split_inclusive('\n') {
        at += line.len();
        let mut broken = swallowed;
        while let Some(fault) = faults.next_if(|fault| fault.span.start < at) {
            broken = true;
            swallowed |= swallows(&fault.message);
        }
        masked += &if broken { blank(line) } else { line.to_owned() };
    }
    if faults_in(&masked, &(0..masked.len())).is_empty() { masked } else { blank(&text[section.clone()]) }
}

/// As many bytes of nothing, with the same line breaks.
fn blank(text: &str) -> String {
    text.bytes().map(|b| if b == b'\n' || b == b'\r' { char::from(b) } else { ' ' }).collect()
}
