//! What a store has: what its parts say of themselves, and what they hold.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::Store;
use crate::engine::Progress;
use crate::sweep::begun::Begun;
use crate::sweep::disk;
use crate::sweep::error::SweepError;
use crate::sweep::part::{self, Note, foreign};
use crate::sweep::ranges::numbers;
use crate::sweep::rows::{Row, failure};
use crate::sweep::tables::from_table;
use crate::sweep::tallies::{self, TallyPart};

impl Store {
    /// Every part's results in turn, points in the order in which they were computed.
    pub fn results(&self) -> impl Iterator<Item = Result<Vec<(usize, Vec<Row>)>, SweepError>> + '_ {
        self.results.iter().map(|path| self.read_results(path))
    }

    /// What processes noted of their runs.
    pub fn runs(&self) -> Vec<serde_json::Value> {
        let ours = |name: &str| name.ends_with(".json") && !name.starts_with('.');
        let files = disk::files(&self.root.join("runs"), ours).unwrap_or_default();
        files.iter().filter_map(|path| serde_json::from_slice(&disk::read(path, disk::MOST_TEXT).ok()?).ok()).collect()
    }

    /// Reads everything, and compares it with its hashes; `go_on` may end it early.
    pub fn verify(&self, go_on: &Progress) -> Result<(), SweepError> {
        for results in self.results() {
            results?;
            if !go_on(1) {
                return Err(SweepError::stopped());
            }
        }
        for part in &self.tallies {
            for piece in part.pieces.keys() {
                part.words(&[*piece])?;
                if !go_on(1) {
                    return Err(SweepError::stopped());
                }
            }
        }
        Begun::read(self).map(drop)
    }

    /// Sees what is done: reads what parts say of themselves, not what they hold.
    pub(super) fn scan(&mut self, go_on: &Progress) -> Result<(), SweepError> {
        // tallies first: when they are gone, the results that they were joined to are there already
        self.tallies = self.tally_parts("tallies", go_on)?.into_iter().map(Arc::new).collect();
        for path in disk::files(&self.root.join("results"), |name| disk::is_part_name("results", name))? {
            if !go_on(0) {
                return Err(SweepError::stopped());
            }
            let Some(reader) = part::open(&path)? else { continue };
            let done: Vec<(usize, bool)> = match reader.note::<Note>()? {
                Some(note) if note.pieces.is_empty() && note.belongs(&self.identity, &self.points) => {
                    let failed: BTreeSet<usize> = numbers(&note.failed).take(self.points.rows.len()).collect();
                    numbers(&note.points).map(|point| (point, failed.contains(&point))).collect()
                }
                None if self.is_old() => {
                    self.read_results(&path)?.iter().map(|(point, rows)| (*point, failure(rows).is_some())).collect()
                }
                _ => return Err(foreign(&path)),
            };
            for (point, failed) in done {
                if self.done.insert(point, failed).is_some() {
                    return Err(SweepError::failed(
                        format!("`{}` has point {point}, which another part also has", path.display()),
                        "remove one of the two parts",
                    ));
                }
            }
            self.results.push(path);
        }
        Ok(())
    }

    /// The parts of a folder that have tallies.
    pub(in crate::sweep) fn tally_parts(&self, folder: &str, go_on: &Progress) -> Result<Vec<TallyPart>, SweepError> {
        let mut parts = Vec::new();
        for path in disk::files(&self.root.join(folder), |name| disk::is_part_name(folder, name))? {
            if !go_on(0) {
                return Err(SweepError::stopped());
            }
            let Some(part) = tallies::open(&path, &self.identity, &self.points, self.is_old())? else { continue };
            if part.pieces.keys().any(|(_, part)| *part >= self.shard.parts) {
                return Err(foreign(&path));
            }
            parts.push(part);
        }
        Ok(parts)
    }

    /// Whether it is a store of version 1, where parts say nothing of themselves.
    fn is_old(&self) -> bool {
        self.manifest.store_version == 1
    }

    fn read_results(&self, path: &Path) -> Result<Vec<(usize, Vec<Row>)>, SweepError> {
        let reader = part::read_whole(path)?;
        let note = reader.note::<Note>()?;
        let results = from_table(&reader.read()?, &self.points, &self.manifest.asked());
        let results = results.ok_or_else(|| foreign(path))?;
        let found: BTreeSet<usize> = results.iter().map(|(point, _)| *point).collect();
        let ours = note.map_or(self.is_old(), |note| numbers(&note.points).eq(found.iter().copied()));
        if ours && found.len() == results.len() { Ok(results) } else { Err(foreign(path)) }
    }
}
