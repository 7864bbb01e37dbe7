//! points.parquet: the numbers and values of the points that a store knows. The store of a shard knows its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::axis::Axis;
use super::batch::units;
use super::design::{MOST_POINTS, Points};
use super::disk;
use super::error::{SweepError, damaged};
use super::manifest::{Head, Manifest, hash};
use super::part::{self, values_hash};
use super::shard::Piece;
use super::tables::Axes;
use crate::engine::Progress;
use crate::scenario::{self, Setting, date};
use crate::storage::{Column, Table};

/// Points of a batch of the file.
const BATCH: usize = 1 << 16;

/// What the file says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// The identity of the manifest.
    sweep: String,
    /// The hash of all points of the design.
    design: String,
    /// The hash of the numbers and values of these points.
    values: String,
    /// The axes that have numbers and words.
    mixed: Vec<usize>,
}

/// The points that a store knows.
pub struct Known {
    /// By number; a point that is not known has no values.
    pub points: Points,
    /// Their numbers as they stand in the file.
    pub numbers: Vec<usize>,
    /// Whether those of the store's own shard come first, in the order in which they are computed. In stores of version 1 they
    /// stand in their own order.
    own_first: bool,
}

impl Known {
    /// The pieces of the store's shard, or none if that is all of the sweep; `None` if there are fewer points than it must have.
    pub fn pieces(&self, head: &Head) -> Option<Option<Vec<Piece>>> {
        let (shard, points) = (head.shard, head.manifest.design.points);
        if shard.count == 1 {
            return Some(None);
        }
        if !self.own_first {
            let units = units(&self.points, &axes(&head.manifest), shard);
            let pieces = units.iter().flat_map(|unit| unit.points.iter().map(|&point| (point, unit.part)));
            return Some(Some(pieces.collect()));
        }
        let pieces = shard.pieces(points);
        let first = pieces.start;
        let piece = |piece: usize| Some((*self.numbers.get((piece - first) % points)?, (piece / points) as u64));
        pieces.map(piece).collect::<Option<Vec<Piece>>>().map(Some)
    }
}

/// The axes that a manifest names.
fn axes(manifest: &Manifest) -> Vec<Axis> {
    // values of lists are not written out, and only paths matter here
    let axis = |path: &String| Axis::listed(path, Vec::new());
    manifest.design.axes.iter().map(|record| axis(&record.path)).collect()
}

/// Where the file is.
pub fn path(root: &Path) -> PathBuf {
    root.join("points.parquet")
}

/// Writes some of the points.
pub fn write(root: &Path, manifest: &Manifest, points: &Points, numbers: &[usize]) -> Result<(), SweepError> {
    let path = path(root);
    let mixed = (0..points.paths.len()).filter(|&axis| is_mixed(points, axis)).collect();
    let values = values_hash(points, numbers.iter().copied()).ok_or_else(|| damaged(&path))?;
    let note = Note { sweep: manifest.identity(), design: manifest.design.hash.clone(), values, mixed };
    let axes = Axes::of(points);
    let batches: Vec<&[usize]> = if numbers.is_empty() { vec![&[]] } else { numbers.chunks(BATCH).collect() };
    disk::write(&path, &part::encode(root, &batches, |numbers| axes.columns(numbers), &note)?)
}

fn is_mixed(points: &Points, axis: usize) -> bool {
    let word = |row: &Vec<Setting>| row.get(axis).map(|value| !matches!(value, Setting::Number(_)));
    let mut words = points.rows.iter().filter_map(word);
    words.next().is_some_and(|first| words.any(|word| word != first))
}

/// Reads the points, which must be those that the manifest speaks of.
pub fn read(root: &Path, manifest: &Manifest, go_on: &Progress) -> Result<Known, SweepError> {
    let path = path(root);
    let missing = || {
        SweepError::failed(
            format!("`{}` is missing", path.display()),
            "run the same sweep again: it writes the file again and keeps the results",
        )
    };
    let reader = part::open(&path)?.ok_or_else(missing)?;
    let note: Option<Note> = reader.note()?;
    let mixed = note.as_ref().map_or(&[][..], |note| &note.mixed);
    let mut points =
        Points { paths: manifest.design.axes.iter().map(|axis| axis.path.clone()).collect(), rows: Vec::new() };
    let mut numbers = Vec::new();
    for index in 0..reader.batches() {
        if !go_on(0) {
            return Err(SweepError::stopped());
        }
        let table = reader.batch(index)?;
        take(&table, mixed, &mut points, &mut numbers).ok_or_else(|| damaged(&path))?;
    }
    let known = match &note {
        Some(note) if note.design == manifest.design.hash && note.sweep == manifest.identity() => {
            values_hash(&points, numbers.iter().copied()).is_some_and(|hash| hash == note.values)
        }
        // a process that was killed while it added points left more of them than the manifest knows
        _ if numbers.iter().enumerate().all(|(at, &number)| at == number) => {
            points.rows.truncate(manifest.design.points);
            numbers.truncate(manifest.design.points);
            points.rows.len() == manifest.design.points && hash(&points) == manifest.design.hash
        }
        _ => false,
    };
    if known && points.rows.len() <= manifest.design.points {
        return Ok(Known { points, numbers, own_first: note.is_some() });
    }
    Err(SweepError::failed(
        format!("`{}` does not match the points in the manifest", path.display()),
        "run the same sweep again: it writes the file again and keeps the results",
    ))
}

/// Takes the rows of a batch; `None` if they cannot be right.
fn take(table: &Table, mixed: &[usize], points: &mut Points, numbers: &mut Vec<usize>) -> Option<()> {
    let ((_, Column::Whole(found)), axes) = table.split_first()? else { return None };
    if !axes.iter().map(|(name, _)| name).eq(points.paths.iter()) {
        return None;
    }
    for (at, &number) in found.iter().enumerate() {
        let number = usize::try_from(number).ok().filter(|&number| number < MOST_POINTS)?;
        let value = |(axis, (_, column)): (usize, &(String, Column))| match column {
            Column::Real(all) => all.get(at).copied().flatten().map(Setting::Number),
            Column::Text(all) => {
                let text = all.get(at)?;
                let number = scenario::number(text).filter(|_| mixed.contains(&axis)).map(Setting::Number);
                let date = || date(text).map(Setting::Date);
                Some(number.or_else(date).unwrap_or_else(|| Setting::Text(text.clone())))
            }
            _ => None,
        };
        let row = axes.iter().enumerate().map(value).collect::<Option<Vec<Setting>>>()?;
        if points.rows.len() <= number {
            points.rows.resize(number + 1, Vec::new());
        }
        if !points.rows[number].is_empty() {
            return None;
        }
        points.rows[number] = row;
        numbers.push(number);
    }
    Some(())
}

/// Writes the points if they are not in the store, or not what they were, since all is known. The points, with those that the store
/// knew before.
pub fn complete(
    root: &Path,
    before: Option<&Head>,
    head: &Head,
    mut points: Points,
    own: Option<&[Piece]>,
    go_on: &Progress,
) -> Result<Points, SweepError> {
    let known = before.and_then(|before| read(root, &before.manifest, go_on).ok());
    if !go_on(0) {
        return Err(SweepError::stopped());
    }
    points.rows.resize(head.manifest.design.points, Vec::new());
    let before_them: Vec<usize> = known.as_ref().map_or_else(Vec::new, |known| known.numbers.clone());
    if let Some(known) = known {
        for (row, before) in points.rows.iter_mut().zip(known.points.rows) {
            if row.is_empty() {
                *row = before;
            }
        }
    }
    let mut wanted: Vec<usize> = match own {
        Some(own) => own.iter().take(points.rows.len()).map(|(point, _)| *point).collect(),
        None => (0..points.rows.len()).filter(|&point| !points.rows[point].is_empty()).collect(),
    };
    let mut listed: BTreeSet<usize> = wanted.iter().copied().collect();
    wanted.extend(before_them.iter().copied().filter(|point| listed.insert(*point)));
    if wanted != before_them || before.is_none_or(|before| before.manifest.design != head.manifest.design) {
        write(root, &head.manifest, &points, &wanted)?;
    }
    Ok(points)
}
