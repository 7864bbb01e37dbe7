//! Parquet: one row for each path and period, in order, with columns `path`, `period`, perhaps `regime` (the state's name),
//! and one for each factor by its name.

use std::collections::VecDeque;
use std::fs::File;
use std::sync::{Arc, Mutex};

use ndarray::{ArrayViewMut2, ArrayViewMut3};

use super::error::{TrajectoryError, fault};
use super::npy::{complete, repeat_last};
use super::wanted::Wanted;
use crate::engine::trajectory_source::TrajectorySource;
use crate::engine::{EngineError, locked};
use crate::storage::foreign::{ForeignError, ForeignTable, Values};

/// Row groups that are kept in memory: threads read at different places.
const KEPT: usize = 4;
/// The most values that a row group may have: two gigabytes as numbers.
const MOST_VALUES: u64 = 1 << 28;

/// Trajectories in a file, or in the parts of a folder one after the other.
pub struct ParquetFile {
    parts: Vec<Part>,
    /// Row groups of all parts, in order: the part, and the group's number in it.
    groups: Vec<(usize, usize)>,
    /// Rows before each row group, and of all.
    starts: Vec<u64>,
    kept: Mutex<VecDeque<Arc<Group>>>,
    first_path: i64,
    has_start: bool,
    paths: u64,
    wanted: Wanted,
}

/// A file, and where its columns are.
struct Part {
    name: String,
    table: ForeignTable,
    path_column: usize,
    period_column: usize,
    regime_column: Option<usize>,
    factor_columns: Vec<usize>,
}

/// A row group as numbers.
struct Group {
    index: usize,
    paths: Vec<f64>,
    periods: Vec<f64>,
    factors: Vec<Vec<f64>>,
    states: Option<Vec<u32>>,
}

impl Group {
    /// How many values it holds.
    fn size(&self) -> usize {
        self.paths.len() * (3 + self.factors.len())
    }
}

impl Part {
    fn open(name: String, file: File, wanted: &Wanted) -> Result<Self, TrajectoryError> {
        let table = ForeignTable::open(file).map_err(|error| foreign(&name, &error))?;
        let find = |wanted: &str| table.names().position(|column| column == wanted);
        let need = |wanted: &str| {
            let hint = format!("its columns are {}", table.names().collect::<Vec<_>>().join(", "));
            let column = find(wanted).ok_or_else(|| fault(&name, format!("has no column `{wanted}`"), &hint))?;
            let kind = table.kind(column).map_err(|error| foreign(&name, &error))?;
            if kind.is_number() {
                return Ok(column);
            }
            let what = format!("the column `{wanted}` is {}, not a number", kind.name());
            Err(fault(&name, what, "write it as integers, decimals, float32 or float64"))
        };
        let factor_columns = wanted.factors.iter().map(|factor| need(factor)).collect::<Result<Vec<_>, _>>()?;
        let (path_column, period_column, regime_column) = (need("path")?, need("period")?, find("regime"));
        let columns = 3 + factor_columns.len() as u64;
        if let Some(rows) = table.groups().iter().find(|rows| **rows * columns > MOST_VALUES) {
            let what = format!("has a row group of {rows} rows; at most {} can be read", MOST_VALUES / columns);
            return Err(fault(&name, what, "write smaller row groups, for example with row_group_size=1_000_000"));
        }
        Ok(Part { name, table, path_column, period_column, regime_column, factor_columns })
    }

    fn read(&self, group: usize, column: usize) -> Result<Values, TrajectoryError> {
        self.table.read(group, column).map_err(|error| foreign(&self.name, &error))
    }

    fn numbers(&self, group: usize, column: usize) -> Result<Vec<f64>, TrajectoryError> {
        match self.read(group, column)? {
            Values::Numbers(all) => Ok(all),
            Values::Texts { .. } | Values::Dates(_) => unreachable!("columns were found to be numbers"),
        }
    }

    /// The places of states by their names.
    fn states(&self, group: usize, column: usize, states: &[String]) -> Result<Vec<u32>, TrajectoryError> {
        let Values::Texts { words, rows } = self.read(group, column)? else {
            return Err(fault(&self.name, "the column `regime` is not text", "write the names of states into it"));
        };
        let place = |word: &String| {
            let hint = format!("the states are {}", states.join(", "));
            let place = states.iter().position(|state| state == word);
            place
                .map(|place| place as u32)
                .ok_or_else(|| fault(&self.name, format!("there is no state `{word}`"), &hint))
        };
        let places: Vec<u32> = words.iter().map(place).collect::<Result<_, _>>()?;
        Ok(rows.into_iter().map(|row| places[row as usize]).collect())
    }
}

fn foreign(name: &str, error: &ForeignError) -> TrajectoryError {
    fault(name, error, &error.hint())
}

impl ParquetFile {
    /// Opens a `.parquet` file, or the parts of a folder in their order.
    pub fn open(files: Vec<(String, File)>, wanted: Wanted) -> Result<Self, TrajectoryError> {
        let parts: Vec<Part> =
            files.into_iter().map(|(name, file)| Part::open(name, file, &wanted)).collect::<Result<_, _>>()?;
        let (mut groups, mut starts) = (Vec::new(), vec![0]);
        for (place, part) in parts.iter().enumerate() {
            for (group, &rows) in part.table.groups().iter().enumerate() {
                groups.push((place, group));
                starts.push(starts[starts.len() - 1] + rows);
            }
        }
        let kept = Mutex::new(VecDeque::new());
        let mut opened = ParquetFile { parts, groups, starts, kept, first_path: 0, has_start: false, paths: 0, wanted };
        let with = opened.parts.iter().position(|part| part.regime_column.is_some());
        let without = opened.parts.iter().position(|part| part.regime_column.is_none());
        if let (Some(with), Some(without)) = (with, without) {
            let what = format!("has no column `regime`, which `{}` has", opened.parts[with].name);
            return Err(fault(&opened.parts[without].name, what, "write the same columns into every part"));
        }
        let rows = opened.starts[opened.starts.len() - 1];
        if rows == 0 {
            return Ok(opened);
        }
        let begin = opened.group(opened.group_of(0))?;
        opened.first_path = begin.paths[0] as i64;
        opened.has_start = begin.periods[0] == 0.0;
        if begin.periods[0] != 0.0 && begin.periods[0] != 1.0 {
            let what = format!("row 0 is path {}, period {}", begin.paths[0], begin.periods[0]);
            let hint = "a path begins with period 0 or 1: sort rows by path, then period";
            return Err(fault(&opened.wanted.file, what, hint));
        }
        let each = opened.wanted.rows(opened.has_start) as u64;
        if !rows.is_multiple_of(each) {
            let what = format!("has {rows} rows, which is not a multiple of {each}, the periods of a path");
            let hint = "write a row for every period of each path, starting with period 0 or 1";
            return Err(fault(&opened.wanted.file, what, hint));
        }
        opened.paths = rows / each;
        Ok(opened)
    }

    /// Whether the chain's states are given.
    pub fn has_states(&self) -> bool {
        self.parts.iter().all(|part| part.regime_column.is_some())
    }

    /// The row group that holds a row.
    fn group_of(&self, row: u64) -> usize {
        self.starts.partition_point(|&start| start <= row) - 1
    }

    fn group(&self, index: usize) -> Result<Arc<Group>, TrajectoryError> {
        let mut kept = locked(&self.kept);
        if let Some(group) = kept.iter().find(|group| group.index == index) {
            return Ok(Arc::clone(group));
        }
        let group = Arc::new(self.read(index)?);
        kept.push_back(Arc::clone(&group));
        let size = |kept: &VecDeque<Arc<Group>>| kept.iter().map(|group| group.size() as u64).sum::<u64>();
        while kept.len() > KEPT || (kept.len() > 2 && size(&kept) > MOST_VALUES) {
            kept.pop_front();
        }
        Ok(group)
    }

    fn read(&self, index: usize) -> Result<Group, TrajectoryError> {
        let (part, group) = self.groups[index];
        let part = &self.parts[part];
        let numbers = |column| part.numbers(group, column);
        let factors = part.factor_columns.iter().map(|&at| numbers(at)).collect::<Result<_, _>>()?;
        let states = match part.regime_column {
            Some(at) if !self.wanted.states.is_empty() => Some(part.states(group, at, &self.wanted.states)?),
            _ => None,
        };
        Ok(Group { index, paths: numbers(part.path_column)?, periods: numbers(part.period_column)?, factors, states })
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
                let hint = format!("expected path {expected}, period {period}: sort rows by path, then period");
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

impl TrajectorySource for ParquetFile {
    fn paths(&self) -> u64 {
        self.paths
    }

    fn fill(
        &self,
        first: u64,
        factors: &mut ArrayViewMut3<f32>,
        states: &mut ArrayViewMut2<u32>,
    ) -> Result<(), EngineError> {
        if !self.has_states() {
            states.fill(self.wanted.start_state);
        }
        Ok(self.take(first, factors, states)?)
    }
}
