//! The text of a scenario file, positions in it, and how pieces of it are shown to people.

use std::ops::Range;
use std::path::Path;

use crate::input::is_stdin;

/// The byte-order mark that some editors put at the beginning of a file.
pub(super) const MARK: char = '\u{feff}';

/// Longest piece of a file that a message repeats, in characters.
const LONGEST_QUOTE: usize = 60;

/// A file's name and text, kept so that messages can show the lines they are about.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name as given, usually a path.
    pub name: String,
    /// The whole text, with its byte-order mark if it has one.
    pub text: String,
    syntax: Syntax,
}

/// In what a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    Toml,
    Json,
}

impl Syntax {
    /// The names that folders keep scenarios under.
    pub const STORED: [&str; 2] = [Syntax::Toml.stored(), Syntax::Json.stored()];

    /// The name that a folder keeps a scenario in this syntax under.
    pub const fn stored(self) -> &'static str {
        match self {
            Syntax::Toml => "scenario.toml",
            Syntax::Json => "scenario.json",
        }
    }
}

impl Source {
    /// A file: JSON if the name ends with `.json`, otherwise TOML. Standard input is JSON if it begins with a brace.
    pub fn new(name: String, text: String) -> Self {
        let path = Path::new(&name);
        let json = match is_stdin(path) {
            true => text.trim_start_matches(MARK).trim_start().starts_with('{'),
            false => path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")),
        };
        Source { name, text, syntax: if json { Syntax::Json } else { Syntax::Toml } }
    }

    /// What the file is written in.
    pub fn syntax(&self) -> Syntax {
        self.syntax
    }

    /// The same file with lines added behind it, under another name in messages.
    pub(super) fn extended(&self, name: String, lines: &str) -> Self {
        let text = [self.text.as_str(), if self.text.ends_with('\n') { "" } else { "\n" }, lines].concat();
        Source { name, text, syntax: self.syntax }
    }

    /// The same file with JSON behind it, whose dates are text.
    pub(super) fn with_json(&self, name: String, json: &str) -> Self {
        Source { syntax: Syntax::Json, ..self.extended(name, json) }
    }

    /// The byte range of the line that holds a byte offset, without its line break.
    pub(super) fn line_at(&self, offset: usize) -> Range<usize> {
        let at = self.boundary(offset);
        let mark = if self.text.starts_with(MARK) { MARK.len_utf8() } else { 0 };
        let start = self.text[..at].rfind('\n').map_or(mark, |found| found + 1);
        let at = at.max(start);
        let end = self.text[at..].find('\n').map_or(self.text.len(), |found| at + found);
        let end = if self.text[start..end].ends_with('\r') { end - 1 } else { end };
        start..end
    }

    /// The text of a span as it may be repeated in a message: one line, short, without characters that could mislead.
    pub(super) fn quote(&self, span: &Range<usize>) -> String {
        let span = self.boundary(span.start)..self.boundary(span.end);
        shown(self.text.get(span).unwrap_or(""))
    }

    /// The nearest character boundary at or below an offset, so that slicing can never panic.
    pub(super) fn boundary(&self, offset: usize) -> usize {
        self.text.floor_char_boundary(offset.min(self.text.len()))
    }
}

/// Text from a file made safe to repeat: control and bidirectional characters escaped, long text cut.
pub(super) fn shown(text: &str) -> String {
    let mut result = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == LONGEST_QUOTE {
            result.push('…');
            break;
        }
        if is_misleading(c) {
            result.extend(c.escape_unicode());
        } else {
            result.push(c);
        }
    }
    result
}

/// Whether a character can change how the text around it is displayed: control, bidirectional and invisible characters.
pub fn is_misleading(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
