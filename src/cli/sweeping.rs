//! A sweep under way: progress, the best and worst points, conditions, and what is said at the end.

use std::path::Path;
use std::sync::Mutex;
use std::time::{Instant, SystemTime};

use indicatif::ProgressBar;

use super::address::Address;
use super::condition::Condition;
use super::console::Console;
use super::failure::Failure;
use super::output;
use super::progress::{bar, rate};
use super::sweep_log::Log;
use crate::engine::select::Chosen;
use crate::engine::{empty_tally, prepare};
use crate::registry::Figure;
use crate::report::{self, PointSummary};
use crate::result::{EstimateRequest, Estimator, Key, Part, Provenance, ResultDocument, Sampling, Statistic, Subject};
use crate::run::clock;
use crate::scenario::{Loaded, Setting};
use crate::storage::host;
use crate::sweep::design::Points;
use crate::sweep::points::PointNumbers;
use crate::sweep::rows::{self, Row, plain};
use crate::sweep::{Ended, Finished, Follower, Results, Store, Sweep, SweepError, SweepFailure, Unit, join};
use crate::text::harmless::harmless_lines;

/// Points whose results are shown when all are done; of more, the best and the worst.
const SHOWN: usize = 24;

/// The bar of a sweep, which has a message.
const BAR: &str = "{bar:20} {percent:>3}%  {wide_msg}  {eta} left";

/// Characters of a value beyond which it is rounded to five digits.
const SHOWN_DIGITS: usize = 8;

/// What is looked at in every point.
pub struct Lookups {
    /// The number whose best and worst points are shown.
    pub watched: Key,
    pub conditions: Vec<(Condition, Key)>,
    /// A result without paths, for units and labels.
    pub empty: ResultDocument,
}

impl From<SweepFailure> for Failure {
    fn from(failure: SweepFailure) -> Self {
        match failure {
            SweepFailure::Sweep(error) => error.into(),
            SweepFailure::Engine(error) => error.into(),
        }
    }
}

/// Finds the numbers that are asked for, which must be there.
pub fn lookups(
    loaded: &Loaded,
    asked: &EstimateRequest,
    watched: Option<&str>,
    conditions: &[Condition],
) -> Result<Lookups, Failure> {
    let plan = prepare(&loaded.scenario);
    let provenance = Provenance::new(&loaded.scenario, Sampling::default());
    let empty = Estimator::new(&loaded.scenario, &plan, &empty_tally(&plan), asked).numbers(provenance);
    let find = |address: &Address, option: &str| {
        let known = address.key().filter(|key| empty.get(key).is_some());
        known.cloned().ok_or_else(|| Failure::Usage {
            message: format!("{option}: a point's results have no number `{}`", address.text()),
            hint: Some(format!(
                "choose a number such as {}.mean or bubble.system.probability; a sweep keeps no histograms and no probabilities by period",
                empty.subjects().next().map(|(subject, _)| subject.to_string()).unwrap_or_default()
            )),
        })
    };
    let conditions =
        conditions.iter().map(|condition| Ok((condition.clone(), find(condition.address(), "--fail-if")?)));
    let conditions = conditions.collect::<Result<_, Failure>>()?;
    let usual = || match loaded.scenario.bubble {
        Some(_) => Key::new(Subject::system_bubble(), Statistic::Probability(Part::Value)),
        None => Key::new(Subject::system(Figure::CommitmentCost), Statistic::Mean),
    };
    let watched = watched.map_or_else(|| Ok(usual()), |text| find(&Address::new(text), "--watch"))?;
    Ok(Lookups { watched, conditions, empty })
}

/// What is seen of a sweep while it runs.
struct Watch<'a> {
    bar: ProgressBar,
    watched: &'a Key,
    done: usize,
    own: usize,
    failed: usize,
    best: Option<(f64, usize)>,
    worst: Option<(f64, usize)>,
    started: Instant,
    computed: usize,
}

impl Watch<'_> {
    fn arrived(&mut self, results: &Results) {
        for (point, rows) in results {
            self.done += 1;
            self.computed += 1;
            self.failed += usize::from(rows::failure(rows).is_some());
            if let Some(number) = rows::get(rows, self.watched) {
                let lower = self.best.is_none_or(|(best, _)| number < best);
                let higher = self.worst.is_none_or(|(worst, _)| number > worst);
                self.best = if lower { Some((number, *point)) } else { self.best };
                self.worst = if higher { Some((number, *point)) } else { self.worst };
            }
        }
        let per_second = self.computed as f64 / self.started.elapsed().as_secs_f64().max(1e-3);
        let mut message = format!("{} of {} points, {}", self.done, self.own, rate(per_second));
        if let (Some((low, at_low)), Some((high, at_high))) = (self.best, self.worst) {
            message += &format!(", {} {low:.4} (point {at_low}) to {high:.4} (point {at_high})", self.watched);
        }
        if self.failed > 0 {
            message += &format!(", {} failed", self.failed);
        }
        self.bar.set_message(message);
    }
}

/// Shows and notes what comes in.
struct Following<'a> {
    watch: &'a Mutex<Watch<'a>>,
    started: Started,
    chosen: &'a Chosen,
    log: Option<Log<'a>>,
}

impl Follower for Following<'_> {
    fn arrived(&mut self, results: &Results) {
        crate::engine::locked(self.watch).arrived(results);
    }

    fn kept(&mut self, finished: &[Finished]) {
        if let Some(log) = &mut self.log {
            log.add(finished);
        }
    }

    fn record(&self, pieces: f64) -> (String, serde_json::Value) {
        (self.started.name(), self.started.record(self.chosen, pieces))
    }
}

/// Computes what the store lacks, and says what came out.
pub fn run(
    sweep: &Sweep,
    chosen: &Chosen,
    mut store: Store,
    units: &[Unit],
    lookups: &Lookups,
    log: Option<&Path>,
    console: &Console,
) -> Result<(), Failure> {
    let log = log.map(|path| Log::open(path, chosen, console)).transpose()?;
    let todo = store.open_pieces(units);
    let own = units.iter().flat_map(|unit| &unit.points).collect::<std::collections::BTreeSet<_>>().len();
    let watch = Mutex::new(Watch {
        bar: bar((todo as u64).saturating_mul(store.manifest.paths / store.shard.parts), BAR, console),
        watched: &lookups.watched,
        done: store.done(),
        own,
        failed: store.failed().len(),
        best: None,
        worst: None,
        started: Instant::now(),
        computed: 0,
    });
    if store.done() > 0 || !store.pieces().is_empty() {
        console.remark(&format!(
            "resuming: {} of {own} points are already in `{}`",
            store.done(),
            store.root().display()
        ));
    }
    let progress = |paths: u64| {
        crate::engine::locked(&watch).bar.inc(paths);
        !console.is_stopped()
    };
    let mut following = Following { watch: &watch, started: Started::now(), chosen, log };
    let mut ended = sweep.run(&mut store, units, &progress, &mut following)?;
    if ended == Ended::Done && store.shard.count == 1 && store.shard.parts > 1 {
        ended = join(sweep.loaded, &mut store, &[], &mut |results| following.arrived(results), &progress)?;
    }
    crate::engine::locked(&watch).bar.finish_and_clear();
    chosen.engine.incidents().iter().for_each(|incident| console.remark(&format!("warning: {incident}")));
    if ended == Ended::Stopped {
        let kept = format!("{} of {own} points are in `{}`", store.done(), store.root().display());
        return console.go_on().map_err(|failure| match failure {
            Failure::Stopped(code) => Failure::Paused { code, kept },
            other => other,
        });
    }
    let held = print(&store, own, lookups)?;
    if store.shard.count == 1 {
        return conclude(&store, held);
    }
    // a shard that is computed is done: what is wrong with its results is told once, when all are together
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
    Ok(())
}

/// Prints the table of points; the conditions that hold.
fn print(store: &Store, own: usize, lookups: &Lookups) -> Result<Vec<String>, Failure> {
    let (mut found, mut held) = (Vec::new(), Vec::new());
    for results in store.results() {
        for (point, rows) in results? {
            for (condition, key) in &lookups.conditions {
                match rows::get(&rows, key) {
                    Some(number) if condition.holds(number) => {
                        held.push(format!("`{}` holds for point {point}: it is {number}", condition.text()));
                    }
                    Some(_) => (),
                    None => held.push(format!(
                        "`{}` cannot be tested for point {point}: the number is undefined there",
                        condition.text()
                    )),
                }
            }
            found.push((rows::get(&rows, &lookups.watched), summary(store, point, &rows)));
        }
    }
    let heading = format!(
        " {}\n {} of {own} points in {}, {} paths each, {} random numbers\n\n",
        store.manifest.scenario,
        store.done(),
        store.root().display(),
        store.manifest.paths,
        if store.manifest.independent { "independent" } else { "common" },
    );
    let (shown, note) = choose(found, &lookups.watched);
    if !shown.is_empty() {
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

/// All points, or the ends of many by the number that is watched.
fn choose(mut found: Vec<(Option<f64>, PointSummary)>, watched: &Key) -> (Vec<PointSummary>, String) {
    if found.len() <= SHOWN {
        found.sort_by_key(|(_, summary)| summary.point);
        return (found.into_iter().map(|(_, summary)| summary).collect(), String::new());
    }
    let all = found.len();
    found.sort_by(|(a, _), (b, _)| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    let mut shown: Vec<PointSummary> = found.drain(..SHOWN / 2).map(|(_, summary)| summary).collect();
    shown.extend(found.drain(found.len() - SHOWN / 2..).map(|(_, summary)| summary));
    let half = SHOWN / 2;
    (shown, format!("\n The {half} points with the lowest and the {half} with the highest {watched}, of {all}.\n"))
}

fn summary(store: &Store, point: usize, rows: &[Row]) -> PointSummary {
    let numbers = PointNumbers::new(store, rows);
    PointSummary {
        point,
        values: store.points.rows[point].iter().map(shown).collect(),
        currency: numbers.currency().map(str::to_owned),
        cost: numbers.mean(Figure::CommitmentCost),
        shortfall: numbers.shortfall(Figure::CommitmentCost),
        bubble: numbers.bubble(),
        failed: numbers.failed(),
    }
}

/// A value as tables show it: the store has all its digits.
pub fn shown(value: &Setting) -> String {
    match value {
        Setting::Number(x) if x.to_string().len() > SHOWN_DIGITS => {
            format!("{x:.4e}").parse::<f64>().unwrap_or(*x).to_string()
        }
        value => plain(value),
    }
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

/// When this process began, for its record.
struct Started {
    clock: Instant,
    unix: f64,
}

impl Started {
    fn now() -> Self {
        Started { clock: Instant::now(), unix: clock::unix(SystemTime::now()) }
    }

    fn name(&self) -> String {
        format!("{:.0}-{}.json", self.unix * 1e3, std::process::id())
    }

    /// What changes from run to run.
    fn record(&self, chosen: &Chosen, pieces: f64) -> serde_json::Value {
        serde_json::json!({
            "started_unix": self.unix,
            "seconds": self.clock.elapsed().as_secs_f64(),
            "pieces": pieces,
            "host": host(),
            "process": std::process::id(),
            "engine": chosen.engine.description(),
            "incidents": chosen.engine.incidents(),
        })
    }
}

/// Ends a merge as a sweep ends, once all points are there: until then no condition can be told.
pub fn merged(store: &Store, loaded: &Loaded, watched: Option<&str>, conditions: &[Condition]) -> Result<(), Failure> {
    let asked = store.manifest.asked();
    let lookups = lookups(loaded, &asked, watched, conditions)?;
    let held = print(store, store.points.rows.len(), &lookups)?;
    let missing = store.missing();
    let Some(first) = missing.first() else { return conclude(store, held) };
    Err(SweepError::failed(
        format!("{} of {} points are missing; the first is point {first}", missing.len(), store.points.rows.len()),
        "compute the missing shards and merge them into the same store, which keeps its points",
    )
    .into())
}
