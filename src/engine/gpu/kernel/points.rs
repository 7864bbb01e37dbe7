//! The table of quasi-random points as shaders/kernel/points.wgsl reads it.

use crate::engine::contract::Draws;
use crate::engine::points::scrambles;
use crate::formula::single::{
    POINT_CLAUSE_DIMENSIONS, POINT_COORDINATES, POINT_EXIT_COUNT, POINT_EXITS, POINT_HEAD, POINT_JUMPER_COUNT,
    POINT_JUMPERS, POINT_LEAVES, POINT_NODE, POINT_NODE_RANGES, POINT_SCRAMBLES, POINT_STAYS,
};
use crate::plan::Points;
use crate::plan::points::Directions;

/// Words of a node.
const NODE: usize = POINT_NODE as usize;

/// The words of points under the scramble of these draws.
pub fn table(points: &Points, draws: Draws) -> Vec<u32> {
    let mut words = vec![0; POINT_HEAD as usize];
    let part = |words: &mut Vec<u32>, place: u32, of: &[u32]| {
        words[place as usize] = words.len() as u32;
        words.extend_from_slice(of);
    };
    part(&mut words, POINT_SCRAMBLES, &scrambles(points, draws));
    let digits: Vec<u32> = points.directions.iter().flat_map(digits).collect();
    part(&mut words, POINT_COORDINATES, &digits);
    let (nodes, ranges) = nodes(points);
    // ranges count nodes from the beginning of the table
    words.resize(words.len().next_multiple_of(NODE), 0);
    let first = (words.len() / NODE) as u32;
    words.extend(nodes);
    part(&mut words, POINT_NODE_RANGES, &ranges.iter().map(|range| first + range).collect::<Vec<u32>>());
    let mut jumpers = Vec::new();
    for jumps in &points.jumps {
        let totals = words.len() as u32;
        words.extend_from_slice(&jumps.totals);
        let dimensions = words.len() as u32;
        words.extend(jumps.dimensions.iter().flatten());
        let (total, own) = (jumps.totals.len() as u32, jumps.dimensions.len() as u32);
        jumpers.extend([totals, total, jumps.total_dimension, dimensions, own]);
    }
    part(&mut words, POINT_JUMPERS, &jumpers);
    words[POINT_JUMPER_COUNT as usize] = points.jumps.len() as u32;
    if let Some(exits) = &points.exits {
        part(&mut words, POINT_STAYS, &exits.stays);
        part(&mut words, POINT_LEAVES, &exits.leaves);
        part(&mut words, POINT_EXITS, &exits.dimensions.concat());
        words[POINT_EXIT_COUNT as usize] = exits.dimensions.len() as u32;
    }
    part(&mut words, POINT_CLAUSE_DIMENSIONS, &points.clauses);
    words
}

/// What each byte of a point's number adds to a coordinate's digits: [byte, value].
fn digits(directions: &Directions) -> Vec<u32> {
    let byte = |byte: usize| {
        (0..256usize).map(move |value| {
            let set = (0..8).filter(|bit| value >> bit & 1 == 1);
            set.fold(0, |sum, bit| sum ^ directions[8 * byte + bit])
        })
    };
    (0..4).flat_map(byte).collect()
}

/// The nodes of all factors, and by factor the number of its first; behind the last one their number.
fn nodes(points: &Points) -> (Vec<u32>, Vec<u32>) {
    let (mut words, mut ranges) = (Vec::new(), Vec::new());
    for nodes in &points.nodes {
        ranges.push((words.len() / NODE) as u32);
        for node in nodes {
            let numbers = [node.share, node.deviation].map(|number| (number as f32).to_bits());
            words.extend([node.dimension, node.first, node.middle, numbers[0], numbers[1]]);
        }
    }
    ranges.push((words.len() / NODE) as u32);
    (words, ranges)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::points::directions;

    #[test]
    fn bytes_add_up_to_a_point() {
        let all = directions(3);
        let table = digits(&all[2]);
        for point in [0u32, 1, 77, 0x1234_5678, u32::MAX] {
            let set = (0..32).filter(|bit| point >> bit & 1 == 1);
            let expected = set.fold(0, |sum, bit| sum ^ all[2][bit]);
            let found = (0..4).fold(0, |sum, byte| sum ^ table[256 * byte + (point >> (8 * byte) & 0xff) as usize]);
            assert_eq!(found, expected);
        }
    }
}
