//! Parquet: one row for each path and period, in order, with columns `path`, `period`, perhaps `regime` (the state's name),
//! and one for each factor by its name.

use std::collections::VecDeque;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use ndarray::{ArrayViewMut2, ArrayViewMut3};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::npy::{complete, repeat_last};
use super::{TrajectoryError, Wanted, fault, unreadable};
use crate::engine::given::Given;
use crate::engine::{EngineError, locked};

/// Row groups that are kept in memory: threads read at different places.
const KEPT: usize = 4;

/// A file of trajectories.
pub struct ParquetFile {
    reader: Mutex<(SerializedFileReader<File>, VecDeque<Arc<Group>>)>,
    /// Rows before each row group, and of all.
    starts: Vec<u64>,
    columns: Vec<String>,
    path_column: usize,
    period_column: usize,
    regime_column: Option<usize>,
    factor_columns: Vec<usize>,
    first_path: i64,
    has_start: bool,
    paths: u64,
    wanted: Wanted,
}

/// A row group as numbers.
struct Group {
    index: usize,
    paths: Vec<f64>,
    periods: Vec<f64>,
    factors: Vec<Vec<f64>>,
    states: Option<Vec<u32>>,
}

impl ParquetFile {
    /// Opens a `.parquet` file.
    pub fn open(file: File, wanted: Wanted) -> Result<Self, TrajectoryError> {
        let name = wanted.file.clone();
        let length = file.metadata().map_err(|error| unreadable(&name, error))?.len();
        let reader = SerializedFileReader::new(file).map_err(|error| unreadable(&name, error))?;
        if !is_inside(reader.metadata(), length) {
            return Err(unreadable(&name, "it names places outside of itself"));
        }
        let columns: Vec<String> =
            reader.metadata().file_metadata().schema_descr().columns().iter().map(|c| c.path().string()).collect();
        let find = |wanted: &str| columns.iter().position(|column| column == wanted);
        let need = |wanted: &str| {
            let hint = format!("its columns are {}", columns.join(", "));
            find(wanted).ok_or_else(|| fault(&name, format!("has no column `{wanted}`"), &hint))
        };
        let factor_columns = wanted.factors.iter().map(|factor| need(factor)).collect::<Result<_, _>>()?;
        let mut starts = vec![0];
        for group in reader.metadata().row_groups() {
            starts.push(starts[starts.len() - 1] + group.num_rows().max(0) as u64);
        }
        let mut opened = ParquetFile {
            path_column: need("path")?,
            period_column: need("period")?,
            regime_column: find("regime"),
            factor_columns,
            reader: Mutex::new((reader, VecDeque::new())),
            starts,
            columns: columns.clone(),
            first_path: 0,
            has_start: false,
            paths: 0,
            wanted,
        };
        let rows = opened.starts[opened.starts.len() - 1];
        if rows == 0 {
            return Ok(opened);
        }
        let begin = opened.group(opened.group_of(0))?;
        opened.first_path = begin.paths[0] as i64;
        opened.has_start = begin.periods[0] == 0.0;
        if begin.periods[0] != 0.0 && begin.periods[0] != 1.0 {
            let what = format!("row 0 is path {}, period {}", begin.paths[0], begin.periods[0]);
            return Err(fault(&name, what, "a path begins with period 0 or 1: sort rows by path, then period"));
        }
        let each = opened.wanted.rows(opened.has_start) as u64;
        if !rows.is_multiple_of(each) {
            let what = format!("has {rows} rows, which is no multiple of {each}, the periods of a path");
            return Err(fault(&name, what, "each path needs a row for every period, from 0 or 1 on"));
        }
        opened.paths = rows / each;
        Ok(opened)
    }

    /// Whether the chain's states are given.
    pub fn has_states(&self) -> bool {
        self.regime_column.is_some()
    }

    /// The row group that holds a row.
    fn group_of(&self, row: u64) -> usize {
        self.starts.partition_point(|&start| start <= row) - 1
    }

    fn group(&self, index: usize) -> Result<Arc<Group>, TrajectoryError> {
        let mut guard = locked(&self.reader);
        let (reader, kept) = &mut *guard;
        if let Some(group) = kept.iter().find(|group| group.index == index) {
            return Ok(Arc::clone(group));
        }
        // the library trusts what it reads in places
        let read = catch_unwind(AssertUnwindSafe(|| self.read(reader, index)));
        let group = Arc::new(read.unwrap_or_else(|_| Err(unreadable(&self.wanted.file, "it is spoilt")))?);
        kept.push_back(Arc::clone(&group));
        if kept.len() > KEPT {
            kept.pop_front();
        }
        Ok(group)
    }

    fn read(&self, reader: &SerializedFileReader<File>, index: usize) -> Result<Group, TrajectoryError> {
        let name = &self.wanted.file;
        let rows = (self.starts[index + 1] - self.starts[index]) as usize;
        let group = reader.get_row_group(index).map_err(|error| unreadable(name, error))?;
        let column = |column: usize| group.get_column_reader(column).map_err(|error| unreadable(name, error));
        let place = |at: usize| Place { file: name, column: &self.columns[at], first_row: self.starts[index], rows };
        let numbers = |at: usize| numbers(column(at)?, &place(at));
        let factors = self.factor_columns.iter().map(|&at| numbers(at)).collect::<Result<_, _>>()?;
        let states = match self.regime_column {
            Some(at) if !self.wanted.states.is_empty() => Some(self.states(column(at)?, &place(at))?),
            _ => None,
        };
        Ok(Group { index, paths: numbers(self.path_column)?, periods: numbers(self.period_column)?, factors, states })
    }

    /// The places of states by their names.
    fn states(&self, column: ColumnReader, of: &Place) -> Result<Vec<u32>, TrajectoryError> {
        let (name, states) = (&self.wanted.file, &self.wanted.states);
        let ColumnReader::ByteArrayColumnReader(reader) = column else {
            return Err(fault(name, "the column `regime` is not text", "it holds the names of states"));
        };
        let values: Vec<ByteArray> = all(reader, of)?;
        let place = |value: &ByteArray| {
            let text = value.as_utf8().unwrap_or("?");
            let hint = format!("the states are {}", states.join(", "));
            let place = states.iter().position(|state| state == text);
            place.map(|place| place as u32).ok_or_else(|| fault(name, format!("there is no state `{text}`"), &hint))
        };
        values.iter().map(place).collect()
    }

    fn take(
        &self,
        first: u64,
        factors: &mut ArrayViewMut3<f32>,
        states: &mut ArrayViewMut2<u32>,
    ) -> Result<(), TrajectoryError> {
        let wanted = &self.wanted;
        let each = wanted.rows(self.has_start) as u64;
        let count = (self.paths - first).min(factors.dim().2 as u64) as usize;
        let mut group = self.group(self.group_of(first * each))?;
        for row in first * each..(first + count as u64) * each {
            if row >= self.starts[group.index + 1] {
                group = self.group(self.group_of(row))?;
            }
            let at = (row - self.starts[group.index]) as usize;
            let (path, place) = (row / each, (row / each - first) as usize);
            let period = (row % each) as usize + usize::from(!self.has_start);
            if group.paths[at] != (self.first_path + path as i64) as f64 || group.periods[at] != period as f64 {
                let (path_there, period_there) = (group.paths[at], group.periods[at]);
                let what = format!("row {row} is path {path_there}, period {period_there}");
                let expected = self.first_path + path as i64;
                let hint = format!("path {expected}, period {period} comes here: sort rows by path, then period");
                return Err(fault(&wanted.file, what, &hint));
            }
            for (factor, values) in group.factors.iter().enumerate() {
                let checked = wanted.ranges.check(&wanted.file, values[at], path, period, factor)?;
                factors[(period, factor, place)] = checked;
            }
            if let (Some(of), true) = (&group.states, period > 0 && states.dim().0 > 0) {
                states[(period - 1, place)] = of[at];
            }
        }
        complete(factors, count, (!self.has_start).then_some(&wanted.starts));
        repeat_last(states, count);
        Ok(())
    }
}

impl Given for ParquetFile {
    fn paths(&self) -> u64 {
        self.paths
    }

    fn fill(
        &self,
        first: u64,
        factors: &mut ArrayViewMut3<f32>,
        states: &mut ArrayViewMut2<u32>,
    ) -> Result<(), EngineError> {
        if self.regime_column.is_none() {
            states.fill(self.wanted.start_state);
        }
        Ok(self.take(first, factors, states)?)
    }
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

/// A column of a row group, for messages too.
struct Place<'a> {
    file: &'a str,
    column: &'a str,
    /// The group's first row in the file.
    first_row: u64,
    rows: usize,
}

/// A column of numbers, none of them null.
fn numbers(column: ColumnReader, place: &Place) -> Result<Vec<f64>, TrajectoryError> {
    match column {
        ColumnReader::FloatColumnReader(of) => Ok(all(of, place)?.into_iter().map(f64::from).collect()),
        ColumnReader::DoubleColumnReader(of) => all(of, place),
        ColumnReader::Int32ColumnReader(of) => Ok(all(of, place)?.into_iter().map(f64::from).collect()),
        ColumnReader::Int64ColumnReader(of) => Ok(all(of, place)?.into_iter().map(|x| x as f64).collect()),
        _ => {
            let what = format!("the column `{}` is not numbers", place.column);
            Err(fault(place.file, what, "save it as numbers, 32 or 64 bits wide"))
        }
    }
}

fn all<T: DataType>(mut reader: ColumnReaderImpl<T>, place: &Place) -> Result<Vec<T::T>, TrajectoryError> {
    let mut values = Vec::new();
    let mut levels = Vec::new();
    while values.len() < place.rows {
        let (records, read, _) = reader
            .read_records(place.rows - values.len(), Some(&mut levels), None, &mut values)
            .map_err(|error| unreadable(place.file, error))?;
        if read < records || records == 0 {
            let at = levels.iter().position(|&level| level == 0).unwrap_or(values.len());
            let row = place.first_row + at as u64;
            let what = format!("the column `{}` is empty in row {row}", place.column);
            return Err(fault(place.file, what, "every path needs a value in every period"));
        }
    }
    Ok(values)
}
