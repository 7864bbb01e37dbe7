//! Tables as Parquet files: flat, one row group a batch, readable by pandas, Polars and DuckDB as they are.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FloatType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
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
pub struct TableWriter<W: Write + Send> {
    writer: SerializedFileWriter<W>,
}

impl TableWriter<File> {
    /// Creates a file with the columns of a batch (their values are not written yet).
    pub fn create(path: &Path, columns: &[(String, Column)]) -> Result<Self, ParquetError> {
        Self::new(File::create_new(path)?, columns)
    }

    /// Completes the file, down to the disk.
    pub fn finish(self) -> Result<(), ParquetError> {
        let file = self.writer.into_inner()?;
        file.sync_all()?;
        Ok(())
    }
}

impl<W: Write + Send> TableWriter<W> {
    fn new(sink: W, columns: &[(String, Column)]) -> Result<Self, ParquetError> {
        let fields = columns.iter().map(|(name, column)| field(name, column)).collect::<Result<Vec<_>, _>>()?;
        let schema = Type::group_type_builder("schema").with_fields(fields).build()?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let writer = SerializedFileWriter::new(sink, Arc::new(schema), Arc::new(properties))?;
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
}

/// Writes a table of one batch.
pub fn write(path: &Path, columns: &[(String, Column)]) -> Result<(), ParquetError> {
    let mut writer = TableWriter::create(path, columns)?;
    writer.append(columns)?;
    writer.finish()
}

/// A table of one batch as the bytes of a file. The same table gives the same bytes.
pub fn encode(columns: &[(String, Column)]) -> Result<Vec<u8>, ParquetError> {
    let mut writer = TableWriter::new(Vec::new(), columns)?;
    writer.append(columns)?;
    writer.writer.into_inner()
}

/// Reads a file that [`write()`] or [`encode`] made. Others may have columns of types that tables do not have.
pub fn read(path: &Path) -> Result<Vec<(String, Column)>, ParquetError> {
    let reader = SerializedFileReader::new(File::open(path)?)?;
    let names = reader.metadata().file_metadata().schema_descr().columns().iter();
    let mut columns: Vec<(String, Option<Column>)> = names.map(|column| (column.name().to_owned(), None)).collect();
    for index in 0..reader.num_row_groups() {
        let group = reader.get_row_group(index)?;
        let rows =
            usize::try_from(group.metadata().num_rows()).map_err(|error| ParquetError::General(error.to_string()))?;
        for (place, (_, column)) in columns.iter_mut().enumerate() {
            read_column(group.get_column_reader(place)?, rows, column)?;
        }
    }
    let empty = || Column::Real(Vec::new());
    Ok(columns.into_iter().map(|(name, column)| (name, column.unwrap_or_else(empty))).collect())
}

fn read_column(reader: ColumnReader, rows: usize, column: &mut Option<Column>) -> Result<(), ParquetError> {
    match reader {
        ColumnReader::Int64ColumnReader(mut reader) => {
            let Column::Whole(all) = column.get_or_insert_with(|| Column::Whole(Vec::new())) else {
                return Err(mixed());
            };
            reader.read_records(rows, None, None, all)?;
        }
        ColumnReader::FloatColumnReader(mut reader) => {
            let Column::Single(all) = column.get_or_insert_with(|| Column::Single(Vec::new())) else {
                return Err(mixed());
            };
            reader.read_records(rows, None, None, all)?;
        }
        ColumnReader::ByteArrayColumnReader(mut reader) => {
            let Column::Text(all) = column.get_or_insert_with(|| Column::Text(Vec::new())) else { return Err(mixed()) };
            let mut bytes = Vec::new();
            reader.read_records(rows, None, None, &mut bytes)?;
            for text in bytes {
                all.push(text.as_utf8()?.to_owned());
            }
        }
        ColumnReader::DoubleColumnReader(mut reader) => {
            let Column::Real(all) = column.get_or_insert_with(|| Column::Real(Vec::new())) else { return Err(mixed()) };
            let (mut present, mut levels) = (Vec::new(), Vec::new());
            reader.read_records(rows, Some(&mut levels), None, &mut present)?;
            let mut present = present.into_iter();
            all.extend(levels.into_iter().map(|level| if level > 0 { present.next() } else { None }));
        }
        _ => return Err(ParquetError::General("a column is of a type that is not written here".into())),
    }
    Ok(())
}

fn mixed() -> ParquetError {
    ParquetError::General("a column changes its type".into())
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
