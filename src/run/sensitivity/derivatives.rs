//! Derivatives at the centre: central differences under common random numbers, and the scores of the paths.

use super::evaluator::{Evaluator, Runs};
use super::inputs::Input;
use super::score::{ByScore, by_score};
use crate::engine::Progress;
use crate::result::{Derivative, DerivativeMethod, InputDerivatives, Key};
use crate::run::error::RunError;

/// Steps, as shares of the range of an input.
const STEPS: [f64; 4] = [0.25, 0.0625, 0.015_625, 0.003_906_25];

/// The derivatives of all outputs by all inputs, each by the method with the smaller error, or all by the `only` one. `None` if `progress`
/// asked to stop.
///
/// Of each step there is a central difference D(h) with a paired standard error, which grows as h falls where an output has jumps, and a bias
/// of order h². The bias is estimated from the next smaller step, (D(h) − D(h/4))·16/15, and the step is taken whose squared bias
/// and squared standard error together are least; the error that is told holds both.
///
/// The score ([`by_score`]) has no bias, and needs the paths of the centre alone. It pays for outputs that jump, such as probabilities, and for
/// long horizons it does not: its variance grows with the number of shocks that an input moves.
///
/// Source: Glasserman (2003), "Monte Carlo Methods in Financial Engineering", section 7.1 (finite differences with common random
/// numbers and their mean-square error) and section 7.3.
pub(super) fn derivatives(
    of: &Evaluator,
    outputs: &[Key],
    only: Option<DerivativeMethod>,
    progress: &Progress,
) -> Result<Option<Vec<InputDerivatives>>, RunError> {
    let sides = |(place, input): (usize, &Input)| {
        let pair = |share: &f64| {
            let step = share * (input.high - input.low) / 2.0;
            [of.at(place, input.centre - step), of.at(place, input.centre + step)]
        };
        STEPS.iter().flat_map(pair).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<f64>> =
        std::iter::once(of.centre()).chain(of.inputs.iter().enumerate().flat_map(sides)).collect();
    let Some(runs) = of.run(&rows, progress)? else { return Ok(None) };
    let difference = |place: usize, key: &Key| difference(&runs, 1 + 2 * STEPS.len() * place, &of.inputs[place], key);
    let slope = |place: usize, key: &Key| difference(place, key).map(|found| found.value);
    let scores: ByScore = match only {
        Some(DerivativeMethod::Difference) => vec![vec![None; outputs.len()]; of.inputs.len()],
        _ => match by_score(of, (&runs, outputs), slope, progress)? {
            Some(found) => found,
            None => return Ok(None),
        },
    };
    let by_input = |(place, input): (usize, &Input)| {
        let of_output = |(at, key): (usize, &Key)| {
            let difference = difference(place, key).filter(|_| only != Some(DerivativeMethod::Score));
            let found = better(difference, scores[place][at].map(Found::of_score));
            let told = found.map(|found| found.told(input, runs.value(0, key)));
            (key.clone(), told.unwrap_or_default())
        };
        InputDerivatives { key: input.key().to_owned(), outputs: outputs.iter().enumerate().map(of_output).collect() }
    };
    Ok(Some(of.inputs.iter().enumerate().map(by_input).collect()))
}

/// A derivative with its error, and the step of a difference.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Found {
    value: f64,
    se: f64,
    step: Option<f64>,
}

impl Found {
    fn of_score((value, se): (f64, f64)) -> Self {
        Found { value, se, step: None }
    }

    fn told(self, input: &Input, output: Option<f64>) -> Derivative {
        let Found { value, se, step } = self;
        let output = output.filter(|output| *output != 0.0 && input.centre != 0.0);
        Derivative {
            value: Some(value),
            se: Some(se),
            elasticity: output.map(|output| value * input.centre / output),
            step,
            method: Some(if step.is_some() { DerivativeMethod::Difference } else { DerivativeMethod::Score }),
        }
    }
}

/// The one with the smaller error.
fn better(difference: Option<Found>, score: Option<Found>) -> Option<Found> {
    match (difference, score) {
        (Some(difference), Some(score)) => Some(if score.se < difference.se { score } else { difference }),
        (difference, score) => difference.or(score),
    }
}

fn difference(runs: &Runs, first: usize, input: &Input, key: &Key) -> Option<Found> {
    let quotient = |(at, share): (usize, &f64)| -> Option<Found> {
        let step = share * (input.high - input.low);
        let found = runs.difference(first + 2 * at, first + 2 * at + 1, key)?;
        Some(Found { value: found.value? / step, se: found.se? / step, step: Some(step / 2.0) })
    };
    let all: Vec<Found> = STEPS.iter().enumerate().map_while(quotient).collect();
    best(&all)
}

/// The quotient with the smallest error of those at ever smaller steps.
///
/// The standard error cannot fall with the step: it stays where the output is smooth, and grows where it jumps. If it seems to, too few paths
/// differ for it to be known, and that of the larger step is taken.
fn best(all: &[Found]) -> Option<Found> {
    let least = |at: usize| all[..=at].iter().fold(0.0, |least: f64, of| least.max(of.se));
    let last = all.last()?;
    let bias = |at: usize| match all.get(at + 1) {
        Some(next) => (all[at].value - next.value).abs() * 16.0 / 15.0,
        // what is left of the bias of the step before
        None => at.checked_sub(1).map_or(0.0, |before| (all[before].value - last.value).abs() / 15.0),
    };
    let with_bias = |at: usize| Found { se: least(at).hypot(bias(at)), ..all[at] };
    (0..all.len()).map(with_bias).min_by(|a, b| a.se.total_cmp(&b.se))
}

/// Runs that it needs.
pub(super) fn runs(inputs: usize) -> u64 {
    2 + 2 * (STEPS.len() * inputs) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(value: f64, se: f64) -> Found {
        Found { value, se, step: Some(0.1) }
    }

    #[test]
    fn steps_at_which_few_paths_differ_are_not_trusted() {
        let best_of = |all: &[(f64, f64)]| best(&all.iter().map(|&(value, se)| found(value, se)).collect::<Vec<_>>());
        // at the smallest steps no path differs, or a single one of the tail
        for last in [(0.0, 0.0), (0.5, 0.4)] {
            let rare = best_of(&[(10.0, 1.0), (9.5, 2.0), (9.0, 4.0), last]).expect("there is one");
            assert!(rare.value == 10.0 && rare.se > 1.0, "{rare:?}");
        }
        let none = best_of(&[(0.0, 0.0), (0.0, 0.0)]).expect("there is one");
        assert_eq!((none.value, none.se), (0.0, 0.0));
        assert_eq!(best(&[]), None);
    }

    #[test]
    fn the_smaller_error_is_taken() {
        let score = Found { step: None, ..found(2.0, 0.5) };
        assert_eq!(better(Some(found(1.0, 0.4)), Some(score)), Some(found(1.0, 0.4)));
        assert_eq!(better(Some(found(1.0, 0.6)), Some(score)), Some(score));
        assert_eq!(better(None, Some(score)), Some(score));
        assert_eq!(better(Some(found(1.0, 0.4)), None), Some(found(1.0, 0.4)));
        assert_eq!(better(None, None), None);
    }
}
