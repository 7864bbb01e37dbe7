//! A sweep under way: progress, the best and worst points, conditions, and what is said at the end.

use std::path::Path;
use std::time::Instant;

use super::condition::Condition;
use super::console::Console;
use super::failure::Failure;
use super::output;
use super::progress::{Shown, rate};
use super::sweep_ends::Found;
use super::sweep_log::Log;
use super::sweep_lookups::{Lookups, lookups};
use crate::report;
use crate::scenario::Loaded;
use crate::sweep::design::Points;
use crate::sweep::rows;
use crate::sweep::{Ended, Finished, Follower, OpenSweep, Results, Store, SweepError, Swept};
use crate::text::harmless::harmless_lines;

/// Shows and notes what comes in: the best and the worst point so far.
struct Following<'a> {
    shown: &'a Shown<'a>,
    log: Option<Log<'a>>,
    lookups: &'a Lookups,
    /// What is found in the points, unless earlier processes computed some of them.
    found: Option<Found>,
    done: usize,
    own: usize,
    failed: usize,
    best: Option<(f64, usize)>,
    worst: Option<(f64, usize)>,
    started: Instant,
    computed: usize,
}

impl Follower for Following<'_> {
    fn arrived(&mut self, results: &Results) {
        for (point, rows) in results {
            self.done += 1;
            self.computed += 1;
            self.failed += usize::from(rows::failure(rows).is_some());
            if let Some(found) = &mut self.found {
                found.add(self.lookups, *point, rows);
            }
            if let Some(number) = rows::get(rows, &self.lookups.watched) {
                let lower = self.best.is_none_or(|(best, _)| number < best);
                let higher = self.worst.is_none_or(|(worst, _)| number > worst);
                self.best = if lower { Some((number, *point)) } else { self.best };
                self.worst = if higher { Some((number, *point)) } else { self.worst };
            }
        }
        let per_second = self.computed as f64 / self.started.elapsed().as_secs_f64().max(1e-3);
        let mut message = format!("{} of {} points, {}", self.done, self.own, rate(per_second));
        if let (Some((low, at_low)), Some((high, at_high))) = (self.best, self.worst) {
            message += &format!(", {} {low:.4} (point {at_low}) to {high:.4} (point {at_high})", self.lookups.watched);
        }
        if self.failed > 0 {
            message += &format!(", {} failed", self.failed);
        }
        self.shown.set_message(message);
    }

    fn kept(&mut self, finished: &[Finished]) {
        if let Some(log) = &mut self.log {
            log.add(finished);
        }
    }
}

/// Computes what the store lacks, and says what came out.
pub fn run(
    sweep: OpenSweep,
    lookups: &Lookups,
    log: Option<&Path>,
    console: &Console,
    shown: &Shown,
) -> Result<(), Failure> {
    let (store, own) = (&sweep.store, sweep.own);
    let mut following = Following {
        shown,
        log: log.map(|path| Log::open(path, sweep.chosen(), console)).transpose()?,
        lookups,
        found: (store.done() == 0).then(Found::default),
        done: store.done(),
        own,
        failed: store.failed().len(),
        best: None,
        worst: None,
        started: Instant::now(),
        computed: 0,
    };
    if store.done() > 0 || !store.pieces().is_empty() {
        console.remark(&format!(
            "resuming: {} of {own} points are already in `{}`",
            store.done(),
            store.root().display()
        ));
    }
    let Swept { store, ended, .. } = sweep.run(&mut following)?;
    if ended == Ended::Stopped {
        let kept = format!("{} of {own} points are in `{}`", store.done(), store.root().display());
        return console.go_on().map_err(|failure| match failure {
            Failure::Stopped(code) => Failure::Paused { code, kept },
            other => other,
        });
    }
    let found = following.found.take().map_or_else(|| find(&store, lookups), Ok)?;
    let mut held = print(&store, own, lookups, found)?;
    if ended == Ended::OutOfTime {
        let missing = own.saturating_sub(store.done());
        held.push(format!(
            "--max-seconds is over with {missing} of {own} points left; run the same command again to continue"
        ));
        return Err(Failure::Condition(held.join("\n       ")));
    }
    if store.shard.count == 1 {
        return conclude(&store, held);
    }
    tell_shard(&store, lookups, console);
    Ok(())
}

/// A shard that is computed is done: what is wrong with its results is told once, when all are together.
fn tell_shard(store: &Store, lookups: &Lookups, console: &Console) {
    if let Some(first) = store.failed().first() {
        console.remark(&format!(
            "warning: {} of this shard's points failed, first point {first}; `overhang merge` reports them",
            store.failed().len()
        ));
    }
    if !lookups.conditions.is_empty() {
        console.remark("a shard does not test --fail-if; give the conditions to `overhang merge`");
    }
    if store.shard.parts > 1 {
        console.remark("the parts of this shard's points are ready for `overhang merge`");
    }
}

/// Looks at all points of a store.
fn find(store: &Store, lookups: &Lookups) -> Result<Found, Failure> {
    let mut found = Found::default();
    for results in store.results() {
        results?.iter().for_each(|(point, rows)| found.add(lookups, *point, rows));
    }
    Ok(found)
}

/// Prints the table of points; the conditions that hold.
fn print(store: &Store, own: usize, lookups: &Lookups, found: Found) -> Result<Vec<String>, Failure> {
    let held = found.failures();
    let heading = format!(
        " {}\n {} of {own} points in {}, {}, {} random numbers\n\n",
        store.manifest.scenario,
        store.done(),
        store.root().display(),
        store.manifest.paths_in_words(),
        if store.manifest.independent { "independent" } else { "common" },
    );
    let (mut shown, note) = found.ends.shown(&lookups.watched);
    if !shown.is_empty() {
        for point in &mut shown {
            point.values = store.points.rows[point.point].iter().map(rows::shown).collect();
        }
        let currency = rows::common_currency(shown.iter().filter_map(|point| point.currency.as_deref()));
        let table = report::sweep_table(&lookups.empty, currency, &axis_names(&store.points), &shown, output::width());
        output::data(&harmless_lines(&format!("{heading}{table}\n{note}")))?;
    } else {
        output::data(&harmless_lines(&heading))?;
    }
    Ok(held)
}

/// Fails if a point failed or a condition holds.
fn conclude(store: &Store, held: Vec<String>) -> Result<(), Failure> {
    let failed = store.failed();
    if let Some(first) = failed.first() {
        let what = if failed.len() == 1 { "point" } else { "points" };
        return Err(Failure::Failed {
            message: format!("{} {what} failed; the first is point {first}", failed.len()),
            hint: Some(
                "the store has the reason in the column `note`; --allow-invalid excludes paths without a result".into(),
            ),
        });
    }
    if held.is_empty() { Ok(()) } else { Err(Failure::Condition(held.join("\n       "))) }
}

/// The last parts of the axes' places, as many as tell them apart.
fn axis_names(points: &Points) -> Vec<String> {
    let short = |path: &String, parts: usize| {
        let all: Vec<&str> = path.split('.').collect();
        all[all.len().saturating_sub(parts)..].join(".")
    };
    let clear = |parts: &usize| {
        let names: std::collections::BTreeSet<String> = points.paths.iter().map(|path| short(path, *parts)).collect();
        names.len() == points.paths.len()
    };
    let parts = (1..8).find(clear).unwrap_or(8);
    points.paths.iter().map(|path| short(path, parts)).collect()
}

/// Ends a merge as a sweep ends, once all points are there: until then no condition can be told.
pub fn merged(store: &Store, loaded: &Loaded, watched: Option<&str>, conditions: &[Condition]) -> Result<(), Failure> {
    let asked = store.manifest.asked();
    let lookups = lookups(&loaded.scenario, &asked, watched, conditions)?;
    let held = print(store, store.points.rows.len(), &lookups, find(store, &lookups)?)?;
    let missing = store.missing();
    let Some(first) = missing.first() else { return conclude(store, held) };
    Err(SweepError::failed(
        format!("{} of {} points are missing; the first is point {first}", missing.len(), store.points.rows.len()),
        "compute the missing shards and merge them into the same store, which keeps its points",
    )
    .into())
}
