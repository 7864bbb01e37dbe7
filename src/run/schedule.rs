//! How the number of paths grows from stage to stage, by how they are drawn.

use crate::engine::BLOCK;

/// Paths of the first stage: the variance of a figure is then known to a percent or so, and the stopping rule's error is small
/// (`measure::stopping`).
const FIRST: u64 = 65_536;

/// How the number of paths may grow.
///
/// A stage ends where [`Schedule::end`] says, which depends on nothing but the aim, so that a run has the same paths on every
/// machine. Quasi-random points would be the other schedule: R scrambles of 2^k points grow by doubling the points of each, so its
/// stages end at R·2^k, and at no more than twice the paths before, since their errors fall faster than those that an aim is
/// reckoned with; their intervals are wider by Student's t, which readings know already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Schedule {
    /// Independent paths, by any number of whole blocks.
    #[default]
    Independent,
}

impl Schedule {
    /// Where the first stage ends.
    pub fn first(self) -> u64 {
        match self {
            Schedule::Independent => FIRST,
        }
    }

    /// Where the stage ends that is to bring `aim` paths in all, after `done`: beyond those, and at most at `most`.
    pub fn end(self, aim: f64, done: u64, most: u64) -> u64 {
        match self {
            Schedule::Independent => {
                let block = BLOCK as u64;
                // floats above 2⁶⁴ become the largest whole number
                let blocks = (aim / BLOCK as f64).ceil() as u64;
                blocks.max(done / block + 1).saturating_mul(block).min(most)
            }
        }
    }

    /// The largest number of paths up to `most` at which a stage may end and be resumed; at least a block.
    pub fn whole(self, most: u64) -> u64 {
        match self {
            Schedule::Independent => (most / BLOCK as u64).max(1) * BLOCK as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_end_on_whole_blocks_and_go_on() {
        let of = Schedule::Independent;
        assert_eq!(of.first() % 256, 0);
        assert_eq!(of.end(1000.0, 512, u64::MAX), 1024);
        assert_eq!(of.end(100.0, 512, u64::MAX), 768, "at least a block more");
        assert_eq!(of.end(1e30, 512, 4096), 4096);
        assert_eq!(of.end(f64::INFINITY, 512, 5000), 5000);
        assert_eq!([0, 255, 256, 1000].map(|most| of.whole(most)), [256, 256, 256, 768]);
    }
}
