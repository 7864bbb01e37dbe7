//! Tables as Parquet files: flat, one row group a batch, readable by pandas, Polars and DuckDB as they are.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FloatType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

/// A column's values.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Text, never null.
    Text(Vec<String>),
    /// Whole numbers, never null.
    Whole(Vec<i64>),
    /// Real numbers; `None` is null.
    Real(Vec<Option<f64>>),
    /// Real numbers in single precision, never null.
    Single(Vec<f32>),
}

/// A table that is written batch by batch.
pub struct TableWriter {
    writer: SerializedFileWriter<File>,
}

impl TableWriter {
    /// Creates a file with the columns of a batch (their values are not written yet).
    pub fn create(path: &Path, columns: &[(String, Column)]) -> Result<Self, ParquetError> {
        let fields = columns.iter().map(|(name, column)| field(name, column)).collect::<Result<Vec<_>, _>>()?;
        let schema = Type::group_type_builder("schema").with_fields(fields).build()?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let writer = SerializedFileWriter::new(File::create_new(path)?, Arc::new(schema), Arc::new(properties))?;
        Ok(Self { writer })
    }

    /// Appends a batch of rows as a row group.
    pub fn append(&mut self, columns: &[(String, Column)]) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for (_, column) in columns {
            let Some(mut writer) = group.next_column()? else { break };
            match column {
                Column::Text(values) => {
                    let bytes: Vec<ByteArray> = values.iter().map(|text| ByteArray::from(text.as_str())).collect();
                    writer.typed::<ByteArrayType>().write_batch(&bytes, None, None)?;
                }
                Column::Whole(values) => {
                    writer.typed::<Int64Type>().write_batch(values, None, None)?;
                }
                Column::Single(values) => {
                    writer.typed::<FloatType>().write_batch(values, None, None)?;
                }
                Column::Real(values) => {
                    let present: Vec<f64> = values.iter().flatten().copied().collect();
                    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                    writer.typed::<DoubleType>().write_batch(&present, Some(&levels), None)?;
                }
            }
            writer.close()?;
        }
        group.close()?;
        Ok(())
    }

    /// Completes the file, down to the disk.
    pub fn finish(self) -> Result<(), ParquetError> {
        let file = self.writer.into_inner()?;
        file.sync_all()?;
        Ok(())
    }
}

/// Writes a table of one batch.
pub fn write(path: &Path, columns: &[(String, Column)]) -> Result<(), ParquetError> {
    let mut writer = TableWriter::create(path, columns)?;
    writer.append(columns)?;
    writer.finish()
}

fn field(name: &str, column: &Column) -> Result<Arc<Type>, ParquetError> {
    let (physical, repetition, logical) = match column {
        Column::Text(_) => (PhysicalType::BYTE_ARRAY, Repetition::REQUIRED, Some(LogicalType::String)),
        Column::Whole(_) => (PhysicalType::INT64, Repetition::REQUIRED, None),
        Column::Single(_) => (PhysicalType::FLOAT, Repetition::REQUIRED, None),
        Column::Real(_) => (PhysicalType::DOUBLE, Repetition::OPTIONAL, None),
    };
    let builder = Type::primitive_type_builder(name, physical).with_repetition(repetition).with_logical_type(logical);
    Ok(Arc::new(builder.build()?))
}
