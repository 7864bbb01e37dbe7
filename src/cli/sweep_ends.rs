//! What a sweep shows of its points at the end: the best and the worst of them, the conditions that hold, and the targets that are not met.
//! None of it grows with the points.

use std::collections::BTreeMap;

use super::sweep_lookups::Lookups;
use crate::registry::Figure;
use crate::report::PointSummary;
use crate::result::Key;
use crate::sweep::points::PointNumbers;
use crate::sweep::rows::{self, Row};

/// Points that are shown when all are done: of more, half of them the lowest and half the highest.
const SHOWN: usize = 24;

/// Points that are held in memory at once to find those.
const MOST_KEPT: usize = 4 * SHOWN;

/// Conditions that are listed; of more, their number.
const MOST_LISTED: usize = 100;

/// What is found in the rows of points. It does not depend on the order in which they are added.
#[derive(Default)]
pub struct Found {
    pub ends: Ends,
    pub held: Held,
    pub unmet: Unmet,
}

impl Found {
    /// Looks at a point.
    pub fn add(&mut self, lookups: &Lookups, point: usize, rows: &[Row]) {
        self.held.test(lookups, point, rows);
        self.unmet.test(point, rows);
        self.ends.add(rows::get(rows, &lookups.watched), summary(lookups, point, rows));
    }

    /// The conditions that hold, and the targets that are not met.
    pub fn failures(&self) -> Vec<String> {
        self.held.lines().into_iter().chain(self.unmet.line(self.ends.all)).collect()
    }
}

/// What the table has of a point, but for its values.
fn summary(lookups: &Lookups, point: usize, rows: &[Row]) -> PointSummary {
    let numbers = PointNumbers::new(lookups.level, rows);
    PointSummary {
        point,
        values: Vec::new(),
        currency: numbers.currency().map(str::to_owned),
        cost: numbers.mean(Figure::CommitmentCost),
        shortfall: numbers.shortfall(Figure::CommitmentCost),
        bubble: numbers.bubble(),
        failed: numbers.failed(),
    }
}

/// The points that are shown, out of all that were added.
#[derive(Default)]
pub struct Ends {
    kept: Vec<(Option<f64>, PointSummary)>,
    /// Points that were added.
    pub all: usize,
}

impl Ends {
    /// Adds a point with the number that it is ordered by.
    fn add(&mut self, number: Option<f64>, summary: PointSummary) {
        self.all += 1;
        self.kept.push((number, summary));
        if self.kept.len() >= MOST_KEPT {
            self.sort();
            self.kept.drain(SHOWN / 2..MOST_KEPT - SHOWN / 2);
        }
    }

    /// Orders by the number, points without one first, and equal ones by point.
    fn sort(&mut self) {
        let number = |of: &Option<f64>| of.unwrap_or_default();
        self.kept.sort_unstable_by(|(a, one), (b, other)| {
            let numbers = a.is_some().cmp(&b.is_some()).then(number(a).total_cmp(&number(b)));
            numbers.then(one.point.cmp(&other.point))
        });
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
    /// By point and number of the condition.
    listed: BTreeMap<(usize, usize), String>,
    more: usize,
}

impl Held {
    /// Tests the conditions for a point.
    fn test(&mut self, lookups: &Lookups, point: usize, rows: &[Row]) {
        for (place, (condition, key)) in lookups.conditions.iter().enumerate() {
            let text = condition.text();
            let said = match rows::get(rows, key) {
                Some(number) if !condition.holds(number) => continue,
                Some(number) => format!("`{text}` holds for point {point}: it is {number}"),
                None => format!("`{text}` cannot be tested for point {point}: the number is undefined there"),
            };
            self.listed.insert((point, place), said);
            if self.listed.len() > MOST_LISTED {
                self.listed.pop_last();
                self.more += 1;
            }
        }
    }

    /// A line for each that is listed, and one for the others.
    fn lines(&self) -> Vec<String> {
        let more = match self.more {
            0 => None,
            1 => Some("1 more condition holds or cannot be tested".into()),
            more => Some(format!("{more} more conditions hold or cannot be tested")),
        };
        self.listed.values().cloned().chain(more).collect()
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
    fn test(&mut self, point: usize, rows: &[Row]) {
        if rows::sampled(rows).is_some_and(|sampled| !sampled.met) {
            self.first = if self.count == 0 { point } else { self.first.min(point) };
            self.count += 1;
        }
    }

    /// Says how many there are, of `all`.
    fn line(&self, all: usize) -> Option<String> {
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
    use crate::result::{Statistic, Subject};

    fn summary(point: usize) -> PointSummary {
        let none = Estimate::default;
        let (cost, shortfall, bubble) = ((None, None), none(), none());
        PointSummary { point, values: Vec::new(), currency: None, cost, shortfall, bubble, failed: None }
    }

    fn shown(numbers: impl Iterator<Item = (usize, Option<f64>)>) -> (Vec<usize>, String) {
        let mut ends = Ends::default();
        for (point, number) in numbers {
            ends.add(number, summary(point));
            assert!(ends.kept.len() < MOST_KEPT);
        }
        let (shown, note) = ends.shown(&Key::new(Subject::system(Figure::CommitmentCost), Statistic::Mean));
        (shown.into_iter().map(|summary| summary.point).collect(), note)
    }

    #[test]
    fn few_points_are_shown_in_their_order() {
        let (points, note) = shown((0..24).rev().map(|point| (point, Some(point as f64))));
        assert_eq!((points, note), ((0..24).collect(), String::new()));
    }

    #[test]
    fn the_ends_of_many_are_those_of_all_sorted_at_once() {
        // few values for many points, so that most are equal, and some points without one
        let number = |point: usize| (point % 7 != 3).then_some((point * 7919 % 101 / 4) as f64);
        let count = 10 * MOST_KEPT + 5;
        let mut expected: Vec<usize> = (0..count).collect();
        // a stable sort leaves equal ones in the order of points
        expected.sort_by(|&a, &b| number(a).partial_cmp(&number(b)).expect("all are numbers"));
        expected.drain(12..count - 12);
        let (points, note) = shown((0..count).map(|point| (point, number(point))));
        assert_eq!(points, expected);
        let backwards = shown((0..count).rev().map(|point| (point, number(point))));
        assert_eq!(backwards, (points, note.clone()));
        assert!(note.contains(&format!("of {count}.")), "{note}");
    }
}
