//! The stages of a run with targets: after each, what is met, what is not, and where the next one ends.

use std::time::Duration;

use super::schedule::Schedule;
use crate::measure::{HalfWidth, Reading, aim, has_stalled};
use crate::result::{Convergence, ConvergenceStep, Ended, Target, TargetReached};

/// What a run with targets is to reach, and what it may take.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Goal {
    pub targets: Vec<Target>,
    pub max_paths: Option<u64>,
    pub max_seconds: Option<Duration>,
}

impl Goal {
    /// Whether there is anything to reach.
    pub fn is_some(&self) -> bool {
        !self.targets.is_empty()
    }
}

/// The stages of a run. Where they end depends on what was read after those before, on the targets and on the most paths, and on
/// nothing else.
#[derive(Debug, Clone)]
pub(crate) struct Stages {
    schedule: Schedule,
    targets: Vec<Target>,
    max_paths: Option<u64>,
    /// No stage ends beyond.
    most: u64,
    ends: Vec<u64>,
    /// By target, what was known at each end.
    steps: Vec<Vec<ConvergenceStep>>,
    met: Vec<bool>,
    next: Option<u64>,
    ended: Ended,
}

impl Stages {
    /// The stages to these targets, where there are at most so many paths to have.
    pub fn new(schedule: Schedule, targets: Vec<Target>, max_paths: Option<u64>, most: u64) -> Self {
        let most = max_paths.map_or(most, |max| schedule.whole(max).min(most));
        let (steps, met) = (vec![Vec::new(); targets.len()], vec![false; targets.len()]);
        let next = Some(schedule.first().min(most));
        Stages { schedule, targets, max_paths, most, ends: Vec::new(), steps, met, next, ended: Ended::Stopped }
    }

    /// What is to be read at the end of each stage.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// Paths at which the stage under way ends; `None` if the run is over.
    pub fn next(&self) -> Option<u64> {
        self.next
    }

    /// Where stages ended.
    pub fn ends(&self) -> &[u64] {
        &self.ends
    }

    /// Half-widths at the ends of stages, by target.
    pub fn half_widths(&self) -> impl Iterator<Item = Vec<Option<f64>>> + '_ {
        self.steps.iter().map(|steps| steps.iter().map(|step| step.half_width).collect())
    }

    /// The stages of a process before, which ended there, with these half-widths by target; where the next one ends, or else whether all
    /// targets are met. Values are not known any more.
    pub fn restore(mut self, ends: Vec<u64>, half_widths: &[Vec<Option<f64>>], next: Option<u64>, met: bool) -> Self {
        let step = |(&paths, &half_width): (&u64, &Option<f64>)| ConvergenceStep {
            paths,
            value: None,
            half_width,
            needed: None,
        };
        self.steps = half_widths.iter().map(|halves| ends.iter().zip(halves).map(step).collect()).collect();
        self.next = next;
        self.met.fill(met);
        self.ends = ends;
        self
    }

    /// Whether all targets are met at the last end.
    pub fn is_met(&self) -> bool {
        self.met.iter().all(|met| *met)
    }

    /// Notes what the end of a stage gives, a reading for each target, and decides where the next one ends.
    pub fn judge(&mut self, readings: &[Reading]) {
        let Some(paths) = self.next else { return };
        self.note(paths, readings);
        self.next = None;
        self.ended = if self.is_met() {
            Ended::Met
        } else if paths >= self.most {
            Ended::MaxPaths
        } else if self.unmet().all(|target| self.has_stalled(target)) {
            Ended::Resolution
        } else {
            let open = self.unmet().filter(|&target| !self.has_stalled(target));
            let need = |target: usize| readings[target].need(self.targets[target].half_width, paths);
            let aims = open.map(|target| aim(paths, need(target)));
            self.next = Some(self.schedule.end(aims.fold(0.0, f64::max), paths, self.most));
            Ended::Stopped
        };
    }

    /// Notes what is known where the run is cut off, perhaps between two ends.
    pub fn cut(&mut self, paths: u64, readings: &[Reading], why: Ended) {
        if self.next.is_none() {
            return;
        }
        self.note(paths, readings);
        self.next = None;
        // one that was stopped is not over, whatever it has
        self.ended = if self.is_met() && why != Ended::Stopped { Ended::Met } else { why };
    }

    fn note(&mut self, paths: u64, readings: &[Reading]) {
        if self.ends.last() == Some(&paths) {
            return;
        }
        self.ends.push(paths);
        for (target, (steps, reading)) in self.targets.iter().zip(self.steps.iter_mut().zip(readings)) {
            let need = reading.need(target.half_width, paths);
            let needed = need.map(|need| need.paths.ceil());
            steps.push(ConvergenceStep { paths, value: reading.value, half_width: reading.half_width, needed });
        }
        let met = self.targets.iter().zip(readings).map(|(target, reading)| reading.meets(target.half_width));
        self.met = met.collect();
    }

    fn unmet(&self) -> impl Iterator<Item = usize> {
        (0..self.targets.len()).filter(|&target| !self.met[target])
    }

    /// Whether a target's interval no longer narrows.
    fn has_stalled(&self, target: usize) -> bool {
        let half = |step: &ConvergenceStep| Some((step.paths, step.half_width?));
        let steps: Vec<(u64, f64)> = self.steps[target].iter().filter_map(half).collect();
        let Some((&now, earlier)) = steps.split_last() else { return false };
        !self.targets[target].key.is_stepped() && earlier.iter().any(|&then| has_stalled(then, now))
    }

    /// What became of the targets.
    pub fn convergence(&self, max_seconds: Option<Duration>) -> Convergence {
        let reached = |(place, target): (usize, &Target)| {
            let (half_width, relative) = match target.half_width {
                HalfWidth::Absolute(half) => (half, false),
                HalfWidth::Relative(share) => (share, true),
            };
            TargetReached {
                target: target.to_string(),
                key: target.key.to_string(),
                half_width,
                relative,
                met: self.met[place],
                convergence: self.steps[place].clone(),
            }
        };
        Convergence {
            ended: self.ended,
            max_paths: self.max_paths,
            max_seconds: max_seconds.filter(|_| self.ended == Ended::MaxSeconds).map(|time| time.as_secs_f64()),
            stages: self.ends.clone(),
            targets: self.targets.iter().enumerate().map(reached).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, StudentsT};

    use super::*;
    use crate::measure::{Spread, normal_width};
    use crate::tally::testing::Draws;

    fn targets(texts: &[&str]) -> Vec<Target> {
        texts.iter().map(|text| text.parse().expect("it is a target")).collect()
    }

    /// A mean of 1 whose half-width is this after a path, and falls with the root of the paths.
    fn readings(paths: u64, halves: &[f64]) -> Vec<Reading> {
        let spread = Spread::Variance { paths: paths as f64, kurtosis: 0.0 };
        let of = |half: &f64| Reading { value: Some(1.0), half_width: Some(half / (paths as f64).sqrt()), spread };
        halves.iter().map(of).collect()
    }

    fn ends(mut stages: Stages, halves: &[f64]) -> Convergence {
        while let Some(paths) = stages.next() {
            stages.judge(&readings(paths, halves));
        }
        stages.convergence(None)
    }

    #[test]
    fn the_hardest_target_decides_and_two_stages_suffice_if_the_variance_is_known() {
        let targets = targets(&["bubble.system.probability ± 0.01", "figures.system.value.mean ± 1%"]);
        let found = ends(Stages::new(Schedule::Independent, targets.clone(), None, u64::MAX), &[2.0, 6.0]);
        assert_eq!((found.ended, found.stages.len()), (Ended::Met, 2));
        let known = 360_000.0;
        assert!((1.0..1.06).contains(&(found.stages[1] as f64 / known)), "{:?}", found.stages);
        assert_eq!(found.targets[1].convergence[0].needed, Some(known));
        assert!(found.is_met());
        // what suffices at once takes the first stage alone
        let found = ends(Stages::new(Schedule::Independent, targets.clone(), None, u64::MAX), &[1.0, 1.0]);
        assert_eq!(found.stages, [65_536]);
        let found = ends(Stages::new(Schedule::Independent, targets, Some(100_000), u64::MAX), &[2.0, 6.0]);
        assert_eq!((found.ended, found.stages), (Ended::MaxPaths, vec![65_536, 99_840]));
        assert_eq!(found.targets.iter().map(|target| target.met).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn a_run_that_is_cut_off_says_what_it_has() {
        let targets = targets(&["figures.system.value.mean ± 0.01"]);
        let mut stages = Stages::new(Schedule::Independent, targets, None, u64::MAX);
        stages.judge(&readings(65_536, &[6.0]));
        stages.cut(100_096, &readings(100_096, &[6.0]), Ended::MaxSeconds);
        assert_eq!(stages.next(), None);
        let found = stages.convergence(Some(Duration::from_secs(2)));
        assert_eq!((found.ended, found.max_seconds), (Ended::MaxSeconds, Some(2.0)));
        assert_eq!(found.stages, [65_536, 100_096]);
        assert!(!found.is_met());
    }

    /// Whether the interval at the end covers, and the paths at the end, where each scramble's error falls with this power of its points.
    fn replicated(power: f64, target: f64, draws: &mut Draws) -> (bool, u64) {
        const SCRAMBLES: usize = 32;
        let width = StudentsT::new(0.0, 1.0, 31.0).expect("31 degrees of freedom").inverse_cdf(0.975);
        let texts = [format!("figures.system.value.mean ± {target}")];
        let schedule = Schedule::Replicated { replicates: SCRAMBLES as u32 };
        let mut stages = Stages::new(schedule, targets(&texts.each_ref().map(String::as_str)), None, u64::MAX);
        // the second half of the points makes up for the errors of the first where errors fall faster than with the root
        let correlation = 2f64.powf(1.0 - 2.0 * power) - 1.0;
        let mut errors: Vec<f64> = (0..SCRAMBLES).map(|_| draws.normal()).collect();
        let mut scale = 1.0;
        loop {
            let (paths, count) = (stages.next().expect("a stage"), errors.len() as f64);
            let mean = errors.iter().sum::<f64>() / count;
            let square: f64 = errors.iter().map(|error| (error - mean).powi(2)).sum();
            let half_width = width * (square / (count - 1.0) / count).sqrt();
            let spread = Spread::Parts { degrees: 31.0 };
            // far from zero, so that the target is absolute in any case
            stages.judge(&[Reading { value: Some(1e3 + mean), half_width: Some(half_width), spread }]);
            if stages.next().is_none() {
                return (mean.abs() <= half_width, paths);
            }
            let own = scale * (1.0 - correlation * correlation).sqrt();
            for error in &mut errors {
                let second_half = correlation * *error + own * draws.normal();
                *error = f64::midpoint(*error, second_half);
            }
            scale *= 0.5f64.powf(power);
        }
    }

    #[test]
    fn intervals_of_scrambles_cover_where_targets_end_the_run() {
        let (seeds, mut draws) = (4000, Draws::new(71));
        let error = (0.95 * 0.05 / f64::from(seeds)).sqrt();
        for power in [0.5, 0.75, 1.0, 1.5] {
            for target in [0.3, 0.2, 0.1, 0.04] {
                let found: Vec<(bool, u64)> = (0..seeds).map(|_| replicated(power, target, &mut draws)).collect();
                let covered = found.iter().filter(|(covers, _)| *covers).count() as f64 / f64::from(seeds);
                // where errors fall like this, so many paths have the target as their half-width
                let known = 65_536.0 * (normal_width() / 32f64.sqrt() / target).powf(1.0 / power).max(1.0);
                let excess = found.iter().map(|(_, paths)| *paths as f64).sum::<f64>() / f64::from(seeds) / known;
                println!("power {power}, ± {target}: {covered} covered, {excess} of the paths");
                // stopping costs up to a point of coverage, and four standard errors
                assert!(covered > 0.94 - 4.0 * error, "power {power}, ± {target}: {covered}");
                assert!(excess < 1.8, "power {power}, ± {target}: {excess}");
            }
        }
    }

    #[test]
    fn what_cannot_be_reached_ends_the_run() {
        let targets = targets(&["figures.system.value.var.0.95 ± 0.01"]);
        let mut stages = Stages::new(Schedule::Independent, targets, None, u64::MAX);
        while let Some(paths) = stages.next() {
            let spread = Spread::Rank { p: 0.95, paths: paths as f64 };
            let half = (30.0 / (paths as f64).sqrt()).max(0.1);
            stages.judge(&[Reading { value: Some(1.0), half_width: Some(half), spread }]);
        }
        let found = stages.convergence(None);
        assert_eq!(found.ended, Ended::Resolution);
        assert!(found.stages.last().is_some_and(|&paths| paths < 1 << 26), "{:?}", found.stages);
    }
}
