//! What a device has to do, and how far it has come.

use std::collections::VecDeque;
use std::ops::Range;

use crate::engine::contract::{Stages, empty_tally};
use crate::plan::Plan;
use crate::tally::Tally;

/// Paths of the first chunk, before anything was measured.
const FIRST_CHUNK: usize = 8192;

/// Hands out ranges of paths, each beginning on a block, until there are none left.
pub type Take<'a> = dyn Fn() -> Option<Range<u64>> + Sync + 'a;

/// How far a run has come: what is safe from the loss of the device, and what the device taught about itself.
pub struct Ledger<'a> {
    /// Of all paths that are safe, by plan.
    pub tallies: Vec<Tally>,
    /// Ranges that were taken and are not yet safe, in order.
    pub taken: VecDeque<Range<u64>>,
    take: &'a Take<'a>,
    /// Paths of a chunk at most, if memory was short.
    pub most: Option<usize>,
    /// Paths of the present chunk.
    pub size: usize,
    /// Paths that progress was told of, each counted once for every plan.
    pub told: u64,
    /// Whether progress asked to stop.
    pub stopped: bool,
    /// Seconds by stage, lost work included.
    pub stages: Stages,
}

impl<'a> Ledger<'a> {
    /// Nothing done yet.
    pub fn new(plans: &[&Plan], take: &'a Take<'a>) -> Self {
        Ledger {
            tallies: plans.iter().map(|plan| empty_tally(plan)).collect(),
            taken: VecDeque::new(),
            take,
            most: None,
            size: FIRST_CHUNK,
            told: 0,
            stopped: false,
            stages: Stages::default(),
        }
    }

    /// The next range for whoever takes all that is left.
    pub fn take(&mut self) -> Option<Range<u64>> {
        self.taken.pop_front().or_else(|| (self.take)())
    }

    /// Reads the ranges from the first that is not safe.
    pub fn cursor(&self) -> Cursor {
        Cursor { range: 0, done: 0 }
    }

    /// The next paths, `size` of them at most, which begin on a block; takes another range where those taken are read.
    pub fn chunk(&mut self, cursor: &mut Cursor) -> Option<Range<u64>> {
        if self.stopped {
            return None;
        }
        if let Some(range) = self.taken.get(cursor.range)
            && range.start + cursor.done == range.end
        {
            *cursor = Cursor { range: cursor.range + 1, done: 0 };
        }
        if cursor.range == self.taken.len() {
            self.taken.push_back((self.take)()?);
        }
        let range = &self.taken[cursor.range];
        let start = range.start + cursor.done;
        let chunk = start..(start + self.size as u64).min(range.end);
        cursor.done += chunk.end - chunk.start;
        Some(chunk)
    }

    /// Paths that are safe, each counted once for every plan.
    pub fn safe(&self) -> u64 {
        self.tallies.iter().map(|tally| tally.paths).sum()
    }

    /// All that was read up to here is safe, and is of these tallies.
    pub fn secure(&mut self, cursor: &mut Cursor, tallies: &[Tally]) {
        self.tallies.iter_mut().zip(tallies).for_each(|(tally, theirs)| tally.merge(theirs));
        self.taken.drain(..cursor.range);
        if let Some(range) = self.taken.front_mut() {
            range.start += cursor.done;
        }
        *cursor = self.cursor();
    }
}

/// A place in the ranges that are not yet safe.
pub struct Cursor {
    range: usize,
    /// Paths of that range that were read.
    done: u64,
}
