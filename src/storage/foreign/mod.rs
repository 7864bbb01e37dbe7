//! Parquet files of other programs: flat columns of numbers, texts and dates, read by their logical types.
//!
//! What is a number is read as that number, whatever its width and storage; a column of any other type is refused when it is
//! read, with its name and type. Page checksums are verified where a file has them.

mod kind;
mod value;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

pub use kind::Kind;
pub use value::Values;

/// The most values of a column that a row group may have: half a gigabyte as numbers.
pub const MOST_ROWS: u64 = 1 << 26;

/// Why a file, or a column of it, is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForeignError {
    #[error("cannot be read: {0}")]
    Broken(String),
    #[error("has two columns named `{0}`")]
    Twice(String),
    #[error("the column `{column}` has the type {kind}, which is not supported")]
    Type { column: String, kind: String },
    #[error("the column `{column}` is empty in row {row}")]
    Empty { column: String, row: u64 },
    #[error("the column `{column}` holds text in row {row} that is not UTF-8")]
    Text { column: String, row: u64 },
    #[error("row group {group} has {rows} rows; at most {MOST_ROWS} are supported")]
    Large { group: usize, rows: u64 },
}

impl ForeignError {
    /// What would help.
    pub fn hint(&self) -> String {
        match self {
            Self::Broken(_) => "check that the file is complete and that its name has the right ending".into(),
            Self::Twice(_) => "rename or drop one of them".into(),
            Self::Type { kind, .. } => kind::instead(kind).into(),
            Self::Empty { .. } => "fill in every row, or drop the rows that have no value".into(),
            Self::Text { .. } => "write text as UTF-8 strings".into(),
            Self::Large { .. } => "write smaller row groups, for example with row_group_size=1_000_000".into(),
        }
    }
}

fn broken(error: impl std::fmt::Display) -> ForeignError {
    ForeignError::Broken(error.to_string())
}

/// A Parquet file that another program wrote.
pub struct ForeignTable {
    reader: SerializedFileReader<File>,
    /// The name of each column, and how it is read, or the type that is not.
    columns: Vec<(String, Result<Kind, String>)>,
    /// Rows of each row group.
    groups: Vec<u64>,
}

impl ForeignTable {
    /// Reads the footer. Two columns of one name are refused, since either may be the one that is meant.
    pub fn open(file: File) -> Result<Self, ForeignError> {
        guarded(|| {
            let length = file.metadata().map_err(broken)?.len();
            let reader = SerializedFileReader::new(file).map_err(broken)?;
            if !is_inside(reader.metadata(), length) {
                return Err(broken("its metadata points outside the file"));
            }
            let schema = reader.metadata().file_metadata().schema_descr();
            let name = |column: &ColumnDescriptor| column.path().parts().first().cloned().unwrap_or_default();
            let columns = schema.columns().iter().map(|column| (name(column), Kind::of(column))).collect();
            let mut names: Vec<&str> = schema.root_schema().get_fields().iter().map(|field| field.name()).collect();
            names.sort_unstable();
            if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
                return Err(ForeignError::Twice(twice[0].to_owned()));
            }
            let groups: Vec<u64> = reader.metadata().row_groups().iter().map(|group| group.num_rows() as u64).collect();
            if let Some((group, &rows)) = groups.iter().enumerate().find(|(_, rows)| **rows > MOST_ROWS) {
                return Err(ForeignError::Large { group, rows });
            }
            Ok(ForeignTable { reader, columns, groups })
        })
    }

    /// Names of columns, in the file's order; that of a nested one as often as it has parts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// Rows of each row group.
    pub fn groups(&self) -> &[u64] {
        &self.groups
    }

    /// How a column is read.
    pub fn kind(&self, column: usize) -> Result<Kind, ForeignError> {
        let (name, kind) = &self.columns[column];
        kind.clone().map_err(|kind| ForeignError::Type { column: name.clone(), kind })
    }

    /// The values of a column in a row group.
    pub fn read(&self, group: usize, column: usize) -> Result<Values, ForeignError> {
        let kind = self.kind(column)?;
        let rows = self.groups[group] as usize;
        let name = &self.columns[column].0;
        let first = self.groups[..group].iter().sum::<u64>();
        guarded(|| {
            let reader = self.reader.get_row_group(group).and_then(|group| group.get_column_reader(column));
            value::read(reader.map_err(broken)?, kind, rows).map_err(|fault| match fault {
                value::Fault::Broken(what) => ForeignError::Broken(format!("column `{name}`: {what}")),
                value::Fault::Empty(at) => ForeignError::Empty { column: name.clone(), row: first + at as u64 },
                value::Fault::Text(at) => ForeignError::Text { column: name.clone(), row: first + at as u64 },
            })
        })
    }
}

/// The library panics on some damaged files.
fn guarded<T>(read: impl FnOnce() -> Result<T, ForeignError>) -> Result<T, ForeignError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(broken("it is damaged")))
}

/// Whether all that a file's metadata names lies within the file.
fn is_inside(metadata: &ParquetMetaData, length: u64) -> bool {
    let within = |start: i64, bytes: i64| {
        let end = u64::try_from(start).ok().zip(u64::try_from(bytes).ok()).and_then(|(a, b)| a.checked_add(b));
        end.is_some_and(|end| end <= length)
    };
    metadata.row_groups().iter().all(|group| {
        let columns = group.columns().iter().all(|column| {
            let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
            within(start, column.compressed_size()) && column.data_page_offset() >= 0 && column.num_values() >= 0
        });
        group.num_rows() >= 0 && columns
    })
}
