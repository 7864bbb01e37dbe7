//! Scenarios, read and checked.

use std::path::PathBuf;
use std::sync::Arc;

use overhang::engine::gpu::adapter::{automatic, visible};
use overhang::scenario::{self, Failure, Loaded, Variant};
use overhang::{magnitude, run};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{Raise, diagnostic, invalid};

/// A scenario with its file.
#[pyclass(frozen)]
pub struct Scenario {
    pub loaded: Arc<Loaded>,
}

impl Scenario {
    fn new(py: Python, read: Result<Loaded, Failure>) -> PyResult<Self> {
        let loaded = magnitude::checked(read.map_err(|failure| invalid(py, &failure))?);
        Ok(Scenario { loaded: Arc::new(loaded) })
    }

    /// The variant of a name.
    pub fn named(&self, py: Python, name: &str) -> PyResult<&Variant> {
        run::variant(&self.loaded, name).map_err(|error| error.raise(py))
    }

    /// The file with its uncertain inputs at their medians if `at_centre`, and otherwise as it is.
    pub fn held(&self, py: Python, at_centre: bool) -> PyResult<Arc<Loaded>> {
        if !at_centre || !self.loaded.is_uncertain() {
            return Ok(Arc::clone(&self.loaded));
        }
        let centre = (*self.loaded).clone().at_centre();
        centre.map(Arc::new).map_err(|failure| invalid(py, &failure))
    }
}

/// The text of the file that `overhang init` writes.
#[pyfunction]
pub fn template(full: bool) -> &'static str {
    if full { include_str!("../../docs/examples/full.toml") } else { include_str!("../../docs/examples/start.toml") }
}

/// Reads a scenario file (TOML, or JSON if its name ends with `.json`).
#[pyfunction]
pub fn load(py: Python, path: PathBuf) -> PyResult<Scenario> {
    Scenario::new(py, py.detach(|| scenario::load(&path)))
}

/// Reads a scenario from its text; `name` stands in messages, and the text is JSON if it ends with `.json`.
#[pyfunction]
pub fn parse(py: Python, text: &str, name: &str) -> PyResult<Scenario> {
    Scenario::new(py, py.detach(|| scenario::parse(text, name)))
}

#[pymethods]
impl Scenario {
    /// The title in the file.
    #[getter]
    fn name(&self) -> &str {
        &self.loaded.scenario.name
    }

    /// The file's name.
    #[getter]
    fn file(&self) -> &str {
        &self.loaded.source.name
    }

    /// The text of the file.
    #[getter]
    fn text(&self) -> &str {
        &self.loaded.source.text
    }

    #[getter]
    fn currency(&self) -> &str {
        &self.loaded.scenario.currency
    }

    #[getter]
    fn capacity_unit(&self) -> &str {
        &self.loaded.scenario.capacity_unit
    }

    /// The number of periods, and how many make a year.
    #[getter]
    fn horizon(&self) -> (u32, u32) {
        let horizon = &self.loaded.scenario.horizon;
        (horizon.periods, horizon.steps_per_year)
    }

    /// The names of the factors, in their order.
    #[getter]
    fn factors(&self) -> Vec<&str> {
        self.loaded.scenario.factors.iter().map(|factor| factor.name.as_str()).collect()
    }

    /// The names of the variants, in the order of the file.
    #[getter]
    fn variants(&self) -> Vec<&str> {
        self.loaded.variants.iter().map(|variant| variant.name.as_str()).collect()
    }

    /// The uncertain inputs: key, median, and the quantiles of 10% and 90%.
    #[getter]
    fn uncertain(&self) -> Vec<(&str, f64, f64, f64)> {
        let inputs = self.loaded.scenario.uncertainty.iter().flat_map(|all| &all.inputs);
        let at = |u: f64| move |input: &overhang::scenario::UncertainInput| input.distribution.quantile(u);
        inputs.map(|input| (input.key.as_str(), at(0.5)(input), at(0.1)(input), at(0.9)(input))).collect()
    }

    /// What is odd about the file.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        self.loaded.warnings.iter().map(|of| diagnostic(py, of, &self.loaded.source)).collect()
    }

    /// The file as JSON.
    fn json(&self, py: Python) -> PyResult<String> {
        self.loaded.json().map_err(|failure| invalid(py, &failure))
    }

    /// The scenario with changes, an object of keys and values as JSON.
    fn changed(&self, py: Python, changes: &str) -> PyResult<Scenario> {
        Scenario::new(py, self.loaded.changed(changes))
    }

    /// The document of `overhang check`.
    #[pyo3(signature = (variants=Vec::new()))]
    fn check(&self, py: Python, variants: Vec<String>) -> PyResult<String> {
        let variants = variants.iter().map(|name| self.named(py, name)).collect::<PyResult<Vec<_>>>()?;
        let found = py.detach(|| run::check(&self.loaded, &variants)).map_err(|error| error.raise(py))?;
        Ok(overhang::result::json(&found))
    }
}

/// The adapters as dictionaries, and the place of the one that `auto` takes.
#[pyfunction]
pub fn devices<'py>(py: Python<'py>) -> PyResult<(Vec<Bound<'py, PyDict>>, Option<usize>)> {
    let adapters = py.detach(visible).map_err(|error| error.raise(py))?;
    let described = adapters.iter().map(|found| {
        let (of, described) = (&found.report, PyDict::new(py));
        described.set_item("name", &of.name)?;
        described.set_item("backend", &of.backend)?;
        described.set_item("kind", &of.kind)?;
        described.set_item("driver", &of.driver)?;
        described.set_item("address", &of.address)?;
        described.set_item("hardware", of.hardware)?;
        described.set_item("binding_bytes", of.binding_bytes)?;
        described.set_item("features", of.features.clone())?;
        Ok(described)
    });
    let described = described.collect::<PyResult<Vec<_>>>()?;
    Ok((described, automatic(&adapters)))
}
