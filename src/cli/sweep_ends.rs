//! What a sweep shows of its points at the end: the best and the worst of them, the conditions that hold, and the targets that are not met.
//! None of it grows with the points.

use super::condition::Condition;
use crate::report::PointSummary;
use crate::result::Key;
use crate::sweep::rows::{self, Row};

/// Points that are shown when all are done: of more, half of them the lowest and half the highest.
const SHOWN: usize = 24;

/// Points that are held in memory at once to find those.
const MOST_KEPT: usize = 16 * SHOWN;

/// Conditions that are listed; of more, their number.
const MOST_LISTED: usize = 100;

/// The points that are shown, out of all that were added.
#[derive(Default)]
pub struct Ends {
    kept: Vec<(Option<f64>, PointSummary)>,
    /// Points that were added.
    pub all: usize,
}

impl Ends {
    /// Adds a point with the number that it is ordered by.
    pub fn add(&mut self, number: Option<f64>, summary: PointSummary) {
        self.all += 1;
        self.kept.push((number, summary));
        if self.kept.len() >= MOST_KEPT {
            self.sort();
            self.kept.drain(SHOWN / 2..MOST_KEPT - SHOWN / 2);
        }
    }

    /// Orders by the number, points without one first; equal ones stay in the order in which they were added.
    fn sort(&mut self) {
        let number = |of: &Option<f64>| of.unwrap_or_default();
        self.kept.sort_by(|(a, _), (b, _)| a.is_some().cmp(&b.is_some()).then(number(a).total_cmp(&number(b))));
    }

    /// The points of the table, and a note of which they are if they are not all.
    pub fn shown(mut self, watched: &Key) -> (Vec<PointSummary>, String) {
        if self.all <= SHOWN {
            self.kept.sort_by_key(|(_, summary)| summary.point);
            return (self.kept.into_iter().map(|(_, summary)| summary).collect(), String::new());
        }
        self.sort();
        self.kept.drain(SHOWN / 2..self.kept.len() - SHOWN / 2);
        let (half, all) = (SHOWN / 2, self.all);
        let note =
            format!("\n The {half} points with the lowest and the {half} with the highest {watched}, of {all}.\n");
        (self.kept.into_iter().map(|(_, summary)| summary).collect(), note)
    }
}

/// The conditions that hold.
#[derive(Default)]
pub struct Held {
    listed: Vec<String>,
    more: usize,
}

impl Held {
    /// Tests the conditions for a point.
    pub fn test(&mut self, point: usize, rows: &[Row], conditions: &[(Condition, Key)]) {
        for (condition, key) in conditions {
            let number = rows::get(rows, key);
            if number.is_some_and(|number| !condition.holds(number)) {
                continue;
            }
            if self.listed.len() == MOST_LISTED {
                self.more += 1;
                continue;
            }
            self.listed.push(match number {
                Some(number) => format!("`{}` holds for point {point}: it is {number}", condition.text()),
                None => {
                    format!("`{}` cannot be tested for point {point}: the number is undefined there", condition.text())
                }
            });
        }
    }

    /// A line for each that is listed, and one for the others.
    pub fn lines(mut self) -> Vec<String> {
        match self.more {
            0 => (),
            1 => self.listed.push("1 more condition holds or cannot be tested".into()),
            more => self.listed.push(format!("{more} more conditions hold or cannot be tested")),
        }
        self.listed
    }
}

/// Points that do not meet their targets.
#[derive(Default)]
pub struct Unmet {
    count: usize,
    first: usize,
}

impl Unmet {
    /// Looks whether a point met its targets, if it had any.
    pub fn test(&mut self, point: usize, rows: &[Row]) {
        if rows::sampled(rows).is_some_and(|sampled| !sampled.met) {
            self.first = if self.count == 0 { point } else { self.first.min(point) };
            self.count += 1;
        }
    }

    /// Says how many there are, of `all`.
    pub fn line(&self, all: usize) -> Option<String> {
        (self.count > 0).then(|| {
            format!(
                "{} of {all} points do not meet their targets; the first is point {}, and the column `targets_met` has all of them",
                self.count, self.first
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Estimate;
    use crate::registry::Figure;
    use crate::result::{Statistic, Subject};

    fn summary(point: usize) -> PointSummary {
        let none = Estimate::default;
        let (cost, shortfall, bubble) = ((None, None), none(), none());
        PointSummary { point, values: Vec::new(), currency: None, cost, shortfall, bubble, failed: None }
    }

    fn shown(numbers: impl Iterator<Item = Option<f64>>) -> (Vec<usize>, String) {
        let mut ends = Ends::default();
        for (point, number) in numbers.enumerate() {
            ends.add(number, summary(point));
            assert!(ends.kept.len() < MOST_KEPT);
        }
        let (shown, note) = ends.shown(&Key::new(Subject::system(Figure::CommitmentCost), Statistic::Mean));
        (shown.into_iter().map(|summary| summary.point).collect(), note)
    }

    #[test]
    fn few_points_are_shown_in_their_order() {
        let (points, note) = shown((0..24).map(|point| Some(f64::from(-point))));
        assert_eq!((points, note), ((0..24).collect(), String::new()));
    }

    #[test]
    fn the_ends_of_many_are_those_of_all_sorted_at_once() {
        // few values for many points, so that most are equal, and some points without one
        let number = |point: usize| (point % 7 != 3).then_some((point * 7919 % 101 / 4) as f64);
        let count = 10 * MOST_KEPT + 5;
        let mut expected: Vec<usize> = (0..count).collect();
        expected.sort_by(|&a, &b| number(a).partial_cmp(&number(b)).expect("all are numbers"));
        expected.drain(12..count - 12);
        let (points, note) = shown((0..count).map(number));
        assert_eq!(points, expected);
        assert!(note.contains(&format!("of {count}.")), "{note}");
    }
}
