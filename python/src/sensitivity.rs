//! What drives the results.

use std::path::PathBuf;

use overhang::report::page;
use overhang::result::{SensitivityResults, sensitivity_json};
use overhang::run::PointsRequest;
use overhang::run::sensitivity::{
    IndexDesign, Part, SensitivityBuilder, asked_parts, parse_output, parse_range, parse_target,
};
use overhang::scenario::{Scenario as Model, Source, Template};
use overhang::storage::write_output;
use overhang::sweep::Store;
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::Raise;
use crate::options::Options;
use crate::pages::ReportFile;
use crate::scenario::Scenario;
use crate::table::Table;
use crate::work::work;

/// The parts by name.
const PARTS: [(&str, Part); 6] = [
    ("tornado", Part::Tornado),
    ("derivatives", Part::Derivatives),
    ("indices", Part::Indices),
    ("chance", Part::Chance),
    ("classic", Part::Classic),
    ("targets", Part::Targets),
];

/// An analysis that was computed.
#[pyclass(frozen)]
pub struct Sensitivity {
    found: SensitivityResults,
    source: Source,
}

/// Analyses a scenario.
#[pyfunction]
#[pyo3(signature = (scenario, options, progress=None))]
pub fn sensitivity(
    py: Python,
    scenario: &Scenario,
    options: Bound<PyDict>,
    progress: Option<Bound<PyAny>>,
) -> PyResult<Sensitivity> {
    let of = Options(options);
    let (model, template) = model(py, scenario, &of)?;
    let builder = builder(&of, model, template)?;
    let store = of.get::<PathBuf>("from_store")?.map(|store| Store::look(&store, &|_| true)).transpose();
    let store = store.map_err(|error| error.raise(py))?;
    let builder = store.iter().fold(builder, |builder, store| builder.evaluated(store));
    let found = work(py, progress.as_ref(), |observer| builder.observe(observer).results())?;
    Ok(Sensitivity { found: found.map_err(|error| error.raise(py))?, source: scenario.loaded.source.clone() })
}

/// The runs that indices need, as a list of points for a sweep; also written as Parquet if there is a file. Nothing is computed.
#[pyfunction]
pub fn index_runs(py: Python, scenario: &Scenario, file: Option<PathBuf>, options: Bound<PyDict>) -> PyResult<Table> {
    let of = Options(options);
    file.iter().try_for_each(|file| IndexDesign::check_list_name(file)).map_err(|error| error.raise(py))?;
    let (model, template) = model(py, scenario, &of)?;
    let design = builder(&of, model, template)?.design().map_err(|error| error.raise(py))?;
    if let Some(file) = file {
        let bytes = design.encoded_list().map_err(|error| error.raise(py))?;
        write_output(&file, &bytes).map_err(|error| PyOSError::new_err(error.to_string()))?;
    }
    Table::new(design.list())
}

/// The scenario that is analysed and its file: those of a variant perhaps.
fn model<'a>(py: Python, scenario: &'a Scenario, of: &Options) -> PyResult<(&'a Model, &'a Template)> {
    Ok(match of.get::<String>("variant")? {
        Some(name) => scenario.named(py, &name).map(|variant| (&variant.scenario, &variant.template))?,
        None => (&scenario.loaded.scenario, &scenario.loaded.template),
    })
}

/// The analysis that the options ask for.
fn builder<'a>(of: &Options, model: &'a Model, template: &'a Template) -> PyResult<SensitivityBuilder<'a>> {
    let builder = of.common(SensitivityBuilder::new(model, template))?;
    let builder = builder.point_set(of.points(PointsRequest::default(), false)?);
    let builder = of.parsed("of", parse_output)?.into_iter().fold(builder, SensitivityBuilder::output);
    let builder = of.parsed("range", parse_range)?.into_iter().fold(builder, SensitivityBuilder::range);
    let builder = of.parsed("target", parse_target)?.into_iter().fold(builder, SensitivityBuilder::bound);
    let indices = of.small("indices", 16..=1 << 20)?;
    let builder = indices.into_iter().fold(builder, SensitivityBuilder::index_points);
    let builder = if of.flag("all")? { builder.all() } else { builder };
    let named = |text: &str| {
        let found = PARTS.iter().find(|(name, _)| *name == text).map(|(_, part)| *part);
        found.ok_or_else(|| format!("must be one of {}", PARTS.map(|(name, _)| name).join(", ")))
    };
    let parts = asked_parts(of.parsed("only", named)?, indices.is_some());
    Ok(parts.into_iter().fold(builder, SensitivityBuilder::parts))
}

#[pymethods]
impl Sensitivity {
    /// The document as JSON, as the command line prints it.
    fn json(&self) -> String {
        sensitivity_json(&self.found.document)
    }

    /// The parameter sets and their outputs, if inputs were drawn.
    fn parameters(&self) -> PyResult<Option<Table>> {
        self.found.parameters.clone().map(Table::new).transpose()
    }

    /// The runs of the design for indices and their outputs, in the order of SALib.
    fn design(&self) -> PyResult<Option<Table>> {
        self.found.design.clone().map(Table::new).transpose()
    }

    /// The page. `command` says how it was made.
    fn page(&self, command: &str) -> String {
        page::page(&[page::sensitivity_section(&self.found.document, command)])
    }

    /// The report, written to a file.
    fn report(&self, py: Python, file: PathBuf, command: &str) -> PyResult<()> {
        ReportFile::new(py, file)?.write(page::sensitivity_section(&self.found.document, command))
    }

    /// The folder that `overhang sensitivity --out` writes.
    #[pyo3(signature = (folder, force=false))]
    fn save(&self, py: Python, folder: PathBuf, force: bool) -> PyResult<()> {
        self.found.write(&folder, force, &self.source).map_err(|error| error.raise(py))
    }
}
