//! Messages about a scenario file, and how they are drawn.
//!
//! One style: a title in lower case that says what is wrong, the line with the place underlined and what would be
//! right, the dotted key, and a hint.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::input::is_stdin;

use super::source::{Source, is_misleading, shown};

/// Lines longer than this many bytes are shown around the span only.
const LONGEST_LINE: usize = 1_000;
/// How much of a long line is shown on either side of a span's start.
const AROUND: usize = 100;

/// Whether a message stops the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but says something that is rarely meant.
    Warning,
}

/// One message about a scenario file.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Whether it stops the program.
    pub severity: Severity,
    /// What is wrong, in lower case and without a final full stop.
    pub title: String,
    /// The bytes of the file that it is about; `None` when it is about the file as a whole.
    pub span: Option<Range<usize>>,
    /// Line of the span's start from 1; 0 without a span.
    pub line: usize,
    /// Column of the span's start in characters from 1; 0 without a span.
    pub column: usize,
    /// What would be right, shown under the span.
    pub label: String,
    /// The dotted key, such as `contract.aws.take_or_pay`; elements of arrays count from 1. May be empty.
    pub key: String,
    /// What to do about it.
    pub hint: String,
    /// Whether it can be judged from its own line, whatever the rest of the file says.
    pub(super) local: bool,
}

/// Why a scenario cannot be used: every error of its file, and its warnings.
#[derive(Debug, Clone)]
pub struct Failure {
    /// In the order of the file; at least one is an error.
    pub diagnostics: Vec<Diagnostic>,
    /// How many further messages were left out, because there were too many.
    pub omitted: usize,
    /// The file, for rendering.
    pub source: Source,
}

impl Diagnostic {
    /// An error about a span.
    pub(super) fn error(
        span: Range<usize>,
        key: impl Into<String>,
        title: impl Into<String>,
        label: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Diagnostic {
            severity: Severity::Error,
            title: title.into(),
            span: Some(span),
            line: 0,
            column: 0,
            label: label.into(),
            key: key.into(),
            hint: hint.into(),
            local: false,
        }
    }

    /// An error about the file as a whole.
    pub(super) fn about_file(title: impl Into<String>, hint: impl Into<String>) -> Self {
        Diagnostic { span: None, ..Diagnostic::error(0..0, "", title, "", hint) }
    }

    /// The message drawn with its line of the file; `color` adds terminal colours.
    pub fn render(&self, source: &Source, color: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(level.primary_title(self.title.as_str()));
        let name = shown_name(&source.name);
        match &self.span {
            None => group = group.element(Origin::path(name)),
            Some(span) => {
                let view = View::new(source, span);
                if view.cut {
                    // A cut line cannot tell its own column.
                    group = group.element(Origin::path(name.clone()).line(self.line).char_column(self.column));
                }
                let annotation = AnnotationKind::Primary.span(view.span).label(self.label.as_str());
                let snippet = Snippet::source(view.line).line_start(self.line).annotation(annotation);
                group = group.element(if view.cut { snippet } else { snippet.path(name) });
            }
        }
        if !self.key.is_empty() {
            group = group.element(Level::NOTE.with_name("key").message(self.key.as_str()));
        }
        if !self.hint.is_empty() {
            group = group.element(Level::HELP.with_name("hint").message(self.hint.as_str()));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

impl Failure {
    /// All messages drawn one after the other; `color` adds terminal colours.
    pub fn render(&self, color: bool) -> String {
        let mut text = render_all(&self.diagnostics, &self.source, color);
        if self.omitted > 0 {
            let messages = if self.omitted == 1 { "message" } else { "messages" };
            text += &format!("\n… and {} more {messages} about {}\n", self.omitted, shown_name(&self.source.name));
        }
        text
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(false).trim_end())
    }
}

impl std::error::Error for Failure {}

/// Messages drawn one after the other with empty lines between them.
pub(super) fn render_all(diagnostics: &[Diagnostic], source: &Source, color: bool) -> String {
    let drawn: Vec<String> = diagnostics.iter().map(|d| d.render(source, color) + "\n").collect();
    drawn.join("\n")
}

/// A file name without characters that could mislead; unlike other text it is never cut.
pub(super) fn shown_name(name: &str) -> String {
    if is_stdin(Path::new(name)) {
        return "standard input".into();
    }
    name.chars().map(|c| if is_misleading(c) { shown(&c.to_string()) } else { c.to_string() }).collect()
}

/// One line of the file as it is drawn, and where the span lies in it.
struct View {
    line: String,
    span: Range<usize>,
    cut: bool,
}

impl View {
    /// A span over several lines is shown by its first; a very long line by the part around the span.
    fn new(source: &Source, span: &Range<usize>) -> Self {
        let line = source.line_at(span.start);
        let cut = line.len() > LONGEST_LINE;
        let shown = if cut {
            let from = source.boundary(span.start.saturating_sub(AROUND)).max(line.start);
            from..source.boundary(span.start + AROUND).clamp(from, line.end)
        } else {
            line
        };
        let start = source.boundary(span.start).clamp(shown.start, shown.end);
        let end = source.boundary(span.end).clamp(start, shown.end);
        let parts = [shown.start..start, start..end, end..shown.end].map(|part| harmless(&source.text[part]));
        let span = parts[0].len()..parts[0].len() + parts[1].len();
        View { line: parts.concat(), span, cut }
    }
}

/// The text with every misleading character but the tab replaced, as terminals may obey them.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c != '\t' && is_misleading(c) { '\u{fffd}' } else { c }).collect()
}
