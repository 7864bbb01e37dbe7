// Quasi-random paths: the coordinates of a group's points, turned into the normals and jumps of the whole horizon and, period by period,
// the moves of the chain. Each path is the point of its number.

use rayon::prelude::*;

use super::super::{Real, twin};
use super::draw::{Counters, key};
use super::{Job, LANES, Words, Workspace, each, same};
use crate::engine::contract::Draws;
use crate::engine::cpu::CpuEngine;
use crate::engine::points::scrambles;
use crate::plan::points::{Exits, Jumps, Node};
use crate::plan::{Plan, Points};

/// What a group of quasi-random paths carries.
#[derive(Debug, Clone, Default)]
pub struct PointState {
    /// The seed of each dimension's scramble.
    scrambles: Vec<u32>,
    /// By lane, the period at whose end the chain leaves its state, and its exits so far.
    leaves: Words,
    exits: Words,
}

impl PointState {
    /// Of a job; empty if its paths are independent.
    pub fn new(job: &Job) -> Self {
        let scrambles = job.points.map_or_else(Vec::new, |points| scrambles(points, job.draws));
        PointState { scrambles, ..PointState::default() }
    }

    /// The words of a dimension.
    #[inline(always)]
    fn words(&self, points: &Points, counters: &Counters, dimension: u32) -> Words {
        let directions = &points.directions[dimension as usize];
        let seed = self.scrambles[dimension as usize];
        let first = counters.low[0];
        let mut digits = same(0);
        if (first as usize).is_multiple_of(LANES) {
            // the lanes' numbers differ in their last digits alone
            let base = summed(directions, first);
            for l in 0..LANES {
                let mut own = base;
                for bit in 0..LANES.ilog2() as usize {
                    own ^= directions[bit] & mask(l, bit);
                }
                digits[l] = own;
            }
        } else {
            for l in 0..LANES {
                digits[l] = summed(directions, counters.low[l]);
            }
        }
        for l in 0..LANES {
            digits[l] = twin::scrambled(digits[l], seed);
        }
        digits
    }

    /// The word of a dimension for a single lane.
    #[inline(always)]
    fn word(&self, points: &Points, point: u32, dimension: u32) -> u32 {
        let digits = summed(&points.directions[dimension as usize], point);
        twin::scrambled(digits, self.scrambles[dimension as usize])
    }
}

/// All ones where a bit of the lane's number is set.
const fn mask(lane: usize, bit: usize) -> u32 {
    (lane >> bit & 1) as u32 * u32::MAX
}

/// The digits of a point's coordinate in reverse, before scrambling.
#[inline(always)]
fn summed(directions: &[u32; 32], point: u32) -> u32 {
    let (mut left, mut sum) = (point, 0);
    while left != 0 {
        sum ^= directions[left.trailing_zeros() as usize & 31];
        left &= left - 1;
    }
    sum
}

/// Draws the normals and jumps of the horizon, and begins the chain.
#[inline(always)]
pub fn draw(job: &Job, points: &Points, counters: &Counters, workspace: &mut Workspace) {
    for (i, nodes) in points.nodes.iter().enumerate() {
        for (number, node) in nodes.iter().enumerate() {
            add_node(job, points, counters, i, (number, node), workspace);
        }
    }
    for jumps in &points.jumps {
        draw_jumps(job, points, counters, jumps, workspace);
    }
    workspace.points.exits = same(0);
    if let Some(exits) = &points.exits {
        let state = workspace.state;
        for l in 0..LANES {
            stay(job, points, exits, counters, (l, state[l], 0), workspace);
        }
    }
}

#[inline(always)]
fn add_node(
    job: &Job,
    points: &Points,
    counters: &Counters,
    factor: usize,
    (number, node): (usize, &Node),
    workspace: &mut Workspace,
) {
    let words = match node.dimension {
        twin::NONE => random(job, counters, twin::PURPOSE_DIFFUSION, factor as u32, number as u32),
        dimension => workspace.points.words(points, counters, dimension),
    };
    let normals = &mut workspace.normals[factor];
    let (first, middle) = (node.first as usize, node.middle as usize);
    let (share, deviation) = (node.share as Real, node.deviation as Real);
    let sum = if middle == first { same(0.0) } else { normals[first] };
    let part = each(|l| twin::first_part(sum[l], share, deviation, twin::normal_quantile(words[l])));
    normals[first] = part;
    if middle != first {
        normals[middle] = each(|l| sum[l] - part[l]);
    }
}

/// The words of a random stream, which counts on as periods do elsewhere.
#[inline(always)]
fn random(job: &Job, counters: &Counters, purpose: u32, index: u32, number: u32) -> Words {
    let key = key(job, purpose);
    let mut out = same(0);
    for l in 0..LANES {
        let counter = twin::Words { w0: counters.low[l], w1: counters.high[l], w2: number >> 2, w3: index };
        let words = twin::threefry(counter, key);
        out[l] = [words.w0, words.w1, words.w2, words.w3][number as usize & 3];
    }
    out
}

/// The first two words of a block of a random stream, for one lane.
#[inline(always)]
fn random_pair(job: &Job, counters: &Counters, l: usize, purpose: u32, index: u32, block: u32) -> [u32; 2] {
    let counter = twin::Words { w0: counters.low[l], w1: counters.high[l], w2: block, w3: index };
    let words = twin::threefry(counter, key(job, purpose));
    [words.w0, words.w1]
}

/// A factor's jumps, each added in its period.
#[inline(always)]
fn draw_jumps(job: &Job, points: &Points, counters: &Counters, jumps: &Jumps, workspace: &mut Workspace) {
    let i = jumps.factor as usize;
    let terms = &job.tables.factors[i];
    let Workspace { points: state, jumps: shocks, .. } = workspace;
    let shocks = &mut shocks[i];
    shocks.fill(same(0.0));
    let totals = state.words(points, counters, jumps.total_dimension);
    let mut counts = same(0);
    for l in 0..LANES {
        counts[l] = jumps.totals.partition_point(|&threshold| twin::reaches(totals[l], threshold)) as u32;
    }
    let most = counts.iter().fold(0, |most, &count| most.max(count));
    for number in 0..most {
        let [periods, sizes] = match jumps.dimensions.get(number as usize) {
            Some(&[period, size]) => [state.words(points, counters, period), state.words(points, counters, size)],
            None => {
                let mut pairs = [same(0); 2];
                for l in (0..LANES).filter(|&l| counts[l] > number) {
                    let pair = random_pair(job, counters, l, twin::PURPOSE_JUMP_SIZE, i as u32, number);
                    (pairs[0][l], pairs[1][l]) = (pair[0], pair[1]);
                }
                pairs
            }
        };
        let sizes = each(|l| twin::jump(1.0, terms.jump_mean, terms.jump_sd, twin::normal_quantile(sizes[l])));
        for l in (0..LANES).filter(|&l| counts[l] > number) {
            let period = twin::scaled(periods[l], job.sizes.periods);
            shocks[period as usize][l] += sizes[l];
        }
    }
}

/// Draws how long a lane's chain stays in a state that it has from the end of period `t` on.
#[inline(always)]
fn stay(
    job: &Job,
    points: &Points,
    exits: &Exits,
    counters: &Counters,
    (l, state, t): (usize, u32, u32),
    workspace: &mut Workspace,
) {
    let number = workspace.points.exits[l];
    let word = match exits.dimensions.get(number as usize) {
        Some(&[time, _]) => workspace.points.word(points, counters.low[l], time),
        None => random_pair(job, counters, l, twin::PURPOSE_REGIME, 0, number)[0],
    };
    let periods = job.sizes.periods as usize;
    let stays = &exits.stays[state as usize * periods..][..periods];
    let stayed = stays.partition_point(|&threshold| !twin::reaches(word, threshold)) as u32;
    workspace.points.leaves[l] = t + stayed + 1;
}

/// Moves the chain through period `t`.
#[inline(always)]
pub fn move_chain(job: &Job, exits: &Exits, counters: &Counters, t: u32, workspace: &mut Workspace) {
    workspace.previous_state = workspace.state;
    let mut leaving = false;
    for l in 0..LANES {
        leaving |= workspace.points.leaves[l] == t;
    }
    let Some(points) = job.points.filter(|_| leaving) else { return };
    let states = job.sizes.states;
    for l in 0..LANES {
        if workspace.points.leaves[l] != t {
            continue;
        }
        let from = workspace.state[l] as usize;
        let number = workspace.points.exits[l];
        let word = match exits.dimensions.get(number as usize) {
            Some(&[_, target]) => workspace.points.word(points, counters.low[l], target),
            None => random_pair(job, counters, l, twin::PURPOSE_REGIME, 0, number)[1],
        };
        let leaves = &exits.leaves[from * states..][..states - 1];
        let to = leaves.iter().filter(|&&threshold| twin::reaches(word, threshold)).count() as u32;
        workspace.state[l] = to;
        workspace.points.exits[l] = number + 1;
        stay(job, points, exits, counters, (l, to, t), workspace);
    }
}

/// The word of a clause for the whole horizon.
#[inline(always)]
pub fn clause_word(points: &Points, counters: &Counters, place: usize, state: &PointState) -> Words {
    match points.clauses[place] {
        twin::NONE => same(0),
        dimension => state.words(points, counters, dimension),
    }
}

/// The words of clauses of consecutive paths from `first` on, for the whole horizon: [word, path], of whole blocks.
pub fn clause_words(engine: &CpuEngine, plan: &Plan, draws: Draws, first: u64, out: &mut [u32]) {
    let job = Job::new(plan, draws);
    let Some(points) = job.points.filter(|points| !points.clauses.is_empty()) else { return };
    let paths = out.len() / points.clauses.len();
    let state = PointState::new(&job);
    engine.install(|| {
        out.par_chunks_mut(paths).enumerate().for_each(|(place, row)| {
            for (group, words) in row.chunks_mut(LANES).enumerate() {
                let counters = Counters::new(first + (group * LANES) as u64);
                let own = clause_word(points, &counters, place, &state);
                words.copy_from_slice(&own[..words.len()]);
            }
        });
    });
}
