// One period of the chain and of all factors (model.md §3), drawn or loaded.

use super::super::Real;
use super::super::twin::{self, KIND_LOGIT, KIND_TABLE};
use super::state::Draw;
use super::{Job, LANES, Lanes, Trajectories, Words, Workspace, each};

/// The path words of the lanes' counters.
pub struct Counters {
    low: Words,
    high: Words,
}

impl Counters {
    #[inline(always)]
    pub fn new(first: u64) -> Self {
        let (mut low, mut high) = ([0; LANES], [0; LANES]);
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
fn draw(job: &Job, counters: &Counters, t: u32, purpose: u32, index: u32, out: &mut Draw) {
    let seed = job.draws.seed;
    let key = twin::Words(seed as u32, (seed >> 32) as u32, job.draws.replicate, purpose);
    for l in 0..LANES {
        let counter = twin::Words(counters.low[l], counters.high[l], (t - 1) >> 2, index);
        let words = twin::threefry(counter, key);
        out[0][l] = words.w0;
        out[1][l] = words.w1;
        out[2][l] = words.w2;
        out[3][l] = words.w3;
    }
}

/// Moves the chain and the factors through period `t`.
#[inline(always)]
pub fn advance(job: &Job, counters: &Counters, t: u32, workspace: &mut Workspace) {
    if (t - 1) & 3 == 0 {
        refill(job, counters, t, workspace);
    }
    let word = ((t - 1) & 3) as usize;
    if job.sizes.states > 1 {
        move_chain(job, word, workspace);
    }
    let factors = job.sizes.factors;
    for i in 0..factors {
        workspace.previous[i] = workspace.x[i];
        let terms = &job.tables.factors[i];
        let base = job.tables.factor_bases[(t as usize - 1) * factors + i];
        if terms.kind == KIND_TABLE {
            workspace.x[i] = [base; LANES];
            continue;
        }
        let words = &workspace.diffusion_words[i][word];
        workspace.normals[i] = each(|l| twin::normal_quantile(words[l]));
        let y = step(job, i, word, workspace);
        workspace.y[i] = y;
        workspace.x[i] = if terms.kind == KIND_LOGIT {
            each(|l| twin::logit_value(base, y[l], terms.lower, terms.width))
        } else {
            each(|l| twin::log_value(base, y[l]))
        };
    }
}

#[inline(always)]
fn refill(job: &Job, counters: &Counters, t: u32, workspace: &mut Workspace) {
    for (i, terms) in job.tables.factors.iter().enumerate() {
        if terms.kind == KIND_TABLE {
            continue;
        }
        let index = i as u32;
        draw(job, counters, t, twin::PURPOSE_DIFFUSION, index, &mut workspace.diffusion_words[i]);
        if terms.jumps_first < terms.jumps_end {
            draw(job, counters, t, twin::PURPOSE_JUMP_COUNT, index, &mut workspace.jump_count_words[i]);
            draw(job, counters, t, twin::PURPOSE_JUMP_SIZE, index, &mut workspace.jump_size_words[i]);
        }
    }
    if job.sizes.states > 1 {
        draw(job, counters, t, twin::PURPOSE_REGIME, 0, &mut workspace.regime_words);
    }
}

#[inline(always)]
fn move_chain(job: &Job, word: usize, workspace: &mut Workspace) {
    let states = job.sizes.states;
    let thresholds = &job.tables.regime_thresholds;
    let before = workspace.state;
    let words = workspace.regime_words[word];
    let mut after = [0; LANES];
    for from in 0..states {
        let mut to = [0; LANES];
        for &threshold in &thresholds[from * states..(from + 1) * states - 1] {
            for l in 0..LANES {
                to[l] += u32::from(twin::reaches(words[l], threshold));
            }
        }
        for l in 0..LANES {
            after[l] = if before[l] == from as u32 { to[l] } else { after[l] };
        }
    }
    workspace.previous_state = before;
    workspace.state = after;
}

/// y of factor `i` after the period.
#[inline(always)]
fn step(job: &Job, i: usize, word: usize, workspace: &Workspace) -> Lanes {
    let factors = job.sizes.factors;
    let terms = &job.tables.factors[i];
    let row = &job.tables.cholesky[i * factors..][..=i];
    let mut z: Lanes = [0.0; LANES];
    for (j, &l_ij) in row.iter().enumerate() {
        if l_ij != 0.0 {
            let normals = &workspace.normals[j];
            z = each(|l| twin::accumulated(z[l], normals[l], l_ij));
        }
    }
    let mut shock: Lanes = [0.0; LANES];
    if terms.jumps_first < terms.jumps_end {
        shock = jumps(job, i, word, workspace);
    }
    let y = &workspace.y[i];
    if job.sizes.states == 1 {
        let effect = &job.tables.effects[i];
        return each(|l| twin::advance(y[l], terms.decay, effect.drift, effect.diffusion, z[l], shock[l]));
    }
    let (mut drift, mut diffusion): (Lanes, Lanes) = ([0.0; LANES], [0.0; LANES]);
    for state in 0..job.sizes.states {
        let effect = &job.tables.effects[state * factors + i];
        let (here, now, before) = (state as u32, workspace.state, workspace.previous_state);
        let (added, spread, entry) = (effect.drift, effect.diffusion, effect.entry);
        drift = each(|l| twin::select(drift[l], added, now[l] == here));
        diffusion = each(|l| twin::select(diffusion[l], spread, now[l] == here));
        shock = each(|l| shock[l] + twin::select(0.0, entry, (now[l] == here) & (before[l] != here)));
    }
    each(|l| twin::advance(y[l], terms.decay, drift[l], diffusion[l], z[l], shock[l]))
}

#[inline(always)]
fn jumps(job: &Job, i: usize, word: usize, workspace: &Workspace) -> Lanes {
    let terms = &job.tables.factors[i];
    let words = &workspace.jump_count_words[i][word];
    let mut count = [0u32; LANES];
    for &threshold in &job.tables.jump_thresholds[terms.jumps_first as usize..terms.jumps_end as usize] {
        for l in 0..LANES {
            count[l] += u32::from(twin::reaches(words[l], threshold));
        }
    }
    let sizes = &workspace.jump_size_words[i][word];
    each(|l| twin::jump(count[l] as i32 as Real, terms.jump_mean, terms.jump_sd, twin::normal_quantile(sizes[l])))
}

/// Takes the factors at the start from trajectories; `place` is the group's among them.
#[inline(always)]
pub fn load_start(job: &Job, given: &Trajectories, place: usize, workspace: &mut Workspace) {
    for i in 0..job.sizes.factors {
        workspace.x[i] = each(|l| given.factors[i * given.paths + (place + l).min(given.paths - 1)]);
    }
}

/// Takes the period's factors and states from trajectories; `place` is the group's among them.
#[inline(always)]
pub fn load(job: &Job, given: &Trajectories, place: usize, t: u32, workspace: &mut Workspace) {
    // the last group may reach past the end: its surplus lanes repeat the last path
    let at = |l: usize| (place + l).min(given.paths - 1);
    for i in 0..job.sizes.factors {
        workspace.previous[i] = workspace.x[i];
        let row = (t as usize * job.sizes.factors + i) * given.paths;
        workspace.x[i] = each(|l| given.factors[row + at(l)]);
    }
    if job.sizes.states > 1 {
        workspace.previous_state = workspace.state;
        for l in 0..LANES {
            workspace.state[l] = given.states[(t as usize - 1) * given.paths + at(l)];
        }
    }
}
