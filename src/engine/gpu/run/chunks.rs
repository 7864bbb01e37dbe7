//! A run on a device, chunk by chunk.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

use wgpu::{Buffer, CommandEncoder, SubmissionIndex};

use super::factors::{self, Submitter};
use super::ledger::{Cursor, Ledger};
use super::session::{self, Member, Session, Slot};
use crate::engine::contract::{BLOCK, Progress, Stages, empty_tally};
use crate::engine::gpu::device::buffers::{dispatch, groups_of_paths};
use crate::engine::gpu::device::clock::{Clock, Mark};
use crate::engine::gpu::device::context::{Context, Fault, Purpose};
use crate::engine::gpu::kernel::compose;
use crate::plan::Plan;
use crate::tally::Tally;

/// How long a submission should take: long enough to amortise its cost, well below any watchdog.
const TARGET: Duration = Duration::from_millis(100);
/// Paths after which the device's 32-bit counters are emptied, and the time: all since then is lost with the device.
const DRAIN_AFTER: u64 = 1 << 31;
const DRAIN_EVERY: Duration = Duration::from_secs(5);
const IN_FLIGHT: usize = 2;

/// What stays the same during a run on a device.
pub struct Run<'a> {
    submitter: Submitter<'a>,
    /// By plan of the group
    pub sessions: Vec<Session<'a>>,
    pub count_readback: (Buffer, usize),
}

impl<'a> Run<'a> {
    /// Compiles the plans' kernels, as far as they are not known.
    pub fn new(submitter: Submitter<'a>) -> Result<Self, Fault> {
        let (context, settings) = (submitter.context, submitter.engine.settings);
        assert!(submitter.plans.iter().all(|plan| plan.anew.is_empty()), "kernels have one stream for each source");
        let session = |plan: &&'a Plan| Session::new(context, plan, settings, submitter.source.sampling());
        let sessions: Vec<Session> = submitter.plans.iter().map(session).collect();
        let count_readback = session::count_readback(context, &sessions);
        context.check()?;
        Ok(Run { submitter, sessions, count_readback })
    }

    /// The open device.
    pub fn context(&self) -> &'a Context {
        self.submitter.context
    }

    /// Buffers for chunks of so many paths.
    pub fn slot(&self, paths: usize) -> Result<Slot, Fault> {
        let slot = Slot::new(&self.submitter, &self.sessions, paths);
        self.context().check()?;
        Ok(slot)
    }

    /// The most paths of a chunk of a run of so many.
    pub fn most_paths(&self, paths: u64) -> Result<usize, Fault> {
        match session::most_paths(&self.context().device, &self.submitter.plans, self.submitter.source) {
            0 => Err(Fault::Other("it has too little memory for a single block of paths".into())),
            most => Ok(most.min(usize::try_from(paths).unwrap_or(usize::MAX).next_multiple_of(BLOCK))),
        }
    }

    /// Computes all paths that are not yet safe and those that are still handed out, `longest` of them at once at most, and
    /// adds them to the ledger's tallies.
    pub fn finish(&self, ledger: &mut Ledger, longest: u64, progress: &Progress) -> Result<(), Fault> {
        let most = self.most_paths(longest)?.min(ledger.most.unwrap_or(usize::MAX));
        let most = self.submitter.engine.chunk.map_or(most, |fixed| fixed.min(most));
        ledger.size = self.submitter.engine.chunk.unwrap_or(ledger.size).min(most);
        // room that will not be outgrown by a little: drivers are slow to give memory back
        let room = if most < 2 * ledger.size { most } else { ledger.size };
        let mut slots: Vec<Slot> = (0..IN_FLIGHT).map(|_| self.slot(room)).collect::<Result<_, _>>()?;
        let mut recent = self.empty_tallies();
        let (mut cursor, mut more) = (ledger.cursor(), true);
        let mut flying = VecDeque::new();
        let (mut freed, mut finished, mut drained) = (0, Instant::now(), Instant::now());
        while more || !flying.is_empty() {
            let due = recent[0].paths >= DRAIN_AFTER || drained.elapsed() >= DRAIN_EVERY;
            if due && flying.is_empty() {
                self.secure(ledger, &mut cursor, &mut recent)?;
                drained = Instant::now();
            } else if more && !due && flying.len() < IN_FLIGHT {
                let Some(chunk) = ledger.chunk(&mut cursor) else {
                    more = false;
                    continue;
                };
                if flying.is_empty() {
                    finished = Instant::now();
                }
                let free = &mut slots[freed % IN_FLIGHT];
                if free.paths < ledger.size {
                    *free = self.slot(ledger.size.next_power_of_two().min(most))?;
                }
                let submission = self.submit(free, chunk.clone(), &mut ledger.stages)?;
                flying.push_back((freed, chunk, submission));
                freed += 1;
            } else if let Some((slot, chunk, submission)) = flying.pop_front() {
                self.context().wait(Some(submission))?;
                let count = chunk.end - chunk.start;
                if self.submitter.engine.chunk.is_none() && count as usize == ledger.size {
                    ledger.size = adapted(ledger.size, finished.elapsed(), most);
                }
                finished = Instant::now();
                self.collect(&slots[slot % IN_FLIGHT], chunk, &mut recent, &mut ledger.stages)?;
                let done = ledger.safe() + recent.iter().map(|tally| tally.paths).sum::<u64>();
                if done > ledger.told {
                    ledger.stopped |= !progress(done - ledger.told);
                    ledger.told = done;
                }
            }
        }
        self.context().wait(None)?;
        self.secure(ledger, &mut cursor, &mut recent)?;
        self.keep_buffers();
        Ok(())
    }

    /// Leaves counters, which have come home, to the next run.
    fn keep_buffers(&self) {
        for session in &self.sessions {
            self.context().keep(Purpose::Counting, session.count_words, session.counts.clone());
        }
        let (readback, words) = &self.count_readback;
        self.context().keep(Purpose::Reading, *words, readback.clone());
    }

    fn empty_tallies(&self) -> Vec<Tally> {
        self.sessions.iter().map(|session| empty_tally(session.plan)).collect()
    }

    /// Brings the counters home: what is added to the ledger's tallies is safe.
    fn secure(&self, ledger: &mut Ledger, cursor: &mut Cursor, recent: &mut Vec<Tally>) -> Result<(), Fault> {
        let started = Instant::now();
        for (session, tally) in self.sessions.iter().zip(recent.iter_mut()) {
            self.drain(session, tally)?;
        }
        ledger.secure(cursor, &std::mem::replace(recent, self.empty_tallies()));
        ledger.stages.read_back += started.elapsed().as_secs_f64();
        Ok(())
    }

    /// Feeds the slot with what the chunk needs, and submits its kernels; the block sums are on their way back.
    pub fn submit(&self, slot: &Slot, chunk: Range<u64>, stages: &mut Stages) -> Result<SubmissionIndex, Fault> {
        let mut encoder = self.submitter.begin(&slot.chunk, &slot.factor_buffers, Some(&slot.clock), &chunk, stages)?;
        let stride = factors::stride(&chunk);
        let several = slot.members.len() > 1;
        for (session, member) in self.sessions.iter().zip(&slot.members) {
            record(session, member, stride, &mut encoder, (!several).then_some(&slot.clock));
        }
        // plan by plan their times could not be told apart: all counts as kernel
        if several {
            slot.clock.mark(&mut encoder, Mark::Simulated);
        }
        slot.clock.mark(&mut encoder, Mark::Reduced);
        let mut end = 0;
        for (session, member) in self.sessions.iter().zip(&slot.members) {
            let (totals, faults) = session::block_bytes(session.plan, stride / BLOCK);
            encoder.copy_buffer_to_buffer(&member.totals, 0, &slot.readback, end, totals as u64);
            encoder.copy_buffer_to_buffer(&member.faults, 0, &slot.readback, end + totals as u64, faults as u64);
            end += (totals + faults) as u64;
        }
        end += slot.clock.bring_home(&mut encoder, &slot.readback, end);
        Ok(self.submitter.submit(encoder, &slot.factor_buffers, &slot.readback, end))
    }
}

/// Records the kernels of a plan.
fn record(session: &Session, member: &Member, stride: usize, encoder: &mut CommandEncoder, clock: Option<&Clock>) {
    let blocks = (stride / BLOCK) as u32;
    dispatch(encoder, &session.simulate, &member.simulate, (groups_of_paths(stride), 1));
    if let Some(clock) = clock {
        clock.mark(encoder, Mark::Simulated);
    }
    dispatch(encoder, &session.classify, &member.classify, (blocks, 1));
    let reduced = (blocks.div_ceil(compose::BLOCKS_REDUCED), session.plan.figures.len() as u32);
    dispatch(encoder, &session.reduce, &member.reduce, reduced);
}

/// The next chunk's paths: as many as should take `TARGET`, at most twice or half as many as before, in whole blocks.
fn adapted(paths: usize, took: Duration, most: usize) -> usize {
    let ratio = (TARGET.as_secs_f64() / took.as_secs_f64().max(1e-6)).clamp(0.5, 2.0);
    ((paths as f64 * ratio) as usize / BLOCK * BLOCK).clamp(BLOCK, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A device on which a path takes a microsecond, then ten: submissions come to a tenth of a second each time.
    #[test]
    fn submissions_come_to_their_time() {
        let mut size = 8192;
        for microseconds in [1.0, 10.0] {
            let took = |paths: usize| Duration::from_secs_f64(paths as f64 * microseconds * 1e-6);
            for _ in 0..8 {
                size = adapted(size, took(size), 1 << 20);
            }
            assert!((0.05..0.2).contains(&took(size).as_secs_f64()), "{size} paths take {:?}", took(size));
            assert_eq!(size % BLOCK, 0);
        }
        assert_eq!(adapted(BLOCK, Duration::from_secs(9), 1 << 20), BLOCK);
        assert_eq!(adapted(BLOCK, Duration::ZERO, BLOCK), BLOCK);
    }
}
