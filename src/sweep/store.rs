//! The folder of a sweep: manifest, points, and results in whole parts.
//!
//! ```text
//! manifest.json     what determines the results
//! scenario.toml     as read
//! points.parquet    every point's number and values
//! results/          rows of finished points, in parts named after their points and their content
//! tallies/          parts of points whose paths are computed in several pieces, until they are joined
//! begun/            the first paths of points that are not done
//! runs/             a file for each process: when, where, how long
//! shard.json        which part of a sweep this store has, if it is not all
//! lock              held while a process writes
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::batch::Unit;
use super::design::Points;
use super::manifest::Manifest;
use super::opening::{
    lock, no_store, read_manifest, read_points, read_shard, refuse_other, refuse_other_folder, refuse_other_points,
    refuse_other_shard,
};
use super::rows::{self, FAILED, Row};
use super::{SweepError, begun, disk};
use crate::report::{Column, Table, parquet};
use crate::scenario::{Source, Syntax};
use crate::tally::{Tally, Word};

/// Which part of a sweep a process computes: the `index`-th of `count` equal shares; each point's paths are cut into `parts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    pub index: u64,
    pub count: u64,
    pub parts: u64,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Shard = Shard { index: 0, count: 1, parts: 1 };
}

/// A point of which a part of the paths is done: (point, part).
pub type Piece = (usize, u64);

/// A store, open.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    pub manifest: Manifest,
    pub points: Points,
    pub shard: Shard,
    /// Points with results, and whether they failed.
    done: BTreeMap<usize, bool>,
    /// Where the results of which points are.
    results: Vec<(PathBuf, Vec<usize>)>,
    /// Where the tallies of which pieces are.
    tallies: Vec<(PathBuf, Vec<Piece>)>,
    lock: Option<File>,
}

impl Store {
    /// Opens a store to look at it.
    pub fn read(root: &Path) -> Result<Self, SweepError> {
        let manifest = read_manifest(root)?.ok_or_else(|| no_store(root))?;
        let shard = read_shard(root)?;
        let points = read_points(root, &manifest)?;
        let mut store = Store {
            root: root.to_owned(),
            manifest,
            points,
            shard,
            done: BTreeMap::new(),
            results: Vec::new(),
            tallies: Vec::new(),
            lock: None,
        };
        store.scan()?;
        Ok(store)
    }

    /// Opens the store to look at it, if there is one, which must be of this sweep as for [`Store::open`].
    pub fn find(root: &Path, manifest: &Manifest, points: &Points, shard: Shard) -> Result<Option<Self>, SweepError> {
        let Some(before) = read_manifest(root)? else {
            refuse_other_folder(root)?;
            return Ok(None);
        };
        refuse_other(root, &before, manifest)?;
        refuse_other_points(root, &before, points)?;
        refuse_other_shard(root, shard)?;
        Self::read(root).map(Some)
    }

    /// Opens or makes a store to write to it. One that exists must be of the same sweep, or of a sweep whose points begin as
    /// these do. A second process is refused.
    pub fn open(
        root: &Path,
        manifest: Manifest,
        points: Points,
        scenario: &Source,
        shard: Shard,
    ) -> Result<Self, SweepError> {
        if root.is_file() {
            return Err(SweepError::usage(format!("`{}` is a file", root.display()), "name a folder for the store"));
        }
        disk::make_folder(root)?;
        let lock = lock(root)?;
        let before = read_manifest(root)?;
        match &before {
            Some(before) => {
                refuse_other(root, before, &manifest)?;
                refuse_other_points(root, before, &points)?;
                refuse_other_shard(root, shard)?;
            }
            None => refuse_other_folder(root)?,
        }
        for folder in ["", "results", "tallies", "runs", begun::FOLDER] {
            disk::make_folder(&root.join(folder))?;
            disk::clean(&root.join(folder));
        }
        if before.as_ref() != Some(&manifest) {
            let name = if scenario.syntax() == Syntax::Toml { "scenario.toml" } else { "scenario.json" };
            disk::write(&root.join(name), scenario.text.as_bytes())?;
            let all: Vec<usize> = (0..points.rows.len()).collect();
            disk::write(&root.join("points.parquet"), &encode(root, &rows::point_columns(&points, &all))?)?;
            if shard != Shard::WHOLE {
                disk::write(&root.join("shard.json"), format!("{:#}\n", serde_json::json!(shard)).as_bytes())?;
            }
            // last, since a store is one once it has this
            disk::write(&root.join("manifest.json"), format!("{:#}\n", serde_json::json!(manifest)).as_bytes())?;
        }
        let (done, results, tallies) = Default::default();
        let mut store =
            Store { root: root.to_owned(), manifest, points, shard, done, results, tallies, lock: Some(lock) };
        store.scan()?;
        Ok(store)
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Points with results, failed ones included.
    pub fn done(&self) -> usize {
        self.done.len()
    }

    /// Whether a point has results.
    pub fn has(&self, point: usize) -> bool {
        self.done.contains_key(&point)
    }

    /// Points that failed.
    pub fn failed(&self) -> Vec<usize> {
        self.done.iter().filter(|(_, failed)| **failed).map(|(point, _)| *point).collect()
    }

    /// Points without results.
    pub fn missing(&self) -> Vec<usize> {
        (0..self.points.rows.len()).filter(|point| !self.has(*point)).collect()
    }

    /// Pieces of points without results that are done.
    pub fn pieces(&self) -> BTreeSet<Piece> {
        self.tallies.iter().flat_map(|(_, pieces)| pieces).copied().collect()
    }

    /// What of these units is still to be computed.
    pub fn open_units(&self, units: &[Unit]) -> Vec<Unit> {
        let pieces = self.pieces();
        let open = |unit: &Unit| -> Unit {
            let open = |point: &&usize| !self.has(**point) && !pieces.contains(&(**point, unit.part));
            Unit { points: unit.points.iter().filter(open).copied().collect(), part: unit.part }
        };
        units.iter().map(open).filter(|unit| !unit.points.is_empty()).collect()
    }

    /// How many pieces of these units are still to be computed.
    pub fn open_pieces(&self, units: &[Unit]) -> usize {
        self.open_units(units).iter().map(|unit| unit.points.len()).sum()
    }

    /// Commits results of points, which must be new: when this returns they are on the disk.
    pub fn commit(&mut self, results: &[(usize, Vec<Row>)]) -> Result<(), SweepError> {
        let (Some((first, _)), Some((last, _))) = (results.first(), results.last()) else { return Ok(()) };
        let table = rows::table(&self.points, results, &self.manifest.asked());
        let path = self.write_part("results", *first, *last, &table)?;
        for (point, rows) in results {
            self.done.insert(*point, is_failed(rows));
        }
        self.results.push((path, results.iter().map(|(point, _)| *point).collect()));
        Ok(())
    }

    /// Commits tallies of pieces of points.
    pub fn commit_pieces(&mut self, pieces: &[(Piece, Tally)]) -> Result<(), SweepError> {
        let words: Vec<(Piece, Vec<Word>)> = pieces.iter().map(|(piece, tally)| (*piece, tally.words())).collect();
        let words = words.iter().map(|(piece, words)| (*piece, words.as_slice()));
        if let Some(path) = self.write_words("tallies", words)? {
            self.tallies.push((path, pieces.iter().map(|(piece, _)| *piece).collect()));
        }
        Ok(())
    }

    /// Writes tallies of pieces as a part; none if there are none.
    pub(super) fn write_words<'a>(
        &self,
        folder: &str,
        pieces: impl Iterator<Item = (Piece, &'a [Word])> + Clone,
    ) -> Result<Option<PathBuf>, SweepError> {
        let (Some(((first, _), _)), Some(((last, _), _))) = (pieces.clone().next(), pieces.clone().last()) else {
            return Ok(None);
        };
        self.write_part(folder, first, last, &word_table(pieces)).map(Some)
    }

    /// The tallies of a part that [`Store::write_words`] wrote.
    pub(super) fn read_words(&self, path: &Path) -> Result<Vec<(Piece, Word)>, SweepError> {
        whole(path)?;
        piece_words(path)
    }

    fn write_part(&self, folder: &str, first: usize, last: usize, table: &Table) -> Result<PathBuf, SweepError> {
        let bytes = encode(&self.root, table)?;
        let path = self.root.join(folder).join(disk::part_name(folder, first, last, &bytes));
        disk::write(&path, &bytes)?;
        Ok(path)
    }

    /// Every part's results in turn, points in the order in which they were computed.
    pub fn results(&self) -> impl Iterator<Item = Result<Vec<(usize, Vec<Row>)>, SweepError>> + '_ {
        self.results.iter().map(|(path, _)| self.read_results(path))
    }

    /// The tallies of some pieces.
    pub fn read_pieces(
        &self,
        wanted: &BTreeSet<Piece>,
        empty: impl Fn(usize) -> Tally,
    ) -> Result<BTreeMap<Piece, Tally>, SweepError> {
        let mut found = BTreeMap::new();
        let holding = self.tallies.iter().filter(|(_, pieces)| pieces.iter().any(|piece| wanted.contains(piece)));
        for (path, _) in holding {
            let all = piece_words(path)?;
            for (piece, word) in all {
                if !wanted.contains(&piece) {
                    continue;
                }
                let tally = found.entry(piece).or_insert_with(|| empty(piece.0));
                if !tally.set_word(word) {
                    return Err(damaged(path));
                }
            }
        }
        Ok(found)
    }

    /// Removes tallies all of whose points have results.
    pub fn drop_joined(&mut self) {
        let done = &self.done;
        let (joined, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.tallies)
            .into_iter()
            .partition(|(_, pieces)| pieces.iter().all(|(point, _)| done.contains_key(point)));
        self.tallies = kept;
        for (path, _) in joined {
            // should it stay, the next process removes it
            let _ = fs::remove_file(path);
        }
    }

    /// Writes a file of what changes from run to run.
    pub fn write_run(&self, name: &str, content: &serde_json::Value) -> Result<(), SweepError> {
        disk::write(&self.root.join("runs").join(name), format!("{content:#}\n").as_bytes())
    }

    /// What processes noted of their runs.
    pub fn runs(&self) -> Vec<serde_json::Value> {
        let files = disk::files(&self.root.join("runs")).unwrap_or_default();
        files.iter().filter_map(|path| serde_json::from_slice(&fs::read(path).ok()?).ok()).collect()
    }

    /// Sees what is done.
    fn scan(&mut self) -> Result<(), SweepError> {
        for path in disk::files(&self.root.join("results"))? {
            whole(&path)?;
            let results = self.read_results(&path)?;
            for (point, rows) in &results {
                if self.done.insert(*point, is_failed(rows)).is_some() {
                    return Err(SweepError::failed(
                        format!("`{}` has point {point}, which another part has as well", path.display()),
                        "remove one of the parts that were put there by hand",
                    ));
                }
            }
            self.results.push((path, results.into_iter().map(|(point, _)| point).collect()));
        }
        for path in disk::files(&self.root.join("tallies"))? {
            whole(&path)?;
            let pieces: BTreeSet<Piece> = piece_words(&path)?.into_iter().map(|(piece, _)| piece).collect();
            self.tallies.push((path, pieces.into_iter().collect()));
        }
        if self.lock.is_some() {
            self.drop_joined();
        }
        Ok(())
    }

    fn read_results(&self, path: &Path) -> Result<Vec<(usize, Vec<Row>)>, SweepError> {
        let table = parquet::read(path).map_err(|error| SweepError::unreadable(path, error))?;
        rows::from_table(&table, &self.points, &self.manifest.asked()).ok_or_else(|| damaged(path))
    }
}

fn is_failed(rows: &[Row]) -> bool {
    rows.iter().any(|row| row.texts[0] == FAILED)
}

fn whole(path: &Path) -> Result<(), SweepError> {
    if disk::is_whole(path)? { Ok(()) } else { Err(damaged(path)) }
}

/// What is said of a part that is not what it was.
pub(super) fn damaged(path: &Path) -> SweepError {
    SweepError::failed(
        format!("`{}` is damaged: its content is not what its name says", path.display()),
        "restore it, or remove it: its points are then computed again, and the others stay",
    )
}

fn encode(root: &Path, table: &Table) -> Result<Vec<u8>, SweepError> {
    parquet::encode(table).map_err(|error| SweepError::unwritable(root, error))
}

pub(super) fn word_table<'a>(pieces: impl Iterator<Item = (Piece, &'a [Word])>) -> Table {
    let mut columns: [Vec<i64>; 6] = Default::default();
    for ((point, part), words) in pieces {
        for &Word { item, index, key, value } in words {
            let row = [point as i64, part as i64, item, index, key, value];
            columns.iter_mut().zip(row).for_each(|(column, x)| column.push(x));
        }
    }
    let names = ["point", "part", "item", "index", "key", "value"];
    names.into_iter().zip(columns).map(|(name, column)| (name.to_string(), Column::Whole(column))).collect()
}

fn piece_words(path: &Path) -> Result<Vec<(Piece, Word)>, SweepError> {
    let table = parquet::read(path).map_err(|error| SweepError::unreadable(path, error))?;
    let columns: Option<Vec<&Vec<i64>>> =
        table.iter().map(|(_, column)| if let Column::Whole(all) = column { Some(all) } else { None }).collect();
    let columns = columns.filter(|columns| columns.len() == 6).ok_or_else(|| damaged(path))?;
    let rows = columns.iter().map(|column| column.len()).min().unwrap_or(0);
    let row = |at: usize| {
        let [point, part, item, index, key, value] = [0, 1, 2, 3, 4, 5].map(|column: usize| columns[column][at]);
        Some(((usize::try_from(point).ok()?, u64::try_from(part).ok()?), Word { item, index, key, value }))
    };
    (0..rows).map(|at| row(at).ok_or_else(|| damaged(path))).collect()
}
