//! What would have to be true: the value of a single input at which a target would be met.

use super::evaluator::{Evaluator, Runs};
use crate::engine::Progress;
use crate::measure::Estimate;
use crate::result::{Answer, TargetAnswers, Threshold};
use crate::run::error::RunError;

/// Values of an input that are tried first.
const GRID: usize = 9;
/// Rounds in which brackets are narrowed.
const ROUNDS: usize = 5;

/// The share of the first distance of its ends down to which a bracket still tells a slope.
const RESOLVED: f64 = 0.01;

/// A bracket around a root: an input, a target, and the margins of the target at two values.
struct Bracket {
    input: usize,
    target: usize,
    /// Value and margin, the first on one side of the bound and the second on the other.
    ends: [(f64, f64); 2],
    /// What the method takes the margins for.
    weights: [f64; 2],
    /// The best value so far, with the standard error of the margin there.
    best: (f64, f64),
    /// The slope of the margin between ends that are far enough apart for it to be more than rounding, and how far apart the first
    /// were.
    slope: f64,
    width: f64,
}

/// Where each input meets each target, all others at the centre. `None` if `progress` asked to stop.
///
/// The margin of a target is a function of the input on fixed paths, so its roots are found by bracketing and the Illinois
/// method. The interval of a root is that of the margin there over its slope.
///
/// Source: Dowell and Jarratt (1971), "A modified regula falsi method for computing the root of an equation".
pub(super) fn break_even(
    of: &Evaluator,
    targets: &[Threshold],
    progress: &Progress,
) -> Result<Option<Vec<TargetAnswers>>, RunError> {
    let grids: Vec<Vec<f64>> = of.inputs.iter().map(|input| input.across(GRID)).collect();
    let rows = grids.iter().enumerate().flat_map(|(input, grid)| grid.iter().map(move |&x| of.at(input, x)));
    let rows: Vec<Vec<f64>> = std::iter::once(of.centre()).chain(rows).collect();
    let Some(runs) = of.run(&rows, progress)? else { return Ok(None) };
    let mut answers: Vec<TargetAnswers> = targets.iter().map(|target| at_centre(&runs, target)).collect();
    let mut brackets = Vec::new();
    for (input, grid) in grids.iter().enumerate() {
        for (place, target) in targets.iter().enumerate() {
            let margin = |at: usize| runs.value(1 + GRID * input + at, &target.key).map(|number| target.margin(number));
            let margins: Vec<(f64, f64)> =
                grid.iter().enumerate().filter_map(|(at, &x)| Some((x, margin(at)?))).collect();
            match nearest(&margins, of.inputs[input].centre) {
                Some(ends) => {
                    let weights = ends.map(|(_, margin)| margin);
                    let (slope, width) = (slope(ends), (ends[1].0 - ends[0].0).abs());
                    brackets.push(Bracket { input, target: place, ends, weights, best: ends[0], slope, width });
                }
                None => {
                    let met = margins.iter().all(|(_, margin)| *margin > 0.0) && !margins.is_empty();
                    let answer = if met { Answer::Always } else { Answer::Never };
                    answers[place].inputs.insert(of.inputs[input].key().to_owned(), answer);
                }
            }
        }
    }
    if !narrow(of, targets, &mut brackets, progress)? {
        return Ok(None);
    }
    for bracket in &brackets {
        let key = of.inputs[bracket.input].key().to_owned();
        answers[bracket.target].inputs.insert(key, bracket.answer(runs.pivot().width()));
    }
    // in the order of the inputs
    let place = |key: &String| of.inputs.iter().position(|input| input.key() == key);
    answers.iter_mut().for_each(|answers| answers.inputs.sort_by_cached_key(|key, _| place(key)));
    Ok(Some(answers))
}

fn at_centre(runs: &Runs, target: &Threshold) -> TargetAnswers {
    let met = runs.value(0, &target.key).map(|number| target.margin(number) > 0.0);
    TargetAnswers { target: target.clone(), met, inputs: Default::default() }
}

/// The pair of neighbours with margins of both signs that is nearest to the centre.
fn nearest(margins: &[(f64, f64)], centre: f64) -> Option<[(f64, f64); 2]> {
    let crossing = margins.windows(2).filter(|pair| (pair[0].1 > 0.0) != (pair[1].1 > 0.0));
    let distance = |pair: &&[(f64, f64)]| ((pair[0].0 + pair[1].0) / 2.0 - centre).abs();
    crossing.min_by(|a, b| distance(a).total_cmp(&distance(b))).map(|pair| [pair[0], pair[1]])
}

/// Narrows all brackets together; false if `progress` asked to stop.
fn narrow(
    of: &Evaluator,
    targets: &[Threshold],
    brackets: &mut [Bracket],
    progress: &Progress,
) -> Result<bool, RunError> {
    // the Illinois method halves the margin of an end that stays twice
    let mut stayed: Vec<Option<usize>> = vec![None; brackets.len()];
    for _ in 0..ROUNDS {
        if brackets.is_empty() {
            break;
        }
        let tried: Vec<f64> = brackets.iter().map(Bracket::secant).collect();
        let rows: Vec<Vec<f64>> = brackets.iter().zip(&tried).map(|(of_one, &x)| of.at(of_one.input, x)).collect();
        let Some(runs) = of.run(&rows, progress)? else { return Ok(false) };
        for (at, (bracket, x)) in brackets.iter_mut().zip(tried).enumerate() {
            let target = &targets[bracket.target];
            let Some(margin) = runs.value(at, &target.key).map(|number| target.margin(number)) else { continue };
            bracket.best = (x, runs.error(at, &target.key).unwrap_or(f64::NAN));
            let replaced = usize::from((bracket.ends[1].1 > 0.0) == (margin > 0.0));
            (bracket.ends[replaced], bracket.weights[replaced]) = ((x, margin), margin);
            let other = 1 - replaced;
            if stayed[at] == Some(other) {
                bracket.weights[other] /= 2.0;
            }
            stayed[at] = Some(other);
            if (bracket.ends[1].0 - bracket.ends[0].0).abs() > RESOLVED * bracket.width {
                bracket.slope = slope(bracket.ends);
            }
        }
    }
    Ok(true)
}

/// The slope of a straight line between two points.
fn slope([(a, f), (b, g)]: [(f64, f64); 2]) -> f64 {
    (g - f) / (b - a)
}

impl Bracket {
    /// Where a straight line between the ends crosses the bound.
    fn secant(&self) -> f64 {
        let ([(a, _), (b, _)], [f, g]) = (self.ends, self.weights);
        let x = (a * g - b * f) / (g - f);
        if x.is_finite() { x.clamp(a.min(b), a.max(b)) } else { (a + b) / 2.0 }
    }

    fn answer(&self, width: f64) -> Answer {
        let (value, error) = self.best;
        let half = width * error / self.slope.abs();
        let bound = |x: f64| Some(x).filter(|x| x.is_finite());
        let value = Estimate { value: Some(value), low: bound(value - half), high: bound(value + half), atom: false };
        Answer::At { value, above: self.slope > 0.0 }
    }
}

/// Runs that it needs at most.
pub(super) fn runs(inputs: usize, targets: usize) -> u64 {
    (1 + inputs * GRID + inputs * targets * ROUNDS) as u64
}
