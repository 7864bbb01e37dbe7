//! What a process of a sweep does: batches in turn, results into the store.

use std::time::{Duration, Instant};

use super::batch::{Batch, Queue};
use super::error::{SweepError, SweepFailure};
use super::keep::{Active, Done, Follower, Keeper};
use super::lowered::Lowered;
use super::manifest::Manifest;
use super::origin::Origin;
use super::point::Chosen;
use super::record::Record;
use super::scrambles::Scrambles;
use super::shard::Unit;
use super::store::Store;
use crate::engine::{Engine, Progress};
use crate::run::pace::Pace;
use crate::scenario::Loaded;

/// A sweep: the scenario and what is made of it.
pub struct Sweep<'a> {
    pub loaded: &'a Loaded,
    pub engine: &'a dyn Engine,
    /// Whether points whose factors are the same share their trajectories.
    pub shared: bool,
    /// How many points go together; by the time that they take, if it is not said.
    pub batch: Option<u64>,
    /// How much work a part of the store is worth at least; so much may be lost with the process.
    pub commit_every: Duration,
}

/// How a process of a sweep ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// All that it had to do is in the store.
    Done,
    /// It was told to stop; what was finished is in the store.
    Stopped,
    /// The time that was allowed is over; what was finished is in the store.
    OutOfTime,
}

/// What is done while a batch is computed, or after it.
struct Around {
    /// What came of the batch before.
    done: Option<Done>,
    /// The points of the batch after.
    following: Lowering,
}

/// Points as plans, unless one is no scenario.
type Lowering = Result<Vec<Lowered>, SweepFailure>;

impl Sweep<'_> {
    /// Computes the units that the store lacks. `progress` is told of paths, those that were done before included, and may
    /// end it.
    pub fn run(
        &self,
        store: &mut Store,
        units: &[Unit],
        progress: &Progress,
        follower: &mut dyn Follower,
    ) -> Result<Ended, SweepFailure> {
        let (record, origin) = (Record::begin(self.engine), &Origin::new(self.loaded, &store.manifest));
        let todo = store.open_units(units);
        let (paths, parts, scrambles) = (store.manifest.paths, store.shard.parts, Scrambles::of(&store.manifest));
        let mut queue = Queue::new(todo, (paths, scrambles), store.shard, origin.periods(), self.shared, self.batch);
        if !store.manifest.targets.is_empty() {
            queue.expect(scrambles.schedule().first());
        }
        let mut pace = Pace::default();
        let manifest = store.manifest.clone();
        let mut keeper = Keeper::new(store, self.commit_every, follower, record)?;
        let mut next = keeper.next(&mut queue, &pace);
        let lower = |next: &Option<(Batch, Chosen)>| {
            next.as_ref().map_or_else(|| Ok(Vec::new()), |(_, chosen)| chosen.lower(origin, &manifest))
        };
        let mut lowered = lower(&next);
        // a brief batch becomes rows, and what is due goes to the disk, while the next one is computed
        let mut behind: Option<Active> = None;
        let mut ended = Ok(Ended::Done);
        while let Some((batch, _)) = next.take() {
            let points = match lowered {
                Ok(points) => points,
                Err(failure) => {
                    // what was finished stays
                    ended = Err(failure);
                    break;
                }
            };
            let mut active = keeper.resume(batch, points)?;
            next = keeper.next(&mut queue, &pace);
            if !active.is_one_slice(&pace) {
                // nothing that is finished waits for what takes long
                if let Some(active) = behind.take() {
                    keeper.keep(active.finish(&manifest, parts));
                }
                keeper.end_writing()?;
                keeper.commit_if_due(None)?;
            } else if parts > 1 {
                keeper.commit_if_due(None)?;
            }
            let before = behind.take();
            let finish = || before.map(|active| active.finish(&manifest, parts));
            let lower = || lower(&next);
            let (of_batch, around) =
                self.compute_beside((&mut active, &manifest), &mut keeper, &mut pace, progress, (finish, lower))?;
            if let Some(done) = around.done {
                keeper.keep(done);
            }
            if !matches!(of_batch, Ok(Ended::Done)) {
                // what was finished stays, whatever ended it
                keeper.commit(Some(&mut active))?;
                ended = of_batch;
                break;
            }
            behind = Some(active);
            lowered = around.following;
        }
        if let Some(active) = behind {
            keeper.keep(active.finish(&manifest, parts));
        }
        keeper.commit(None)?;
        ended
    }

    /// Computes a batch, and does `finish` and `lower`: beside it, or after it where the engine has all cores. More threads than cores would
    /// leave a core idle whenever the system has put two of them on another. Results that are due go to the disk meanwhile.
    fn compute_beside(
        &self,
        (active, manifest): (&mut Active, &Manifest),
        keeper: &mut Keeper,
        pace: &mut Pace,
        progress: &Progress,
        (finish, lower): (impl FnOnce() -> Option<Done> + Send, impl FnOnce() -> Lowering + Send),
    ) -> Result<(Result<Ended, SweepFailure>, Around), SweepError> {
        // a batch of several slices keeps what is done of it, and has the keeper for it
        let brief = active.is_one_slice(pace);
        if brief {
            keeper.write_beside()?;
        }
        let around = || Around { done: finish(), following: lower() };
        let kept = (!brief).then_some(keeper);
        let compute = || match progress(active.behind()) {
            true => self.compute(active, manifest, kept, pace, progress),
            false => Ok(Ended::Stopped),
        };
        if self.engine.host_threads() >= rayon::current_num_threads() {
            return Ok((compute(), around()));
        }
        Ok(std::thread::scope(|scope| {
            let other = scope.spawn(around);
            (compute(), other.join().expect("estimating and reading points do not panic"))
        }))
    }

    /// Computes a batch in slices, and keeps what is done of it when that is due, if there is a keeper.
    fn compute(
        &self,
        active: &mut Active,
        manifest: &Manifest,
        mut keeper: Option<&mut Keeper>,
        pace: &mut Pace,
        progress: &Progress,
    ) -> Result<Ended, SweepFailure> {
        let scrambles = Scrambles::of(manifest);
        while !active.left().is_empty() {
            let (left, open) = (active.left(), active.open());
            let work_at_place = active.work_at_place(&open);
            let slice = left.start..left.start + pace.slice(left.end - left.start, work_at_place);
            let places = slice.end - slice.start;
            let plans: Vec<_> = open.iter().map(|&place| active.lowered[place].drawn(manifest)).collect();
            let started = Instant::now();
            let Some(tallies) = scrambles.tally_each(self.engine, &plans, self.shared, slice, progress)? else {
                return Ok(Ended::Stopped);
            };
            let took = started.elapsed();
            pace.learn(places * work_at_place, took);
            active.add(places, &open, tallies, took);
            active.judge(manifest);
            if let Some(keeper) = keeper.as_mut().filter(|_| !active.left().is_empty()) {
                keeper.commit_if_due(Some(active))?;
            }
        }
        Ok(Ended::Done)
    }
}
