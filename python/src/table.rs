//! Tables of results, which other packages read through the Arrow C data interface without a copy.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{Float32Type, Float64Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float32Array, Float64Array, Int64Array, RecordBatch, RecordBatchIterator,
    StringArray,
};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use numpy::PyArray1;
use overhang::storage::{Column, Table as Columns};
use pyo3::exceptions::{PyKeyError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// Columns by name, each with as many rows.
#[pyclass(frozen)]
pub struct Table(RecordBatch);

impl Table {
    /// Takes the columns of a table.
    pub fn new(columns: Columns) -> PyResult<Self> {
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = columns.into_iter().map(taken).unzip();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map(Table).map_err(broken)
    }

    /// The table with a column of truths behind the others.
    pub fn with_flags(self, name: &str, flags: Vec<bool>) -> PyResult<Self> {
        let (schema, mut arrays, _) = self.0.into_parts();
        let flag = Arc::new(Field::new(name, DataType::Boolean, false));
        let fields: Vec<Arc<Field>> = schema.fields().iter().cloned().chain([flag]).collect();
        arrays.push(Arc::new(BooleanArray::from(flags)));
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map(Table).map_err(broken)
    }
}

/// The rows of one table behind those of another with the same columns.
pub fn appended(before: Columns, after: Columns) -> Columns {
    let joined = |((name, mut column), (_, more)): ((String, Column), (String, Column))| {
        match (&mut column, more) {
            (Column::Text(values), Column::Text(more)) => values.extend(more),
            (Column::Whole(values), Column::Whole(more)) => values.extend(more),
            (Column::Real(values), Column::Real(more)) => values.extend(more),
            (Column::Single(values), Column::Single(more)) => values.extend(more),
            _ => unreachable!("pieces of a table have the same columns"),
        }
        (name, column)
    };
    before.into_iter().zip(after).map(joined).collect()
}

fn taken((name, column): (String, Column)) -> (Field, ArrayRef) {
    let (kind, nullable, array): (DataType, bool, ArrayRef) = match column {
        Column::Text(values) => (DataType::Utf8, false, Arc::new(StringArray::from(values))),
        Column::Whole(values) => (DataType::Int64, false, Arc::new(Int64Array::from(values))),
        Column::Real(values) => (DataType::Float64, true, Arc::new(Float64Array::from(values))),
        Column::Single(values) => (DataType::Float32, false, Arc::new(Float32Array::from(values))),
    };
    (Field::new(name, kind, nullable), array)
}

fn broken(error: ArrowError) -> PyErr {
    PyRuntimeError::new_err(error.to_string())
}

#[pymethods]
impl Table {
    /// The names of the columns.
    #[getter]
    fn names(&self) -> Vec<String> {
        self.0.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    fn __len__(&self) -> usize {
        self.0.num_rows()
    }

    /// A column: an array of NumPy in which undefined numbers are NaN, or a list of texts.
    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let column = self.0.column_by_name(name).ok_or_else(|| PyKeyError::new_err(name.to_owned()))?;
        Ok(match column.data_type() {
            DataType::Float64 => {
                let values = column.as_primitive::<Float64Type>().iter().map(|value| value.unwrap_or(f64::NAN));
                PyArray1::from_vec(py, values.collect()).into_any()
            }
            DataType::Float32 => PyArray1::from_slice(py, column.as_primitive::<Float32Type>().values()).into_any(),
            DataType::Boolean => {
                let flags = column.as_boolean().iter().map(Option::unwrap_or_default);
                PyArray1::from_iter(py, flags).into_any()
            }
            DataType::Int64 => PyArray1::from_slice(py, column.as_primitive::<Int64Type>().values()).into_any(),
            _ => column.as_string::<i32>().iter().collect::<Vec<_>>().into_pyobject(py)?,
        })
    }

    /// The Arrow C data interface: the schema.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.0.schema().as_ref()).map_err(broken)?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    /// The Arrow C stream interface. The columns have their types whatever schema is requested, as the interface allows.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let batches = RecordBatchIterator::new([Ok(self.0.clone())], self.0.schema());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), c"arrow_array_stream")
    }
}
