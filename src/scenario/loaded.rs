//! A file that was read.

use super::diagnostic::{self, Diagnostic};
use super::model::Scenario;
use super::source::Source;
use super::template::Template;
use super::variant::Variant;

/// A scenario, and what was odd about its file.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The scenario as it stands.
    pub scenario: Scenario,
    /// The scenarios that its variants make, in the order of the file.
    pub variants: Vec<Variant>,
    /// The file, for changes.
    pub template: Template,
    /// Warnings in the order of the file.
    pub warnings: Vec<Diagnostic>,
    /// The file, for rendering.
    pub source: Source,
}

impl Loaded {
    /// All warnings drawn one after the other, empty if there are none; `color` adds terminal colours.
    pub fn render(&self, color: bool) -> String {
        diagnostic::render_all(&self.warnings, &self.source, color)
    }
}
