//! A file that was read, for changes.

use std::sync::Arc;

use super::source::Source;
use super::tree::Node;

/// A file that was read, as a tree of which parts can be changed.
#[derive(Debug, Clone)]
pub struct Template {
    source: Arc<Source>,
    tree: Node,
}

impl Template {
    pub(super) fn new(source: Arc<Source>, tree: Node) -> Self {
        Template { source, tree }
    }

    /// The file.
    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// What was read, with the changes made.
    pub(super) fn tree(&self) -> &Node {
        &self.tree
    }
}
