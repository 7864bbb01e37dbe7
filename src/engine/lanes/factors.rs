// One period of the chain and of all factors (model.md §3), drawn or loaded.

use super::super::Real;
use super::super::twin::{self, KIND_LOGIT, KIND_TABLE};
use super::draw::{Counters, draw};
use super::jumps::draw_jumps;
use super::state::{Motion, Step};
use super::{Job, LANES, Lanes, Trajectories, Words, Workspace, count_reached, each, exchange, points, same};

/// Moves the chain and the factors through period `t`.
#[inline(always)]
pub fn advance(job: &Job, counters: &Counters, t: u32, workspace: &mut Workspace) {
    let row = match job.points {
        // all that the horizon needs is there
        Some(points) => {
            if let Some(exits) = &points.exits {
                points::move_chain(job, exits, counters, t, workspace);
            }
            t as usize - 1
        }
        None => {
            if (t - 1) & 3 == 0 {
                refill(job, counters, t, workspace);
            }
            let word = ((t - 1) & 3) as usize;
            if job.sizes.states > 1 {
                move_chain(job, word, workspace);
            }
            word
        }
    };
    // every factor gets a new X
    exchange(&mut workspace.x, &mut workspace.previous);
    let factors = job.sizes.factors;
    let terms = &job.tables.factors[..factors];
    let bases = &job.tables.factor_bases[(t as usize - 1) * factors..][..factors];
    for i in 0..factors {
        if terms[i].kind == KIND_TABLE {
            workspace.x[i] = same(bases[i]);
        } else {
            step(job, i, row, bases[i], workspace);
        }
    }
}

/// Draws for the four periods that `t` begins.
#[inline(always)]
fn refill(job: &Job, counters: &Counters, t: u32, workspace: &mut Workspace) {
    for (i, terms) in job.tables.factors.iter().enumerate() {
        if terms.kind == KIND_TABLE {
            continue;
        }
        draw(job, counters, t, twin::PURPOSE_DIFFUSION, i as u32, &mut workspace.words);
        let normals = &mut workspace.normals[i][..4];
        for word in 0..4 {
            quantiles(&mut normals[word], &workspace.words[word]);
        }
        if terms.jumps_first < terms.jumps_end {
            draw_jumps(job, counters, t, i, workspace);
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
    let Workspace { state, previous_state, regime_words, .. } = workspace;
    let (before, words) = (*state, &regime_words[word]);
    let mut after = same(0);
    for from in 0..states {
        let mut to = same(0);
        for &threshold in &thresholds[from * states..(from + 1) * states - 1] {
            count_reached(words, threshold, &mut to);
        }
        after = if from == 0 { to } else { chosen(&after, &to, &before, from as u32) };
    }
    *previous_state = before;
    *state = after;
}

/// The states `to` of those that were in `from`; the others stay as they are.
#[inline(always)]
fn chosen(others: &Words, to: &Words, before: &Words, from: u32) -> Words {
    let mut out = same(0);
    for l in 0..LANES {
        out[l] = twin::select(others[l], to[l], before[l] == from);
    }
    out
}

/// Moves factor `i` through the period. What only some factors have (jumps, effects of regimes) costs the others
/// nothing, and regimes cost a factor only what they change of it.
#[inline(always)]
fn step(job: &Job, i: usize, row: usize, base: Real, workspace: &mut Workspace) {
    let terms = &job.tables.factors[i];
    let Workspace { motions, step: Step { z, shock }, normals, jumps, state, previous_state, y, x, .. } = workspace;
    let Motion { loadings, drift, diffusion, drifts, diffusions, entries } = &mut motions[i];
    let z = match loadings[..] {
        // its own normals alone: 0 + 1·z is z
        [(j, 1.0)] => &normals[j][row],
        _ => {
            correlate(z, loadings, normals, row);
            &*z
        }
    };
    choose(drift, state, drifts);
    choose(diffusion, state, diffusions);
    let jumped = if terms.jumps_first < terms.jumps_end { &jumps[i][row] } else { const { &same(0.0) } };
    let shock = if entries.is_empty() {
        jumped
    } else {
        *shock = *jumped;
        for &(number, entry) in entries.iter() {
            let entered = |l: usize| (state[l] == number) & (previous_state[l] != number);
            *shock = each(|l| shock[l] + twin::select(0.0, entry, entered(l)));
        }
        &*shock
    };
    advance_lanes(&mut y[i], terms.decay, drift, diffusion, z, shock);
    if terms.kind == KIND_LOGIT {
        logit_values(&mut x[i], &y[i], base, terms.lower, terms.width);
    } else {
        log_values(&mut x[i], &y[i], base);
    }
}

// These loops over lanes are functions because a compiler knows that references among a function's arguments do not overlap:
// it stores results where they belong, without a copy in between.

#[inline(always)]
fn quantiles(normals: &mut Lanes, words: &Words) {
    for l in 0..LANES {
        normals[l] = twin::normal_quantile(words[l]);
    }
}

#[inline(always)]
fn advance_lanes(y: &mut Lanes, decay: Real, drift: &Lanes, diffusion: &Lanes, z: &Lanes, shock: &Lanes) {
    for l in 0..LANES {
        y[l] = twin::advance(y[l], decay, drift[l], diffusion[l], z[l], shock[l]);
    }
}

#[inline(always)]
fn log_values(x: &mut Lanes, y: &Lanes, base: Real) {
    for l in 0..LANES {
        x[l] = twin::log_value(base, y[l]);
    }
}

#[inline(always)]
fn logit_values(x: &mut Lanes, y: &Lanes, base: Real, lower: Real, width: Real) {
    for l in 0..LANES {
        x[l] = twin::logit_value(base, y[l], lower, width);
    }
}

#[inline(always)]
fn add_two(z: &mut Lanes, first: &Lanes, second: &Lanes, of_first: Real, of_second: Real) {
    for l in 0..LANES {
        z[l] = twin::accumulated(twin::accumulated(0.0, first[l], of_first), second[l], of_second);
    }
}

#[inline(always)]
fn add(z: &mut Lanes, normals: &Lanes, loading: Real) {
    for l in 0..LANES {
        z[l] = twin::accumulated(z[l], normals[l], loading);
    }
}

#[inline(always)]
fn choose_of_two(out: &mut Lanes, state: &Words, first: Real, second: Real) {
    for l in 0..LANES {
        out[l] = twin::select(first, second, state[l] == 1);
    }
}

/// Correlated normals: what a factor takes of each, added up in their order.
#[inline(always)]
fn correlate(z: &mut Lanes, loadings: &[(usize, Real)], normals: &[Vec<Lanes>], row: usize) {
    let (two, others) = loadings.split_at(loadings.len().min(2));
    if let &[(j, of_first), (k, of_second)] = two {
        add_two(z, &normals[j][row], &normals[k][row], of_first, of_second);
    } else {
        *z = same(0.0);
        for &(j, loading) in two {
            add(z, &normals[j][row], loading);
        }
    }
    for &(j, loading) in others {
        add(z, &normals[j][row], loading);
    }
}

/// For each lane the value of its state, if there are values.
#[inline(always)]
fn choose(out: &mut Lanes, state: &Words, values: &[Real]) {
    let &[first, second, ref others @ ..] = values else { return };
    choose_of_two(out, state, first, second);
    for (number, &value) in (2..).zip(others) {
        // in place it would become a masked store
        *out = each(|l| twin::select(out[l], value, state[l] == number));
    }
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
    exchange(&mut workspace.x, &mut workspace.previous);
    for i in 0..job.sizes.factors {
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
