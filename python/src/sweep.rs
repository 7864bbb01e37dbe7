//! Sweeps over many points, and their stores.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use overhang::report::page::{self, Section};
use overhang::result::{EstimateRequest, Key, abbreviated, figure_of_system};
use overhang::scenario::Setting;
use overhang::storage::{Column, Table as Columns};
use overhang::sweep::axis::Axis;
use overhang::sweep::design::Kind;
use overhang::sweep::file::SweepFile;
use overhang::sweep::{self as sweeps, Ended, Shard, Store, SweepBuilder, SweepError, rows};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{Raise, usage};
use crate::options::Options;
use crate::pages::ReportFile;
use crate::scenario::Scenario;
use crate::table::Table;
use crate::work::work;

/// The store of a sweep, as it was found.
#[pyclass(frozen)]
pub struct Sweep {
    root: PathBuf,
    /// Points of the design, and of those that are done.
    #[pyo3(get)]
    points: usize,
    #[pyo3(get)]
    done: usize,
    /// Points that failed.
    #[pyo3(get)]
    failed: Vec<usize>,
    /// Whether the time that was allowed was over before all was computed.
    #[pyo3(get)]
    out_of_time: bool,
    manifest: String,
    /// The keys of the axes.
    #[pyo3(get)]
    axes: Vec<String>,
}

impl Sweep {
    fn of(store: &Store, ended: Ended) -> Self {
        Sweep {
            root: store.root().to_owned(),
            points: store.points.rows.len(),
            done: store.done(),
            failed: store.failed(),
            out_of_time: ended == Ended::OutOfTime,
            manifest: format!("{:#}", serde_json::json!(store.manifest)),
            axes: store.points.paths.clone(),
        }
    }
}

/// Computes what the store lacks.
#[pyfunction]
#[pyo3(signature = (scenario, store, axes, options, progress=None))]
pub fn sweep(
    py: Python,
    scenario: &Scenario,
    store: PathBuf,
    axes: Vec<(String, Bound<PyAny>)>,
    options: Bound<PyDict>,
    progress: Option<Bound<PyAny>>,
) -> PyResult<Sweep> {
    let of = Options(options);
    let loaded = scenario.held(py, of.flag("at_centre")?)?;
    let file = of.get::<PathBuf>("sweep")?.map(|file| SweepFile::read(&file)).transpose();
    let file = file.map_err(|error| error.raise(py))?.unwrap_or_default();
    let is_uncertain = loaded.is_uncertain();
    let usual = file.point_set.unwrap_or_default();
    let builder = of.estimating(SweepBuilder::new(&loaded), &EstimateRequest::default(), is_uncertain)?;
    let builder = builder.point_set(of.points(usual, is_uncertain)?).file(file);
    let builder = builder.independent(of.flag("independent")?).shard(shard(&of)?);
    let axes = axes.into_iter().map(|(key, values)| axis(&key, &values)).collect::<PyResult<Vec<_>>>()?;
    let builder = axes.into_iter().fold(builder, SweepBuilder::axis);
    let builder = of.get::<PathBuf>("list")?.into_iter().fold(builder, SweepBuilder::list);
    let designs = [("grid", Kind::Grid), ("list", Kind::List), ("lhs", Kind::LatinHypercube), ("sobol", Kind::Sobol)];
    let builder = of.word("design", &designs)?.into_iter().fold(builder, SweepBuilder::design);
    let builder = of.whole("count", 1..=1 << 40)?.into_iter().fold(builder, SweepBuilder::points);
    let builder = of.whole("batch", 1..=1000)?.into_iter().fold(builder, SweepBuilder::batch);
    let every = of.get::<f64>("commit_every")?.unwrap_or(1.0);
    if !(0.0..=3600.0).contains(&every) {
        return Err(of.wrong("commit_every", every, "must be a number of seconds from 0 to 3600"));
    }
    let builder = builder.commit_every(Duration::from_secs_f64(every));
    let found = work(py, progress.as_ref(), |observer| {
        let swept = builder.observe(observer).run(&store)?;
        Ok(Sweep::of(&swept.store, swept.ended))
    })?;
    found.map_err(|error: sweeps::SweepFailure| error.raise(py))
}

/// Reads the store of a sweep.
#[pyfunction]
pub fn open_store(py: Python, store: PathBuf) -> PyResult<Sweep> {
    let found = work(py, None, |observer| Store::look(&store, &|steps| observer.advances(steps)))?;
    Ok(Sweep::of(&found.map_err(|error| error.raise(py))?, Ended::Done))
}

/// Joins the stores of shards in a new one.
#[pyfunction]
#[pyo3(signature = (store, shards, progress=None))]
pub fn merge(py: Python, store: PathBuf, shards: Vec<PathBuf>, progress: Option<Bound<PyAny>>) -> PyResult<Sweep> {
    let found = work(py, progress.as_ref(), |observer| sweeps::merge(&store, &shards, observer))?;
    Ok(Sweep::of(&found.map_err(|error| error.raise(py))?, Ended::Done))
}

/// The part of the sweep: `(index, count)`, and in how many parts each point's paths are cut.
fn shard(of: &Options) -> PyResult<Shard> {
    let (index, count) = of.get("shard")?.unwrap_or((0, 1));
    let parts = of.whole("path_shards", 1..=10_000)?.unwrap_or(1);
    if index >= count {
        return Err(usage(of.0.py(), &format!("shard = ({index}, {count}): the index must be below the count"), ""));
    }
    Ok(Shard { index, count, parts })
}

/// An axis: a text as on the command line, or a list of values.
fn axis(key: &str, values: &Bound<PyAny>) -> PyResult<Axis> {
    if let Ok(text) = values.extract::<String>() {
        return Axis::new(key, &text).map_err(|error| usage(values.py(), &error, ""));
    }
    let value = |value: Bound<PyAny>| match value.extract::<f64>() {
        Ok(number) => Ok(Setting::Number(number)),
        Err(_) => value.extract::<String>().map(|text| Setting::of(&text)),
    };
    let values = values.try_iter()?.map(|found| value(found?)).collect::<PyResult<Vec<_>>>()?;
    Ok(Axis::listed(key, values))
}

#[pymethods]
impl Sweep {
    /// The folder of the store.
    #[getter]
    fn store(&self) -> &Path {
        &self.root
    }

    /// What determines the results, as JSON.
    fn manifest(&self) -> &str {
        &self.manifest
    }

    /// A row for each point that is done: its number, its values of the axes, these numbers of its result, and why it failed if it did.
    fn table(&self, py: Python, keys: Vec<String>) -> PyResult<Table> {
        let parse = |text: &String| {
            let wrong = || {
                usage(
                    py,
                    &format!("`{text}` is not a number of a result"),
                    "give a key such as bubble.system.probability",
                )
            };
            abbreviated::<Key>(text).ok_or_else(wrong)
        };
        let parsed = keys.iter().map(parse).collect::<PyResult<Vec<Key>>>()?;
        let found = work(py, None, |observer| {
            let store = Store::look(&self.root, &|steps| observer.advances(steps))?;
            wide(&store, &keys, &parsed)
        })?;
        Table::new(found.map_err(|error| error.raise(py))?)
    }

    /// The page of the points that are done, with this figure of the system.
    fn page(&self, py: Python, figure: &str) -> PyResult<String> {
        Ok(page::page(&[self.section(py, figure)?]))
    }

    /// The report, written to a file.
    fn report(&self, py: Python, file: PathBuf, figure: &str) -> PyResult<()> {
        ReportFile::new(py, file)?.write(self.section(py, figure)?)
    }
}

impl Sweep {
    fn section(&self, py: Python, figure: &str) -> PyResult<Section> {
        let wrong = |expected: String| usage(py, &format!("figure = {figure}: {expected}"), "");
        let figure = figure_of_system(figure).map_err(wrong)?;
        let found = work(py, None, |observer| {
            let store = Store::look(&self.root, &|steps| observer.advances(steps))?;
            let summary = sweeps::summary(&store, &sweeps::scenario_of(&store)?, figure)?;
            Ok(page::sweep_section(&summary))
        })?;
        found.map_err(|error: SweepError| error.raise(py))
    }
}

/// What is taken of a point.
struct Taken {
    numbers: Vec<Option<f64>>,
    failure: String,
}

fn wide(store: &Store, names: &[String], keys: &[Key]) -> Result<Columns, SweepError> {
    let mut points = BTreeMap::new();
    for results in store.results() {
        for (point, found) in results? {
            let numbers = keys.iter().map(|key| rows::get(&found, key)).collect();
            let failure = rows::failure(&found).unwrap_or_default().to_owned();
            points.insert(point, Taken { numbers, failure });
        }
    }
    let axis = |place: usize| column(points.keys().map(|&point| &store.points.rows[point][place]));
    let mut table: Columns = vec![("point".into(), Column::Whole(points.keys().map(|&point| point as i64).collect()))];
    table.extend(store.points.paths.iter().enumerate().map(|(place, path)| (path.clone(), axis(place))));
    let number = |place: usize| Column::Real(points.values().map(|taken| taken.numbers[place]).collect());
    table.extend(names.iter().enumerate().map(|(place, name)| (name.clone(), number(place))));
    if points.values().any(|taken| !taken.failure.is_empty()) {
        table.push(("failure".into(), Column::Text(points.values().map(|taken| taken.failure.clone()).collect())));
    }
    Ok(table)
}

/// Values of an axis: numbers if all of them are, and otherwise texts.
fn column<'a>(values: impl Iterator<Item = &'a Setting> + Clone) -> Column {
    let number = |value: &Setting| if let Setting::Number(number) = value { Some(*number) } else { None };
    let text = |value: &Setting| match value {
        Setting::Text(text) | Setting::Date(text) => text.clone(),
        Setting::Number(number) => number.to_string(),
    };
    if values.clone().all(|value| number(value).is_some()) {
        return Column::Real(values.map(number).collect());
    }
    Column::Text(values.map(text).collect())
}
