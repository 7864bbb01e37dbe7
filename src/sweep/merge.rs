//! Shards of a sweep joined into one store.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::store::{Piece, Shard, Store};
use super::work::{SweepFailure, join};
use super::{SweepError, disk};
use crate::engine::empty_tally;
use crate::scenario::{self, Loaded};

/// Pieces that are copied at once.
const PIECES_AT_ONCE: usize = 32;

/// Joins stores of the same sweep into `out`, which may have some of it already. What several of them have is taken once; pieces
/// of points are joined where all are there.
pub fn merge(out: &Path, parts: &[PathBuf]) -> Result<Store, SweepFailure> {
    let stores = parts.iter().map(|part| Store::read(part)).collect::<Result<Vec<Store>, SweepError>>()?;
    let Some(first) = stores.first() else {
        return Err(SweepError::usage("there is nothing to merge", "name the stores of the shards").into());
    };
    for store in &stores[1..] {
        refuse_other(first, store)?;
    }
    let loaded = scenario_of(first)?;
    let shard = Shard { parts: first.shard.parts, ..Shard::WHOLE };
    let mut merged = Store::open(out, first.manifest.clone(), first.points.clone(), &loaded.source, shard)?;
    for store in &stores {
        for results in store.results() {
            let fresh: Vec<_> = results?.into_iter().filter(|(point, _)| !merged.has(*point)).collect();
            merged.commit(&fresh)?;
        }
    }
    for store in &stores {
        copy_pieces(&loaded, store, &mut merged)?;
    }
    join(&loaded, &mut merged, &mut |_| ())?;
    Ok(merged)
}

fn copy_pieces(loaded: &Loaded, store: &Store, merged: &mut Store) -> Result<(), SweepFailure> {
    let known = merged.pieces();
    let fresh: Vec<Piece> =
        store.pieces().into_iter().filter(|piece| !merged.has(piece.0) && !known.contains(piece)).collect();
    for pieces in fresh.chunks(PIECES_AT_ONCE) {
        let plans = super::point::plans(loaded, &merged.points, pieces.iter().map(|piece| piece.0))?;
        let wanted: BTreeSet<Piece> = pieces.iter().copied().collect();
        let read = store.read_pieces(&wanted, |point| empty_tally(&plans[&point]))?;
        merged.commit_pieces(&read.into_iter().collect::<Vec<_>>())?;
    }
    Ok(())
}

/// The scenario that a store keeps.
pub fn scenario_of(store: &Store) -> Result<Loaded, SweepError> {
    let files = disk::files(store.root())?;
    let kept = files.iter().find(|path| path.file_stem().is_some_and(|stem| stem == "scenario"));
    let path = kept.ok_or_else(|| SweepError::unreadable(&store.root().join("scenario.toml"), "it is not there"))?;
    let loaded = scenario::load(path).map_err(|failure| SweepError::unreadable(path, failure))?;
    if loaded.scenario.hash == store.manifest.scenario_hash {
        return Ok(loaded);
    }
    Err(SweepError::failed(
        format!("`{}` is not the scenario that the store's results are of", path.display()),
        "put the scenario back as it was",
    ))
}

fn refuse_other(first: &Store, other: &Store) -> Result<(), SweepError> {
    let mut differences = first.manifest.differences(&other.manifest);
    if first.manifest.design.hash != other.manifest.design.hash {
        let (ours, theirs) = (first.manifest.design.points, other.manifest.design.points);
        differences.push(format!("their points differ ({ours} and {theirs})"));
    }
    if first.shard.parts != other.shard.parts {
        differences.push(format!("paths are in {} and in {} parts", first.shard.parts, other.shard.parts));
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(SweepError::usage(
        format!(
            "`{}` and `{}` are not of the same sweep:\n       {}",
            first.root().display(),
            other.root().display(),
            differences.join("\n       ")
        ),
        "merge shards that were made by the same command but for --shard and --out",
    ))
}
