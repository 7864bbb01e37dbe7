// The words of the generator for the lanes' paths (model.md §2), and the streams of words that clauses ask for.

use super::super::twin;
use super::{Job, LANES, Words, same};

/// Four periods' words of one stream: [word, lane].
pub type Draw = [Words; 4];

/// The path words of the lanes' counters.
pub struct Counters {
    pub low: Words,
    pub high: Words,
}

impl Counters {
    #[inline(always)]
    pub fn new(first: u64) -> Self {
        let (mut low, mut high) = (same(0), same(0));
        for l in 0..LANES {
            let path = first + l as u64;
            low[l] = path as u32;
            high[l] = (path >> 32) as u32;
        }
        Self { low, high }
    }
}

/// The words of a stream for the four periods that `t` belongs to.
#[inline(always)]
pub fn draw(job: &Job, counters: &Counters, t: u32, purpose: u32, index: u32, out: &mut Draw) {
    let (key, index) = (key(job, purpose), stream(job, purpose, index));
    for l in 0..LANES {
        let counter = twin::Words { w0: counters.low[l], w1: counters.high[l], w2: (t - 1) >> 2, w3: index };
        let words = twin::threefry(counter, key);
        out[0][l] = words.w0;
        out[1][l] = words.w1;
        out[2][l] = words.w2;
        out[3][l] = words.w3;
    }
}

#[inline(always)]
pub fn key(job: &Job, purpose: u32) -> twin::Words {
    let seed = job.draws.seed;
    twin::Words { w0: seed as u32, w1: (seed >> 32) as u32, w2: job.draws.replicate, w3: purpose }
}

/// The index of a stream, with those apart that are drawn anew.
#[inline(always)]
pub fn stream(job: &Job, purpose: u32, index: u32) -> u32 {
    job.anew.stream(purpose, index)
}

/// Whose words a stream has.
#[derive(Debug, Clone, Copy)]
pub enum Whose {
    Tranche(usize),
    Crisis,
    Failure(usize),
    Novation(usize),
    Workout(usize),
}

/// Four periods' words of one stream.
#[derive(Debug, Clone)]
pub struct Stream {
    pub whose: Whose,
    pub purpose: u32,
    pub index: u32,
    pub words: Draw,
}

/// The streams that a job needs: words that cannot matter are not drawn.
pub fn streams(job: &Job) -> Vec<Stream> {
    let lists = &job.structure.lists;
    let vendors = job.sizes.counterparties;
    let mut streams = Vec::new();
    let mut add = |whose, purpose, index: usize| {
        streams.push(Stream { whose, purpose, index: index as u32, words: Draw::default() });
    };
    for i in (0..job.sizes.tranches).filter(|&i| lists.tranche_drawn[i] != 0) {
        add(Whose::Tranche(i), twin::PURPOSE_TRANCHE, i);
    }
    if job.structure.counts.crises != 0 {
        add(Whose::Crisis, twin::PURPOSE_CRISIS, 0);
    }
    for v in (0..vendors).filter(|&v| lists.failing[v] != 0) {
        add(Whose::Failure(v), twin::PURPOSE_VENDOR, v);
    }
    for v in (0..vendors).filter(|&v| lists.novated[v] != 0) {
        add(Whose::Novation(v), twin::PURPOSE_VENDOR, vendors + v);
    }
    for (w, workout) in job.tables.workouts.iter().enumerate() {
        add(Whose::Workout(w), twin::PURPOSE_WORKOUT, workout.organization as usize);
    }
    streams
}
