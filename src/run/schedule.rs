//! How the number of paths grows from stage to stage, by how they are drawn.

use crate::engine::BLOCK;
use crate::plan::points::MOST_POINTS;

/// Paths of the first stage: the variance of a figure is then known to a percent or so, and the stopping rule's error is small
/// (`measure::stopping`).
const FIRST: u64 = 65_536;

/// How the number of paths may grow.
///
/// A stage ends where [`Schedule::end`] says, which depends on nothing but the aim, so that a run has the same paths on every
/// machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Schedule {
    /// Independent paths, by any number of whole blocks.
    #[default]
    Independent,
    /// So many scrambles of quasi-random points. The points of each double, since only powers of two are spread evenly, and
    /// never more than once in a stage: errors fall faster than those that an aim is reckoned with.
    Replicated { replicates: u32 },
}

impl Schedule {
    /// Where the first stage ends.
    pub fn first(self) -> u64 {
        match self {
            Schedule::Independent => FIRST,
            Schedule::Replicated { .. } => self.unit() * (FIRST / self.unit()).next_power_of_two().max(BLOCK as u64),
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
            Schedule::Replicated { .. } => done.saturating_mul(2).min(most),
        }
    }

    /// The largest number of paths up to `most` at which a stage may end and be resumed; at least a block, or a point of each
    /// scramble.
    pub fn whole(self, most: u64) -> u64 {
        match self {
            Schedule::Independent => (most / BLOCK as u64).max(1) * BLOCK as u64,
            Schedule::Replicated { .. } => {
                let points = (most / self.unit()).clamp(1, MOST_POINTS);
                self.unit() << points.ilog2()
            }
        }
    }

    /// Paths that come and go together: one of each scramble.
    pub fn unit(self) -> u64 {
        match self {
            Schedule::Independent => 1,
            Schedule::Replicated { replicates } => u64::from(replicates),
        }
    }

    /// Whether more paths can follow so many.
    pub fn can_follow(self, paths: u64) -> bool {
        paths.is_multiple_of(self.unit() * BLOCK as u64)
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
        assert!(of.can_follow(512) && !of.can_follow(700));
    }

    #[test]
    fn points_of_scrambles_double() {
        let of = Schedule::Replicated { replicates: 24 };
        assert_eq!(of.first(), 24 * 4096);
        assert_eq!(Schedule::Replicated { replicates: 1024 }.first(), 1024 * 256);
        assert_eq!(of.end(1e9, 24 * 4096, u64::MAX), 24 * 8192, "however far the aim is");
        assert_eq!(of.end(1.0, 24 * 4096, u64::MAX), 24 * 8192);
        assert_eq!([10, 24, 24 * 5 + 3].map(|most| of.whole(most)), [24, 24, 24 * 4]);
        assert_eq!(of.whole(u64::MAX), 24 * MOST_POINTS);
        assert!(of.can_follow(24 * 512) && !of.can_follow(24 * 128));
    }
}
