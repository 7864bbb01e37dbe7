// Random words of clauses (model.md §2) and the rows of contracts that are late, as shaders/kernel/words.wgsl has them: drawn wherever
// factors come from, since they are no part of them.

use super::super::twin::{self, ChangePeriod, STAGE_BEFORE};
use super::draw::{Counters, Draw, Whose, draw};
use super::kernel::LateState;
use super::points::{self, PointState};
use super::{Group, Job, LANES, Words, Workspace, each, same};
use crate::plan::Points;

/// Draws the random words of clauses for period `t`, and finds the rows of contracts that may be late; periods come in order.
#[inline(always)]
pub fn draw_words(job: &Job, counters: &Counters, t: u32, workspace: &mut Workspace) {
    if let Some(points) = job.points {
        if t == 1 {
            begin_words(points, counters, workspace);
        }
        if workspace.crisis.first().is_some_and(|crisis| crisis.begun.iter().any(|&begun| begun != 0)) {
            draw_crisis(job, counters, t, workspace);
        }
    } else {
        draw_streams(job, counters, t, workspace);
    }
    for k in 0..job.tables.delays.len() {
        find_row(job, t, k, &mut workspace.clauses.late[k]);
    }
}

/// The words of clauses of quasi-random paths, each for the whole horizon.
#[inline(always)]
fn begin_words(points: &Points, counters: &Counters, workspace: &mut Workspace) {
    let Workspace { streams, words_of_clauses, points: state, .. } = workspace;
    for stream in streams {
        let place = match stream.whose {
            Whose::Tranche(i) => points.places.tranche(i),
            Whose::Crisis => points.places.crisis(),
            Whose::Failure(v) => points.places.failure(v),
            Whose::Novation(v) => points.places.novation(v),
            Whose::Workout(w) => points.places.workout(w),
        };
        *words_of_clauses.of(stream.whose) = points::clause_word(points, counters, place, state);
    }
}

/// The word of the period where there has been a crisis already.
#[inline(always)]
fn draw_crisis(job: &Job, counters: &Counters, t: u32, workspace: &mut Workspace) {
    let mut words = Draw::default();
    draw(job, counters, t, twin::PURPOSE_CRISIS, 0, &mut words);
    let (random, begun) = (&words[((t - 1) & 3) as usize], &workspace.crisis[0].begun);
    let [word] = &mut workspace.words_of_clauses.crisis;
    for l in 0..LANES {
        word[l] = twin::select(word[l], random[l], begun[l] != 0);
    }
}

/// The words of the period.
#[inline(always)]
fn draw_streams(job: &Job, counters: &Counters, t: u32, workspace: &mut Workspace) {
    let anew = (t - 1) & 3 == 0;
    let word = ((t - 1) & 3) as usize;
    let Workspace { streams, words_of_clauses, .. } = workspace;
    for stream in streams {
        let matters = match stream.whose {
            Whose::Tranche(i) => {
                // fours of periods in which it can be paid
                let tranche = &job.tables.tranches[i];
                t + 3 >= tranche.first_period && t <= tranche.last_period
            }
            _ => true,
        };
        if anew && matters {
            draw(job, counters, t, stream.purpose, stream.index, &mut stream.words);
        }
        *words_of_clauses.of(stream.whose) = stream.words[word];
    }
}

/// By how many periods each contract is late, and whether so much that it never begins.
#[inline(always)]
pub fn draw_delays(job: &Job, counters: &Counters, workspace: &mut Workspace) {
    let dt = job.tables.common.dt;
    for (k, (delay, late)) in job.tables.delays.iter().zip(&mut workspace.clauses.late).enumerate() {
        let [own, vendor] = delay_words(job, counters, k, &workspace.points);
        let normal = |word: usize, l: usize| {
            let (shared, own) = (twin::normal_quantile(vendor[word][l]), twin::normal_quantile(own[word][l]));
            twin::mixed(delay.vendor_weight, shared, delay.own_weight, own)
        };
        let years = each(|l| {
            let late = twin::lateness(delay.median, delay.sigma, normal(1, l));
            twin::select(0.0, late, normal(0, l) > delay.quantile)
        });
        late.obsolescence = same(1.0);
        for l in 0..LANES {
            late.periods[l] = twin::whole_periods(years[l], dt, delay.most_periods);
            late.never_begins[l] = u32::from(years[l] > delay.long_stop);
        }
    }
}

/// The first two words of a contract's own stream and of its vendor's.
#[inline(always)]
fn delay_words(job: &Job, counters: &Counters, k: usize, state: &PointState) -> [[Words; 2]; 2] {
    if let Some(points) = job.points {
        let word = |place| points::clause_word(points, counters, place, state);
        let [decisive, scale, of_vendor, scale_of_vendor] = points.places.delay(k);
        return [[word(decisive), word(scale)], [word(of_vendor), word(scale_of_vendor)]];
    }
    let delay = &job.tables.delays[k];
    [delay.contract, delay.vendor].map(|index| {
        let mut words = Draw::default();
        draw(job, counters, 1, twin::PURPOSE_DELAY, index, &mut words);
        [words[0], words[1]]
    })
}

/// The row in which a contract that may be late is in period `t`: that of the period by which it is late before it, and before the
/// first period a row like any before service. Only what the contract's clauses and its organization's events ask for is looked up.
#[inline(always)]
fn find_row(job: &Job, t: u32, k: usize, late: &mut LateState) {
    let (i, lists) = (job.tables.delays[k].change as usize, &job.structure.lists);
    let (c, owner) = (lists.late_contract[k] as usize, lists.owner[lists.late_contract[k] as usize] as usize);
    let terms = &job.tables.changes[i];
    let found = Found::of(job, t, i, &late.periods);
    late.stage = found.field(STAGE_BEFORE, |row| row.stage);
    late.capacity = found.field(0.0, |row| row.capacity);
    if lists.ages[c] != 0 {
        late.obsolescence = found.field(1.0, |row| row.obsolescence);
    }
    if lists.indexed[c] != 0 {
        late.reset = found.field(0, |row| row.reset);
    } else {
        late.rate = found.field(found.rows[i].rate, |row| row.rate);
    }
    if lists.owes[c] != 0 {
        late.bills_from = found.field(terms.bills, |row| row.bills_from);
        late.units_from = found.field(terms.units, |row| row.units_from);
    }
    if lists.overhang_watched[owner] != 0 {
        if lists.indexed[c] == 0 {
            late.bills_after = found.field(terms.bills, |row| row.bills_after);
        } else {
            late.units_after = found.field(terms.units, |row| row.units_after);
        }
    }
    if lists.reduced[c] != 0 {
        late.leaving = found.field(0, |row| row.leaving);
        late.fee = found.field(found.rows[i].fee, |row| row.fee);
    }
    if lists.reviewed[c] != 0 {
        late.review = found.field(0.0, |row| row.review);
    }
    if lists.windowed[c] != 0 {
        late.closes = found.field(0, |row| row.closes);
    }
    if t == job.sizes.periods {
        late.residual = found.field(terms.residual_before_start, |row| row.residual);
        for l in 0..LANES {
            let at_start = t == late.periods[l];
            late.residual[l] = if at_start { terms.residual_at_start } else { late.residual[l] };
        }
    }
}

/// The rows that a group's lanes are in.
struct Found<'a> {
    rows: &'a [ChangePeriod],
    /// Places among them; the first row's where there is none yet.
    places: Words,
    /// By lane, whether there is one.
    began: Words,
}

impl<'a> Found<'a> {
    #[inline(always)]
    fn of(job: &Job<'a>, t: u32, change: usize, periods: &Words) -> Self {
        let changing = job.tables.changes.len() as u32;
        let (mut places, mut began) = (same(0), same(0));
        for l in 0..LANES {
            places[l] = t.saturating_sub(periods[l] + 1) * changing + change as u32;
            began[l] = u32::from(t > periods[l]);
        }
        Found { rows: &job.tables.change_periods, places, began }
    }

    /// A field of each lane's row, or what stands for it before there is one.
    #[inline(always)]
    fn field<T: Copy + Default>(&self, outside: T, field: impl Fn(&ChangePeriod) -> T) -> Group<T> {
        let mut found = same(outside);
        // no place is behind the last: that a compiler sees it is what makes one gathering load of all lanes
        let Some(last) = self.rows.len().checked_sub(1) else { return found };
        for l in 0..LANES {
            let there = field(&self.rows[(self.places[l] as usize).min(last)]);
            found[l] = if self.began[l] != 0 { there } else { outside };
        }
        found
    }
}
