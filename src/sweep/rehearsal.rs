//! What a sweep will take, from its first paths: they are computed as in the sweep, and thrown away.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::batch::{Batch, Queue};
use super::design::Points;
use super::error::{SweepError, SweepFailure};
use super::manifest::Manifest;
use super::origin::Origin;
use super::point::{Chosen, results};
use super::run::Sweep;
use super::scrambles::Scrambles;
use super::shard::{Shard, Unit};
use super::store::Store;
use super::tables::{self, Layout, ROWS_OF_TABLE};
use crate::engine::Progress;
use crate::run::pace::Pace;
use crate::run::words::word_table;
use crate::storage::parquet;

/// How long a rehearsal lasts at least, and how many batches it has: the first one may wait for kernels to be compiled.
const LONG_ENOUGH: Duration = Duration::from_secs(1);
const BATCHES: usize = 2;

/// What is to be done, and what it takes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rehearsal {
    /// Points of this process, and those of them that the store does not have.
    pub own: usize,
    pub open: usize,
    /// Seconds on this machine for what the store does not have.
    pub seconds: f64,
    /// Bytes on disk for it.
    pub disk: u64,
}

/// What a batch took.
struct Tried {
    /// Seconds of a point, whatever its paths, and of the paths of a point at one place.
    of_point: f64,
    at_place: f64,
    /// Bytes of a point, or of a part of its paths.
    disk: u64,
}

impl Sweep<'_> {
    /// Computes batches for about a second; `None` if it was told to stop.
    pub fn rehearse(
        &self,
        (manifest, points): (&Manifest, &Points),
        (shard, units): (Shard, &[Unit]),
        store: Option<&Store>,
        progress: &Progress,
    ) -> Result<Option<Rehearsal>, SweepFailure> {
        let todo = store.map_or_else(|| units.to_vec(), |store| store.open_units(units));
        let pieces: usize = todo.iter().map(|unit| unit.points.len()).sum();
        let mut found = Rehearsal { own: count(units), open: count(&todo), ..Rehearsal::default() };
        let origin = Origin::new(self.loaded, manifest);
        let scrambles = Scrambles::of(manifest);
        // points with targets have at least these
        let first = scrambles.schedule().first();
        let all = if manifest.targets.is_empty() { manifest.paths } else { manifest.paths.min(first) };
        let mut queue = Queue::new(todo, (all, scrambles), shard, origin.periods(), self.shared, self.batch);
        let (mut pace, started) = (Pace::default(), Instant::now());
        for batches in 1.. {
            let Some(batch) = queue.next(&pace, |_| 0) else { break };
            let Some(tried) = self.attempt(&origin, (manifest, points), shard, batch, &mut pace, progress)? else {
                return Ok(None);
            };
            let places = scrambles.places(all) as f64 / shard.parts as f64;
            found.seconds = pieces as f64 * (tried.of_point + places * tried.at_place);
            found.disk = pieces as u64 * tried.disk;
            if batches >= BATCHES && started.elapsed() >= LONG_ENOUGH {
                break;
            }
        }
        Ok(Some(found))
    }

    /// Computes the first slice of a batch.
    fn attempt(
        &self,
        origin: &Origin,
        (manifest, points): (&Manifest, &Points),
        shard: Shard,
        batch: Batch,
        pace: &mut Pace,
        progress: &Progress,
    ) -> Result<Option<Tried>, SweepFailure> {
        let started = Instant::now();
        let lowered = Chosen::of(points, &batch.points).lower(origin, manifest)?;
        let mut around = started.elapsed();
        let scrambles = Scrambles::of(manifest);
        let work_at_place = scrambles.paths(lowered.iter().map(|lowered| u64::from(lowered.plan.sizes.periods)).sum());
        let places = pace.slice(batch.places.end - batch.places.start, work_at_place);
        let plans: Vec<_> = lowered.iter().map(|lowered| lowered.drawn(manifest)).collect();
        let slice = batch.places.start..batch.places.start + places;
        let started = Instant::now();
        let Some(tallies) = scrambles.tally_each(self.engine, &plans, self.shared, slice, progress)? else {
            return Ok(None);
        };
        let took = started.elapsed();
        pace.learn(places * work_at_place, took);
        let started = Instant::now();
        let encoded = if shard.parts > 1 {
            parquet::encode(&tallies, |tally| word_table(&tally.words()), Default::default())
        } else {
            let results = results(manifest, lowered, tallies, &[]);
            let layout = Layout::of(points, &results, &manifest.asked());
            parquet::encode(&tables::parts(&results, ROWS_OF_TABLE), |part| layout.table(part), Default::default())
        };
        let encoded = encoded.map_err(|error| {
            SweepError::failed(format!("a part of the store could not be encoded: {error}"), "report this as a bug")
        });
        let disk = encoded?.len() as u64 / batch.points.len() as u64;
        around += started.elapsed();
        let share = batch.points.len() as f64;
        let at_place = took.as_secs_f64() / places.max(1) as f64 / share;
        Ok(Some(Tried { of_point: around.as_secs_f64() / share, at_place, disk }))
    }
}

/// Points that units are of.
fn count(units: &[Unit]) -> usize {
    units.iter().flat_map(|unit| unit.points.iter().copied()).collect::<BTreeSet<usize>>().len()
}
