//! Trajectories out of the engine and into it, as arrays of NumPy.

use std::path::PathBuf;
use std::sync::Arc;

use numpy::ndarray::ArrayView3;
use numpy::{PyArray3, PyReadonlyArray3, PyUntypedArray, PyUntypedArrayMethods};
use overhang::run::{Given, PointsRequest, SampleBuilder};
use overhang::trajectories::TrajectoryArray;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{Raise, usage};
use crate::options::Options;
use crate::scenario::Scenario;
use crate::work::work;

/// Draws trajectories: an array of shape (paths, periods, factors), or the number of paths written to `out`.
#[pyfunction]
#[pyo3(signature = (scenario, options, progress=None))]
pub fn sample<'py>(
    py: Python<'py>,
    scenario: &Scenario,
    options: Bound<'py, PyDict>,
    progress: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let of = Options(options);
    let loaded = scenario.held(py, of.flag("at_centre")?)?;
    let builder = of.common(SampleBuilder::new(&loaded.scenario))?;
    let builder = builder.point_set(of.points(PointsRequest::default(), false)?);
    if let Some(file) = of.get::<PathBuf>("out")? {
        let written = work(py, progress.as_ref(), |observer| builder.observe(observer).write(&file))?;
        return Ok(written.map_err(|error| error.raise(py))?.into_pyobject(py)?.into_any());
    }
    let found = work(py, progress.as_ref(), |observer| builder.observe(observer).array())?;
    Ok(PyArray3::from_owned_array(py, found.map_err(|error| error.raise(py))?).into_any())
}

/// Trajectories that a user gives: a file's name, or an array of shape (paths, periods, factors).
pub fn given(from: &Bound<PyAny>) -> PyResult<Given> {
    if !from.is_instance_of::<PyUntypedArray>() {
        return Ok(Given::Path(from.extract()?));
    }
    if let Ok(array) = from.extract::<PyReadonlyArray3<f32>>() {
        return Ok(Given::Array(Arc::new(Borrowed::new(&array))));
    }
    if let Ok(array) = from.extract::<PyReadonlyArray3<f64>>() {
        return Ok(Given::Array(Arc::new(Borrowed::new(&array))));
    }
    let array = from.cast::<PyUntypedArray>()?;
    Err(usage(
        from.py(),
        &format!("trajectories is an array of {} dimensions of {}", array.ndim(), array.dtype()),
        "give an array of float32 or float64 of shape (paths, periods, factors)",
    ))
}

/// An array of NumPy, which is kept alive and read where it lies.
#[derive(Debug)]
struct Borrowed<T> {
    _owner: Py<PyAny>,
    /// Its first element, lengths, and strides in elements, which may be negative.
    first: *const T,
    shape: [usize; 3],
    strides: [isize; 3],
}

// SAFETY: the array is only read, and lives as long as its owner is referred to. NumPy's arrays can be written to by other threads of Python
// meanwhile, as with any function of NumPy that releases the lock; such a program gets values of before or after.
unsafe impl<T: Sync> Send for Borrowed<T> {}
unsafe impl<T: Sync> Sync for Borrowed<T> {}

impl<T: numpy::Element + Copy> Borrowed<T> {
    fn new(array: &PyReadonlyArray3<T>) -> Self {
        let view: ArrayView3<T> = array.as_array();
        let strides = view.strides();
        Borrowed {
            first: view.as_ptr(),
            shape: view.dim().into(),
            strides: [strides[0], strides[1], strides[2]],
            _owner: array.as_any().clone().unbind(),
        }
    }
}

impl<T: Copy + Into<f64> + Sync + std::fmt::Debug> TrajectoryArray for Borrowed<T> {
    fn shape(&self) -> [usize; 3] {
        self.shape
    }

    fn path(&self, path: usize, values: &mut [f64]) {
        let [_, rows, columns] = self.shape;
        let [by_path, by_row, by_column] = self.strides;
        for (at, value) in values.iter_mut().enumerate().take(rows * columns) {
            let (row, column) = (at / columns, at % columns);
            let offset = path as isize * by_path + row as isize * by_row + column as isize * by_column;
            // SAFETY: path, row and column are below the array's lengths, so the element is one of the array
            *value = unsafe { self.first.offset(offset).read_unaligned() }.into();
        }
    }
}
