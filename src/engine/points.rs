//! The scrambles of quasi-random points.

use super::contract::Draws;
use crate::formula::single::{PURPOSE_SCRAMBLE, Words, threefry};
use crate::plan::Points;

/// The seed of the scramble of each dimension. Replicates are scrambled independently of each other.
pub fn scrambles(points: &Points, draws: Draws) -> Vec<u32> {
    let key = Words { w0: draws.seed as u32, w1: (draws.seed >> 32) as u32, w2: draws.replicate, w3: PURPOSE_SCRAMBLE };
    let dimensions = points.directions.len();
    let four = |block: u32| {
        let words = threefry(Words { w0: 0, w1: 0, w2: block, w3: 0 }, key);
        [words.w0, words.w1, words.w2, words.w3]
    };
    (0..dimensions.div_ceil(4) as u32).flat_map(four).take(dimensions).collect()
}
