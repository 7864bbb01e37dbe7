//! When something first happened, over all paths.

/// Paths by the period in which something first happened. Those where it never did are the other valid paths of the
/// run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstPassageTally {
    /// By period: index 0 is period 1, the last index the period that ends at the horizon.
    pub counts: Vec<u64>,
}

impl FirstPassageTally {
    /// The tally of no paths over so many periods.
    pub fn new(periods: u32) -> Self {
        FirstPassageTally { counts: vec![0; periods as usize] }
    }

    /// Counts `count` more paths where it first happened in `period`, counted from 1.
    ///
    /// # Panics
    /// If the run has no such period.
    pub fn add(&mut self, period: u32, count: u64) {
        let periods = self.counts.len();
        assert!((1..=periods).contains(&(period as usize)), "period {period} is not one of 1…{periods}");
        self.counts[period as usize - 1] += count;
    }

    /// Adds the tally of other paths.
    ///
    /// # Panics
    /// If the two differ in periods.
    pub fn merge(&mut self, other: &FirstPassageTally) {
        assert_eq!(self.counts.len(), other.counts.len(), "tallies of different periods do not merge");
        for (count, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *count += theirs;
        }
    }

    /// The paths where it happened at all.
    pub fn happened(&self) -> u64 {
        self.counts.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_count_from_one() {
        let mut tally = FirstPassageTally::new(3);
        tally.add(1, 4);
        tally.add(3, 2);
        tally.add(3, 1);
        assert_eq!(tally.counts, [4, 0, 3]);
        assert_eq!(tally.happened(), 7);
    }

    #[test]
    fn merging_adds_by_period() {
        let (mut one, mut other) = (FirstPassageTally::new(2), FirstPassageTally::new(2));
        one.add(1, 5);
        other.add(1, 1);
        other.add(2, 2);
        one.merge(&other);
        assert_eq!(one.counts, [6, 2]);
    }

    #[test]
    #[should_panic(expected = "period 0 is not one of 1…2")]
    fn there_is_no_period_zero() {
        FirstPassageTally::new(2).add(0, 1);
    }
}
