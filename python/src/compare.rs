//! Scenarios beside each other.

use overhang::measure::Difference;
use overhang::report::page;
use overhang::result::{self, CompareDocument, ComparisonKey, EstimateRequest};
use overhang::run::{CompareBuilder, PointsRequest, USUAL_BATCHES, USUAL_QUANTILES};
use overhang::scenario::Loaded;
use overhang::storage::Column;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{Raise, usage};
use crate::options::Options;
use crate::pages::ReportFile;
use crate::scenario::Scenario;
use crate::table::Table;
use crate::work::work;

/// A comparison that was computed.
#[pyclass(frozen)]
pub struct Comparison {
    document: CompareDocument,
    /// What it was made of, for its page.
    loaded: Vec<Loaded>,
    options: Py<PyDict>,
}

/// A number of a scenario that differs from the base's.
struct Row {
    scenario: String,
    key: String,
    unit: String,
    difference: Difference,
}

/// Compares scenarios, or a scenario with its variants.
#[pyfunction]
#[pyo3(signature = (scenarios, options, progress=None))]
pub fn compare(
    py: Python,
    scenarios: Vec<PyRef<Scenario>>,
    options: Bound<PyDict>,
    progress: Option<Bound<PyAny>>,
) -> PyResult<Comparison> {
    let loaded: Vec<Loaded> = scenarios.iter().map(|scenario| (*scenario.loaded).clone()).collect();
    let kept = options.clone().unbind();
    let builder = builder(py, &loaded, &Options(options))?;
    let found = work(py, progress.as_ref(), |observer| builder.observe(observer).run())?;
    let document = found.map_err(|error| error.raise(py))?.document;
    Ok(Comparison { document, loaded, options: kept })
}

/// The comparison that the options ask for.
fn builder<'a>(py: Python, loaded: &'a [Loaded], of: &Options) -> PyResult<CompareBuilder<'a>> {
    let builder = CompareBuilder::of_variants(loaded, &of.texts("variants")?).map_err(|error| error.raise(py))?;
    let at_centre = of.flag("at_centre")?;
    let is_uncertain = loaded.iter().any(Loaded::is_uncertain);
    let has_sets = is_uncertain && !at_centre;
    let usual = EstimateRequest { quantiles: USUAL_QUANTILES.to_vec(), ..EstimateRequest::default() };
    let builder = of.estimating(builder, &usual, has_sets)?;
    let builder = if at_centre { builder.at_centre() } else { builder };
    let batches = of.whole("batches", 2..=10_000)?;
    let points = of.points(PointsRequest::default(), has_sets)?;
    if batches.is_some() && (has_sets || points.set != overhang::run::PointSet::Independent) {
        return Err(usage(
            py,
            "batches is for independent paths, but these depend on each other",
            "leave out batches; the errors come from the replicates, whose number replicates sets",
        ));
    }
    Ok(builder.batches(batches.unwrap_or(USUAL_BATCHES)).point_set(points))
}

#[pymethods]
impl Comparison {
    /// The document as JSON, as the command line prints it.
    fn json(&self) -> String {
        result::json(&self.document)
    }

    /// A number of the document; `None` where it is undefined.
    fn get(&self, key: &str) -> PyResult<Option<f64>> {
        let parsed = result::abbreviated::<ComparisonKey>(key);
        parsed.and_then(|key| self.document.get(&key)).ok_or_else(|| PyKeyError::new_err(key.to_owned()))
    }

    /// The differences from the base, a row for each number.
    fn differences(&self) -> PyResult<Table> {
        let mut rows = Vec::new();
        for (scenario, found) in &self.document.differences {
            rows.extend(found.iter().map(|(key, placed)| Row {
                scenario: scenario.clone(),
                key: key.to_string(),
                unit: placed.unit.clone(),
                difference: placed.difference,
            }));
        }
        let text = |of: fn(&Row) -> &String| Column::Text(rows.iter().map(of).cloned().collect());
        let real =
            |of: fn(&Difference) -> Option<f64>| Column::Real(rows.iter().map(|row| of(&row.difference)).collect());
        Table::new(vec![
            ("scenario".into(), text(|row| &row.scenario)),
            ("key".into(), text(|row| &row.key)),
            ("value".into(), real(|of| of.value)),
            ("se".into(), real(|of| of.se)),
            ("low".into(), real(|of| of.low)),
            ("high".into(), real(|of| of.high)),
            ("p_value".into(), real(|of| of.p_value)),
            ("unit".into(), text(|row| &row.unit)),
        ])?
        .with_flags("significant", rows.iter().map(|row| row.difference.significant).collect())
    }

    /// The page without charts over time. `command` says how it was made.
    fn page(&self, command: &str) -> String {
        page::page(&[page::compare_section(&self.document, &[], command)])
    }

    /// The page, written to a file; the scenarios' first paths are computed again for its charts over time.
    #[pyo3(signature = (file, command, progress=None))]
    fn report(
        &self,
        py: Python,
        file: std::path::PathBuf,
        command: &str,
        progress: Option<Bound<PyAny>>,
    ) -> PyResult<()> {
        let file = ReportFile::new(py, file)?;
        let builder = builder(py, &self.loaded, &Options(self.options.bind(py).clone()))?;
        let found = work(py, progress.as_ref(), |observer| {
            builder.observe(observer).prepare().and_then(|prepared| prepared.profiles(&self.document))
        })?;
        let profiles = found.map_err(|error| error.raise(py))?;
        file.write(page::compare_section(&self.document, &profiles, command))
    }
}
