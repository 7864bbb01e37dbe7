//! Charts as pictures.

use overhang::report::chart::{Chart, png, svg};
use overhang::report::pictures::{Kind, NoChart};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::errors::usage;
use crate::options::Options;

/// A chart with its width in pixels.
#[pyclass(frozen)]
pub struct Picture {
    chart: Chart,
    width: u32,
}

impl Picture {
    /// The chart that was drawn, or why there is none.
    pub fn new(py: Python, drawn: Result<Chart, NoChart>, width: u32) -> PyResult<Self> {
        let refused = |error: NoChart| usage(py, &error.message(), &error.hint().unwrap_or_default());
        Ok(Picture { chart: drawn.map_err(refused)?, width })
    }

    /// The kind of chart that the options ask for, and its width.
    pub fn asked(of: &Options) -> PyResult<(Kind, u32)> {
        let kind = of.word("kind", &Kind::NAMED)?.unwrap_or(Kind::Distribution);
        Ok((kind, of.small("width", 300..=4000)?.unwrap_or(760)))
    }
}

#[pymethods]
impl Picture {
    /// The title.
    #[getter]
    fn title(&self) -> &str {
        &self.chart.title
    }

    /// A sentence for those who cannot see it.
    #[getter]
    fn summary(&self) -> &str {
        &self.chart.summary
    }

    /// The picture as SVG, as the command line writes it.
    fn svg(&self, py: Python) -> String {
        py.detach(|| svg(&self.chart, self.width, true).text)
    }

    /// The picture as PNG, with twice as many pixels.
    fn png(&self, py: Python) -> PyResult<Vec<u8>> {
        py.detach(|| png(&self.chart, self.width)).map_err(|error| PyRuntimeError::new_err(error.to_string()))
    }
}
