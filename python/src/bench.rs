//! What engines cost on a scenario.

use std::path::PathBuf;

use overhang::engine::gpu::Selection;
use overhang::report::{bench_table, page};
use overhang::result::{BenchDocument, Contender};
use overhang::run::{Bench, MOST_PATHS, USUAL_PATHS, USUAL_SEED};
use overhang::storage::Column;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::Raise;
use crate::options::Options;
use crate::pages::ReportFile;
use crate::scenario::Scenario;
use crate::table::Table;
use crate::work::work;

/// Engines that were timed.
#[pyclass(frozen)]
pub struct Timings(BenchDocument);

/// Compares the engines of this machine, then times them. Uncertain inputs are held at their medians.
#[pyfunction]
#[pyo3(signature = (scenario, options, progress=None))]
pub fn bench(
    py: Python,
    scenario: &Scenario,
    options: Bound<PyDict>,
    progress: Option<Bound<PyAny>>,
) -> PyResult<Timings> {
    let of = Options(options);
    let loaded = scenario.held(py, true)?;
    let paths = of.wholes("paths", 1..=MOST_PATHS)?.unwrap_or_else(|| vec![USUAL_PATHS]);
    let rounds = of.whole("rounds", 1..=1000)?.map_or(5, |rounds| rounds as u16);
    let seed = of.whole("seed", 0..=u64::MAX)?.unwrap_or(USUAL_SEED);
    let adapter = of.parsed("adapter", |text| text.parse::<Selection>())?.pop();
    let found = work(py, progress.as_ref(), |observer| {
        Bench { scenario: &loaded.scenario, paths: &paths, rounds, seed, adapter, observer }.run()
    })?;
    found.map(Timings).map_err(|error| error.raise(py))
}

#[pymethods]
impl Timings {
    /// The document as JSON, as the command line prints it.
    fn json(&self) -> String {
        format!("{:#}\n", serde_json::json!(self.0))
    }

    /// The table that the command line prints, with an earlier one if it is given.
    #[pyo3(signature = (width, earlier=None))]
    fn text(&self, width: u16, earlier: Option<&Timings>) -> String {
        bench_table(&self.0, earlier.map(|earlier| &earlier.0), width)
    }

    /// A row for each engine and number of paths.
    fn table(&self) -> PyResult<Table> {
        let all = &self.0.contenders;
        let text = |of: fn(&Contender) -> &String| Column::Text(all.iter().map(of).cloned().collect());
        let real = |of: fn(&Contender) -> Option<f64>| Column::Real(all.iter().map(of).collect());
        Table::new(vec![
            ("name".into(), text(|of| &of.name)),
            ("engine".into(), text(|of| &of.engine)),
            ("paths".into(), Column::Whole(all.iter().map(|of| of.paths as i64).collect())),
            ("different".into(), real(|of| Some(of.different))),
            ("cold_seconds".into(), real(|of| Some(of.cold_seconds))),
            ("seconds".into(), real(|of| Some(of.warm().median))),
            ("seconds_low".into(), real(|of| Some(of.warm().low))),
            ("seconds_high".into(), real(|of| Some(of.warm().high))),
            ("seconds_to_mean".into(), real(|of| of.seconds_to_mean)),
            ("seconds_to_shortfall".into(), real(|of| of.seconds_to_shortfall)),
        ])
    }

    /// The page.
    fn page(&self) -> String {
        page::page(&[page::bench_section(&self.0)])
    }

    /// The report, written to a file.
    fn report(&self, py: Python, file: PathBuf) -> PyResult<()> {
        ReportFile::new(py, file)?.write(page::bench_section(&self.0))
    }
}
