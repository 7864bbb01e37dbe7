// The jumps of a factor in four periods at once (model.md §3). Few paths jump: those are put together, so that only they draw sizes.

use super::super::{Real, twin};
use super::draw::{Counters, Draw, draw, key, stream};
use super::state::{JUMPS, Jumping, PLACES};
use super::{Job, LANES, Workspace, for_each_of, same};

/// Draws the jumps of factor `i` in the four periods that `t` belongs to.
#[inline(always)]
pub fn draw_jumps(job: &Job, counters: &Counters, t: u32, i: usize, workspace: &mut Workspace) {
    let terms = &job.tables.factors[i];
    let thresholds = &job.tables.jump_thresholds[terms.jumps_first as usize..terms.jumps_end as usize];
    let Jumping { words, places } = &mut workspace.jumping;
    draw(job, counters, t, twin::PURPOSE_JUMP_COUNT, i as u32, words);
    let found = find(words, thresholds[0], places);
    let shocks = &mut workspace.jumps[i][..4];
    for word in 0..4 {
        shocks[word] = same(0.0);
    }
    for group in (0..found).step_by(JUMPS) {
        // past the last there are places of before, whose jumps nobody takes
        let at: &[u32; JUMPS] = places[group..][..JUMPS].try_into().expect("there is room for them");
        let (counts, normals) = (count(thresholds, words, at), normals(job, counters, t, i, at));
        let mut sizes = [0.0; JUMPS];
        for k in 0..JUMPS {
            sizes[k] = twin::jump(counts[k] as i32 as Real, terms.jump_mean, terms.jump_sd, normals[k]);
        }
        for k in 0..JUMPS.min(found - group) {
            let (word, l) = place(at[k]);
            shocks[word][l] = sizes[k];
        }
    }
}

/// Word and lane of a place.
#[inline(always)]
fn place(at: u32) -> (usize, usize) {
    (at as usize / LANES % 4, at as usize % LANES)
}

/// The places of those that jump, and how many there are.
#[inline(always)]
fn find(words: &Draw, threshold: u32, places: &mut [u32; PLACES]) -> usize {
    let mut found = 0;
    for (word, row) in words.iter().enumerate() {
        let mut jumps = [false; LANES];
        for l in 0..LANES {
            jumps[l] = twin::reaches(row[l], threshold);
        }
        for_each_of(jumps, |l| {
            places[found % PLACES] = (word * LANES + l) as u32;
            found += 1;
        });
    }
    found
}

/// How often those at some places jump.
#[inline(always)]
fn count(thresholds: &[u32], words: &Draw, at: &[u32; JUMPS]) -> [u32; JUMPS] {
    let (mut drawn, mut counts) = ([0; JUMPS], [0; JUMPS]);
    for k in 0..JUMPS {
        let (word, l) = place(at[k]);
        drawn[k] = words[word][l];
    }
    // thresholds rise: what the highest word does not reach no other does
    let highest = drawn.iter().fold(0, |highest, &word| twin::max(highest, word));
    for &threshold in thresholds.iter().take_while(|&&threshold| twin::reaches(highest, threshold)) {
        for k in 0..JUMPS {
            counts[k] += u32::from(twin::reaches(drawn[k], threshold));
        }
    }
    counts
}

/// The normals of sizes of jumps, each of a place.
#[inline(always)]
fn normals(job: &Job, counters: &Counters, t: u32, i: usize, at: &[u32; JUMPS]) -> [Real; JUMPS] {
    let key = key(job, twin::PURPOSE_JUMP_SIZE);
    let index = stream(job, twin::PURPOSE_JUMP_SIZE, i as u32);
    let (first, before) = (counters.low[0], counters.high[0]);
    let mut normals = [0.0; JUMPS];
    for k in 0..JUMPS {
        let (word, l) = (at[k] / LANES as u32, at[k] % LANES as u32);
        let low = first.wrapping_add(l);
        let high = before.wrapping_add(u32::from(low < first));
        let counter = twin::Words { w0: low, w1: high, w2: (t - 1) >> 2, w3: index };
        let words = twin::threefry(counter, key);
        let early = twin::select(words.w0, words.w1, word == 1);
        let late = twin::select(words.w2, words.w3, word == 3);
        normals[k] = twin::normal_quantile(twin::select(early, late, word >= 2));
    }
    normals
}
