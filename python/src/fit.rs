//! From histories to factors.

use std::path::{Path, PathBuf};

use overhang::fit::{self as fits, FitError, FitsDocument, History, Options as FitOptions, Process, Table};
use overhang::report::page;
use overhang::scenario::toml_as_json;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{Raise, invalid, usage};
use crate::options::Options;
use crate::pages::ReportFile;
use crate::work::work;

/// Fits that were made.
#[pyclass(frozen)]
pub struct Fits(FitsDocument);

/// Columns in memory: dates as ISO texts, and by name prices, of which those that are missing are `None`.
type Columns = (Vec<String>, Vec<(String, Vec<Option<f64>>)>);

/// Fits columns of a file, or columns that are given.
#[pyfunction]
#[pyo3(signature = (file, columns, options, progress=None))]
pub fn fit(
    py: Python,
    file: Option<PathBuf>,
    columns: Option<Columns>,
    options: Bound<PyDict>,
    progress: Option<Bound<PyAny>>,
) -> PyResult<Fits> {
    let of = Options(options);
    let histories = match (file, columns) {
        (Some(file), _) => from_file(&of, &file)?,
        (None, columns) => {
            from_columns(&columns.unwrap_or_default()).and_then(|found| found.map_err(|error| error.raise(py)))?
        }
    };
    let names = of.texts("name")?;
    if !names.is_empty() && names.len() != histories.len() {
        let message = format!("there are {} names for {} columns", names.len(), histories.len());
        return Err(usage(py, &message, "give a name for each column, in the same order"));
    }
    let options = fit_options(&of)?;
    let found = work(py, progress.as_ref(), |observer| {
        let fits = histories.iter().enumerate().map_while(|(place, history)| {
            let options = FitOptions { name: names.get(place).cloned(), ..options.clone() };
            observer.advances(0).then(|| fits::fit(history, &options))
        });
        fits.collect::<Result<Vec<_>, FitError>>()
    })?;
    Ok(Fits(FitsDocument::new(&found.map_err(|error| error.raise(py))?)))
}

fn from_file(of: &Options, file: &Path) -> PyResult<Vec<History>> {
    let (name, columns) = (file.display().to_string(), of.texts("column")?);
    let (dates, date_format) = (of.get::<String>("dates")?, of.get::<String>("date_format")?);
    let (dates, date_format) = (dates.as_deref(), date_format.as_deref());
    let table = Table { file: &name, columns: &columns, dates, date_format };
    fits::read(file, &table).map_err(|error| error.raise(of.0.py()))
}

fn from_columns((dates, columns): &Columns) -> PyResult<Result<Vec<History>, FitError>> {
    let history = |(name, prices): &(String, Vec<Option<f64>>)| {
        let rows = dates.iter().zip(prices).enumerate().map(|(row, (date, price))| {
            let price = price.filter(|price| !price.is_nan());
            date.parse().map(|date| (row as u64, date, price)).map_err(|_| {
                FitError::usage(format!("row {row}: `{date}` is not a date"), "dates must be dates or ISO texts")
            })
        });
        History::new("the table", name, "row", rows.collect::<Result<Vec<_>, FitError>>()?)
    };
    Ok(columns.iter().map(history).collect())
}

fn fit_options(of: &Options) -> PyResult<FitOptions> {
    let usual = FitOptions::default();
    let processes =
        [("auto", None), ("gbm", Some(Process::Gbm)), ("ou", Some(Process::Ou)), ("logit_ou", Some(Process::LogitOu))];
    let start = |text: &str| text.parse().map_err(|_| "must be a date such as 2027-01-01".to_owned());
    Ok(FitOptions {
        process: of.word("process", &processes)?.flatten(),
        jumps: of.flag("jumps")?,
        lower: of.get("lower")?,
        upper: of.get("upper")?,
        name: None,
        start: of.parsed("start", start)?.pop(),
        bootstrap: of.whole("bootstrap", 0..=u64::from(u32::MAX))?.map_or(usual.bootstrap, |sets| sets as usize),
        seed: of.whole("seed", 0..=u64::MAX)?.unwrap_or(usual.seed),
    })
}

#[pymethods]
impl Fits {
    /// The document as JSON, as the command line prints it.
    fn json(&self) -> String {
        format!("{:#}\n", serde_json::json!(self.0))
    }

    /// Factors and uncertain inputs to paste into a scenario.
    #[getter]
    fn toml(&self) -> &str {
        &self.0.toml
    }

    /// The same as a JSON object of the two lists.
    fn entries(&self, py: Python) -> PyResult<String> {
        toml_as_json(&self.0.toml).map_err(|failure| invalid(py, &failure))
    }

    /// The page.
    fn page(&self) -> String {
        page::page(&[page::fit_section(&self.0)])
    }

    /// The report, written to a file.
    fn report(&self, py: Python, file: PathBuf) -> PyResult<()> {
        ReportFile::new(py, file)?.write(page::fit_section(&self.0))
    }
}
