//! How far stores are.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::error::SweepError;
use super::merge;
use super::ranges::{Ranges, count, ranges};
use super::shard::{Piece, Shard};
use super::store::Store;

/// Points, as a number and as ranges of first and last.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed {
    pub count: usize,
    pub ranges: Ranges,
}

impl Listed {
    fn of(points: impl IntoIterator<Item = usize>) -> Self {
        let ranges = ranges(points);
        Listed { count: count(&ranges), ranges }
    }
}

/// How far a store is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// Points of the design.
    pub points: usize,
    /// Points that this store is to have: all, or those of its shard.
    pub own: usize,
    /// Points with results, failed ones included.
    pub done: usize,
    /// Those that failed.
    pub failed: Listed,
    /// Points of its own without results.
    pub missing: Listed,
    /// Which part of the sweep it has.
    pub shard: Shard,
    /// Pieces of points (a part of their paths each) that are still to be computed, and those that wait to be joined.
    pub pieces_missing: usize,
    pub pieces_waiting: usize,
    /// Seconds for what is missing, at the pace of the runs so far, on one process; `None` before the first.
    pub seconds_left: Option<f64>,
}

/// How far several stores of the same sweep are together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overview {
    /// Points of the design.
    pub points: usize,
    /// Points of which some store has the results, failed ones included.
    pub done: usize,
    pub failed: Listed,
    /// Points that no store has the results of.
    pub missing: Listed,
    /// Pieces of points that no store has, and those that wait to be joined.
    pub pieces_missing: usize,
    pub pieces_waiting: usize,
    /// Seconds for what is missing, at the pace of the runs so far, on one process; `None` before the first.
    pub seconds_left: Option<f64>,
    /// Each of them.
    pub stores: Vec<StoreStatus>,
}

/// How far one of several stores is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoreStatus {
    pub path: String,
    #[serde(flatten)]
    pub status: Status,
}

/// Looks at a store.
pub fn status(store: &Store) -> Status {
    let waiting: BTreeSet<Piece> = store.pieces().into_iter().filter(|piece| !store.has(piece.0)).collect();
    let points = store.points.rows.len();
    let (own, missing, pieces_missing) = match store.own() {
        None => {
            let missing = store.missing();
            let pieces = missing.len() * store.shard.parts as usize - waiting.len();
            (points, missing, pieces)
        }
        Some(own) => {
            let all: BTreeSet<usize> = own.iter().map(|(point, _)| *point).collect();
            let open = own.iter().filter(|piece| !store.has(piece.0) && !waiting.contains(piece)).count();
            (all.len(), all.into_iter().filter(|point| !store.has(*point)).collect(), open)
        }
    };
    Status {
        points,
        own,
        done: store.done(),
        failed: Listed::of(store.failed()),
        missing: Listed::of(missing),
        shard: store.shard,
        pieces_missing,
        pieces_waiting: waiting.len(),
        seconds_left: pace(std::slice::from_ref(store)).map(|seconds| seconds * pieces_missing as f64),
    }
}

/// Looks at stores of the same sweep.
pub fn overview(stores: &[Store]) -> Result<Overview, SweepError> {
    if let Some(first) = stores.first() {
        stores[1..].iter().try_for_each(|store| merge::refuse_other(first, store))?;
    }
    let points = stores.first().map_or(0, |store| store.points.rows.len());
    let parts = stores.first().map_or(1, |store| store.shard.parts) as usize;
    let mut done: BTreeMap<usize, bool> = BTreeMap::new();
    let mut waiting: BTreeSet<Piece> = BTreeSet::new();
    for store in stores {
        done.extend(store.done_points());
        waiting.extend(store.pieces());
    }
    waiting.retain(|(point, _)| !done.contains_key(point));
    let pieces_missing = (points - done.len()) * parts - waiting.len();
    let named = |store| StoreStatus { path: Store::root(store).display().to_string(), status: status(store) };
    Ok(Overview {
        points,
        done: done.len(),
        failed: Listed::of(done.iter().filter(|(_, failed)| **failed).map(|(point, _)| *point)),
        missing: Listed::of((0..points).filter(|point| !done.contains_key(point))),
        pieces_missing,
        pieces_waiting: waiting.len(),
        seconds_left: pace(stores).map(|seconds| seconds * pieces_missing as f64),
        stores: stores.iter().map(named).collect(),
    })
}

/// Seconds of a piece in the runs so far.
fn pace(stores: &[Store]) -> Option<f64> {
    let runs: Vec<Value> = stores.iter().flat_map(Store::runs).collect();
    let sum = |key: &str| runs.iter().filter_map(|run| run.get(key).and_then(Value::as_f64)).sum::<f64>();
    let pieces = sum("pieces");
    (pieces > 0.0).then(|| sum("seconds") / pieces)
}
