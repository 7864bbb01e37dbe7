//! What a process of a sweep does: batches in turn, results into the store.

use std::time::{Duration, Instant};

use super::batch::Queue;
use super::error::SweepFailure;
use super::keep::{Active, Follower, Keeper};
use super::record::Record;
use super::shard::Unit;
use super::store::Store;
use crate::engine::{Engine, Progress, tally_each};
use crate::run::pace::Pace;
use crate::run::schedule::Schedule;
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
        let record = Record::begin(self.engine);
        let todo = store.open_units(units);
        let (paths, periods) = (store.manifest.paths, self.loaded.scenario.horizon.periods);
        let mut queue = Queue::new(todo, paths, store.shard, periods, self.shared, self.batch);
        if !store.manifest.targets.is_empty() {
            queue.expect(Schedule::default().first());
        }
        let mut pace = Pace::default();
        let mut keeper = Keeper::new(store, self.commit_every, follower, record)?;
        let mut next = keeper.next(&mut queue, &pace);
        let mut lowered = next.as_ref().map_or_else(|| Ok(Vec::new()), |(_, chosen)| chosen.lower(self.loaded));
        while let Some((batch, _)) = next.take() {
            if !progress(batch.behind * batch.points.len() as u64) {
                keeper.commit(None)?;
                return Ok(Ended::Stopped);
            }
            let mut active = keeper.resume(batch, lowered?)?;
            next = keeper.next(&mut queue, &pace);
            // the next points are read while these are computed
            let (ended, following) = std::thread::scope(|scope| {
                let following = next.as_ref().map(|(_, chosen)| scope.spawn(|| chosen.lower(self.loaded)));
                let ended = self.compute(&mut active, &mut keeper, &mut pace, progress);
                (ended, following.map(|thread| thread.join().expect("reading points does not panic")))
            });
            if !matches!(ended, Ok(Ended::Done)) {
                // what was finished stays, whatever ended it
                keeper.commit(Some(&mut active))?;
                return ended;
            }
            keeper.finish(active)?;
            lowered = following.unwrap_or_else(|| Ok(Vec::new()));
        }
        keeper.commit(None)?;
        Ok(Ended::Done)
    }

    /// Computes a batch in slices, and keeps what is done of it when that is due.
    fn compute(
        &self,
        active: &mut Active,
        keeper: &mut Keeper,
        pace: &mut Pace,
        progress: &Progress,
    ) -> Result<Ended, SweepFailure> {
        while !active.left().is_empty() {
            let (left, open) = (active.left(), active.open());
            let periods = open.iter().map(|&place| u64::from(active.lowered[place].plan.sizes.periods));
            let work_of_path: u64 = periods.sum();
            let slice = left.start..left.start + pace.slice(left.end - left.start, work_of_path);
            let paths = slice.end - slice.start;
            let manifest = &keeper.store.manifest;
            let plans: Vec<_> = open.iter().map(|&place| active.lowered[place].drawn(manifest)).collect();
            let started = Instant::now();
            let Some(tallies) = tally_each(self.engine, &plans, self.shared, slice, progress)? else {
                return Ok(Ended::Stopped);
            };
            let took = started.elapsed();
            pace.learn(paths * work_of_path, took);
            active.add(paths, &open, &tallies, took);
            active.judge(manifest);
            if !active.left().is_empty() {
                keeper.commit_if_due(Some(active))?;
            }
        }
        Ok(Ended::Done)
    }
}
