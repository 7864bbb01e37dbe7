//! What is kept of one figure over all paths, and what an engine hands over for a block of them.

use super::exact::ExactSum;
use super::sketch::Sketch;

/// What an engine hands over for one figure and one block of 256 paths at a fixed place.
///
/// Sums are in units of y = (figure − centre) / scale, formed by a fixed tree in the engine's own precision and then
/// converted to f64, which is exact; so the same block gives the same bits however the work was cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockSums {
    /// Paths of the block whose figure is defined and that are valid.
    pub count: u32,
    /// Those whose figure equals `min`.
    pub at_min: u32,
    /// Those whose figure equals `max`.
    pub at_max: u32,
    /// Σ y, Σ y², Σ y³, Σ y⁴.
    pub powers: [f64; 4],
    /// The lowest figure, in its own unit.
    pub min: f64,
    /// The highest figure, in its own unit.
    pub max: f64,
}

/// What is kept of one figure over all paths. Merging is associative and commutative bit for bit.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureTally {
    /// Paths whose figure is defined and that are valid.
    pub count: u64,
    /// Exact sums over blocks of Σ y, Σ y², Σ y³, Σ y⁴, with y = (figure − centre) / scale.
    pub powers: [ExactSum; 4],
    /// The lowest figure in its own unit, ∞ without paths.
    pub min: f64,
    /// The highest figure in its own unit, −∞ without paths.
    pub max: f64,
    /// Paths whose figure equals `min`, so that an atom there is known exactly.
    pub at_min: u64,
    /// Paths whose figure equals `max`.
    pub at_max: u64,
    /// Counts by bin of y, if quantiles are wanted. The engine counts every path here that it counts in a block.
    pub sketch: Option<Sketch>,
}

impl FigureTally {
    /// The tally of no paths, with a sketch or without.
    pub fn new(sketched: bool) -> Self {
        FigureTally {
            count: 0,
            powers: Default::default(),
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            at_min: 0,
            at_max: 0,
            sketch: sketched.then(Sketch::new),
        }
    }

    /// Adds a block; one without paths changes nothing. Its paths go into the sketch separately.
    pub fn add_block(&mut self, block: &BlockSums) {
        if block.count == 0 {
            return;
        }
        self.count += u64::from(block.count);
        for (sum, &power) in self.powers.iter_mut().zip(&block.powers) {
            sum.add(power);
        }
        // adding 0 turns −0 into 0, so that it does not depend on the order which of the two stays
        self.lower_min(block.min + 0.0, u64::from(block.at_min));
        self.raise_max(block.max + 0.0, u64::from(block.at_max));
    }

    /// Adds the tally of other paths.
    ///
    /// # Panics
    /// If only one of the two has a sketch.
    pub fn merge(&mut self, other: &FigureTally) {
        self.merge_sums(other);
        match (&mut self.sketch, &other.sketch) {
            (Some(sketch), Some(theirs)) => sketch.merge(theirs),
            (None, None) => {}
            _ => panic!("tallies with and without a sketch do not merge"),
        }
    }

    /// The tally of the paths of all of these; each has a sketch, or none has.
    ///
    /// # Panics
    /// If there are none, or only some have a sketch.
    pub fn sum(all: &[&FigureTally]) -> FigureTally {
        let sketches: Vec<&Sketch> = all.iter().filter_map(|tally| tally.sketch.as_ref()).collect();
        assert!(sketches.is_empty() || sketches.len() == all.len(), "tallies with and without a sketch do not merge");
        let mut sum = FigureTally::new(false);
        for tally in all {
            sum.merge_sums(tally);
        }
        FigureTally { sketch: (!sketches.is_empty()).then(|| Sketch::sum(&sketches)), ..sum }
    }

    fn merge_sums(&mut self, other: &FigureTally) {
        self.count += other.count;
        for (sum, theirs) in self.powers.iter_mut().zip(&other.powers) {
            sum.merge(theirs);
        }
        self.lower_min(other.min, other.at_min);
        self.raise_max(other.max, other.at_max);
    }

    fn lower_min(&mut self, min: f64, count: u64) {
        (self.min, self.at_min) = nearer_end(min < self.min, (self.min, self.at_min), (min, count));
    }

    fn raise_max(&mut self, max: f64, count: u64) {
        (self.max, self.at_max) = nearer_end(max > self.max, (self.max, self.at_max), (max, count));
    }
}

/// The extreme of two extremes with the number of paths at it, `beyond` telling that the new one lies further out.
fn nearer_end(beyond: bool, old: (f64, u64), new: (f64, u64)) -> (f64, u64) {
    match beyond {
        true => new,
        false if new.0 == old.0 => (old.0, old.1 + new.1),
        false => old,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Draws, block_of, tally_of};
    use super::*;
    use crate::plan::figure::Frame;

    const FRAME: Frame = Frame { centre: 1.0, scale: 2.0 };

    /// Figures with atoms at both ends and inside.
    fn figures(draws: &mut Draws, count: usize) -> Vec<f64> {
        (0..count).map(|_| draws.normal().clamp(-1.0, 1.5)).collect()
    }

    #[test]
    fn a_block_is_counted_once() {
        let values = [3.0, -1.0, -1.0, 5.0];
        let tally = tally_of(&values, FRAME);
        assert_eq!((tally.count, tally.min, tally.at_min, tally.max, tally.at_max), (4, -1.0, 2, 5.0, 1));
        // y = 1, −1, −1, 2
        assert_eq!(tally.powers.each_ref().map(ExactSum::to_f64), [1.0, 7.0, 7.0, 19.0]);
        assert_eq!(tally.sketch.expect("sketched").total(), 4);
    }

    #[test]
    fn a_block_without_paths_changes_nothing() {
        let mut tally = tally_of(&[3.0, 4.0], FRAME);
        let before = tally.clone();
        let empty = BlockSums { count: 0, at_min: 7, at_max: 7, powers: [f64::NAN; 4], min: -9.0, max: 9.0 };
        tally.add_block(&empty);
        tally.merge(&FigureTally::new(true));
        assert_eq!(tally, before);
        let mut empty = FigureTally::new(true);
        empty.merge(&before);
        assert_eq!(empty, before);
    }

    #[test]
    fn order_and_grouping_of_blocks_do_not_matter() {
        let mut draws = Draws::new(7);
        let values = figures(&mut draws, 256 * 40);
        let whole = tally_of(&values, FRAME);
        for _ in 0..20 {
            let mut parts: Vec<FigureTally> = values.chunks(256).map(|block| tally_of(block, FRAME)).collect();
            draws.shuffle(&mut parts);
            while parts.len() > 1 {
                let last = parts.pop().expect("more than one");
                let into = draws.word() as usize % parts.len();
                parts[into].merge(&last);
            }
            assert_eq!(parts[0], whole);
        }
    }

    #[test]
    fn an_atom_at_the_end_adds_up_only_while_it_is_the_end() {
        let mut one = tally_of(&[0.0, 0.0, 1.0], FRAME);
        one.merge(&tally_of(&[0.0, 1.0], FRAME));
        assert_eq!((one.at_min, one.at_max), (3, 2));
        one.merge(&tally_of(&[-1.0, 0.5], FRAME));
        assert_eq!((one.min, one.at_min, one.at_max), (-1.0, 1, 2));
    }

    #[test]
    fn zeros_of_both_signs_are_one_zero() {
        let mut tally = FigureTally::new(false);
        tally.add_block(&block_of(&[0.0], FRAME));
        tally.add_block(&block_of(&[-0.0], FRAME));
        let mut reverse = FigureTally::new(false);
        reverse.add_block(&block_of(&[-0.0], FRAME));
        assert_eq!(reverse.min.to_bits(), 0);
        reverse.add_block(&block_of(&[0.0], FRAME));
        assert_eq!(reverse, tally);
        assert_eq!((tally.at_min, tally.at_max), (2, 2));
    }
}
