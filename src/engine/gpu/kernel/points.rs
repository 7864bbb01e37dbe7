//! The table of quasi-random points as shaders/kernel/points.wgsl reads it.

use crate::engine::contract::Draws;
use crate::engine::points::scrambles;
use crate::plan::Points;
use crate::plan::points::Directions;

/// Words in front, which say where the parts begin and how many there are.
const HEAD: usize = 10;

/// The words of points under the scramble of these draws.
pub fn table(points: &Points, draws: Draws) -> Vec<u32> {
    let mut words = vec![0; HEAD];
    let part = |words: &mut Vec<u32>, place: usize, of: &[u32]| {
        words[place] = words.len() as u32;
        words.extend_from_slice(of);
    };
    part(&mut words, 0, &scrambles(points, draws));
    let digits: Vec<u32> = points.directions.iter().flat_map(digits).collect();
    part(&mut words, 1, &digits);
    let (nodes, ranges) = nodes(points);
    // ranges count nodes, of five words each, from the beginning of the table
    words.resize(words.len().next_multiple_of(NODE), 0);
    let first = (words.len() / NODE) as u32;
    words.extend(nodes);
    part(&mut words, 2, &ranges.iter().map(|range| first + range).collect::<Vec<u32>>());
    let mut jumpers = Vec::new();
    for jumps in &points.jumps {
        let totals = words.len() as u32;
        words.extend_from_slice(&jumps.totals);
        let dimensions = words.len() as u32;
        words.extend(jumps.dimensions.iter().flatten());
        let (total, own) = (jumps.totals.len() as u32, jumps.dimensions.len() as u32);
        jumpers.extend([totals, total, jumps.total_dimension, dimensions, own]);
    }
    part(&mut words, 3, &jumpers);
    words[4] = points.jumps.len() as u32;
    if let Some(exits) = &points.exits {
        part(&mut words, 5, &exits.stays);
        part(&mut words, 6, &exits.leaves);
        part(&mut words, 7, &exits.dimensions.concat());
        words[8] = exits.dimensions.len() as u32;
    }
    part(&mut words, 9, &points.clauses);
    words
}

/// Words of a node.
const NODE: usize = 5;

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
