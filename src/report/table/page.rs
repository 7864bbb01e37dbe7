//! What is printed, and how wide it may be.

use indexmap::IndexMap;

use crate::result::{ResultDocument, SYSTEM};

/// What is printed, and how wide it may be.
pub(super) struct Page<'a> {
    pub document: &'a ResultDocument,
    pub width: u16,
}

impl Page<'_> {
    /// The date of the end of a period.
    pub fn date(&self, period: u32) -> String {
        self.document.provenance.date(period)
    }

    /// Whether there is one organization only, whose figures are the system's too.
    pub fn is_single(&self) -> bool {
        self.document.figures.len() <= 2
    }

    /// Of a list by organization with the system last, what is to be shown: a single organization, but not the system
    /// that repeats it.
    pub fn shown<'m, T>(&self, by_name: &'m IndexMap<String, T>) -> Vec<(&'m str, &'m T)> {
        let all = by_name.iter().map(|(name, value)| (name.as_str(), value));
        all.filter(|&(name, _)| !(self.is_single() && name == SYSTEM)).collect()
    }
}
