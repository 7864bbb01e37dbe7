//! What earlier commands left: folders of runs, stores of sweeps, documents.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::engine::EngineArguments;
use super::failure::Failure;
use crate::engine::Progress;
use crate::engine::given::Given;
use crate::engine::select::Chosen;
use crate::plan::Plan;
use crate::result::{BenchDocument, CompareDocument, Document, Provenance, ResultDocument, Sampling, read_document};
use crate::scenario::{self, Loaded, Scenario, Source};
use crate::sweep::{self, Store};
use crate::trajectories;

/// Something that was computed before.
pub enum Stored {
    Run(Box<StoredRun>),
    Sweep(Box<Store>, Box<Loaded>),
    Comparison(Box<CompareDocument>),
    Bench(Box<BenchDocument>),
}

/// A run with its scenario.
pub struct StoredRun {
    pub document: ResultDocument,
    /// The variant that was run, if it was one.
    pub scenario: Scenario,
    pub source: Source,
}

impl StoredRun {
    /// The engine that the options ask for, on the run's own trajectories if it was made of some.
    pub fn engine(&self, plan: &Plan, file: Option<&Path>, asked: &EngineArguments) -> Result<Chosen, Failure> {
        asked.choose(self.trajectories(plan, file)?)
    }

    /// The trajectories that the run was made of, which must be these.
    fn trajectories(&self, plan: &Plan, file: Option<&Path>) -> Result<Option<Arc<dyn Given>>, Failure> {
        match (&self.document.provenance.sampling.trajectories, file) {
            (None, None) => Ok(None),
            (None, Some(file)) => Err(Failure::Usage {
                message: format!("the run drew its own trajectories, but --trajectories names `{}`", file.display()),
                hint: Some("leave out --trajectories".into()),
            }),
            (Some(_), None) => Err(Failure::Usage {
                message: "the run used trajectories from a file, which its folder does not contain".into(),
                hint: Some("give the file with --trajectories".into()),
            }),
            (Some(hash), Some(file)) => {
                let opened = trajectories::open(file, &self.scenario, plan)?;
                if opened.hash() == hash {
                    return Ok(Some(opened.given));
                }
                Err(Failure::Usage {
                    message: format!("`{}` does not have the trajectories that the run used", file.display()),
                    hint: Some("give the file that `overhang run` read".into()),
                })
            }
        }
    }
}

/// Reads whatever is there; `go_on` may end it early.
pub fn open(input: &Path, go_on: &Progress) -> Result<Stored, Failure> {
    if input.join("manifest.json").exists() {
        let store = Store::look(input, go_on)?;
        let loaded = sweep::scenario_of(&store)?;
        return Ok(Stored::Sweep(Box::new(store), Box::new(loaded)));
    }
    if input.is_dir() {
        return run(input).map(|run| Stored::Run(Box::new(run)));
    }
    match read_document(input).map_err(|error| unusable(input, &error))? {
        Document::Bench(document) => Ok(Stored::Bench(document)),
        Document::Comparison(document) => Ok(Stored::Comparison(document)),
        Document::Result(_) => Err(Failure::Usage {
            message: format!("`{}` is a result without its scenario", input.display()),
            hint: Some("give the folder that `overhang run --out` wrote, which has both".into()),
        }),
    }
}

/// A run's folder.
pub fn run(folder: &Path) -> Result<StoredRun, Failure> {
    let path = folder.join("result.json");
    let Document::Result(document) = read_document(&path).map_err(|error| unusable(&path, &error))? else {
        return Err(unusable(&path, &"it is not the result of a run"));
    };
    let scenario_path = ["scenario.toml", "scenario.json"].map(|name| folder.join(name));
    let file: &PathBuf = scenario_path.iter().find(|path| path.exists()).unwrap_or(&scenario_path[0]);
    let loaded = scenario::load(file).map_err(|failure| unusable(file, &failure))?;
    let scenario = match &document.provenance.variant {
        None => Some(loaded.scenario),
        Some(name) => loaded.variants.into_iter().find(|variant| variant.name == *name).map(|variant| variant.scenario),
    };
    let scenario = scenario.filter(|scenario| scenario.hash == document.provenance.scenario_hash);
    let scenario = scenario.ok_or_else(|| Failure::Failed {
        message: format!("`{}` is not the scenario that produced `{}`", file.display(), path.display()),
        hint: Some("restore the scenario as it was, or run it again".into()),
    })?;
    let (found, expected) = (&document.provenance, Provenance::new(&scenario, Sampling::default()));
    let horizon = |of: &Provenance| (of.start.clone(), of.periods, of.steps_per_year);
    let units = |of: &Provenance| (of.currency.clone(), of.capacity_unit.clone());
    if horizon(found) != horizon(&expected) || units(found) != units(&expected) {
        return Err(unusable(&path, &"it is damaged: its horizon or units differ from those of its scenario"));
    }
    Ok(StoredRun { document: *document, scenario, source: loaded.source })
}

fn unusable(path: &Path, cause: &dyn std::fmt::Display) -> Failure {
    Failure::Usage {
        message: format!("`{}` cannot be used: {cause}", path.display()),
        hint: Some(
            "give a folder that `overhang run --out` or `overhang sweep --out` wrote, or a JSON document of `compare` or `bench`".into(),
        ),
    }
}
