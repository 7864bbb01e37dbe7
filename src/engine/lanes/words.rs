// Random words of clauses (model.md §2) and the rows of contracts that are late, as shaders/kernel/words.wgsl has them: drawn wherever
// factors come from, since they are no part of them.

use super::super::twin::{self, STAGE_BEFORE};
use super::factors::{Counters, draw};
use super::kernel::LateState;
use super::state::{ClauseWords, Draw};
use super::{Job, LANES, Workspace, each};

/// Whose words a stream has.
#[derive(Debug, Clone, Copy)]
enum Whose {
    Tranche(usize),
    Crisis,
    Failure(usize),
    Novation(usize),
    Workout(usize),
}

/// Four periods' words of one stream.
#[derive(Debug, Clone)]
pub struct Stream {
    whose: Whose,
    purpose: u32,
    index: u32,
    words: Draw,
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

/// Draws the random words of clauses for period `t`, and finds the rows of contracts that may be late; periods come in order.
#[inline(always)]
pub fn draw_words(job: &Job, counters: &Counters, t: u32, workspace: &mut Workspace) {
    let anew = (t - 1) & 3 == 0;
    let word = ((t - 1) & 3) as usize;
    let Workspace { streams, words_of_clauses, .. } = workspace;
    let ClauseWords { tranches, crisis, failures, novations, workouts } = words_of_clauses;
    for stream in streams {
        if anew {
            draw(job, counters, t, stream.purpose, stream.index, &mut stream.words);
        }
        let words = match stream.whose {
            Whose::Tranche(i) => &mut tranches[i],
            Whose::Crisis => &mut crisis[0],
            Whose::Failure(v) => &mut failures[v],
            Whose::Novation(v) => &mut novations[v],
            Whose::Workout(w) => &mut workouts[w],
        };
        *words = stream.words[word];
    }
    for k in 0..job.tables.delays.len() {
        find_row(job, t, k, &mut workspace.clauses.late[k]);
    }
}

/// By how many periods each contract is late, and whether so much that it never begins.
#[inline(always)]
pub fn draw_delays(job: &Job, counters: &Counters, workspace: &mut Workspace) {
    let dt = job.tables.common.dt;
    for (delay, late) in job.tables.delays.iter().zip(&mut workspace.clauses.late) {
        let (mut own, mut vendor) = (Draw::default(), Draw::default());
        draw(job, counters, 1, twin::PURPOSE_DELAY, delay.contract, &mut own);
        draw(job, counters, 1, twin::PURPOSE_DELAY, delay.vendor, &mut vendor);
        let normal = |word: usize, l: usize| {
            let (shared, own) = (twin::normal_quantile(vendor[word][l]), twin::normal_quantile(own[word][l]));
            twin::mixed(delay.vendor_weight, shared, delay.own_weight, own)
        };
        let years = each(|l| {
            let late = twin::lateness(delay.median, delay.sigma, normal(1, l));
            twin::select(0.0, late, normal(0, l) > delay.quantile)
        });
        for l in 0..LANES {
            late.periods[l] = twin::whole_periods(years[l], dt, delay.most_periods);
            late.never_begins[l] = u32::from(years[l] > delay.long_stop);
        }
    }
}

/// The row in which a contract that may be late is in period `t`: that of the period by which it is late before it, and before the
/// first period a row like any before service.
#[inline(always)]
fn find_row(job: &Job, t: u32, k: usize, late: &mut LateState) {
    let (i, count) = (job.tables.delays[k].change as usize, job.tables.changes.len());
    let terms = &job.tables.changes[i];
    for l in 0..LANES {
        let began = t > late.periods[l];
        let row = twin::select(1, t.wrapping_sub(late.periods[l]), began) - 1;
        let row = &job.tables.change_periods[row as usize * count + i];
        late.capacity[l] = twin::select(0.0, row.capacity, began);
        late.minimum[l] = twin::select(0.0, row.minimum, began);
        late.signed_capacity[l] = twin::select(0.0, row.signed_capacity, began);
        late.obsolescence[l] = twin::select(1.0, row.obsolescence, began);
        late.rate[l] = row.rate;
        late.reset[l] = twin::select(0, row.reset, began);
        late.stage[l] = twin::select(STAGE_BEFORE, row.stage, began);
        late.bills_from[l] = twin::select(terms.bills, row.bills_from, began);
        late.units_from[l] = twin::select(terms.units, row.units_from, began);
        late.bills_after[l] = twin::select(terms.bills, row.bills_after, began);
        late.units_after[l] = twin::select(terms.units, row.units_after, began);
        late.leaving[l] = twin::select(0, row.leaving, began);
        late.fee[l] = row.fee;
        late.review[l] = twin::select(0.0, row.review, began);
        late.closes[l] = twin::select(0, row.closes, began);
        let at_start = t == late.periods[l];
        let before = twin::select(terms.residual_before_start, terms.residual_at_start, at_start);
        late.residual[l] = twin::select(before, row.residual, began);
    }
}
