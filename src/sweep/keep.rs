//! What is computed and not yet in the store.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::batch::{Batch, Queue};
use super::begun::{Begun, stage_words};
use super::error::SweepError;
use super::lowered::Lowered;
use super::manifest::Manifest;
use super::point::{Chosen, numbers, results};
use super::record::Record;
use super::rows::{Row, failure};
use super::scrambles::Scrambles;
use super::shard::Piece;
use super::store::{MOST_ROWS, Store};
use super::tallies::MOST_PIECES;
use super::writing::{Due, Finished, Kept, Writing};
use crate::engine::empty_tally;
use crate::result::Ended;
use crate::run::pace::Pace;
use crate::run::stages::Stages;
use crate::run::targeted::readings;
use crate::tally::{Tally, Word};

/// So much work of a batch is kept before the batch is done.
const WORTH_KEEPING: Duration = Duration::from_secs(4);

/// Results that came in, and of which point.
pub type Results = [(usize, Vec<Row>)];

/// Whoever follows a sweep point by point; `()` does nothing.
pub trait Follower {
    /// Told of results that are in the store, or about to be.
    fn arrived(&mut self, _results: &Results) {}
    /// Told of what is on the disk from now on.
    fn kept(&mut self, _finished: &[Finished]) {}
}

impl Follower for () {}

/// A batch under way.
pub(super) struct Active {
    pub lowered: Vec<Lowered>,
    batch: Batch,
    scrambles: Scrambles,
    /// By point, the tally of all paths of the part that are done, those of earlier processes included; `None` before the first.
    tallies: Vec<Option<Tally>>,
    /// By point, its stages; empty without targets.
    stages: Vec<Stages>,
    /// Places of each point that this process computed.
    computed: u64,
    seconds: f64,
    /// Of these, the seconds of what is not in the store.
    loose: Duration,
}

impl Active {
    /// The places whose paths are to be computed next: all that are left, or those up to where the first stage of a point ends.
    pub fn left(&self) -> Range<u64> {
        let first = self.batch.places.start + self.computed;
        if self.stages.is_empty() {
            return first..self.batch.places.end;
        }
        let ends = self.stages.iter().filter_map(Stages::next).map(|paths| self.scrambles.places(paths));
        first..ends.min().unwrap_or(first)
    }

    /// The places of the points that need more paths.
    pub fn open(&self) -> Vec<usize> {
        let is_open = |place: &usize| self.stages.get(*place).is_none_or(|stages| stages.next().is_some());
        (0..self.lowered.len()).filter(is_open).collect()
    }

    /// Work at each place of some of the points, in paths × periods.
    pub fn work_at_place(&self, open: &[usize]) -> u64 {
        let periods = open.iter().map(|&place| u64::from(self.lowered[place].plan.sizes.periods));
        self.scrambles.paths(periods.sum())
    }

    /// Adds the tallies of the paths at the next places of these points.
    pub fn add(&mut self, places: u64, open: &[usize], tallies: Vec<Tally>, took: Duration) {
        for (&place, part) in open.iter().zip(tallies) {
            match &mut self.tallies[place] {
                Some(whole) => whole.merge(&part),
                none => *none = Some(part),
            }
        }
        self.computed += places;
        self.seconds += took.as_secs_f64();
        self.loose += took;
    }

    /// Judges the points whose stages end here.
    pub fn judge(&mut self, manifest: &Manifest) {
        for ((lowered, tally), stages) in self.lowered.iter().zip(&self.tallies).zip(&mut self.stages) {
            let Some(tally) = tally.as_ref().filter(|tally| stages.next() == Some(tally.paths)) else { continue };
            let readings = readings(&numbers(manifest, lowered, tally), stages.targets());
            if tally.first_invalid().is_some() && !manifest.allow_invalid {
                // the point has failed, however many paths it had
                stages.cut(tally.paths, &readings, Ended::Stopped);
            } else {
                stages.judge(&readings);
            }
        }
    }

    /// How many pieces this process computed of it, and parts of pieces.
    fn worth(&self) -> f64 {
        let all = match self.stages.is_empty() {
            true => self.batch.behind + self.batch.places.end - self.batch.places.start,
            // that of points that are not done is a guess
            false => self.batch.behind + self.computed,
        };
        let share = if all == 0 { 1.0 } else { self.computed as f64 / all as f64 };
        share * self.lowered.len() as f64
    }

    fn pieces(&self) -> impl Iterator<Item = (Piece, &Tally, Vec<Word>)> {
        let words = |place| self.stages.get(place).map(stage_words).unwrap_or_default();
        let all = self.lowered.iter().zip(&self.tallies).enumerate();
        all.filter_map(move |(place, (lowered, tally))| {
            Some(((lowered.point, self.batch.part), tally.as_ref()?, words(place)))
        })
    }

    /// Paths of all its points that earlier processes computed.
    pub fn behind(&self) -> u64 {
        self.scrambles.paths(self.batch.behind) * self.lowered.len() as u64
    }

    /// Whether its paths are computed at once, as those of points with targets are not.
    pub fn is_one_slice(&self, pace: &Pace) -> bool {
        let left = self.left();
        let all: Vec<usize> = (0..self.lowered.len()).collect();
        let slice = pace.slice(left.end - left.start, self.work_at_place(&all));
        self.stages.is_empty() && slice >= left.end - left.start
    }

    /// What came of it, once all paths are computed: rows, or tallies where paths are cut into parts.
    pub fn finish(self, manifest: &Manifest, parts: u64) -> Done {
        let (worth, seconds) = (self.worth(), self.seconds / self.lowered.len().max(1) as f64);
        let Active { lowered, batch, tallies, stages, .. } = self;
        let finished = |point, failed| Finished { point, part: (parts > 1).then_some(batch.part), seconds, failed };
        let whole = |(tally, lowered): (Option<Tally>, &Lowered)| tally.unwrap_or_else(|| empty_tally(&lowered.plan));
        let tallies: Vec<Tally> = tallies.into_iter().zip(&lowered).map(whole).collect();
        if parts > 1 {
            let finished = batch.points.iter().map(|&point| finished(point, false)).collect();
            let pieces = batch.points.iter().map(|&point| (point, batch.part)).zip(tallies).collect();
            return Done { worth, finished, results: Vec::new(), pieces };
        }
        let met: Vec<bool> = stages.iter().map(Stages::is_met).collect();
        let results = results(manifest, lowered, tallies, &met);
        let finished = results.iter().map(|(point, rows)| finished(*point, failure(rows).is_some())).collect();
        Done { worth, finished, results, pieces: Vec::new() }
    }
}

/// What came of a batch that is done.
pub(super) struct Done {
    worth: f64,
    finished: Vec<Finished>,
    results: Vec<(usize, Vec<Row>)>,
    pieces: Vec<(Piece, Tally)>,
}

/// Takes what is computed to the store, some of it at a time.
pub(super) struct Keeper<'a> {
    pub store: &'a mut Store,
    pub begun: Begun,
    follower: &'a mut dyn Follower,
    record: Record<'a>,
    every: Duration,
    since: Instant,
    results: Vec<(usize, Vec<Row>)>,
    pieces: Vec<(Piece, Tally)>,
    finished: Vec<Finished>,
    /// Results that were due and are on their way to the disk.
    writing: Option<Writing>,
    /// Pieces that this process has finished.
    worth: f64,
}

impl<'a> Keeper<'a> {
    pub fn new(
        store: &'a mut Store,
        every: Duration,
        follower: &'a mut dyn Follower,
        record: Record<'a>,
    ) -> Result<Self, SweepError> {
        let begun = Begun::read(store)?;
        let (since, worth, writing) = (Instant::now(), 0.0, None);
        let (results, pieces, finished) = Default::default();
        Ok(Keeper { store, begun, follower, record, every, since, results, pieces, finished, writing, worth })
    }

    /// The next batch, and the values of its points.
    pub fn next(&self, queue: &mut Queue, pace: &Pace) -> Option<(Batch, Chosen)> {
        let scrambles = Scrambles::of(&self.store.manifest);
        let batch = queue.next(pace, |piece| scrambles.places(self.begun.paths(piece)))?;
        let chosen = Chosen::of(&self.store.points, &batch.points);
        Some((batch, chosen))
    }

    /// A batch with what the store has of it.
    pub fn resume(&self, batch: Batch, lowered: Vec<Lowered>) -> Result<Active, SweepError> {
        let tally = |lowered: &Lowered| {
            let piece = (lowered.point, batch.part);
            if self.begun.paths(piece) == 0 {
                return Ok(None);
            }
            let mut tally = empty_tally(&lowered.plan);
            self.begun.fill(piece, &mut tally)?;
            Ok(Some(tally))
        };
        let tallies = lowered.iter().map(tally).collect::<Result<_, SweepError>>()?;
        let manifest = &self.store.manifest;
        let scrambles = Scrambles::of(manifest);
        let targets = manifest.parsed_targets().unwrap_or_default();
        let stages = |lowered: &Lowered| {
            let new = Stages::new(scrambles.schedule(), targets.clone(), None, manifest.paths);
            self.begun.stages((lowered.point, batch.part), new)
        };
        let wanted = lowered.iter().filter(|_| !targets.is_empty());
        let stages = wanted.map(stages).collect::<Result<_, SweepError>>()?;
        let (computed, seconds, loose) = (0, 0.0, Duration::ZERO);
        Ok(Active { lowered, batch, scrambles, tallies, stages, computed, seconds, loose })
    }

    /// Takes what came of a batch.
    pub fn keep(&mut self, done: Done) {
        self.worth += done.worth;
        if !done.results.is_empty() {
            self.follower.arrived(&done.results);
        }
        self.finished.extend(done.finished);
        self.results.extend(done.results);
        self.pieces.extend(done.pieces);
    }

    /// Begins to write results, if they are due, while paths go on; tallies stay until they are committed. Results that were begun before
    /// are taken note of, and waited for only where others follow.
    pub fn write_beside(&mut self) -> Result<(), SweepError> {
        let is_due = self.is_due() && !self.results.is_empty();
        if is_due || self.writing.as_ref().is_some_and(Writing::is_finished) {
            self.end_writing()?;
        }
        if is_due {
            self.since = Instant::now();
            self.writing = Some(self.due().begin(self.store));
        }
        Ok(())
    }

    fn due(&mut self) -> Due {
        let (results, finished) = (std::mem::take(&mut self.results), std::mem::take(&mut self.finished));
        Due { results, finished, worth: self.worth }
    }

    /// Waits for results that are being written, if there are any.
    pub fn end_writing(&mut self) -> Result<(), SweepError> {
        let Some(writing) = self.writing.take() else { return Ok(()) };
        let (written, kept) = writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        self.store.add(written);
        self.note(&kept)
    }

    fn is_due(&self) -> bool {
        self.since.elapsed() >= self.every || self.is_full()
    }

    /// Commits if that is due, also what is done of a batch under way.
    pub fn commit_if_due(&mut self, active: Option<&mut Active>) -> Result<(), SweepError> {
        if !self.is_due() {
            return Ok(());
        }
        // tallies are large beside rows: what is soon done is not worth them
        let worth_it = WORTH_KEEPING.min(self.every.saturating_mul(4));
        self.commit(active.filter(|active| active.loose >= worth_it))
    }

    /// Whether so much is held that a part has no room for more, however long it is until the next one is due.
    fn is_full(&self) -> bool {
        let rows: usize = self.results.iter().map(|(_, rows)| rows.len()).sum();
        let tallies = Scrambles::of(&self.store.manifest).paths(self.pieces.len() as u64);
        tallies >= MOST_PIECES as u64 || rows >= MOST_ROWS
    }

    /// Commits all there is: when this returns it is on the disk.
    pub fn commit(&mut self, active: Option<&mut Active>) -> Result<(), SweepError> {
        self.end_writing()?;
        let loose = active.filter(|active| active.loose > Duration::ZERO);
        if self.finished.is_empty() && loose.is_none() {
            return Ok(());
        }
        let mut kept = self.due().write_to(self.store)?;
        self.store.commit_pieces(&std::mem::take(&mut self.pieces))?;
        if let Some(active) = loose {
            kept.worth += active.worth();
            self.begun.keep(self.store, active.pieces())?;
            active.loose = Duration::ZERO;
        }
        self.since = Instant::now();
        self.note(&kept)
    }

    /// Takes note of what is on the disk.
    fn note(&mut self, kept: &Kept) -> Result<(), SweepError> {
        let piece = |finished: &Finished| (finished.point, finished.part.unwrap_or(0));
        self.begun.forget(kept.finished.iter().map(piece));
        self.follower.kept(&kept.finished);
        self.store.write_run(&self.record.name(), &self.record.content(kept.worth))
    }
}

impl Drop for Keeper<'_> {
    /// Waits for results that are being written, whatever the sweep ended with: the process may end next.
    fn drop(&mut self) {
        if let Some(writing) = self.writing.take() {
            // the sweep has failed for a reason of its own
            let _ = writing.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::engine::cpu::CpuEngine;
    use crate::engine::select::Backend;
    use crate::engine::{Instructions, Precision, Sampling};
    use crate::scenario::parse;
    use crate::sweep::axis::Axis;
    use crate::sweep::builder::{OpenSweep, SweepBuilder};

    #[test]
    fn whoever_drops_a_keeper_waits_for_results_on_their_way() {
        let loaded = parse(include_str!("../../docs/examples/start.toml"), "start.toml").unwrap();
        let axis = Axis::parse("contract.cloud.take_or_pay=0.5,1").unwrap();
        let sweep = SweepBuilder::new(&loaded).axis(axis).backend(Backend::Cpu);
        let place = tempfile::tempdir().unwrap();
        let opened = sweep.check().unwrap().prepare().unwrap().open(&place.path().join("store")).unwrap();
        let OpenSweep { mut store, .. } = opened;
        let engine = CpuEngine::new(Some(1), Instructions::best(), Precision::Single, Sampling::Device).unwrap();
        let (every, follower, record) = (Duration::ZERO, &mut (), Record::begin(&engine));
        let mut keeper = Keeper::new(&mut store, every, follower, record).unwrap();
        let is_written = Arc::new(AtomicBool::new(false));
        let told = is_written.clone();
        keeper.writing = Some(std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            told.store(true, Ordering::SeqCst);
            Err(SweepError::failed("the disk is full", "make room"))
        }));
        drop(keeper);
        assert!(is_written.load(Ordering::SeqCst));
    }
}
