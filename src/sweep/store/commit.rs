//! What a process writes to its store.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use super::{MOST_ROWS, Store};
use crate::result::EstimateRequest;
use crate::sweep::design::Points;
use crate::sweep::disk;
use crate::sweep::error::SweepError;
use crate::sweep::part::{self, Note, values_hash};
use crate::sweep::ranges::ranges;
use crate::sweep::rows::{Row, failure};
use crate::sweep::shard::Piece;
use crate::sweep::tables::{Layout, ROWS_OF_TABLE, parts};
use crate::sweep::tallies::{self, MOST_PIECES, TallyPart};
use crate::tally::{Tally, Word};

/// What results are written with, apart from their store: they go to the disk while the store is used.
pub(in crate::sweep) struct ResultWriter {
    root: PathBuf,
    identity: String,
    points: Arc<Points>,
    asked: EstimateRequest,
}

/// Results that are on the disk and that their store does not know yet.
pub(in crate::sweep) struct Written {
    parts: Vec<PathBuf>,
    /// Their points, and whether they failed.
    done: BTreeMap<usize, bool>,
}

impl ResultWriter {
    /// Writes results of points: when this returns they are on the disk.
    pub fn write(&self, results: &[(usize, Vec<Row>)]) -> Result<Written, SweepError> {
        let mut written = Written { parts: Vec::new(), done: BTreeMap::new() };
        for part in parts(results, MOST_ROWS) {
            self.write_part(part, &mut written)?;
        }
        Ok(written)
    }

    fn write_part(&self, results: &[(usize, Vec<Row>)], written: &mut Written) -> Result<(), SweepError> {
        let (Some((first, _)), Some((last, _))) = (results.first(), results.last()) else { return Ok(()) };
        let done: BTreeMap<usize, bool> =
            results.iter().map(|(point, rows)| (*point, failure(rows).is_some())).collect();
        let note = Note {
            sweep: self.identity.clone(),
            values: values_hash(&self.points, done.keys().copied()).unwrap_or_default(),
            points: ranges(done.keys().copied()),
            failed: ranges(done.iter().filter(|(_, failed)| **failed).map(|(point, _)| *point)),
            pieces: Vec::new(),
        };
        let layout = Layout::of(&self.points, results, &self.asked);
        let parts = parts(results, ROWS_OF_TABLE);
        let tables = (parts.as_slice(), |results: &&[_]| layout.table(results));
        written.parts.push(part::write(&self.root.join("results"), "results", (*first, *last), tables, &note)?);
        written.done.extend(done);
        Ok(())
    }
}

impl Store {
    /// What results are written with, which [`Store::add`] then takes note of.
    pub(in crate::sweep) fn writer(&self) -> ResultWriter {
        ResultWriter {
            root: self.root.clone(),
            identity: self.identity.clone(),
            points: self.points.clone(),
            asked: self.manifest.asked(),
        }
    }

    /// Takes note of results that are on the disk.
    pub(in crate::sweep) fn add(&mut self, written: Written) {
        self.results.extend(written.parts);
        self.done.extend(written.done);
    }

    /// Commits results of points, which must be new: when this returns they are on the disk.
    pub fn commit(&mut self, results: &[(usize, Vec<Row>)]) -> Result<(), SweepError> {
        let written = self.writer().write(results)?;
        self.add(written);
        Ok(())
    }

    /// Commits tallies of pieces of points.
    pub fn commit_pieces(&mut self, pieces: &[(Piece, Tally)]) -> Result<(), SweepError> {
        for pieces in pieces.chunks(MOST_PIECES) {
            let words: Vec<(Piece, Vec<Word>)> = pieces.iter().map(|(piece, tally)| (*piece, tally.words())).collect();
            self.commit_words(&words)?;
        }
        Ok(())
    }

    /// Commits tallies of pieces as their words.
    pub(in crate::sweep) fn commit_words(&mut self, pieces: &[(Piece, Vec<Word>)]) -> Result<(), SweepError> {
        for pieces in pieces.chunks(MOST_PIECES) {
            let words: Vec<(Piece, &[Word])> = pieces.iter().map(|(piece, words)| (*piece, words.as_slice())).collect();
            let part = self.write_words("tallies", &words)?;
            self.tallies.push(Arc::new(part));
        }
        Ok(())
    }

    /// Writes tallies of pieces as a part.
    pub(in crate::sweep) fn write_words(
        &self,
        folder: &str,
        pieces: &[(Piece, &[Word])],
    ) -> Result<TallyPart, SweepError> {
        tallies::write(&self.root.join(folder), folder, &self.identity, &self.points, pieces)
    }

    /// Removes tallies all of whose points have results.
    pub fn drop_joined(&mut self) {
        let done = &self.done;
        let (joined, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.tallies)
            .into_iter()
            .partition(|part| part.pieces.keys().all(|(point, _)| done.contains_key(point)));
        self.tallies = kept;
        for part in joined {
            // should it stay, the next process removes it
            let _ = fs::remove_file(&part.path);
        }
    }

    /// Writes a file of what changes from run to run.
    pub fn write_run(&self, name: &str, content: &serde_json::Value) -> Result<(), SweepError> {
        disk::write(&self.root.join("runs").join(name), format!("{content:#}\n").as_bytes())
    }
}
