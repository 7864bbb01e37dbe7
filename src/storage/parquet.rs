//! Tables as Parquet files: flat, one row group a batch, readable by pandas, Polars and DuckDB as they are.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::column::reader::ColumnReader;
use parquet::column::writer::{ColumnCloseResult, ColumnWriter, get_column_writer};
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterPropertiesPtr};
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{ColumnDescPtr, ColumnPath, SchemaDescriptor, Type};
use rayon::prelude::*;

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

/// Columns by name.
pub type Table = Vec<(String, Column)>;

/// A table that is written batch by batch.
pub struct TableWriter<W: Write + Send> {
    writer: SerializedFileWriter<W>,
}

impl TableWriter<File> {
    /// Creates a file with the columns of a batch (their values are not written yet).
    pub fn create(path: &Path, columns: &[(String, Column)]) -> Result<Self, ParquetError> {
        Self::new(File::create_new(path)?, columns, None)
    }

    /// Completes the file, down to the disk.
    pub fn finish(self) -> Result<(), ParquetError> {
        let file = self.writer.into_inner()?;
        file.sync_all()?;
        Ok(())
    }
}

impl<W: Write + Send> TableWriter<W> {
    fn new(sink: W, columns: &[(String, Column)], note: Option<(&str, String)>) -> Result<Self, ParquetError> {
        let note = note.map(|(key, value)| vec![KeyValue::new(key.to_owned(), value)]);
        let properties = properties(columns).set_key_value_metadata(note).build();
        let writer = SerializedFileWriter::new(sink, Arc::new(schema(columns)?), Arc::new(properties))?;
        Ok(Self { writer })
    }

    /// Appends a batch of rows as a row group.
    pub fn append(&mut self, columns: &[(String, Column)]) -> Result<(), ParquetError> {
        self.join(RowGroup::encode(columns)?)
    }

    fn join(&mut self, encoded: RowGroup) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        encoded.columns.into_iter().try_for_each(|(bytes, closed)| group.append_column(&bytes, closed))?;
        group.close()?;
        Ok(())
    }
}

/// A row group that is encoded and in no file yet: each column's bytes, and what the file says of them.
struct RowGroup {
    columns: Vec<(Bytes, ColumnCloseResult)>,
}

impl RowGroup {
    /// Encodes a batch, its columns beside each other.
    fn encode(columns: &[(String, Column)]) -> Result<Self, ParquetError> {
        let properties = Arc::new(properties(columns).build());
        let schema = SchemaDescriptor::new(Arc::new(schema(columns)?));
        let encode = |((_, column), description): (&(String, Column), &ColumnDescPtr)| {
            encode_column(column, description.clone(), properties.clone())
        };
        let columns = columns.par_iter().zip(schema.columns()).map(encode).collect::<Result<_, _>>()?;
        Ok(RowGroup { columns })
    }
}

fn schema(columns: &[(String, Column)]) -> Result<Type, ParquetError> {
    let fields = columns.iter().map(|(name, column)| field(name, column)).collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("schema").with_fields(fields).build()
}

fn properties(columns: &[(String, Column)]) -> WriterPropertiesBuilder {
    let mut properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    for (name, column) in columns {
        let path = ColumnPath::new(vec![name.clone()]);
        properties = match column {
            // few real numbers come twice
            Column::Real(_) | Column::Single(_) => properties.set_column_dictionary_enabled(path, false),
            // every row group has all names, and nobody looks for a range of them
            Column::Text(_) => properties.set_column_statistics_enabled(path, EnabledStatistics::None),
            Column::Whole(_) => properties,
        };
    }
    properties
}

fn encode_column(
    column: &Column,
    description: ColumnDescPtr,
    properties: WriterPropertiesPtr,
) -> Result<(Bytes, ColumnCloseResult), ParquetError> {
    let mut sink = TrackedWrite::new(Vec::new());
    let mut writer = get_column_writer(description, properties, Box::new(SerializedPageWriter::new(&mut sink)));
    match (column, &mut writer) {
        (Column::Text(values), ColumnWriter::ByteArrayColumnWriter(writer)) => {
            writer.write_batch(&byte_arrays(values), None, None)?;
        }
        (Column::Whole(values), ColumnWriter::Int64ColumnWriter(writer)) => {
            writer.write_batch(values, None, None)?;
        }
        (Column::Single(values), ColumnWriter::FloatColumnWriter(writer)) => {
            writer.write_batch(values, None, None)?;
        }
        (Column::Real(values), ColumnWriter::DoubleColumnWriter(writer)) => {
            let present: Vec<f64> = values.iter().flatten().copied().collect();
            let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
            writer.write_batch(&present, Some(&levels), None)?;
        }
        _ => return Err(mixed()),
    }
    let closed = writer.close()?;
    Ok((Bytes::from(sink.into_inner()?), closed))
}

/// Texts as they are written; a text like the one before shares its bytes.
fn byte_arrays(texts: &[String]) -> Vec<ByteArray> {
    let mut arrays: Vec<ByteArray> = Vec::with_capacity(texts.len());
    for (at, text) in texts.iter().enumerate() {
        let same = at > 0 && texts[at - 1] == *text;
        arrays.push(if same { arrays[at - 1].clone() } else { ByteArray::from(text.as_str()) });
    }
    arrays
}

/// Writes a table of one batch.
pub fn write(path: &Path, columns: &[(String, Column)]) -> Result<(), ParquetError> {
    let mut writer = TableWriter::create(path, columns)?;
    writer.append(columns)?;
    writer.finish()
}

/// Batches of a table as the bytes of a file, a row group for each, with a note under a key in its footer. Each batch is made by `table`
/// when it is encoded, beside others, and all have the same columns. The same batches and note give the same bytes.
pub fn encode<T: Sync>(
    batches: &[T],
    table: impl Fn(&T) -> Table + Sync,
    note: (&str, String),
) -> Result<Vec<u8>, ParquetError> {
    let Some((first, others)) = batches.split_first() else {
        return Err(ParquetError::General("a table has no batch".into()));
    };
    let encode = |batch: &T| RowGroup::encode(&table(batch));
    let first = table(first);
    let mut writer = TableWriter::new(Vec::new(), &first, Some(note))?;
    let (first, others) =
        rayon::join(|| RowGroup::encode(&first), || others.par_iter().map(encode).collect::<Result<Vec<_>, _>>());
    std::iter::once(first?).chain(others?).try_for_each(|group| writer.join(group))?;
    writer.writer.into_inner()
}

/// Reads a file that [`write()`] made. Others may have columns of types that tables do not have.
pub fn read(path: &Path) -> Result<Table, ParquetError> {
    TableReader::new(File::open(path)?)?.read()
}

/// A table that is read batch by batch.
pub struct TableReader<R: ChunkReader + 'static> {
    reader: SerializedFileReader<R>,
}

impl TableReader<File> {
    /// Opens a file and reads its footer.
    pub fn open(path: &Path) -> Result<Self, ParquetError> {
        Self::new(File::open(path)?)
    }
}

impl<R: ChunkReader + 'static> TableReader<R> {
    /// Reads the footer.
    pub fn new(source: R) -> Result<Self, ParquetError> {
        Ok(Self { reader: SerializedFileReader::new(source)? })
    }

    /// The note under a key.
    pub fn note(&self, key: &str) -> Option<&str> {
        let notes = self.reader.metadata().file_metadata().key_value_metadata()?;
        notes.iter().find(|note| note.key == key)?.value.as_deref()
    }

    /// The number of batches.
    pub fn batches(&self) -> usize {
        self.reader.num_row_groups()
    }

    /// The values of a batch; `None` if the footer cannot be right.
    pub fn batch_cells(&self, index: usize) -> Option<usize> {
        let group = self.reader.metadata().row_groups().get(index)?;
        usize::try_from(group.num_rows()).ok()?.checked_mul(group.num_columns())
    }

    /// One batch.
    pub fn batch(&self, index: usize) -> Result<Table, ParquetError> {
        let mut columns = self.empty();
        self.append(index, &mut columns)?;
        Ok(named(columns))
    }

    /// All batches as one table.
    pub fn read(&self) -> Result<Table, ParquetError> {
        let mut columns = self.empty();
        (0..self.batches()).try_for_each(|index| self.append(index, &mut columns))?;
        Ok(named(columns))
    }

    fn empty(&self) -> Vec<(String, Option<Column>)> {
        let names = self.reader.metadata().file_metadata().schema_descr().columns().iter();
        names.map(|column| (column.name().to_owned(), None)).collect()
    }

    fn append(&self, index: usize, columns: &mut [(String, Option<Column>)]) -> Result<(), ParquetError> {
        if index >= self.batches() {
            return Err(ParquetError::General(format!("there is no batch {index}")));
        }
        let group = self.reader.get_row_group(index)?;
        let rows =
            usize::try_from(group.metadata().num_rows()).map_err(|error| ParquetError::General(error.to_string()))?;
        for (place, (_, column)) in columns.iter_mut().enumerate() {
            read_column(group.get_column_reader(place)?, rows, column)?;
        }
        Ok(())
    }
}

fn named(columns: Vec<(String, Option<Column>)>) -> Table {
    let empty = || Column::Real(Vec::new());
    columns.into_iter().map(|(name, column)| (name, column.unwrap_or_else(empty))).collect()
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
