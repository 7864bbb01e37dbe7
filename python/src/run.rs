//! Runs of a scenario.

use std::path::PathBuf;
use std::sync::Arc;

use overhang::report::page::{self, RunReport};
use overhang::report::pictures::{chart, chart_over_time};
use overhang::result::profile::ProfileDocument;
use overhang::result::{self, EstimateRequest, Folder, Key, ResultDocument};
use overhang::run::{
    Drivers, Finished, Given, PointsRequest, Profile, ProfileBuilder, Run, RunBuilder, RunError, SetResults, again,
    check_scenario, drivers, others, variant,
};
use overhang::scenario::{Loaded, Scenario as Model};
use overhang::storage::{FolderError, Table as Columns};
use overhang::text::titles::Titles;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{Raise, usage};
use crate::options::Options;
use crate::pages::ReportFile;
use crate::picture::Picture;
use crate::sample::given;
use crate::scenario::Scenario;
use crate::table::{Table, appended};
use crate::work::work;

/// Paths that are computed together when single paths are taken.
const PIECE: u64 = 1 << 16;

/// A run that was computed, and what computes it again.
#[pyclass(frozen)]
pub struct RunResult {
    /// The file as it was read, with its inputs uncertain.
    original: Arc<Loaded>,
    loaded: Arc<Loaded>,
    /// The scenario as it was run: a variant perhaps, or with its inputs at their medians.
    scenario: Model,
    options: Py<PyDict>,
    given: Option<Given>,
    document: ResultDocument,
    parameters: Option<SetResults>,
}

/// Runs a scenario.
#[pyfunction]
#[pyo3(signature = (scenario, options, trajectories=None, progress=None))]
pub fn run(
    py: Python,
    scenario: &Scenario,
    options: Bound<PyDict>,
    trajectories: Option<Bound<PyAny>>,
    progress: Option<Bound<PyAny>>,
) -> PyResult<RunResult> {
    let of = Options(options.clone());
    let loaded = scenario.held(py, of.flag("at_centre")?)?;
    let model = model(py, &loaded, &of)?;
    let given = trajectories.as_ref().map(given).transpose()?;
    let builder = builder(&of, &model, given.as_ref())?;
    let found = work(py, progress.as_ref(), |observer| {
        let Finished { tally, document, parameters, .. } = builder.observe(observer).run()?;
        // megabytes are given back to the system meanwhile, which the caller need not wait for
        drop(std::thread::Builder::new().name("overhang tally".into()).spawn(move || drop(tally)));
        Ok((document, parameters))
    })?;
    let (document, parameters) = found.map_err(|error: RunError| error.raise(py))?;
    let (original, options) = (Arc::clone(&scenario.loaded), options.unbind());
    Ok(RunResult { original, loaded, scenario: model, options, given, document, parameters })
}

/// The document of a single path of a run, period by period.
#[pyfunction]
#[pyo3(signature = (scenario, path, options, progress=None))]
pub fn trace(
    py: Python,
    scenario: &Scenario,
    path: u64,
    options: Bound<PyDict>,
    progress: Option<Bound<PyAny>>,
) -> PyResult<String> {
    let of = Options(options);
    let model = model(py, &*scenario.held(py, of.flag("at_centre")?)?, &of)?;
    let builder = builder(&of, &model, None)?;
    let found = work(py, progress.as_ref(), |observer| builder.observe(observer).trace(path))?;
    Ok(format!("{:#}\n", serde_json::json!(found.map_err(|error| error.raise(py))?)))
}

/// The scenario of a file that the options ask for: a variant perhaps.
fn model(py: Python, loaded: &Loaded, of: &Options) -> PyResult<Model> {
    Ok(match of.get::<String>("variant")? {
        Some(name) => variant(loaded, &name).map_err(|error| error.raise(py))?.scenario.clone(),
        None => loaded.scenario.clone(),
    })
}

/// The run that the options ask for.
fn builder<'a>(of: &Options, scenario: &'a Model, given: Option<&Given>) -> PyResult<RunBuilder<'a>> {
    let is_uncertain = scenario.uncertainty.is_some();
    let builder = of.estimating(RunBuilder::new(scenario), &EstimateRequest::default(), is_uncertain)?;
    let builder = builder.point_set(of.points(PointsRequest::default(), is_uncertain)?);
    Ok(given.into_iter().cloned().fold(builder, RunBuilder::given))
}

impl RunResult {
    fn builder<'a>(&'a self, py: Python) -> PyResult<RunBuilder<'a>> {
        builder(&Options(self.options.bind(py).clone()), &self.scenario, self.given.as_ref())
    }

    /// The first paths, in pieces.
    fn tables(run: &Run, count: u64) -> impl Iterator<Item = Result<Columns, RunError>> {
        let pieces = run.pieces(count.min(run.extent.paths()), PIECE);
        pieces.into_iter().map(|piece| run.paths(piece))
    }
}

#[pymethods]
impl RunResult {
    /// The result document as JSON, as the command line prints it.
    fn json(&self) -> String {
        result::json(&self.document)
    }

    /// A number of the document; `None` where it is undefined.
    fn get(&self, key: &str) -> PyResult<Option<f64>> {
        let parsed = result::abbreviated::<Key>(key);
        let found = parsed.and_then(|key| self.document.get(&key));
        found.ok_or_else(|| PyKeyError::new_err(key.to_owned()))
    }

    /// All numbers of the document that have keys.
    fn numbers(&self) -> Vec<(String, Option<f64>)> {
        let mut found = Vec::new();
        self.document.for_each(&mut |key, _, value| found.push((key.to_string(), value)));
        found
    }

    /// Quantiles, value at risk, shortfall, exceedance curves and histograms.
    fn distributions(&self) -> PyResult<Table> {
        Table::new(result::distribution_table(&self.document))
    }

    /// Probabilities by period.
    fn term_structures(&self) -> PyResult<Table> {
        Table::new(result::term_structure_table(&self.document))
    }

    /// The parameter sets and what they gave; `None` without uncertain inputs.
    fn parameters(&self) -> PyResult<Option<Table>> {
        self.parameters.as_ref().map(|sets| Table::new(sets.table())).transpose()
    }

    /// Figures and times of the first paths.
    #[pyo3(signature = (count, progress=None))]
    fn paths(&self, py: Python, count: u64, progress: Option<Bound<PyAny>>) -> PyResult<Table> {
        let builder = self.builder(py)?;
        let found = work(py, progress.as_ref(), |observer| {
            let run = builder.observe(observer).prepare()?;
            let mut whole: Option<Columns> = None;
            for piece in Self::tables(&run, count) {
                whole = Some(match (whole, piece?) {
                    (None, piece) => piece,
                    (Some(before), piece) => appended(before, piece),
                });
                if !observer.advances(0) {
                    return Err(RunError::Stopped);
                }
            }
            Ok(whole.unwrap_or_default())
        })?;
        Table::new(found.map_err(|error| error.raise(py))?)
    }

    /// Quantities over time.
    #[pyo3(signature = (progress=None))]
    fn profile(&self, py: Python, progress: Option<Bound<PyAny>>) -> PyResult<Table> {
        let Profile { document, .. } = self.over_time(py, progress.as_ref())?;
        Table::new(result::profile_table(&document, self.document.provenance.labels()))
    }

    /// A chart, as `overhang plot` draws it.
    #[pyo3(signature = (of, options, progress=None))]
    fn picture(
        &self,
        py: Python,
        of: Option<&str>,
        options: Bound<PyDict>,
        progress: Option<Bound<PyAny>>,
    ) -> PyResult<Picture> {
        let (kind, width) = Picture::asked(&Options(options))?;
        let drawn = if kind.is_over_time() {
            chart_over_time(&self.document, &self.observed(py, progress.as_ref())?, kind, of)
        } else {
            chart(&self.document, &Titles::of(&self.scenario), kind, of)
        };
        Picture::new(py, drawn, width)
    }

    /// The main charts as a page.
    fn brief(&self) -> String {
        page::page(&[page::brief_section(&self.document)])
    }

    /// The whole report, written to a file. `command` says how it was made; with `drivers` it shows what the inputs do.
    #[pyo3(signature = (file, command, drivers=false, progress=None))]
    fn report(
        &self,
        py: Python,
        file: PathBuf,
        command: &str,
        drivers: bool,
        progress: Option<Bound<PyAny>>,
    ) -> PyResult<()> {
        let file = ReportFile::new(py, file)?;
        let drivers = drivers.then(|| self.drivers(py, progress.as_ref())).transpose()?;
        let (source, scenario, document) = (&self.loaded.source, &self.scenario, &self.document);
        let check = check_scenario(&source.name, scenario).map_err(|error| error.raise(py))?;
        let Profile { document: profile, milestones } = self.over_time(py, progress.as_ref())?;
        let others = others(&self.loaded, document.provenance.variant.as_deref(), drivers.as_ref());
        let carry = || work(py, progress.as_ref(), |observer| again(scenario, document, &others, observer));
        // a workbook has no form
        let carried = if file.is_workbook { None } else { Some(carry()?.map_err(|error| error.raise(py))?) };
        let again = carried.as_ref().map(|carried| (carried, "run-again"));
        let (profile, milestones, check) = (&profile, &milestones[..], &check);
        let of = RunReport {
            document,
            scenario,
            source,
            check,
            profile,
            milestones,
            drivers: drivers.as_ref().map(|of| &of.document),
            command,
            again,
        };
        file.write(page::run_section(&of))
    }

    /// The folder that `overhang run --out` writes.
    #[pyo3(signature = (folder, force=false, save_paths=None, progress=None))]
    fn save(
        &self,
        py: Python,
        folder: PathBuf,
        force: bool,
        save_paths: Option<u64>,
        progress: Option<Bound<PyAny>>,
    ) -> PyResult<()> {
        let builder = self.builder(py)?;
        let source = &self.loaded.source;
        let written = work(py, progress.as_ref(), |observer| {
            let folder = Folder::begin(&folder, force)?;
            folder.write_result(&self.document, source)?;
            self.parameters.iter().try_for_each(|sets| folder.write_parameters(&sets.table()))?;
            if let Some(count) = save_paths {
                let run = builder.observe(observer).prepare()?;
                folder.write_paths::<Unsaved>(Self::tables(&run, count).map(|piece| Ok(piece?)))?;
            }
            Ok::<_, Unsaved>(folder.finish()?)
        })?;
        written.map_err(|error| match error {
            Unsaved::Run(error) => error.raise(py),
            Unsaved::Folder(error) => error.raise(py),
        })
    }
}

impl RunResult {
    /// What the inputs do, as the command line's page shows it.
    fn drivers(&self, py: Python, progress: Option<&Bound<PyAny>>) -> PyResult<Drivers> {
        if self.given.is_some() {
            return Err(usage(py, "drivers=True draws paths, but trajectories gave the factors", "leave out drivers"));
        }
        let of = Options(self.options.bind(py).clone());
        let variant = match of.get::<String>("variant")? {
            Some(name) => Some(variant(&self.original, &name).map_err(|error| error.raise(py))?),
            None => None,
        };
        let original =
            variant.map_or((&self.original.scenario, &self.original.template), |of| (&of.scenario, &of.template));
        let engine = (of.wish()?, of.flag("allow_invalid")?);
        let found = work(py, progress, |observer| drivers(original, &self.document, engine, observer))?;
        found.map_err(|error| error.raise(py))
    }

    fn observed(&self, py: Python, progress: Option<&Bound<PyAny>>) -> PyResult<ProfileDocument> {
        let builder = self.profiled(py)?;
        work(py, progress, |observer| builder.observe(observer).observed())?.map_err(|error| error.raise(py))
    }

    fn profiled(&self, py: Python) -> PyResult<ProfileBuilder<'_>> {
        let wish = Options(self.options.bind(py).clone()).wish()?;
        let builder = ProfileBuilder::of_result(&self.scenario, &self.document).engine(wish);
        Ok(self.given.iter().cloned().fold(builder, ProfileBuilder::given))
    }

    fn over_time(&self, py: Python, progress: Option<&Bound<PyAny>>) -> PyResult<Profile> {
        let builder = self.profiled(py)?;
        let found = work(py, progress, |observer| builder.observe(observer).run())?;
        found.map_err(|error| error.raise(py))
    }
}

/// Why a folder was not written.
enum Unsaved {
    Run(RunError),
    Folder(FolderError),
}

impl From<RunError> for Unsaved {
    fn from(error: RunError) -> Self {
        Unsaved::Run(error)
    }
}

impl From<FolderError> for Unsaved {
    fn from(error: FolderError) -> Self {
        Unsaved::Folder(error)
    }
}
