//! How much of a run or a sweep is computed at once: little at first, then as much as fits into a few seconds at the measured speed.

use std::time::Duration;

use crate::engine::BLOCK;

/// A slice: what is computed without a chance to keep anything.
const SLICE: Duration = Duration::from_secs(2);
/// A batch of points that share their trajectories: they finish together.
const BATCH: Duration = Duration::from_secs(8);
/// A batch of points that share nothing; they are only joined because an engine would idle between smaller ones.
const BRIEF: Duration = Duration::from_millis(250);
/// Points of a batch at most, if they share trajectories and if they do not.
const MOST_SHARED: u64 = 32;
const MOST_BRIEF: u64 = 64;
/// Paths × periods that are computed first: some tenths of a second for one slow thread.
const FIRST: u64 = 1 << 20;
/// How many times more is computed at once than ever before.
const GROWTH: u64 = 4;

/// The speed of this process so far. Work is counted in paths × periods, summed over points.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    /// Seconds per unit of work, in the last slice.
    seconds: Option<f64>,
    /// The most work of a slice so far.
    most: u64,
}

/// Points that go together at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// If they share their trajectories.
    pub shared: u64,
    /// If they do not.
    pub brief: u64,
}

impl Pace {
    /// Learns how long a slice took.
    pub fn learn(&mut self, work: u64, took: Duration) {
        self.seconds = Some(took.as_secs_f64().max(1e-6) / work.max(1) as f64);
        self.most = self.most.max(work);
    }

    /// How much work fits into a time.
    fn work(&self, time: Duration) -> u64 {
        let Some(seconds) = self.seconds else { return FIRST };
        ((time.as_secs_f64() / seconds) as u64).min(self.most.max(FIRST).saturating_mul(GROWTH))
    }

    /// How many points of so much work each make a batch.
    pub fn sizes(&self, work: u64) -> Sizes {
        let points = |time, most| (self.work(time) / work.max(1)).clamp(1, most);
        let brief = points(BRIEF, MOST_BRIEF);
        Sizes { shared: points(BATCH, MOST_SHARED).max(brief), brief }
    }

    /// How many of the `left` paths make a slice, in whole blocks unless all of them do.
    pub fn slice(&self, left: u64, work_of_path: u64) -> u64 {
        self.slice_within(SLICE, left, work_of_path)
    }

    /// The same where there is less time for it.
    pub fn slice_within(&self, time: Duration, left: u64, work_of_path: u64) -> u64 {
        let paths = (self.work(time.min(SLICE)) / work_of_path.max(1) / BLOCK as u64).max(1) * BLOCK as u64;
        // a short rest is not worth a slice of its own
        if left <= paths + paths / 2 { left } else { paths }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paths × periods a second of a pretended engine.
    const SPEED: u64 = 10_000_000;

    /// Slices of a piece of work, as an engine of this speed would get them.
    fn slices(pace: &mut Pace, paths: u64, work_of_path: u64) -> Vec<f64> {
        let (mut left, mut times) = (paths, Vec::new());
        while left > 0 {
            let slice = pace.slice(left, work_of_path);
            assert!(slice == left || slice.is_multiple_of(BLOCK as u64) && slice < left);
            let seconds = (slice * work_of_path) as f64 / SPEED as f64;
            pace.learn(slice * work_of_path, Duration::from_secs_f64(seconds));
            times.push(seconds);
            left -= slice;
        }
        times
    }

    #[test]
    fn slices_begin_small_and_grow_to_seconds_however_long_a_point_takes() {
        for work_of_path in [1, 100, 3000] {
            let times = slices(&mut Pace::default(), 500 * SPEED / work_of_path, work_of_path);
            assert!(times[0] < 0.2, "{times:?}");
            assert!(times.iter().all(|&seconds| seconds < 3.1), "{times:?}");
            // the whole is cut into about as many as it must be
            assert!((150..300).contains(&times.len()), "{} slices", times.len());
        }
        // a block is the least, whatever it takes
        let mut pace = Pace::default();
        pace.learn(1, Duration::from_secs(100));
        assert_eq!(pace.slice(1000, 1 << 40), 256);
        assert_eq!(pace.slice(300, 1 << 40), 300);
        assert_eq!(Pace::default().slice(5000, 100), 5000);
    }

    #[test]
    fn batches_grow_with_the_speed_and_never_hold_points_of_more_than_seconds() {
        let mut pace = Pace::default();
        assert_eq!(pace.sizes(1 << 30), Sizes { shared: 1, brief: 1 }, "nothing is known yet");
        assert_eq!(pace.sizes(1 << 16), Sizes { shared: 16, brief: 16 });
        // a second each: eight that share, or one
        for _ in 0..10 {
            pace.learn(pace.work(SLICE), Duration::from_secs_f64(pace.work(SLICE) as f64 / SPEED as f64));
        }
        assert_eq!(pace.sizes(SPEED), Sizes { shared: 8, brief: 1 });
        assert_eq!(pace.sizes(100 * SPEED), Sizes { shared: 1, brief: 1 });
        assert_eq!(pace.sizes(SPEED / 100), Sizes { shared: 32, brief: 25 });
        assert_eq!(pace.sizes(1), Sizes { shared: 64, brief: 64 });
        // what is suddenly slow is cut at once
        pace.learn(SPEED, Duration::from_secs(100));
        assert_eq!(pace.sizes(SPEED), Sizes { shared: 1, brief: 1 });
    }
}
