//! Where decoders leave what they find wrong.

use std::cell::RefCell;
use std::collections::HashSet;
use std::ops::Range;

use super::diagnostic::{Diagnostic, Severity};
use super::source::Source;

/// Messages kept of one file; the others are counted. Nobody reads more, and a hostile file could ask for millions.
const MOST_MESSAGES: usize = 200;

/// Collects the messages about one file.
pub(super) struct Context<'a> {
    /// The file.
    pub source: &'a Source,
    /// Offsets of the line breaks, so that a message costs no walk through the file.
    line_breaks: Vec<usize>,
    /// Whether messages are only counted.
    quiet: bool,
    found: RefCell<Found>,
}

/// What has been found so far.
#[derive(Default)]
pub(super) struct Found {
    pub diagnostics: Vec<Diagnostic>,
    pub omitted: usize,
    pub errors: usize,
    /// Lines whose syntax is broken, so that what was read from them means nothing.
    broken_lines: HashSet<usize>,
}

impl<'a> Context<'a> {
    pub fn new(source: &'a Source) -> Self {
        let line_breaks = source.text.match_indices('\n').map(|(at, _)| at).collect();
        Context { source, line_breaks, quiet: false, found: RefCell::default() }
    }

    /// For a file that is most likely right: what is wrong is counted and not told, so that nothing is made for messages.
    pub fn quiet(source: &'a Source) -> Self {
        Context { source, line_breaks: Vec::new(), quiet: true, found: RefCell::default() }
    }

    /// Another one about the same file.
    pub fn fresh(&self) -> Self {
        if self.quiet { Context::quiet(self.source) } else { Context::new(self.source) }
    }

    /// A name that stands in messages alone; empty if there are none.
    pub fn name(&self, name: std::fmt::Arguments) -> String {
        if self.quiet { String::new() } else { name.to_string() }
    }

    /// Keeps a message, with its line and column filled in. Once the syntax is broken somewhere, only those are kept
    /// that would be true in any case: a name may well be missing because its table could not be read.
    pub fn report(&self, diagnostic: Diagnostic) {
        let mut found = self.found.borrow_mut();
        if !found.broken_lines.is_empty() {
            // What stands for a value that could not be read has an empty span.
            let span = diagnostic.span.clone().filter(|span| !span.is_empty());
            let sound = span.is_some_and(|span| !found.broken_lines.contains(&self.line(&span)));
            if !diagnostic.local || !sound {
                return;
            }
        }
        self.keep(&mut found, diagnostic);
    }

    /// Keeps the message that a line cannot be read at all; one for each line, as the rest follows from the first.
    pub fn report_broken_line(&self, diagnostic: Diagnostic) {
        let line = diagnostic.span.as_ref().map_or(0, |span| self.line(span));
        let mut found = self.found.borrow_mut();
        if found.broken_lines.insert(line) {
            self.keep(&mut found, diagnostic);
        }
    }

    /// Counts messages that are not even made.
    pub fn omit(&self, count: usize) {
        self.found.borrow_mut().omitted += count;
    }

    /// Whether a further message would only be counted, so that none needs a costly hint.
    pub fn is_full(&self) -> bool {
        self.found.borrow().diagnostics.len() >= MOST_MESSAGES
    }

    /// Whether anything found so far makes the file unusable.
    pub fn has_errors(&self) -> bool {
        self.found.borrow().errors > 0
    }

    /// How many errors were found so far.
    pub fn errors(&self) -> usize {
        self.found.borrow().errors
    }

    /// Whether the same was said of the same place.
    pub fn knows(&self, diagnostic: &Diagnostic) -> bool {
        let same = |known: &Diagnostic| known.span == diagnostic.span && known.title == diagnostic.title;
        self.found.borrow().diagnostics.iter().any(same)
    }

    /// The line of a span, for messages that point to a second place.
    pub fn line(&self, span: &Range<usize>) -> usize {
        self.line_breaks.partition_point(|&at| at < span.start) + 1
    }

    /// Keeps or counts a message, with line and column filled in.
    fn keep(&self, found: &mut Found, mut diagnostic: Diagnostic) {
        found.errors += usize::from(diagnostic.severity == Severity::Error);
        if self.quiet {
            return;
        }
        if found.diagnostics.len() >= MOST_MESSAGES {
            found.omitted += 1;
            return;
        }
        if let Some(span) = &diagnostic.span {
            let at = self.source.boundary(span.start);
            let line_start = self.source.line_at(at).start;
            let at = at.max(line_start);
            diagnostic.line = self.line(span);
            diagnostic.column = self.source.text[line_start..at].chars().count() + 1;
        }
        found.diagnostics.push(diagnostic);
    }

    /// All messages in the order of the file.
    pub fn finish(self) -> Found {
        let mut found = self.found.into_inner();
        found.diagnostics.sort_by_key(|d| d.span.as_ref().map_or((0, 0), |span| (span.start, span.end)));
        found
    }
}
