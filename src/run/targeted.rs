//! A run with targets: stages of slices, until all targets are met or a limit is reached.

use std::time::{Duration, Instant};

use super::error::RunError;
use super::kept;
use super::observer::{Stage, Watch, tell_incidents};
use super::outlook::Outlook;
use super::pace::Pace;
use super::remark::Remark;
use super::single::{Finished, Keeper, Run, info, joined};
use super::stages::Stages;
use crate::engine::{Share, empty_tally};
use crate::measure::{Reading, Spread};
use crate::result::{Ended, Estimated, ResultDocument, RunInfo, Target};
use crate::tally::Tally;

/// A run under way is kept this often.
const KEEP_EVERY: Duration = Duration::from_secs(60);

/// How far a run with targets has come.
#[derive(Clone)]
struct Way {
    stages: Stages,
    tally: Tally,
    /// The tallies at the ends of stages, and those of an earlier process.
    tallies: Vec<Tally>,
    shares: Vec<Share>,
    pace: Pace,
    /// Paths that this process computed, and what they took.
    computed: u64,
    seconds: f64,
    kept: Instant,
}

impl Run<'_> {
    /// Computes stage after stage until the targets are met, or a limit or the observer ends it. `keep` gets what there is after every
    /// stage but the last, and once a minute.
    pub(super) fn compute_targets<E: From<RunError>>(&self, mut keep: Option<Keeper<'_, E>>) -> Result<Finished, E> {
        let mut way = self.begin();
        let mut last = None;
        while let Some(end) = way.stages.next() {
            // tallies of fewer paths may be there: the run goes on from the largest that is not beyond
            if let Some(known) = way.tallies.iter().rfind(|tally| tally.paths <= end && tally.paths > way.tally.paths) {
                way.tally = known.clone();
            }
            let ended = self.advance(&mut way, end, &mut keep)?;
            if way.tally.paths == 0 {
                return Err(RunError::Stopped.into());
            }
            self.refuse_invalid(&way.tally)?;
            let document = self.document(&way.tally, RunInfo::default());
            let readings = readings(&document, way.stages.targets());
            match ended {
                None => way.stages.judge(&readings),
                Some(why) => way.stages.cut(way.tally.paths, &readings, why),
            }
            way.keep_tally();
            self.tell(&way);
            if way.stages.next().is_some() {
                self.keep(&mut way, |_| document.clone(), &mut keep)?;
            }
            last = Some(document);
        }
        tell_incidents(self.observer, &self.chosen, 0);
        self.check_unchanged()?;
        let document = last.unwrap_or_else(|| self.document(&way.tally, RunInfo::default()));
        Ok(self.finished(&way, document))
    }

    fn begin(&self) -> Way {
        let (goal, most) = (&self.goal, self.sampling.paths);
        let stages = Stages::new(self.extent.schedule(), goal.targets.clone(), goal.max_paths, most);
        Way {
            stages,
            tally: empty_tally(&self.plan),
            tallies: self.earlier.clone(),
            shares: Vec::new(),
            pace: Pace::default(),
            computed: 0,
            seconds: 0.0,
            kept: Instant::now(),
        }
    }

    /// Computes the paths up to the end of a stage; says why if it ended before.
    fn advance<E: From<RunError>>(
        &self,
        way: &mut Way,
        end: u64,
        keep: &mut Option<Keeper<'_, E>>,
    ) -> Result<Option<Ended>, E> {
        let deadline = self.goal.max_seconds.map(|time| self.started + time);
        let is_over = || deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if way.tally.paths >= end {
            return Ok(None);
        }
        let watch = Watch::begin(self.observer, Stage::Paths(end - way.tally.paths));
        let (work, unit) = (u64::from(self.plan.sizes.periods), self.extent.schedule().unit());
        while way.tally.paths < end {
            let first = way.tally.paths;
            let time = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
            // all scrambles go on together, so that they have the same number of points wherever the run is cut off
            let paths = unit * way.pace.slice_within(time, (end - first) / unit, unit * work);
            let started = Instant::now();
            // the first slice is computed however little time there is, so that there is a result
            let goes_on = |steps| watch.advance(steps) && (first == 0 || !is_over());
            let upto = self.extent.reaching(first + paths);
            let part = upto.tally_from(first, &*self.chosen.engine, &self.plan, self.draws(), &goes_on);
            let part = part.map_err(RunError::from)?;
            if watch.go_on().is_err() {
                return Ok(Some(Ended::Stopped));
            }
            if part.paths < paths {
                return Ok(Some(Ended::MaxSeconds));
            }
            way.add(&part, started.elapsed(), work);
            way.shares.extend(self.chosen.engine.shares());
            if way.tally.paths < end && is_over() {
                return Ok(Some(Ended::MaxSeconds));
            }
            if way.tally.paths < end && way.kept.elapsed() >= KEEP_EVERY {
                self.refuse_invalid(&way.tally)?;
                self.keep(way, |tally| self.document(tally, RunInfo::default()), keep)?;
            }
        }
        Ok(None)
    }

    /// Hands out what there is by now, with the document of its tally, if anybody keeps it.
    fn keep<E: From<RunError>>(
        &self,
        way: &mut Way,
        document: impl FnOnce(&Tally) -> ResultDocument,
        keep: &mut Option<Keeper<'_, E>>,
    ) -> Result<(), E> {
        way.kept = Instant::now();
        let Some(keep) = keep else { return Ok(()) };
        let (document, mut so_far) = (document(&way.tally), way.clone());
        let readings = readings(&document, so_far.stages.targets());
        so_far.stages.cut(way.tally.paths, &readings, Ended::Stopped);
        so_far.keep_tally();
        keep(&self.finished(&so_far, document))
    }

    /// What there is, with the document of its paths.
    fn finished(&self, way: &Way, document: ResultDocument) -> Finished {
        let convergence = way.stages.convergence(self.goal.max_seconds);
        let mut run = info(&self.chosen, self.started.elapsed(), Some(Duration::from_secs_f64(way.seconds)));
        run.shares = joined(&way.shares);
        let document = ResultDocument { convergence: Some(convergence), run, ..document };
        Finished { tally: way.tally.clone(), document, stages: way.tallies.clone(), parameters: None }
    }

    /// What a run with targets goes on from, as the content of [`Folder::TALLIES`](crate::result::Folder::TALLIES) in its folder.
    ///
    /// # Errors
    /// If a tally cannot be encoded.
    pub fn resumption(&self, found: &Finished) -> Result<Vec<u8>, RunError> {
        kept::encode(&self.identity, &found.stages)
    }

    /// Says what the targets need.
    fn tell(&self, way: &Way) {
        let convergence = way.stages.convergence(self.goal.max_seconds);
        let per_path = (way.computed > 0).then(|| way.seconds / way.computed as f64);
        let outlook = Outlook {
            paths: way.tally.paths,
            convergence,
            seconds_per_path: per_path,
            quasi_random: self.sampling.replicates.is_some(),
        };
        self.observer.remarks(&Remark::Outlook(outlook));
    }
}

/// What a document has of the targets; all keys were found in it before.
pub(crate) fn readings(document: &impl Estimated, targets: &[Target]) -> Vec<Reading> {
    let none = Reading { value: None, half_width: None, spread: Spread::Parts { degrees: 1.0 } };
    targets.iter().map(|target| document.reading(&target.key).unwrap_or(none)).collect()
}

impl Way {
    fn add(&mut self, part: &Tally, took: Duration, work: u64) {
        self.pace.learn(part.paths * work, took);
        self.computed += part.paths;
        self.seconds += took.as_secs_f64();
        self.tally.merge(part);
    }

    /// Keeps the tally of now among the others, in their order.
    fn keep_tally(&mut self) {
        let place = self.tallies.partition_point(|tally| tally.paths < self.tally.paths);
        if self.tallies.get(place).is_none_or(|tally| tally.paths != self.tally.paths) {
            self.tallies.insert(place, self.tally.clone());
        }
    }
}
