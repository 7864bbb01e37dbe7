//! What a process of a sweep has to do, and how it is joined into batches. What a point comes to depends on none of this.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use super::axis::Axis;
use super::design::Points;
use super::scrambles::Scrambles;
use super::shard::{Piece, Shard, Unit};
use crate::run::compare::ranges;
use crate::run::pace::Pace;

/// Whether any point could share its trajectories with another: the draws are common, and an axis leaves the factors alone.
/// The CPU engine gives the same bits either way, so there it may be found out point by point.
pub fn shares(axes: &[Axis], independent: bool, backend: &str) -> bool {
    !independent && (backend == "cpu" || axes.iter().any(|axis| !axis.changes_factors()))
}

/// The units of a shard: its equal share of all pieces, points with the same factors together.
pub fn units(points: &Points, axes: &[Axis], shard: Shard) -> Vec<Unit> {
    let order = order(points, axes);
    let mut units: Vec<Unit> = Vec::new();
    let mut last = None;
    for piece in shard.pieces(order.len()) {
        let (part, (family, point)) = ((piece / order.len()) as u64, order[piece % order.len()]);
        match units.last_mut() {
            Some(unit) if last == Some((part, family)) => unit.points.push(point),
            _ => units.push(Unit { points: vec![point], part }),
        }
        last = Some((part, family));
    }
    units
}

/// All points, each with the number of its family: those with the same factors, which stand together.
fn order(points: &Points, axes: &[Axis]) -> Vec<(usize, usize)> {
    let factors: Vec<usize> =
        axes.iter().enumerate().filter(|(_, axis)| axis.changes_factors()).map(|(place, _)| place).collect();
    let mut families: BTreeMap<String, usize> = BTreeMap::new();
    let mut ordered: Vec<(usize, usize)> = Vec::new();
    for (point, row) in points.rows.iter().enumerate() {
        let key: String = factors.iter().map(|&axis| format!("{}\t", row[axis])).collect();
        let next = families.len();
        ordered.push((*families.entry(key).or_insert(next), point));
    }
    ordered.sort_unstable();
    ordered
}

/// Points that are computed together over the paths at the same places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub points: Vec<usize>,
    pub part: u64,
    /// Places of the part that are done.
    pub behind: u64,
    /// Its places that are still to be computed.
    pub places: Range<u64>,
}

/// The queue of what is to be done.
pub struct Queue {
    units: VecDeque<Unit>,
    scrambles: Scrambles,
    /// Places of each part.
    parts: Vec<Range<u64>>,
    periods: u32,
    /// Whether the points of a unit share their trajectories.
    shared: bool,
    /// How many points go together, if it was asked for.
    size: Option<u64>,
    /// Places that points are expected to have at least, where their targets decide it.
    expected: Option<u64>,
}

impl Queue {
    /// Units whose points have so many paths and periods.
    pub fn new(
        units: Vec<Unit>,
        (paths, scrambles): (u64, Scrambles),
        shard: Shard,
        periods: u32,
        shared: bool,
        size: Option<u64>,
    ) -> Self {
        let parts = ranges(scrambles.places(paths), shard.parts);
        Queue { units: units.into(), scrambles, parts, periods, shared, size, expected: None }
    }

    /// Joins points as if each had so many paths, which is all that is known of points with targets.
    pub fn expect(&mut self, paths: u64) {
        self.expected = Some(self.scrambles.places(paths));
    }

    /// The next batch at this speed. Points go together that have as many places behind them, as `done` knows.
    pub fn next(&mut self, pace: &Pace, done: impl Fn(Piece) -> u64) -> Option<Batch> {
        let unit = self.units.front()?;
        let part = unit.part;
        let behind = done((*unit.points.first()?, part));
        // there may be more parts than blocks of places
        let range = self.parts.get(part as usize).cloned().unwrap_or(0..0);
        let places = (range.start + behind).min(range.end)..range.end;
        let left = places.end - places.start;
        let expected = self.expected.map_or(left, |expected| expected.max(behind).min(left));
        let sizes = pace.sizes(self.scrambles.paths(expected).saturating_mul(u64::from(self.periods)));
        let bound = self.scrambles.most_points(left);
        let mut points = Vec::new();
        let mut families = 0;
        while let Some(unit) = self.units.front_mut().filter(|unit| unit.part == part) {
            families += 1;
            let most = match self.size {
                Some(size) => size,
                None if self.shared && families == 1 => sizes.shared.min(bound),
                None => sizes.brief.min(bound),
            };
            let room = (most as usize).saturating_sub(points.len());
            let fitting = unit.points.iter().take(room).take_while(|&&point| done((point, part)) == behind).count();
            points.extend(unit.points.drain(..fitting));
            if !unit.points.is_empty() {
                break;
            }
            self.units.pop_front();
        }
        Some(Batch { points, part, behind, places })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::super::design::grid;
    use super::*;

    fn points() -> (Points, Vec<Axis>) {
        let axes: Vec<Axis> = ["contract.a.take_or_pay=0:1:7", "factor.p.volatility=0.1,0.2,0.3"]
            .iter()
            .map(|text| Axis::parse(text).unwrap())
            .collect();
        (grid(&axes).unwrap(), axes)
    }

    fn pieces(units: &[Unit]) -> Vec<Piece> {
        units.iter().flat_map(|unit| unit.points.iter().map(|&point| (point, unit.part))).collect()
    }

    #[test]
    fn points_of_the_same_factors_are_a_unit() {
        let (points, axes) = points();
        let found = units(&points, &axes, Shard::WHOLE);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].points, [0, 3, 6, 9, 12, 15, 18]);
        assert_eq!(pieces(&found).into_iter().collect::<BTreeSet<_>>().len(), 21);
    }

    #[test]
    fn shards_make_up_the_whole_in_equal_shares() {
        let (points, axes) = points();
        for parts in [1, 2, 3] {
            let whole = pieces(&units(&points, &axes, Shard { index: 0, count: 1, parts }));
            assert_eq!(whole.iter().collect::<BTreeSet<_>>().len() as u64, 21 * parts);
            for count in [1, 2, 7, 50] {
                let shard = |index| pieces(&units(&points, &axes, Shard { index, count, parts }));
                let shards: Vec<Vec<Piece>> = (0..count).map(shard).collect();
                assert_eq!(shards.concat(), whole);
                let sizes = || shards.iter().map(Vec::len);
                assert!(sizes().max().unwrap() - sizes().min().unwrap() <= 1);
            }
        }
    }

    /// Batches of the design at a speed at which a point takes so many seconds.
    fn batches(seconds: f64, shared: bool, size: Option<u64>, done: impl Fn(Piece) -> u64 + Copy) -> Vec<Batch> {
        let (points, axes) = points();
        let (paths, periods) = (1 << 20, 10);
        let mut pace = Pace::default();
        pace.learn(1 << 50, Duration::from_secs_f64(seconds * (1u64 << 50) as f64 / (paths * periods) as f64));
        let units = units(&points, &axes, Shard::WHOLE);
        let of = (paths, Scrambles::None);
        let mut queue = Queue::new(units, of, Shard::WHOLE, periods as u32, shared, size);
        std::iter::from_fn(|| queue.next(&pace, done)).collect()
    }

    fn sizes(batches: &[Batch]) -> Vec<usize> {
        batches.iter().map(|batch| batch.points.len()).collect()
    }

    #[test]
    fn only_points_that_share_factors_are_joined_unless_they_are_brief() {
        let none = |_| 0;
        assert_eq!(sizes(&batches(0.5, true, None, none)), [7, 7, 7]);
        assert_eq!(sizes(&batches(2.0, true, None, none)), [4, 3, 4, 3, 4, 3]);
        assert_eq!(sizes(&batches(60.0, true, None, none)), [1; 21]);
        assert_eq!(sizes(&batches(0.5, false, None, none)), [1; 21]);
        assert_eq!(sizes(&batches(0.001, false, None, none)), [21]);
        assert_eq!(sizes(&batches(0.001, true, None, none)), [21]);
        assert_eq!(sizes(&batches(60.0, false, Some(4), none)), [4, 4, 4, 4, 4, 1]);
    }

    #[test]
    fn points_go_together_whose_next_path_is_the_same() {
        // the first four of the first family have begun
        let done = |(point, _): Piece| if [0, 3, 6, 9].contains(&point) { 512 } else { 0 };
        let found = batches(0.1, true, None, done);
        assert_eq!(sizes(&found), [4, 3, 7, 7]);
        assert_eq!(found[0].places, 512..1 << 20);
        assert!(found[1..].iter().all(|batch| batch.places == (0..1 << 20)));
    }
}
