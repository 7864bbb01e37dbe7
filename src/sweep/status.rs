//! How far a store is.

use serde::Serialize;
use serde_json::Value;

use super::axis::Axis;
use super::batch::units;
use super::store::Store;
use super::{Manifest, Shard, SweepError};

/// How far a store is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// Points of the design.
    pub points: usize,
    /// Points that this store is to have: all, or those of its shard.
    pub own: usize,
    /// Points with results, failed ones included.
    pub done: usize,
    /// Their numbers, in order.
    pub failed: Vec<usize>,
    /// Points of its own without results, in order.
    pub missing: Vec<usize>,
    /// Which part of the sweep it has.
    pub shard: Shard,
    /// Pieces of points (a part of their paths each) that are still to be computed, and those that wait to be joined.
    pub pieces_missing: usize,
    pub pieces_waiting: usize,
    /// Seconds for what is missing, at the pace of the runs so far, on one process; `None` before the first.
    pub seconds_left: Option<f64>,
}

/// The axes that a manifest names.
pub fn axes(manifest: &Manifest) -> Vec<Axis> {
    // values of lists are not written out, and only paths matter here
    let axis = |path: &String| Axis::listed(path, Vec::new());
    manifest.design.axes.iter().map(|record| axis(&record.path)).collect()
}

/// Looks at a store.
pub fn status(store: &Store) -> Result<Status, SweepError> {
    let (manifest, shard) = (&store.manifest, store.shard);
    let units = units(&store.points, &axes(manifest), shard);
    let pieces = store.pieces();
    let mut own: Vec<usize> = units.iter().flat_map(|unit| unit.points.iter().copied()).collect();
    own.sort_unstable();
    own.dedup();
    let pieces_missing = store.open_pieces(&units);
    let missing: Vec<usize> = own.iter().copied().filter(|&point| !store.has(point)).collect();
    let runs = store.runs();
    let sum = |key: &str| runs.iter().filter_map(|run| run.get(key).and_then(Value::as_f64)).sum::<f64>();
    let (pieces_done, seconds) = (sum("pieces"), sum("seconds"));
    Ok(Status {
        points: store.points.rows.len(),
        own: own.len(),
        done: store.done(),
        failed: store.failed(),
        missing,
        shard,
        pieces_missing,
        pieces_waiting: pieces.iter().filter(|piece| !store.has(piece.0)).count(),
        seconds_left: (pieces_done > 0.0).then(|| pieces_missing as f64 * seconds / pieces_done),
    })
}
