//! A run that was kept: the folder of `overhang run --out`.

use std::path::{Path, PathBuf};

use super::again::{again, others};
use super::error::RunError;
use super::observer::Observer;
use super::profile::ProfileBuilder;
use crate::result::{Again, Document, Provenance, ResultDocument, Sampling, read_document};
use crate::scenario::{self, Scenario, Source, Syntax};

/// A run with its scenario.
#[derive(Debug, Clone)]
pub struct StoredRun {
    pub document: ResultDocument,
    /// The variant that was run, if it was one.
    pub scenario: Scenario,
    /// The other scenarios of the file, by name.
    pub others: Vec<(String, Scenario)>,
    pub source: Source,
}

impl StoredRun {
    /// Reads a run's folder.
    ///
    /// # Errors
    /// If it is not whole, or its result is not of its scenario.
    pub fn read(folder: &Path) -> Result<Self, RunError> {
        let path = folder.join("result.json");
        let Document::Result(document) = read_document(&path).map_err(|error| Self::unusable(&path, &error))? else {
            return Err(Self::unusable(&path, &"it is not the result of a run"));
        };
        let scenario_path = Syntax::STORED.map(|name| folder.join(name));
        let file: &PathBuf = scenario_path.iter().find(|path| path.exists()).unwrap_or(&scenario_path[0]);
        let loaded = scenario::load(file).map_err(|failure| Self::unusable(file, &failure))?;
        let variant = document.provenance.variant.as_deref();
        let others = others(&loaded, variant, None).into_iter().map(|(name, of)| (name, of.clone())).collect();
        let mut variants = loaded.variants.into_iter();
        let scenario = match variant {
            None => Some(loaded.scenario),
            Some(name) => variants.find(|variant| variant.name == name).map(|variant| variant.scenario),
        };
        let at_medians = document.provenance.sampling.inputs.is_some();
        let scenario = match scenario {
            Some(scenario) if at_medians => {
                scenario.at_centre().map_err(|failure| Self::unusable(file, &failure)).map(Some)?
            }
            scenario => scenario,
        };
        let scenario = scenario.filter(|scenario| scenario.hash == document.provenance.scenario_hash);
        let scenario = scenario.ok_or_else(|| RunError::Failed {
            message: format!("`{}` is not the scenario that produced `{}`", file.display(), path.display()),
            hint: "restore the scenario as it was, or run it again".into(),
        })?;
        let (found, expected) = (&document.provenance, Provenance::new(&scenario, Sampling::default()));
        let horizon = |of: &Provenance| (of.start.clone(), of.periods, of.steps_per_year);
        let units = |of: &Provenance| (of.currency.clone(), of.capacity_unit.clone());
        if horizon(found) != horizon(&expected) || units(found) != units(&expected) {
            return Err(Self::unusable(
                &path,
                &"it is damaged: its horizon or units differ from those of its scenario",
            ));
        }
        Ok(StoredRun { document: *document, scenario, others, source: loaded.source })
    }

    /// What its page carries so that a browser computes it again.
    ///
    /// # Errors
    /// As [`again`](super::again()).
    pub fn again(&self, observer: &dyn Observer) -> Result<Again, RunError> {
        let others: Vec<(String, &Scenario)> = self.others.iter().map(|(name, of)| (name.clone(), of)).collect();
        again(&self.scenario, &self.document, &others, observer)
    }

    /// Another look at its paths.
    pub fn profile(&self) -> ProfileBuilder<'_> {
        ProfileBuilder::of_result(&self.scenario, &self.document)
    }

    /// Something that no command left, or not as it is.
    pub fn unusable(path: &Path, cause: &dyn std::fmt::Display) -> RunError {
        RunError::usage(
            format!("`{}` cannot be used: {cause}", path.display()),
            "give a folder that `overhang run --out` or `overhang sweep --out` wrote, or a JSON document of `compare` or `bench`",
        )
    }
}
