//! Pieces of points joined into results.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::error::{SweepError, SweepFailure, damaged};
use super::keep::Results;
use super::lowered::Lowered;
use super::origin::Origin;
use super::point::{Chosen, results};
use super::rows::Row;
use super::run::Ended;
use super::scrambles::Scrambles;
use super::shard::Piece;
use super::store::Store;
use super::tallies::TallyPart;
use crate::engine::{Progress, empty_tally};
use crate::run::compare::ranges;
use crate::scenario::Loaded;
use crate::tally::Tally;

/// How much work is committed together.
const COMMIT_EVERY: Duration = Duration::from_secs(1);

/// Where pieces are.
type Places = BTreeMap<Piece, Arc<TallyPart>>;

/// Joins the pieces of points all of whose paths are done in this store and others together. Of each point one tally is in memory,
/// and of few points at once.
pub fn join(
    loaded: &Loaded,
    store: &mut Store,
    others: &[Store],
    arrived: &mut dyn FnMut(&Results),
    go_on: &Progress,
) -> Result<Ended, SweepFailure> {
    let (places, origin) = (places(store, others), Origin::new(loaded, &store.manifest));
    let complete = complete_points(store, &places);
    let mut finished: Vec<(usize, Vec<Row>)> = Vec::new();
    let mut since = Instant::now();
    let mut ended = Ok(Ended::Done);
    for points in complete.chunks(rayon::current_num_threads()) {
        match join_some(&origin, store, &places, points, go_on) {
            Ok(Some(results)) => {
                arrived(&results);
                finished.extend(results);
            }
            Ok(None) => ended = Ok(Ended::Stopped),
            Err(error) => ended = Err(error),
        }
        if !matches!(ended, Ok(Ended::Done)) {
            break;
        }
        if since.elapsed() >= COMMIT_EVERY {
            store.commit(&std::mem::take(&mut finished))?;
            since = Instant::now();
        }
    }
    // what was joined stays, whatever ended it
    store.commit(&finished)?;
    store.drop_joined();
    ended
}

/// Where the pieces are of points without results.
fn places(store: &Store, others: &[Store]) -> Places {
    let parts = std::iter::once(store).chain(others).flat_map(Store::tallies);
    let mut places = Places::new();
    for part in parts {
        for piece in part.pieces.keys().filter(|piece| !store.has(piece.0)) {
            places.entry(*piece).or_insert_with(|| Arc::clone(part));
        }
    }
    places
}

/// Points all of whose pieces are there.
fn complete_points(store: &Store, places: &Places) -> Vec<usize> {
    let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
    places.keys().for_each(|(point, _)| *counts.entry(*point).or_default() += 1);
    counts.into_iter().filter(|(_, count)| *count == store.shard.parts).map(|(point, _)| point).collect()
}

/// A point and its rows.
type PointRows = (usize, Vec<Row>);

/// The results of some points; `None` if it was told to stop.
fn join_some(
    origin: &Origin,
    store: &Store,
    places: &Places,
    points: &[usize],
    go_on: &Progress,
) -> Result<Option<Vec<PointRows>>, SweepFailure> {
    if !go_on(0) {
        return Ok(None);
    }
    let lowered = Chosen::of(&store.points, points).lower(origin, &store.manifest)?;
    let tally = |lowered: &Lowered| join_point(store, places, lowered, go_on);
    let tallies = lowered.par_iter().map(tally).collect::<Result<Option<Vec<Tally>>, SweepError>>()?;
    Ok(tallies.map(|tallies| results(&store.manifest, lowered, tallies, &[])))
}

/// The tally of a point; `None` if it was told to stop.
fn join_point(
    store: &Store,
    places: &Places,
    lowered: &Lowered,
    go_on: &Progress,
) -> Result<Option<Tally>, SweepError> {
    let scrambles = Scrambles::of(&store.manifest);
    let parts = ranges(scrambles.places(store.manifest.paths), store.shard.parts);
    let mut whole = empty_tally(&lowered.plan);
    for (piece, place) in places.range((lowered.point, 0)..=(lowered.point, u64::MAX)) {
        // there may be more parts than blocks of places
        let places = parts.get(piece.1 as usize).map_or(0, |range| range.end - range.start);
        let mut part = empty_tally(&lowered.plan);
        for words in place.words(&[*piece])? {
            if !part.set_words(&words, scrambles.paths(places)) || !scrambles.fit(&part) {
                return Err(damaged(&place.path));
            }
        }
        whole.merge(&part);
        if !go_on(0) {
            return Ok(None);
        }
    }
    Ok(Some(whole))
}
