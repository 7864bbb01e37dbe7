//! Rows as tables, and tables as rows. Columns are named as in the result document, so that
//! `figures.system.value.quantiles.0.5.low` is column `quantiles.0.5.low` of the row `figures`, `system`, `value`.

use super::design::Points;
use super::rows::{FAILED, Known, Row, Sampled, plain};
use crate::result::{EstimateRequest, Level, Part, Statistic, Subject};
use crate::scenario::Setting;
use crate::storage::{Column, Table};

/// Columns that sweeps with targets have: the paths of the point, and 1 if its targets are met, or else 0.
const SAMPLED: [&str; 2] = ["paths", "targets_met"];

/// Columns that every row has, before the numbers.
const TEXTS: [&str; 6] = ["kind", "owner", "name", "unit", "side", "note"];

/// Whether a column of the results has this name, so that an axis cannot have it.
pub fn is_taken(name: &str, asked: &EstimateRequest) -> bool {
    name == "point"
        || TEXTS.contains(&name)
        || SAMPLED.contains(&name)
        || columns(asked, true).iter().any(|column| column.to_string() == name)
}

/// The statistics that rows have columns for, with those that only losses have.
fn columns(asked: &EstimateRequest, losses: bool) -> Vec<Statistic> {
    let estimates = |levels: &[f64], of: fn(Level, Part) -> Statistic| -> Vec<Statistic> {
        levels.iter().flat_map(|&level| Part::ALL.map(|part| of(Level::new(level), part))).collect()
    };
    [
        Statistic::OF_FIGURE.to_vec(),
        estimates(&asked.quantiles, Statistic::Quantile),
        estimates(&asked.levels, Statistic::Var),
        estimates(&asked.levels, Statistic::Shortfall),
        Statistic::OF_OCCURRENCE.to_vec(),
        estimates(&asked.quantiles, Statistic::TimeQuantile),
        if losses { Statistic::GIVEN_BUBBLE.to_vec() } else { Vec::new() },
    ]
    .concat()
}

/// Results of points in parts of so many rows at most, unless a point alone has more.
pub fn parts(results: &[(usize, Vec<Row>)], most: usize) -> Vec<&[(usize, Vec<Row>)]> {
    let (mut parts, mut left) = (Vec::new(), results);
    while !left.is_empty() {
        let mut rows = 0;
        let fits = |(_, more): &&(usize, Vec<Row>)| {
            rows += more.len();
            rows <= most
        };
        let (first, rest) = left.split_at(left.iter().take_while(fits).count().max(1));
        parts.push(first);
        left = rest;
    }
    parts
}

/// Rows of a table at most, unless a point alone has more: the tables of a file are made and encoded beside each other.
pub const ROWS_OF_TABLE: usize = 1 << 12;

/// What all tables of some results have in common.
pub struct Layout<'a> {
    axes: Axes<'a>,
    statistics: Vec<Statistic>,
    /// Whether there are paths of targets.
    sampled: bool,
}

impl<'a> Layout<'a> {
    pub fn of(points: &'a Points, results: &[(usize, Vec<Row>)], asked: &EstimateRequest) -> Self {
        let each = || results.iter().flat_map(|(_, rows)| rows);
        let is_loss = |row: &Row| matches!(row, Row::Known(Known { subject: Subject::Loss { .. }, .. }));
        let statistics = columns(asked, each().any(is_loss));
        Layout { axes: Axes::of(points), statistics, sampled: each().any(|row| row.sampled().is_some()) }
    }

    /// Rows of some of these points: the point's number and values, texts, numbers.
    pub fn table(&self, results: &[(usize, Vec<Row>)]) -> Table {
        let each = || results.iter().flat_map(|(point, rows)| rows.iter().map(move |row| (*point, row)));
        let numbers: Vec<usize> = each().map(|(point, _)| point).collect();
        let mut table = self.axes.columns(&numbers);
        for (place, name) in TEXTS.iter().enumerate() {
            let texts = each().map(|(_, row)| row.texts()[place].to_owned());
            table.push((name.to_string(), Column::Text(texts.collect())));
        }
        if self.sampled {
            let column =
                |of: fn(Sampled) -> i64| Column::Whole(each().map(|(_, row)| row.sampled().map_or(0, of)).collect());
            table.push((SAMPLED[0].to_owned(), column(|of| of.paths as i64)));
            table.push((SAMPLED[1].to_owned(), column(|of| i64::from(of.met))));
        }
        // numbers stand in the order of columns, so that each row is gone through once
        let mut left: Vec<&[(Statistic, f64)]> = each().map(|(_, row)| row.numbers()).collect();
        for statistic in &self.statistics {
            let next = |left: &mut &[(Statistic, f64)]| match left {
                [(first, number), rest @ ..] if first == statistic => {
                    let number = *number;
                    *left = rest;
                    Some(number)
                }
                _ => None,
            };
            table.push((statistic.to_string(), Column::Real(left.iter_mut().map(next).collect())));
        }
        debug_assert!(left.iter().all(|left| left.is_empty()), "a number has no column");
        table
    }
}

/// The axes of points as columns.
pub struct Axes<'a> {
    points: &'a Points,
    /// Of each axis, whether all its values are numbers.
    numeric: Vec<bool>,
}

impl<'a> Axes<'a> {
    pub fn of(points: &'a Points) -> Self {
        let is_number = |value: &Setting| matches!(value, Setting::Number(_));
        let numeric = |axis: usize| points.rows.iter().filter_map(|row| row.get(axis)).all(is_number);
        Axes { points, numeric: (0..points.paths.len()).map(numeric).collect() }
    }

    /// The columns `point` and one for each axis: numbers if all its values are, or else text.
    pub fn columns(&self, chosen: &[usize]) -> Table {
        let mut table = vec![("point".to_string(), Column::Whole(chosen.iter().map(|&point| point as i64).collect()))];
        for (axis, (path, numeric)) in self.points.paths.iter().zip(&self.numeric).enumerate() {
            let values = chosen.iter().map(|&point| &self.points.rows[point][axis]);
            let number = |value: &Setting| if let Setting::Number(x) = value { Some(*x) } else { None };
            let column = if *numeric {
                Column::Real(values.map(number).collect())
            } else {
                Column::Text(values.map(plain).collect())
            };
            table.push((path.clone(), column));
        }
        table
    }
}

/// Whether a column has the values of an axis that these points have.
fn has_values(column: &Column, axis: usize, points: &Points, numbers: &[i64]) -> bool {
    let value = |number: i64| usize::try_from(number).ok().and_then(|point| points.rows.get(point)?.get(axis));
    let is = |at: usize, number: i64| match (value(number), column) {
        (Some(Setting::Number(expected)), Column::Real(found)) => {
            found.get(at).copied().flatten().is_some_and(|found| found.to_bits() == expected.to_bits())
        }
        (Some(expected), Column::Text(found)) => found.get(at).is_some_and(|found| *found == plain(expected)),
        _ => false,
    };
    numbers.iter().enumerate().all(|(at, &number)| is(at, number))
}

/// The rows of tables that [`Layout`] made of these points, by point in their order; `None` if it is another.
pub fn from_table(table: &Table, points: &Points, asked: &EstimateRequest) -> Option<Vec<(usize, Vec<Row>)>> {
    let find = |name: &str| table.iter().find(|(column, _)| column == name).map(|(_, column)| column);
    let Column::Whole(numbers) = find("point")? else { return None };
    let mut axes = points.paths.iter().enumerate();
    if !axes.all(|(axis, path)| find(path).is_some_and(|column| has_values(column, axis, points, numbers))) {
        return None;
    }
    let text = |name: &str| if let Column::Text(all) = find(name)? { Some(all) } else { None };
    let (kinds, owners, names) = (text("kind")?, text("owner")?, text("name")?);
    let (units, notes) = (text("unit")?, text("note")?);
    let whole = |name: &str| if let Column::Whole(all) = find(name)? { Some(all) } else { None };
    let paths_and_met = whole(SAMPLED[0]).zip(whole(SAMPLED[1]));
    let sampled = |at: usize| {
        let (paths, met) = paths_and_met?;
        Some(Sampled { paths: u64::try_from(*paths.get(at)?).ok()?, met: *met.get(at)? == 1 })
    };
    let mut reals: Vec<(Statistic, &Vec<Option<f64>>)> = Vec::new();
    let losses = Statistic::GIVEN_BUBBLE.iter().any(|statistic| find(&statistic.to_string()).is_some());
    for statistic in columns(asked, losses) {
        let Column::Real(all) = find(&statistic.to_string())? else { return None };
        reals.push((statistic, all));
    }
    if reals.iter().any(|(_, column)| column.len() != numbers.len()) {
        return None;
    }
    let mut results: Vec<(usize, Vec<Row>)> = Vec::new();
    for (at, &number) in numbers.iter().enumerate() {
        let point = usize::try_from(number)
            .ok()
            .filter(|&point| points.rows.get(point).is_some_and(|row| row.len() == points.paths.len()))?;
        let row = match kinds.get(at)?.as_str() {
            FAILED => Row::Failed(notes.get(at)?.clone()),
            kind => Row::Known(Known {
                subject: Subject::of(kind, owners.get(at)?, names.get(at)?)?,
                unit: units.get(at)?.clone(),
                numbers: reals.iter().filter_map(|&(statistic, column)| Some((statistic, column[at]?))).collect(),
                sampled: sampled(at),
            }),
        };
        match results.last_mut() {
            Some((last, rows)) if *last == point => rows.push(row),
            _ => results.push((point, vec![row])),
        }
    }
    Some(results)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::rows::{get, rows};
    use super::*;
    use crate::result::Key;
    use crate::result::testing::document;
    use crate::storage::{TableReader, parquet};

    #[test]
    fn a_table_gives_back_the_rows_it_was_made_of() {
        let points = Points { paths: Vec::new(), rows: vec![Vec::new(), Vec::new()] };
        let asked = EstimateRequest::default();
        let mut document = document(2, 300, &asked);
        let occurrences = document.events.values_mut().flat_map(|events| events.values_mut());
        let once = [&mut document.tranches, &mut document.failures, &mut document.workouts, &mut document.bubble];
        let once = once.into_iter().flat_map(|found| found.values_mut());
        occurrences.chain(once).for_each(|found| found.by_period.clear());
        let results = vec![(0, rows(&document, None)), (1, vec![Row::Failed("it has no end".to_owned())])];
        let given: Key = "losses.Vendor0.alpha.given_bubble.mean".parse().expect("it is a key");
        assert_eq!(get(&results[0].1, &given), document.get(&given).flatten());
        let written = Layout::of(&points, &results, &asked).table(&results);
        assert_eq!(from_table(&written, &points, &asked), Some(results.clone()));
        assert!(written.iter().any(|(name, _)| name == "given_bubble.se"));
        let plain = results[0].1.iter().filter(|row| row.texts()[0] != "losses").cloned().collect();
        let plain = vec![(0, plain)];
        let written = Layout::of(&points, &plain, &asked).table(&plain);
        assert!(written.iter().all(|(name, _)| name != "given_bubble.se"), "other tables stay as they were");
        assert_eq!(from_table(&written, &points, &asked), Some(plain));
        assert!(written.iter().all(|(name, _)| !SAMPLED.contains(&name.as_str())));
        let sampled = rows(&document, Some(Sampled { paths: 1 << 33, met: false }));
        let results = vec![(0, sampled), (1, vec![Row::Failed("it has no end".to_owned())])];
        let written = Layout::of(&points, &results, &asked).table(&results);
        assert_eq!(from_table(&written, &points, &asked), Some(results));
    }

    #[test]
    fn tables_of_parts_are_read_as_one_and_do_not_depend_on_threads() {
        let points = Points { paths: Vec::new(), rows: vec![Vec::new(); 3] };
        let asked = EstimateRequest::default();
        let rows = |point: usize| {
            let mut rows = rows(&document(1, 100 + point as u64, &asked), None);
            rows.retain(|row| matches!(row, Row::Known(known) if known.subject.kind() == "figures"));
            rows
        };
        let results: Vec<_> = (0..3).map(|point| (point, rows(point))).collect();
        let few = parts(&results, results[0].1.len() + 1);
        assert_eq!((few.len(), parts(&results, 1).len(), parts(&results, usize::MAX).len()), (3, 3, 1));
        let layout = Layout::of(&points, &results, &asked);
        let encode = || parquet::encode(&few, |part| layout.table(part), ("", String::new())).expect("it is encoded");
        let reader = TableReader::new(Bytes::from(encode())).expect("it is Parquet");
        assert_eq!(reader.batches(), 3);
        let read = reader.read().expect("it is ours");
        assert_eq!(from_table(&read, &points, &asked), Some(results.clone()));
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        assert_eq!(alone.install(encode), encode());
    }
}
