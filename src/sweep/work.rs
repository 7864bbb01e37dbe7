//! What a process of a sweep does: units in turn, results into the store.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::axis::{Axis, VARIANT};
use super::design::Points;
use super::rows::{self, Row, plain};
use super::store::{Piece, Shard, Store};
use super::{Manifest, SweepError};
use crate::compare::ranges;
use crate::engine::{Draws, Engine, EngineError, Progress, empty_tally, prepare, tally_each};
use crate::plan::Plan;
use crate::report::{self, Asked, Provenance, Sampling};
use crate::scenario::{Failure, Loaded, Scenario, Setting, Template};
use crate::tally::Tally;

/// Paths × periods that a batch has at least, unless it has its most points: some tenths of a second of a workstation.
const BATCH_WORK: u64 = 1 << 26;
/// Paths × periods that a batch has at most where points share trajectories: some seconds, which a process may lose.
const SHARED_WORK: u64 = 1 << 31;
/// Points of a batch at most, where that is for the sake of engines, and where it is for shared trajectories.
const MOST_SMALL: u64 = 64;
const MOST_SHARED: u64 = 32;

/// A sweep: the scenario and what is made of it.
pub struct Sweep<'a> {
    pub loaded: &'a Loaded,
    pub engine: &'a dyn Engine,
    /// Whether points whose factors are the same share their trajectories.
    pub shared: bool,
    /// How much work a part of the store is worth at least; so much may be lost with the process.
    pub commit_every: Duration,
}

/// Results that came in, and of which point.
pub type Results = [(usize, Vec<Row>)];

/// Name and content of the file of a run that has computed so many pieces.
pub type Record<'a> = dyn Fn(usize) -> (String, serde_json::Value) + 'a;

/// How a process of a sweep ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// All that it had to do is in the store.
    Done,
    /// It was told to stop; what was finished is in the store.
    Stopped,
}

/// Some points and a part of their paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub points: Vec<usize>,
    pub part: u64,
}

/// Whether any point could share its trajectories with another: the draws are common, and an axis leaves the factors alone.
/// The CPU engine gives the same bits either way, so there it may be found out point by point.
pub fn shares(axes: &[Axis], independent: bool, backend: &str) -> bool {
    !independent && (backend == "cpu" || axes.iter().any(|axis| !axis.changes_factors()))
}

/// Points that are worth an engine's while together, at so many paths × periods each.
pub fn batch(shared: bool, work: u64) -> u64 {
    let small = BATCH_WORK.div_ceil(work).clamp(1, MOST_SMALL);
    if shared { (SHARED_WORK / work).clamp(1, MOST_SHARED).max(small) } else { small }
}

/// The units of a shard: its equal share of all pieces, points with the same factors behind each other, in batches of at most
/// `size`. What a point comes to depends on none of this.
pub fn units(points: &Points, axes: &[Axis], size: u64, shard: Shard) -> Vec<Unit> {
    let order = order(points, axes);
    let pieces = order.len() as u128 * u128::from(shard.parts);
    let bound = |index: u64| (u128::from(index) * pieces / u128::from(shard.count)) as usize;
    let mut units: Vec<Unit> = Vec::new();
    for piece in bound(shard.index)..bound(shard.index + 1) {
        let (part, point) = ((piece / order.len()) as u64, order[piece % order.len()]);
        match units.last_mut() {
            Some(unit) if unit.part == part && (unit.points.len() as u64) < size => unit.points.push(point),
            _ => units.push(Unit { points: vec![point], part }),
        }
    }
    units
}

/// All points, those with the same factors behind each other.
fn order(points: &Points, axes: &[Axis]) -> Vec<usize> {
    let factors: Vec<usize> =
        axes.iter().enumerate().filter(|(_, axis)| axis.changes_factors()).map(|(place, _)| place).collect();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut ranked: Vec<(usize, usize)> = Vec::new();
    for (point, row) in points.rows.iter().enumerate() {
        let key: String = factors.iter().map(|&axis| format!("{}\t", row[axis])).collect();
        let next = places.len();
        ranked.push((*places.entry(key).or_insert(next), point));
    }
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, point)| point).collect()
}

/// What keeps a point from being a scenario.
pub struct WrongPoint {
    pub point: usize,
    pub failure: Failure,
}

/// Reads every point as a scenario; those that are none. `progress` is told of points, and may end it early.
pub fn wrong_points(loaded: &Loaded, points: &Points, progress: &Progress) -> Vec<WrongPoint> {
    let wrong = |point| scenario(loaded, points, point).err().map(|failure| WrongPoint { point, failure: *failure });
    (0..points.rows.len()).into_par_iter().take_any_while(|_| progress(1)).filter_map(wrong).collect()
}

/// A point's name and values, for people.
pub fn describe(points: &Points, point: usize) -> String {
    let values = points.paths.iter().zip(&points.rows[point]).map(|(path, value)| format!("{path} = {}", plain(value)));
    format!("point {point}: {}", values.collect::<Vec<_>>().join(", "))
}

fn scenario(loaded: &Loaded, points: &Points, point: usize) -> Result<Scenario, Box<Failure>> {
    let mut template: &Template = &loaded.template;
    let mut name = None;
    let mut settings: Vec<(&str, Setting)> = Vec::new();
    for (path, value) in points.paths.iter().zip(&points.rows[point]) {
        if path != VARIANT {
            settings.push((path, value.clone()));
        } else if let Some(variant) = loaded.variants.iter().find(|variant| variant.name == plain(value)) {
            (template, name) = (&variant.template, Some(variant.name.clone()));
        }
    }
    let mut scenario = template.set(&settings, &format!("point {point}")).map_err(Box::new)?;
    scenario.variant = name;
    Ok(scenario)
}

/// A point, ready for an engine.
struct Lowered {
    point: usize,
    scenario: Scenario,
    plan: Plan,
}

impl Sweep<'_> {
    /// Computes the units that the store lacks. `progress` is told of paths; `arrived` of results in the store or about to
    /// be; `record` makes the file of what changes from run to run, once for each part of the store, of so many pieces.
    pub fn run(
        &self,
        store: &mut Store,
        units: &[Unit],
        progress: &Progress,
        arrived: &mut dyn FnMut(&Results),
        record: &Record,
    ) -> Result<Ended, SweepFailure> {
        let loaded = self.loaded;
        let pieces = store.pieces();
        let parts = store.shard.parts;
        let missing = |unit: &Unit| -> Unit {
            let open = |point: &&usize| !store.has(**point) && !pieces.contains(&(**point, unit.part));
            Unit { points: unit.points.iter().filter(open).copied().collect(), part: unit.part }
        };
        let todo: Vec<Unit> = units.iter().map(missing).filter(|unit| !unit.points.is_empty()).collect();
        let mut pending = Pending::new(self.commit_every);
        let mut next = todo.first().map(|unit| lower(loaded, &store.points, &unit.points));
        for (index, unit) in todo.iter().enumerate() {
            let Some(lowered) = next.take() else { break };
            let lowered = lowered?;
            let points = &store.points;
            // the next points are read while these are computed
            let (tallies, following) = std::thread::scope(|scope| {
                let following = todo.get(index + 1).map(|unit| scope.spawn(|| lower(loaded, points, &unit.points)));
                let tallies = self.compute(&store.manifest, &lowered, unit.part, parts, progress);
                (tallies, following.map(|thread| thread.join().expect("reading points does not panic")))
            });
            next = following;
            let Ok(Some(tallies)) = tallies else {
                // what was finished stays, whatever ended it
                pending.commit(store, record)?;
                return tallies.map(|_| Ended::Stopped);
            };
            if parts > 1 {
                pending.pieces.extend(unit.points.iter().map(|&point| (point, unit.part)).zip(tallies));
            } else {
                let results = results(&store.manifest, &lowered, &tallies);
                arrived(&results);
                pending.results.extend(results);
            }
            pending.commit_if_due(store, record)?;
        }
        pending.commit(store, record)?;
        Ok(Ended::Done)
    }

    /// The tallies of points over a part of their paths; `None` if it was told to stop.
    fn compute(
        &self,
        manifest: &Manifest,
        lowered: &[Lowered],
        part: u64,
        parts: u64,
        progress: &Progress,
    ) -> Result<Option<Vec<Tally>>, SweepFailure> {
        let range = ranges(manifest.paths, parts).get(part as usize).cloned().unwrap_or(0..0);
        if range.is_empty() {
            // there are more parts than blocks of paths
            return Ok(Some(lowered.iter().map(|lowered| empty_tally(&lowered.plan)).collect()));
        }
        let draws = |point| Draws { seed: manifest.seed, replicate: manifest.replicate(point) };
        let plans: Vec<(&Plan, Draws)> = lowered.iter().map(|lowered| (&lowered.plan, draws(lowered.point))).collect();
        Ok(tally_each(self.engine, &plans, self.shared, range, progress)?)
    }
}

/// Joins the pieces of points all of whose paths are done.
pub fn join(loaded: &Loaded, store: &mut Store, arrived: &mut dyn FnMut(&Results)) -> Result<(), SweepFailure> {
    let pieces = store.pieces();
    let parts = store.shard.parts;
    let complete = |point: &usize| (0..parts).all(|part| pieces.contains(&(*point, part)));
    let open: Vec<usize> = store.missing().into_iter().filter(complete).collect();
    let mut pending = Pending::new(Duration::ZERO);
    for points in open.chunks(MOST_SHARED as usize) {
        let lowered = lower(loaded, &store.points, points)?;
        let wanted: BTreeSet<Piece> =
            points.iter().flat_map(|&point| (0..parts).map(move |part| (point, part))).collect();
        let plan = |point| lowered.iter().find(|lowered| lowered.point == point).map(|lowered| &lowered.plan);
        let read = store.read_pieces(&wanted, |point| plan(point).map(empty_tally).expect("it is one of these"))?;
        let tally = |lowered: &Lowered| {
            let mut whole = empty_tally(&lowered.plan);
            let of_point = read.range((lowered.point, 0)..(lowered.point + 1, 0));
            of_point.for_each(|(_, tally)| whole.merge(tally));
            whole
        };
        let tallies: Vec<Tally> = lowered.iter().map(tally).collect();
        let results = results(&store.manifest, &lowered, &tallies);
        arrived(&results);
        pending.results.extend(results);
        pending.commit_joined(store)?;
    }
    store.drop_joined();
    Ok(())
}

/// Reads and lowers points.
fn lower(loaded: &Loaded, points: &Points, chosen: &[usize]) -> Result<Vec<Lowered>, SweepFailure> {
    let lower = |&point: &usize| {
        let scenario = scenario(loaded, points, point).map_err(|failure| {
            SweepError::failed(failure.to_string(), "the store's points are not of this scenario")
        })?;
        Ok(Lowered { plan: prepare(&scenario), point, scenario })
    };
    chosen.par_iter().map(lower).collect()
}

/// The plans of points.
pub fn plans(
    loaded: &Loaded,
    points: &Points,
    chosen: impl Iterator<Item = usize>,
) -> Result<BTreeMap<usize, Plan>, SweepFailure> {
    let chosen: BTreeSet<usize> = chosen.collect();
    let lowered = lower(loaded, points, &chosen.into_iter().collect::<Vec<_>>())?;
    Ok(lowered.into_iter().map(|lowered| (lowered.point, lowered.plan)).collect())
}

/// Rows of points.
fn results(manifest: &Manifest, lowered: &[Lowered], tallies: &[Tally]) -> Vec<(usize, Vec<Row>)> {
    let asked = manifest.asked();
    let of = |(lowered, tally): (&Lowered, &Tally)| (lowered.point, point_rows(manifest, lowered, tally, &asked));
    lowered.par_iter().zip(tallies).map(of).collect()
}

fn point_rows(manifest: &Manifest, lowered: &Lowered, tally: &Tally, asked: &Asked) -> Vec<Row> {
    if let (Some(first), false) = (tally.invalid.first, manifest.allow_invalid) {
        let count = tally.invalid.count;
        let note =
            format!("{count} paths have a figure that is infinite or not a number, the first being path {first}");
        return vec![Row::failed(note, asked)];
    }
    let sampling = Sampling {
        seed: manifest.seed,
        replicate: manifest.replicate(lowered.point),
        paths: manifest.paths,
        sampling: "independent".into(),
        trajectories: None,
        backend: manifest.engine.backend.clone(),
        precision: manifest.engine.precision.clone(),
    };
    let provenance = Provenance::new(&lowered.scenario, sampling);
    rows::rows(&report::numbers(&lowered.scenario, &lowered.plan, tally, asked, provenance), asked)
}

/// What is finished and not yet in the store.
struct Pending {
    results: Vec<(usize, Vec<Row>)>,
    pieces: Vec<(Piece, Tally)>,
    since: Instant,
    every: Duration,
    /// Pieces that are in the store.
    done: usize,
}

impl Pending {
    fn new(every: Duration) -> Self {
        Pending { results: Vec::new(), pieces: Vec::new(), since: Instant::now(), every, done: 0 }
    }

    fn commit_if_due(&mut self, store: &mut Store, record: &Record) -> Result<(), SweepError> {
        if self.since.elapsed() >= self.every { self.commit(store, record) } else { Ok(()) }
    }

    fn commit(&mut self, store: &mut Store, record: &Record) -> Result<(), SweepError> {
        let finished = self.results.len() + self.pieces.len();
        if finished == 0 {
            return Ok(());
        }
        self.commit_joined(store)?;
        store.commit_pieces(&std::mem::take(&mut self.pieces))?;
        self.done += finished;
        self.since = Instant::now();
        let (name, content) = record(self.done);
        store.write_run(&name, &content)
    }

    fn commit_joined(&mut self, store: &mut Store) -> Result<(), SweepError> {
        self.results.sort_by_key(|(point, _)| *point);
        store.commit(&std::mem::take(&mut self.results))
    }
}

/// A sweep's own failure, or its engine's.
#[derive(Debug, thiserror::Error)]
pub enum SweepFailure {
    #[error(transparent)]
    Sweep(#[from] SweepError),
    #[error(transparent)]
    Engine(#[from] EngineError),
}

#[cfg(test)]
mod tests {
    use super::super::design::grid;
    use super::*;

    fn points() -> (Points, Vec<Axis>) {
        let axes: Vec<Axis> = ["contract.a.take_or_pay=0:1:7", "factor.p.volatility=0.1,0.2,0.3"]
            .iter()
            .map(|text| Axis::parse(text).unwrap())
            .collect();
        (grid(&axes).unwrap(), axes)
    }

    #[test]
    fn points_of_the_same_factors_stand_together() {
        let (points, axes) = points();
        let found = order(&points, &axes);
        assert_eq!(found[..7], [0, 3, 6, 9, 12, 15, 18]);
        let mut sorted = found.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..21).collect::<Vec<_>>());
    }

    #[test]
    fn batches_are_worth_a_while_and_no_more() {
        assert_eq!([batch(false, 1), batch(false, 1 << 24), batch(false, 1 << 40)], [64, 4, 1]);
        assert_eq!([batch(true, 1), batch(true, 1 << 27), batch(true, 1 << 40)], [64, 16, 1]);
    }

    #[test]
    fn shards_make_up_the_whole_in_equal_shares() {
        let (points, axes) = points();
        let pieces = |units: &[Unit]| -> Vec<(usize, u64)> {
            units.iter().flat_map(|unit| unit.points.iter().map(|&point| (point, unit.part))).collect()
        };
        for (size, parts) in [(64, 1), (4, 1), (2, 3), (1, 2)] {
            let longest = units(&points, &axes, size, Shard { index: 0, count: 1, parts });
            assert!(longest.iter().all(|unit| unit.points.len() as u64 <= size));
            let whole = pieces(&longest);
            assert_eq!(whole.iter().collect::<BTreeSet<_>>().len() as u64, 21 * parts);
            for count in [1, 2, 7, 50] {
                let shard = |index| pieces(&units(&points, &axes, size, Shard { index, count, parts }));
                let shards: Vec<Vec<(usize, u64)>> = (0..count).map(shard).collect();
                assert_eq!(shards.concat(), whole);
                let sizes = || shards.iter().map(Vec::len);
                assert!(sizes().max().unwrap() - sizes().min().unwrap() <= 1);
            }
        }
    }
}
