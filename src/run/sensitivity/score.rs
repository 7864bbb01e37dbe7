//! Derivatives by the score of the paths at the centre, for inputs that only the law of the paths depends on.

use rayon::prelude::*;

use super::evaluator::{Evaluator, Runs};
use super::inputs::Input;
use super::places::Place;
use crate::engine::score::{PathScore, Scores};
use crate::engine::{PathValues, Progress};
use crate::measure::{ScoreSums, Scored};
use crate::plan::{LawChange, Plan};
use crate::registry::Side;
use crate::result::{Key, Part, Statistic, Subject};
use crate::run::error::RunError;
use crate::scenario::Scenario;

/// Paths whose values are kept at a time, and paths of a task.
const AT_ONCE: u64 = 1 << 14;
const TASK: usize = 1 << 10;
/// The step of the derivatives of the law, as a share of the input: it is smooth, and known to the last digits.
const STEP: f64 = 1e-4;

/// Derivatives with their standard errors, by input and output.
pub(super) type ByScore = Vec<Vec<Option<(f64, f64)>>>;

/// Inputs with a score, and by output what is averaged.
struct Work<'a> {
    plan: &'a Plan,
    /// By input its place, and what depends on it.
    changes: Vec<(usize, LawChange)>,
    targets: Vec<Option<Target>>,
}

/// What of a path is averaged.
struct Target {
    place: Place,
    kind: Kind,
    /// Near its mean.
    centre: f64,
}

enum Kind {
    /// The figure itself.
    Mean,
    /// Whether something happens by the end of a period.
    By { period: f64 },
    /// How far a figure is beyond its value at risk, on the bad side, whose sign it has.
    Beyond { sign: f64, var: f64, level: f64, by_input: Vec<f64> },
}

/// The derivatives that a score gives; all `None` for quasi-random paths, whose errors paths do not tell. `None` if `progress` asked to
/// stop. `slope` tells the derivative of another output by an input of these, roughly.
pub(super) fn by_score(
    of: &Evaluator,
    (runs, outputs): (&Runs, &[Key]),
    slope: impl Fn(usize, &Key) -> Option<f64>,
    progress: &Progress,
) -> Result<Option<ByScore>, RunError> {
    let mut found = vec![vec![None; outputs.len()]; of.inputs.len()];
    let scenario = of.at_centre()?;
    let plan = of.centre_plan(&scenario);
    let changes: Vec<(usize, LawChange)> = match plan.points {
        Some(_) => Vec::new(),
        None => of
            .inputs
            .iter()
            .enumerate()
            .filter_map(|(at, input)| Some((at, change(of, &scenario, at, input)?)))
            .collect(),
    };
    let places: Vec<usize> = changes.iter().map(|(at, _)| *at).collect();
    let target = |key: &Key| Target::of((&plan, &scenario), runs, key, &places, &slope);
    let targets: Vec<Option<Target>> = outputs.iter().map(target).collect();
    if changes.is_empty() || targets.iter().all(Option::is_none) {
        return Ok(Some(found));
    }
    let work = Work { plan: &plan, changes, targets };
    let Some(sums) = work.sums(of, progress)? else { return Ok(None) };
    for (place, (at, _)) in work.changes.iter().enumerate() {
        found[*at] = work.row(&sums, place).iter().map(|sums| sums.as_ref()?.derivative()).collect();
    }
    Ok(Some(found))
}

/// What depends on an input, if that is the law of the paths alone.
fn change(of: &Evaluator, scenario: &Scenario, at: usize, input: &Input) -> Option<LawChange> {
    let size = if input.centre == 0.0 { input.high - input.low } else { input.centre };
    let step = STEP * size.abs();
    let moved = |by: f64| of.scenario_at(&of.at(at, input.centre + by));
    LawChange::new([&moved(-step)?, scenario, &moved(step)?], step)
}

/// Of each input with a score and each output; `None` where a path has no value.
type AllSums = Vec<Option<ScoreSums>>;

impl Work<'_> {
    /// The sums over all paths. `None` if `progress` asked to stop.
    fn sums(&self, of: &Evaluator, progress: &Progress) -> Result<Option<AllSums>, RunError> {
        let (draws, paths) = of.draws_and_paths();
        let scores = Scores::new(self.plan, draws, self.changes.iter().map(|(_, change)| change.clone()));
        let mut all = self.none();
        for first in (0..paths).step_by(AT_ONCE as usize) {
            let end = (first + AT_ONCE).min(paths);
            let values = of.engine().values(self.plan, draws, first..end)?;
            let tasks: Vec<usize> = (0..values.paths).step_by(TASK).collect();
            let task = |&place: &usize| {
                let kept = TASK.min(values.paths - place);
                let own = first + place as u64;
                self.task(&values, place, scores.of(own..own + kept as u64))
            };
            // in their order, so that the sums do not depend on threads
            let found: Vec<AllSums> = tasks.par_iter().map(task).collect();
            found.iter().for_each(|task| merge(&mut all, task));
            if !progress(end - first) {
                return Ok(None);
            }
        }
        Ok(Some(all))
    }

    fn task(&self, values: &PathValues, first: usize, scores: impl Iterator<Item = Vec<PathScore>>) -> AllSums {
        let mut sums = self.none();
        for (path, scores) in (first..).zip(scores) {
            let by_target =
                self.targets.iter().map(|target| target.as_ref().map(|target| target.place.value(values, path)));
            let by_target: Vec<Option<f64>> = by_target.collect();
            let all = scores.iter().enumerate().flat_map(|(input, score)| {
                self.targets.iter().zip(&by_target).map(move |(target, x)| target.as_ref()?.scored((*x)?, score, input))
            });
            for (sum, scored) in sums.iter_mut().zip(all) {
                match (sum.as_mut(), scored) {
                    (Some(sum), Some(scored)) => sum.add(&scored),
                    _ => *sum = None,
                }
            }
        }
        sums
    }

    fn none(&self) -> AllSums {
        vec![Some(ScoreSums::default()); self.changes.len() * self.targets.len()]
    }

    fn row<'s>(&self, sums: &'s AllSums, input: usize) -> &'s [Option<ScoreSums>] {
        &sums[input * self.targets.len()..(input + 1) * self.targets.len()]
    }
}

fn merge(all: &mut AllSums, task: &AllSums) {
    for (sum, own) in all.iter_mut().zip(task) {
        match (sum.as_mut(), own) {
            (Some(sum), Some(own)) => sum.merge(own),
            _ => *sum = None,
        }
    }
}

impl Target {
    /// Of an output that is an average over paths, or a shortfall. A quantile's derivative would need the density there.
    fn of(
        (plan, scenario): (&Plan, &Scenario),
        runs: &Runs,
        key: &Key,
        inputs: &[usize],
        slope: impl Fn(usize, &Key) -> Option<f64>,
    ) -> Option<Target> {
        let place = Place::of(plan, scenario, key)?;
        let value = runs.value(0, key)?;
        let (kind, centre) = match key.statistic {
            Statistic::Mean => (Kind::Mean, value),
            Statistic::Probability(Part::Value) => (Kind::By { period: f64::from(u32::MAX) }, value),
            Statistic::ByPeriod(period, Part::Value) => (Kind::By { period: (period + 1) as f64 }, value),
            Statistic::Shortfall(level, Part::Value) => {
                let at_risk = Key { statistic: Statistic::Var(level, Part::Value), ..key.clone() };
                let by_input = inputs.iter().map(|&input| slope(input, &at_risk)).collect::<Option<_>>()?;
                let (var, level) = (runs.value(0, &at_risk)?, level.share());
                (Kind::Beyond { sign: sign(key)?, var, level, by_input }, value - var)
            }
            _ => return None,
        };
        Some(Target { place, kind, centre })
    }

    /// Of a path's figure or time; `None` if it has no figure.
    fn scored(&self, x: f64, of: &PathScore, input: usize) -> Option<Scored> {
        let (value, correction) = match &self.kind {
            Kind::Mean if !x.is_finite() => return None,
            Kind::Mean => (x, 0.0),
            Kind::By { period } => (f64::from(u8::from(x <= *period)), 0.0),
            Kind::Beyond { .. } if !x.is_finite() => return None,
            // VaR + E(X − VaR)⁺/(1 − level): an error of VaR moves the derivative by as much as its own derivative, which the
            // shares of paths beyond it show, and no more (Rockafellar and Uryasev 2000, as in measure/shortfall.rs)
            Kind::Beyond { sign, var, level, by_input } => {
                let beyond = (sign * (x - var)).max(0.0) / (1.0 - level);
                let share = f64::from(u8::from(sign * (x - var) > 0.0)) / (1.0 - level);
                (sign * beyond, by_input[input] * share)
            }
        };
        let PathScore { score, information } = *of;
        Some(Scored { value: value - self.centre, score, information, correction })
    }
}

/// Of the side of a figure on which its values are bad.
fn sign(key: &Key) -> Option<f64> {
    let Subject::Figure { figure, .. } = &key.subject else { return None };
    Some(match figure.entry().side {
        Side::High => 1.0,
        Side::Low => -1.0,
    })
}
