//! What a process of a sweep is to compute: its share, and the units of that.

use serde::{Deserialize, Serialize};

/// Which part of a sweep a process computes: the `index`-th of `count` equal shares; each point's paths are cut into `parts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    pub index: u64,
    pub count: u64,
    pub parts: u64,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Shard = Shard { index: 0, count: 1, parts: 1 };

    /// The pieces of the shard, as numbers from 0 to points × parts: the points in the order in which they are computed, once for
    /// each part.
    pub fn pieces(&self, points: usize) -> std::ops::Range<usize> {
        let all = points as u128 * u128::from(self.parts);
        let bound = |index: u64| (u128::from(index) * all / u128::from(self.count)) as usize;
        bound(self.index)..bound(self.index + 1)
    }
}

/// A point of which a part of the paths is done: (point, part).
pub type Piece = (usize, u64);

/// Points with the same factors, and a part of their paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub points: Vec<usize>,
    pub part: u64,
}
