//! The folder of a sensitivity analysis: whole, or not at all.

use std::path::Path;

use super::sensitivity::SensitivityDocument;
use crate::scenario::{Source, Syntax};
use crate::storage::{Folder, FolderError, Table};

const RESULT: &str = "sensitivity.json";
const PARAMETERS: &str = "parameters.parquet";
const DESIGN: &str = "design.parquet";
/// What the folder may have.
const NAMES: [&str; 5] = [RESULT, Syntax::Toml.stored(), Syntax::Json.stored(), PARAMETERS, DESIGN];

/// An analysis with what it was made from.
#[derive(Debug, Clone)]
pub struct SensitivityResults {
    pub document: SensitivityDocument,
    /// A row for each parameter set, as a run writes them; there if indices or the usual measures were made from sets.
    pub parameters: Option<Table>,
    /// A row for each run of the design for indices, in its order; there if there was one.
    pub design: Option<Table>,
}

impl SensitivityResults {
    /// Whether the folder could be written. The target must not exist, or be an empty folder, or, to be replaced, the folder of an
    /// analysis.
    ///
    /// # Errors
    /// If it could not.
    pub fn check(target: &Path, replace: bool) -> Result<(), FolderError> {
        Folder::check(target, replace.then_some(refusal))
    }

    /// Writes the folder: sensitivity.json, the scenario as read, parameters.parquet and design.parquet.
    ///
    /// # Errors
    /// As [`SensitivityResults::check`], or if there is no room.
    pub fn write(&self, target: &Path, replace: bool, scenario: &Source) -> Result<(), FolderError> {
        let folder = Folder::begin(target, replace.then_some(refusal))?;
        folder.write_text(RESULT, &sensitivity_json(&self.document))?;
        folder.write_text(scenario.syntax().stored(), &scenario.text)?;
        for (name, table) in [(PARAMETERS, &self.parameters), (DESIGN, &self.design)] {
            table.iter().try_for_each(|table| folder.write_table(name, table))?;
        }
        folder.finish()
    }
}

/// The document as JSON.
pub fn sensitivity_json(document: &SensitivityDocument) -> String {
    format!("{:#}\n", serde_json::json!(document))
}

/// Only the folder of an analysis is replaced.
fn refusal(_: &Path, names: &[String]) -> Option<String> {
    if let Some(other) = names.iter().find(|name| !NAMES.contains(&name.as_str())) {
        return Some(format!("it contains `{other}`"));
    }
    let is_one = names.is_empty() || names.iter().any(|name| name == RESULT);
    (!is_one).then(|| format!("it has no `{RESULT}`"))
}
