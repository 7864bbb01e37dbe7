//! Shards of a sweep joined into one store.

use std::path::{Path, PathBuf};

use super::design::Points;
use super::disk;
use super::error::{SweepError, SweepFailure};
use super::join::join;
use super::rows::Row;
use super::run::Ended;
use super::shard::{Piece, Shard};
use super::store::Store;
use super::tallies::MOST_PIECES;
use crate::engine::Progress;
use crate::run::{Observer, Stage, Watch};
use crate::scenario::{self, Loaded, Syntax};
use crate::tally::Word;

/// Rows that are copied together, so that a merged store has few and large parts.
const ROWS_AT_ONCE: usize = 1 << 15;

/// Joins stores of the same sweep into `out`, which may have some of it already. What several of them have is taken once; pieces
/// of points are joined where all are there. Memory grows with the number of points alone. The observer may end it early; what is
/// merged by then stays.
///
/// # Errors
/// If there is no such store, stores are of different sweeps, or one cannot be read or written; that the observer ended it.
pub fn merge(out: &Path, parts: &[PathBuf], observer: &dyn Observer) -> Result<Store, SweepFailure> {
    let look = |part: &PathBuf| Store::look(part, &|_| observer.advances(0));
    let stores = parts.iter().map(look).collect::<Result<Vec<Store>, SweepError>>()?;
    let done = stores.iter().map(|store| store.done() as u64).sum();
    let watch = Watch::begin(observer, Stage::Merge(done));
    joined(out, &stores, &|points| watch.advance(points))
}

/// Joins stores that are open. `go_on` is told of points that were copied.
fn joined(out: &Path, stores: &[Store], go_on: &Progress) -> Result<Store, SweepFailure> {
    let Some(first) = stores.first() else {
        return Err(SweepError::usage("there is nothing to merge", "name the stores of the shards").into());
    };
    for store in &stores[1..] {
        refuse_other(first, store)?;
    }
    let loaded = scenario_of(first)?;
    let shard = Shard { parts: first.shard.parts, ..Shard::WHOLE };
    let mut points = Points::clone(&first.points);
    for store in &stores[1..] {
        for (row, theirs) in points.rows.iter_mut().zip(&store.points.rows) {
            if row.is_empty() {
                row.clone_from(theirs);
            }
        }
    }
    let mut merged = Store::open(out, first.manifest.clone(), points, &loaded.source, shard, &[], &|_| go_on(0))?;
    stores.iter().try_for_each(|store| copy_results(store, &mut merged, go_on))?;
    if join(&loaded, &mut merged, stores, &mut |_| (), &|_| go_on(0))? == Ended::Stopped {
        return Err(SweepError::stopped().into());
    }
    stores.iter().try_for_each(|store| copy_pieces(store, &mut merged, go_on))?;
    Ok(merged)
}

fn copy_results(store: &Store, merged: &mut Store, go_on: &Progress) -> Result<(), SweepError> {
    let mut held: Vec<(usize, Vec<Row>)> = Vec::new();
    let mut ended = Ok(());
    for results in store.results() {
        let points = results.as_ref().map_or(0, |results| results.len() as u64);
        match results {
            Ok(results) => held.extend(results.into_iter().filter(|(point, _)| !merged.has(*point))),
            Err(error) => ended = Err(error),
        }
        if ended.is_ok() && !go_on(points) {
            ended = Err(SweepError::stopped());
        }
        if ended.is_err() {
            break;
        }
        if held.iter().map(|(_, rows)| rows.len()).sum::<usize>() >= ROWS_AT_ONCE {
            merged.commit(&std::mem::take(&mut held))?;
        }
    }
    // what was read stays, whatever ended it
    merged.commit(&held)?;
    ended
}

/// Copies pieces of points that are not complete.
fn copy_pieces(store: &Store, merged: &mut Store, go_on: &Progress) -> Result<(), SweepError> {
    let mut known = merged.pieces();
    let mut held: Vec<(Piece, Vec<Word>)> = Vec::new();
    for part in store.tallies() {
        if !go_on(0) {
            return Err(SweepError::stopped());
        }
        let fresh = part.pieces.keys().filter(|piece| !merged.has(piece.0) && known.insert(**piece));
        let fresh: Vec<Piece> = fresh.copied().collect();
        if fresh.is_empty() {
            continue;
        }
        held.extend(fresh.iter().copied().zip(part.words(&fresh)?));
        if held.len() >= MOST_PIECES {
            merged.commit_words(&std::mem::take(&mut held))?;
        }
    }
    merged.commit_words(&held)
}

/// The scenario that a store keeps.
pub fn scenario_of(store: &Store) -> Result<Loaded, SweepError> {
    let paths = Syntax::STORED.map(|name| store.root().join(name));
    let found = paths.iter().find_map(|path| Some((path, disk::read_if_there(path, disk::MOST_TEXT).transpose()?)));
    let Some((path, bytes)) = found else {
        return Err(SweepError::failed(
            format!("`{}` is missing", paths[0].display()),
            "restore the scenario, or run the same sweep again: it writes the file again",
        ));
    };
    let text = String::from_utf8(bytes?).map_err(|_| SweepError::unreadable(path, "it is not UTF-8 text"))?;
    let loaded = scenario::parse(&text, &path.display().to_string());
    let loaded = loaded.map_err(|failure| SweepError::unreadable(path, failure))?;
    if loaded.scenario.hash == store.manifest.scenario_hash {
        return match store.manifest.inputs {
            Some(_) => loaded.at_centre().map_err(|failure| SweepError::unreadable(path, failure)),
            None => Ok(loaded),
        };
    }
    Err(SweepError::failed(
        format!("`{}` is not the scenario that the store's results were computed from", path.display()),
        "restore the scenario, or run the sweep again with the original file: it writes the copy again",
    ))
}

/// Stores of different sweeps are not joined.
pub fn refuse_other(first: &Store, other: &Store) -> Result<(), SweepError> {
    let mut differences = first.manifest.differences(&other.manifest);
    if first.manifest.design.hash != other.manifest.design.hash {
        let (ours, theirs) = (first.manifest.design.points, other.manifest.design.points);
        differences.push(format!("the points differ ({ours} and {theirs})"));
    }
    if first.shard.parts != other.shard.parts {
        differences.push(format!("paths are split into {} and {} parts", first.shard.parts, other.shard.parts));
    }
    // figures were centred otherwise, so that parts of a point do not add up
    if first.shard.parts > 1 && first.manifest.has_whole_pilots() != other.manifest.has_whole_pilots() {
        let version = |store: &Store| store.manifest.store_version;
        differences.push(format!("parts of paths are of versions {} and {}", version(first), version(other)));
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(SweepError::usage(
        format!(
            "`{}` and `{}` belong to different sweeps:\n       {}",
            first.root().display(),
            other.root().display(),
            differences.join("\n       ")
        ),
        "merge shards made by the same command, except for --shard and --out",
    ))
}
