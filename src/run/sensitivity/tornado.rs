//! Tornado: every input at its low and high value, one at a time.

use super::evaluator::Evaluator;
use crate::engine::Progress;
use crate::result::{Key, Swing, TornadoBar};
use crate::run::error::RunError;

/// The values of the inputs of all runs: the centre first, then each input low and high.
fn rows(of: &Evaluator) -> Vec<Vec<f64>> {
    let ends = |(place, input): (usize, &super::inputs::Input)| [of.at(place, input.low), of.at(place, input.high)];
    std::iter::once(of.centre()).chain(of.inputs.iter().enumerate().flat_map(ends)).collect()
}

/// The bars, those that move the first output most before the others. `None` if `progress` asked to stop.
pub(super) fn tornado(
    of: &Evaluator,
    outputs: &[Key],
    progress: &Progress,
) -> Result<Option<Vec<TornadoBar>>, RunError> {
    let Some(runs) = of.run(&rows(of), progress)? else { return Ok(None) };
    let bar = |(place, input): (usize, &super::inputs::Input)| {
        let swing = |key: &Key| {
            let [low, high] = [1, 2].map(|side| runs.difference(0, 2 * place + side, key));
            (key.clone(), Swing { low, high })
        };
        TornadoBar { key: input.key().to_owned(), outputs: outputs.iter().map(swing).collect() }
    };
    let mut bars: Vec<TornadoBar> = of.inputs.iter().enumerate().map(bar).collect();
    let size = |bar: &TornadoBar| outputs.first().map_or(0.0, |key| bar.outputs[key].size());
    bars.sort_by(|a, b| size(b).total_cmp(&size(a)));
    Ok(Some(bars))
}

/// Runs that it needs.
pub(super) fn runs(inputs: usize) -> u64 {
    1 + 2 * inputs as u64
}
