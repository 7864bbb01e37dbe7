//! The folder of a sweep: manifest, points, and results in whole parts.
//!
//! ```text
//! manifest.json     what determines the results, and which shard the store is of, with a checksum
//! scenario.toml     as read
//! points.parquet    number and values of every point, or of those of the shard
//! results/          rows of finished points, in parts named after their points and their content
//! tallies/          parts of points whose paths are computed in several pieces, until they are joined
//! begun/            the first paths of points that are not done
//! runs/             a file for each process: when, where, how long
//! lock              held while a process writes
//! ```
//!
//! Invariant: a part counts only if its footer names this sweep, and points that this store knows by the same values.

mod commit;
mod scan;

pub(super) use commit::{ResultWriter, Written};

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::design::Points;
use super::error::{SweepError, damaged};
use super::manifest::{Head, Manifest};
use super::open::{
    FOLDERS, lock, no_store, read_head, refuse_other, refuse_other_folder, refuse_other_points, refuse_other_shard,
    write_head, write_scenario,
};
use super::shard::{Piece, Shard, Unit};
use super::tallies::TallyPart;
use super::{disk, known};
use crate::engine::Progress;
use crate::scenario::Source;

/// Rows of a part at most, unless one point has more: its table takes some tens of megabytes while it is written.
pub(super) const MOST_ROWS: usize = 1 << 14;

/// A store, open.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    pub manifest: Manifest,
    /// All points of the design; those that the store does not know, since they are another shard's, have no values.
    pub points: Arc<Points>,
    pub shard: Shard,
    /// What each part carries.
    identity: String,
    /// The pieces of the shard, if it is not all of the sweep.
    own: Option<Vec<Piece>>,
    /// Points with results, and whether they failed.
    done: BTreeMap<usize, bool>,
    /// Where results are.
    results: Vec<PathBuf>,
    /// Where tallies are.
    tallies: Vec<Arc<TallyPart>>,
    lock: Option<File>,
}

impl Store {
    /// Opens a store to look at it.
    pub fn read(root: &Path) -> Result<Self, SweepError> {
        Self::look(root, &|_| true)
    }

    /// Opens a store to look at it, while others may write to it; `go_on` may end it early.
    pub fn look(root: &Path, go_on: &Progress) -> Result<Self, SweepError> {
        let mut head = read_head(root)?.ok_or_else(|| no_store(root))?;
        let known = loop {
            match known::read(root, &head.manifest, go_on) {
                Ok(known) => break known,
                Err(error) => {
                    // whoever adds points writes them before the manifest
                    std::thread::sleep(std::time::Duration::from_millis(100));
                    let now = read_head(root)?.ok_or_else(|| no_store(root))?;
                    if now == head {
                        return Err(error);
                    }
                    head = now;
                }
            }
        };
        let own = known.pieces(&head).ok_or_else(|| damaged(&known::path(root)))?;
        let mut store = Self::new(root, head, known.points, own, None);
        store.scan(go_on)?;
        Ok(store)
    }

    /// Opens the store to look at it, if there is one, which must be of this sweep as for [`Store::open`].
    pub fn find(
        root: &Path,
        manifest: &Manifest,
        points: &Points,
        scenario: &Source,
        shard: Shard,
    ) -> Result<Option<Self>, SweepError> {
        let Some(before) = read_head(root)? else {
            refuse_other_folder(root, scenario)?;
            return Ok(None);
        };
        refuse_other(root, &before.manifest, manifest)?;
        refuse_other_points(root, &before.manifest, manifest, points)?;
        refuse_other_shard(root, before.shard, shard)?;
        Self::read(root).map(Some)
    }

    /// Opens or makes a store to write to it. One that exists must be of the same sweep, or of a sweep whose points begin as
    /// these do. A second process is refused. `units` are the shard's; `go_on` may end it early.
    pub fn open(
        root: &Path,
        manifest: Manifest,
        points: Points,
        scenario: &Source,
        shard: Shard,
        units: &[Unit],
        go_on: &Progress,
    ) -> Result<Self, SweepError> {
        if root.exists() && !root.is_dir() {
            return Err(SweepError::usage(
                format!("`{}` is not a folder", root.display()),
                "name a folder for the store",
            ));
        }
        if !root.join("manifest.json").exists() {
            refuse_other_folder(root, scenario)?;
        }
        disk::make_root(root)?;
        let lock = lock(root)?;
        let before = read_head(root)?;
        let mut head = Head { manifest, shard };
        match &before {
            Some(before) => {
                refuse_other(root, &before.manifest, &head.manifest)?;
                refuse_other_points(root, &before.manifest, &head.manifest, &points)?;
                refuse_other_shard(root, before.shard, shard)?;
                head.manifest.store_version = before.manifest.store_version;
            }
            None => refuse_other_folder(root, scenario)?,
        }
        // the root may be a link of the user's own
        disk::clean(&root.join("."));
        for folder in FOLDERS {
            disk::make_folder(&root.join(folder))?;
            disk::clean(&root.join(folder));
        }
        let pieces = units.iter().flat_map(|unit| unit.points.iter().map(|&point| (point, unit.part)));
        let own = (shard.count > 1).then(|| pieces.collect::<Vec<Piece>>());
        write_scenario(root, scenario)?;
        let points = known::complete(root, before.as_ref(), &head, points, own.as_deref(), go_on)?;
        if before.as_ref() != Some(&head) {
            // last, since a store is one once it has this
            write_head(root, &head)?;
        }
        let mut store = Self::new(root, head, points, own, Some(lock));
        store.scan(go_on)?;
        store.drop_joined();
        Ok(store)
    }

    fn new(root: &Path, head: Head, mut points: Points, own: Option<Vec<Piece>>, lock: Option<File>) -> Self {
        let Head { manifest, shard } = head;
        points.rows.resize(manifest.design.points, Vec::new());
        let identity = manifest.identity();
        let (done, results, tallies) = Default::default();
        let points = Arc::new(points);
        Store { root: root.to_owned(), manifest, points, shard, identity, own, done, results, tallies, lock }
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether this process may write to it.
    pub(super) fn is_writer(&self) -> bool {
        self.lock.is_some()
    }

    /// The pieces that this store is to have, if they are not all of the sweep's.
    pub fn own(&self) -> Option<&[Piece]> {
        self.own.as_deref()
    }

    /// Points with results, failed ones included.
    pub fn done(&self) -> usize {
        self.done.len()
    }

    /// Whether a point has results.
    pub fn has(&self, point: usize) -> bool {
        self.done.contains_key(&point)
    }

    /// Points with results, and whether they failed.
    pub(super) fn done_points(&self) -> impl Iterator<Item = (usize, bool)> + '_ {
        self.done.iter().map(|(point, failed)| (*point, *failed))
    }

    /// Points that failed.
    pub fn failed(&self) -> Vec<usize> {
        self.done.iter().filter(|(_, failed)| **failed).map(|(point, _)| *point).collect()
    }

    /// Points without results.
    pub fn missing(&self) -> Vec<usize> {
        (0..self.points.rows.len()).filter(|point| !self.has(*point)).collect()
    }

    /// Pieces of points whose tallies are there.
    pub fn pieces(&self) -> BTreeSet<Piece> {
        self.tallies.iter().flat_map(|part| part.pieces.keys()).copied().collect()
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

    /// The parts that have tallies.
    pub(super) fn tallies(&self) -> &[Arc<TallyPart>] {
        &self.tallies
    }
}
