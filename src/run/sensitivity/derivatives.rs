//! Derivatives at the centre: central differences under common random numbers.

use super::evaluator::{Evaluator, Runs};
use super::inputs::Input;
use crate::engine::Progress;
use crate::result::{Derivative, InputDerivatives, Key};
use crate::run::error::RunError;

/// Steps, as shares of the range of an input.
const STEPS: [f64; 4] = [0.25, 0.0625, 0.015_625, 0.003_906_25];

/// The derivatives of all outputs by all inputs. `None` if `progress` asked to stop.
///
/// Of each step there is a central difference D(h) with a paired standard error, which grows as h falls where an output has jumps, and a bias
/// of order h². The bias is estimated from the next smaller step, (D(h) − D(h/4))·16/15, and the step is taken whose squared bias
/// and squared standard error together are least; the error that is told holds both.
///
/// Source: Glasserman (2003), "Monte Carlo Methods in Financial Engineering", section 7.1 (finite differences with common random
/// numbers and their mean-square error).
pub(super) fn derivatives(
    of: &Evaluator,
    outputs: &[Key],
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
    let by_input = |(place, input): (usize, &Input)| {
        let first = 1 + 2 * STEPS.len() * place;
        let of_output = |key: &Key| (key.clone(), derivative(&runs, first, input, key));
        InputDerivatives { key: input.key().to_owned(), outputs: outputs.iter().map(of_output).collect() }
    };
    Ok(Some(of.inputs.iter().enumerate().map(by_input).collect()))
}

/// A central difference, its standard error and its step.
type Quotient = (f64, f64, f64);

fn derivative(runs: &Runs, first: usize, input: &Input, key: &Key) -> Derivative {
    let quotient = |(at, share): (usize, &f64)| -> Option<Quotient> {
        let step = share * (input.high - input.low);
        let found = runs.difference(first + 2 * at, first + 2 * at + 1, key)?;
        Some((found.value? / step, found.se? / step, step / 2.0))
    };
    let all: Vec<Quotient> = STEPS.iter().enumerate().map_while(quotient).collect();
    let Some(&last) = all.last() else { return Derivative::default() };
    let bias = |at: usize| match all.get(at + 1) {
        Some(next) => (all[at].0 - next.0).abs() * 16.0 / 15.0,
        // what is left of the bias of the step before
        None => at.checked_sub(1).map_or(0.0, |before| (all[before].0 - last.0).abs() / 15.0),
    };
    let error = |at: usize| all[at].1.hypot(bias(at));
    let best = (0..all.len()).min_by(|&a, &b| error(a).total_cmp(&error(b))).unwrap_or(0);
    let (value, _, step) = all[best];
    let centre = runs.value(0, key).filter(|output| *output != 0.0 && input.centre != 0.0);
    Derivative {
        value: Some(value),
        se: Some(error(best)),
        elasticity: centre.map(|output| value * input.centre / output),
        step: Some(step),
    }
}

/// Runs that it needs.
pub(super) fn runs(inputs: usize) -> u64 {
    1 + 2 * (STEPS.len() * inputs) as u64
}
