//! Errors of the library as the exceptions of `overhang_risk.errors`.

use overhang::engine::EngineError;
use overhang::fit::FitError;
use overhang::run::RunError;
use overhang::scenario::{Diagnostic, Failure, Severity, Source};
use overhang::storage::FolderError;
use overhang::sweep::{SweepError, SweepFailure};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The module of the exceptions.
const MODULE: &str = "overhang_risk.errors";

/// An exception by name, with its arguments.
fn raise<'py>(py: Python<'py>, name: &str, arguments: impl pyo3::call::PyCallArgs<'py>) -> PyErr {
    let make = || py.import(MODULE)?.getattr(name)?.call1(arguments);
    make().map_or_else(|error| error, PyErr::from_value)
}

/// Options that make no sense.
pub fn usage(py: Python, message: &str, hint: &str) -> PyErr {
    raise(py, "UsageError", (message, hint))
}

/// Something that failed.
fn failed(py: Python, message: &str, hint: &str) -> PyErr {
    raise(py, "RunFailed", (message, hint))
}

/// A message about a scenario as a dictionary.
pub fn diagnostic<'py>(py: Python<'py>, of: &Diagnostic, source: &Source) -> PyResult<Bound<'py, PyDict>> {
    let found = PyDict::new(py);
    found.set_item("severity", if of.severity == Severity::Error { "error" } else { "warning" })?;
    found.set_item("title", &of.title)?;
    found.set_item("file", &source.name)?;
    found.set_item("line", (of.line > 0).then_some(of.line))?;
    found.set_item("column", (of.column > 0).then_some(of.column))?;
    found.set_item("key", &of.key)?;
    found.set_item("expected", &of.label)?;
    found.set_item("hint", &of.hint)?;
    Ok(found)
}

/// A file that is no valid scenario.
pub fn invalid(py: Python, failure: &Failure) -> PyErr {
    not_a_scenario(py, failure.to_string(), std::slice::from_ref(failure))
}

/// The same of several, with a text for all of them.
fn not_a_scenario(py: Python, text: String, failures: &[Failure]) -> PyErr {
    let all = failures.iter().flat_map(|failure| failure.diagnostics.iter().map(|of| (of, &failure.source)));
    match all.map(|(of, source)| diagnostic(py, of, source)).collect::<PyResult<Vec<_>>>() {
        Ok(found) => raise(py, "ScenarioError", (text, found)),
        Err(error) => error,
    }
}

/// An error that becomes an exception.
pub trait Raise {
    fn raise(self, py: Python) -> PyErr;
}

impl Raise for RunError {
    fn raise(self, py: Python) -> PyErr {
        let (message, hint) = (self.to_string(), self.hint().unwrap_or_default());
        match self {
            RunError::Usage { .. } => usage(py, &message, &hint),
            RunError::Stopped => raise(py, "Stopped", (message, hint)),
            _ => failed(py, &message, &hint),
        }
    }
}

impl Raise for SweepError {
    fn raise(self, py: Python) -> PyErr {
        if self.locked {
            return raise(py, "StoreLocked", (self.message, self.hint));
        }
        let make = if self.usage { usage } else { failed };
        make(py, &self.message, &self.hint)
    }
}

impl Raise for SweepFailure {
    fn raise(self, py: Python) -> PyErr {
        match self {
            SweepFailure::Sweep(error) => error.raise(py),
            SweepFailure::Engine(error) => error.raise(py),
            SweepFailure::Run(error) => error.raise(py),
            SweepFailure::UnknownVariant { cause, .. } => cause.raise(py),
            SweepFailure::Stopped => RunError::Stopped.raise(py),
            SweepFailure::WrongPoints { text, failures } => not_a_scenario(py, text, &failures),
        }
    }
}

impl Raise for EngineError {
    fn raise(self, py: Python) -> PyErr {
        failed(py, &self.message, &self.hint.unwrap_or_default())
    }
}

impl Raise for FitError {
    fn raise(self, py: Python) -> PyErr {
        let make = if self.usage { usage } else { failed };
        make(py, &self.message, &self.hint)
    }
}

impl Raise for FolderError {
    fn raise(self, py: Python) -> PyErr {
        failed(py, &self.to_string(), "")
    }
}
