//! A comparison with targets: stages over the same paths for all scenarios, until all targets of all of them are met.

use std::ops::Range;
use std::time::Instant;

use super::compare::{self, Comparison, Work, ranges};
use super::comparison::{Compared, PreparedComparison};
use super::error::RunError;
use super::observer::{Stage, Watch, tell_incidents};
use super::outlook::Outlook;
use super::points::Extent;
use super::remark::Remark;
use super::single::info;
use super::stages::Stages;
use super::targeted::readings;
use crate::result::{CompareDocument, Ended};

/// Quasi-random paths of a scenario that are computed at once, at least.
const AT_ONCE: u64 = 1 << 20;

impl PreparedComparison<'_> {
    /// Computes stage after stage, each in batches of its own, so that the errors of differences have more degrees of freedom the longer it
    /// takes.
    pub(super) fn compute_targets(&self) -> Result<Compared, RunError> {
        let goal = &self.of.settings.goal;
        let (schedule, most) = (self.extent.schedule(), self.sampling.paths);
        let mut stages = Stages::new(schedule, self.targets.clone(), goal.max_paths, most);
        let mut found = compare::nothing(&self.cases, &self.sampling, self.asked());
        let computing = Instant::now();
        while let Some(end) = stages.next() {
            let ended = self.advance(&mut found, end)?;
            if found.paths() == 0 {
                return Err(match ended {
                    Some(Ended::MaxSeconds) => RunError::Failed {
                        message: "--max-seconds was over before the first batch of paths was computed".into(),
                        hint: "allow more time".into(),
                    },
                    _ => RunError::Stopped,
                });
            }
            self.refuse_invalid(&found)?;
            found.settle(&self.work());
            let readings = readings(&self.document(&found, &[]), &self.targets);
            match ended {
                None => stages.judge(&readings),
                Some(why) => stages.cut(found.paths(), &readings, why),
            }
            let per_path = computing.elapsed().as_secs_f64() / found.paths() as f64;
            let convergence = stages.convergence(goal.max_seconds);
            let quasi_random = self.sampling.replicates.is_some();
            let outlook = Outlook { paths: found.paths(), convergence, seconds_per_path: Some(per_path), quasi_random };
            self.of.observer.remarks(&Remark::Outlook(outlook));
        }
        tell_incidents(self.of.observer, &self.engine, 0);
        let convergence = Some(stages.convergence(goal.max_seconds));
        if convergence.as_ref().is_some_and(|of| of.ended == Ended::Stopped) {
            return Err(RunError::Stopped);
        }
        let infos = vec![info(&self.engine, self.of.settings.started.elapsed(), None); self.cases.len()];
        let document = CompareDocument { convergence, ..self.document(&found, &infos) };
        Ok(Compared { comparison: found, document })
    }

    pub(super) fn work(&self) -> Work<'_> {
        let (cases, sampling, asked) = (self.cases.as_slice(), &self.sampling, self.asked());
        Work { engine: &*self.engine.engine, cases, sampling, asked }
    }

    /// Computes the paths up to the end of a stage; says why if it ended before.
    fn advance(&self, found: &mut Comparison, end: u64) -> Result<Option<Ended>, RunError> {
        let first = found.paths();
        let all = (end - first).saturating_mul(self.cases.len() as u64);
        let watch = Watch::begin(self.of.observer, Stage::Paths(all));
        let deadline = self.of.settings.deadline();
        let is_over = || deadline.is_some_and(|deadline| Instant::now() >= deadline);
        let progress = |steps| watch.advance(steps) && !is_over();
        let whole = match self.extent {
            Extent::Independent { .. } => found.extend(&self.work(), first..end, self.batches, &progress)?,
            Extent::Replicated { replicates, .. } => {
                let unit = u64::from(replicates);
                let (before, points) = (first / unit, (end - first) / unit);
                // what is not whole when the time is over is lost
                let slices = ranges(points, (end - first).div_ceil(AT_ONCE).min(self.batches));
                let mut add = |slice: &Range<u64>| {
                    let slice = before + slice.start..before + slice.end;
                    found.extend_scrambles(&self.work(), slice, replicates, &progress)
                };
                let mut whole = true;
                for slice in &slices {
                    whole = whole && add(slice)?;
                }
                whole
            }
        };
        if watch.go_on().is_err() {
            return Ok(Some(Ended::Stopped));
        }
        Ok((!whole).then_some(Ended::MaxSeconds))
    }
}
