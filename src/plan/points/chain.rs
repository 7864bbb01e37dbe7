//! The chain of regimes by its exits: how long it stays in a state, and where it goes from there.

use nalgebra::DMatrix;

use crate::plan::double::twin::NONE;
use crate::plan::factor::threshold;

/// Tables of a chain with transition probabilities P over a period.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exits {
    /// [state, period 1…n]: the chain stays so many periods in a state as there are of these that the word is below; P(stays ≥ k) = pᵏ as
    /// words.
    pub stays: Vec<u32>,
    /// [state, state]: it then goes to the state that counts how many of its row's words are ≤ the draw; the last of a row is unused.
    pub leaves: Vec<u32>,
    /// Exits that have dimensions of their own, each for its time and for where the chain goes.
    pub dimensions: Vec<[u32; 2]>,
}

impl Exits {
    /// Of the transition probabilities of a period, over so many periods, with room for so many exits at most.
    pub fn new(step: &DMatrix<f64>, periods: u32, most: usize) -> Self {
        let states = step.nrows();
        let (mut stays, mut leaves) = (Vec::new(), Vec::new());
        let mut fastest = 0.0f64;
        for from in 0..states {
            let row: Vec<f64> = step.row(from).iter().map(|p| p.max(0.0)).collect();
            let stay = row[from] / row.iter().sum::<f64>();
            fastest = fastest.max(1.0 - stay);
            stays.extend((1..=periods).map(|k| threshold(stay.powf(f64::from(k)))));
            let leaving: f64 = row.iter().enumerate().filter(|(to, _)| *to != from).map(|(_, p)| p).sum();
            let mut cumulative = 0.0;
            for (to, p) in row.iter().enumerate() {
                cumulative += if to == from || leaving == 0.0 { 0.0 } else { p / leaving };
                leaves.push(threshold(cumulative));
            }
        }
        // more exits than these are rare
        let mean = fastest * f64::from(periods);
        let wanted = (mean + 3.0 * mean.sqrt()).ceil() as usize + 1;
        Exits { stays, leaves, dimensions: vec![[NONE; 2]; wanted.min(most).min(periods as usize)] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_32: f64 = 4_294_967_296.0;

    #[test]
    fn stays_are_geometric() {
        let step = DMatrix::from_row_slice(3, 3, &[0.9, 0.08, 0.02, 0.0, 1.0, 0.0, 0.5, 0.25, 0.25]);
        let exits = Exits::new(&step, 4, 8);
        let share = |word: u32| f64::from(word) / TWO_32;
        for (state, stay) in [0.9f64, 1.0, 0.25].into_iter().enumerate() {
            for k in 1..=4 {
                let expected = stay.powi(k).min(1.0 - 0.5 / TWO_32);
                assert!((share(exits.stays[state * 4 + k as usize - 1]) - expected).abs() < 2.0 / TWO_32);
            }
        }
        assert_eq!(exits.leaves[0], 0);
        assert!((share(exits.leaves[1]) - 0.8).abs() < 1.0 / TWO_32);
        assert!((share(exits.leaves[6]) - 2.0 / 3.0).abs() < 1.0 / TWO_32 && exits.leaves[8] == u32::MAX);
    }
}
